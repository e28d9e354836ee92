"""The pace of one account, and its circuit breaker, as a row that all workers and tenants share."""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from reviews.egress import RateLimited, VendorDown
from reviews.models import VendorAccount

LONGEST_WAIT_S = 5.0
FAILURES = 3
"""So many outages in a row close the circuit."""
FIRST_CLOSED_S = 30.0
LONGEST_CLOSED_S = 900.0
_USUAL_PORTS = {"https": ":443", "http": ":80"}
PROBE_S = 30.0
"""So long the one that asks after an outage has, before another may."""
# A turn that is too far away is not taken: who gives up leaves it to the next. While the circuit is
# half open, who has begun to ask goes on, and nobody else begins.
_TAKE_TURN = """
UPDATE reviews_vendoraccount SET
    next_request_at = greatest(next_request_at, %(now)s)
        + make_interval(secs => 1 / requests_per_second),
    closed_until = CASE WHEN closed_until IS NULL THEN NULL
        ELSE %(now)s + make_interval(secs => %(probe)s) END
WHERE id = %(id)s
    AND (closed_until IS NULL OR closed_until <= %(now)s OR closed_until = %(probing)s)
    AND (next_request_at IS NULL
        OR next_request_at <= %(now)s + make_interval(secs => %(longest)s))
RETURNING extract(epoch FROM next_request_at - %(now)s) - 1 / requests_per_second, closed_until
"""


class PutOff(RateLimited):
    """Our own pace: the turn is too far away. The vendor said nothing."""


class CircuitOpen(VendorDown):
    """The vendor was away for others: it was not asked."""


def account_of(*, base_url: str, key: str) -> VendorAccount:
    """The account of a key, made where nobody has used it yet."""
    message = f"{_one_form(base_url)}|{key}".encode()
    fingerprint = hmac.digest(settings.HASH_KEY.encode(), message, hashlib.sha256)
    return VendorAccount.objects.get_or_create(fingerprint=fingerprint)[0]


def _one_form(base_url: str) -> str:
    """An address and its other spellings alike: they lead to the same account."""
    parts = urlsplit(base_url)
    host = parts.netloc.lower().removesuffix(_USUAL_PORTS.get(parts.scheme, "")).rstrip(".")
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


class RowPacer:
    """Gives each request of an account its moment; waits until then. Cost: one short UPDATE."""

    def __init__(self, account_id: UUID, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._account_id = account_id
        self._sleep = sleep
        self._probing: datetime | None = None

    def wait_turn(self, *, longest: float = LONGEST_WAIT_S) -> None:
        """Sleep until the turn. Raises PutOff where that is more than 5 s or `longest` away,
        CircuitOpen while the circuit is open.

        A worker that slept longer would do nothing else, and its job's lease would run out.
        """
        now = timezone.now()
        given: dict[str, Any] = {
            "id": self._account_id,
            "now": now,
            "longest": max(0.0, min(longest, LONGEST_WAIT_S)),
            "probe": PROBE_S,
            "probing": self._probing,
        }
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_TURN, given)
            row = cursor.fetchone()
        if row is None:
            raise self._refusal()
        wait_s, self._probing = row
        if wait_s > 0:
            self._sleep(float(wait_s))

    def _refusal(self) -> PutOff | CircuitOpen:
        # The source may be gone, or the turn may have come in this very moment.
        row = VendorAccount.objects.filter(pk=self._account_id).first()
        now = timezone.now()
        if row and row.closed_until and row.closed_until > now:
            return _closed((row.closed_until - now).total_seconds())
        wait = (row.next_request_at - now).total_seconds() if row and row.next_request_at else 0.0
        return _too_far(max(0.0, wait))


def answered(account_id: UUID) -> None:
    """The vendor gave an answer: the circuit is closed again, where it was open."""
    VendorAccount.objects.filter(pk=account_id, failures__gt=0).update(
        failures=0, closed_until=None
    )


def is_down(account_id: UUID) -> None:
    """The vendor was away. From the third time in a row on nobody asks for a while."""
    rows = VendorAccount.objects.filter(pk=account_id)
    rows.update(failures=F("failures") + 1)
    row = rows.first()
    if row and row.failures >= FAILURES:
        spans = min(row.failures - FAILURES, 10)
        seconds = min(LONGEST_CLOSED_S, FIRST_CLOSED_S * 2.0**spans)
        rows.update(closed_until=timezone.now() + timedelta(seconds=seconds))


def limited(account_id: UUID, *, wait_s: float) -> None:
    """The vendor asked for fewer requests: nobody of the account asks for so long."""
    now = timezone.now()
    VendorAccount.objects.filter(pk=account_id).update(
        limited_at=now, next_request_at=now + timedelta(seconds=wait_s)
    )


def _closed(wait_s: float) -> CircuitOpen:
    error = CircuitOpen(
        "The request is put off",
        f"the vendor was away {FAILURES} times in a row; the next try is in {wait_s:.0f} s",
        "Nothing to do: one request tries then, and all go on when it is answered.",
    )
    error.retry_after = wait_s
    return error


def _too_far(wait_s: float) -> PutOff:
    error = PutOff(
        "The request is put off",
        f"its turn is {wait_s:.1f} s away",
        "Nothing to do: it is made then; raise requests per second if the vendor allows more.",
    )
    error.retry_after = wait_s
    return error
