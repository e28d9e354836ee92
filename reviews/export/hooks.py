"""Webhooks made, paused and taken away, each act audited; in the caller's tenant transaction.

Locks in one order, as in reviews/export/deliver.py: the job, the audit trail, the hook, deliveries.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from reviews import audit, outbox
from reviews.audit import Who
from reviews.detection.rubric import Severity
from reviews.egress import parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.export import forwards, purge, signing
from reviews.jobs import ledger
from reviews.models import (
    Delivery,
    DeliveryState,
    EventKind,
    Forward,
    Hook,
    HookOrigin,
    HookState,
    JobKind,
    Source,
)
from reviews.models.ids import uuid7
from reviews.models.secret import seal

HOOKS_AT_MOST = 50
"""Each is asked whether it wants an event whenever one happens."""
NAME_AT_MOST, URL_AT_MOST = 200, 500
OVERLAP = timedelta(hours=24)
"""So long the secret before a rotation signs, too."""


class HookRefused(Refused):
    code = ErrorCode.HOOK_REFUSED


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings it is told of; what is empty: of any."""

    least_severity: str = ""
    rules: Collection[str] = ()
    sources: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """`events`: the kinds that it is told; none: all. With filters, of findings alone."""

    name: str
    url: str
    events: Collection[str] = ()
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class Made:
    """A new hook; its secret is shown once."""

    row: Hook
    secret: str = field(repr=False)


def create(*, tenant_id: UUID, wanted: Wanted, origin: HookOrigin, by: Who, now: datetime) -> Made:
    """Raises HookRefused, and DestinationRefused where the address is no destination of ours."""
    _check(wanted)
    _check_events(tenant_id, wanted.events, wanted.filters)
    rows = Hook.objects.filter(tenant_id=tenant_id)
    if rows.count() >= HOOKS_AT_MOST:
        raise HookRefused(
            "The webhook is refused", f"{HOOKS_AT_MOST} of them already", "Delete one first."
        )
    if origin is HookOrigin.PAGE and rows.filter(name=wanted.name.strip()).exists():
        raise HookRefused("The webhook is refused", "a name that is taken", "Give it another one.")
    secret = signing.new_secret()
    purge.watch(tenant_id, now=now)
    row = Hook.objects.create(
        tenant_id=tenant_id,
        name=wanted.name.strip(),
        url=wanted.url,
        events=sorted(set(wanted.events)),
        least_severity=wanted.filters.least_severity,
        rules=sorted(set(wanted.filters.rules)),
        sources=sorted(set(wanted.filters.sources)),
        sealed_secret=seal(secret),
        origin=origin,
        created_by=audit.person(by),
        created_at=now,
    )
    audit.record(event=audit.Event.WEBHOOK_MADE, by=by, target=row, at=now)
    return Made(row, secret)


def _check(wanted: Wanted) -> None:
    if not 0 < len(wanted.name.strip()) <= NAME_AT_MOST:
        raise HookRefused(
            "The webhook's name is refused",
            f"{len(wanted.name.strip())} characters",
            f"Give 1 to {NAME_AT_MOST}.",
        )
    if len(wanted.url) > URL_AT_MOST:
        raise HookRefused(
            "The webhook's address is refused",
            f"{len(wanted.url)} characters",
            f"Give at most {URL_AT_MOST}.",
        )
    parse_origin(wanted.url, allow_private=settings.EGRESS_ALLOW_PRIVATE)


def _check_events(tenant_id: UUID, events: Collection[str], filters: Filters) -> None:
    known = [each.value for each in SUBSCRIBABLE]
    if not set(events) <= set(known):
        raise HookRefused(
            "The webhook's events are refused",
            "one that is not known",
            f"Choose from {', '.join(known)}.",
        )
    sources = set(filters.sources)
    if not (filters.least_severity or filters.rules or sources):
        return
    if not events or not set(events) <= {*NARROWED}:
        raise _filters_refused(
            "events besides those of findings", f"Choose {' and '.join(NARROWED)} alone."
        )
    if filters.least_severity not in ("", *Severity):
        raise _filters_refused(
            "a severity that is not known", f"Choose from {', '.join(Severity)}."
        )
    if max(len(filters.rules), len(sources)) > FILTERED_AT_MOST:
        raise _filters_refused(f"more than {FILTERED_AT_MOST} of a kind", "Name fewer.")
    if any(not 0 < len(code) <= CODE_AT_MOST for code in filters.rules):
        raise _filters_refused("a code that no rule can have", f"Give 1 to {CODE_AT_MOST} letters.")
    if Source.objects.filter(tenant_id=tenant_id, pk__in=sources).count() < len(sources):
        raise _filters_refused("a source that is not there", "Take ids from /api/v1/sources.")


def _filters_refused(seen: str, remedy: str) -> HookRefused:
    return HookRefused("The webhook's filters are refused", seen, remedy)


NARROWED = (EventKind.FINDING_CREATED.value, EventKind.FINDING_REVIEWED.value)
FILTERED_AT_MOST, CODE_AT_MOST = 200, 100
SUBSCRIBABLE = tuple(kind for kind in EventKind if kind is not EventKind.PING)


