"""A tenant in which two reviewed the same calls apart, and an agent was coached."""

from datetime import date

from django.utils import timezone

from reviews.detection.scoring import Result
from reviews.models import (
    CalibrationSet,
    Coaching,
    Evaluation,
    MemberRole,
    Membership,
    QueueItem,
    Standing,
    Tenant,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import calibration, evaluations
from reviews.queries.rubrics import rubric_of
from reviews.reviewing import calibrate, coach, whole_call
from reviews.reviewing.whole_call import Said

CALLS = 4
DUE = date(2026, 12, 1)


def compared(tenant: Tenant) -> CalibrationSet:
    """Of the demo: a closed set; its second reviewer contradicts each other call."""
    with tenant_context(tenant.pk):
        rows = Membership.objects.select_related("tenant", "user")
        lead = rows.get(role=MemberRole.LEAD)
        seats = [rows.get(role=MemberRole.REVIEWER), lead]
        rubric = Evaluation.objects.all()[0].rubric_version.rubric_id
        calls = [each.pk for each in calibration.candidates(lead, rubric)][:CALLS]
        people = [seat.pk for seat in seats]
        wanted = calibrate.Wanted("Spring", DUE, 0.6, people, calls)
        row = calibrate.make(membership=lead, wanted=wanted, now=timezone.now())
        for at, call in enumerate(calls):
            _review(Evaluation.objects.get(pk=call), seats[0], contradicts=False)
            _review(Evaluation.objects.get(pk=call), seats[1], contradicts=bool(at % 2))
        calibrate.close(calibration=row, by=lead, now=timezone.now())
    return row


def coached(tenant: Tenant) -> Coaching:
    """On all confirmed findings of an agent and rule; other findings of theirs are left."""
    with tenant_context(tenant.pk):
        lead = Membership.objects.select_related("tenant", "user").get(role=MemberRole.LEAD)
        item = QueueItem.objects.exclude(agent=None).order_by("rule_code", "pk")[0]
        own = QueueItem.objects.filter(agent=item.agent)
        own.update(standing=Standing.UPHELD)
        findings = own.filter(rule_code=item.rule_code, rubric=item.rubric)
        ids = list(findings.values_list("finding_id", flat=True))
        assert item.agent is not None
        wanted = coach.Wanted(item.agent, item.rubric, item.rule_code, ids, "Listen again.", DUE)
        return coach.give(wanted=wanted, by=lead, now=timezone.now())


def _review(evaluation: Evaluation, seat: Membership, *, contradicts: bool) -> None:
    results, now = evaluations.results_of(evaluation.results), timezone.now()
    rubric = rubric_of(evaluation.tenant_id, evaluation.rubric_version_id)
    asked = whole_call.asked_of(rubric, results)
    answers = {
        code: {"level": rule.levels[0].code, "comment": "so"} for code, rule in asked.items()
    }
    failed = [code for code, each in results.items() if each is Result.FAILED]
    wrong = dict.fromkeys(failed, "other_meaning") if contradicts else {}
    draft = whole_call.begin(evaluation=evaluation, by=seat.user, now=now)
    whole_call.save(draft=draft, said=Said(answers=answers, wrong=wrong), now=now)
    whole_call.finish(draft=draft, by=seat.user, now=timezone.now())
