"""CPU and memory of processes, from /proc."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Parent, ticks of its own, ticks of the children it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own, reaped = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return int(fields[1]), own, reaped


def children(parent):
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and _stat(entry)[0] == parent:
                found.append(int(entry))
        except OSError:
            pass
    return found


def cpu(pid):
    """Seconds of CPU of one process."""
    return _stat(pid)[1] / TICK


def cpu_with_children(pid):
    """Seconds of CPU of a process and its children, those included that have ended: a postmaster and its backends."""
    _, own, reaped = _stat(pid)
    total = own + reaped
    for child in children(pid):
        try:
            total += _stat(child)[1]
        except OSError:
            pass
    return total / TICK


def _kilobytes(path, key):
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1])
    return 0


def rss(pid):
    """MiB resident."""
    return _kilobytes(f"/proc/{pid}/status", "VmRSS:") / 1024


def pss_with_children(pid):
    """MiB of a process and its children, pages that they share counted once."""
    total = 0
    for process in [pid, *children(pid)]:
        try:
            total += _kilobytes(f"/proc/{process}/smaps_rollup", "Pss:")
        except OSError:
            pass
    return total / 1024
