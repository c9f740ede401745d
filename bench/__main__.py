"""The benchmark. README.md says what it does, `settings.py` what can be set."""

import sys
import time

from . import load, machine, many_objects, report, settings, tenants, values, workload
from .server import Failed, Server, command, remove_data

TENANT = "bench"
DRAWS = 8


def main():
    begun = time.monotonic()
    tools = machine.Tools()
    busy = machine.warn_if_busy()
    settings.SCRATCH.mkdir(parents=True, exist_ok=True)
    if not settings.KEEP:
        remove_data()
    say(f"seeding {settings.COMPANIES:,} companies, {settings.CONTACTS:,} contacts, {settings.OPPORTUNITIES:,} opportunities")
    counts = {"companies": settings.COMPANIES, "contacts": settings.CONTACTS, "opportunities": settings.OPPORTUNITIES}
    command("seed", "--tenant", TENANT, *(word for name, count in counts.items() for word in (f"--{name}", str(count))))
    with Server(tools) as server:
        version = server.sql("SHOW server_version")
        if int(version.split(".")[0]) < 18:
            raise Failed(f"the embedded Postgres is {version}: the hand-written SQL needs 18, which npm ci brings (make bench runs it)")
        told = ("shared_buffers", "max_connections", "jit", "fsync", "synchronous_commit")
        head = machine.describe(tools, version, ", ".join(f"{name}={server.sql('SHOW ' + name)}" for name in told))
        head += [
            ("data", ", ".join(f"{count:,} {name}" for name, count in counts.items())),
            ("runs", f"{settings.ROUNDS} rounds of {settings.SECONDS_EACH} s; load before the first {busy:.1f}"),
        ]
        workloads, failures = measure_workloads(server)
        spread = None if settings.SKIP_TENANTS or settings.ONLY else tenants.measure(server, say)
        many = None if settings.SKIP_OBJECTS or settings.ONLY else many_objects.measure(server, say)
    if not settings.KEEP:
        remove_data()
    head.append(("took", f"{(time.monotonic() - begun) / 60:.0f} minutes"))
    settings.OUT.write_text(report.document(head, workloads, failures, spread, many))
    say(f"written to {settings.OUT}")
    if failures:
        raise Failed(f"{len(failures)} workloads could not be measured")


def measure_workloads(server):
    """Pairs of a workload and its samples, by connections and target; and what could not be measured."""
    schema = "tenant_" + server.sql(f"SELECT replace(id::text, '-', '') FROM platform.tenants WHERE slug = '{TENANT}'")
    server.sql(values.functions())
    server.sql("".join(f"VACUUM (ANALYZE) {table};\n" for table in ("company", "contact", "opportunity")), schema)
    measured, failures = [], []
    for each in workload.load(values.kinds(server, schema), settings.ONLY):
        say(f"{each.name}: {each.title}")
        try:
            measured.append((each, measure(server, schema, each)))
        except Failed as failure:
            say(f"  {failure}")
            failures.append(each.name)
    return measured, failures


def measure(server, schema, each):
    """The limit and the faces take turns, so that whatever slows the machine down slows all of them."""
    tidy(server, schema)
    each.check(server, schema, token(server), DRAWS)
    samples = {}
    for connections in settings.CONNS:
        for turn in range(settings.ROUNDS):
            for target in ("limit", *each.faces):
                sample = run(server, schema, each, target, connections, turn)
                samples.setdefault((connections, target), []).append(sample)
                say(f"  {connections:>2} connections, {target:<8} {sample.rate:>9,.0f} /s" + (f"  {sample.errors} ERRORS" if sample.errors else ""))
                if each.writes:
                    tidy(server, schema)
    return samples


def token(server):
    return server.sign_in("test@example.com", "password", TENANT)


def run(server, schema, each, target, connections, turn):
    if target == "limit":
        return load.pgbench(server, each.script(), schema, connections, settings.SECONDS_EACH)
    requests = each.requests(target)
    looked_into = load.http(server, requests, token(server), connections, load.WARM_UP, check=True)
    sample = load.http(server, requests, token(server), connections, settings.SECONDS_EACH, start=turn * 997 + looked_into.requests)
    sample.errors += looked_into.errors
    # Bodies are looked into while warming up only. Afterwards their length has to do: an error's is another.
    if not 0.8 < sample.size / looked_into.size < 1.25:
        sample.errors += sample.requests
    return sample


def tidy(server, schema):
    """Takes away what the writes made. `replica` spares the foreign keys' triggers: nothing refers to these records."""
    server.sql(
        f"""SET session_replication_role = replica;
            DELETE FROM contact WHERE id > bench.contact({settings.CONTACTS - 1});
            DELETE FROM _events;""",
        schema,
    )
    server.settle(schema, "contact", "_events")


def say(words):
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except (machine.Missing, Failed) as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
