"""A transcript revision × a rubric version → one evaluation with its findings, exactly once."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.utils import timezone

from reviews.detection import engine, output_values
from reviews.detection.evidence import Found
from reviews.detection.rubric import parse_rubric
from reviews.detection.scoring import Result
from reviews.detection.transcript import Transcript as Columns
from reviews.evaluation import assigned, judging, places, queueing, shadow, telling
from reviews.evaluation.judging import NOBODY_ASKED, Answered
from reviews.jobs import ledger
from reviews.models import (
    Evaluation,
    Finding,
    FindingOutcome,
    JobKind,
    RubricVersion,
    Transcript,
    TranscriptState,
)
from reviews.models.ids import uuid7
from reviews.models.rows import Row, insert, select
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, history, transcripts

CACHED_RUBRICS = 64
_WITHDRAW = """
UPDATE reviews_queueitem SET standing = 'superseded', updated_at = %(now)s
WHERE transcript_id = %(transcript)s AND standing IN ('open', 'escalated')
"""
_NEWEST_RESULTS = """
SELECT results FROM reviews_evaluation
WHERE transcript_id = %(transcript_id)s AND transcript_revision = %(transcript_revision)s
    AND rubric_version_id = %(rubric_version_id)s AND engine_version = %(engine_version)s
ORDER BY round DESC LIMIT 1
"""


def schedule(row: Transcript) -> None:
    """Make an evaluation job for each rubric that judges it; in the transaction that wrote `row`.

    A duplicate is not evaluated: what its own earlier words gave leaves the queue, and its original
    is evaluated by the rubrics that judge it, if it was not yet.
    """
    if row.state == TranscriptState.PENDING:
        return
    original = transcripts.original_of(row)
    if original is not None:
        _withdraw(row)
    _enqueue(original or row)
    shadow.feed(original or row)


def _withdraw(row: Transcript) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, {"transcript": row.pk, "now": timezone.now()})


def _enqueue(row: Transcript) -> None:
    for version_id in assigned.choose(row):
        ledger.enqueue(
            tenant_id=row.tenant_id,
            kind=JobKind.EVALUATE,
            key=key_of(row, version_id),
            subject_id=row.pk,
            against_id=version_id,
            now=timezone.now(),
        )


def key_of(row: Transcript, version_id: UUID) -> str:
    """What an evaluation is of."""
    return f"{row.pk}:{row.revision}:{version_id}:{engine.ENGINE_VERSION}"


def run(claim: ledger.Claim) -> None:
    """Evaluate and write evaluation, findings and the end of the job in one transaction.

    A call that the rubric does not judge any more, since the job was made, is left as it is; but
    for one that somebody asked for by name.
    Where a language model is asked, the call is read in a transaction before that.
    """
    version_id = _version_id(claim)
    with tenant_context(claim.tenant_id):
        row = transcripts.current(claim.subject_id)
        rubric_id, compiled = _compiled(claim.tenant_id, version_id)
        is_asked = claim.kind == JobKind.RUN
        is_left_out = not is_asked and assigned.leaves_out(row, rubric_id)
        if is_left_out or not judging.is_judged(compiled) or transcripts.original_of(row):
            if not is_left_out:
                _evaluate(row, version_id, nth=claim.round)
            ledger.finish(claim)
            return
        call = transcripts.columns_of(row)
    answers = judging.answers(claim.tenant_id, call, compiled)
    with tenant_context(claim.tenant_id):
        _evaluate(transcripts.current(claim.subject_id), version_id, answers, nth=claim.round)
        ledger.finish(claim)


def _version_id(claim: ledger.Claim) -> UUID:
    if claim.against_id is None:
        raise ValueError(f"evaluation job {claim.job_id} was refused: it names no rubric version")
    return claim.against_id


Hear = Callable[[Columns, engine.Compiled], engine.Evaluation]


def evaluate_now(row: Transcript, version_id: UUID, *, hear: Hear) -> None:
    """Evaluate in the caller's tenant transaction. What `hear` raises passes, and nothing is
    written."""
    _evaluate(row, version_id, nth=0, hear=hear)


def _evaluate(
    row: Transcript,
    version_id: UUID,
    answers: Mapping[str, Answered] = NOBODY_ASKED,
    *,
    nth: int,
    hear: Hear = engine.evaluate,
) -> None:
    if transcripts.original_of(row) is not None:
        return  # it became a duplicate while the job waited
    rubric_id, compiled = _compiled(row.tenant_id, version_id)
    now = timezone.now()
    columns = replace(transcripts.columns_of(row), answers=answers)
    if asked := history.asked_of(compiled.rubric):
        columns = replace(columns, earlier=history.earlier(row, rubric_id, asked, before=now))
    outcome = hear(columns, compiled)
    written = _evaluation(row, version_id, outcome, now) | {"round": nth}
    if nth and _is_said_already(written):
        return
    if not insert(Evaluation, [written], is_new=False):
        return  # it stands already, with its findings
    own = {key: written[key] for key in ("tenant_id", "transcript_id", "created_at")}
    own["evaluation_id"] = written["id"]
    pairs = zip(compiled.rubric.rules, outcome.results, strict=True)
    failed = [pair for pair in pairs if pair[1].result is Result.FAILED]
    agents = places.agents_of(row) if failed else {}
    findings = [own | _finding(result, rule.severity, agents) for rule, result in failed]
    insert(Finding, findings)
    queueing.put(
        rubric_id=rubric_id,
        transcript_id=row.pk,
        call=columns,
        failed=[
            queueing.Failed(finding, _found(result).evidence)
            for finding, (_, result) in zip(findings, failed, strict=True)
        ],
        now=now,
    )
    risk_flag = output_values.risk_flag(compiled.rubric, outcome)
    telling.tell(written, findings, rubric_id=rubric_id, risk_flag=risk_flag, now=now)


def _is_said_already(written: Row) -> bool:
    """Whether the newest evaluation of the same by the same came to these very results."""
    found = select(_NEWEST_RESULTS, written)
    return bool(found) and bytes(found[0][0]) == written["results"]


def compiled_of(tenant_id: UUID, version_id: UUID) -> engine.Compiled:
    """A version, compiled. In its tenant's transaction."""
    return _compiled(tenant_id, version_id)[1]


