"""A rubric tried on calls that are here, beside the version in force, by jobs that share the calls.

Each batch commits its hits, its counts and how far the job came: a crash at any point counts
nothing twice. The calls are read as they are stored; no language model is asked.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from reviews import audit
from reviews.detection import engine
from reviews.detection.comparison import Hit, differing, hits
from reviews.detection.evidence import Found
from reviews.detection.rubric import Rubric, parse_rubric, with_those_before
from reviews.detection.scoring import Result
from reviews.detection.transcript import Transcript as Columns
from reviews.errors import ErrorCode, Refused
from reviews.evaluation import places
from reviews.jobs import ledger
from reviews.jobs.walk import FIRST, Step, walk
from reviews.models import (
    Agent,
    Backtest,
    BacktestHit,
    Job,
    JobKind,
    JobState,
    RubricVersion,
    Source,
    Team,
    Transcript,
    User,
)
from reviews.models import Rubric as RubricRow
from reviews.models.ids import uuid7
from reviews.models.rows import Row, insert, select
from reviews.queries import assignment, history, transcripts
from reviews.queries.tried_calls import NAMED

SHARDS = 2
"""Jobs that share the calls of one backtest."""
BATCH = 40
DAYS_AT_MOST = 400
_SCOPE = f"""
FROM reviews_transcript call
WHERE call.tenant_id = %(tenant)s AND call.duplicate_of_id IS NULL AND call.state <> 'pending'
    AND coalesce(call.call_at, call.received_at) >= %(since)s
    AND coalesce(call.call_at, call.received_at) < %(until)s
    AND {NAMED}
"""  # our own text, no value
_COUNT = f"""
WITH {assignment.LISTED}
SELECT count(*) FILTER (WHERE is_judged), count(*) FILTER (WHERE NOT is_judged)
FROM (SELECT {assignment.IS_JUDGED} AS is_judged {_SCOPE}) found
"""  # noqa: S608 # our own text, no value
# The list is tried on the calls of the batch alone, however many there are.
_NEXT = f"""
WITH {assignment.LISTED}, batch AS MATERIALIZED (
    SELECT {assignment.FACTS} {_SCOPE} AND call.id > %(after)s
        AND mod(abs(hashtext(call.id::text)::bigint), %(shards)s) = %(shard)s
    ORDER BY call.id LIMIT %(most)s
) SELECT call.id, {assignment.IS_JUDGED} FROM batch call ORDER BY call.id
"""  # noqa: S608 # our own text, no value
_TALLY = """
INSERT INTO reviews_backtesttally AS known (id, tenant_id, backtest_id, rule_code, drafted,
    published, not_assessable, not_applicable, unsure)
VALUES (%(id)s, %(tenant)s, %(backtest)s, %(rule)s, %(drafted)s, %(published)s,
    %(not_assessable)s, %(not_applicable)s, %(unsure)s)
ON CONFLICT (tenant_id, backtest_id, rule_code) DO UPDATE SET
    drafted = known.drafted + excluded.drafted,
    published = known.published + excluded.published,
    not_assessable = known.not_assessable + excluded.not_assessable,
    not_applicable = known.not_applicable + excluded.not_applicable,
    unsure = known.unsure + excluded.unsure
"""
_COUNTED = ("drafted", "published", "not_assessable", "not_applicable", "unsure")
_PROGRESS = """
UPDATE reviews_backtest SET done = done + %(done)s,
    calls = CASE WHEN is_shadow THEN calls + %(done)s ELSE calls END
WHERE id = %(backtest)s
"""


class BacktestRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Scope:
    """The calls that are tried: of the last `days`, and only of these where they are named.

    Of those the ones that the rubric would judge by the tenant's list, as it is at the beginning.
    """

    days: int
    team: Team | None = None
    agent: Agent | None = None
    source: Source | None = None


def start(
    *,
    rubric: RubricRow,
    document: str,
    base: RubricVersion | None,
    scope: Scope,
    rule: str = "",
    by: User | None,
    now: datetime,
) -> Backtest:
    """Try a canonical document, one rule of it or all that differ from `base`.

    Raises RubricError where it cannot be read, BacktestRefused where nothing differs. In the
    caller's tenant transaction.
    """
    tried = parse_rubric(json.loads(document))
    rules = differing(tried, _parsed(base) if base else None)
    if rule:
        rules = (rule,)
    if not rules:
        raise BacktestRefused(
            "The backtest is refused",
            "no rule differs from the published version",
            "Change a rule, or choose one rule to be tried alone.",
        )
    row = Backtest(
        tenant_id=rubric.tenant_id,
        rubric=rubric,
        document=document,
        sha256=hashlib.sha256(document.encode()).digest(),
        base=base,
        rules=list(rules),
        since=now - timedelta(days=scope.days),
        until=now,
        team=scope.team,
        agent=scope.agent,
        source=scope.source,
        assignment=assignment.naming(rubric.tenant_id, rubric.pk),
        began_at=now,
        by=by,
    )
    ((row.calls, row.left_out),) = select(_COUNT, _scope_of(row))
    row.save()
    for shard in range(SHARDS):
        ledger.enqueue(
            tenant_id=rubric.tenant_id,
            kind=JobKind.BACKTEST,
            key=f"{row.pk}:{shard}",
            subject_id=FIRST,
            against_id=row.pk,
            round=shard,
            now=now,
        )
    data = {"days": scope.days, "calls": row.calls, "rules": len(rules)}
    audit.record(event=audit.Event.BACKTEST_STARTED, by=by, target=row, at=now, data=data)
    return row


def cancel(row: Backtest, *, now: datetime) -> None:
    """What was tried stays. In the caller's tenant transaction."""
    Backtest.objects.filter(pk=row.pk, ended_at=None, cancelled_at=None).update(cancelled_at=now)


