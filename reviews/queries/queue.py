"""The reviewers' queue, a page at a time: the gravest first, then the longest waiting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from reviews.detection.rubric import Rule, below
from reviews.models import Finding, FindingOutcome, Membership, QueueItem, Standing, User
from reviews.queries import evaluations, lines, queue_items
from reviews.queries.lines import Said
from reviews.queries.queue_query import Filters
from reviews.queries.rubrics import rubric_of
from reviews.queries.shown import Hit

PAGE = 50
TO_ITS_END = 1_000_000
_SPAN = ("utterance", "last_utterance", "first_word", "last_word")


@dataclass(frozen=True, slots=True)
class QueueRow:
    finding_id: UUID
    transcript_id: UUID
    rule_code: str
    title: str
    why: str
    severity: str
    is_absent: bool
    is_unsure: bool
    said: Said | None
    """Of an absence the nearest miss; None where nothing came near."""
    field: str
    """Of a finding outside the words: what of the call it stands in; "" else."""
    label: str
    """What was measured or found there."""
    calls: int
    """Earlier calls that it rests on."""
    searched_to_ms: int | None
    """Of an absence: until where was searched."""
    agent: str
    call_at: datetime | None
    found_at: datetime
    standing: Standing
    sequence: int
    decided_by: str
    decided_at: datetime | None
    level: int
    lowered_to: str
    due_at: datetime | None
    is_overdue: bool
    held_until: datetime | None
    assigned_to: str
    claimed_by: str
    """Who has it in hand now, "" where nobody has."""
    claimed_by_id: UUID | None
    is_suppressible: bool
    lower: tuple[str, ...]
    """The severities below its own."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    next: str
    """The next page's cursor, "" at the end."""
    counts: Sequence[int] = ()
    """Of the views that were asked for, in their order."""


def page(
    membership: Membership, filters: Filters, now: datetime, views: Sequence[Filters] = ()
) -> QueuePage:
    """Two SQL queries. Raises FilterRefused where the cursor is none of ours."""
    items = _items(membership, filters, now, views)
    shown = [_evidence(item) for item in items[:PAGE]]
    said = lines.said(membership.tenant_id, [_wanted(each) for each in shown])
    return QueuePage(
        rows=tuple(_row(*each, now) for each in zip(shown, said, strict=True)),
        next=queue_items.cursor_of(items[PAGE - 1], filters.sort) if len(items) > PAGE else "",
        counts=[getattr(items[0], _counted(at)) for at in range(len(views))]
        if items
        else queue_items.counts(membership, views, now),
    )


_JOINED = ("finding__evaluation", "transcript", "agent")
"""No more: of over eight tables the planner joins some before it looks which rows are wanted."""
_SHOWN_NAME = Coalesce(NullIf("name", Value("")), "email", output_field=CharField())
_NAMES = {
    f"{who}_name": Subquery(User.objects.filter(pk=OuterRef(f"{who}_id")).values(shown=_SHOWN_NAME))
    for who in ("decided_by", "assigned_to", "claimed_by")
}
_READ = (
    *(field.name for field in QueueItem._meta.concrete_fields),
    *(f"finding__{name}" for name in ("severity", "outcome", "is_unsure", *_SPAN)),
    *(f"finding__evaluation__{name}" for name in ("rubric_version", "transcript_revision")),
    "finding__evaluation__results",
    *(f"transcript__{name}" for name in ("call_at", "revision", "masked_by")),
    *("agent__name", "agent__external_id"),
)


def _items(
    membership: Membership, filters: Filters, now: datetime, views: Sequence[Filters]
) -> list[Any]:
    """A page and one more, with names. Found first and then joined, else the joins order them.

    On each row the counts of the views, which are made once: a query of their own is one more.
    """
    found = queue_items.ordered(queue_items.matching(membership, filters, now), filters)
    shown = found[: PAGE + 1].values("pk")
    joined = QueueItem.objects.filter(pk__in=shown).select_related(*_JOINED).only(*_READ)
    counts = queue_items.counted(membership, views, now)
    with_counts = {_counted(at): count for at, count in enumerate(counts)}
    return list(joined.annotate(**_NAMES, **with_counts).order_by(*found.query.order_by))


