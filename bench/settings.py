"""What can be set, all of it in the environment. README.md has the list."""

import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "target" / "bench"


def _flag(name):
    return os.environ.get(name, "") not in ("", "0")


def _number(name, default, quick):
    return int(os.environ.get(name) or (quick if QUICK else default))


QUICK = _flag("QUICK")
ROUNDS = _number("ROUNDS", 3, 1)
SECONDS_EACH = _number("SECONDS_EACH", 5, 2)
CONNS = [int(n) for n in (os.environ.get("CONNS") or ("16" if QUICK else "1 16")).replace(",", " ").split()]
ONLY = [name.upper() for name in os.environ.get("ONLY", "").replace(",", " ").split()]
COMPANIES = _number("COMPANIES", 50_000, 5_000)
CONTACTS = _number("CONTACTS", 300_000, 30_000)
OPPORTUNITIES = _number("OPPORTUNITIES", 150_000, 15_000)
TENANTS = _number("TENANTS", 1_000, 100)
OBJECTS = _number("OBJECTS", 1_000, 200)
SKIP_TENANTS = _flag("SKIP_TENANTS")
SKIP_OBJECTS = _flag("SKIP_OBJECTS")
# In the names of tenants, so that a second run on kept data makes others.
RUN = f"{int(time.time()):x}"
PORT = int(os.environ.get("PORT") or 3901)
DATA = Path(os.environ.get("DATA") or SCRATCH / "data").resolve()
KEEP = _flag("KEEP")
BINARY = Path(os.environ.get("BINARY") or ROOT / "target" / "release" / "tessera")
# A short or partial run is not what RESULTS.md tells of.
OUT = Path(os.environ.get("OUT") or (SCRATCH / "RESULTS.md" if QUICK or ONLY else ROOT / "bench" / "RESULTS.md"))
