"""Tell people what waits for them: rows in the transaction of the act, so one undone tells nobody.

Nobody is told of their own act, of what they may not see, or of a kind that they turned off.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from reviews import access, policies
from reviews.audit import Who, person
from reviews.jobs import ledger
from reviews.models import (
    ApiKey,
    CrmConnection,
    Draft,
    Draw,
    Forward,
    Hook,
    JobKind,
    MemberRole,
    Membership,
    Notice,
    Notification,
    ReviewTask,
    Source,
    User,
)
from reviews.models.tenancy import TenantModel
from reviews.policies import Action


@dataclass(frozen=True, slots=True)
class About:
    """Who is told of a kind: whoever may do `action`, of the rows that they may see."""

    action: Action
    rows: Callable[[Membership], "QuerySet[Any]"]


def _own_draws(membership: Membership) -> "QuerySet[Draw]":
    tasks = ReviewTask.objects.filter(drawn__draw=OuterRef("pk"), reviewer=membership.user_id)
    return access.scoped_to(Draw, membership.tenant_id).filter(Exists(tasks))


def _asked_drafts(membership: Membership) -> "QuerySet[Draft]":
    return access.scoped_to(Draft, membership.tenant_id).exclude(asked_by=None)


def _sources(membership: Membership) -> "QuerySet[Source]":
    return access.scoped_to(Source, membership.tenant_id)


def _keys(membership: Membership) -> "QuerySet[ApiKey]":
    return access.scoped_to(ApiKey, membership.tenant_id)


def _hooks(membership: Membership) -> "QuerySet[Hook]":
    return access.scoped_to(Hook, membership.tenant_id)


def _crms(membership: Membership) -> "QuerySet[CrmConnection]":
    return access.scoped_to(CrmConnection, membership.tenant_id)


def _forwards(membership: Membership) -> "QuerySet[Forward]":
    return access.scoped_to(Forward, membership.tenant_id)


ABOUT: Mapping[Notice, About] = {
    Notice.FINDING_ASSIGNED: About(Action.DECIDE, access.visible_findings),
    Notice.FINDING_TAKEN: About(Action.DECIDE, access.visible_findings),
    Notice.FINDING_WAITS: About(Action.DECIDE, access.visible_findings),
    Notice.CALLS_GIVEN: About(Action.REVIEW_CALLS, _own_draws),
    Notice.CALIBRATION_GIVEN: About(Action.REVIEW_CALLS, access.visible_calibration_sets),
    Notice.APPEAL_MADE: About(Action.ANSWER_DISPUTES, access.visible_disputes),
    Notice.APPEAL_ANSWERED: About(Action.SEE_CALLS, access.visible_disputes),
    Notice.CALL_RELEASED: About(Action.SEE_OWN, access.visible_transcripts),
    Notice.COACHING_GIVEN: About(Action.SEE_OWN, access.visible_coachings),
    Notice.COACHING_READ: About(Action.COACH, access.visible_coachings),
    Notice.VERSION_WAITS: About(Action.WRITE_RUBRICS, _asked_drafts),
    Notice.SOURCE_STOPPED: About(Action.MANAGE_SOURCES, _sources),
    Notice.KEY_ENDS: About(Action.MANAGE_KEYS, _keys),
    Notice.HOOK_OFF: About(Action.MANAGE_HOOKS, _hooks),
    Notice.CRM_OFF: About(Action.MANAGE_CRM, _crms),
    Notice.FORWARD_OFF: About(Action.MANAGE_HOOKS, _forwards),
}


def kinds_of(role: str) -> list[Notice]:
    """What somebody in this role may be told."""
    return [kind for kind, about in ABOUT.items() if policies.can(role, about.action)]


def visible(kind: Notice, membership: Membership) -> "QuerySet[Any]":
    """What the member may see now of what a notification of `kind` can be about."""
    about = ABOUT[kind]
    rows = about.rows(membership)
    return rows if policies.can(membership.role, about.action) else rows.none()


def tell(
    *,
    kind: Notice,
    about: TenantModel,
    by: Who,
    at: datetime,
    to: Iterable[UUID | None] | None = None,
    roles: Collection[MemberRole] = tuple(MemberRole),
    count: int = 1,
) -> None:
    """One row each for the people `to`, or for all of the roles; none where one is unread already.

    In the caller's tenant transaction. Cost: one SQL query, one more for each who may be told, and
    an insert.
    """
    rows = access.scoped_to(Membership, about.tenant_id).select_related("user")
    rows = rows.filter(is_active=True, user__is_active=True, role__in=roles)
    if to is not None:
        rows = rows.filter(user__in=[each for each in to if each])
    told = [each.user for each in rows if _is_told(each, kind, about, by)]
    Notification.objects.bulk_create(
        (
            Notification(
                tenant_id=about.tenant_id,
                user=each,
                kind=kind,
                about_id=about.pk,
                count=count,
                created_at=at,
            )
            for each in told
        ),
        ignore_conflicts=True,
    )
    _wake(about.tenant_id, told, at)


def _is_told(member: Membership, kind: Notice, about: TenantModel, by: Who) -> bool:
    if member.user == person(by) or kind in member.user.notices_off:
        return False
    return visible(kind, member).filter(pk=about.pk).exists()


def _wake(tenant_id: UUID, told: Iterable[User], at: datetime) -> None:
    """The tenant's job of mails, for the first of them who wants one."""
    if not settings.HAS_MAIL:
        return
    times = [mail_after(each, at) for each in told if each.digest_hour is not None]
    if times:
        ledger.wake(tenant_id=tenant_id, kind=JobKind.DIGEST, source_id=tenant_id, at=min(times))


def mail_after(user: User, now: datetime) -> datetime:
    """The next time of the person's daily mail, who wants one."""
    return mail_until(user, now) + timedelta(days=1)  # by the clock on the wall


def mail_until(user: User, now: datetime) -> datetime:
    """The last time of the person's daily mail that has come: what is newer waits for the next."""
    day = now.astimezone(_zone(user)).date()
    today = datetime.combine(day, time(user.digest_hour or 0), _zone(user))
    return today if today <= now else today - timedelta(days=1)


def is_mail_due(user: User, now: datetime) -> bool:
    """Once a day of the person's, also where the hour was changed in between."""
    if user.digest_at is None:
        return True
    return user.digest_at.astimezone(_zone(user)).date() < mail_until(user, now).date()


def _zone(user: User) -> ZoneInfo:
    return ZoneInfo(user.time_zone or settings.TIME_ZONE)
