"""Runs: a call by a version that a program named, and each value that came of it, with quotes.

A run is its job's row: what it is of stands in the job's key, and what came of it is the
evaluation. Quotes are without personal data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from reviews import access
from reviews.detection import evidence as outcomes
from reviews.detection.engine import Evaluation as Heard
from reviews.detection.engine import RuleResult
from reviews.detection.evidence import Evidence, NotAssessable
from reviews.detection.output_values import Value, rests_on, values
from reviews.detection.outputs import Output, OutputType
from reviews.detection.pii import call as pii
from reviews.detection.report import Report, evidence_of, outcome_code
from reviews.detection.rubric import Rubric, Rule
from reviews.detection.scoring import Result
from reviews.detection.transcript import Transcript as Columns
from reviews.jobs.ledger import CANCELLED
from reviews.models import Evaluation, Job, JobKind, JobState, RubricVersion
from reviews.queries import details, evaluations, kits, transcripts
from reviews.queries.rubrics import kit_code, rubric_of

API, SANDBOX = "api", "sandbox"
LOST = "no_evaluation"
"""Of a run whose call is the same as another by now, or gone."""
_UNKNOWN = "What it rests on could not be assessed."
_PASSED: Mapping[Result, bool] = {Result.PASSED: True, Result.FAILED: False}


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Quoted:
    """`place` has indexes into the words; without a `quote` it stands outside of them."""

    place: Evidence
    quote: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one key of a kit came to; `value` is None where it could not be assessed."""

    key: str
    type: OutputType
    value: Value
    confidence: float | None
    """Where the check gives one."""
    reason: str
    evidence: tuple[Quoted, ...]
    outcome: str = ""
    """Of a rule what was heard, as elsewhere in the API; of an output nothing."""
    result: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    id: UUID
    type: str
    status: RunState
    version: RubricVersion
    created_at: datetime
    finished_at: datetime | None
    error_code: str = ""
    transcript_id: UUID | None = None
    evaluation_id: UUID | None = None
    found: tuple[Found, ...] | None = None
    """None where it has not succeeded, or is listed."""

    @property
    def kit_code(self) -> str:
        return kit_code(self.version.rubric_id)

    @property
    def duration_ms(self) -> int | None:
        ended = self.finished_at
        return round((ended - self.created_at).total_seconds() * 1000) if ended else None


def one(tenant_id: UUID, run_id: UUID) -> Run | None:
    """With all that came of it."""
    job = _jobs(tenant_id).filter(pk=run_id).first()
    if job is None:
        return None
    (run,) = _runs(tenant_id, [job])
    row = _evaluation(job)
    if row is None:
        is_lost = run.status == RunState.SUCCEEDED
        return replace(run, status=RunState.FAILED, error_code=LOST) if is_lost else run
    return replace(run, evaluation_id=row.pk, found=_found_in(row))


def newest(tenant_id: UUID, *, limit: int) -> list[Run]:
    return _runs(tenant_id, list(_jobs(tenant_id).order_by("-created_at", "-pk")[:limit]))


def _jobs(tenant_id: UUID) -> Any:
    return access.scoped_to(Job, tenant_id).filter(kind=JobKind.RUN)


def _runs(tenant_id: UUID, jobs: Sequence[Job]) -> list[Run]:
    rows = access.scoped_to(RubricVersion, tenant_id).defer("document")
    versions = {row.pk: row for row in rows.filter(pk__in=[job.against_id for job in jobs])}
    return [
        Run(
            id=job.pk,
            type=API,
            status=_state(job),
            version=versions[job.against_id],
            created_at=job.created_at,
            finished_at=job.finished_at,
            error_code=job.last_error_code if job.state == JobState.DEAD else "",
            transcript_id=job.subject_id,
        )
        for job in jobs
        if job.against_id is not None
    ]


def _state(job: Job) -> RunState:
    if job.state == JobState.DEAD:
        return RunState.CANCELLED if job.last_error_code == CANCELLED else RunState.FAILED
    if job.state == JobState.DONE:
        return RunState.SUCCEEDED
    return RunState(job.state)


def _evaluation(job: Job) -> Evaluation | None:
    """Its first: what was asked again later is another's."""
    if job.state != JobState.DONE:
        return None
    _, revision, _, engine = job.key.split(":")
    rows = access.scoped_to(Evaluation, job.tenant_id).select_related("transcript")
    rows = rows.filter(transcript=job.subject_id, rubric_version=job.against_id)
    rows = rows.filter(transcript_revision=int(revision), engine_version=engine)
    return rows.order_by("round").first()


def _found_in(row: Evaluation) -> tuple[Found, ...]:
    rubric = rubric_of(row.tenant_id, row.rubric_version_id)
    columns = transcripts.columns_of(row.transcript, revision=row.transcript_revision)
    masks = details.masks_of(row.transcript, row.transcript_revision, columns)
    return found(rubric, evaluations.unpack(row, columns), columns, masks)


def found_unkept(rubric: Rubric, heard: Heard, columns: Columns) -> tuple[Found, ...]:
    """Of a call that is not stored."""
    return found(rubric, heard, columns, pii.masks(columns))


def found(
    rubric: Rubric, heard: Heard, columns: Columns, masks: details.Masks
) -> tuple[Found, ...]:
    """The outputs, then the rules."""
    results = {each.rule: each for each in heard.results}
    quoted = partial(_quoted, Report(columns), masks)
    rules = {
        rule.code: _of_rule(key, rule, results[rule.code], quoted)
        for key, rule in kits.rules_of(rubric)
    }
    made = values(rubric, heard)
    outputs = [
        _of_output(each, made[each.key], rules, rests_on(rubric, each.source, heard))
        for each in rubric.all_outputs
    ]
    return (*outputs, *rules.values())


def _of_output(
    each: Output, value: Value, rules: Mapping[str, Found], resting: Sequence[str]
) -> Found:
    reason = each.description if value is not None else _UNKNOWN
    evidence = chain.from_iterable(rules[code].evidence for code in resting if code in rules)
    return Found(each.key, each.type, value, None, reason, tuple(evidence))


def _of_rule(key: str, rule: Rule, result: RuleResult, quoted: Any) -> Found:
    outcome, evidence = result.outcome, evidence_of(result.outcome)
    scores = [each.score for each in evidence if each.score is not None]
    return Found(
        key=key,
        type=OutputType.BOOL,
        value=_PASSED.get(result.result),
        confidence=min(scores, default=None),
        reason=_reason(rule, result),
        evidence=tuple(map(quoted, evidence)),
        outcome=outcome_code(outcome),
        result=result.result.value,
        reason_code=outcome.reason.value if isinstance(outcome, NotAssessable) else "",
    )


def _reason(rule: Rule, result: RuleResult) -> str:
    """One sentence without a word of the call."""
    outcome = result.outcome
    if outcome is None:
        return "The rule does not apply to this call."
    if isinstance(outcome, NotAssessable):
        return outcome.text
    evidence = evidence_of(outcome)
    labels = dict.fromkeys(each.label for each in evidence if each.label)
    places = f", {len(evidence)} places" if len(evidence) > 1 else ""
    told = f" ({'; '.join(labels)})" if labels else ""
    is_found = isinstance(outcome, outcomes.Found)
    kept = "kept" if result.result is Result.PASSED else "broken"
    return f"{rule.title}: {'found' if is_found else 'not found'}{places}{told}; {kept}."


def _quoted(report: Report, masks: details.Masks, evidence: Evidence) -> Quoted:
    texts = (
        details.masked_text(report.transcript, masks, place) for place in report.places(evidence)
    )
    return Quoted(evidence, " ".join(texts))
