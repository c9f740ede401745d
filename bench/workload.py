"""A workload: one file of `workloads/`, with the same work as a REST request, a GraphQL request and hand-written SQL."""

import datetime
import functools
import json
import re
import tomllib
import urllib.parse
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .server import Failed
from .values import Draw, fill_sql, names

FACES = ("REST", "GraphQL")
# So many requests are written before the clock starts, and sent over and over.
REQUESTS = 4096
MANY = 100


class Workload:
    def __init__(self, path, known):
        described = tomllib.loads(path.read_text())
        self.name = path.stem.split("-")[0]
        self.title = described["title"]
        self.writes = described.get("writes", False)
        self.record = described.get("record")
        self.unordered = described.get("unordered", False)
        self.faces = [face for face in FACES if face.lower() in described]
        self.described = {face: described[face.lower()] for face in self.faces}
        self.note = described.get("note")
        self.known = known
        self.sql = fill_sql(described["limit"]["sql"].strip(), known)
        self.variables = names(described["limit"]["sql"], known)

    # Requests

    def request(self, face, seed):
        """Method, path and body of one request."""
        draw = Draw(self.known, seed)
        described = self.described[face]
        if face == "GraphQL":
            variables = draw.fill(self._records(described.get("variables", "{}"), seed, camel))
            return "POST", "/graphql", json.dumps({"query": " ".join(described["query"].split()), "variables": json.loads(variables)}, ensure_ascii=False)
        method, path = draw.fill(described["request"]).split(" ", 1)
        body = described.get("body")
        # The file has both in a readable form.
        return method, urllib.parse.quote(path, safe="/?&=,:"), body and one_line(draw.fill(self._records(body, seed, str)))

    def _records(self, template, seed, spelling):
        one = lambda number: Draw(self.known, f"{seed}/{number}").fill(spell(self.record, spelling))
        if "{records}" in template:
            return template.replace("{records}", "[" + ",".join(map(one, range(MANY))) + "]")
        return template.replace("{record}", one(0)) if "{record}" in template else template

    @functools.cache
    def requests(self, face):
        count = REQUESTS // MANY if "{records}" in str(self.described[face]) else REQUESTS
        return [self.request(face, f"request {n}") for n in range(count)]

    def script(self):
        """For pgbench."""
        sets = [f"\\set {name} random({self.known[name].low}, {self.known[name].high})\n" for name in self.variables]
        return "".join(sets) + " ".join(self.sql.split()) + "\n"

    # Answers

    def check(self, server, schema, token, draws):
        """Compares what each face answers with what the hand-written SQL does. A workload that cannot be checked is not measured."""
        found = 0
        for seed in range(draws):
            wanted = self._wanted(server, schema, seed)
            found += len(wanted)
            for face in self.faces:
                events = self._events(server, schema)
                method, path, body = self.request(face, seed)
                status, text = server.request(method, path, body, token)
                answer = json.loads(text) if text else None
                if status >= 300 or (face == "GraphQL" and "errors" in answer):
                    raise Failed(f"{self.name} {face}: {method} {path} {body or ''}\n  {status} {text[:600].decode()}")
                records = self._records_of(face, answer)
                if self.writes and self._events(server, schema) - events != len(records):
                    raise Failed(f"{self.name} {face}: an event for each of {len(records)} records was not written")
                self._compare(face, records, wanted)
        if not found:
            raise Failed(f"{self.name}: nothing was found with {draws} different values")

    def _wanted(self, server, schema, seed):
        drawn = {name: Draw(self.known, seed).numbers[name] for name in self.variables}
        statement = f"BEGIN;\n{self.sql};\nROLLBACK;" if self.writes else f"{self.sql};"
        text = server.sql(statement, schema, **drawn)
        if not text:
            raise Failed(f"{self.name}: the SQL finds nothing for {drawn}")
        answer = json.loads(text)
        return [plain(record) for record in (answer if isinstance(answer, list) else [answer])]

    def _events(self, server, schema):
        return int(server.sql("SELECT count(*) FROM _events", schema)) if self.writes else 0

    def _records_of(self, face, answer):
        at = answer["data"] if face == "GraphQL" else answer
        for key in filter(None, self.described[face].get("records", "").split(".")):
            if not isinstance(at, dict) or key not in at:
                raise Failed(f"{self.name} {face}: no `{key}` in {str(answer)[:700]}")
            at = at[key]
        return [plain(record) for record in (at if isinstance(at, list) else [at])]

    def _compare(self, face, records, wanted):
        if self.unordered:
            records, wanted = (sorted(some, key=str) for some in (records, wanted))
        if self.writes:
            # The values are new each time, the keys are not.
            records, wanted = ([sorted(record) for record in some] for some in (records, wanted))
        if records != wanted:
            raise Failed(f"{self.name} {face} answers otherwise than SQL:\n  {str(records)[:700]}\n  {str(wanted)[:700]}")


def load(known, only):
    """Those that are asked for, by name; all of them where none is."""
    paths = {path.stem.split("-")[0]: path for path in sorted((Path(__file__).parent / "workloads").glob("*.toml"))}
    if unknown := [name for name in only if name not in paths]:
        raise Failed(f"no workload is named {', '.join(unknown)}: there are {', '.join(paths)}")
    return [Workload(path, known) for name, path in paths.items() if not only or name in only]


# Names and values

def camel(name):
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def snake(name):
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def spell(template, spelling):
    """A record's template with its keys in another spelling."""
    return re.sub(r'"(\w+)"(?=\s*:)', lambda found: f'"{spelling(found[1])}"', template.strip())


def one_line(text):
    return json.dumps(json.loads(text), ensure_ascii=False)


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def plain(value):
    """One form for what may be written in several: names, connections, times, numbers."""
    if isinstance(value, dict):
        if set(value) == {"nodes"}:
            return plain(value["nodes"])
        if set(value) == {"keys", "count", "sum"}:
            return plain({**value["keys"], "count": value["count"], "sum": value["sum"]["amount"]})
        return {snake(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and TIME.match(value):
        return datetime.datetime.fromisoformat(value).astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            return str(Decimal(str(value)).normalize())
        except InvalidOperation:
            return value
    return value
