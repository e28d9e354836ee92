"""Nobody judges a call that they took part in."""

from uuid import UUID

from django.db.models import F

from reviews.models import Participant, User
from reviews.policies import NotPossible


def took_part(transcript_id: UUID, by: User) -> bool:
    """Whether one of the call's agents, as it stands now, is this person."""
    agents = Participant.objects.filter(transcript=transcript_id, agent__user=by)
    return agents.filter(revision=F("transcript__revision")).exists()


def check_took_no_part(transcript_id: UUID, by: User, what: str) -> None:
    """Raises NotPossible; `what` was refused."""
    if took_part(transcript_id, by):
        raise NotPossible(what, "a call that you took part in", "Leave it to another reviewer.")
