"""One call as its page shows it: what was said, what each rule made of it, what people decided.

Eight SQL queries, eleven where it was reviewed whole, whatever the length. Personal data is left
out unless it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, pairwise
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404

from reviews import access
from reviews.detection import phrases
from reviews.detection.engine import RuleResult
from reviews.detection.evidence import Absence, Evidence, Mark, NotAssessable
from reviews.detection.pii import call as pii
from reviews.detection.report import calls_of
from reviews.detection.rubric import FLOOR, Rubric, RubricSection, Rule, ViolationWhen
from reviews.detection.scoring import Part, Result, Score
from reviews.detection.transcript import Transcript as Columns
from reviews.models import (
    Evaluation,
    ManualFinding,
    Membership,
    Participant,
    Release,
    Standing,
    Transcript,
)
from reviews.queries import (
    calibration,
    disputes,
    evaluations,
    manual,
    reviewed,
    told,
    transcripts,
    unjudged,
)
from reviews.queries.items_of_call import Item, of_evaluations
from reviews.queries.review_tasks import open_tasks
from reviews.queries.reviewed import Answered, Whole
from reviews.queries.rubrics import rubric_of
from reviews.queries.shown import Hit, Piece, pieces, unclear
from reviews.queries.unjudged import Unjudged

UNCLEAR = FLOOR
"""A word with a smaller confidence is marked: the one that rules have unless they say their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """An utterance; `anchors` are the numbers of the evidence that begins in it."""

    index: int
    role: str
    speaker: str
    start_ms: int
    end_ms: int
    pieces: tuple[Piece, ...]
    anchors: tuple[int, ...]
    unclear: tuple[int, ...] = ()
    """The words under UNCLEAR that are not masked: see shown.unclear."""
    found: int = 0
    """How often it has what is looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where evidence begins; `number` is its anchor on the page, `field` a place without one."""

    number: int
    utterance: int
    start_ms: int
    end_ms: int
    role: str
    label: str
    is_unsure: bool
    field: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A place that a person marked as missed; `number` is its anchor."""

    id: UUID
    number: int
    utterance: int
    start_ms: int
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule's result on the scorecard."""

    rule: Rule
    result: Result
    reviewed: Result
    machine_points: float
    reviewed_points: float
    possible: float
    is_unsure: bool
    places: tuple[Place, ...]
    absence: Absence | None
    nearest: Place | None
    calls: tuple[tuple[UUID, int | None], ...]
    """Earlier calls that it rests on, and the rubric's version in the evaluation of each."""
    unclear: tuple[Place, ...]
    """Where it may have been said: words too uncertain to count as heard."""
    reason: str
    item: Item | None
    answer: Answered | None
    """Of a question, what a person answered."""
    is_missed: bool
    """By a review of the whole call the rule is broken, and the machine did not hear it."""
    marked: tuple[Marked, ...] = ()
    """Where people marked it as broken."""

    @property
    def has_lines(self) -> bool:
        """Its first place is in the words, or something came near."""
        return self.nearest is not None or any(not place.field for place in self.places[:1])

    @property
    def is_wanted(self) -> bool:
        """By its verdict, else by the machine, its lines are something that the query finds."""
        is_dismissed = self.item is not None and self.item.standing is Standing.DISMISSED
        return is_dismissed is (self.rule.violation_when is ViolationWhen.ABSENT)


@dataclass(frozen=True, slots=True)
class Share:
    """What a section brings to the scores; points of 100."""

    title: str
    weight: float
    possible: float
    machine_possible: float
    machine: float
    reviewed: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    evaluation_id: UUID
    rubric: str
    number: int
    engine_version: str
    machine: Score
    reviewed: Score
    final: Score | None
    """After appeals that were accepted; None where there was none."""
    rows: tuple[Row, ...]
    review: Whole | None
    """The last review of the whole call against this version."""
    shares: tuple[Share, ...]
    """Section by section, how the scores come about."""
    is_asking: bool
    """There are questions that nobody answered."""


