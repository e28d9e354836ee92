"""A request of the API that is sent twice is answered twice and done once.

Its name is locked, and what it is answered is kept, in the transaction that does it: a server that
dies in between has done nothing, and the next try does it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from reviews import access
from reviews.errors import ErrorCode, Refused
from reviews.models import ApiAnswer, ApiKey
from reviews.models.secret import seal_bytes, unseal_bytes

KEPT = timedelta(days=7)
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


class InProgress(Refused):
    code = ErrorCode.IN_PROGRESS


class NameReused(Refused):
    code = ErrorCode.NAME_REUSED


@dataclass(frozen=True, slots=True)
class Said:
    """A request by the name that its caller gave it, and what the request is."""

    key: ApiKey
    name_sha256: bytes
    request_sha256: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def said(key: ApiKey, name: str, request_sha256: bytes) -> Said:
    return Said(key, hashlib.sha256(name.encode()).digest(), request_sha256)


def find(said: Said, *, now: datetime) -> Answer | None:
    """What it was answered; None: it is to be done now, and nobody else does it meanwhile.

    In the request's transaction. Raises InProgress, and NameReused where the name stood for
    something else.
    """
    name = f"{said.key.pk} {said.name_sha256.hex()}"
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        if not cursor.fetchone()[0]:
            raise InProgress(
                "The request is refused",
                "the same Idempotency-Key, whose first request is still at work",
                "Send it again in a second: it gets the first one's answer.",
            )
    return find_kept(said, now=now)


def find_kept(said: Said, *, now: datetime) -> Answer | None:
    """The same, where nobody could be at it. Raises NameReused."""
    rows = access.scoped_to(ApiAnswer, said.key.tenant_id).filter(api_key_id=said.key.pk)
    row = rows.filter(name_sha256=said.name_sha256, created_at__gt=now - KEPT).first()
    if row is None:
        return None
    if bytes(row.request_sha256) != said.request_sha256:
        raise NameReused(
            "The request is refused",
            "an Idempotency-Key that stood for another request",
            "Give each request a key of its own, and the same request the same bytes.",
        )
    return Answer(row.status, row.headers, unseal_bytes(bytes(row.sealed_body)))


def keep(said: Said, answer: Answer, *, now: datetime) -> None:
    """For the next week; what is older goes."""
    access.scoped_to(ApiAnswer, said.key.tenant_id).filter(created_at__lte=now - KEPT).delete()
    ApiAnswer.objects.create(
        tenant_id=said.key.tenant_id,
        api_key_id=said.key.pk,
        name_sha256=said.name_sha256,
        request_sha256=said.request_sha256,
        status=answer.status,
        headers=dict(answer.headers),
        sealed_body=seal_bytes(answer.body),
        created_at=now,
    )
