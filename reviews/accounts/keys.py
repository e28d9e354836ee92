"""Keys of the REST API: made, rotated, tied to networks, revoked, listed, recognised.

A key is shown once; of its secret only the SHA-256 is kept. After a rotation it has two for some
time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from django.db.models import QuerySet

from reviews import access, audit
from reviews.accounts import key_ends, networks, tokens
from reviews.audit import Who, person
from reviews.errors import ErrorCode, Refused
from reviews.models import ApiKey, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID

DAYS, DAYS_AT_MOST = 90, 365
OVERLAP_H, OVERLAP_H_AT_MOST = 24, 7 * 24
"""So long the secret before a rotation stays good."""
NAME_AT_MOST = 200
SEEN_EVERY = timedelta(minutes=1)
"""`last_used_at` and `last_refused_at` are written no more often."""
_NOBODY = bytes(32)
"""Compared with where there is no such secret, so that all take the same time."""


class Scope(StrEnum):
    TRANSCRIPTS = "read:transcripts"
    EVALUATIONS = "read:evaluations"
    FINDINGS = "read:findings"
    SOURCES = "read:sources"
    UNMASKED = "read:unmasked"
    IMPORT = "write:transcripts"
    ERASE = "erase:calls"
    SUBMIT = "write:submissions"
    RUBRICS = "read:rubrics"
    WRITE_RUBRICS = "write:rubrics"
    WRITE_REVIEWS = "write:reviews"
    AGENTS = "read:agents"
    WRITE_AGENTS = "write:agents"
    AUDIT = "read:audit"
    HOOKS = "read:hooks"
    WRITE_HOOKS = "write:hooks"
    CRM = "read:crm"
    EXTERNAL_IDS = "read:external-ids"
    WRITE_EXTERNAL_IDS = "write:external-ids"
    EXPORTS = "read:exports"
    DROPS = "read:drops"
    WRITE_DROPS = "write:drops"
    RUNS = "write:runs"


class PlatformScope(StrEnum):
    """Of platform keys alone, beside those for what they do in a tenant."""

    READ = "read:platform"
    WRITE = "write:platform"


AnyScope = Scope | PlatformScope


class KeyRefused(Refused):
    code = ErrorCode.KEY_REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made; it ends after `days`."""

    name: str
    scopes: Collection[str]
    days: int
    networks: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A key with a new secret; `token` is what its holder sends, and is kept nowhere."""

    row: ApiKey
    token: str = field(repr=False)


def create(*, tenant_id: UUID, wanted: Wanted, by: Who, now: datetime) -> Made:
    """Make a key and its audit row in one transaction. Raises Refused."""
    _check(wanted, is_platforms=tenant_id == INSTANCE_ID)
    nets = _networks(tenant_id, wanted.networks)
    prefix, secret = tokens.new_prefix(), tokens.new_secret()
    scopes, expires_at = sorted(set(wanted.scopes)), now + timedelta(days=wanted.days)
    with tenant_context(tenant_id):
        key_ends.watch(tenant_id=tenant_id, expires_at=expires_at, now=now)
        row = ApiKey.objects.create(
            tenant_id=tenant_id,
            name=wanted.name,
            prefix=prefix,
            secret_sha256=tokens.sha256(secret),
            scopes=scopes,
            networks=nets,
            expires_at=expires_at,
            created_by=person(by),
        )
        _record(
            audit.Event.KEY_MADE, row, by, now,
            scopes=" ".join(scopes), days=wanted.days, networks=len(row.networks),
        )  # fmt: skip
    return Made(row, tokens.written(tenant_id, prefix, secret))


def rotate(
    *, tenant_id: UUID, prefix: str, days: int, overlap_h: int, by: User | None, now: datetime
) -> Made:
    """A new secret, good for `days`; the one before for `overlap_h` more, never past its own end.

    Whatever was before that one ends now. Raises KeyRefused. Lock: the watch's job, the key's row.
    """
    _check_days(days)
    if not 0 <= overlap_h <= OVERLAP_H_AT_MOST:
        raise KeyRefused(
            "The overlap is refused", f"{overlap_h} hours", f"Choose 0 to {OVERLAP_H_AT_MOST}."
        )
    secret, expires_at = tokens.new_secret(), now + timedelta(days=days)
    with tenant_context(tenant_id):
        key_ends.watch(tenant_id=tenant_id, expires_at=expires_at, now=now)
        row = _in_use(tenant_id, prefix, "Rotating the key", now)
        row.previous_sha256 = row.secret_sha256
        row.previous_until = min(now + timedelta(hours=overlap_h), row.expires_at)
        row.secret_sha256 = tokens.sha256(secret)
        row.expires_at = expires_at
        row.save(update_fields=["previous_sha256", "previous_until", "secret_sha256", "expires_at"])
        _record(audit.Event.KEY_ROTATED, row, by, now, days=days, overlap_h=overlap_h)
    return Made(row, tokens.written(tenant_id, prefix, secret))


def tie(
    *, tenant_id: UUID, prefix: str, to: Iterable[str], by: User | None, now: datetime
) -> ApiKey:
    """Let a key be used from these networks alone; none: from everywhere. From the next request on.

    Raises Refused. Lock: the key's row.
    """
    wanted = _networks(tenant_id, to)
    with tenant_context(tenant_id):
        row = _in_use(tenant_id, prefix, "Changing the key's networks", now)
        row.networks = wanted
        row.save(update_fields=["networks"])
        _record(audit.Event.KEY_NETWORKS_CHANGED, row, by, now, networks=len(wanted))
    return row


def revoke(*, tenant_id: UUID, prefix: str, by: User | None, now: datetime) -> ApiKey:
    """End a key, with all its secrets, from the next request on. Raises KeyRefused. Lock: the
    key's row.
    """
    with tenant_context(tenant_id):
        row = _in_use(tenant_id, prefix, "Revoking the key", now)
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        _record(audit.Event.KEY_REVOKED, row, by, now)
    return row


def listed(tenant_id: UUID) -> Sequence[ApiKey]:
    """Every key of the tenant, the newest first."""
    with tenant_context(tenant_id):
        return list(_rows(tenant_id).order_by("-created_at", "-id"))


def find(authorization: str, *, address: str, now: datetime) -> ApiKey | None:
    """The key of an `Authorization` header; None for every other, whatever is wrong with it.

    `address` is the caller's. Two SQL queries, and once a minute a third; none where the header
    holds no key.
    """
    said = tokens.read(authorization)
    if said is None:
        return None
    with tenant_context(said.tenant_id):
        rows = _rows(said.tenant_id)
        if said.tenant_id != INSTANCE_ID:
            rows = rows.filter(tenant__suspended_at=None)
        row = rows.filter(prefix=said.prefix).first()
        is_right = _is_secret(row, said.secret_sha256, now)
        if row is None or not is_right or row.revoked_at or row.expires_at <= now:
            return None
        if not networks.holds(row.networks, address):
            _note(row, "last_refused_at", now)
            return None
        _note(row, "last_used_at", now)
    return row


def previous_until(row: ApiKey, now: datetime) -> datetime | None:
    """Until when the secret before the last rotation is good; None where it is not."""
    until = row.previous_until
    return until if until and until > now else None


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


def _in_use(tenant_id: UUID, prefix: str, what: str, now: datetime) -> ApiKey:
    """Locked. Raises KeyRefused."""
    rows = _rows(tenant_id).select_for_update().filter(revoked_at=None, expires_at__gt=now)
    row = rows.filter(prefix=prefix).first()
    if row is None:
        raise KeyRefused(
            f"{what} is refused",
            "an id of no key that is in use",
            "List the tenant's keys and take the id from there.",
        )
    return row


def _is_secret(row: ApiKey | None, sent: bytes, now: datetime) -> bool:
    """In a time that tells nothing: an absent key has as many secrets as one amid a rotation."""
    good = [_NOBODY, _NOBODY]
    if row is not None:
        good[0] = bytes(row.secret_sha256)
        if row.previous_sha256 and previous_until(row, now):
            good[1] = bytes(row.previous_sha256)
    return any([compare_digest(each, sent) for each in good])  # noqa: C419 # all are compared


def _networks(tenant_id: UUID, texts: Iterable[str]) -> list[str]:
    """Raises Refused, also where a platform key would be good from everywhere."""
    found = networks.parsed(texts)
    if tenant_id == INSTANCE_ID and not found:
        raise KeyRefused(
            "A platform key is refused",
            "no network",
            "Say from where it is used: --networks 203.0.113.7,2001:db8::/32.",
        )
    return found


def _check(wanted: Wanted, *, is_platforms: bool) -> None:
    if not 0 < len(wanted.name) <= NAME_AT_MOST:
        raise KeyRefused(
            "The key's name is refused",
            f"{len(wanted.name)} characters",
            f"Give 1 to {NAME_AT_MOST}.",
        )
    known = [scope.value for scope in ((*PlatformScope, *Scope) if is_platforms else Scope)]
    if not wanted.scopes or not set(wanted.scopes) <= set(known):
        raise KeyRefused(
            "The key's scopes are refused",
            ", ".join(wanted.scopes) or "none",
            f"Choose from {', '.join(known)}.",
        )
    _check_days(wanted.days)


def _check_days(days: int) -> None:
    if not 1 <= days <= DAYS_AT_MOST:
        raise KeyRefused(
            "The key's lifetime is refused", f"{days} days", f"Choose 1 to {DAYS_AT_MOST}."
        )


def _note(row: ApiKey, column: str, now: datetime) -> None:
    before: datetime | None = getattr(row, column)
    if before is None or now - before >= SEEN_EVERY:
        setattr(row, column, now)
        row.save(update_fields=[column])


def _record(event: audit.Event, row: ApiKey, by: Who, now: datetime, **data: str | int) -> None:
    audit.record(event=event, by=by, target=row, at=now, data=data)
