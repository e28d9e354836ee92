"""The team of a call's agent, as who imports the call tells it."""

from reviews.models import Agent, Team, Transcript
from reviews.models.rows import as_row, insert
from reviews.sources.normal import SourceTranscript


def join(row: Transcript, fetched: SourceTranscript, name: str | None) -> tuple[str, ...]:
    """Put the call's agent into the team of this name, made where there is none yet.

    An agent who has a team stays in it: teams say who may see whose calls. Gives `team` where
    nothing came of it. In the caller's tenant transaction.
    """
    if not name:
        return ()
    external_id = fetched.metadata.agent
    agents = Agent.objects.filter(tenant_id=row.tenant_id, external_id=external_id)
    agent = agents.select_related("team").first()
    if agent is None:
        return ("team",)
    if agent.team is not None:
        return () if agent.team.name == name else ("team",)
    insert(Team, [as_row(Team(tenant_id=row.tenant_id, name=name))], is_new=False)
    agents.update(team=Team.objects.get(tenant_id=row.tenant_id, name=name))
    return ()
