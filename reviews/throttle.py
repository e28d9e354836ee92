"""Slows down who guesses passwords: failures counted by account and by address.

An account that does not exist is counted like one that does, so the answers do not differ.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from reviews.errors import ErrorCode, Refused
from reviews.models import SignInThrottle

FREE: Mapping[str, int] = {"account": 5, "address": 30}
"""Failures before the first wait; many people may share an address."""
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 900
FORGOTTEN = timedelta(hours=24)
_COUNT = """
INSERT INTO reviews_signinthrottle AS row (key_hash, failures, last_at)
VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key_hash) DO UPDATE SET
    failures = CASE WHEN row.last_at < %(since)s THEN 1 ELSE row.failures + 1 END,
    last_at = %(now)s
"""


class TooManyTries(Refused):
    """`wait_s`: seconds until the next try is looked at."""

    code = ErrorCode.TOO_MANY_TRIES

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "Signing in is refused",
            "too many wrong passwords",
            f"Try again in {max(1, round(wait_s / 60))} min.",
        )
        self.wait_s = wait_s


def check(*, email: str, address: str, now: datetime) -> None:
    """Raises TooManyTries while the account or the address has to wait."""
    for kind, key in _keys(email, address).items():
        row = SignInThrottle.objects.filter(key_hash=key).first()
        wait_s = _wait_s(row, FREE[kind], now) if row else 0
        if wait_s > 0:
            raise TooManyTries(wait_s)


def failed(*, email: str, address: str, now: datetime) -> None:
    """Count a wrong pair, and forget what is a day old."""
    with connection.cursor() as cursor:
        for key in _keys(email, address).values():
            cursor.execute(_COUNT, {"key": key, "now": now, "since": now - FORGOTTEN})
    SignInThrottle.objects.filter(last_at__lt=now - FORGOTTEN).delete()


def succeeded(*, email: str, address: str) -> None:
    """The account's failures are forgotten; the address keeps its own, which may be another's."""
    SignInThrottle.objects.filter(key_hash=_keys(email, address)["account"]).delete()


def _wait_s(row: SignInThrottle, free: int, now: datetime) -> int:
    over = row.failures - free
    if over < 0 or row.last_at < now - FORGOTTEN:
        return 0
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(over, 10))
    return int((row.last_at + timedelta(seconds=wait_s) - now).total_seconds())


def _keys(email: str, address: str) -> dict[str, bytes]:
    named = {"account": email.strip().lower(), "address": address}
    return {
        kind: hmac.digest(
            settings.HASH_KEY.encode(), f"sign-in|{kind}|{value}".encode(), hashlib.sha256
        )
        for kind, value in named.items()
    }
