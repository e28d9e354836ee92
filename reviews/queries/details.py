"""One transcript, evaluation or finding whole, as the API gives it out; masked unless revealed.

Five to nine SQL queries, whatever the length. Raises Http404 where the tenant has no such row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import Http404

from reviews import access
from reviews.detection.engine import Evaluation as Outcomes
from reviews.detection.engine import RuleResult
from reviews.detection.evidence import Absence, CallRef, Evidence, Mark, NotAssessable
from reviews.detection.pii import call as pii
from reviews.detection.report import Report, absence_of, calls_of, evidence_of, percent
from reviews.detection.rubric import Rubric, Rule
from reviews.detection.scoring import Part, Result
from reviews.detection.transcript import Transcript as Columns
from reviews.models import Evaluation, QueueItem, Review, Transcript, Utterance
from reviews.queries import disputes, evaluations, feeds, manual, reviewed, transcripts
from reviews.queries.reviewed import Answered, Whole
from reviews.queries.rubrics import rubric_of
from reviews.queries.shown import pieces

Masks = Sequence[Sequence[pii.Mask]]
"""By utterance; empty where everything is shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance; `speaker` counts the call's voices from 1, None where the source parts none."""

    index: int
    role: str
    speaker: int | None
    speaker_label: str | None
    channel: str
    start_ms: int | None
    end_ms: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    row: Transcript
    utterances: tuple[Said, ...]
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """Evidence with its words. The positions are those of the words as they were said."""

    place: Evidence
    start_ms: int | None
    end_ms: int | None
    quote: str

    @property
    def words(self) -> Evidence | None:
        """None where it stands outside the words."""
        return None if self.place.field else self.place


@dataclass(frozen=True, slots=True)
class Nearest:
    cause: str
    matched: int
    wanted: int
    evidence: Quoted


@dataclass(frozen=True, slots=True)
class Proof:
    """What was searched without finding, and what came nearest."""

    searched: Absence
    nearest: Nearest | None
    unsure: tuple[Quoted, ...]
    """What was heard too uncertainly to count."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    result: Result
    reviewed: Result
    is_unsure: bool
    machine_points: float
    reviewed_points: float
    possible_points: float
    reason: str | None
    reason_text: str | None
    evidence: tuple[Quoted, ...]
    absence: Proof | None
    calls: tuple[CallRef, ...]
    item: QueueItem | None
    answer: Answered | None


@dataclass(frozen=True, slots=True)
class Total:
    score: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Judged:
    row: Any
    machine: Total
    reviewed: Total
    final: Total | None
    """After appeals that were accepted; None where there was none."""
    results: tuple[RuleRow, ...]
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A finding: where it stands, its rule's result, and what people decided, oldest first."""

    item: Any
    result: RuleRow
    reviews: tuple[Review, ...]
    is_masked: bool


def transcript_row(tenant_id: UUID, row_id: UUID) -> Any:
    """With `updated_at`, as the feeds have it."""
    rows = feeds.transcript_rows(tenant_id)
    return _found(rows.filter(pk=row_id).first())


def evaluation_row(tenant_id: UUID, row_id: UUID) -> Any:
    """With its transcript."""
    rows = feeds.evaluation_rows(tenant_id).select_related("transcript")
    rows = rows.defer(*(f"transcript__{name}" for name in feeds.UNREAD))
    return _found(rows.filter(pk=row_id).first())


def queue_item(tenant_id: UUID, finding_id: UUID) -> Any:
    """The finding's; with its transcript."""
    rows = feeds.queue_items(tenant_id).select_related("transcript")
    rows = rows.defer(*(f"transcript__{name}" for name in feeds.UNREAD))
    return _found(rows.filter(finding_id=finding_id).first())


def transcript(row: Transcript, *, is_revealed: bool) -> Spoken:
    columns = transcripts.columns_of(row)
    masks = [] if is_revealed else masks_of(row, row.revision, columns)
    lines = _lines(columns, masks, is_revealed=is_revealed)
    return Spoken(row, tuple(lines), not is_revealed)


def evaluation(row: Any, *, is_revealed: bool) -> Judged:
    """`row` is an evaluation_row."""
    columns, outcomes, rubric = _read(row)
    masks = [] if is_revealed else masks_of(row.transcript, row.transcript_revision, columns)
    found = access.scoped_to(QueueItem, row.tenant_id).filter(finding__evaluation=row.pk)
    items = {item.rule_code: item for item in found}
    writer = _Writer(Report(columns), masks)
    last = reviewed.last_of(row.pk)
    review = reviewed.whole([last]).get(last)
    results = [(each.rule, each.result) for each in outcomes.results]
    marked = manual.codes(row)
    by_finding = disputes.of_findings([row])
    appeals = {
        code: by_finding[item.finding_id]
        for code, item in items.items()
        if item.finding_id in by_finding
    }
    score = reviewed.score(rubric, results, disputes.before(items, appeals), review, marked)
    is_changed = any(each.state in disputes.ANSWERED for each in appeals.values())
    final = reviewed.score(rubric, results, items, review, marked) if is_changed else None
    parts = zip(outcomes.score.parts, score.parts, strict=True)
    return Judged(
        row=row,
        machine=Total(percent(outcomes.score), outcomes.score.verdict),
        reviewed=Total(percent(score), score.verdict),
        final=Total(percent(final), final.verdict) if final else None,
        results=tuple(
            _row(*each, items.get(each[0].code), review, writer)
            for each in zip(rubric.rules, outcomes.results, parts, strict=True)
        ),
        is_masked=not is_revealed,
    )