@lru_cache(maxsize=CACHED_RUBRICS)
def _compiled(tenant_id: UUID, version_id: UUID) -> tuple[UUID, engine.Compiled]:
    """The version's rubric, and what is compiled of it; read under its own tenant.

    A version never changes, so it may stay.
    """
    version = RubricVersion.objects.get(tenant_id=tenant_id, pk=version_id)
    return version.rubric_id, engine.compile_rubric(parse_rubric(json.loads(version.document)))


def _evaluation(
    row: Transcript, version_id: UUID, outcome: engine.Evaluation, now: datetime
) -> Row:
    tally = Counter(result.result for result in outcome.results)
    return {
        "id": uuid7(),
        "tenant_id": row.tenant_id,
        "transcript_id": row.pk,
        "transcript_revision": row.revision,
        "rubric_version_id": version_id,
        "engine_version": engine.ENGINE_VERSION,
        "results": evaluations.pack(outcome),
        "verdict": outcome.score.verdict,
        "score": outcome.score.percent,
        "passed": tally[Result.PASSED],
        "failed": tally[Result.FAILED],
        "not_assessable": tally[Result.NOT_ASSESSABLE],
        "not_applicable": tally[Result.NOT_APPLICABLE],
        "created_at": now,
    }


def _finding(result: engine.RuleResult, severity: str, agents: dict[str, UUID]) -> Row:
    found = _found(result)
    first = found.evidence[0] if found.evidence else None
    return {
        "id": uuid7(),
        "rule_code": result.rule,
        "severity": severity,
        "outcome": FindingOutcome.FOUND if first or found.calls else FindingOutcome.ABSENT,
        "is_unsure": result.is_unsure,
        "agent_id": places.answerable(first, agents),
        "spans": len(found.evidence),
        **places.place_of(first),
    }


def _found(result: engine.RuleResult) -> Found:
    """What was found; of an absence nothing."""
    return result.outcome if isinstance(result.outcome, Found) else Found(())
