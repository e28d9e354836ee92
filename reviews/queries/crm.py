"""What a CRM is told of an evaluation, and which evaluations have changed since.

No word of a call is read here but for `quotes`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from reviews import access
from reviews.detection.report import percent
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.detection.scoring import Result
from reviews.models import (
    UNDECIDED,
    CrmConnection,
    CrmField,
    CrmRecord,
    CrmRecordState,
    CrmRun,
    Evaluation,
    ExternalId,
    ExternalKind,
    Participant,
    QueueItem,
    SpeakerRole,
    Standing,
)
from reviews.models.rows import select
from reviews.queries import details, evaluations, feeds, manual, reviewed
from reviews.queries.feeds import Place
from reviews.queries.rubrics import rubric_of

Value = str | float | bool | datetime | None
Facts = Mapping[CrmField, Value]
PAGE = 50
RUNS = 20
_STANDS = frozenset({*UNDECIDED, Standing.UPHELD})
# Each part by itself in order and cut off: years of evaluations are gone through by an index.
_CHANGES = """
(SELECT created_at AS at, id FROM reviews_evaluation
    WHERE tenant_id = %(tenant)s AND created_at < %(settled)s
        AND created_at >= %(since)s AND (created_at, id) > (%(since)s, %(after)s)
    ORDER BY 1, 2 LIMIT %(limit)s)
UNION (SELECT item.updated_at, finding.evaluation_id FROM reviews_queueitem item
    JOIN reviews_finding finding ON finding.id = item.finding_id
    WHERE item.tenant_id = %(tenant)s AND item.updated_at < %(settled)s
        AND item.updated_at >= %(since)s
        AND (item.updated_at, finding.evaluation_id) > (%(since)s, %(after)s)
    ORDER BY 1, 2 LIMIT %(limit)s)
UNION (SELECT review.ended_at, evaluation.id FROM reviews_callreview review
    JOIN reviews_evaluation evaluation USING (
        tenant_id, transcript_id, transcript_revision, rubric_version_id)
    WHERE review.tenant_id = %(tenant)s AND review.ended_at < %(settled)s
        AND (review.ended_at, evaluation.id) > (%(since)s, %(after)s)
    ORDER BY 1, 2 LIMIT %(limit)s)
UNION (SELECT manual.at, evaluation.id FROM reviews_manualfinding manual
    JOIN reviews_evaluation evaluation USING (
        tenant_id, transcript_id, transcript_revision, rubric_version_id)
    WHERE manual.tenant_id = %(tenant)s AND manual.at < %(settled)s
        AND (manual.at, evaluation.id) > (%(since)s, %(after)s)
    ORDER BY 1, 2 LIMIT %(limit)s)
UNION (SELECT named.changed_at, evaluation.id FROM reviews_externalid named
    JOIN reviews_evaluation evaluation USING (tenant_id, transcript_id)
    WHERE named.tenant_id = %(tenant)s AND named.changed_at < %(settled)s
        AND named.changed_at >= %(since)s
        AND (named.changed_at, evaluation.id) > (%(since)s, %(after)s)
    ORDER BY 1, 2 LIMIT %(limit)s)
ORDER BY 1, 2 LIMIT %(limit)s
"""


def changes(tenant_id: UUID, after: Place, *, limit: int) -> list[Place]:
    """Evaluations that were made, judged by a person, or whose call got an id elsewhere, after a
    place; in order, none skipped.

    Two SQL queries.
    """
    settled = feeds.settled()  # read first: the rows' own statement sees more
    since, after_id = after
    given = {
        "tenant": tenant_id,
        "since": since,
        "after": after_id,
        "settled": settled,
        "limit": limit,
    }
    return [(at, row_id) for at, row_id in select(_CHANGES, given)]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What belongs to several evaluations, each read at once."""

    items: Mapping[UUID, Sequence[QueueItem]]
    """By evaluation; and so on."""
    whole: Mapping[UUID | None, reviewed.Whole]
    marked: Mapping[tuple[Any, ...], frozenset[str]]
    agents: Mapping[UUID, Any]
    """By transcript."""
    ids: Mapping[tuple[str, UUID], str]
    """(kind, transcript or agent) → its id in the CRM."""


