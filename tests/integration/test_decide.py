"""A verdict: one winner, its audit row, and back again by another review."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.utils import timezone

from reviews import audit
from reviews.models import AuditEvent, QueueItem, Review, ReviewNote, Standing, Verdict
from reviews.models.tenancy import tenant_context
from reviews.policies import NotPossible
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
    with pytest.raises(NotPossible):
        give(a, Verdict.UPHELD, 2)


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("because", ""), ("allowed", "x" * 2001)])
def test_a_dismissal_without_a_reason_or_with_a_long_note_is_refused(
    a: World, reason: str, note: str
) -> None:
    with pytest.raises(ReasonRefused):
        give(a, Verdict.DISMISSED, 1, reason=reason, note=note)
    assert standing(a) == (Standing.OPEN, 1)


RACES = 300


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
