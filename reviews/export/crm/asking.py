"""Requests to a CRM: one connection, spaced, every answer read by whoever asked."""

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from reviews.egress import Config, Limits, RateLimited, Surroundings, VendorDown, parse_origin
from reviews.export.crm.port import CrmRefused
from reviews.posting import Asker, Said

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
GAP_S = 0.1
"""Between two requests of a connection: what both CRMs let everybody do."""
PATIENCE_S = 20.0
LONGEST_WAIT_S = 6 * 3600.0
"""A day's limit is full: some hours later it may not be."""
LIMIT_WAIT_S = 900.0
_LARGEST = 8_000_000
"""Bytes of an answer: an object with 800 fields describes itself in 2 MB."""
SURROUNDINGS: Callable[[], Surroundings] = Surroundings
"""Names and connections of the requests; a test puts its own in its place."""


class Gap:
    """A pacer for the requests of one connection, which has one job at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def wait_turn(self, *, longest: float) -> None:
        time.sleep(max(0.0, min(self._next - time.monotonic(), longest)))
        self._next = time.monotonic() + self._seconds


def asker(address: str, *, bearer: str = "") -> Asker:
    """Raises DestinationRefused, and KeyRefused where the token is no token."""
    limits = Limits(
        read_seconds=PATIENCE_S,
        total_seconds=PATIENCE_S,
        body_bytes=_LARGEST,
        longest_retry_after_seconds=LONGEST_WAIT_S,
    )
    config = Config(
        base_url=address,
        bearer=bearer,
        allow_private=settings.EGRESS_ALLOW_PRIVATE,
        limits=limits,
    )
    return Asker(config, pacer=Gap(GAP_S), surroundings=SURROUNDINGS())


def check_address(address: str, hosts: Collection[str]) -> None:
    """That it is of the CRM, or opened by the operator. Raises DestinationRefused, CrmRefused."""
    origin = parse_origin(address, allow_private=settings.EGRESS_ALLOW_PRIVATE)
    if origin.entry in settings.EGRESS_ALLOW_PRIVATE:
        return
    if not any(origin.host == host or origin.host.endswith(f".{host}") for host in hosts):
        raise CrmRefused(
            "The CRM's address is refused",
            f"host {origin.host[:100]!r}",
            f"Give one under {' or '.join(sorted(hosts))}.",
            reason="address_refused",
        )
    if urlsplit(address).path not in ("", "/") or origin.port != 443:
        raise CrmRefused(
            "The CRM's address is refused",
            "a port or a path",
            "Give https:// and the host alone.",
            reason="address_refused",
        )


@dataclass(frozen=True, slots=True)
class Read:
    """An answer and its JSON; None where it has none."""

    said: Said
    json: Any

    @property
    def status(self) -> int:
        return self.said.status


def read(said: Said) -> Read:
    try:
        return Read(said, json.loads(said.body))
    except (ValueError, RecursionError):
        return Read(said, None)


def limited(said: Said, who: str) -> RateLimited:
    error = RateLimited(
        f"{who} asks for fewer requests", f"status {said.status}", "It goes on by itself."
    )
    error.retry_after = said.retry_after or LIMIT_WAIT_S
    return error


def down(said: Said, who: str) -> VendorDown:
    error = VendorDown(f"{who} does not answer", f"status {said.status}", "It goes on by itself.")
    error.retry_after = said.retry_after
    return error


def strange(who: str, seen: str) -> CrmRefused:
    return CrmRefused(
        f"The answer of {who} is not usable",
        seen,
        "See whether the address and the kind of sign-in are right.",
        reason="answer_unusable",
    )
