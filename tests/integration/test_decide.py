"""A verdict: one winner, its audit row, and back again by another review."""

import os
from collections.abc import Iterator
from functools import partial

import pytest
from django.utils import timezone

from reviews import audit
from reviews.models import (
    Agent,
    AuditEvent,
    MemberRole,
    Membership,
    QueueItem,
    Review,
    ReviewNote,
    Standing,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
from reviews.reviewing import hand
from reviews.reviewing.decide import AlreadyDecided, Decision, ReasonRefused, decide
from tests.factories.races import at_once
from tests.factories.tenants import World, world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def a() -> World:
    """A tenant whose finding stands open, as its first review left it."""
    one = world("a")
    with tenant_context(one.tenant.pk):
        QueueItem.objects.update(standing=Standing.OPEN)
        Membership.objects.update(role=MemberRole.LEAD)
    return one


def give(one: World, verdict: Verdict, sequence: int, **words: str) -> Review:
    decision = Decision(verdict, sequence, **words)
    with tenant_context(one.tenant.pk):
        return decide(finding=one["Finding"], decision=decision, by=one.user, now=timezone.now())


def standing(one: World) -> tuple[str, int]:
    with tenant_context(one.tenant.pk):
        item = QueueItem.objects.get()
        return item.standing, item.sequence


def test_each_verdict_moves_the_finding_and_undo_opens_it_again(a: World) -> None:
    give(a, Verdict.ESCALATED, 1)
    assert standing(a) == (Standing.ESCALATED, 2)
    give(a, Verdict.UPHELD, 2)
    assert standing(a) == (Standing.UPHELD, 3)
    give(a, Verdict.REOPENED, 3)
    assert standing(a) == (Standing.OPEN, 4)
    give(a, Verdict.DISMISSED, 4, reason="allowed", note="asked the lead")
    assert standing(a) == (Standing.DISMISSED, 5)
    with tenant_context(a.tenant.pk):
        assert list(Review.objects.order_by("sequence").values_list("sequence", "verdict")) == [
            (1, "upheld"), (2, "escalated"), (3, "upheld"), (4, "reopened"), (5, "dismissed"),
        ]  # fmt: skip
        assert ReviewNote.objects.filter(text="asked the lead").count() == 1
        events = AuditEvent.objects.filter(event__startswith="finding.").order_by("sequence")
        assert [event.event for event in events] == [
            "finding.escalated", "finding.upheld", "finding.reopened", "finding.dismissed",
        ]  # fmt: skip


def test_a_verdict_on_what_was_not_seen_is_refused_and_says_what_stands(a: World) -> None:
    give(a, Verdict.UPHELD, 1)
    with pytest.raises(AlreadyDecided, match="another one was first: confirmed"):
        give(a, Verdict.DISMISSED, 1, reason="allowed")
    assert standing(a) == (Standing.UPHELD, 2)


def test_a_verdict_that_does_not_follow_is_refused(a: World) -> None:
    give(a, Verdict.UPHELD, 1)
    with pytest.raises(NotPossible, match="the finding is confirmed"):
        give(a, Verdict.ESCALATED, 2)
    with pytest.raises(NotPossible, match="the finding is confirmed"):
        give(a, Verdict.SECOND, 2)
    with pytest.raises(NotPossible):
        give(a, Verdict.UPHELD, 2)


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("because", ""), ("allowed", "x" * 2001)])
def test_a_dismissal_without_a_reason_or_with_a_long_note_is_refused(
    a: World, reason: str, note: str
) -> None:
    with pytest.raises(ReasonRefused):
        give(a, Verdict.DISMISSED, 1, reason=reason, note=note)
    assert standing(a) == (Standing.OPEN, 1)


def test_an_escalated_finding_is_decided_where_it_was_escalated_to(a: World) -> None:
    give(a, Verdict.ESCALATED, 1)
    give(a, Verdict.ESCALATED, 2)
    with pytest.raises(NotPossible, match=r"escalated to level 2\. Leave it to a tenant admin"):
        give(a, Verdict.UPHELD, 3)
    with pytest.raises(NotPossible, match="the last level already"):
        give(a, Verdict.ESCALATED, 3)
    with tenant_context(a.tenant.pk):
        Membership.objects.update(role=MemberRole.TENANT_ADMIN)
    give(a, Verdict.UPHELD, 3)
    assert standing(a) == (Standing.UPHELD, 4)


