"""Rubrics by their pages: written, tried on a few lines, mended, backtested, judged, published."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Backtest,
    BacktestHit,
    Draft,
    Evaluation,
    Finding,
    HitKind,
    Judgement,
    MemberRole,
    RubricVersion,
    Team,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models import Rubric as RubricRow
from reviews.models.tenancy import tenant_context
from reviews.queries.reasons import USUAL
from reviews.reviewing.decide import Decision, decide
from reviews.rubrics import publish
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
SAID = (
    "agent: we guarantee it\ncustomer: thank you",
    "agent: we promise a return\ncustomer: thank you",
    "agent: hello\ncustomer: we guarantee nothing",
)


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


@pytest.fixture
def rubric(author: Client, care: Tenant) -> RubricRow:
    """One with a draft and no rule."""
    author.post(reverse("rubric-new", args=[care.slug]), {"name": "Calls", "code": "promises"})
    with tenant_context(care.pk):
        return RubricRow.objects.get(code="promises")


def address(name: str, rubric: RubricRow, *more: Any) -> str:
    return reverse(name, args=["meridian-care", rubric.pk, *more])


def fields(query: str, **more: Any) -> dict[str, Any]:
    return {
        "code": "promise", "title": "No promise", "severity": "low", "weight": "1",
        "violation_when": "found", "query": query,
    } | more  # fmt: skip


def seen(rubric: RubricRow) -> int:
    with tenant_context(rubric.tenant_id):
        return Draft.objects.get(rubric=rubric).revision


def post(client: Client, rubric: RubricRow, query: str, act: str, **more: Any) -> Any:
    sent = fields(query, **more) | {"act": act, "seen": seen(rubric)}
    return client.post(address("draft-rule", rubric), sent)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def published(client: Client, rubric: RubricRow, query: str = 'agent: "guarantee"') -> None:
    post(client, rubric, query, "save")
    sent = {"note": "Promises are looked for", "seen": seen(rubric)}
    assert client.post(address("draft-publish", rubric), sent).status_code == 302


def test_a_rule_is_tried_on_lines_before_it_is_saved(author: Client, rubric: RubricRow) -> None:
    found = text(post(author, rubric, 'agent: "guarantee"', "try", snippet=SAID[0]))
    assert "Breaks the rule" in found
    assert '<mark data-mark="hit">guarantee</mark>' in found
    missed = text(post(author, rubric, 'agent: "guarantee it now"', "try", snippet=SAID[0]))
    assert "Does not break it" in missed
    assert "Nearest: 2 of 3 words" in missed
    by_another = text(post(author, rubric, 'agent: "guarantee"', "try", snippet=SAID[2]))
    assert "by another speaker" in by_another
    with tenant_context(rubric.tenant_id):
        assert '"rules": []' in Draft.objects.get(rubric=rubric).document


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"query": 'agent: "guarantee'}, "line 1, column"),
        ({"query": ""}, "Write a query, or another check"),
        ({"query": '"a"', "check": "pii: {}"}, "one of the two"),
        ({"query": "", "check": "pii: ["}, "Mend the YAML"),
        ({"query": "", "check": "nothing: 1"}, "check"),
        ({"query": '"a"', "applies_when": "duration >"}, "column"),
        ({"query": '"a"', "section": "nowhere"}, "Select a valid choice"),
        ({"query": '"a"', "must_match": "hello"}, "names no speaker"),
        ({"query": '"a"', "weight": "-1"}, "greater than or equal to 0"),
        ({"query": '"a"', "seen": ""}, "Load the page again"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_changes_nothing(
    sent: dict[str, Any], told: str, author: Client, rubric: RubricRow
) -> None:
    body = fields("") | {"act": "save", "seen": seen(rubric)} | sent
    answer = author.post(address("draft-rule", rubric), body)
    assert answer.status_code == 422
    assert told in text(answer)
    assert seen(rubric) == 1


@pytest.mark.parametrize("snippet", ["hello", "somebody: hello", "agent: " + "x" * 20_000])
def test_lines_that_cannot_be_tried_are_told(
    snippet: str, author: Client, rubric: RubricRow
) -> None:
    answer = post(author, rubric, '"hello"', "try", snippet=snippet)
    assert "The snippet is refused" in text(answer)


def test_a_red_example_is_saved_and_blocks_publishing(author: Client, rubric: RubricRow) -> None:
    post(author, rubric, '"guarantee"', "save", must_match="agent: hello")
    page = text(author.get(address("draft-detail", rubric)))
    assert "1 example does not come out as its author says; it blocks publishing" in page
    sent = {"note": "x", "seen": seen(rubric)}
    answer = author.post(address("draft-publish", rubric), sent)
    assert answer.status_code == 422
    assert "is not found" in text(answer)


def test_a_rule_is_changed_and_taken_out(author: Client, rubric: RubricRow) -> None:
    post(author, rubric, '"guarantee"', "save", languages="en, es", must_match="agent: guarantee")
    shown = author.get(address("draft-rule", rubric), {"code": "promise"})
    assert 'value="en, es"' in text(shown)
    assert "agent: guarantee" in text(shown)
    sent = {"act": "drop", "seen": seen(rubric)}
    author.post(address("draft-rule", rubric) + "?code=promise", sent)
    with tenant_context(rubric.tenant_id):
        assert '"rules": []' in Draft.objects.get(rubric=rubric).document


def test_the_second_author_is_told_with_what_he_wrote(author: Client, rubric: RubricRow) -> None:
    before = seen(rubric)
    post(author, rubric, '"first"', "save")
    sent = fields('"second"', code="other") | {"act": "save", "seen": before}
    answer = author.post(address("draft-rule", rubric), sent)
    assert answer.status_code == 422
    assert "changed the draft meanwhile" in text(answer)
    assert "&quot;second&quot;" in text(answer)


@pytest.fixture
def tried(author: Client, rubric: RubricRow, care: Tenant) -> Backtest:
    """A draft that finds one call more than version 1, tried on three."""
    published(author, rubric)
    for at, said in enumerate(SAID):
        keep_said(care, f"c-{at}", said)
    drain()
    author.post(address("draft-begin", rubric))
    sent = fields('agent: ("guarantee" OR "promise")') | {"act": "save", "seen": seen(rubric)}
    author.post(address("draft-rule", rubric) + "?code=promise", sent)
    page = text(author.get(address("draft-detail", rubric)))
    assert "<ins>" in page
    author.post(address("backtest-begin", rubric), {"days": 30})
    drain()
    with tenant_context(care.pk):
        return Backtest.objects.get()


def test_a_backtest_is_shown_and_judged(author: Client, rubric: RubricRow, tried: Backtest) -> None:
    page = text(author.get(address("backtest-detail", rubric, tried.pk)))
    assert "3 of 3 calls tried" in page
    assert 'Different <span class="count">1</span>' in page
    assert 'Findings per 1,000 calls</dt><dd class="number">666.7' in page
    with tenant_context(rubric.tenant_id):
        hit = BacktestHit.objects.get(backtest=tried, kind=HitKind.NEW)
    judged = author.post(
        address("hit-judge", rubric, tried.pk, hit.pk), {"verdict": "right", "show": "new"}
    )
    assert judged["Location"].endswith(f"?show=new#h-{hit.pk}")
    page = text(author.get(judged["Location"]))
    assert "1.00" in page
    assert "judged here" in page
    with tenant_context(rubric.tenant_id):
        assert Judgement.objects.get().is_violation


def test_a_backtest_is_narrowed_by_the_form_and_says_so(
    author: Client, rubric: RubricRow, tried: Backtest, care: Tenant
) -> None:
    with tenant_context(care.pk):
        source = Transcript.objects.select_related("source").get(external_id="c-0").source
        other = Team.objects.create(tenant=care, name="Evening")
    form = text(author.get(address("draft-detail", rubric)))
    assert f'<option value="{source.pk}">' in form
    assert ">Evening</option>" in form
    for name, row, calls in (("source", source, "3 of 3 calls"), ("team", other, "0 of 0 calls")):
        answer = author.post(address("backtest-begin", rubric), {"days": 30, name: str(row.pk)})
        drain()
        page = text(author.get(answer["Location"]))
        assert f"only {name} {row.name}" in page
        assert f"{calls} tried" in page


def test_it_is_published_compared_and_restored(
    author: Client, rubric: RubricRow, tried: Backtest
) -> None:
    sent = {"note": "Promises, too", "days": 30, "seen": seen(rubric)}
    refused = text(author.post(address("draft-publish", rubric), sent))
    assert "0.1 verdicts a day by its backtest, where 0.0 are decided" in refused
    author.post(address("draft-publish", rubric), sent | {"reason": "a reviewer more"})
    drain()
    with tenant_context(rubric.tenant_id):
        second = RubricVersion.objects.get(rubric=rubric, number=2)
        assert Evaluation.objects.filter(rubric_version=second).count() == 3
        first = RubricVersion.objects.get(rubric=rubric, number=1)
    page = text(author.get(address("version-compare", rubric, first.pk, second.pk)))
    assert "Promises, too (more than is decided a day: a reviewer more)" in page
    assert "Both versions on the same calls" in page
    author.post(address("version-restore", rubric, first.pk))
    page = text(author.get(address("draft-detail", rubric)))
    assert "<del>" in page


def test_a_change_of_the_head_is_kept_and_a_broken_one_told(
    author: Client, rubric: RubricRow
) -> None:
    post(author, rubric, '"guarantee" OR {risk}', "save")
    head = {"name": "New name", "pass_mark": "70", "not_assessable": "failing",
            "sections": "a, First, 2", "lists": "risk:\n- may lose",
            "outputs": "- {key: points, type: number, from: score}"}  # fmt: skip
    answer = author.post(address("draft-detail", rubric), head | {"seen": seen(rubric)})
    assert answer.status_code == 302, text(answer)
    page = text(author.get(address("draft-detail", rubric)))
    assert 'value="New name"' in page
    assert "a, First, 2" in page
    assert "key: points" in page
    nobody = head | {"outputs": "- {key: told, type: bool, from: {passed: nobody}}"}
    answer = author.post(address("draft-detail", rubric), nobody | {"seen": seen(rubric)})
    assert (answer.status_code, "outputs[0].from.passed" in text(answer)) == (422, True)
    broken = head | {"sections": "a, First, heavy", "seen": seen(rubric)}
    answer = author.post(address("draft-detail", rubric), broken)
    assert (answer.status_code, "heavy is no weight" in text(answer)) == (422, True)


def test_a_reader_may_look_and_not_write(care: Tenant, author: Client, rubric: RubricRow) -> None:
    published(author, rubric)
    reader = demo.signed_in(MemberRole.REVIEWER)
    assert reader.get(address("rubric-detail", rubric)).status_code == 200
    for name in ("draft-begin", "draft-discard", "draft-publish", "backtest-begin", "shadow-begin"):
        assert reader.post(address(name, rubric)).status_code == 403
    assert "Begin a draft" not in text(reader.get(address("rubric-detail", rubric)))


def test_a_retired_rubric_says_so(author: Client, rubric: RubricRow) -> None:
    published(author, rubric)
    author.post(address("rubric-retire", rubric))
    assert "Retired: it judges no new call" in text(author.get(address("rubric-detail", rubric)))
    author.post(address("rubric-retire", rubric))
    assert "Retired" not in text(author.get(address("rubric-detail", rubric)))


def test_a_version_of_another_rubric_is_absent(
    author: Client, rubric: RubricRow, care: Tenant
) -> None:
    published(author, rubric)
    with tenant_context(care.pk):
        other = RubricVersion.objects.exclude(rubric=rubric).first()
    assert other is not None
    assert author.post(address("version-restore", rubric, other.pk)).status_code == 404


def test_how_rules_do_is_told_by_what_people_decided(author: Client, care: Tenant) -> None:
    """Two of three upheld: by hand 0.67 (0.21-0.94); two reviewers of one disagreed."""
    with tenant_context(care.pk):
        now = timezone.now()
        document = {"name": "Q", "rules": [
            {"code": "promise", "title": "No promise", "check": {"query": '"guarantee"'}},
            {"code": "silent", "title": "Silent", "check": {"query": '"xylophone"'}},
        ]}  # fmt: skip
        version = publish.publish(tenant_id=care.pk, code="q", document=document, by=None, now=now)
    for at in range(3):
        keep_said(care, f"q-{at}", "agent: we guarantee it")
    drain()
    with tenant_context(care.pk):
        findings = list(Finding.objects.filter(rule_code="promise"))
        people = [User.objects.create(email=f"p{n}@example.test") for n in range(2)]
        dismissed = Decision(Verdict.DISMISSED, 0, next(iter(USUAL)))
        decide(finding=findings[0], decision=dismissed, by=people[0], now=now)
        reopened = Decision(Verdict.REOPENED, 1)
        decide(finding=findings[0], decision=reopened, by=people[1], now=now)
        upheld = Decision(Verdict.UPHELD, 2)
        decide(finding=findings[0], decision=upheld, by=people[1], now=now)
        decide(finding=findings[1], decision=Decision(Verdict.UPHELD, 0), by=people[0], now=now)
        decide(finding=findings[2], decision=dismissed, by=people[0], now=now)
    page = text(author.get(address("rubric-quality", version.rubric)))
    assert "0.67" in page
    assert "(0.21–0.94, 3)" in page
    assert "1 of 1" in page
    assert page.count("never fires") == 1


SIMPLE = {"view": "form", "who": "agent", "phrases": "we guarantee"}


def in_form(client: Client, rubric: RubricRow, act: str, **more: Any) -> Any:
    sent = {name: value for name, value in fields("").items() if name != "query"}
    return client.post(
        address("draft-rule", rubric) + "?code=promise",
        sent | SIMPLE | more | {"act": act, "seen": seen(rubric)},
    )


def test_a_rule_is_written_in_the_form_and_opens_there_again(
    author: Client, rubric: RubricRow
) -> None:
    more = {
        "side": "after", "beside_who": "customer", "beside_phrases": "is it safe\nwill I lose",
        "beside_amount": "4", "beside_unit": "t", "excuse_phrases": "cannot", "excuse_who": "agent",
        "excuse_amount": "5",
    }  # fmt: skip
    assert in_form(author, rubric, "save", **more).status_code == 302
    query = (
        'customer: ("is it safe" OR "will I lose") BEFORE/4t '
        'agent: ("we guarantee" NOT NEAR/5 cannot)'
    )
    with tenant_context(rubric.tenant_id):
        rule = json.loads(Draft.objects.get(rubric=rubric).document)["rules"][0]
    assert rule["check"] == {"query": query}
    page = author.get(address("draft-rule", rubric) + "?code=promise")
    simple = page.context["simple"]
    assert {name: str(simple[name].value()) for name in more} == {
        name: value.replace("\r", "") for name, value in more.items()
    }
    assert simple.made() == query
    assert "The query it makes" in text(page)


def test_two_buttons_change_the_view_and_keep_what_is_typed(
    author: Client, rubric: RubricRow
) -> None:
    page = in_form(author, rubric, "query", title="Half done", weight="", must_match="agent: we")
    assert "agent: &quot;we guarantee&quot;</textarea>" in text(page)
    assert 'value="Half done"' in text(page)
    assert "agent: we</textarea>" in text(page)
    back = post(author, rubric, 'customer: ("a b" OR "c d") IN FIRST 10%', "form", title="Kept")
    assert 'value="Kept"' in text(back)
    simple = back.context["simple"]
    assert [simple[name].value() for name in ("who", "phrases", "window", "window_amount")] == [
        "customer", "a b\nc d", "first", 10,
    ]  # fmt: skip
    assert back.status_code == page.status_code == 200


@pytest.mark.parametrize("query", ["aa AND bb", "aa # why", "aa OR"])
def test_a_query_that_the_form_cannot_hold_stays_and_is_said_so(
    query: str, author: Client, rubric: RubricRow
) -> None:
    page = post(author, rubric, query, "form")
    assert "It says more than the form can hold" in text(page)
    assert f"{query}</textarea>" in text(page)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"phrases": ""}, "Write at least one phrase"),
        ({"phrases": "fine\n{nowhere}"}, "Line 2: "),
        ({"phrases": 'he said "no" twice'}, "Line 1: "),
        ({"phrases": '"a" OR "b"'}, "Line 1: "),
        ({"window": "first"}, "Say how much of the call"),
        ({"window": "last", "window_amount": "200", "window_unit": "%"}, "out of range"),
        ({"side": "near", "beside_phrases": "b"}, "Say how near"),
        ({"side": "after"}, "Write at least one phrase"),
        ({"beside_phrases": "b"}, "Say whether it comes after"),
        ({"excuse_phrases": "b", "excuse_amount": "900", "excuse_unit": "t"}, "out of range"),
        ({"excuse_phrases": "[b"}, "Line 1: "),
        ({"who": "everyone"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("act", ["save", "query"])
def test_what_is_wrong_in_the_form_is_told_at_its_field(
    act: str, sent: dict[str, str], told: str, author: Client, rubric: RubricRow
) -> None:
    if act == "query" and sent.get("phrases") == "":
        sent = sent | {"excuse_phrases": "b"}
    page = in_form(author, rubric, act, **sent)
    assert page.status_code == 422
    wrong = page.context["simple"].errors
    assert any(told in error for errors in wrong.values() for error in errors)
    assert "The query it makes" in text(page)
    assert seen(rubric) == 1


def test_an_empty_form_is_left_for_the_query(author: Client, rubric: RubricRow) -> None:
    assert author.get(address("draft-rule", rubric)).context["simple"] is not None
    page = in_form(author, rubric, "query", phrases="")
    assert (page.status_code, page.context["simple"]) == (200, None)


def test_a_rule_in_the_form_is_tried_with_its_query_shown(
    author: Client, rubric: RubricRow
) -> None:
    found = text(in_form(author, rubric, "try", snippet=SAID[0]))
    assert "Breaks the rule" in found
    assert "<code>agent: &quot;we guarantee&quot;</code>" in found
