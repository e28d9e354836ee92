"""A rubric tried on stored calls: what it would find, and how right that is by what was said."""

from copy import deepcopy
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest
from reviews.jobs import ledger
from reviews.models import (
    Backtest,
    BacktestHit,
    Finding,
    HitKind,
    Job,
    JobKind,
    JobState,
    Review,
    RubricVersion,
    Tenant,
    User,
    Verdict,
)
from reviews.models import Rubric as RubricRow
from reviews.models.tenancy import tenant_context
from reviews.queries import backtests, verdicts
from reviews.queries.reasons import USUAL
from reviews.reviewing.decide import Decision, decide
from reviews.reviewing.judge_hit import judge_hit
from reviews.rubrics import publish
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
RULES: list[dict[str, Any]] = [
    {"code": "promise", "severity": "high", "check": {"query": 'agent: "guarantee"'}},
    {"code": "notice", "violation_when": "absent", "check": {"query": '"recorded line"'}},
    {"code": "thanks", "violation_when": "absent", "check": {"query": '"thank you"'}},
]
CALLS = (
    "agent: we guarantee it on a recorded line thank you",
    "agent: we guarantee it thank you",
    "agent: we promise a return on a recorded line thank you",
    "agent: hello on a recorded line thank you",
)
"""promise is broken on the first two; notice on the second."""


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def by() -> User:
    return User.objects.create(email="lead@example.test", name="Lead")


def rubric(**changed: Any) -> dict[str, Any]:
    return {"name": "Calls", "rules": deepcopy(RULES)} | changed


def drafted(query: str) -> str:
    """The document with another query for `promise`."""
    document = rubric()
    document["rules"][0]["check"]["query"] = query
    return canonical(parse_rubric(document)).decode()


@pytest.fixture
def base(tenant: Tenant) -> RubricVersion:
    with tenant_context(tenant.pk):
        version = publish.publish(
            tenant_id=tenant.pk, code="calls", document=rubric(), by=None, now=timezone.now()
        )
        for at, said in enumerate(CALLS):
            keep_said(tenant, f"call-{at}", said)
    drain()
    return version


def begun(base: RubricVersion, document: str, **given: Any) -> Backtest:
    with tenant_context(base.tenant_id):
        row = RubricRow.objects.get(pk=base.rubric_id)
        return backtest.start(
            rubric=row,
            document=document,
            base=base,
            scope=backtest.Scope(days=30),
            by=None,
            now=timezone.now(),
            **given,
        )


def tried(base: RubricVersion, document: str, **given: Any) -> Backtest:
    row = begun(base, document, **given)
    drain()
    with tenant_context(base.tenant_id):
        row.refresh_from_db()
    assert row.ended_at is not None
    return row


def kinds(row: Backtest) -> dict[str, HitKind]:
    with tenant_context(row.tenant_id):
        hits = BacktestHit.objects.filter(backtest=row).select_related("transcript")
        return {f"{hit.transcript.external_id} {hit.rule_code}": HitKind(hit.kind) for hit in hits}


def report(row: Backtest) -> backtests.Report:
    with tenant_context(row.tenant_id):
        return backtests.report(row, now=timezone.now())


WIDER = 'agent: ("guarantee" OR "promise a return")'
NARROWER = 'agent: ("guarantee" NEAR/9 "recorded")'


def test_only_what_differs_is_tried_and_each_hit_is_new_lost_or_same(base: RubricVersion) -> None:
    row = tried(base, drafted(WIDER))
    assert (row.rules, row.calls, row.done) == (["promise"], 4, 4)
    assert kinds(row) == {
        "call-0 promise": HitKind.SAME,
        "call-1 promise": HitKind.SAME,
        "call-2 promise": HitKind.NEW,
    }
    row = tried(base, drafted(NARROWER))
    assert kinds(row) == {"call-0 promise": HitKind.SAME, "call-1 promise": HitKind.LOST}
    (line,) = report(row).rules
    assert (line.drafted, line.published, line.new, line.lost, line.same) == (1, 2, 0, 1, 1)
    assert report(row).drafted_per_thousand == 250


def test_without_a_verdict_there_is_no_number(base: RubricVersion) -> None:
    shown = report(tried(base, drafted(WIDER)))
    assert (shown.precision, shown.before, shown.rules[0].precision) == (None, None, None)
    assert shown.seconds_a_verdict is None
    assert shown.minutes_a_day is None


def test_precision_is_that_of_earlier_verdicts_at_the_same_place(
    base: RubricVersion, by: User
) -> None:
    """Of three hits two are judged by reviews and one in the backtest: 2 of 3 are right."""
    with tenant_context(base.tenant_id):
        for external_id, verdict in (("call-0", Verdict.UPHELD), ("call-1", Verdict.DISMISSED)):
            finding = Finding.objects.get(transcript__external_id=external_id, rule_code="promise")
            give(finding, verdict, by)
    row = tried(base, drafted(WIDER))
    before = report(row).before
    assert before is not None
    assert (before.hits, before.judged) == (1, 2)
    with tenant_context(base.tenant_id):
        new = BacktestHit.objects.get(backtest=row, kind=HitKind.NEW)
        judge_hit(hit=new, is_violation=True, by=by, now=timezone.now())
    precision = report(row).precision
    assert precision is not None
    # By hand: p = 2/3, n = 3, z = 1.96 → (0.2077, 0.9385).
    assert (precision.hits, precision.judged) == (2, 3)
    assert precision.low == pytest.approx(0.2077, abs=5e-4)
    assert precision.high == pytest.approx(0.9385, abs=5e-4)
    (again,) = report(tried(base, drafted(WIDER))).rules
    assert again.precision == precision


