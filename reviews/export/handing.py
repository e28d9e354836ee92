"""What a forwarding rule hands on to a webhook or a CRM, whose own jobs send it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from reviews import audit, outbox
from reviews.export.crm import records
from reviews.models import (
    CrmConnection,
    EventKind,
    Forward,
    Forwarded,
    Hook,
    HookState,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.outbox import Said
from reviews.queries import forwards
from reviews.queries.forwards import Named


def on(row: Forward, sent: Sequence[Forwarded], *, now: datetime) -> list[UUID] | None:
    """Ids of what was taken; the findings of the rest are gone. None: the other side is off, and
    what waits goes on waiting.

    In the caller's tenant transaction.
    """
    known = forwards.named(row.tenant_id, [each.about_id for each in sent if each.about_id])
    if row.hook_id is not None:
        return _to_webhook(row, row.hook_id, sent, known, now)
    connection = row.crm
    return _to_crm(connection, sent, known, now) if connection else None


def _to_webhook(
    row: Forward, hook_id: UUID, sent: Sequence[Forwarded], known: Named, now: datetime
) -> list[UUID] | None:
    # Whoever tells of a finding holds the trail's lock, or two would count the same sequence.
    audit.hold(row.tenant_id)
    own = Hook.objects.select_for_update(no_key=True).filter(pk=hook_id)
    if own.exclude(state=HookState.OFF).first() is None:
        return None
    taken = [each for each in sent if each.about_id is None or each.about_id in known]
    outbox.emit(row.tenant_id, [_said(row, each, known) for each in taken], at=now)
    return [each.pk for each in taken]


def _said(row: Forward, sent: Forwarded, known: Named) -> Said:
    if sent.about_id is None:
        return Said(EventKind.PING, uuid7(), {}, hook=row.hook_id)
    data = {**known[sent.about_id], "forward": row.pk}
    return Said(EventKind.FINDING_FORWARDED, sent.about_id, data, hook=row.hook_id)


def _to_crm(
    connection: CrmConnection, sent: Sequence[Forwarded], known: Named, now: datetime
) -> list[UUID]:
    """Also to one that is off: it keeps what waits itself."""
    records.put(connection, [each["evaluation"] for each in known.values()], now=now)
    # Not here: the connection's job comes before other locks, and is not waited for.
    transaction.on_commit(partial(_wake, connection, now), robust=True)
    return [each.pk for each in sent if each.about_id in known]


def _wake(connection: CrmConnection, now: datetime) -> None:
    with tenant_context(connection.tenant_id):
        records.wake(connection, now)
