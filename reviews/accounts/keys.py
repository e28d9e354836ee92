"""Keys of the REST API, `vb_live_<tenant>_<id>_<secret>`: made, listed, revoked, recognised.

A key is shown once; of its secret only the SHA-256 is kept. The last eight digits are a checksum
over all before them, so a mistyped key costs no query.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from reviews import access, audit
from reviews.errors import ErrorCode, Refused
from reviews.models import ApiKey, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID

DAYS_AT_MOST = 365
NAME_AT_MOST = 200
SEEN_EVERY = timedelta(minutes=1)
"""`last_used_at` is written no more often."""
_SHAPE = re.compile(r"(vb_live_([0-9a-f]{32})_([0-9a-f]{12})_([0-9a-f]{64}))([0-9a-f]{8})")
_NOBODY = bytes(32)
"""Compared with where there is no such key, so that both take the same time."""


class Scope(StrEnum):
    TRANSCRIPTS = "read:transcripts"
    EVALUATIONS = "read:evaluations"
    FINDINGS = "read:findings"
    SOURCES = "read:sources"
    UNMASKED = "read:unmasked"
    IMPORT = "write:transcripts"
    SUBMIT = "write:submissions"
    RUBRICS = "read:rubrics"
    WRITE_RUBRICS = "write:rubrics"


class KeyRefused(Refused):
    code = ErrorCode.KEY_REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made; it ends after `days`."""

    name: str
    scopes: Collection[str]
    days: int


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; `token` is what its holder sends, and is kept nowhere."""

    row: ApiKey
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Said:
    tenant_id: UUID
    prefix: str
    secret_sha256: bytes = field(repr=False)


def create(*, tenant_id: UUID, wanted: Wanted, by: User | None, now: datetime) -> Made:
    """Make a key and its audit row in one transaction. Raises KeyRefused."""
    _check(wanted)
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    scopes = sorted(set(wanted.scopes))
    with tenant_context(tenant_id):
        row = ApiKey.objects.create(
            tenant_id=tenant_id,
            name=wanted.name,
            prefix=prefix,
            secret_sha256=_sha256(secret),
            scopes=scopes,
            expires_at=now + timedelta(days=wanted.days),
            created_by=by,
        )
        data: dict[str, str | int] = {"scopes": " ".join(scopes), "days": wanted.days}
        audit.record(event=audit.Event.KEY_MADE, by=by, target=row, at=now, data=data)
    body = f"vb_live_{tenant_id.hex}_{prefix}_{secret}"
    return Made(row, body + _checksum(body))


def revoke(*, tenant_id: UUID, prefix: str, by: User | None, now: datetime) -> ApiKey:
    """End a key from the next request on. Raises KeyRefused. Lock: the key's row."""
    with tenant_context(tenant_id):
        row = _rows(tenant_id).select_for_update().filter(prefix=prefix, revoked_at=None).first()
        if row is None:
            raise KeyRefused(
                "Revoking the key is refused",
                "an id of no key that is in use",
                "List the tenant's keys and take the id from there.",
            )
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(event=audit.Event.KEY_REVOKED, by=by, target=row, at=now)
    return row


def listed(tenant_id: UUID) -> Sequence[ApiKey]:
    """Every key of the tenant, the newest first."""
    with tenant_context(tenant_id):
        return list(_rows(tenant_id).order_by("-created_at", "-id"))


def find(authorization: str, *, now: datetime) -> ApiKey | None:
    """The key of an `Authorization` header; None for every other, whatever is wrong with it.

    Two SQL queries, and once a minute a third; none where the header holds no key.
    """
    said = _parsed(authorization)
    if said is None:
        return None
    with tenant_context(said.tenant_id):
        rows = _rows(said.tenant_id).filter(tenant__suspended_at=None)
        row = rows.filter(prefix=said.prefix).first()
        is_same = hmac.compare_digest(
            bytes(row.secret_sha256) if row else _NOBODY, said.secret_sha256
        )
        if row is None or not is_same or row.revoked_at or row.expires_at <= now:
            return None
        _note_use(row, now)
    return row


def tenant_of(slug: str) -> Tenant:
    """Raises KeyRefused where there is no such tenant of people."""
    tenant = Tenant.objects.filter(slug=slug).exclude(pk=INSTANCE_ID).first()
    if tenant is None:
        raise KeyRefused(
            "The tenant is refused", repr(slug), "Give the short name from its addresses: /t/NAME/."
        )
    return tenant


def _rows(tenant_id: UUID) -> "QuerySet[ApiKey]":
    return access.scoped_to(ApiKey, tenant_id)


def _check(wanted: Wanted) -> None:
    if not 0 < len(wanted.name) <= NAME_AT_MOST:
        raise KeyRefused(
            "The key's name is refused",
            f"{len(wanted.name)} characters",
            f"Give 1 to {NAME_AT_MOST}.",
        )
    known = [scope.value for scope in Scope]
    if not wanted.scopes or not set(wanted.scopes) <= set(known):
        raise KeyRefused(
            "The key's scopes are refused",
            ", ".join(wanted.scopes) or "none",
            f"Choose from {', '.join(known)}.",
        )
    if not 1 <= wanted.days <= DAYS_AT_MOST:
        raise KeyRefused(
            "The key's lifetime is refused", f"{wanted.days} days", f"Choose 1 to {DAYS_AT_MOST}."
        )


def _note_use(row: ApiKey, now: datetime) -> None:
    if row.last_used_at is None or now - row.last_used_at >= SEEN_EVERY:
        row.last_used_at = now
        row.save(update_fields=["last_used_at"])


def _parsed(authorization: str) -> _Said | None:
    """None where the header does not hold a key whose checksum is right."""
    scheme, _, token = authorization.partition(" ")
    shape = _SHAPE.fullmatch(token)
    if scheme.lower() != "bearer" or shape is None:
        return None
    body, tenant, prefix, secret, checksum = shape.groups()
    if checksum != _checksum(body):
        return None
    return _Said(UUID(tenant), prefix, _sha256(secret))


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
