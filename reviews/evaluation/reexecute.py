"""A finding's rule run anew: the same words, the same version. Nothing is written."""

from dataclasses import dataclass, replace
from uuid import UUID

from reviews import access
from reviews.detection import engine
from reviews.detection.checks.judge import JudgeRule
from reviews.detection.scoring import Result
from reviews.errors import ErrorCode, Refused
from reviews.evaluation import run
from reviews.models import Evaluation, Finding
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, history, transcripts


class NotExecutable(Refused):
    code = ErrorCode.NOT_POSSIBLE


@dataclass(frozen=True, slots=True)
class Anew:
    finding: Finding
    evaluation: Evaluation
    """With its rubric's version."""
    result: Result
    is_same: bool
    """Result, places and proof are those that are stored."""


def reexecute(*, tenant_id: UUID, finding_id: UUID) -> Anew:
    """Raises NotExecutable where there is no such finding, or its rule asks a language model.

    The facts of the call are as they are now; of earlier calls those are known that were then.
    """
    with tenant_context(tenant_id):
        finding = access.scoped_to(Finding, tenant_id).filter(pk=finding_id).first()
        if finding is None:
            raise NotExecutable(
                "Running it anew is refused",
                "an id that is no finding of the tenant",
                "Copy the id from the evidence page of the finding.",
            )
        return _anew(finding)


def _anew(finding: Finding) -> Anew:
    rows = access.scoped_to(Evaluation, finding.tenant_id)
    evaluation = rows.select_related("rubric_version__rubric").get(pk=finding.evaluation_id)
    version = evaluation.rubric_version
    compiled = run.compiled_of(finding.tenant_id, version.pk)
    rule = next(each for each in compiled.rubric.rules if each.code == finding.rule_code)
    if isinstance(rule.check, JudgeRule):
        raise NotExecutable(
            "Running it anew is refused",
            "a rule that asks a language model, which may answer otherwise each time",
            "Read its answer and the quote on the evidence page.",
        )
    call = transcripts.current(finding.transcript_id)
    columns = transcripts.columns_of(call, revision=evaluation.transcript_revision)
    if asked := history.asked_of(compiled.rubric):
        before = evaluation.created_at
        earlier = history.earlier(call, version.rubric_id, asked, before=before)
        columns = replace(columns, earlier=earlier)
    outcome = engine.evaluate(columns, compiled)
    packed = Evaluation(results=evaluations.pack(outcome))
    is_same = evaluations.outcome_of(packed, rule.code) == evaluations.outcome_of(
        evaluation, rule.code
    )
    result = next(each.result for each in outcome.results if each.rule == rule.code)
    return Anew(finding, evaluation, result, is_same and result is Result.FAILED)
