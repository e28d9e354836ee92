"""Verdicts hold for the same finding of a later version, and it returns where it is stronger."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reviews.evaluation import anew
from reviews.models import Finding, QueueItem, RubricVersion, Standing, Tenant, User, Verdict
from reviews.models.tenancy import tenant_context
from reviews.queries.reasons import USUAL
from reviews.reviewing.decide import Decision, decide
from reviews.rubrics import publish
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "agent: we guarantee it on a line\ncustomer: thanks\nagent: we promise it and guarantee it"
RULE: dict[str, Any] = {
    "code": "promise",
    "severity": "medium",
    "check": {"query": '"guarantee it on"'},
}
NOTICE = {"code": "notice", "violation_when": "absent", "check": {"query": '"recorded line"'}}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def by() -> User:
    return User.objects.create(email="lead@example.test", name="Lead")


def published(tenant: Tenant, **rule: Any) -> RubricVersion:
    """A version with the rule so changed; the calls that are here are evaluated by it."""
    document = {"name": "Calls", "rules": [RULE | rule, NOTICE]}
    now = timezone.now()
    with tenant_context(tenant.pk):
        version = publish.publish(
            tenant_id=tenant.pk, code="calls", document=document, by=None, now=now
        )
        anew.start(version, days=30, by=None, now=now)
    drain()
    return version


def decided(tenant: Tenant, by: User, verdict: Verdict, rule: str = "promise") -> None:
    with tenant_context(tenant.pk):
        finding = Finding.objects.get(rule_code=rule)
        reason = next(iter(USUAL)) if verdict == Verdict.DISMISSED else ""
        decide(finding=finding, decision=Decision(verdict, 0, reason), by=by, now=timezone.now())


def items(tenant: Tenant, rule: str = "promise") -> list[tuple[int, str, bool, bool]]:
    """Version, standing, whether somebody decided it, whether it was carried; in order."""
    with tenant_context(tenant.pk):
        rows = QueueItem.objects.filter(rule_code=rule).order_by("found_at")
        return [
            (
                row.finding.evaluation.rubric_version.number,
                row.standing,
                row.decided_by_id is not None,
                row.carried_from_id is not None,
            )
            for row in rows
        ]


@pytest.mark.parametrize("verdict", [Verdict.UPHELD, Verdict.DISMISSED])
def test_a_verdict_holds_for_the_same_words(verdict: Verdict, tenant: Tenant, by: User) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    decided(tenant, by, verdict)
    published(tenant, title="Another title")
    assert items(tenant) == [
        (1, Standing.SUPERSEDED, True, False),
        (2, verdict.value, True, True),
    ]


def test_a_verdict_on_an_absence_holds_for_the_same_absence(tenant: Tenant, by: User) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    decided(tenant, by, Verdict.UPHELD, "notice")
    published(tenant, title="Another title")
    assert items(tenant, "notice")[1] == (2, Standing.UPHELD, True, True)


@pytest.mark.parametrize(
    "stronger", [{"severity": "high"}, {"check": {"query": '"guarantee it on" OR "promise it"'}}]
)
def test_what_is_stronger_comes_back(stronger: dict[str, Any], tenant: Tenant, by: User) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    decided(tenant, by, Verdict.DISMISSED)
    published(tenant, **stronger)
    assert items(tenant)[1] == (2, Standing.OPEN, False, True)


def test_other_words_are_a_new_finding(tenant: Tenant, by: User) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    decided(tenant, by, Verdict.DISMISSED)
    published(tenant, check={"query": '"promise it"'})
    assert items(tenant) == [
        (1, Standing.DISMISSED, True, False),
        (2, Standing.OPEN, False, False),
    ]


def test_what_was_undecided_is_superseded_and_open_again(tenant: Tenant) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    published(tenant, title="Another title")
    assert items(tenant) == [
        (1, Standing.SUPERSEDED, False, False),
        (2, Standing.OPEN, False, False),
    ]


def test_a_carried_verdict_can_be_taken_back_and_is_carried_on(tenant: Tenant, by: User) -> None:
    keep_said(tenant, "c", SAID)
    published(tenant)
    decided(tenant, by, Verdict.UPHELD)
    published(tenant, title="Second")
    published(tenant, title="Third")
    assert items(tenant)[2] == (3, Standing.UPHELD, True, True)
    with tenant_context(tenant.pk):
        finding = Finding.objects.get(rule_code="promise", evaluation__rubric_version__number=3)
        reopened = Decision(Verdict.REOPENED, 0)
        decide(finding=finding, decision=reopened, by=by, now=timezone.now())
    assert items(tenant)[2][1] == Standing.OPEN


def test_what_is_in_somebodys_hands_stays_there(tenant: Tenant, by: User) -> None:
    """Escalated, assigned, taken, put off and due: a new version does not undo the leads' work."""
    keep_said(tenant, "c", SAID)
    published(tenant)
    now = timezone.now()
    given: dict[str, Any] = {
        "standing": Standing.ESCALATED, "level": 2, "assigned_to": by, "claimed_by": by,
        "claimed_until": now, "held_until": now, "due_at": now, "asked_by": by,
    }  # fmt: skip
    with tenant_context(tenant.pk):
        QueueItem.objects.filter(rule_code="promise").update(**given)
    published(tenant, title="Another title")
    with tenant_context(tenant.pk):
        row = QueueItem.objects.get(
            rule_code="promise", finding__evaluation__rubric_version__number=2
        )
        assert {name: getattr(row, name) for name in given} == given
        other = QueueItem.objects.get(
            rule_code="notice", finding__evaluation__rubric_version__number=2
        )
        assert (other.standing, other.assigned_to_id) == (Standing.OPEN, None)


@pytest.mark.parametrize("late", [True, False])
def test_the_sooner_of_two_times_holds(late: bool, tenant: Tenant) -> None:
    """What is graver now may be due sooner than it was."""
    keep_said(tenant, "c", SAID)
    published(tenant)
    before = timezone.now() + timedelta(days=900 if late else -1)
    with tenant_context(tenant.pk):
        QueueItem.objects.filter(rule_code="promise").update(due_at=before)
    published(tenant, severity="critical")
    with tenant_context(tenant.pk):
        row = QueueItem.objects.get(
            rule_code="promise", finding__evaluation__rubric_version__number=2
        )
    assert row.due_at is not None
    assert (row.due_at < before) is late
    assert (row.due_at == before) is not late


@pytest.mark.parametrize(("severity", "kept"), [("medium", "low"), ("low", "")])
def test_a_severity_that_was_lowered_stays_lowered(
    severity: str, kept: str, tenant: Tenant, by: User
) -> None:
    """Or is the rule's own by now."""
    keep_said(tenant, "c", SAID)
    published(tenant)
    with tenant_context(tenant.pk):
        finding = Finding.objects.get(rule_code="promise")
        decision = Decision(Verdict.UPHELD, 0, severity="low")
        decide(finding=finding, decision=decision, by=by, now=timezone.now())
    published(tenant, severity=severity, title="Another title")
    with tenant_context(tenant.pk):
        row = QueueItem.objects.get(
            rule_code="promise", finding__evaluation__rubric_version__number=2
        )
        assert (row.standing, row.lowered_to) == (Standing.UPHELD, kept)
