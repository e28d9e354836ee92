"""Who the agents of the calls are, as another system tells it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviews import access, audit
from reviews.audit import Who
from reviews.models import Agent, Team
from reviews.models.rows import as_row, insert


@dataclass(frozen=True, slots=True)
class Wanted:
    """`team` is a name; "" for none."""

    name: str
    team: str


def hold(tenant_id: UUID, external_id: str) -> Agent | None:
    """The agent with this id at the source, locked; None where there is none."""
    rows = access.scoped_to(Agent, tenant_id).filter(external_id=external_id)
    return rows.select_for_update(of=("self",)).select_related("team").first()


def put(
    *, tenant_id: UUID, external_id: str, wanted: Wanted, by: Who, now: datetime
) -> tuple[Agent, bool]:
    """The agent as wanted, and whether it was made; in the caller's tenant transaction.

    The same again writes nothing. Lock: the agent's row.
    """
    made = Agent(tenant_id=tenant_id, external_id=external_id)
    is_new = insert(Agent, [as_row(made)], is_new=False) == 1
    agent = hold(tenant_id, external_id)
    assert agent is not None  # noqa: S101 # inserted above, and no use case deletes one
    if (agent.name, team_of(agent)) != (wanted.name, wanted.team):
        agent.name, agent.team = wanted.name, _team(tenant_id, wanted.team)
        agent.save(update_fields=["name", "team"])
    elif not is_new:
        return agent, False
    audit.record(
        event=audit.Event.AGENT_CHANGED, by=by, target=agent, at=now, data={"is_new": int(is_new)}
    )
    return agent, is_new


def team_of(agent: Agent) -> str:
    return agent.team.name if agent.team else ""


def _team(tenant_id: UUID, name: str) -> Team | None:
    """Made where there is none of the name."""
    if not name:
        return None
    insert(Team, [as_row(Team(tenant_id=tenant_id, name=name))], is_new=False)
    return access.scoped_to(Team, tenant_id).get(name=name)
