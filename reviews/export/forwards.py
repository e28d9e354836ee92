"""Forwarding rules made, changed, tried and taken away, each act audited; in the caller's tenant
transaction.

Locks in one order, as in reviews/export/forward.py: the job, the audit trail, the rule, its rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from reviews import audit, forwarding, policies
from reviews.audit import Who
from reviews.detection.rubric import Severity
from reviews.egress import parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.export import slack
from reviews.models import (
    Agent,
    DeliveryState,
    Forward,
    Forwarded,
    ForwardState,
    ForwardWay,
    MemberRole,
    Membership,
    Source,
    Trigger,
)
from reviews.models.secret import seal
from reviews.policies import Action

FORWARDS_AT_MOST = 50
"""Each is asked whether it holds whenever something is found."""
NAME_AT_MOST, ADDRESS_AT_MOST, LISTED_AT_MOST, CODE_AT_MOST = 200, 500, 200, 100
DAYS_AT_MOST = 365
MINUTES_AT_MOST = 24 * 60
MAILED = tuple(
    role for role in MemberRole if role not in (MemberRole.AGENT, MemberRole.CLIENT_VIEWER)
)
"""Roles that see the tenant's findings, or answer for its connections."""


class ForwardRefused(Refused):
    code = ErrorCode.FORWARD_REFUSED


@dataclass(frozen=True, slots=True)
class Wanted:
    """Agents as the telephone system numbers them, people by their addresses. An empty `address`
    keeps the one that is there."""

    name: str
    trigger: Trigger
    way: ForwardWay
    least_severity: str = ""
    rules: Sequence[str] = ()
    agents: Sequence[str] = ()
    sources: Sequence[UUID] = ()
    score_below: float | None = None
    first_in_days: int | None = None
    address: str = ""
    has_quote: bool = False
    mail_roles: Sequence[str] = ()
    mail_to: Sequence[str] = ()
    mail_hour: int | None = None
    mail_minutes: int = 60


def create(*, by: Membership, wanted: Wanted, now: datetime) -> Forward:
    """It is off until somebody turns it on. Raises ForwardRefused and DestinationRefused."""
    rows = Forward.objects.filter(tenant_id=by.tenant_id)
    if rows.count() >= FORWARDS_AT_MOST:
        raise _refused(f"{FORWARDS_AT_MOST} of them already", "Delete one first.")
    row = Forward(tenant_id=by.tenant_id, created_by=by.user, created_at=now)
    _put(row, wanted, by)
    with _name_taken():
        row.save(force_insert=True)
    audit.record(event=audit.Event.FORWARD_MADE, by=by.user, target=row, at=now, data=_said(row))
    return row


def change(row: Forward, *, by: Membership, wanted: Wanted, now: datetime) -> None:
    """What waits is sent as it is wanted now. Raises ForwardRefused and DestinationRefused."""
    given = Forward(pk=row.pk, tenant_id=row.tenant_id, sealed_address=row.sealed_address)
    _put(given, wanted, by)
    audit.record(
        event=audit.Event.FORWARD_CHANGED, by=by.user, target=row, at=now, data=_said(given)
    )
    held = _locked(row)
    for name in _PUT:
        setattr(held, name, getattr(given, name))
    with _name_taken():
        held.save(update_fields=_PUT)


_PUT = (
    "name", "trigger", "way", "least_severity", "rules", "agents", "sources", "score_below",
    "first_in_days", "sealed_address", "has_quote", "mail_roles", "mail_to", "mail_hour",
    "mail_minutes",
)  # fmt: skip