def filters_of(hook: Hook) -> Filters:
    return Filters(hook.least_severity, hook.rules, hook.sources)


def change(
    hook: Hook, *, events: Collection[str], filters: Filters, by: Who, now: datetime
) -> None:
    """What it is told from now on; what waits is sent all the same. Raises HookRefused."""
    _check_events(hook.tenant_id, events, filters)
    data = {"events": len(set(events))}
    audit.record(event=audit.Event.WEBHOOK_CHANGED, by=by, target=hook, at=now, data=data)
    held = _locked(hook)
    held.events = sorted(set(events))
    held.least_severity = filters.least_severity
    held.rules, held.sources = sorted(set(filters.rules)), sorted(set(filters.sources))
    held.save(update_fields=["events", "least_severity", "rules", "sources"])


def rotate(hook: Hook, *, by: Who, now: datetime) -> str:
    """A new secret, to be shown once; the one before signs, too, for a day."""
    audit.record(event=audit.Event.WEBHOOK_ROTATED, by=by, target=hook, at=now)
    held, secret = _locked(hook), signing.new_secret()
    held.sealed_previous, held.previous_until = held.sealed_secret, now + OVERLAP
    held.sealed_secret = seal(secret)
    held.save(update_fields=["sealed_secret", "sealed_previous", "previous_until"])
    return secret


def pause(hook: Hook, *, by: Who, now: datetime) -> None:
    """Until it is resumed; what happens meanwhile waits. Raises HookRefused."""
    audit.record(event=audit.Event.WEBHOOK_PAUSED, by=by, target=hook, at=now)
    held = _locked(hook)
    if held.state == HookState.OFF:
        raise HookRefused("Pausing is refused", "it is off", "It sends nothing already.")
    _set(held, HookState.PAUSED)


def resume(hook: Hook, *, by: Who, now: datetime) -> None:
    """On again, as if it had never failed; what waits goes out, the oldest first."""
    _wake(hook, now)
    audit.record(event=audit.Event.WEBHOOK_RESUMED, by=by, target=hook, at=now)
    held = _locked(hook)
    held.failures, held.failing_since = 0, None
    _set(held, HookState.ACTIVE)
    # What waits for a later try of an outage that is over need not wait for it.
    _waiting(held).filter(due_at__gt=now).update(due_at=now)


def _set(hook: Hook, state: HookState) -> None:
    hook.state, hook.off_code, hook.paused_until = state, "", None
    hook.save(update_fields=["state", "off_code", "paused_until", "failures", "failing_since"])


def ping(hook: Hook, *, by: Who, now: datetime) -> None:
    """A test event, for it alone. Raises HookRefused where it would be sent to nobody."""
    audit.record(event=audit.Event.WEBHOOK_TESTED, by=by, target=hook, at=now)
    held = _locked(hook)
    if held.state == HookState.OFF:
        raise HookRefused("The test is refused", "the webhook is off", "Turn it on first.")
    said = outbox.Said(EventKind.PING, uuid7(), {}, hook=held.pk)
    outbox.emit(held.tenant_id, [said], at=now)


def redeliver(delivery: Delivery, *, by: Who, now: datetime) -> None:
    """Send it once more, under its id, with all its tries. Raises HookRefused."""
    if delivery.state == DeliveryState.WAITING:
        raise HookRefused(
            "Sending it again is refused", "it waits to be sent", "Wait for its next try."
        )
    _again(delivery.hook, Delivery.objects.filter(pk=delivery.pk), by=by, now=now)


def redeliver_failed(hook: Hook, *, by: Who, now: datetime) -> int:
    """Each that failed for good, once more; gives how many."""
    failed = Delivery.objects.filter(hook=hook, state=DeliveryState.FAILED)
    return _again(hook, failed, by=by, now=now)


def _again(hook: Hook, rows: "QuerySet[Delivery]", *, by: Who, now: datetime) -> int:
    _wake(hook, now)
    data = {"count": rows.count()}
    audit.record(event=audit.Event.WEBHOOK_REDELIVERED, by=by, target=hook, at=now, data=data)
    return rows.update(state=DeliveryState.WAITING, tries=0, due_at=now, delivered_at=None)


def delete(hook: Hook, *, by: Who, now: datetime) -> None:
    """With its deliveries; what happened stays. Its job finds nothing, and rests for good.
    Forwarding rules that send to it go off."""
    audit.record(event=audit.Event.WEBHOOK_DELETED, by=by, target=hook, at=now)
    forwards.lose_target(Forward.objects.filter(hook=hook), by=by, now=now)
    Hook.objects.select_for_update().filter(pk=hook.pk).first()
    Delivery.objects.filter(hook=hook).delete()
    Hook.objects.filter(pk=hook.pk).delete()


def _waiting(hook: Hook) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(hook=hook, state=DeliveryState.WAITING)


def _locked(hook: Hook) -> Hook:
    """Without the lock of its key, or whoever tells it something would wait."""
    return get_object_or_404(Hook.objects.select_for_update(no_key=True), pk=hook.pk)


def _wake(hook: Hook, now: datetime) -> None:
    ledger.wake(tenant_id=hook.tenant_id, kind=JobKind.DELIVER, source_id=hook.pk, at=now)
