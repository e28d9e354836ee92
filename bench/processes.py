"""Processor time of the database server: of its process and all that it started."""

import os
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(server: int) -> float:
    """Seconds of `server` and its children, living and ended, of user and system."""
    fields = _fields(Path(f"/proc/{server}/stat"))
    return _TICK_S * (sum(fields[11:15]) + sum(_living(server)))


def _living(server: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _fields(path)
        except OSError:
            continue  # it has ended since it was listed
        if fields[1] == server:
            found.append(sum(fields[11:13]))
    return found


def _fields(path: Path) -> list[int]:
    """The numbers behind the name: state (as 0), parent, …; user and system time are 11 and 12."""
    rest = path.read_text().rpartition(")")[2].split()
    return [int(text) if text.lstrip("-").isdigit() else 0 for text in rest]
