"""The reviewers' queue, a page at a time: the gravest first, then the longest waiting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Func, QuerySet, TextField, Value

from reviews import access
from reviews.detection.rubric import GRAVEST_FIRST, Rule, Severity
from reviews.errors import ErrorCode, Refused
from reviews.models import FindingOutcome, Membership, QueueItem, Standing
from reviews.queries import evaluations, lines
from reviews.queries.lines import Said
from reviews.queries.rubrics import rubric_of
from reviews.queries.shown import Hit

PAGE = 50
TO_ITS_END = 1_000_000
_SPAN = ("utterance", "last_utterance", "first_word", "last_word")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FilterRefused(Refused):
    code = ErrorCode.FILTER_REFUSED


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue shows; the address of the page says the same."""

    standing: Standing = Standing.OPEN
    rule: str = ""
    severity: str = ""
    agent: UUID | None = None
    after: str = ""
    """The cursor: where the page before ended."""


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


@dataclass(frozen=True, slots=True)
class QueuePage:
    rows: tuple[QueueRow, ...]
    next: str
    """The next page's cursor, "" at the end."""


def page(membership: Membership, filters: Filters) -> QueuePage:
    """Two SQL queries. Raises FilterRefused where the cursor is none of ours."""
    items = _items(access.visible_queue_items(membership), filters)
    shown = [_evidence(item) for item in items[:PAGE]]
    said = lines.said(membership.tenant_id, [_wanted(each) for each in shown])
    return QueuePage(
        rows=tuple(_row(*each) for each in zip(shown, said, strict=True)),
        next=cursor_of(items[PAGE - 1]) if len(items) > PAGE else "",
    )


_ORDER = ("rank", "found_at", "id")
_JOINED = ("finding__evaluation", "transcript", "agent", "decided_by")
_READ = (
    *(field.name for field in QueueItem._meta.concrete_fields),
    *(f"finding__{name}" for name in ("severity", "outcome", "is_unsure", *_SPAN)),
    *(f"finding__evaluation__{name}" for name in ("rubric_version", "transcript_revision")),
    "finding__evaluation__results",
    *(f"transcript__{name}" for name in ("call_at", "revision", "masked_by")),
    *("agent__name", "agent__external_id", "decided_by__name", "decided_by__email"),
)


def _items(rows: "QuerySet[QueueItem]", filters: Filters) -> list[QueueItem]:
    """A page and one more. Found first and joined then: else the joins decide on the order."""
    shown = _after(_filtered(rows, filters), filters.after).order_by(*_ORDER)[: PAGE + 1]
    joined = rows.filter(pk__in=shown.values("pk")).select_related(*_JOINED).only(*_READ)
    return list(joined.order_by(*_ORDER))


def _filtered(rows: "QuerySet[QueueItem]", filters: Filters) -> "QuerySet[QueueItem]":
    rows = rows.filter(standing=filters.standing)
    if filters.rule:
        rows = rows.filter(rule_code=filters.rule)
    if filters.severity:
        rows = rows.filter(rank=GRAVEST_FIRST.index(Severity(filters.severity)))
    if filters.agent:
        rows = rows.filter(agent_id=filters.agent)
    return rows


def _after(rows: "QuerySet[QueueItem]", cursor: str) -> "QuerySet[QueueItem]":
    """Compared as one row, which the index answers without a look at those before."""
    if not cursor:
        return rows
    row = Func(*map(F, _ORDER), function="ROW", output_field=TextField())
    place = Func(*map(Value, _parsed(cursor)), function="ROW", output_field=TextField())
    return rows.alias(row=row).filter(row__gt=place)


def cursor_of(item: QueueItem) -> str:
    """Where the page after this item begins."""
    micros = (item.found_at - _EPOCH) // timedelta(microseconds=1)
    return f"{item.rank}.{micros}.{item.pk.hex}"


def _parsed(cursor: str) -> tuple[int, datetime, UUID]:
    try:
        rank, micros, item_id = cursor.split(".")
        at = _EPOCH + timedelta(microseconds=int(micros))
        return min(max(int(rank), 0), len(GRAVEST_FIRST)), at, UUID(item_id)
    except (ValueError, OverflowError):
        raise FilterRefused(
            "The page is refused", "an “after” that is no place in the queue",
            "Begin at the first page.",
        ) from None  # fmt: skip


def _row(each: "_Evidence", said: Said | None) -> QueueRow:
    item, finding = each.item, each.item.finding
    rule = _rule(item)
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
        decided_by=(item.decided_by.name or item.decided_by.email) if item.decided_by else "",
        decided_at=item.decided_at,
    )


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
