"""The daily mail with what is unread: numbers, kinds and links, nothing of a call or a person.

At most one a person and day, whatever fails: the day is marked before its mail is sent. What a mail
that was lost would have told stays unread, and is in the next one with news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Count, Max
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from reviews import access, mailing, notify
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Membership, Notice, Notification, Tenant, User
from reviews.models.tenancy import tenant_context, user_context

_SHARE = 0.5
"""Of a job's time, after which it makes room; a mail that is begun then still ends within it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is unread in one tenant."""

    tenant: Tenant
    kinds: Sequence[tuple[Notice, int]]

    @property
    def name(self) -> str:
        """On one line, whatever it holds: it is text of a mail."""
        return " ".join("".join(c if c.isprintable() else " " for c in self.tenant.name).split())

    @property
    def link(self) -> str:
        path = reverse("notification-list", args=[self.tenant.slug])
        return f"{settings.SITE_ADDRESS}{path}?unread=1"

    @property
    def count(self) -> int:
        return sum(count for _, count in self.kinds)


def run(claim: ledger.Claim) -> None:
    """Mail who is due among the tenant's members, then rest until the next is. Raises MailDown."""
    now, turn = timezone.now(), Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S * _SHARE)
    with tenant_context(claim.tenant_id):
        due = (
            [each for each in _wanting() if notify.is_mail_due(each, now)]
            if settings.HAS_MAIL
            else []
        )
    is_done = _mail_all(due, turn, now)
    with tenant_context(claim.tenant_id):
        if not is_done:
            ledger.again(claim, done=0, total=None)
            return
        # It locks the job's row: who tells somebody meanwhile wakes the job, or is seen here.
        ledger.extend(claim, done=0, total=None)
        times = [notify.mail_after(each, now) for each in _wanting()]
        ledger.rest(claim, until=min(times) if times and settings.HAS_MAIL else None)


def _wanting() -> list[User]:
    """Active members of the tenant who want mails."""
    rows = Membership.objects.filter(
        is_active=True, user__is_active=True, user__digest_hour__isnull=False
    )
    return [row.user for row in rows.select_related("user").order_by("user")]


def _mail_all(due: Sequence[User], turn: Turn, now: datetime) -> bool:
    """False where others wait and some are left."""
    with_news = [(user, parts) for user in due if (parts := unread(user, now))]
    if not with_news:
        return True
    # Before any day is marked: a server that is away loses no mail.
    with mailing.connected() as connection:
        for user, parts in with_news:
            if turn.is_over():
                return False
            if _is_claimed(user, now):
                _send(user, parts, connection)
    return True


def unread(user: User, now: datetime) -> list[Part]:
    """By tenant, where one of it all is news since the last mail; else nothing."""
    tenants = {each.tenant_id: each.tenant for each in access.memberships_of(user)}
    with user_context(user.pk):
        rows = Notification.objects.filter(user=user, tenant__in=tenants, read_at=None)
        rows = rows.filter(created_at__lte=notify.mail_until(user, now))
        found = list(
            rows.values("tenant", "kind")
            .annotate(n=Count("pk"), last=Max("created_at"))
            .order_by("kind")
        )
    if not any(user.digest_at is None or each["last"] > user.digest_at for each in found):
        return []
    kinds: Mapping[object, list[tuple[Notice, int]]] = {pk: [] for pk in tenants}
    for each in found:
        kinds[each["tenant"]].append((Notice(each["kind"]), each["n"]))
    return [Part(tenants[pk], kinds[pk]) for pk in tenants if kinds[pk]]


def _is_claimed(user: User, now: datetime) -> bool:
    """The day is marked, and committed, by one alone: another tenant's job may be at it, too."""
    seen = User.objects.filter(pk=user.pk, digest_at=user.digest_at)
    return seen.update(digest_at=notify.mail_until(user, now)) == 1


def _send(user: User, parts: Sequence[Part], connection: BaseEmailBackend) -> None:
    """Raises MailDown where the server has gone; what it refuses for this person is passed over."""
    count = sum(part.count for part in parts)
    said = ngettext("%(n)s unread notification", "%(n)s unread notifications", count)
    context = {
        "parts": parts,
        "instance": settings.INSTANCE_NAME,
        "profile": settings.SITE_ADDRESS + reverse("profile"),
    }
    body = render_to_string("emails/digest.txt", context)
    mailing.send(connection, to=user.email, subject=str(said % {"n": count}), body=body)