@dataclass(frozen=True, slots=True)
class CallPage:
    row: Transcript
    agents: tuple[str, ...]
    voices: tuple[Participant, ...]
    """Who speaks, in the order of their labels; each has its role."""
    lines: tuple[Line, ...]
    scorecards: tuple[Scorecard, ...]
    masked: int
    """Values that are left out."""
    is_revealed: bool
    unjudged: Unjudged | None
    """Why no rubric judges it; None where one does, or it waits for its turn."""
    told: tuple[told.Told, ...]
    """What else the source gave of the call."""
    same_as: Transcript | None
    """The original, where this call is a duplicate."""
    released_at: datetime | None
    """Since when its agents see it."""
    acknowledged_at: datetime | None
    is_blind: bool
    """The member is to review it without seeing what others said."""
    duplicates: tuple[Transcript, ...]

    @property
    def has_labels(self) -> bool:
        """Whether its voices are told apart, so that it can be said who they are."""
        return any(voice.speaker or voice.channel for voice in self.voices)


def page(
    membership: Membership,
    transcript_id: UUID,
    *,
    is_revealed: bool = False,
    find: Sequence[str] = (),
) -> CallPage:
    """`find` are tokens that follow each other. Raises Http404 where `membership` may not see the
    call."""
    row = _known(membership, transcript_id)
    columns, masks = transcripts.shown_of(row)
    marker = Marker(columns)
    marks = manual.of_call(row) if row.has_marks and not row.is_blind else []
    cards = tuple(_cards(row, columns, marker, marks))
    same = _same(membership, row)
    voices = voices_of(row)
    return CallPage(
        row=row,
        agents=agents_of(voices),
        voices=voices,
        lines=tuple(lines_of(columns, [] if is_revealed else masks, marker, find)),
        scorecards=cards,
        unjudged=None if cards else unjudged.why(row),
        masked=sum(map(len, masks)),
        is_revealed=is_revealed,
        released_at=row.released_at,
        acknowledged_at=row.acknowledged_at,
        is_blind=row.is_blind,
        told=told.of(columns, row.features, is_revealed=is_revealed),
        same_as=next((each for each in same if each.pk == row.duplicate_of_id), None),
        duplicates=tuple(each for each in same if each.duplicate_of_id == row.pk),
    )


def _known(membership: Membership, transcript_id: UUID) -> Any:
    """The call, and in the same statement what most calls have none of. Raises Http404."""
    released = Release.objects.filter(transcript=OuterRef("pk"))
    blind = open_tasks(membership.tenant_id, membership.user_id, transcript_id)
    seats = calibration.blind(membership.tenant_id, membership.user_id)
    rows = access.visible_transcripts(membership).annotate(
        released_at=Subquery(released.values("at")),
        acknowledged_at=Subquery(released.values("acknowledged_at")),
        is_blind=Exists(blind.filter(drawn__is_double=True))
        | Exists(seats.filter(evaluation__transcript=transcript_id)),
        has_marks=Exists(ManualFinding.objects.filter(transcript=OuterRef("pk"))),
        has_duplicates=Exists(Transcript.objects.filter(duplicate_of=OuterRef("pk"))),
    )
    return get_object_or_404(rows, pk=transcript_id)


def _same(membership: Membership, row: Any) -> list[Transcript]:
    """The same call under other ids: its original, or its duplicates in the order they came."""
    if row.duplicate_of_id is None and not row.has_duplicates:
        return []
    seen = access.visible_transcripts(membership).only("external_id", "duplicate_of")
    same = seen.filter(Q(pk=row.duplicate_of_id) | Q(duplicate_of=row))
    return list(same.order_by("id"))


