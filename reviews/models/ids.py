"""UUIDv7 (RFC 9562): ordered by time, so that new rows land at the end of every index."""

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id; ids made in one process rise strictly, also within a millisecond."""
    global _last  # the last stamp is process-wide by nature
    with _lock:
        # 48 bits of milliseconds and 12 of their fraction, pushed up where the clock stands still.
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        stamp = _last
    milliseconds, fraction = divmod(stamp, 4096)
    tail = secrets.randbits(62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)
