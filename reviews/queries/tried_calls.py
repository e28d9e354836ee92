"""Which calls a backtest is of: as SQL for whoever walks them, and what there is to choose."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews import access
from reviews.models import Agent, Membership, Source, Team

CHOICES_AT_MOST = 200
NAMED = """
(%(source)s::uuid IS NULL OR call.source_id = %(source)s)
    AND (%(team)s::uuid IS NULL AND %(agent)s::uuid IS NULL OR EXISTS (
        SELECT FROM reviews_participant voice JOIN reviews_agent agent ON agent.id = voice.agent_id
        WHERE voice.transcript_id = call.id AND voice.revision = call.revision
            AND (%(team)s::uuid IS NULL OR agent.team_id = %(team)s)
            AND (%(agent)s::uuid IS NULL OR agent.id = %(agent)s)))
"""
"""A condition on `call`: of the source, and with a voice of the team or agent, that are named."""


@dataclass(frozen=True, slots=True)
class Choices:
    """By name; the first of each, where there are very many."""

    teams: Sequence[Team]
    agents: Sequence[Agent]
    sources: Sequence[Source]


def choices(membership: Membership) -> Choices:
    """What a backtest can be narrowed to. Three queries."""
    tenant_id, most = membership.tenant_id, CHOICES_AT_MOST
    return Choices(
        teams=list(access.scoped_to(Team, tenant_id).order_by("name")[:most]),
        agents=list(access.scoped_to(Agent, tenant_id).order_by("name", "external_id")[:most]),
        sources=list(access.scoped_to(Source, tenant_id).order_by("name")[:most]),
    )
