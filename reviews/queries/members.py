"""The members of a tenant as their page lists them, and what each role may in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reviews import access, policies
from reviews.models import Agent, MemberRole, Membership, MembershipTeam, Team


class Standing(TextChoices):
    """What else a membership is."""

    ACTIVE = "active", _("Active")
    INVITED = "invited", _("Invited")
    DEACTIVATED = "deactivated", _("Deactivated")


@dataclass(frozen=True, slots=True)
class Member:
    row: Membership
    standing: Standing
    teams: Sequence[str]
    agents: Sequence[str]


def standing(row: Membership) -> Standing:
    if row.is_active:
        return Standing.ACTIVE
    return Standing.INVITED if row.invite_sha256 else Standing.DEACTIVATED


def listed(tenant_id: UUID) -> Sequence[Member]:
    """By name; three SQL queries."""
    rows = access.scoped_to(Membership, tenant_id).select_related("user")
    teams = _grouped(
        access.scoped_to(MembershipTeam, tenant_id).values_list("membership_id", "team__name")
    )
    agents = _grouped(
        (user_id, name or external_id)
        for user_id, name, external_id in access.scoped_to(Agent, tenant_id)
        .exclude(user=None)
        .values_list("user_id", "name", "external_id")
    )
    members = [
        Member(row, standing(row), teams.get(row.pk, ()), agents.get(row.user_id, ()))
        for row in rows
    ]
    return sorted(members, key=lambda each: (each.row.user.name or each.row.user.email).lower())


def _grouped(pairs: Iterable[tuple[Any, str]]) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for key, name in pairs:
        found[key].append(name)
    return found


def teams(tenant_id: UUID) -> list[tuple[str, str]]:
    rows = access.scoped_to(Team, tenant_id).order_by("name")
    return [(str(row.pk), row.name) for row in rows]


def agents(tenant_id: UUID) -> list[tuple[str, str]]:
    rows = access.scoped_to(Agent, tenant_id).order_by("name", "external_id")
    return [(str(row.pk), f"{row.name} ({row.external_id})".lstrip()) for row in rows]


def agent_of(row: Membership) -> Agent | None:
    """Which agent of the calls the member is."""
    return access.scoped_to(Agent, row.tenant_id).filter(user_id=row.user_id).first()


def rights() -> Sequence[tuple[str, Sequence[bool]]]:
    """What can be done, and for each role in their order whether it may."""
    return [
        (policies.WORDS[action], [policies.can(role, action) for role in MemberRole])
        for action in policies.Action
    ]
