"""What the benchmark needs of the machine, and what it runs on."""

import datetime
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import settings


class Missing(Exception):
    """Something that has to be there first; the words say how."""


def program(name, package):
    """The path of a program; Debian keeps some of PostgreSQL's away from PATH."""
    found = shutil.which(name)
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not found and not kept:
        raise Missing(f"`{name}` is not installed. On Debian or Ubuntu: apt-get install {package}")
    return found or str(kept[-1])


class Tools:
    def __init__(self):
        if not Path("/proc/self/smaps_rollup").exists():
            raise Missing("CPU and memory are read from /proc: the benchmark runs on Linux only")
        self.wrk = program("wrk", "wrk")
        self.pgbench = program("pgbench", "postgresql postgresql-contrib")
        self.psql = program("psql", "postgresql-client")
        if not settings.BINARY.exists():
            raise Missing(f"{settings.BINARY} is not there. make bench builds it")


def first_line(*command):
    ran = subprocess.run(command, capture_output=True, text=True, cwd=settings.ROOT)
    return ((ran.stdout or ran.stderr).strip().splitlines() or ["?"])[0]


def describe(tools, postgres_version, postgres_settings):
    """Pairs of what and which, for the head of the results."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    commit = first_line("git", "describe", "--always", "--dirty", "--abbrev=12")
    return [
        ("commit", commit),
        ("date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("machine", f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB; load generator, server and Postgres share it"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Rust", first_line("rustc", "--version")),
        ("Postgres", f"{postgres_version} (embedded, as shipped: {postgres_settings})"),
        ("tools", f"{first_line(tools.wrk, '-v').split(' Copyright')[0]}; {first_line(tools.pgbench, '--version')}; Python {platform.python_version()}"),
    ]


def warn_if_busy():
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"The machine is busy already (load {load:.1f}): the figures will be worth little.", file=sys.stderr)
    return load
