"""Several review the same calls, none seeing the others' answers; then they are compared."""

import html
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Agent,
    AuditEvent,
    CalibrationSet,
    Evaluation,
    MemberRole,
    Membership,
    Participant,
    QueueItem,
    Standing,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import calibration, calibration_results
from reviews.reviewing import calibrate, whole_call
from reviews.reviewing.calibrate import SetRefused, Wanted
from reviews.reviewing.whole_call import Said
from tests.factories.asking import evaluated, published
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)
BROKEN = "agent: we guarantee it on a recorded line"
PEOPLE = {"ann": MemberRole.REVIEWER, "bob": MemberRole.REVIEWER, "lea": MemberRole.LEAD}
CALLS = 3


@pytest.fixture
def tenant() -> Tenant:
    """With calls that break one rule, two reviewers and a lead."""
    tenant = Tenant.objects.create(slug="a", name="A")
    published(tenant)
    for at in range(CALLS):
        evaluated(tenant, f"c{at}", BROKEN)
    for name, role in PEOPLE.items():
        user = User.objects.create(email=f"{name}@example.test", name=name)
        with tenant_context(tenant.pk):
            Membership.objects.create(tenant=tenant, user=user, role=role)
    return tenant


def member(tenant: Tenant, name: str) -> Membership:
    with tenant_context(tenant.pk):
        return Membership.objects.select_related("tenant", "user").get(user__name=name)


def client(name: str) -> Client:
    signed_in = Client()
    signed_in.force_login(User.objects.get(name=name))
    return signed_in


def evaluations(tenant: Tenant) -> list[Evaluation]:
    with tenant_context(tenant.pk):
        rows = Evaluation.objects.select_related("transcript", "rubric_version")
        return list(rows.order_by("transcript__external_id"))


def wanted(tenant: Tenant, **changed: Any) -> Wanted:
    values: dict[str, Any] = {
        "name": "Spring",
        "due": date(2026, 12, 1),
        "alpha_at_least": 0.6,
        "seats": [member(tenant, name).pk for name in ("ann", "bob")],
        "calls": [each.pk for each in evaluations(tenant)],
    }
    return Wanted(**values | changed)


def made(tenant: Tenant, **changed: Any) -> CalibrationSet:
    lead = member(tenant, "lea")
    with tenant_context(tenant.pk):
        return calibrate.make(membership=lead, wanted=wanted(tenant, **changed), now=timezone.now())


def review(tenant: Tenant, name: str, at: int, *, polite: str = "yes", **said: Any) -> None:
    evaluation, by, now = evaluations(tenant)[at], User.objects.get(name=name), timezone.now()
    answers = {
        "explained": {"level": "clear", "comment": ""},
        "polite": {"level": polite, "comment": ""},
    }
    with tenant_context(tenant.pk):
        draft = whole_call.begin(evaluation=evaluation, by=by, now=now)
        whole_call.save(draft=draft, said=Said(answers=answers, **said), now=now)
        whole_call.finish(draft=draft, by=by, now=now)


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def test_a_reviewer_sees_nothing_of_others_until_done_with_all_calls(tenant: Tenant) -> None:
    made(tenant)
    first = evaluations(tenant)[0]
    call = reverse("call-detail", args=["a", first.transcript_id])
    form = reverse("call-review", args=["a", first.transcript_id, first.pk])
    ann, lead = client("ann"), client("lea")
    wrong = {"promise": "other_meaning"}
    review(tenant, "bob", 0, wrong=wrong)
    assert ann.get(call).headers["Location"] == form
    assert "nobody sees what the others say" in text(ann.get(form))
    assert lead.get(call).status_code == 200, "who has no seat"
    missed = reverse("call-missed", args=["a", first.transcript_id])
    said = {"rule": f"{first.pk}.notice", "utterance": "0", "first": "0", "last": "0"}
    assert lead.post(missed, said).status_code == 302
    assert 'data-mark="manual"' in text(lead.get(call))
    assert 'data-mark="manual"' not in text(ann.get(form))
    assert ann.post(missed, said).status_code == 409
    review(tenant, "ann", 0, wrong=wrong)
    tasks = reverse("task-list", args=["a"])
    assert ann.get(call).headers["Location"] == tasks, "done with this one, not with all"
    assert ann.post(reverse("call-reveal", args=["a", first.transcript_id]), {"reason": "dispute"}
        ).status_code == 409  # fmt: skip
    page = text(ann.get(tasks))
    assert tuple(f"<code>c{at}</code>" in page for at in range(CALLS)) == (False, True, True)
    for at in (1, 2):
        review(tenant, "ann", at)
    assert ann.get(call).status_code == 200
    assert "<code>c1</code>" not in text(ann.get(tasks))
    with tenant_context(tenant.pk):
        standing = set(QueueItem.objects.values_list("standing", flat=True))
    assert standing == {Standing.OPEN}, "no finding changes by it"


