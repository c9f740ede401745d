"""One tenant against many: the same load, from as many connections, on one tenant's objects or spread over all tenants'."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import load, processes, settings

OBJECTS = 10
RECORDS = 20
CONNECTIONS = 16
WORKERS = 4
REQUESTS = 20_000
# Seconds for each tenant.
WARM_UP = 0.03


@dataclass
class Tenant:
    slug: str
    # Object → ids of its records.
    records: dict
    definitions: dict


@dataclass
class Spread:
    tenants: int
    rss: float
    pss: float
    by_id: load.Sample
    lists: load.Sample


def measure(server, say):
    """The load on one tenant, then on all, each on a server that has just started."""
    say(f"making {settings.TENANTS:,} tenants of {OBJECTS} objects")
    made = in_parallel(lambda n: make(server, f"spread-{settings.RUN}-{n}"), range(settings.TENANTS))
    server.settle(None)
    spreads = []
    for some in (made[:1], made):
        say(f"the load on {len(some):,} of them")
        server.restart()
        tokens = dict(zip((tenant.slug for tenant in some), in_parallel(lambda tenant: server.admin(tenant.slug), some)))
        # Every object of every tenant is used once over each face: from here on all of these tenants are active. Then comes
        # the load, long enough for the connections to Postgres to have met them all, and then the clock starts.
        once = [(tenant, name) for tenant in some for name in tenant.records]
        in_parallel(lambda at: [ask(server, request) for request in (by_id(tokens, *at), listed(tokens, *at))], once)
        loads = [[form(tokens, *at) for at in drawn(once)] for form in (by_id, listed)]
        warm_up = 3 * settings.SECONDS_EACH + round(WARM_UP * len(some))
        errors = [load.http(server, requests, "", CONNECTIONS, warm_up, check=True).errors for requests in loads]
        samples = [load.http(server, requests, "", CONNECTIONS, 2 * settings.SECONDS_EACH) for requests in loads]
        for sample, more in zip(samples, errors):
            sample.errors += more
        spreads.append(Spread(len(some), processes.rss(server.pid), processes.pss_with_children(server.postmaster), *samples))
    return spreads


def make(server, slug):
    """A tenant with what it is born with, objects of its own up to ten, and some records in each."""
    token = server.sign_up(slug)
    ask = lambda method, path, body=None: server.ask(method, path, body, token)
    objects = ask("GET", "/api/v1/metadata/objects")["data"]
    for n in range(OBJECTS - len(objects)):
        fields = [{"api_name": f"{kind}_value", "name": kind, "type": kind} for kind in ("integer", "decimal", "boolean", "date")]
        name = {"api_name": "name", "name": "Name", "type": "text", "required": True}
        owner = {"api_name": "company", "name": "Company", "type": "relation", "settings": {"to": "company", "inverse": {"api_name": f"assets{n}", "name": "Assets"}}}
        label = {"api_name": f"asset{n}", "name": f"Asset {n}", "label_field": "name"}
        ask("POST", "/api/v1/metadata/objects", {**label, "fields": [name, *fields, owner]})
    definitions = {definition["api_name"]: definition for definition in ask("GET", "/api/v1/metadata/objects")["data"]}
    records = {}
    for name, definition in definitions.items():
        bodies = [body(definition, n) for n in range(RECORDS)]
        answer = ask("POST", f"/api/v1/{definition['plural_api_name']}?fields=id", bodies)
        records[name] = [record["id"] for record in answer["data"]]
    return Tenant(slug, records, definitions)


def body(definition, n):
    """A record with its label and whatever else an object insists on."""
    required = [field for field in definition["fields"] if field.get("required")]
    choices = {field["api_name"]: field["settings"]["options"][0]["value"] for field in required if field["type"] == "select"}
    return {**choices, definition["label_field"]: f"Number {n}"}


# Requests

def by_id(tokens, tenant, name):
    definition = tenant.definitions[name]
    path = f"/api/v1/{definition['plural_api_name']}/{random.choice(tenant.records[name])}?fields=id,{definition['label_field']},created_at"
    return "GET", path, None, tokens[tenant.slug]


def listed(tokens, tenant, name):
    definition = tenant.definitions[name]
    many, label = (camel(definition[key]) for key in ("plural_api_name", "label_field"))
    query = f"{{ {many}(first: 10, orderBy: [{{createdAt: DESC}}]) {{ nodes {{ id {label} createdAt }} }} }}"
    return "POST", "/graphql", json.dumps({"query": query}), tokens[tenant.slug]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def drawn(places):
    chance = random.Random(1)
    return [chance.choice(places) for _ in range(REQUESTS)]


def ask(server, request):
    method, path, text, token = request
    server.ask(method, path, text and json.loads(text), token)


def in_parallel(work, items):
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))