def give(finding: Finding, verdict: Verdict, by: User) -> Review:
    reason = next(iter(USUAL)) if verdict == Verdict.DISMISSED else ""
    return decide(
        finding=finding,
        decision=Decision(verdict, 0, reason),
        by=by,
        now=timezone.now(),
    )


def test_a_verdict_on_another_place_says_nothing(base: RubricVersion, by: User) -> None:
    with tenant_context(base.tenant_id):
        finding = Finding.objects.get(transcript__external_id="call-0", rule_code="promise")
        give(finding, Verdict.UPHELD, by)
    elsewhere = tried(base, drafted('agent: "recorded line"'))
    assert kinds(elsewhere)["call-0 promise"] in (HitKind.NEW, HitKind.LOST)
    with tenant_context(base.tenant_id):
        counted = verdicts.counts(elsewhere)
        assert sum(each.judged for each in counted if each.kind == HitKind.NEW) == 0
        assert sum(each.right for each in counted if each.kind == HitKind.LOST) == 1


def test_the_newest_word_holds_and_a_verdict_taken_back_is_none(
    base: RubricVersion, by: User
) -> None:
    with tenant_context(base.tenant_id):
        finding = Finding.objects.get(transcript__external_id="call-0", rule_code="promise")
        give(finding, Verdict.UPHELD, by)
    row = tried(base, drafted(WIDER))
    with tenant_context(base.tenant_id):
        hit = BacktestHit.objects.get(backtest=row, transcript__external_id="call-0")
        judge_hit(hit=hit, is_violation=False, by=by, now=timezone.now())
    assert (report(row).precision or pytest.fail("none")).hits == 0
    with tenant_context(base.tenant_id):
        decide(
            finding=finding,
            decision=Decision(Verdict.REOPENED, 1),
            by=by,
            now=timezone.now(),
        )
        known = verdicts.known(row, [hit.pk])
    assert (known[hit.pk].is_right, known[hit.pk].origin) == (False, "backtest")


def test_absences_are_the_same_absence(base: RubricVersion) -> None:
    document = rubric()
    document["rules"][1]["check"]["query"] = '"recorded line" OR "taped line"'
    row = tried(base, canonical(parse_rubric(document)).decode())
    assert kinds(row) == {"call-1 notice": HitKind.SAME}
    with tenant_context(row.tenant_id):
        hit = BacktestHit.objects.get(backtest=row)
        assert (hit.is_absence, hit.utterance) == (True, None)


def test_a_removed_rule_loses_what_it_found_and_a_first_rubric_has_only_new(
    base: RubricVersion,
) -> None:
    document = canonical(parse_rubric(rubric(rules=RULES[1:]))).decode()
    row = tried(base, document)
    assert set(kinds(row).values()) == {HitKind.LOST}
    with tenant_context(base.tenant_id):
        alone = backtest.start(
            rubric=base.rubric,
            document=base.document,
            base=None,
            scope=backtest.Scope(days=30),
            by=None,
            now=timezone.now(),
        )
    drain()
    assert set(kinds(alone).values()) == {HitKind.NEW}
    assert len(kinds(alone)) == 3


def test_what_does_not_differ_is_refused_unless_it_is_named(base: RubricVersion) -> None:
    with pytest.raises(backtest.BacktestRefused):
        begun(base, base.document)
    assert len(kinds(tried(base, base.document, rule="promise"))) == 2


def test_each_batch_is_counted_once_whatever_dies(
    base: RubricVersion, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of one call; every second one dies before its commit."""
    monkeypatch.setattr(backtest, "BATCH", 1)
    settings.JOB_TIMEOUT_S = 0
    died: list[ledger.Claim] = []
    real = ledger.extend

    def dying(claim: ledger.Claim, **given: Any) -> None:
        real(claim, **given)
        if len(died) % 2 == 0:
            died.append(claim)
            raise ConnectionError
        died.append(claim)

    row = begun(base, drafted(WIDER))
    with patch.object(ledger, "extend", dying):
        for _ in range(20):
            drain()
            with tenant_context(base.tenant_id):
                Job.objects.filter(kind=JobKind.BACKTEST, state=JobState.QUEUED).update(
                    due_at=timezone.now(), attempts=0
                )
    with tenant_context(base.tenant_id):
        row.refresh_from_db()
        assert (row.done, BacktestHit.objects.filter(backtest=row).count()) == (4, 3)
        assert row.ended_at is not None
    assert len(died) >= 8


def test_a_cancelled_backtest_keeps_what_it_has_and_stops(
    base: RubricVersion, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(backtest, "BATCH", 1)
    settings.JOB_TIMEOUT_S = 0
    row = begun(base, drafted(WIDER))
    with tenant_context(base.tenant_id):
        job = Job.objects.filter(kind=JobKind.BACKTEST).first()
        assert job is not None
    tasks.run_job(str(base.tenant_id), str(job.pk))
    with tenant_context(base.tenant_id):
        backtest.cancel(row, now=timezone.now())
    drain()
    with tenant_context(base.tenant_id):
        row.refresh_from_db()
        assert row.done <= 2
        assert row.ended_at is not None


def test_the_calls_of_the_days_that_are_asked_for_are_tried(base: RubricVersion) -> None:
    with tenant_context(base.tenant_id):
        row = backtest.start(
            rubric=base.rubric,
            document=drafted(WIDER),
            base=base,
            scope=backtest.Scope(days=30),
            by=None,
            now=timezone.now() - timedelta(days=40),
        )
    assert row.calls == 0
    assert report(row).percent == 100