class Marker:
    """Numbers the evidence in the order of the page, and notes which words are marked."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._numbers = count(1)
        self.hits: dict[int, list[Hit]] = defaultdict(list)
        self.anchors: dict[int, list[int]] = defaultdict(list)

    def place(self, evidence: Evidence, mark: str) -> Place:
        """Mark the evidence's own words, all between its ends where it names none."""
        number = next(self._numbers)
        if not evidence.field:
            self.anchors[evidence.utterance].append(number)
            for part in evidence.marks or self._parts(evidence):
                self.hits[part.utterance].append((part.first_word, part.last_word, mark))
        return Place(
            number=number,
            utterance=evidence.utterance,
            start_ms=evidence.start_ms,
            end_ms=evidence.end_ms,
            role=evidence.role,
            label=evidence.label,
            is_unsure=evidence.is_unsure,
            field=evidence.field,
        )

    def marked(self, row: ManualFinding) -> Marked:
        """Mark the words of one that stands."""
        number, low = next(self._numbers), self._columns.bounds[row.utterance]
        self.anchors[row.utterance].append(number)
        self.hits[row.utterance].append((row.first_word, row.last_word, "manual"))
        return Marked(
            id=row.pk,
            number=number,
            utterance=row.utterance,
            start_ms=self._columns.start_ms[low + row.first_word],
            by=row.by.name or row.by.email,
            at=row.at,
            note="".join(note.text for note in row.notes.all()),
        )

    def _parts(self, evidence: Evidence) -> Iterator[Mark]:
        bounds = self._columns.bounds
        for at in range(evidence.utterance, evidence.last_utterance + 1):
            first = evidence.first_word if at == evidence.utterance else 0
            last = bounds[at + 1] - bounds[at] - 1
            yield Mark(at, first, evidence.last_word if at == evidence.last_utterance else last)


def lines_of(
    columns: Columns,
    masks: Sequence[Sequence[pii.Mask]],
    marker: Marker,
    find: Sequence[str] = (),
) -> Iterator[Line]:
    for at, (low, high) in enumerate(pairwise(columns.bounds)):
        hidden = masks[at] if masks else ()
        words, confidence = columns.words[low:high], columns.confidence[low:high]
        found = list(phrases.spans(find, words, hidden)) if find else []
        shown = pieces(words, hidden, marker.hits[at], found)
        faint = {i for i, each in enumerate(confidence) if each is not None and each < UNCLEAR}
        yield Line(
            index=at,
            role=columns.roles[at].value,
            speaker=columns.speakers[at] or columns.channels[at] or "",
            start_ms=columns.start_ms[low] if low < high else -1,
            end_ms=columns.end_ms[high - 1] if low < high else -1,
            pieces=shown,
            anchors=tuple(marker.anchors[at]),
            unclear=unclear(words, shown, faint) if faint else (),
            found=len(found),
        )


def _cards(
    row: Transcript, columns: Columns, marker: Marker, marks: Sequence[ManualFinding]
) -> Iterator[Scorecard]:
    """The newest evaluation of each rubric, of the transcript's current revision."""
    rows = Evaluation.objects.filter(transcript=row, transcript_revision=row.revision)
    newest: list[Any] = list(
        rows.select_related("rubric_version__rubric")
        .annotate(review_id=reviewed.LAST)
        .order_by("rubric_version__rubric_id", "-rubric_version__number", "-created_at")
        .distinct("rubric_version__rubric_id")
    )
    items = of_evaluations(newest)
    reviews = reviewed.whole(each.review_id for each in newest)
    for evaluation in newest:
        own = {code: item for (of, code), item in items.items() if of == evaluation.pk}
        of = [each for each in marks if each.rubric_version_id == evaluation.rubric_version_id]
        yield _card(evaluation, columns, marker, own, reviews.get(evaluation.review_id), of)


