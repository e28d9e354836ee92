"""How much is found of all there is, by whole calls that were drawn by chance."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from reviews.detection import proportion
from reviews.detection.proportion import wilson
from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest
from reviews.models import Backtest, CallReview, Evaluation, RubricVersion, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.queries import backtests, quality, recall
from reviews.queries.rubrics import RubricRow
from reviews.reviewing import whole_call
from reviews.reviewing.whole_call import Said
from tests.factories.asking import RULES, evaluated, published
from tests.factories.loop import drain

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {
    "explained": {"level": "clear", "comment": ""},
    "polite": {"level": "yes", "comment": ""},
}
PROMISED = "agent: we guarantee it on a recorded line"
HINTED = "agent: it cannot fall on a recorded line"
"""A guarantee that the rule does not hear."""


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def by() -> User:
    return User.objects.create(email="ann@example.test")


@pytest.fixture
def version(tenant: Tenant) -> RubricVersion:
    return published(tenant)


def reviewed(row: Evaluation, by: User, *, is_random: bool, missed: bool = False) -> CallReview:
    said = Said(answers=ANSWERS, missed={"promise": {"utterance": 0}} if missed else {})
    now = timezone.now()
    with tenant_context(row.tenant_id):
        draft = whole_call.begin(evaluation=row, by=by, now=now, is_random=is_random)
        whole_call.save(draft=draft, said=said, now=now)
        return whole_call.finish(draft=draft, by=by, now=now)


def drawn(version: RubricVersion) -> recall.Drawn:
    now = timezone.now()
    with tenant_context(version.tenant_id):
        return recall.by_rule(
            version.tenant_id, version.rubric_id, since=now - timedelta(days=1), until=now
        )


def test_only_calls_drawn_by_chance_count_and_each_by_its_last_review(
    version: RubricVersion, tenant: Tenant, by: User
) -> None:
    assert drawn(version) == recall.Drawn(0, {})
    found, hinted, chosen = (
        evaluated(tenant, name, said)
        for name, said in (("1", PROMISED), ("2", HINTED), ("3", HINTED))
    )
    reviewed(found, by, is_random=True)
    reviewed(hinted, by, is_random=True)
    reviewed(chosen, by, is_random=False, missed=True)
    assert drawn(version) == recall.Drawn(2, {"promise": (1, 0)})
    reviewed(hinted, by, is_random=False, missed=True)
    assert drawn(version) == recall.Drawn(2, {"promise": (1, 1)})


def test_the_quality_report_says_how_many_calls_are_needed_and_then_the_share(
    version: RubricVersion, tenant: Tenant, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(evaluated(tenant, "1", PROMISED), by, is_random=True)
    reviewed(evaluated(tenant, "2", HINTED), by, is_random=True, missed=True)
    row = RubricRow(version, parse_rubric({"name": "Calls", "rules": RULES}))
    with tenant_context(tenant.pk):
        shown = {each.code: each for each in quality.of(row, now=timezone.now())}
    assert set(shown) == {"promise", "notice"}, "questions have no findings to be right about"
    assert (shown["promise"].recall.share, shown["promise"].recall.needs) == (None, 94)
    monkeypatch.setattr(proportion, "recall", partial(proportion.recall, half=0.5))
    with tenant_context(tenant.pk):
        shown = {each.code: each for each in quality.of(row, now=timezone.now())}
    assert shown["promise"].recall.share == wilson(1, 2)


def tried(version: RubricVersion, query: str) -> Backtest:
    rules = [RULES[0] | {"check": {"query": query}}, *RULES[1:]]
    document = canonical(parse_rubric({"name": "Calls", "rules": rules})).decode()
    with tenant_context(version.tenant_id):
        row = backtest.start(
            rubric=version.rubric,
            document=document,
            base=version,
            scope=backtest.Scope(days=30),
            by=None,
            now=timezone.now(),
        )
        assert backtests.report(row, now=timezone.now()).recall is None, "nothing is tried yet"
    drain()
    with tenant_context(version.tenant_id):
        row.refresh_from_db()
    return row


def test_a_backtest_says_how_much_a_draft_finds_of_what_people_saw(
    version: RubricVersion, tenant: Tenant, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(evaluated(tenant, "1", PROMISED), by, is_random=True)
    reviewed(evaluated(tenant, "2", HINTED), by, is_random=True, missed=True)
    wider = tried(version, 'agent: (guarantee OR "cannot fall")')
    narrower = tried(version, 'agent: "we guarantee nothing"')
    monkeypatch.setattr(proportion, "recall", partial(proportion.recall, half=0.5))
    with tenant_context(tenant.pk):
        assert recall.of_backtest(wider).share == wilson(2, 2)
        assert recall.of_backtest(narrower).share == wilson(0, 2)