def facts(tenant_id: UUID, system: str, ids: Collection[UUID]) -> dict[UUID, Facts]:
    """By evaluation; nine SQL queries, however many."""
    rows = access.scoped_to(Evaluation, tenant_id).filter(pk__in=ids)
    rows = rows.select_related("transcript", "rubric_version__rubric", "tenant")
    rows = rows.defer(*(f"transcript__{name}" for name in feeds.UNREAD))
    read = list(rows.annotate(review=reviewed.LAST))
    beside = _beside(tenant_id, system, read)
    return {row.pk: _facts(row, system, beside) for row in read}


def _beside(tenant_id: UUID, system: str, rows: Sequence[Any]) -> _Beside:
    calls = [row.transcript_id for row in rows]
    items: dict[UUID, list[QueueItem]] = {}
    found = access.scoped_to(QueueItem, tenant_id).filter(finding__evaluation__in=rows)
    for item in found.select_related("finding"):
        items.setdefault(item.finding.evaluation_id, []).append(item)
    agents = _agents(tenant_id, rows)
    own = access.scoped_to(ExternalId, tenant_id).filter(system=system)
    of_calls = own.filter(transcript__in=calls).values_list("kind", "transcript", "value")
    of_agents = own.filter(agent__in=list(agents.values())).values_list("kind", "agent", "value")
    return _Beside(
        items=items,
        whole=reviewed.whole({row.review for row in rows}),
        marked=_marked(tenant_id, calls),
        agents=agents,
        ids={(kind, row_id): value for kind, row_id, value in (*of_calls, *of_agents)},
    )


def _agents(tenant_id: UUID, rows: Sequence[Any]) -> dict[UUID, Any]:
    """The first agent of each call, as of its current revision."""
    revisions = {row.transcript_id: row.transcript.revision for row in rows}
    found = access.scoped_to(Participant, tenant_id).filter(
        transcript__in=list(revisions), role=SpeakerRole.AGENT, agent__isnull=False
    )
    agents: dict[UUID, Any] = {}
    for each in found.select_related("agent").order_by("from_ms", "pk"):
        if each.revision == revisions[each.transcript_id]:
            agents.setdefault(each.transcript_id, each.agent)
    return agents


def _marked(tenant_id: UUID, calls: Collection[UUID]) -> dict[tuple[Any, ...], frozenset[str]]:
    names = ("transcript", "transcript_revision", "rubric_version")
    marked: dict[tuple[Any, ...], frozenset[str]] = {}
    rows = manual.standing(tenant_id).filter(transcript__in=calls)
    for *place, code in rows.values_list(*names, "rule_code"):
        marked[tuple(place)] = marked.get(tuple(place), frozenset()) | {code}
    return marked


def _facts(row: Any, system: str, beside: _Beside) -> Facts:
    items = beside.items.get(row.pk, ())
    return {
        **_told(row, system, beside),
        **_scored(row, items, beside),
        **_counted(items),
    }


def _told(row: Any, system: str, beside: _Beside) -> Facts:
    call, agent = row.transcript, beside.agents.get(row.transcript_id)
    in_crm = {kind: beside.ids.get((kind, call.pk)) for kind in ExternalKind}
    path = reverse("call-detail", args=[row.tenant.slug, call.pk])
    return {
        CrmField.EVALUATION: str(row.pk),
        CrmField.CALL: str(call.pk),
        CrmField.CALL_EXTERNAL: call.external_id,
        CrmField.CALL_CRM: in_crm[ExternalKind.CALL] or call.crm_ids.get(system),
        CrmField.ACCOUNT_CRM: in_crm[ExternalKind.ACCOUNT],
        CrmField.OPPORTUNITY_CRM: in_crm[ExternalKind.OPPORTUNITY],
        CrmField.AGENT_EXTERNAL: agent.external_id if agent else None,
        CrmField.AGENT_CRM: beside.ids.get((ExternalKind.AGENT, agent.pk)) if agent else None,
        CrmField.LINK: f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else None,
        CrmField.RUBRIC: row.rubric_version.rubric.code,
        CrmField.RUBRIC_VERSION: row.rubric_version.number,
        CrmField.CALL_AT: call.call_at,
        CrmField.EVALUATED_AT: row.created_at,
        CrmField.DURATION: call.duration_ms // 1000 if call.duration_ms is not None else None,
    }


