"""Who belongs to a tenant and what they may: invited, changed, sent away, taken back.

An invitation is a link that is shown once to the admin who makes it. It makes the membership hold,
and where the account is new it lets its holder choose a password; who has one already signs in with
it first. So nobody gains an account that another tenant's admin has made, nor loses one to them.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings

from reviews import access, audit
from reviews.accounts.first import check_email, check_password
from reviews.audit import Who
from reviews.models import Agent, MemberRole, MemberScope, Membership, MembershipTeam, User
from reviews.policies import NotPossible

NAME_AT_MOST = 200
SEEN_EVERY = timedelta(minutes=5)
_NOBODY = bytes(32)
"""Compared with where nobody is invited, so that both take the same time."""


class LinkRefused(NotPossible):
    def __init__(self) -> None:
        super().__init__(
            "The invitation is refused",
            "a link that was used, has run out, or was replaced",
            "Ask the tenant's admin for a new one.",
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """What a member may: `teams` counts where the scope is `teams`."""

    role: MemberRole
    scope: MemberScope = MemberScope.TENANT
    teams: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """A membership that does not hold yet; `secret` goes into its link and is kept nowhere."""

    row: Membership
    secret: UUID = field(repr=False)


def invite(
    *, tenant_id: UUID, email: str, name: str, rights: Rights, by: Who, now: datetime
) -> Invited:
    """Make the membership, and the account where there is none. Raises Refused."""
    check_email(email.strip())
    address = email.strip().lower()
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, name=name.strip()[:NAME_AT_MOST])
    if access.scoped_to(Membership, tenant_id).filter(user=user).exists():
        raise NotPossible(
            "The invitation is refused",
            "a person who is listed here already",
            "Open the person in the list; a new link and every right can be given there.",
        )
    row = Membership.objects.create(
        tenant_id=tenant_id, user=user, role=rights.role, scope=rights.scope, is_active=False
    )
    _set_teams(row, rights)
    secret = _new_secret(row, now)
    _record(audit.Event.MEMBER_INVITED, row, by, now, role=rights.role, scope=rights.scope)
    return Invited(row, secret)


def invite_again(*, row: Membership, by: User, now: datetime) -> Invited:
    """A new link in the place of the old one. Raises NotPossible where there was none."""
    if row.invite_sha256 is None:
        raise NotPossible(
            "A new link is refused", "no invitation that is open", "Activate the person instead."
        )
    secret = _new_secret(row, now)
    _record(audit.Event.MEMBER_INVITED, row, by, now, again=1)
    return Invited(row, secret)


def invited(*, tenant_id: UUID, member_id: UUID, secret: UUID, now: datetime) -> Membership:
    """Whose link it is; in the tenant's transaction. Raises LinkRefused. Lock: the membership."""
    rows = access.scoped_to(Membership, tenant_id).filter(tenant__suspended_at=None)
    row = rows.select_for_update(of=("self",)).filter(pk=member_id).first()
    known = bytes(row.invite_sha256) if row and row.invite_sha256 else _NOBODY
    is_same = hmac.compare_digest(known, _sha256(secret))
    if row is None or not is_same or row.invite_until is None or row.invite_until <= now:
        raise LinkRefused
    return row


def accept(row: Membership, *, by: User | None, password: str, now: datetime) -> User:
    """Let the membership hold. An account without a password gets this one; any other has to be
    the one that is signed in, `by`. Raises Refused.
    """
    user = row.user
    if not user.has_usable_password():
        check_password(password)
        user.set_password(password)
        user.save(update_fields=["password"])
    elif by != user:
        raise NotPossible(
            "Joining is refused",
            "another account, or none",
            "Sign in to the invited account first.",
        )
    row.is_active, row.invite_sha256, row.invite_until = True, None, None
    row.save(update_fields=["is_active", "invite_sha256", "invite_until"])
    _record(audit.Event.MEMBER_JOINED, row, user, now)
    return user


