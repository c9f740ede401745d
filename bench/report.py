"""The results as Markdown."""

import statistics

PREFACE = """# Benchmark results

`make bench` wrote this file. [README.md](README.md) says how it is measured and what each figure means. In short: *ratio* is requests per second
as a share of what `pgbench -M prepared` reaches in the same round with hand-written SQL on the same tables, answering the same JSON (for
writes: without the event that ours records); 1.00 is Postgres alone. Figures of different machines cannot be compared, ratios nearly can.
"""


def document(head, workloads, failures, spread, many):
    parts = [PREFACE, table(("", ""), head)]
    parts += [f"## Ratios to hand-written SQL, {n} connection{'s' * (n > 1)}\n", ratios(workloads, n)] if (n := most(workloads)) else []
    parts += [f"Not measured, since the answers were wrong or there were none: {', '.join(failures)}.\n"] if failures else []
    parts += ["## Every workload\n", details(workloads)] if workloads else []
    parts += ["## One tenant and many\n", tenants(spread)] if spread else []
    parts += ["## A tenant with many objects\n", objects(many)] if many else []
    return "\n".join(parts).rstrip() + "\n"


def table(head, rows):
    lines = [head, ["---" if n == 0 else "--:" for n in range(len(head))] if len(head) > 2 else ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def most(workloads):
    return max((connections for _, samples in workloads for connections, _ in samples), default=0)


def median(samples, value):
    return statistics.median(value(sample) for sample in samples)


def ratio(samples, connections, target):
    """The median of the rounds' ratios, with the least and the greatest."""
    pairs = zip(samples[connections, target], samples[connections, "limit"])
    shares = sorted(ours.rate / limit.rate for ours, limit in pairs)
    return f"{statistics.median(shares):.2f}", f"{shares[0]:.2f}–{shares[-1]:.2f}"


def ratios(workloads, connections):
    def row(workload, samples):
        shown = [ratio(samples, connections, face)[0] if face in workload.faces else "–" for face in ("REST", "GraphQL")]
        rate = median(samples[connections, "limit"], lambda sample: sample.rate)
        return [f"{workload.name}: {workload.title}", f"{rate:,.0f}", *shown]

    return table(("workload", "limit, req/s", "REST", "GraphQL"), [row(*each) for each in workloads])


def details(workloads):
    rows, notes = [], []
    for workload, samples in workloads:
        notes += [f"{workload.name}: {workload.note}\n"] if workload.note else []
        for (connections, target), runs in samples.items():
            of = lambda value: median(runs, value)
            ours = target != "limit"
            rows.append([
                workload.name, connections, target, f"{of(lambda s: s.rate):,.0f}", *(ratio(samples, connections, target) if ours else ("1.00", "")),
                f"{of(lambda s: s.p50):.2f}", f"{of(lambda s: s.p99):.2f}",
                f"{of(lambda s: s.server_cpu):,.0f}" if ours else "–", f"{of(lambda s: s.postgres_cpu):,.0f}",
                f"{of(lambda s: s.rss):.0f}" if ours else "–", f"{of(lambda s: s.pss):.0f}" if ours else "–", sum(s.errors for s in runs),
            ])
    head = ("", "conns", "target", "req/s", "ratio", "from–to", "p50 ms", "p99 ms", "server CPU µs/req", "Postgres CPU µs/req", "server MiB", "Postgres MiB", "errors")
    return "\n".join([table(head, rows), *notes])


def tenants(spread):
    one, all_ = spread
    rows = []
    for name, of in (("by id, REST", lambda s: s.by_id), ("list of ten, GraphQL", lambda s: s.lists)):
        for each in spread:
            run = of(each)
            rows.append([name, f"{each.tenants:,}", f"{run.rate:,.0f}", f"{run.p50:.2f}", f"{run.p99:.2f}", f"{run.server_cpu:,.0f}", f"{run.postgres_cpu:,.0f}", run.errors])
        first, last = of(one), of(all_)
        rows.append([name, "ratio", f"{last.rate / first.rate:.2f}", f"{last.p50 / first.p50:.2f}", f"{last.p99 / first.p99:.2f}", "", "", ""])
    each = (all_.rss - one.rss) / max(all_.tenants - one.tenants, 1)
    memory = [[f"{s.tenants:,} active", f"{s.rss:.0f}", f"{s.pss:.0f}"] for s in spread]
    return "\n".join([
        "Tenants of ten objects, sixteen connections, every object used over REST and GraphQL before the clock starts.\n",
        table(("", "tenants", "req/s", "p50 ms", "p99 ms", "server CPU µs/req", "Postgres CPU µs/req", "errors"), rows),
        table(("tenants", "server MiB", "Postgres MiB"), memory),
        f"An active tenant takes **{each * 1024:,.0f} KiB** of the server.\n",
    ])


def objects(stages):
    def row(stage):
        return [
            f"{stage.objects:,}", f"{stage.define:.1f}", f"{stage.create:.1f}", f"{stage.read:.1f}", f"{stage.graphql:.1f}",
            f"{stage.by_id.rate:,.0f}", f"{stage.by_id.p50:.2f}", f"{stage.by_id.p99:.2f}", stage.by_id.errors,
            f"{stage.introspection_first:,.0f}", f"{stage.introspection_again:,.0f}", f"{stage.introspection_size:.1f}",
            f"{stage.rss:.0f}", f"{stage.rss_introspected:.0f}", f"{stage.pss:.0f}",
        ]

    new = ("objects", "new object of ten fields, ms", "its first record, ms", "its first list, ms", "its first GraphQL query, ms")
    reads = ("by id, req/s", "p50 ms", "p99 ms", "errors")
    rest = ("introspection, first ms", "again ms", "MiB", "server MiB", "after introspection", "Postgres MiB")
    rows = [row(stage) for stage in stages]
    return "\n".join([
        table(new, [cells[:5] for cells in rows]),
        table(("objects", *reads), [[cells[0], *cells[5:9]] for cells in rows]),
        table(("objects", *rest), [[cells[0], *cells[9:]] for cells in rows]),
    ])
