"""Load: wrk for the server, pgbench for Postgres alone. Both measure the same things."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import processes, settings
from .server import Failed

WARM_UP = 1


@dataclass
class Sample:
    """One run. Times in milliseconds, CPU in microseconds for each request, memory in MiB at its end."""

    requests: int
    rate: float
    p50: float
    p99: float
    size: float
    errors: int
    server_cpu: float = 0.0
    postgres_cpu: float = 0.0
    rss: float = 0.0
    pss: float = 0.0


def http(server, requests, token, connections, seconds, start=0, check=False):
    """Sends requests (method, path, body, and a token of their own where they have one) for so long."""
    file = settings.SCRATCH / "requests.tsv"
    lines = ((*request, token)[:4] for request in requests)
    file.write_text("".join("\t".join((method, path, body or "", own)) + "\n" for method, path, body, own in lines), "utf-8")
    command = [server.tools.wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", Path(__file__).with_name("replay.lua")]
    command += [server.base, "--", file, str(start)] + (["check"] if check else [])
    before = server.cpu()
    ran = subprocess.run(command, capture_output=True, text=True)
    after = server.cpu()
    words = next((line.split()[1:] for line in ran.stdout.splitlines() if line.startswith("RESULT")), None)
    if not words or int(words[0]) == 0:
        raise Failed(f"wrk: {ran.stdout} {ran.stderr}")
    count, micros, p50, p99, size, errors, wrong = map(int, words)
    sample = Sample(count, count / micros * 1e6, p50 / 1000, p99 / 1000, size / count, errors + wrong)
    sample.rss, sample.pss = processes.rss(server.pid), processes.pss_with_children(server.postmaster)
    return _with_cpu(sample, before, after)


def pgbench(server, script, schema, connections, seconds):
    """Runs a statement for so long, prepared once by each connection."""
    scratch = settings.SCRATCH
    (scratch / "limit.sql").write_text(script, "utf-8")
    for old in scratch.glob("latency.*"):
        old.unlink()
    command = [server.tools.pgbench, "-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(seconds)]
    command += ["-l", "--log-prefix", "latency", "-f", "limit.sql"]
    before = server.cpu()
    ran = subprocess.run(command, capture_output=True, text=True, cwd=scratch, env=server.postgres_environment(schema))
    if ran.returncode:
        raise Failed(f"pgbench: {ran.stderr}")
    _wait_for_backends(server)
    after = server.cpu()
    rate = next(float(line.split()[2]) for line in ran.stdout.splitlines() if line.startswith("tps"))
    times = sorted(int(line.split()[2]) for log in scratch.glob("latency.*") for line in log.open())
    at = lambda share: times[int((len(times) - 1) * share)] / 1000
    return _with_cpu(Sample(len(times), rate, at(0.5), at(0.99), 0, 0), before, after)


def _wait_for_backends(server):
    """A backend's CPU is the postmaster's to tell once it has ended."""
    server.sql("""
        DO $$ BEGIN
            WHILE EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgbench') LOOP
                PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
            END LOOP;
        END $$""")


def _with_cpu(sample, before, after):
    sample.server_cpu, sample.postgres_cpu = ((now - then) / sample.requests * 1e6 for then, now in zip(before, after))
    return sample