def finding(item: Any, *, is_revealed: bool) -> Known:
    """`item` is a queue_item."""
    row = item.finding.evaluation
    row.transcript = item.transcript
    judged = evaluation(row, is_revealed=is_revealed)
    result = next(each for each in judged.results if each.rule.code == item.rule_code)
    return Known(item, result, reviews_of(item), not is_revealed)


def reviews_of(item: Any) -> tuple[Review, ...]:
    """In their order; `item` is a queue_item."""
    made = access.scoped_to(Review, item.tenant_id).filter(finding=item.finding_id)
    return tuple(made.order_by("sequence"))


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row


def _read(row: Evaluation) -> tuple[Columns, Outcomes, Rubric]:
    """The call as it was evaluated, what was heard, and against which rules."""
    columns = transcripts.columns_of(row.transcript, revision=row.transcript_revision)
    rubric = rubric_of(row.tenant_id, row.rubric_version_id)
    return columns, evaluations.unpack(row, columns), rubric


def masks_of(row: Transcript, revision: int, columns: Columns) -> Masks:
    """As stored, or found anew where another detector or another revision's stored them."""
    if row.masked_by != pii.VERSION or revision != row.revision:
        return pii.masks(columns)
    rows = access.scoped_to(Utterance, row.tenant_id).filter(transcript=row, revision=revision)
    return [
        [(first, last, kind) for first, last, kind in masks]
        for masks in rows.order_by("index").values_list("masks", flat=True)
    ]


def _lines(columns: Columns, masks: Masks, *, is_revealed: bool) -> Iterator[Said]:
    labels = [label for label in dict.fromkeys(columns.speakers) if label is not None]
    numbers = {label: number for number, label in enumerate(labels, 1)}
    for at, (low, high) in enumerate(pairwise(columns.bounds)):
        label = columns.speakers[at]
        yield Said(
            index=at,
            role=columns.roles[at].value,
            speaker=numbers[label] if label is not None else None,
            speaker_label=label if is_revealed else None,
            channel=columns.channels[at] or "",
            start_ms=_time(columns.start_ms[low]) if low < high else None,
            end_ms=_time(columns.end_ms[high - 1]) if low < high else None,
            text=masked_text(columns, masks, Mark(at, 0, high - low - 1)),
        )


def masked_text(columns: Columns, masks: Masks, place: Mark) -> str:
    """The words of a place, `[ENTITY]` for each value that is left out."""
    low = columns.bounds[place.utterance]
    words = columns.words[low + place.first_word : low + place.last_word + 1]
    hidden = masks[place.utterance] if masks else ()
    shown = pieces(words, _within(hidden, place), ())
    return " ".join(
        f"[{piece.text.upper().replace(' ', '_')}]" if piece.is_masked else piece.text
        for piece in shown
    )


def _within(hidden: Sequence[pii.Mask], place: Mark) -> Iterator[pii.Mask]:
    """The masks that touch the place, counted from its first word."""
    for first, last, kind in hidden:
        if first <= place.last_word and last >= place.first_word:
            yield (
                max(first, place.first_word) - place.first_word,
                min(last, place.last_word) - place.first_word,
                kind,
            )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Evidence with its words."""

    report: Report
    masks: Masks

    def quoted(self, evidence: Evidence) -> Quoted:
        columns = self.report.transcript
        texts = (masked_text(columns, self.masks, place) for place in self.report.places(evidence))
        return Quoted(
            place=evidence,
            start_ms=_time(evidence.start_ms),
            end_ms=_time(evidence.end_ms),
            quote=" ".join(texts),
        )

    def proof(self, absence: Absence | None) -> Proof | None:
        if absence is None:
            return None
        near, unsure = absence.nearest, tuple(map(self.quoted, absence.unsure))
        if near is None:
            return Proof(absence, None, unsure)
        quoted = self.quoted(near.evidence)
        return Proof(absence, Nearest(near.cause, near.matched, near.wanted, quoted), unsure)


def _time(ms: int) -> int | None:
    return None if ms < 0 else ms


def _row(
    rule: Rule,
    each: RuleResult,
    parts: tuple[Part, Part],
    item: QueueItem | None,
    review: Whole | None,
    writer: _Writer,
) -> RuleRow:
    machine, laid_on = parts
    outcome = each.outcome
    unheard = outcome if isinstance(outcome, NotAssessable) else None
    return RuleRow(
        rule=rule,
        result=each.result,
        reviewed=laid_on.result,
        is_unsure=each.is_unsure,
        machine_points=machine.earned,
        reviewed_points=laid_on.earned,
        possible_points=laid_on.possible,
        reason=unheard.reason if unheard else None,
        reason_text=unheard.text if unheard else None,
        evidence=tuple(map(writer.quoted, evidence_of(outcome))),
        absence=writer.proof(absence_of(outcome)),
        calls=calls_of(outcome),
        item=item,
        answer=review.answers.get(rule.code) if review else None,
    )
