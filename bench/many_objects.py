"""A tenant with many objects: what one more costs, and what reads and introspection cost among so many."""

import http.client
import json
import statistics
import time
from dataclasses import dataclass

from . import load, processes, settings

SAMPLES = 21
CONNECTIONS = 16
TYPES = ("text", "integer", "decimal", "boolean", "date")

# What a GraphQL client asks for when it wants the whole schema.
INTROSPECTION = """
query IntrospectionQuery { __schema { queryType { name } mutationType { name } types { ...FullType } directives { name locations args { ...InputValue } } } }
fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated }
  inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
"""


@dataclass
class Stage:
    """Medians in milliseconds, memory in MiB."""

    objects: int
    define: float
    create: float
    read: float
    graphql: float
    by_id: load.Sample
    rss: float
    introspection_first: float
    introspection_again: float
    introspection_size: float
    rss_introspected: float
    pss: float


class Client:
    """One tenant's admin on one connection, kept open."""

    def __init__(self, server, slug):
        self.server, self.slug = server, slug
        self.connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=600)
        server.sign_up(slug)
        self.records = []
        self.objects = 0

    def ask(self, method, path, body=None):
        return self.server.ask(method, path, body, self.server.admin(self.slug), connection=self.connection)

    def timed(self, *request):
        begun = time.perf_counter()
        answer = self.ask(*request)
        return answer, (time.perf_counter() - begun) * 1000

    def define(self):
        """One more object of ten fields; its name, and how long it took."""
        self.objects += 1
        name = f"thing{self.objects}"
        fields = [{"api_name": f"field{n}", "name": f"Field {n}", "type": TYPES[n % 5], "indexed": n == 0} for n in range(10)]
        _, took = self.timed("POST", "/api/v1/metadata/objects", {"api_name": name, "name": name.capitalize(), "fields": fields})
        return name, took

    def create(self, name):
        answer, took = self.timed("POST", f"/api/v1/{name}s", {"field0": "first", "field1": 1})
        self.records.append((name, answer["id"]))
        return took


def measure(server, say):
    """The same steps in a tenant with few objects and with many."""
    server.restart()
    client = Client(server, f"many-{settings.RUN}")
    say(f"a tenant of few objects, then of {settings.OBJECTS:,}")
    stages = [stage(client)]
    while client.objects < settings.OBJECTS - SAMPLES:
        client.create(client.define()[0])
    # So that nothing is counted but what so many objects need.
    server.restart()
    client.connection.close()
    client.ask("GET", "/api/v1/metadata/objects/thing1")
    return [*stages, stage(client)]


def stage(client):
    steps = [new_object(client) for _ in range(SAMPLES)]
    define, create, read, graphql = (statistics.median(times) for times in zip(*steps))
    server, token = client.server, client.server.admin(client.slug)
    requests = [("GET", f"/api/v1/{name}s/{record}?fields=id,field0,field1,created_at", None, token) for name, record in client.records]
    load.http(server, requests, token, CONNECTIONS, load.WARM_UP, check=True)
    by_id = load.http(server, requests, token, CONNECTIONS, settings.SECONDS_EACH)
    rss = processes.rss(server.pid)
    answers = [client.timed("POST", "/graphql", {"query": INTROSPECTION}) for _ in range(4)]
    assert len(answers[0][0]["data"]["__schema"]["types"]) > client.objects
    first, *again = (took for _, took in answers)
    size = len(json.dumps(answers[0][0])) / 2**20
    introspected = processes.rss(server.pid)
    pss = processes.pss_with_children(server.postmaster)
    return Stage(client.objects, define, create, read, graphql, by_id, rss, first, statistics.median(again), size, introspected, pss)


def new_object(client):
    """How long a new object and its first uses take."""
    name, define = client.define()
    create = client.create(name)
    answer, read = client.timed("GET", f"/api/v1/{name}s")
    assert [record["field0"] for record in answer["data"]] == ["first"], answer
    answer, graphql = client.timed("POST", "/graphql", {"query": f"{{ {name}s {{ totalCount nodes {{ id field0 field1 }} }} }}"})
    assert answer["data"][f"{name}s"]["totalCount"] == 1, answer
    return define, create, read, graphql
