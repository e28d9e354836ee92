"""A hook's job: send what is due, note what came of it, rest until the next is.

Nothing marks an event as being sent: whoever dies in between leaves it waiting, and it is sent
again under the same id when the lease has ended. At least once, and once by id.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Min, QuerySet
from django.utils import timezone

from reviews import audit, notify, outbox
from reviews.export import purge, schedule
from reviews.export.schedule import Health
from reviews.export.sending import GONE, Message, Result, Sender
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import (
    Delivery,
    DeliveryState,
    Hook,
    HookState,
    MemberRole,
    Notice,
)
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context

BATCH = 64
"""Sent between two looks at the rows."""
IDLE = timedelta(minutes=1)
"""A hook with nothing due looks again that soon: a wake may die with its process."""
KEPT = timedelta(days=30)
"""What has waited longer, for a hook that was off, is not sent any more."""
_SLICE = 0.15
FAILING = "failing"
TOO_OLD = "too_old"
_NOTE = """
UPDATE reviews_delivery delivery SET state = said.state, tries = delivery.tries + 1,
    due_at = coalesce(said.due_at, delivery.due_at), tried_at = said.at, last_status = said.status,
    last_ms = said.ms, last_code = said.code,
    delivered_at = CASE said.state WHEN 'delivered' THEN said.at END
FROM jsonb_to_recordset(%(said)s::jsonb) AS said (
    id uuid, state text, due_at timestamptz, at timestamptz, status integer, ms integer, code text)
WHERE delivery.id = said.id AND delivery.state = 'waiting'
"""


def run(claim: ledger.Claim) -> None:
    """Rounds for a share of the job's time; the job of the tenant itself sweeps."""
    if claim.subject_id == claim.tenant_id:
        purge.run(claim)
        return
    hook, rows = _begin(claim)
    if hook is not None and rows:
        with Sender(hook.url, _secrets(hook)) as sender:
            _send(claim, hook, rows, sender)
    _rest(claim)


def _send(claim: ledger.Claim, first: Hook, rows: Sequence[Delivery], sender: Sender) -> None:
    seconds = settings.JOB_TIMEOUT_S * _SLICE
    turn, until = Turn(claim.tenant_id, seconds=seconds), time.monotonic() + seconds
    hook: Hook | None = first
    while hook is not None and rows:
        _round(claim, hook, rows, sender.send(_messages(rows), until=until))
        if turn.is_over():
            return
        hook, rows = _load(claim)


def _begin(claim: ledger.Claim) -> tuple[Hook | None, Sequence[Delivery]]:
    """As `_load`, after what is too old was dropped."""
    with tenant_context(claim.tenant_id):
        old = _waiting(claim.subject_id).filter(event__created_at__lt=timezone.now() - KEPT)
        old.update(state=DeliveryState.DROPPED, last_code=TOO_OLD)
    return _load(claim)