def test_a_second_opinion_is_another_ones(a: World) -> None:
    give(a, Verdict.SECOND, 1)
    with pytest.raises(NotPossible, match="you asked for yourself"):
        give(a, Verdict.UPHELD, 2)
    other = User.objects.create_user("other@example.test")
    with tenant_context(a.tenant.pk):
        upheld = Decision(Verdict.UPHELD, 2)
        decide(finding=a["Finding"], decision=upheld, by=other, now=timezone.now())
    assert standing(a) == (Standing.UPHELD, 3)


def test_nobody_decides_on_a_call_they_took_part_in(a: World) -> None:
    with tenant_context(a.tenant.pk):
        Agent.objects.update(user=a.user)
    with pytest.raises(NotPossible, match="a call that you took part in"):
        give(a, Verdict.DISMISSED, 1, reason="allowed")
    assert standing(a) == (Standing.OPEN, 1)


def test_a_finding_is_upheld_in_part_only_as_less_grave(a: World) -> None:
    with pytest.raises(ReasonRefused, match="not below the rule's"):
        give(a, Verdict.UPHELD, 1, severity="critical")
    assert give(a, Verdict.UPHELD, 1, severity="low").severity == "low"
    with tenant_context(a.tenant.pk):
        assert QueueItem.objects.get().lowered_to == "low"
    give(a, Verdict.REOPENED, 2)
    with tenant_context(a.tenant.pk):
        assert QueueItem.objects.get().lowered_to == ""


def test_what_somebody_has_in_hand_is_theirs_until_it_is_taken_over(a: World) -> None:
    other = User.objects.create_user("other@example.test")
    now = timezone.now()
    with tenant_context(a.tenant.pk):
        assert hand.claim(finding=a["Finding"], by=other, now=now)
        assert not hand.claim(finding=a["Finding"], by=a.user, now=now)
    with pytest.raises(NotPossible, match="somebody else has the finding in hand"):
        give(a, Verdict.UPHELD, 1)
    with tenant_context(a.tenant.pk):
        assert hand.claim(finding=a["Finding"], by=a.user, now=now, is_taken_over=True)
        assert AuditEvent.objects.filter(event="finding.taken_over").count() == 1
    give(a, Verdict.UPHELD, 1)


def test_a_claim_ends_by_itself(a: World) -> None:
    other = User.objects.create_user("other@example.test")
    with tenant_context(a.tenant.pk):
        hand.claim(finding=a["Finding"], by=other, now=timezone.now() - hand.CLAIMED)
    give(a, Verdict.UPHELD, 1)


def test_of_two_claims_at_once_one_holds(a: World) -> None:
    people = [a.user, User.objects.create_user("other@example.test")]
    for _ in range(20):
        takers = iter(people)
        assert sorted(at_once(2, partial(_claims, a, takers))) == [False, True]
        with tenant_context(a.tenant.pk):
            QueueItem.objects.update(claimed_by=None, claimed_until=None)


def _claims(one: World, takers: Iterator[User]) -> bool:
    taker = next(takers)
    with tenant_context(one.tenant.pk):
        return hand.claim(finding=one["Finding"], by=taker, now=timezone.now())


RACES = int(os.environ.get("RACES", "100"))


def test_of_two_reviewers_at_once_one_wins(a: World) -> None:
    """Each race starts where the one before ended, and ends with an undo."""
    for race in range(RACES):
        seen = 1 + 2 * race
        verdicts = iter([Decision(Verdict.UPHELD, seen), Decision(Verdict.ESCALATED, seen)])
        won = at_once(2, partial(_wins, a, verdicts))
        assert sorted(won) == [False, True], f"race {race}"
        give(a, Verdict.REOPENED, seen + 1)
    assert standing(a) == (Standing.OPEN, 1 + 2 * RACES)


def _wins(one: World, verdicts: Iterator[Decision]) -> bool:
    decision = next(verdicts)
    try:
        give(one, decision.verdict, decision.sequence)
    except AlreadyDecided:
        return False
    return True


def test_a_failing_audit_undoes_the_verdict(a: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        give(a, Verdict.UPHELD, 1)
    assert standing(a) == (Standing.OPEN, 1)
