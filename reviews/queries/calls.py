"""The calls, the newest first, a page at a time. Duplicates are on their originals' pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from reviews import access
from reviews.models import Evaluation, Membership, Transcript, TranscriptState
from reviews.queries import places, unjudged

PAGE = 50
_SHOWN = (
    "external_id", "call_at", "received_at", "duration_ms", "kind", "direction", "state",
    "state_code", "language",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    rubric: str
    verdict: str
    score: float | None
    failed: int
    not_assessable: int


@dataclass(frozen=True, slots=True)
class CallRow:
    row: Transcript
    state: str
    scores: Sequence[Scored]
    is_unjudged: bool
    """No rubric judges it, nor will one."""


@dataclass(frozen=True, slots=True)
class CallList:
    rows: tuple[CallRow, ...]
    next: str
    """The next page's cursor, "" at the end."""


def page(membership: Membership, after: str) -> CallList:
    """Three SQL queries. Raises FilterRefused where the cursor is none of ours."""
    calls = access.visible_transcripts(membership).only(*_SHOWN, "tenant_id", "revision")
    calls = calls.filter(duplicate_of=None).order_by("-received_at", "-id")
    place = places.parsed(after)
    if place:
        calls = calls.filter(places.beyond(place, "received_at"))
    rows = list(calls[: PAGE + 1])
    scores = _scores(membership, rows[:PAGE])
    without = unjudged.among([row for row in rows[:PAGE] if not scores[row.pk]])
    return CallList(
        rows=tuple(
            CallRow(row, TranscriptState(row.state).label, scores[row.pk], row.pk in without)
            for row in rows[:PAGE]
        ),
        next=places.cursor(_place(rows[PAGE - 1])) if len(rows) > PAGE else "",
    )


def _scores(membership: Membership, rows: Sequence[Transcript]) -> Mapping[UUID, list[Scored]]:
    made: dict[UUID, list[Scored]] = defaultdict(list)
    evaluations = access.scoped_to(Evaluation, membership.tenant_id).filter(
        transcript__in=[row.pk for row in rows], transcript_revision=F("transcript__revision")
    )
    newest = evaluations.order_by(
        "transcript", "rubric_version__rubric", "-rubric_version__number", "-created_at"
    ).distinct("transcript", "rubric_version__rubric")
    for each in newest.select_related("rubric_version__rubric").defer("results"):
        rubric = each.rubric_version.rubric.name
        made[each.transcript_id].append(
            Scored(rubric, each.verdict, each.score, each.failed, each.not_assessable)
        )
    return made


def _place(row: Transcript) -> places.Place:
    return row.received_at, row.pk
