"""A place that the machine missed, marked by a person; and a mark taken back.

The machine's result stays as it is: the rule fails in the reviewed score, once however many places
are marked.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from reviews import audit
from reviews.detection.scoring import Result
from reviews.errors import ErrorCode, Refused
from reviews.models import (
    Evaluation,
    ManualFinding,
    ManualFindingNote,
    Transcript,
    User,
    Utterance,
)
from reviews.policies import NotPossible
from reviews.queries import evaluations, manual, transcripts
from reviews.reviewing.decide import NOTE_AT_MOST
from reviews.reviewing.part import check_took_no_part

_WHAT = "The mark was not saved"


class MarkRefused(Refused):
    code = ErrorCode.REASON_REFUSED


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one line (0-based, inclusive), and the rule that they break."""

    rule: str
    utterance: int
    first_word: int
    last_word: int
    note: str = ""


@transaction.atomic
def mark(*, evaluation: Evaluation, span: Span, by: User, now: datetime) -> ManualFinding:
    """Raises MarkRefused, and NotPossible where the call was evaluated anew, `by` took part in it,
    or the words are marked already. Lock: the call."""
    Transcript.objects.select_for_update().only("id").get(pk=evaluation.transcript_id)
    _check_newest(evaluation)
    check_took_no_part(evaluation.transcript_id, by, _WHAT)
    _check_span(evaluation, span)
    _check_new(evaluation, span)
    note = span.note.strip()
    row = ManualFinding.objects.create(
        tenant_id=evaluation.tenant_id,
        transcript_id=evaluation.transcript_id,
        transcript_revision=evaluation.transcript_revision,
        rubric_version_id=evaluation.rubric_version_id,
        evaluation=evaluation,
        rule_code=span.rule,
        utterance=span.utterance,
        first_word=span.first_word,
        last_word=span.last_word,
        by=by,
        at=now,
        note_sha256=hashlib.sha256(note.encode()).digest() if note else None,
    )
    if note:
        ManualFindingNote.objects.create(tenant_id=row.tenant_id, finding=row, text=note)
    _record(audit.Event.MISSED_MARKED, row, by, now)
    return row


@transaction.atomic
def withdraw(*, finding: ManualFinding, by: User, now: datetime) -> None:
    """A new row takes it back. Safe to do twice. Raises NotPossible. Lock: the call."""
    Transcript.objects.select_for_update().only("id").get(pk=finding.transcript_id)
    check_took_no_part(finding.transcript_id, by, _WHAT)
    if not manual.standing(finding.tenant_id).filter(pk=finding.pk).exists():
        return
    copied = (
        "tenant_id", "transcript_id", "transcript_revision", "rubric_version_id", "evaluation_id",
        "rule_code", "utterance", "first_word", "last_word",
    )  # fmt: skip
    same = {name: getattr(finding, name) for name in copied}
    ManualFinding.objects.create(**same, withdraws=finding, by=by, at=now)
    _record(audit.Event.MISSED_WITHDRAWN, finding, by, now)


def _record(event: audit.Event, row: ManualFinding, by: User, now: datetime) -> None:
    data: dict[str, str | int] = {"rule": row.rule_code, "utterance": row.utterance}
    audit.record(event=event, by=by, target=row, at=now, data=data)


def _check_newest(evaluation: Evaluation) -> None:
    """By the version that the call's page shows of the rubric."""
    rows = Evaluation.objects.filter(
        transcript=evaluation.transcript_id,
        transcript__revision=evaluation.transcript_revision,
        transcript_revision=evaluation.transcript_revision,
        rubric_version__rubric=evaluation.rubric_version.rubric_id,
    ).order_by("-rubric_version__number")
    newest = rows.values_list("rubric_version", flat=True).first()
    if newest != evaluation.rubric_version_id:
        raise NotPossible(
            _WHAT, "the call was evaluated anew since", "Load the page, and mark the words again."
        )


def _check_span(evaluation: Evaluation, span: Span) -> None:
    result = evaluations.results_of(evaluation.results).get(span.rule)
    if result in (None, Result.FAILED, Result.ASKED):
        seen = "a rule that the machine failed already, or does not judge"
        raise MarkRefused(_WHAT, seen, "Choose another rule.")
    said = Utterance.objects.filter(
        transcript=evaluation.transcript_id,
        revision=evaluation.transcript_revision,
        index=span.utterance,
    ).first()
    words = transcripts.words_of(said.text, said.packed) if said else ()
    if not 0 <= span.first_word <= span.last_word < len(words):
        seen = "words that the line does not have, or a last one before the first"
        raise MarkRefused(_WHAT, seen, "Choose them again.")
    if len(span.note) > NOTE_AT_MOST:
        seen = f"a note of {len(span.note):,} characters"
        raise MarkRefused(_WHAT, seen, f"Write at most {NOTE_AT_MOST:,}.")


def _check_new(evaluation: Evaluation, span: Span) -> None:
    same = manual.standing(evaluation.tenant_id).filter(
        transcript=evaluation.transcript_id,
        transcript_revision=evaluation.transcript_revision,
        rubric_version=evaluation.rubric_version_id,
        rule_code=span.rule,
        utterance=span.utterance,
        first_word__lte=span.last_word,
        last_word__gte=span.first_word,
    )
    if same.exists():
        raise NotPossible(_WHAT, "words that are marked for this rule", "Withdraw that mark first.")
