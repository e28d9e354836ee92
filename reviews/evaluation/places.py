"""Where a finding stands in its call, and who is answerable for it."""

from uuid import UUID

from reviews.detection.evidence import Evidence
from reviews.models import SpeakerRole, Transcript
from reviews.models.rows import Row, select

_AGENTS = """
SELECT speaker, agent_id FROM reviews_participant
WHERE transcript_id = %(transcript)s AND revision = %(revision)s AND agent_id IS NOT NULL
"""
_PLACE = ("utterance", "last_utterance", "first_word", "last_word", "start_ms", "end_ms")


def place_of(first: Evidence | None) -> Row:
    """The first span's columns; an absence has none, nor has what stands outside the words."""
    said = first if first and not first.field else None
    return {
        "role": first.role if first else SpeakerRole.UNKNOWN,
        **{name: getattr(said, name, None) for name in _PLACE},
    }


def agents_of(row: Transcript) -> dict[str, UUID]:
    """Speaker label → agent, of the row's revision."""
    return dict(select(_AGENTS, {"transcript": row.pk, "revision": row.revision}))


def answerable(first: Evidence | None, agents: dict[str, UUID]) -> UUID | None:
    """Whose finding it is: the agent who said it; of an absence, the call's only agent."""
    if first is not None:
        return agents.get(first.speaker or "")
    several = set(agents.values())
    return next(iter(several)) if len(several) == 1 else None
