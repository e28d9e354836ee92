"""What other systems call a call, its account and opportunity, or an agent: told by programs."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from reviews import audit
from reviews.audit import Who
from reviews.errors import ErrorCode, Refused
from reviews.models import Agent, ExternalId, ExternalKind, ExternalSystem, Transcript, locks

Given = Mapping[ExternalKind, Mapping[ExternalSystem, str]]
OF_CALLS = (ExternalKind.CALL, ExternalKind.ACCOUNT, ExternalKind.OPPORTUNITY)
OF_AGENTS = (ExternalKind.AGENT,)
_ALONE = frozenset({ExternalKind.CALL, ExternalKind.AGENT})
"""Kinds of which two of ours cannot have the same id."""
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}", re.ASCII)


class ExternalIdRefused(Refused):
    code = ErrorCode.EXTERNAL_ID_REFUSED


class ExternalIdTaken(Refused):
    code = ErrorCode.NAME_TAKEN


def of(target: Transcript | Agent) -> Given:
    """By kind and system. One SQL query."""
    kinds = OF_AGENTS if isinstance(target, Agent) else OF_CALLS
    found: dict[ExternalKind, dict[ExternalSystem, str]] = {kind: {} for kind in kinds}
    for row in _rows(target).order_by("kind", "system"):
        found[ExternalKind(row.kind)][ExternalSystem(row.system)] = row.value
    return found


def hold(target: Transcript | Agent) -> Given:
    """As `of`; whoever puts ids of the same waits for this transaction."""
    locks.hold(f"external ids {target.pk}")
    return of(target)


def put(target: Transcript | Agent, given: Given, *, by: Who, now: datetime) -> None:
    """These and no others from now on. Raises ExternalIdRefused, ExternalIdTaken.

    In the caller's tenant transaction. Lock: the audit trail's, so that no two take the same id.
    """
    pairs: dict[tuple[str, str], str] = {
        (kind, system): value for kind, ids in given.items() for system, value in ids.items()
    }
    for (kind, system), value in pairs.items():
        if not _FORM.fullmatch(value):
            raise ExternalIdRefused(
                f"The id “{kind}.{system}” is refused",
                f"{len(value)} characters, or one that ids do not have",
                "Send 1 to 100 of letters, digits and _ . : / -, beginning with one of the first.",
            )
    data = {"count": len(pairs)}
    audit.record(event=audit.Event.EXTERNAL_IDS_SET, by=by, target=target, at=now, data=data)
    held = {(each.kind, each.system): each for each in _rows(target)}
    for place, row in held.items():
        if pairs.get(place) != row.value:
            row.delete()
    for (kind, system), value in pairs.items():
        own = held.get((kind, system))
        if own is None or own.value != value:
            _add(target, kind, system, value, now)


def _add(target: Transcript | Agent, kind: str, system: str, value: str, now: datetime) -> None:
    own = {"tenant_id": target.tenant_id, "kind": kind, "system": system, "value": value}
    if kind in _ALONE and ExternalId.objects.filter(**own).exists():
        raise ExternalIdTaken(
            f"The id “{kind}.{system}” is refused",
            "another one has it",
            "Take it from that one first.",
        )
    ExternalId.objects.create(**own, **_of(target), changed_at=now)


def _rows(target: Transcript | Agent) -> "QuerySet[ExternalId]":
    return ExternalId.objects.filter(tenant_id=target.tenant_id, **_of(target))


def _of(target: Transcript | Agent) -> dict[str, Transcript | Agent]:
    return {"agent": target} if isinstance(target, Agent) else {"transcript": target}
