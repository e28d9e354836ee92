"""A connection's job: see what changed, write it, note what came of each record, rest.

One job a connection, so one at a time. What is to be written is a row; how far the changes were
looked at is committed with those rows. A crash leaves rows waiting, and what is written twice has
the same key: the CRM has it once, as it is now.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from reviews import audit, notify
from reviews.egress import DestinationRefused, KeyRefused, RateLimited, VendorDown
from reviews.errors import Refused
from reviews.export.crm import connect, records
from reviews.export.crm.port import BatchRefused, Crm, CrmRefused, Outcome, Row
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import CrmConnection, CrmState, MemberRole, Notice
from reviews.models.tenancy import tenant_context
from reviews.queries import crm as queries

EVERY = timedelta(minutes=5)
"""How soon a change is looked for."""
OFF_EVERY = timedelta(hours=1)
"""A connection that is off looks whether it still is: a wake may have met it on its way to rest."""
LOOKED_AT = 500
"""Changes in one transaction."""
_SHARE = 0.15


def run(claim: ledger.Claim) -> None:
    """A share of the job's time. Raises RateLimited, VendorDown: what waits goes on waiting."""
    connection = _load(claim)
    if connection is None or connection.state == CrmState.OFF:
        _rest(claim)
        return
    turn = Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S * _SHARE)
    try:
        with connect.opened(connection) as crm:
            is_done = _gather(claim, connection, turn) and _write(claim, connection, crm, turn)
    except (RateLimited, VendorDown) as outage:
        with tenant_context(claim.tenant_id):
            records.end(connection, code=outage.code)
        raise
    except (CrmRefused, KeyRefused, DestinationRefused) as refusal:
        _stop(claim, connection, refusal)
        return
    if is_done:
        _rest(claim)


def _load(claim: ledger.Claim) -> CrmConnection | None:
    with tenant_context(claim.tenant_id):
        return CrmConnection.objects.filter(pk=claim.subject_id).first()


def _gather(claim: ledger.Claim, connection: CrmConnection, turn: Turn) -> bool:
    """Put down what changed; False where the turn ended before that."""
    while True:
        with tenant_context(claim.tenant_id):
            after = (connection.cursor_at, connection.cursor_id)
            changed = queries.changes(claim.tenant_id, after, limit=LOOKED_AT)
            if not changed:
                return True
            is_over = _is_over(claim, turn)
            found = [each for _, each in changed]
            if connection.only_forwarded:
                found = records.known(connection, found)
            records.put(connection, found, now=timezone.now())
            connection.cursor_at, connection.cursor_id = changed[-1]
            connection.save(update_fields=["cursor_at", "cursor_id"])
            if is_over:
                return False


def _is_over(claim: ledger.Claim, turn: Turn) -> bool:
    """Whether the turn is. Asked first in the transaction of a step, whose progress it commits:
    the job's lock comes before all others."""
    if turn.is_over():
        ledger.again(claim, done=0, total=None)
        return True
    ledger.extend(claim, done=0, total=None)
    return False


def _write(claim: ledger.Claim, connection: CrmConnection, crm: Crm, turn: Turn) -> bool:
    """Batch after batch; False where the turn ended before the last, or the connection changed.

    Of a batch that is refused whole the first half is next, down to the one that is to blame.
    """
    limit = crm.at_most
    while _is_same(claim, connection):
        with tenant_context(claim.tenant_id):
            due = records.due(connection, limit=limit)
        if not due:
            return True
        if connection.checked_at is None:
            _check(claim, connection, crm)  # before the rows are cut to the lengths that it finds
        with tenant_context(claim.tenant_id):
            opened = records.run_of(connection)
            rows = connect.rows(connection, [each.evaluation_id for each in due])
        sent = [rows[each.evaluation_id] for each in due]
        outcomes = _sent(claim, connection, crm, sent)
        limit = min(2 * limit, crm.at_most) if outcomes else len(due) // 2
        with tenant_context(claim.tenant_id):
            is_over = bool(outcomes) and _is_over(claim, turn)
            records.note(opened, due[: len(outcomes)], outcomes)
        if is_over:
            return False
    return False


def _is_same(claim: ledger.Claim, connection: CrmConnection) -> bool:
    """Or the job begins anew, with the connection as it is now."""
    with tenant_context(claim.tenant_id):
        rows = CrmConnection.objects.filter(pk=connection.pk, version=connection.version)
        if rows.filter(state=CrmState.ON).exists():
            return True
        ledger.again(claim, done=0, total=None)
    return False


def _check(claim: ledger.Claim, connection: CrmConnection, crm: Crm) -> None:
    """Raises CrmRefused where the target is not as it must be."""
    found = connect.look(connection, crm)
    looked = {name: getattr(connection, name) for name in connect.LOOKED}
    with tenant_context(claim.tenant_id):
        rows = CrmConnection.objects.filter(pk=connection.pk, version=connection.version)
        rows.update(**looked)
    if found:
        raise CrmRefused(
            "Writing to the CRM is refused",
            f"{len(found)} problems, {found[0].code} the first",
            "See the connection's page.",
            reason=found[0].code,
        )


def _sent(
    claim: ledger.Claim, connection: CrmConnection, crm: Crm, rows: Sequence[Row]
) -> list[Outcome]:
    """Of each row; none where the CRM refused them all and is to be asked for fewer."""
    try:
        return crm.upsert(rows)
    except BatchRefused as refusal:
        _check(claim, connection, crm)  # the target may have changed
        with tenant_context(claim.tenant_id):
            ledger.extend(claim, done=0, total=None)
        return [Outcome(rows[0].key, code=refusal.code)] if len(rows) == 1 else []


def _stop(claim: ledger.Claim, connection: CrmConnection, refusal: Refused) -> None:
    """Off, until a person has seen to it; what waits is kept."""
    code = refusal.reason if isinstance(refusal, CrmRefused) else refusal.code.value
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        ledger.rest(claim, until=now + OFF_EVERY)
        rows = CrmConnection.objects.filter(pk=connection.pk, state=CrmState.ON)
        if not rows.exists():
            return
        audit.record(
            event=audit.Event.CRM_OFF, by=None, target=connection, at=now, data={"code": code}
        )
        rows.update(state=CrmState.OFF, off_code=code, checked_at=None)
        records.end(connection, code=code)
        roles = [MemberRole.TENANT_ADMIN]
        notify.tell(kind=Notice.CRM_OFF, about=connection, roles=roles, by=None, at=now)


def _rest(claim: ledger.Claim) -> None:
    """Until something is to be written, or may have changed; of one that was deleted for good."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        connection = CrmConnection.objects.filter(pk=claim.subject_id).first()
        if connection is None:
            ledger.rest(claim, until=None)
            return
        records.end(connection)
        if connection.state == CrmState.OFF:
            ledger.rest(claim, until=now + OFF_EVERY)
            return
        next_at = records.next_at(connection)
        if next_at is not None and next_at <= now:
            ledger.again(claim, done=0, total=None)
        else:
            ledger.rest(claim, until=min(next_at or now + EVERY, now + EVERY))