def _scored(row: Any, items: Sequence[QueueItem], beside: _Beside) -> Facts:
    place = (row.transcript_id, row.transcript_revision, row.rubric_version_id)
    score = reviewed.score(
        rubric_of(row.tenant_id, row.rubric_version_id),
        list(evaluations.results_of(row.results).items()),
        {item.rule_code: item for item in items},
        beside.whole.get(row.review),
        beside.marked.get(place, frozenset()),
    )
    failed = [part.rule for part in score.parts if part.result is Result.FAILED]
    return {
        CrmField.SCORE: row.score,
        CrmField.VERDICT: row.verdict,
        CrmField.REVIEWED_SCORE: percent(score),
        CrmField.REVIEWED_VERDICT: score.verdict.value,
        CrmField.FAILED_RULES: ";".join(failed),
    }


def _counted(items: Sequence[QueueItem]) -> Facts:
    """Of the findings that stand by the severity that a reviewer left them."""
    severities = Counter(
        item.lowered_to or item.finding.severity for item in items if item.standing in _STANDS
    )
    standings = Counter(item.standing for item in items)
    undecided = sum(standings[each] for each in UNDECIDED)
    return {
        **{CrmField(each.value): severities[each.value] for each in GRAVEST_FIRST},
        CrmField.OPEN: undecided,
        CrmField.UPHELD: standings[Standing.UPHELD],
        CrmField.DISMISSED: standings[Standing.DISMISSED],
        CrmField.IS_REVIEWED: undecided == 0,
        CrmField.RISK: severities["critical"] + severities["high"] > 0,
    }


def quotes(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, Facts]:
    """The words of each evaluation's gravest finding that stands, masked. Nine queries each."""
    return {each: {CrmField.QUOTE: _quote(tenant_id, each)} for each in ids}


def _quote(tenant_id: UUID, evaluation_id: UUID) -> str:
    judged = details.evaluation(details.evaluation_row(tenant_id, evaluation_id), is_revealed=False)
    heard = [
        each
        for each in judged.results
        if each.evidence and each.item and each.item.standing in _STANDS
    ]
    heard.sort(key=lambda each: GRAVEST_FIRST.index(each.rule.severity))
    return heard[0].evidence[0].quote if heard else ""


def newest(tenant_id: UUID, *, limit: int) -> list[UUID]:
    """The evaluations that were made last. One SQL query."""
    rows = access.scoped_to(Evaluation, tenant_id).order_by("-created_at", "-pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def connections(tenant_id: UUID) -> "QuerySet[Any]":
    """Each with how many records are `waiting`, `written` and `failed`. One SQL query."""
    own = CrmRecord.objects.filter(connection=OuterRef("pk"))
    counts = {state.value: Coalesce(Subquery(_count(own, state)), 0) for state in CrmRecordState}
    return access.scoped_to(CrmConnection, tenant_id).annotate(**counts).order_by("name")


def _count(own: "QuerySet[CrmRecord]", state: CrmRecordState) -> "QuerySet[Any, Any]":
    return (
        own.filter(state=state).order_by().values("connection").annotate(n=Count("pk")).values("n")
    )


def runs(connection: CrmConnection) -> list[CrmRun]:
    """The newest first. One SQL query."""
    rows = access.scoped_to(CrmRun, connection.tenant_id).filter(connection=connection)
    return list(rows.order_by("-started_at", "-pk")[:RUNS])


def run_page(
    tenant_id: UUID, after: Place | None, *, limit: int
) -> tuple[Sequence[CrmRun], Place | None]:
    """Of all connections, the newest first, and where the page ended. One SQL query."""
    rows = access.scoped_to(CrmRun, tenant_id).select_related("connection")
    if after:
        rows = rows.filter(Q(started_at__lt=after[0]) | Q(started_at=after[0], pk__lt=after[1]))
    found = list(rows.order_by("-started_at", "-pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], (last.started_at, last.pk) if last else None


@dataclass(frozen=True, slots=True)
class RecordPage:
    rows: Sequence[Any]
    next: UUID | None
    """The record that the next page begins after."""


def records(
    connection: CrmConnection,
    *,
    state: str = "",
    run: CrmRun | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> RecordPage:
    """Of a state, or all; of a run, or all: each with its evaluation. One SQL query."""
    rows = access.scoped_to(CrmRecord, connection.tenant_id).filter(connection=connection)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(run=run) if run else rows
    rows = rows.filter(pk__lt=after) if after else rows
    found = list(
        rows.select_related("evaluation").defer("evaluation__results").order_by("-pk")[: limit + 1]
    )
    return RecordPage(found[:limit], found[limit - 1].pk if len(found) > limit else None)