def run(claim: ledger.Claim) -> None:
    """Its share of the calls, unless a person has ended the backtest."""
    walk(claim, partial(_batch, claim), finish=_finish)


def _batch(claim: ledger.Claim, after: UUID) -> Step:
    row = Backtest.objects.select_related("assignment").get(pk=claim.against_id or FIRST)
    batch = [] if row.cancelled_at else _next(row, claim, after)
    ids = [call_id for call_id, is_judged in batch if is_judged]
    if ids:
        try_on(row, ids)
    return Step(len(ids), batch[-1][0] if len(batch) == BATCH else None)


def _scope_of(row: Backtest) -> Row:
    return {
        "tenant": row.tenant_id,
        "since": row.since,
        "until": row.until,
        "source": row.source_id,
        "team": row.team_id,
        "agent": row.agent_id,
        "rubric": row.rubric_id,
    } | assignment.given_of(row.assignment)


def _next(row: Backtest, claim: ledger.Claim, after: UUID) -> list[tuple[UUID, bool]]:
    """The next calls of the job's share, and whether the rubric judges each."""
    own = {"after": after, "shards": SHARDS, "shard": claim.round, "most": BATCH}
    return [(call_id, judges) for call_id, judges in select(_NEXT, _scope_of(row) | own)]


def _finish(claim: ledger.Claim) -> None:
    """The last of the jobs ends the backtest. Lock: its row, so that one of two is the last."""
    row = Backtest.objects.select_for_update().get(pk=claim.against_id or FIRST)
    ledger.finish(claim)
    others = Job.objects.filter(kind=JobKind.BACKTEST, against_id=row.pk)
    if not others.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        Backtest.objects.filter(pk=row.pk).update(ended_at=timezone.now())


@dataclass(frozen=True, slots=True)
class _Sides:
    tried: engine.Compiled
    base: engine.Compiled | None


@lru_cache(maxsize=8)
def _sides(tenant_id: UUID, backtest_id: UUID) -> _Sides:
    """Both rubrics, compiled, with the rules that are tried and those they come after."""
    row = Backtest.objects.select_related("base").get(tenant_id=tenant_id, pk=backtest_id)
    tried = with_those_before(parse_rubric(json.loads(row.document)), row.rules)
    base = with_those_before(_parsed(row.base), row.rules) if row.base else None
    compiled = engine.compile_rubric(base) if base and base.rules else None
    return _Sides(engine.compile_rubric(tried), compiled)


def _parsed(version: RubricVersion) -> Rubric:
    return parse_rubric(json.loads(version.document))


def try_on(row: Backtest, ids: Sequence[UUID]) -> None:
    """Write what is found on these calls, and count them. In the caller's tenant transaction."""
    sides = _sides(row.tenant_id, row.pk)
    counts: dict[str, Counter[str]] = {code: Counter() for code in row.rules}
    found: list[Row] = []
    for call, columns in transcripts.columns_of_several(ids):
        found += _tried(row, call, columns, sides, counts)
    insert(BacktestHit, found)
    own: Row = {"tenant": row.tenant_id, "backtest": row.pk}
    with connection.cursor() as cursor:
        for code in sorted(counts):
            counted = {name: counts[code][name] for name in _COUNTED}
            tally: dict[str, Any] = {"id": uuid7(), "rule": code, **own, **counted}
            cursor.execute(_TALLY, tally)
        cursor.execute(_PROGRESS, {"done": len(ids), "backtest": row.pk})


def _tried(
    row: Backtest,
    call: Transcript,
    columns: Columns,
    sides: _Sides,
    counts: Mapping[str, Counter[str]],
) -> Iterator[Row]:
    """The call's hits; how each rule came out is counted."""
    if asked := history.asked_of(sides.tried.rubric):
        now = row.until or timezone.now()
        earlier = history.earlier(call, row.rubric_id, asked, before=now)
        columns = replace(columns, earlier=earlier)
    new = {each.rule: each for each in engine.evaluate(columns, sides.tried).results}
    old = {}
    if sides.base:
        old = {each.rule: each for each in engine.evaluate(columns, sides.base).results}
    for code, count in counts.items():
        if result := new.get(code):
            count["drafted"] += result.result is Result.FAILED
            count["not_assessable"] += result.result is Result.NOT_ASSESSABLE
            count["not_applicable"] += result.result is Result.NOT_APPLICABLE
            count["unsure"] += result.is_unsure
        if before := old.get(code):
            count["published"] += before.result is Result.FAILED
    failed = [hit for hit in hits(new, old) if hit.rule in counts]
    agents = places.agents_of(call) if failed else {}
    return (_hit(row, call, hit, agents) for hit in failed)


def _hit(row: Backtest, call: Transcript, hit: Hit, agents: dict[str, UUID]) -> Row:
    outcome = hit.result.outcome
    found = outcome if isinstance(outcome, Found) else Found(())
    first = found.evidence[0] if found.evidence else None
    return {
        "id": uuid7(),
        "tenant_id": row.tenant_id,
        "backtest_id": row.pk,
        "transcript_id": call.pk,
        "transcript_revision": call.revision,
        "rule_code": hit.rule,
        "kind": hit.kind,
        "agent_id": places.answerable(first, agents),
        "is_unsure": hit.result.is_unsure,
        "is_absence": not (first or found.calls),
        **places.place_of(first),
    }
