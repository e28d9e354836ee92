"""Callers of the REST API: a key and requests with it."""

import zlib
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from reviews.accounts import keys
from reviews.accounts.keys import PlatformScope, Scope
from reviews.models import Tenant
from reviews.models.tenant import instance

FEEDS = {
    "transcripts": Scope.TRANSCRIPTS,
    "evaluations": Scope.EVALUATIONS,
    "findings": Scope.FINDINGS,
}


def made(tenant: Tenant, *scopes: Scope, days: int = 30) -> keys.Made:
    """A key of the tenant; with every scope where none is named."""
    wanted = keys.Wanted("test", scopes or tuple(Scope), days)
    return keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())


def token(tenant: Tenant, *scopes: Scope) -> str:
    return made(tenant, *scopes).token


HERE = "127.0.0.1"


def platform(*scopes: str, networks: tuple[str, ...] = (HERE,)) -> keys.Made:
    """A platform key; with every scope where none is named."""
    wanted = keys.Wanted("platform", scopes or (*PlatformScope, *Scope), 30, networks)
    now = timezone.now()
    return keys.create(tenant_id=instance(now).pk, wanted=wanted, by=None, now=now)


def forged(tenant: str, prefix: str, secret: str) -> str:
    """A key with a right checksum, whoever it claims to be."""
    body = f"vb_live_{tenant}_{prefix}_{secret}"
    return f"{body}{zlib.crc32(body.encode()):08x}"


def get(key: str, address: str, **query: str | int) -> Any:
    """The answer to a key's request; `address` is below /api/v1/, or absolute."""
    path = address if "://" in address else f"/api/v1/{address}"
    return Client().get(path, query or None, headers={"Authorization": f"Bearer {key}"})


def rows(key: str, feed: str, **query: str | int) -> list[dict[str, Any]]:
    """Every row of a feed, page after page."""
    return [row for page in pages(key, feed, **query) for row in page]


def pages(key: str, feed: str, **query: str | int) -> Iterator[list[dict[str, Any]]]:
    answer = get(key, feed, **query)
    while True:
        body = answer.json()
        yield body["results"]
        if body["next"] is None:
            return
        answer = get(key, body["next"])


def problem(answer: Any) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and body of a refusal, without the id of the request and the key's rate."""
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body.pop("instance").startswith("urn:uuid:")
    assert body["status"] == answer.status_code
    headers = {name: told for name, told in answer.items() if not name.startswith("RateLimit-")}
    return answer.status_code, headers, body