@contextmanager
def _name_taken() -> Iterator[None]:
    """Of two who take a name at once the second is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise _refused("a name that is taken", "Give it another one.") from None


def _said(row: Forward) -> dict[str, str | int]:
    """For the trail: what leaves the house, and how."""
    return {"way": str(row.way), "trigger": str(row.trigger), "quote": int(row.has_quote)}


def _put(row: Forward, wanted: Wanted, by: Membership) -> None:
    _check(row, wanted, by)
    row.name, row.trigger, row.way = wanted.name.strip(), wanted.trigger, wanted.way
    row.least_severity, row.rules = wanted.least_severity, sorted(set(wanted.rules))
    row.agents = _agents(by.tenant_id, wanted.agents)
    row.sources = sorted(set(wanted.sources))
    row.score_below, row.first_in_days = wanted.score_below, wanted.first_in_days
    is_slack = wanted.way == ForwardWay.SLACK
    row.has_quote = wanted.has_quote and is_slack
    if not is_slack:
        row.sealed_address = None
    elif wanted.address:
        row.sealed_address = seal(wanted.address)
    row.mail_roles = [] if is_slack else sorted(set(wanted.mail_roles))
    row.mail_to = [] if is_slack else _people(by.tenant_id, wanted.mail_to)
    row.mail_hour, row.mail_minutes = wanted.mail_hour, wanted.mail_minutes


def _check(row: Forward, wanted: Wanted, by: Membership) -> None:
    name = wanted.name.strip()
    if not 0 < len(name) <= NAME_AT_MOST:
        raise _refused(f"a name of {len(name)} characters", f"Give 1 to {NAME_AT_MOST}.")
    if Forward.objects.filter(tenant_id=by.tenant_id, name=name).exclude(pk=row.pk).exists():
        raise _refused("a name that is taken", "Give it another one.")
    _check_condition(wanted, by.tenant_id)
    if wanted.way == ForwardWay.SLACK:
        _check_slack(row, wanted, by)
    elif not settings.HAS_MAIL:
        raise _refused("mail, which is not set up here", "Ask who runs it to set MAIL_HOST.")
    elif not wanted.mail_roles and not wanted.mail_to:
        raise _refused("a mail to nobody", "Choose a role, or name a member.")


def _check_condition(wanted: Wanted, tenant_id: UUID) -> None:
    if wanted.least_severity not in ("", *Severity):
        raise _refused("a severity that is not known", f"Choose from {', '.join(Severity)}.")
    for name in ("rules", "agents", "sources", "mail_to"):
        if len(getattr(wanted, name)) > LISTED_AT_MOST:
            raise _refused(f"more than {LISTED_AT_MOST} {name}", "Name fewer.")
    if any(not 0 < len(code) <= CODE_AT_MOST for code in wanted.rules):
        raise _refused("a code that no rule can have", f"Give 1 to {CODE_AT_MOST} characters.")
    sources = set(wanted.sources)
    if Source.objects.filter(tenant_id=tenant_id, pk__in=sources).count() < len(sources):
        raise _refused("a source that is not there", "Choose from those of the tenant.")
    if wanted.score_below is not None and not 0 < wanted.score_below <= 100:  # a percentage
        raise _refused(f"a score below {wanted.score_below:g}", "Give more than 0, at most 100.")
    if wanted.first_in_days is not None and not 0 < wanted.first_in_days <= DAYS_AT_MOST:
        raise _refused(f"{wanted.first_in_days} days", f"Give 1 to {DAYS_AT_MOST}.")


def _check_slack(row: Forward, wanted: Wanted, by: Membership) -> None:
    if wanted.has_quote and not policies.can(by.role, Action.MANAGE_TENANT):
        raise _refused("quoting by who may not decide it", "Leave it to a tenant admin.")
    if not wanted.address:
        if not row.sealed_address:
            raise _refused("no address", "Give that of Slack's incoming webhook.")
        return
    if len(wanted.address) > ADDRESS_AT_MOST:
        raise _refused(
            f"an address of {len(wanted.address)} characters", f"Give at most {ADDRESS_AT_MOST}."
        )
    origin = parse_origin(wanted.address, allow_private=settings.EGRESS_ALLOW_PRIVATE)
    is_slack = (origin.scheme, origin.entry) == ("https", f"{slack.HOST}:443")
    if not is_slack and origin.entry not in settings.EGRESS_ALLOW_PRIVATE:
        raise _refused(
            "an address that is not Slack's",
            f"Give https://{slack.HOST}/services/…, or have who runs the installation open its "
            "host with EGRESS_ALLOW_PRIVATE.",
        )
    if len(urlsplit(wanted.address).path) < 2:  # more than a slash
        raise _refused("an address without its path", "Copy all of it from Slack.")


def _agents(tenant_id: UUID, external_ids: Sequence[str]) -> list[UUID]:
    wanted = set(external_ids)
    rows = Agent.objects.filter(tenant_id=tenant_id, external_id__in=wanted)
    found = {row.external_id: row.pk for row in rows}
    if len(found) < len(wanted):
        raise _refused(
            f"{len(wanted) - len(found)} agents that are not known",
            "Write their ids as the telephone system or CRM has them, one a line.",
        )
    return sorted(found.values())


def _people(tenant_id: UUID, addresses: Sequence[str]) -> list[UUID]:
    wanted = {each.lower() for each in addresses}
    rows = Membership.objects.filter(
        tenant_id=tenant_id, is_active=True, role__in=MAILED, user__email__in=wanted
    )
    found = sorted(rows.values_list("user_id", flat=True))
    if len(found) < len(wanted):
        raise _refused(
            f"{len(wanted) - len(found)} addresses of nobody who may get it",
            "Name active members who are no agents and no client viewers, one a line.",
        )
    return found


def switch_on(row: Forward, *, by: Who, now: datetime) -> None:
    """From now on; what waited since it went off by itself is sent."""
    forwarding.wake(row.tenant_id, {row.pk: now})
    audit.record(event=audit.Event.FORWARD_SWITCHED_ON, by=by, target=row, at=now)
    _set(row, ForwardState.ACTIVE)


def switch_off(row: Forward, *, by: Who, now: datetime) -> None:
    """What waits goes on waiting."""
    audit.record(event=audit.Event.FORWARD_SWITCHED_OFF, by=by, target=row, at=now)
    _set(row, ForwardState.OFF)


def _set(row: Forward, state: ForwardState) -> None:
    held = _locked(row)
    held.state, held.off_code, held.quiet_until = state, "", None
    held.save(update_fields=["state", "off_code", "quiet_until"])


def test(row: Forward, *, by: Who, now: datetime) -> None:
    """A message of its own, also of a rule that is off."""
    forwarding.wake(row.tenant_id, {row.pk: now})
    audit.record(event=audit.Event.FORWARD_TESTED, by=by, target=row, at=now)
    _locked(row)
    Forwarded.objects.create(tenant_id=row.tenant_id, forward=row, due_at=now, created_at=now)


def send_again(sent: Forwarded, *, by: Who, now: datetime) -> None:
    """Once more, with all its tries. Raises ForwardRefused."""
    if sent.state == DeliveryState.WAITING:
        raise ForwardRefused(
            "Sending it again is refused", "it waits to be sent", "Wait for its next try."
        )
    row = sent.forward
    forwarding.wake(row.tenant_id, {row.pk: now})
    audit.record(event=audit.Event.FORWARD_SENT_AGAIN, by=by, target=row, at=now)
    Forwarded.objects.filter(pk=sent.pk).update(
        state=DeliveryState.WAITING, tries=0, due_at=now, delivered_at=None
    )


def delete(row: Forward, *, by: Who, now: datetime) -> None:
    """With its log. Its job finds nothing, and rests for good."""
    audit.record(event=audit.Event.FORWARD_DELETED, by=by, target=row, at=now)
    Forward.objects.select_for_update().filter(pk=row.pk).first()
    Forwarded.objects.filter(forward=row).delete()
    Forward.objects.filter(pk=row.pk).delete()


def _locked(row: Forward) -> Forward:
    """Without the lock of its key, or whoever finds something would wait."""
    return Forward.objects.select_for_update(no_key=True).get(pk=row.pk)


def _refused(seen: str, remedy: str) -> ForwardRefused:
    return ForwardRefused("The forwarding rule is refused", seen, remedy)