def _card(
    evaluation: Evaluation,
    columns: Columns,
    marker: Marker,
    items: Mapping[str, Item],
    review: Whole | None,
    marks: Sequence[ManualFinding],
) -> Scorecard:
    version = evaluation.rubric_version
    rubric = rubric_of(evaluation.tenant_id, version.pk)
    outcome = evaluations.unpack(evaluation, columns)
    results = [(each.rule, each.result) for each in outcome.results]
    appeals = {code: item.dispute for code, item in items.items() if item.dispute}
    marked: dict[str, list[Marked]] = defaultdict(list)
    for mark in marks:
        marked[mark.rule_code].append(marker.marked(mark))
    score = reviewed.score(rubric, results, disputes.before(items, appeals), review, marked)
    is_changed = any(each.state in disputes.ANSWERED for each in appeals.values())
    final = reviewed.score(rubric, results, items, review, marked) if is_changed else None
    parts = zip(outcome.score.parts, (final or score).parts, strict=True)
    rows = zip(rubric.rules, outcome.results, parts, strict=True)
    return Scorecard(
        evaluation_id=evaluation.pk,
        rubric=version.rubric.name,
        number=version.number,
        engine_version=evaluation.engine_version,
        machine=outcome.score,
        reviewed=score,
        final=final,
        rows=tuple(
            replace(
                row_of(*each, marker, items.get(each[0].code), review),
                marked=tuple(marked.get(each[0].code, ())),
            )
            for each in rows
        ),
        review=review,
        shares=tuple(_shares(rubric, outcome.score, score)),
        is_asking=any(part.result is Result.ASKED for part in score.parts),
    )


def _shares(rubric: Rubric, machine: Score, laid_on: Score) -> Iterator[Share]:
    sections = rubric.sections or (RubricSection("", "", 1.0),)
    for section in sections:
        own = [part for part in machine.parts if part.section == section.code]
        after = [part for part in laid_on.parts if part.section == section.code]
        yield Share(
            title=section.title,
            weight=section.weight,
            possible=sum(part.possible for part in after),
            machine_possible=sum(part.possible for part in own),
            machine=sum(part.earned for part in own),
            reviewed=sum(part.earned for part in after),
        )


def row_of(
    rule: Rule,
    each: RuleResult,
    parts: tuple[Part, Part],
    marker: Marker,
    item: Item | None = None,
    review: Whole | None = None,
) -> Row:
    """`parts` are the machine's and the reviewed one."""
    machine, laid_on = parts
    outcome = each.outcome
    evidence = () if outcome is None else getattr(outcome, "evidence", ())
    absence = None if outcome is None else getattr(outcome, "absence", None)
    mark = "hit" if each.result is Result.FAILED else "good"
    nearest = absence.nearest if absence and each.result is Result.FAILED else None
    return Row(
        rule=rule,
        result=each.result,
        reviewed=laid_on.result,
        machine_points=machine.earned,
        reviewed_points=laid_on.earned,
        possible=laid_on.possible,
        is_unsure=each.is_unsure,
        places=tuple(marker.place(one, mark) for one in evidence),
        absence=absence,
        calls=tuple((UUID(each.id), each.version) for each in calls_of(outcome)),
        nearest=marker.place(nearest.evidence, "near") if nearest else None,
        unclear=tuple(marker.place(one, "near") for one in absence.unsure) if absence else (),
        reason=outcome.text if isinstance(outcome, NotAssessable) else "",
        item=item,
        answer=review.answers.get(rule.code) if review else None,
        is_missed=bool(review and rule.code in review.missed),
    )


def voices_of(row: Transcript) -> tuple[Participant, ...]:
    people = Participant.objects.filter(transcript=row, revision=row.revision)
    return tuple(people.select_related("agent").order_by("speaker", "channel", "from_ms"))


def agents_of(voices: Sequence[Participant]) -> tuple[str, ...]:
    agents = [each.agent for each in voices if each.agent]
    return tuple(dict.fromkeys(agent.name or agent.external_id for agent in agents))
