"""A forwarding rule's job: send what is due, note what came of it, rest until the next is.

As with webhooks nothing marks a row as being sent: whoever dies in between leaves it waiting, and
it is sent again when the lease has ended.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, QuerySet
from django.utils import timezone

from reviews.egress import Config, DestinationRefused, Limits, VendorDown
from reviews.export import forward_mail, forwards, handing, schedule, sending, slack_card
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import (
    DeliveryState,
    Forward,
    Forwarded,
    ForwardState,
    ForwardWay,
)
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.posting import Poster

BATCH = 20
"""Messages between two looks at the rows; Slack takes about one a second."""
AT_ONCE = 1_000
"""Findings that one mail counts, or that are handed on together."""
IDLE = timedelta(minutes=1)
KEPT = timedelta(days=30)
"""What has waited longer, for a rule that was off, is not sent any more."""
LONGEST_QUIET = timedelta(minutes=30)
FAILING, TOO_OLD, FINDING_GONE = "failing", "too_old", "finding_gone"
_FOR_GOOD = frozenset({sending.GONE, "rejected", "redirected"})
"""The channel is archived or gone, the address revoked, the message refused."""
_SLICE = 0.5


@dataclass(frozen=True, slots=True)
class Came:
    """Of one try; `code` is empty where it was taken."""

    code: str
    status: int | None
    ms: int
    asked: float | None


def run(claim: ledger.Claim) -> None:
    """Raises MailDown."""
    with tenant_context(claim.tenant_id):
        old = _waiting(claim).filter(created_at__lt=timezone.now() - KEPT)
        old.update(state=DeliveryState.DROPPED, last_code=TOO_OLD)
    turn = Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S * _SLICE)
    row, rows = _load(claim)
    while row is not None and rows:
        if row.way == ForwardWay.SLACK:
            _post_all(claim, row, rows, turn)
        else:
            (_mail if row.way == ForwardWay.MAIL else _hand_on)(claim, row, rows)
        row, rows = (None, ()) if turn.is_over() else _load(claim)
    _rest(claim)


def _waiting(claim: ledger.Claim) -> "QuerySet[Forwarded]":
    return Forwarded.objects.filter(forward_id=claim.subject_id, state=DeliveryState.WAITING)


def _sendable(claim: ledger.Claim, row: Forward) -> "QuerySet[Forwarded]":
    """Of a rule that is off its tests alone."""
    rows = _waiting(claim)
    return rows if row.state == ForwardState.ACTIVE else rows.filter(about_id=None)


def _load(claim: ledger.Claim) -> tuple[Forward | None, Sequence[Forwarded]]:
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        row = Forward.objects.filter(pk=claim.subject_id).first()
        if row is None or (row.quiet_until and row.quiet_until > now):
            return row, ()
        due = _sendable(claim, row).filter(due_at__lte=now).order_by("due_at", "pk")
        return row, list(due[: BATCH if row.way == ForwardWay.SLACK else AT_ONCE])


def _mail(claim: ledger.Claim, row: Forward, rows: Sequence[Forwarded]) -> None:
    """Raises MailDown, before anything is marked."""
    with tenant_context(claim.tenant_id):
        mail = forward_mail.of(row, [each.about_id for each in rows if each.about_id])
    forward_mail.send(mail)
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        held = Forward.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
        sent = _waiting(claim).filter(pk__in=[each.pk for each in rows])
        sent.update(state=DeliveryState.DELIVERED, tried_at=now, delivered_at=now, last_code="")
        if held is not None and any(each.about_id for each in rows):
            _be_quiet(held, now + timedelta(minutes=row.mail_minutes))


def _hand_on(claim: ledger.Claim, row: Forward, rows: Sequence[Forwarded]) -> None:
    """In the transaction that notes it: each is handed on once."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        taken = handing.on(row, rows, now=now)
        if taken is None:
            Forward.objects.filter(pk=row.pk).update(quiet_until=now + IDLE)
            return
        tried = _waiting(claim).filter(pk__in=[each.pk for each in rows])
        tried.filter(pk__in=taken).update(
            state=DeliveryState.DELIVERED, tries=1, tried_at=now, delivered_at=now, last_code=""
        )
        tried.update(state=DeliveryState.FAILED, tries=1, tried_at=now, last_code=FINDING_GONE)


def _post_all(claim: ledger.Claim, row: Forward, rows: Sequence[Forwarded], turn: Turn) -> None:
    """One after the other, until one is not taken."""
    address = unseal(bytes(row.sealed_address or b""))
    for each in rows:
        with tenant_context(claim.tenant_id):
            body = slack_card.body_of(row, each)
        came = _post(address, body)
        _note(claim, row, each, came)
        if came.code or turn.is_over():
            return


def _post(address: str, body: bytes) -> Came:
    began, seconds = time.monotonic(), sending.request_s()
    limits = Limits(
        read_seconds=seconds,
        total_seconds=seconds,
        longest_retry_after_seconds=schedule.LONGEST_ASKED_S,
    )
    config = Config(base_url=address, allow_private=settings.EGRESS_ALLOW_PRIVATE, limits=limits)
    status, asked = None, None
    try:
        with Poster(config, surroundings=sending.SURROUNDINGS()) as poster:
            answer = poster.answer(address, body, {})
        status, asked = answer.status, answer.retry_after
        code = sending.code_of(status)
    except DestinationRefused as refusal:
        code = str(refusal.code)
    except VendorDown:
        code = sending.NO_ANSWER
    return Came(code, status, round((time.monotonic() - began) * 1000), asked)


def _note(claim: ledger.Claim, row: Forward, sent: Forwarded, came: Came) -> None:
    """In one transaction, under the fence."""
    now = timezone.now()
    next_at = None
    if came.code and came.code not in _FOR_GOOD:
        next_at = schedule.next_try(sent.tries + 1, now=now, asked=came.asked)
    off_code = came.code if came.code in _FOR_GOOD else FAILING
    is_lost = bool(came.code) and next_at is None
    ended = DeliveryState.FAILED if came.code else DeliveryState.DELIVERED
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        if is_lost:
            forwards.turn_off(row, off_code, now=now)
        held = Forward.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
        _waiting(claim).filter(pk=sent.pk).update(
            state=DeliveryState.WAITING if next_at else ended,
            tries=sent.tries + 1,
            due_at=next_at or sent.due_at,
            tried_at=now,
            last_status=came.status,
            last_ms=came.ms,
            last_code=came.code,
            delivered_at=None if came.code else now,
        )
        if held is not None and next_at is not None:
            longest = max(LONGEST_QUIET, timedelta(seconds=came.asked or 0))
            _be_quiet(held, min(next_at, now + longest))


def _be_quiet(held: Forward, until: datetime) -> None:
    held.quiet_until = until
    held.save(update_fields=["quiet_until"])


def _rest(claim: ledger.Claim) -> None:
    """Until the next is due. What comes meanwhile is seen here, or its wake follows."""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=0, total=None)
        now = timezone.now()
        row = Forward.objects.filter(pk=claim.subject_id).first()
        next_at = _sendable(claim, row).aggregate(at=Min("due_at"))["at"] if row else None
        if row is None or (next_at is None and row.state == ForwardState.OFF):
            ledger.rest(claim, until=None)
            return
        open_at = max(next_at or now + IDLE, row.quiet_until or now)
        if open_at <= now:
            ledger.again(claim, done=0, total=None)
        else:
            ledger.rest(claim, until=min(open_at, now + IDLE))