def _counted(at: int) -> str:
    return f"view_{at}"


def _row(each: "_Evidence", said: Said | None, now: datetime) -> QueueRow:
    item: Any = each.item  # with _NAMES
    finding, rule = each.item.finding, _rule(each.item)
    return QueueRow(
        finding_id=finding.pk,
        transcript_id=item.transcript_id,
        rule_code=item.rule_code,
        title=rule.title,
        why=rule.why,
        severity=finding.severity,
        is_absent=finding.outcome == FindingOutcome.ABSENT,
        is_unsure=finding.is_unsure,
        said=said,
        field=each.field,
        label=each.label,
        calls=each.calls,
        searched_to_ms=each.searched_to_ms,
        agent=(item.agent.name or item.agent.external_id) if item.agent else "",
        call_at=item.transcript.call_at,
        found_at=item.found_at,
        standing=Standing(item.standing),
        sequence=item.sequence,
        decided_by=item.decided_by_name or "",
        decided_at=item.decided_at,
        level=item.level,
        lowered_to=item.lowered_to,
        due_at=item.due_at,
        is_overdue=item.due_at is not None and item.due_at < now,
        held_until=item.held_until if item.held_until and item.held_until > now else None,
        assigned_to=item.assigned_to_name or "",
        claimed_by=(item.claimed_by_name or "") if (item.claimed_until or now) > now else "",
        claimed_by_id=item.claimed_by_id,
        is_suppressible=each.utterance is not None and finding.outcome == FindingOutcome.FOUND,
        lower=below(finding.severity),
    )


def standing_of(finding: Finding) -> QueueItem:
    """With who decided. One SQL query."""
    rows = QueueItem.objects.filter(tenant_id=finding.tenant_id, finding=finding)
    return rows.select_related("decided_by", "claimed_by").get()


def _rule(item: QueueItem) -> Rule:
    rubric = rubric_of(item.tenant_id, item.finding.evaluation.rubric_version_id)
    return next(rule for rule in rubric.rules if rule.code == item.rule_code)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a row shows: words of one utterance, or what stands elsewhere; see QueueRow."""

    item: QueueItem
    utterance: int | None = None
    hit: Hit = (0, 0, "hit")
    searched_to_ms: int | None = None
    field: str = ""
    label: str = ""
    calls: int = 0


def _evidence(item: QueueItem) -> _Evidence:
    """The finding's first span; of an absence the nearest miss. To its end where it goes on."""
    finding = item.finding
    if finding.outcome == FindingOutcome.ABSENT:
        outcome = evaluations.outcome_of(finding.evaluation, item.rule_code) or {}
        absence: Mapping[str, Any] = outcome.get("absence") or {}
        nearest = (absence.get("nearest") or {}).get("evidence")
        return _Evidence(item, *_place(nearest, "near"), searched_to_ms=absence.get("end_ms"))
    if finding.utterance is None:
        return _elsewhere(item)
    return _Evidence(item, *_place({name: getattr(finding, name) for name in _SPAN}, "hit"))


def _elsewhere(item: QueueItem) -> _Evidence:
    outcome = evaluations.outcome_of(item.finding.evaluation, item.rule_code) or {}
    first: Mapping[str, Any] = next(iter(outcome.get("evidence", ())), {})
    calls = len(outcome.get("calls", ()))
    return _Evidence(item, field=first.get("field", ""), label=first.get("label", ""), calls=calls)


def _place(span: Mapping[str, Any] | None, mark: str) -> tuple[int | None, Hit]:
    if span is None or span["utterance"] is None:
        return None, (0, 0, mark)
    goes_on = span["last_utterance"] != span["utterance"]
    last = TO_ITS_END if goes_on else span["last_word"]
    return span["utterance"], (span["first_word"], last, mark)


def _wanted(each: _Evidence) -> lines.Wanted | None:
    if each.utterance is None:
        return None
    revision = int(each.item.finding.evaluation.transcript_revision)
    return lines.Wanted(each.item.transcript, revision, each.utterance, each.hit)
