"""A transcript revision × a rubric version → one evaluation with its findings, exactly once."""

import json
from collections import Counter
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from reviews.detection import engine
from reviews.detection.evidence import Evidence, Found
from reviews.detection.rubric import parse_rubric
from reviews.detection.scoring import Result
from reviews.jobs import ledger
from reviews.models import (
    Evaluation,
    Finding,
    FindingOutcome,
    JobKind,
    Participant,
    RubricVersion,
    SpeakerRole,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, transcripts

CACHED_RUBRICS = 64


def schedule(row: Transcript) -> None:
    """Make an evaluation job for each rubric in force; in the transaction that wrote `row`."""
    if row.state == TranscriptState.PENDING:
        return
    for version_id in versions_in_force():
        ledger.enqueue(
            tenant_id=row.tenant_id,
            kind=JobKind.EVALUATE,
            key=f"{row.pk}:{row.revision}:{version_id}:{engine.ENGINE_VERSION}",
            subject_id=row.pk,
            against_id=version_id,
            now=timezone.now(),
        )


def versions_in_force() -> list[UUID]:
    """The newest effective version of each rubric that is not retired."""
    now = timezone.now()
    rows = RubricVersion.objects.filter(
        Q(rubric__retired_at=None) | Q(rubric__retired_at__gt=now), effective_from__lte=now
    )
    newest = rows.order_by("rubric_id", "-effective_from", "-number").distinct("rubric_id")
    return list(newest.values_list("pk", flat=True))


def run(claim: ledger.Claim) -> None:
    """Evaluate and write evaluation, findings and the end of the job in one transaction."""
    with tenant_context(claim.tenant_id):
        row = transcripts.current(claim.subject_id)
        version_id = _version_id(claim)
        if not _exists(row, version_id):
            _evaluate(row, version_id)
        ledger.finish(claim)


def _version_id(claim: ledger.Claim) -> UUID:
    if claim.against_id is None:
        raise ValueError(f"evaluation job {claim.job_id} was refused: it names no rubric version")
    return claim.against_id


def _exists(row: Transcript, version_id: UUID) -> bool:
    return Evaluation.objects.filter(
        transcript=row,
        transcript_revision=row.revision,
        rubric_version_id=version_id,
        engine_version=engine.ENGINE_VERSION,
    ).exists()


def _evaluate(row: Transcript, version_id: UUID) -> None:
    compiled = _compiled(row.tenant_id, version_id)
    outcome = engine.evaluate(transcripts.columns_of(row), compiled)
    evaluation = _write(row, version_id, outcome)
    agents = _agents(row)
    Finding.objects.bulk_create(
        _finding(evaluation, result, rule.severity, agents)
        for rule, result in zip(compiled.rubric.rules, outcome.results, strict=True)
        if result.result is Result.FAILED
    )


@lru_cache(maxsize=CACHED_RUBRICS)
def _compiled(tenant_id: UUID, version_id: UUID) -> engine.Compiled:
    """A version never changes, so what is compiled of it may stay; read under its own tenant."""
    document = RubricVersion.objects.get(tenant_id=tenant_id, pk=version_id).document
    return engine.compile_rubric(parse_rubric(json.loads(document)))


def _write(row: Transcript, version_id: UUID, outcome: engine.Evaluation) -> Evaluation:
    tally = Counter(result.result for result in outcome.results)
    return Evaluation.objects.create(
        tenant_id=row.tenant_id,
        transcript=row,
        transcript_revision=row.revision,
        rubric_version_id=version_id,
        engine_version=engine.ENGINE_VERSION,
        results=evaluations.pack(outcome),
        verdict=outcome.score.verdict,
        score=outcome.score.percent,
        passed=tally[Result.PASSED],
        failed=tally[Result.FAILED],
        not_assessable=tally[Result.NOT_ASSESSABLE],
        not_applicable=tally[Result.NOT_APPLICABLE],
    )


def _finding(
    evaluation: Evaluation,
    result: engine.RuleResult,
    severity: str,
    agents: dict[str, UUID],
) -> Finding:
    spans = result.outcome.evidence if isinstance(result.outcome, Found) else ()
    first = spans[0] if spans else None
    return Finding(
        tenant_id=evaluation.tenant_id,
        evaluation=evaluation,
        transcript_id=evaluation.transcript_id,
        rule_code=result.rule,
        severity=severity,
        outcome=FindingOutcome.FOUND if first else FindingOutcome.ABSENT,
        is_unsure=result.is_unsure,
        agent_id=_answerable(first, agents),
        spans=len(spans),
        **_place(first),
    )


def _place(first: Evidence | None) -> dict[str, Any]:
    """The first span's columns; an absence has none."""
    if first is None:
        return {"role": SpeakerRole.UNKNOWN}
    return {
        "role": first.role,
        "utterance": first.utterance,
        "last_utterance": first.last_utterance,
        "first_word": first.first_word,
        "last_word": first.last_word,
        "start_ms": first.start_ms,
        "end_ms": first.end_ms,
    }


def _agents(row: Transcript) -> dict[str, UUID]:
    """Speaker label or channel → agent, of the row's revision."""
    voices = Participant.objects.filter(
        transcript=row, revision=row.revision, agent__isnull=False
    ).values_list("speaker", "agent_id")
    return {speaker: agent for speaker, agent in voices if agent}


def _answerable(first: Evidence | None, agents: dict[str, UUID]) -> UUID | None:
    """Whose finding it is: the agent who said it; of an absence, the call's only agent."""
    if first is not None:
        return agents.get(first.speaker or "")
    several = set(agents.values())
    return next(iter(several)) if len(several) == 1 else None
