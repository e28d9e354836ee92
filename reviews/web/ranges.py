"""Which bytes of a file a request asks for (RFC 9110): one range, or all of it."""

import re

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Unsatisfiable(ValueError):
    """The range lies behind the end."""


def asked(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) from 0, both inclusive; None: all, also where it asks for several or cannot be
    read, as the standard lets us.

    Raises Unsatisfiable.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    begin, end = int(first), int(last) if last else size - 1
    if last and end < begin:
        return None
    if begin >= size:
        raise Unsatisfiable
    return begin, min(end, size - 1)


def _suffix(count: int, size: int) -> tuple[int, int]:
    if count == 0 or size == 0:
        raise Unsatisfiable
    return max(size - count, 0), size - 1