def change(*, row: Membership, rights: Rights, by: User, now: datetime) -> None:
    """Raises NotPossible where the tenant would be without an admin. Lock: its admins."""
    if rights.role != MemberRole.TENANT_ADMIN:
        _check_not_last(row, "Taking the role Tenant admin away")
    row.role, row.scope = rights.role, rights.scope
    row.save(update_fields=["role", "scope"])
    _set_teams(row, rights)
    _record(
        audit.Event.MEMBER_CHANGED, row, by, now,
        role=rights.role, scope=rights.scope, teams=len(rights.teams),
    )  # fmt: skip


def deactivate(*, row: Membership, by: User, now: datetime) -> None:
    """From the next request on. Raises NotPossible of the last admin. Lock: the tenant's admins."""
    _check_not_last(row, "Deactivating the person")
    row.is_active, row.invite_sha256, row.invite_until = False, None, None
    row.save(update_fields=["is_active", "invite_sha256", "invite_until"])
    _record(audit.Event.MEMBER_DEACTIVATED, row, by, now)


def activate(*, row: Membership, by: User, now: datetime) -> None:
    """Raises NotPossible of who has not taken an invitation: the person has not agreed yet."""
    if row.invite_sha256 is not None:
        raise NotPossible(
            "Activating the person is refused",
            "an invitation that is open",
            "Give the person the link, or make a new one.",
        )
    row.is_active = True
    row.save(update_fields=["is_active"])
    _record(audit.Event.MEMBER_ACTIVATED, row, by, now)


def link(*, row: Membership, agent: Agent | None, by: User, now: datetime) -> None:
    """Say which agent of the calls the member is, or that the member is none."""
    rows = access.scoped_to(Agent, row.tenant_id)
    for before in rows.filter(user_id=row.user_id):
        if before == agent:
            continue
        before.user = None
        before.save(update_fields=["user"])
        audit.record(event=audit.Event.AGENT_UNLINKED, by=by, target=before, at=now)
    if agent is None or agent.user_id == row.user_id:
        return
    if agent.user_id:
        raise NotPossible(
            "Linking the agent is refused",
            "an agent that another person is",
            "Open that person first and choose no agent there.",
        )
    agent.user = row.user
    agent.save(update_fields=["user"])
    data: dict[str, str | int] = {"member": str(row.pk)}
    audit.record(event=audit.Event.AGENT_LINKED, by=by, target=agent, at=now, data=data)


def note_seen(row: Membership, now: datetime) -> None:
    """At most every SEEN_EVERY."""
    if row.seen_at is None or now - row.seen_at >= SEEN_EVERY:
        row.seen_at = now
        row.save(update_fields=["seen_at"])


def _check_not_last(row: Membership, what: str) -> None:
    """Locks the admins, so that two of them cannot send each other away at once."""
    if row.role != MemberRole.TENANT_ADMIN or not row.is_active:
        return
    admins = access.scoped_to(Membership, row.tenant_id).filter(
        role=MemberRole.TENANT_ADMIN, is_active=True
    )
    if [each.pk for each in admins.select_for_update(of=("self",)).order_by("pk")] == [row.pk]:
        raise NotPossible(
            f"{what} is refused",
            "the tenant's last admin",
            "Give another person the role Tenant admin first.",
        )


def _set_teams(row: Membership, rights: Rights) -> None:
    wanted = set(rights.teams) if rights.scope == MemberScope.TEAMS else set()
    links = access.scoped_to(MembershipTeam, row.tenant_id).filter(membership=row)
    links.exclude(team_id__in=wanted).delete()
    there = set(links.values_list("team_id", flat=True))
    MembershipTeam.objects.bulk_create(
        MembershipTeam(tenant_id=row.tenant_id, membership=row, team_id=each)
        for each in sorted(wanted - there)
    )


def _new_secret(row: Membership, now: datetime) -> UUID:
    secret = uuid4()
    row.invite_sha256 = _sha256(secret)
    row.invite_until = now + timedelta(hours=settings.INVITATION_HOURS)
    row.save(update_fields=["invite_sha256", "invite_until"])
    return secret


def _record(event: audit.Event, row: Membership, by: Who, now: datetime, **data: str | int) -> None:
    audit.record(event=event, by=by, target=row, at=now, data=data)


def _sha256(secret: UUID) -> bytes:
    return hashlib.sha256(secret.bytes).digest()
