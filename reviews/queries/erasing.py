"""What goes with a call that is erased, counted before anybody says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews import access
from reviews.models import (
    Audio,
    AudioState,
    CalibrationCall,
    CallReview,
    CoachingMoment,
    CrmRecord,
    Dispute,
    DrawnCall,
    Evaluation,
    Finding,
    Judgement,
    ManualFinding,
    Membership,
    Review,
    Transcript,
    Utterance,
)

_OF_CALL: Mapping[Any, tuple["str | Promise", str]] = {
    Utterance: (_("Lines of what was said, of every revision"), "transcript"),
    Evaluation: (_("Evaluations"), "transcript"),
    Finding: (_("Findings"), "transcript"),
    Review: (_("Verdicts of reviewers, with their notes"), "evaluation__transcript"),
    CallReview: (_("Whole-call reviews, with their comments"), "transcript"),
    ManualFinding: (_("Findings that people made"), "transcript"),
    Dispute: (_("Appeals"), "finding__transcript"),
    CoachingMoment: (_("Moments in coachings"), "finding__transcript"),
    CalibrationCall: (_("Places in calibration sets"), "evaluation__transcript"),
    DrawnCall: (_("Places in samples, with their tasks"), "transcript"),
    Judgement: (_("Grades for trying rubrics"), "transcript"),
    CrmRecord: (_("Notes of records in a CRM, which itself keeps them"), "evaluation__transcript"),
}


@dataclass(frozen=True, slots=True)
class Going:
    row: Transcript
    counts: tuple[tuple["str | Promise", int], ...]
    """What, and how many; nothing that there is none of."""
    duplicates: int
    """Other calls of the same audio, which stay."""
    is_deleted_there: bool
    """Its source is asked to delete it, too."""


def going(membership: Membership, transcript_id: UUID) -> Going:
    """Raises Http404. A SQL query a kind."""
    row = access.get_transcript_for(membership, transcript_id)
    held = access.scoped_to(Audio, row.tenant_id).filter(transcript=row, state=AudioState.HELD)
    counts: list[tuple[str | Promise, int]] = [(_("Recordings"), held.count())]
    counts += [(words, _count(model, path, row)) for model, (words, path) in _OF_CALL.items()]
    same = access.scoped_to(Transcript, row.tenant_id).filter(duplicate_of=row)
    return Going(
        row=row,
        counts=tuple((words, count) for words, count in counts if count),
        duplicates=same.count(),
        is_deleted_there=row.source.erase_after_h is not None,
    )


def _count(model: Any, path: str, row: Transcript) -> int:
    return access.scoped_to(model, row.tenant_id).filter(**{path: row}).count()