def _load(claim: ledger.Claim) -> tuple[Hook | None, Sequence[Delivery]]:
    """The hook and what is to be sent now: of one that was paused a single event tries it."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        hook = Hook.objects.filter(pk=claim.subject_id).first()
        if hook is None or _open_at(hook, now) != now:
            return hook, ()
        due = _waiting(hook.pk).filter(due_at__lte=now).select_related("event")
        if hook.state == HookState.PAUSED:
            return hook, list(due.order_by("tries", "due_at")[:1])
        return hook, list(due.order_by("due_at")[:BATCH])


def _waiting(hook_id: UUID) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(hook_id=hook_id, state=DeliveryState.WAITING)


def _open_at(hook: Hook, now: datetime) -> datetime | None:
    """From when on it may be sent to, now at the earliest; None: not before somebody acts."""
    if hook.state == HookState.ACTIVE:
        return now
    if hook.state == HookState.OFF or hook.paused_until is None:
        return None
    return max(hook.paused_until, now)


def _secrets(hook: Hook) -> list[str]:
    """What signs: after a rotation the one before, too."""
    sealed = [hook.sealed_secret]
    if hook.sealed_previous and hook.previous_until and hook.previous_until > timezone.now():
        sealed.append(hook.sealed_previous)
    return [unseal(bytes(each)) for each in sealed]


def _messages(rows: Sequence[Delivery]) -> list[Message]:
    return [Message(row.pk, outbox.message_id(row.event_id), _body(row)) for row in rows]


def _body(row: Delivery) -> bytes:
    event = row.event
    return outbox.body(
        kind=event.kind,
        at=event.created_at,
        about=event.about_id,
        sequence=event.sequence,
        data=event.data,
    )


def _round(
    claim: ledger.Claim, hook: Hook, rows: Sequence[Delivery], results: Sequence[Result]
) -> None:
    """Note a round in one transaction, under the fence."""
    tries = {row.pk: row.tries for row in rows}
    noted = [_noted(result, tries[result.delivery_id] + 1) for result in results]
    off_code = ""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        # The hook before its deliveries, as who deletes it does; without the lock of its key, or
        # whoever tells it something would wait.
        own = Hook.objects.select_for_update(no_key=True)
        held = own.filter(pk=hook.pk, state=hook.state).first()
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, {"said": json.dumps(noted, default=str)})
        if held is not None and results:
            is_first = any(tries[each.delivery_id] == 0 for each in results)
            off_code = _judge(held, results, is_first=is_first)
    if off_code:
        _turn_off(claim.tenant_id, hook.pk, off_code)


def _noted(result: Result, tries: int) -> dict[str, Any]:
    due_at = None
    state = DeliveryState.FAILED if result.code else DeliveryState.DELIVERED
    if result.code and result.code != GONE:
        due_at = schedule.next_try(tries, now=result.at, asked=result.asked)
        state = DeliveryState.WAITING if due_at else DeliveryState.FAILED
    return {
        "id": result.delivery_id,
        "state": state,
        "due_at": due_at,
        "at": result.at,
        "status": result.status,
        "ms": result.ms,
        "code": result.code,
    }


def _judge(hook: Hook, results: Sequence[Result], *, is_first: bool) -> str:
    """What the round says of the hook; gives why it is to be turned off, or "".

    Retries alone say nothing of one that is not paused.
    """
    if any(each.code == GONE for each in results):
        return GONE
    if not all(each.code for each in results):
        _keep(hook, Health())
    elif is_first or hook.state == HookState.PAUSED:
        asked = max((each.asked for each in results if each.asked is not None), default=None)
        health = schedule.after_failure(_health(hook), now=timezone.now(), asked=asked)
        if health.is_off:
            return FAILING
        _keep(hook, health)
    return ""


def _health(hook: Hook) -> Health:
    return Health(hook.failures, hook.failing_since, hook.paused_until)


def _keep(hook: Hook, health: Health) -> None:
    if health == _health(hook):
        return
    hook.failures, hook.failing_since = health.failures, health.failing_since
    hook.paused_until = health.paused_until
    hook.state = HookState.PAUSED if health.paused_until else HookState.ACTIVE
    hook.save(update_fields=["failures", "failing_since", "paused_until", "state"])


def _turn_off(tenant_id: UUID, hook_id: UUID, code: str) -> None:
    """What waits goes on waiting. A transaction of its own: the trail's lock comes before the
    hook's, as in every other act on one."""
    with tenant_context(tenant_id):
        now, hook = timezone.now(), Hook.objects.filter(pk=hook_id).first()
        if hook is None or hook.state == HookState.OFF:
            return
        audit.record(
            event=audit.Event.WEBHOOK_OFF, by=None, target=hook, at=now, data={"code": code}
        )
        hook.state, hook.off_code, hook.paused_until = HookState.OFF, code, None
        hook.save(update_fields=["state", "off_code", "paused_until"])
        notify.tell(kind=Notice.HOOK_OFF, about=hook, roles=_TOLD, by=None, at=now)


_TOLD = (MemberRole.TENANT_ADMIN, MemberRole.INTEGRATOR)


def _rest(claim: ledger.Claim) -> None:
    """Until the next is due. An event that comes meanwhile is seen here, or its wake follows."""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        now = timezone.now()
        hook = Hook.objects.filter(pk=claim.subject_id).first()
        open_at = _open_at(hook, now) if hook else None
        if open_at is None:
            ledger.rest(claim, until=None)
            return
        next_at: datetime | None = _waiting(claim.subject_id).aggregate(at=Min("due_at"))["at"]
        if next_at is not None and max(next_at, open_at) <= now:
            ledger.again(claim, done=0, total=None)
        else:
            until = now + IDLE if next_at is None else max(next_at, open_at)
            ledger.rest(claim, until=min(until, now + IDLE))