def test_a_set_is_closed_and_its_results_tell_the_ambiguous_rule(tenant: Tenant) -> None:
    row = made(tenant)
    assert told(tenant) == [("ann", "calibration_given"), ("bob", "calibration_given")]
    for at in range(CALLS):
        review(tenant, "ann", at, polite="yes" if at else "no")
        review(tenant, "bob", at, wrong={"promise": "other_meaning"} if at else {},
               polite="yes" if at else "no")  # fmt: skip
    page, lead, bob = (
        reverse("calibration-detail", args=["a", row.pk]),
        client("lea"),
        client("bob"),
    )
    assert "6 of 6" in text(lead.get(reverse("calibration-list", args=["a"])))
    assert "Agreement by rule" not in text(lead.get(page))
    close = reverse("calibration-close", args=["a", row.pk])
    assert bob.post(close).status_code == 403
    assert lead.post(close).status_code == 302
    assert lead.post(close).status_code == 409
    shown = text(bob.get(page, {"rule": "promise"}))
    assert ("Agreement by rule" in shown, "not measurable" in shown) == (True, True)
    assert shown.count("differs") == 4, "both, on each of the two calls"
    with tenant_context(tenant.pk):
        row.refresh_from_db()
        results = calibration_results.of(row, "promise")
        events = set(AuditEvent.objects.values_list("event", flat=True))
    by_code = {each.rule.code: each.figures for each in results.rules}
    assert [each.rule.code for each in results.ambiguous] == ["promise"]
    assert by_code["promise"].per_cent.value == pytest.approx(1 / 3)
    assert by_code["polite"].alpha.value == pytest.approx(1)
    assert by_code["notice"].alpha.value is None, "all say that it was kept"
    assert by_code["refund"].per_cent.value is None, "asked of no call"
    assert {each.name: each.reviewed for each in results.reviewers} == {"ann": 3, "bob": 3}
    assert results.reviewers[0].shared.n == 4 * CALLS
    assert events >= {"calibration.made", "calibration.closed"}


def test_what_is_said_after_the_set_was_closed_or_a_second_time_does_not_count(
    tenant: Tenant,
) -> None:
    row = made(tenant, calls=[evaluations(tenant)[0].pk])
    review(tenant, "ann", 0, polite="no")
    review(tenant, "ann", 0, polite="yes")
    with tenant_context(tenant.pk):
        calibrate.close(calibration=row, by=member(tenant, "lea"), now=timezone.now())
    review(tenant, "bob", 0)
    with tenant_context(tenant.pk):
        row.refresh_from_db()
        (counted,) = calibration.reviews(row)
        (answer,) = counted.answers.filter(rule_code="polite")
        results = calibration_results.of(row, "polite")
    assert (counted.by.name, answer.level) == ("ann", "no")
    assert {each.figures.per_cent.value for each in results.rules} == {None}


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({"seats": []}, "0 reviewers"),
        ({"calls": []}, "no calls"),
        ({"calls": [UUID(int=1)]}, "no calls"),
        ({"name": "Taken"}, "another set has"),
    ],
)
def test_a_set_that_could_not_be_compared_is_refused(
    tenant: Tenant, changed: dict[str, Any], seen: str
) -> None:
    made(tenant, name="Taken")
    with pytest.raises(SetRefused, match=seen):
        made(tenant, **changed)


def test_nobody_is_seated_on_a_call_that_they_took_part_in(tenant: Tenant) -> None:
    first = evaluations(tenant)[0]
    with tenant_context(tenant.pk):
        agent = Agent.objects.create(
            tenant=tenant, external_id="7", user=User.objects.get(name="ann")
        )
        Participant.objects.create(
            tenant=tenant, transcript=first.transcript, revision=1, speaker="X", role="agent",
            agent=agent,
        )  # fmt: skip
    with pytest.raises(SetRefused, match="took part"):
        made(tenant)


def test_a_lead_makes_a_set_by_its_page_and_only_its_reviewers_see_it(tenant: Tenant) -> None:
    lead, first = client("lea"), evaluations(tenant)[0]
    new = reverse("calibration-new", args=["a", first.rubric_version.rubric_id])
    assert "c2" in text(lead.get(new))
    form = {
        "name": "Spring",
        "due": "2026-12-01",
        "alpha_at_least": "0.6",
        "calls": [str(first.pk)],
        "seats": [str(member(tenant, "ann").pk), str(member(tenant, "lea").pk)],
    }
    wrong: dict[str, Any]
    for wrong in ({"calls": []}, {"seats": form["seats"][:1]}, {"alpha_at_least": "2"}):
        assert lead.post(new, form | wrong).status_code == 422, wrong
    answer = lead.post(new, form)
    assert answer.status_code == 302
    assert "0 of 1" in text(lead.get(answer.headers["Location"]))
    assert client("ann").get(answer.headers["Location"]).status_code == 200
    assert client("bob").get(answer.headers["Location"]).status_code == 404
    assert client("bob").get(new).status_code == 403
