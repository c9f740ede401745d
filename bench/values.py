"""The values that requests are made of: a request and the hand-written SQL draw them from the same ranges.

A value is told by a whole number. `{contact}` in a workload is `018cc251-…` in a request and `bench.contact(:contact)` in SQL.
"""

import datetime
import random
import re
from dataclasses import dataclass
from typing import Callable

from . import settings

START = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)

# `tessera seed` gives record n of a series the UUID v7 of 2024-01-01 plus n steps, the series' number, and n.
SERIES = {"company": (0x7011, 10), "contact": (0x7012, 3), "opportunity": (0x7013, 5)}


def record_id(series, n):
    number, minutes = SERIES[series]
    milliseconds = int(START.timestamp() * 1000) + n * minutes * 60_000
    digits = f"{milliseconds << 80 | number << 64 | 1 << 63 | n:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def functions():
    """SQL for the same ids. Postgres puts the body in place of the call."""
    begin = int(START.timestamp() * 1000)
    made = [
        f"CREATE OR REPLACE FUNCTION bench.{name}(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$"
        f" SELECT encode(int8send(({begin} + n * {minutes * 60_000}) << 16 | {number}) || int8send(n + (-9223372036854775807 - 1)), 'hex')::uuid $$;"
        for name, (number, minutes) in SERIES.items()
    ]
    return "\n".join(["CREATE SCHEMA IF NOT EXISTS bench;", *made])


@dataclass(frozen=True)
class Kind:
    low: int
    high: int
    text: Callable[[int], str]
    sql: str

    @staticmethod
    def record(series, count):
        return Kind(0, count - 1, lambda n: record_id(series, n), f"bench.{series}({{n}}::bigint)")

    @staticmethod
    def number(low, high):
        return Kind(low, high, str, "{n}::bigint")

    @staticmethod
    def one_of(words):
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
        return Kind(1, len(words), lambda n: words[n - 1], f"((ARRAY[{listed}]::text[])[{{n}}::int])")


def kinds(server, schema):
    """Every placeholder a workload may use."""
    lines = lambda statement: server.sql(statement, schema).splitlines()
    return {
        "contact": Kind.record("contact", settings.CONTACTS),
        "company": Kind.record("company", settings.COMPANIES),
        "status": Kind.one_of(lines("SELECT DISTINCT status FROM contact ORDER BY 1")),
        "city": Kind.one_of(lines("SELECT DISTINCT city FROM company ORDER BY 1")),
        "letters": Kind.one_of(lines("SELECT DISTINCT lower(left(last_name, 3)) FROM contact ORDER BY 1")),
        # High scores are rare among the lost.
        "score": Kind.number(0, 40),
        "number": Kind.number(1, 1_000_000_000),
        # When some contact was made, a thousand others having been made before it.
        "instant": Kind(
            min(1_000, settings.CONTACTS - 1),
            settings.CONTACTS - 1,
            lambda n: (START + n * datetime.timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "(timestamptz '2024-01-01T00:00:00Z' + {n}::bigint * interval '3 minutes')",
        ),
    }


PLACE = re.compile(r"\{([a-z]+)\}")
# One of its own for each row `n` that a statement writes.
EACH = re.compile(r"\{each ([a-z]+)\}")


class Draw:
    """One value of each kind, and what stands in their places."""

    def __init__(self, known, seed):
        chance = random.Random(seed)
        self.known = known
        self.numbers = {name: chance.randint(kind.low, kind.high) for name, kind in known.items()}

    def fill(self, template):
        return PLACE.sub(lambda place: self.known[place[1]].text(self.numbers[place[1]]), template)


def names(template, known):
    return sorted({name for name in PLACE.findall(EACH.sub("{number}", template)) if name in known})


def fill_sql(template, known):
    template = EACH.sub(lambda place: of_row(known[place[1]]), template)
    return PLACE.sub(lambda place: known[place[1]].sql.format(n=f":{place[1]}"), template)


def of_row(kind):
    return kind.sql.format(n=f"({kind.low} + ({{number}} + n * 7919) % {kind.high - kind.low + 1})")
