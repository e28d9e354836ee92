"""The calls, the newest first, a page at a time. Duplicates are on their originals' pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews import access
from reviews.models import (
    Agent,
    Evaluation,
    MemberScope,
    Membership,
    Participant,
    Transcript,
    TranscriptState,
)
from reviews.queries import found_lines, places, unjudged
from reviews.queries.found_lines import FoundLine, Phrase

PAGE = 50
PHRASE_PAGE = 25
"""With a phrase: each has its lines, too."""
AGENTS_AT_MOST = 500
_SHOWN = (
    "external_id", "call_at", "received_at", "duration_ms", "kind", "direction", "state",
    "state_code", "language", "masked_by",
)  # fmt: skip
_RUBRIC = "rubric_version__rubric"
_SCORED = (
    "transcript_id", "transcript_revision", "verdict", "score", "failed", "not_assessable",
    f"{_RUBRIC}__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows; the address of the page says the same."""

    phrase: Phrase | None = None
    since: date | None = None
    until: date | None = None
    """The last day."""
    agent: UUID | None = None
    below: float | None = None
    """A machine score under it, 0..100, by one rubric at least."""
    not_assessable: bool = False
    """By one rubric at least a rule could not be assessed."""
    after: str = ""
    """The cursor: where the page before ended."""


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
    found: Sequence[FoundLine]
    """The first lines with the phrase, where one is looked for."""


@dataclass(frozen=True, slots=True)
class CallList:
    rows: tuple[CallRow, ...]
    next: str
    """The next page's cursor, "" at the end."""
    looked_to: datetime | None
    """Where only the newest calls with the phrase were looked at: until when."""


def agents(membership: Membership) -> list[tuple[str, str]]:
    """Id and name of whose calls the member can look for. One SQL query."""
    named = agents_of(membership)[:AGENTS_AT_MOST]
    return [(str(row.pk), row.name or row.external_id) for row in named]


def agents_of(membership: Membership) -> "QuerySet[Agent]":
    """The same as rows, by name."""
    rows = access.scoped_to(Agent, membership.tenant_id)
    if membership.scope == MemberScope.TEAMS:
        rows = rows.filter(team_id__in=membership.team_links.values("team_id"))
    if membership.scope == MemberScope.OWN:
        rows = rows.filter(user_id=membership.user_id)
    return rows.order_by("name", "external_id")


def page(membership: Membership, filters: Filters) -> CallList:
    """Three SQL queries, six with a phrase. Raises FilterRefused where the cursor is not ours."""
    place = places.parsed(filters.after)
    calls = _filtered(membership, filters)
    hits: list[places.Place] = []
    field = "received_at"
    if filters.phrase:
        field = "moment"
        hits = found_lines.hits(filters.phrase, place)
        calls = calls.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [[pk for _, pk in hits]]))
    elif place:
        calls = calls.filter(places.beyond(place, field))
    size = PHRASE_PAGE if filters.phrase else PAGE
    rows = list(calls.order_by(f"-{field}", "-id")[: size + 1])
    shown, has_more = rows[:size], len(rows) > size
    is_cut = not has_more and len(hits) == found_lines.CALLS_AT_ONCE
    last = (getattr(shown[-1], field), shown[-1].pk) if has_more else None
    return CallList(
        rows=tuple(_rows(membership, shown, filters.phrase)),
        next=places.cursor(hits[-1] if is_cut else last),
        looked_to=hits[-1][0] if is_cut else None,
    )


def _filtered(membership: Membership, filters: Filters) -> "QuerySet[Transcript]":
    """All filters but the phrase; `moment` is when the call was, else when it came."""
    calls = access.visible_transcripts(membership).only(*_SHOWN, "tenant_id", "revision")
    calls = calls.filter(duplicate_of=None)
    calls = calls.annotate(moment=Coalesce("call_at", "received_at"))
    if filters.since:
        calls = calls.filter(moment__gte=_midnight(filters.since))
    if filters.until:
        calls = calls.filter(moment__lt=_midnight(filters.until + timedelta(days=1)))
    if filters.agent:
        own = {"transcript": OuterRef("pk"), "revision": OuterRef("revision")}
        people = access.scoped_to(Participant, membership.tenant_id)
        calls = calls.filter(Exists(people.filter(**own, agent=filters.agent)))
    if filters.below is not None:
        calls = calls.filter(_judged(membership, Q(score__lt=filters.below)))
    if filters.not_assessable:
        calls = calls.filter(_judged(membership, Q(not_assessable__gt=0)))
    return calls


def _midnight(day: date) -> datetime:
    """In the zone that the page shows its times in."""
    return timezone.make_aware(datetime.combine(day, time()))


def _judged(membership: Membership, condition: Q) -> Exists:
    """By the newest evaluation of one of its rubrics, which is what the list shows."""
    of_call = access.scoped_to(Evaluation, membership.tenant_id).filter(
        transcript=OuterRef(OuterRef("pk")), transcript_revision=OuterRef(OuterRef("revision"))
    )
    newest = of_call.order_by(_RUBRIC, "-rubric_version__number", "-created_at").distinct(_RUBRIC)
    rows = access.scoped_to(Evaluation, membership.tenant_id)
    return Exists(rows.filter(condition, transcript=OuterRef("pk"), pk__in=newest.values("pk")))


def _rows(
    membership: Membership, shown: Sequence[Transcript], phrase: Phrase | None
) -> list[CallRow]:
    """With a phrase only those where it is said in words that may be seen."""
    scores = _scores(membership, shown)
    without = unjudged.among([row for row in shown if not scores[row.pk]])
    lines = found_lines.of(membership.tenant_id, shown, phrase) if phrase else {}
    return [
        CallRow(
            row=row,
            state=TranscriptState(row.state).label,
            scores=scores[row.pk],
            is_unjudged=row.pk in without,
            found=lines.get(row.pk, ()),
        )
        for row in shown
        if phrase is None or lines.get(row.pk)
    ]


def _scores(membership: Membership, rows: Sequence[Transcript]) -> Mapping[UUID, list[Scored]]:
    made: dict[UUID, list[Scored]] = defaultdict(list)
    revisions = {row.pk: row.revision for row in rows}
    evaluations = access.scoped_to(Evaluation, membership.tenant_id).filter(
        transcript__in=list(revisions)
    )
    # Joined to their calls for the revision, these few would cost a look at every call.
    of_one = ("transcript", "transcript_revision", _RUBRIC)
    newest = evaluations.order_by(*of_one, "-rubric_version__number", "-created_at")
    for each in newest.distinct(*of_one).select_related(_RUBRIC).only(*_SCORED):
        if each.transcript_revision != revisions[each.transcript_id]:
            continue
        rubric = each.rubric_version.rubric.name
        made[each.transcript_id].append(
            Scored(rubric, each.verdict, each.score, each.failed, each.not_assessable)
        )
    return made
