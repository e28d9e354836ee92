"""Forwarding rules made, changed, tried and taken away, each act audited; in the caller's tenant
transaction.

Locks in one order, as in reviews/export/forward.py: the job, the audit trail, the rule, its rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from reviews import audit, forwarding, notify, policies
from reviews.audit import Who
from reviews.detection.rubric import Severity
from reviews.egress import parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.export import purge, slack
from reviews.models import (
    Agent,
    CrmConnection,
    DeliveryState,
    Forward,
    Forwarded,
    ForwardState,
    ForwardWay,
    Hook,
    MemberRole,
    Membership,
    Notice,
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
TARGET_GONE = "target_gone"
_TOLD = (MemberRole.TENANT_ADMIN, MemberRole.INTEGRATOR)


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
    hook: UUID | None = None
    crm: UUID | None = None


def create(*, by: Membership, wanted: Wanted, now: datetime) -> Forward:
    """It is off until somebody turns it on. Raises ForwardRefused and DestinationRefused."""
    rows = Forward.objects.filter(tenant_id=by.tenant_id)
    if rows.count() >= FORWARDS_AT_MOST:
        raise _refused(f"{FORWARDS_AT_MOST} of them already", "Delete one first.")
    purge.watch(by.tenant_id, now=now)
    audit.hold(by.tenant_id)  # so does who deletes what it sends to: the one or the other is first
    row = Forward(tenant_id=by.tenant_id, created_by=by.user, created_at=now)
    _put(row, wanted, by)
    with _name_taken():
        row.save(force_insert=True)
    audit.record(event=audit.Event.FORWARD_MADE, by=by.user, target=row, at=now, data=_said(row))
    return row


def change(row: Forward, *, by: Membership, wanted: Wanted, now: datetime) -> None:
    """What waits is sent as it is wanted now. Raises ForwardRefused and DestinationRefused."""
    audit.hold(row.tenant_id)
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
    "mail_minutes", "hook", "crm",
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
    said: dict[str, str | int] = {"way": str(row.way), "trigger": str(row.trigger)}
    to = row.hook_id or row.crm_id
    return said | {"quote": int(row.has_quote)} | ({"to": str(to)} if to else {})


def _put(row: Forward, wanted: Wanted, by: Membership) -> None:
    _check(row, wanted, by)
    row.name, row.trigger, row.way = wanted.name.strip(), wanted.trigger, wanted.way
    row.least_severity, row.rules = wanted.least_severity, sorted(set(wanted.rules))
    row.agents = _agents(by.tenant_id, wanted.agents)
    row.sources = sorted(set(wanted.sources))
    row.score_below, row.first_in_days = wanted.score_below, wanted.first_in_days
    is_slack, is_mail = wanted.way == ForwardWay.SLACK, wanted.way == ForwardWay.MAIL
    row.has_quote = wanted.has_quote and is_slack
    if not is_slack:
        row.sealed_address = None
    elif wanted.address:
        row.sealed_address = seal(wanted.address)
    row.mail_roles = sorted(set(wanted.mail_roles)) if is_mail else []
    row.mail_to = _people(by.tenant_id, wanted.mail_to) if is_mail else []
    row.mail_hour = wanted.mail_hour if is_mail else None
    row.mail_minutes = wanted.mail_minutes
    row.hook_id = wanted.hook if wanted.way == ForwardWay.WEBHOOK else None
    row.crm_id = wanted.crm if wanted.way == ForwardWay.CRM else None


def _check(row: Forward, wanted: Wanted, by: Membership) -> None:
    name = wanted.name.strip()
    if not 0 < len(name) <= NAME_AT_MOST:
        raise _refused(f"a name of {len(name)} characters", f"Give 1 to {NAME_AT_MOST}.")
    if Forward.objects.filter(tenant_id=by.tenant_id, name=name).exclude(pk=row.pk).exists():
        raise _refused("a name that is taken", "Give it another one.")
    _check_condition(wanted, by.tenant_id)
    _CHECKS[wanted.way](row, wanted, by)


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


def _check_mail(_row: Forward, wanted: Wanted, _by: Membership) -> None:
    if not settings.HAS_MAIL:
        raise _refused("mail, which is not set up here", "Ask who runs it to set MAIL_HOST.")
    if not wanted.mail_roles and not wanted.mail_to:
        raise _refused("a mail to nobody", "Choose a role, or name a member.")


def _check_webhook(_row: Forward, wanted: Wanted, by: Membership) -> None:
    own = Hook.objects.filter(tenant_id=by.tenant_id)
    if wanted.hook is None or not own.filter(pk=wanted.hook).exists():
        raise _refused("no webhook of the tenant's", "Choose one; it is made under Webhooks.")


def _check_crm(_row: Forward, wanted: Wanted, by: Membership) -> None:
    if not policies.can(by.role, Action.MANAGE_CRM):
        raise _refused("writing to a CRM by who may not decide it", "Leave it to a tenant admin.")
    own = CrmConnection.objects.filter(tenant_id=by.tenant_id)
    if wanted.crm is None or not own.filter(pk=wanted.crm).exists():
        raise _refused("no CRM connection of the tenant's", "Choose one; it is made under CRM.")


_CHECKS: Mapping[ForwardWay, Callable[[Forward, Wanted, Membership], None]] = {
    ForwardWay.SLACK: _check_slack,
    ForwardWay.MAIL: _check_mail,
    ForwardWay.WEBHOOK: _check_webhook,
    ForwardWay.CRM: _check_crm,
}


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
    """From now on; what waited since it went off by itself is sent. Raises ForwardRefused."""
    if is_aimless(row):
        raise ForwardRefused(
            "Turning it on is refused", "what it sent to is deleted", "Change where it sends to."
        )
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


def is_aimless(row: Forward) -> bool:
    """Whether the webhook or the CRM connection that it sent to is deleted."""
    return (row.way, row.hook_id, row.crm_id) in (
        (ForwardWay.WEBHOOK, None, None),
        (ForwardWay.CRM, None, None),
    )


def turn_off(row: Forward, code: str, *, by: Who = None, now: datetime) -> None:
    """Where nobody turned it off: its keepers are told. What waits goes on waiting.

    The trail's lock comes before the rule's.
    """
    if row.state == ForwardState.OFF:
        return
    audit.record(event=audit.Event.FORWARD_OFF, by=by, target=row, at=now, data={"code": code})
    off = Forward.objects.filter(pk=row.pk, state=ForwardState.ACTIVE)
    if off.update(state=ForwardState.OFF, off_code=code, quiet_until=None):
        notify.tell(kind=Notice.FORWARD_OFF, about=row, roles=_TOLD, by=by, at=now)


def lose_target(rows: "QuerySet[Forward]", *, by: Who, now: datetime) -> None:
    """Of rules whose webhook or CRM connection is deleted: none keeps it from being deleted, as a
    program that unsubscribes cannot see to them."""
    for row in rows:
        turn_off(row, TARGET_GONE, by=by, now=now)
    rows.update(hook=None, crm=None)


def test(row: Forward, *, by: Who, now: datetime) -> None:
    """A message of its own, also of a rule that is off. Raises ForwardRefused."""
    if row.way == ForwardWay.CRM or is_aimless(row):
        raise ForwardRefused(
            "A test is refused", "nothing there takes one", "Check the connection on its own page."
        )
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
    return get_object_or_404(Forward.objects.select_for_update(no_key=True), pk=row.pk)


def _refused(seen: str, remedy: str) -> ForwardRefused:
    return ForwardRefused("The forwarding rule is refused", seen, remedy)
