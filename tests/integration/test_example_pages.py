"""Lines of findings, verdicts and backtest hits become examples of their rule, masked."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    AuditEvent,
    Backtest,
    BacktestHit,
    Draft,
    Finding,
    MemberRole,
    Tenant,
    User,
    Verdict,
)
from reviews.models import Rubric as RubricRow
from reviews.models.tenancy import tenant_context
from reviews.queries.reasons import USUAL
from reviews.reviewing.decide import Decision, decide
from reviews.rubrics import drafts, publish
from reviews.rubrics.drafts import Author
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
SAID = (
    "agent: hello there\ncustomer: my number is 555-867-5309\nagent: we guarantee it\n"
    "customer: thank you\nagent: goodbye"
)
MASKED = "customer: my number is [PHONE_NUMBER]\nagent: we guarantee it\ncustomer: thank you"
RULES: list[dict[str, Any]] = [
    {"code": "promise", "title": "No promise", "check": {"query": 'agent: "guarantee"'}},
    {
        "code": "notice",
        "violation_when": "absent",
        "check": {"query": 'agent: "hello there friend"'},
    },
    {"code": "silent", "violation_when": "absent", "check": {"query": '"xylophone"'}},
]


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


@pytest.fixture
def rubric(care: Tenant) -> RubricRow:
    """Published, and one call judged by it."""
    with tenant_context(care.pk):
        document = {"name": "Promises", "rules": RULES}
        version = publish.publish(
            tenant_id=care.pk, code="promises", document=document, by=None, now=timezone.now()
        )
    keep_said(care, "c-1", SAID)
    drain()
    rubric: RubricRow = version.rubric
    return rubric


def finding(rubric: RubricRow, rule: str = "promise") -> Finding:
    with tenant_context(rubric.tenant_id):
        return Finding.objects.get(evaluation__rubric_version__rubric=rubric, rule_code=rule)


def examples(rubric: RubricRow, rule: str = "promise") -> dict[str, list[str]]:
    with tenant_context(rubric.tenant_id):
        document = json.loads(Draft.objects.get(rubric=rubric).document)
    found = next(each for each in document["rules"] if each["code"] == rule)
    return {kind: own for kind, own in found["examples"].items() if own}


def add(client: Client, row: Finding, kind: str = "must_match") -> Any:
    return client.post(reverse("finding-example", args=[CARE, row.pk]), {"kind": kind})


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_finding_becomes_an_example_of_its_rule_with_personal_data_left_out(
    author: Client, rubric: RubricRow
) -> None:
    answer = add(author, finding(rubric))
    assert answer["Location"] == reverse("draft-rule", args=[CARE, rubric.pk]) + "?code=promise"
    assert examples(rubric) == {"must_match": [MASKED]}
    page = text(author.get(answer["Location"]))
    assert "[PHONE_NUMBER]" in page
    assert "867" not in page
    with tenant_context(rubric.tenant_id):
        events = list(AuditEvent.objects.order_by("sequence").values_list("event", flat=True))
    assert events[-2:] == ["draft.begun", "draft.changed"]


def test_an_example_is_there_once_and_of_one_kind(author: Client, rubric: RubricRow) -> None:
    for _ in range(2):
        add(author, finding(rubric), "known_gap")
    with tenant_context(rubric.tenant_id):
        assert Draft.objects.get(rubric=rubric).revision == 2
    add(author, finding(rubric), "must_match")
    assert examples(rubric) == {"must_match": [MASKED]}


def test_a_red_example_is_shown_as_red(author: Client, rubric: RubricRow) -> None:
    page = text(author.get(add(author, finding(rubric), "must_not_match")["Location"]))
    assert "is not clear" in page
    draft = text(author.get(reverse("draft-detail", args=[CARE, rubric.pk])))
    assert "it blocks publishing" in draft


@pytest.mark.parametrize(
    ("rule", "verdict", "wanted"),
    [
        ("promise", None, "must_match"),
        ("promise", Verdict.UPHELD, "must_match"),
        ("promise", Verdict.DISMISSED, "must_not_match"),
        ("notice", Verdict.UPHELD, "must_not_match"),
        ("notice", Verdict.DISMISSED, "must_match"),
    ],
)
def test_the_verdict_proposes_what_the_lines_are(
    rule: str, verdict: Verdict | None, wanted: str, author: Client, rubric: RubricRow
) -> None:
    row = finding(rubric, rule)
    if verdict:
        reason = next(iter(USUAL)) if verdict is Verdict.DISMISSED else ""
        with tenant_context(rubric.tenant_id):
            by = User.objects.create(email="ann@example.test")
            decide(finding=row, decision=Decision(verdict, 0, reason), by=by, now=timezone.now())
    page = text(author.get(reverse("call-detail", args=[CARE, row.transcript_id])))
    form = page.split(reverse("finding-example", args=[CARE, row.pk]))[1].split("</form>")[0]
    assert f'<option value="{wanted}" selected>' in form


def test_what_came_nearest_is_an_example_of_an_absence(author: Client, rubric: RubricRow) -> None:
    assert add(author, finding(rubric, "notice"), "must_not_match").status_code == 302
    (snippet,) = examples(rubric, "notice")["must_not_match"]
    assert snippet.startswith("agent: hello there\ncustomer: ")


@pytest.mark.parametrize(
    ("rule", "kind", "told"),
    [
        ("silent", "must_match", "a finding without a line"),
        ("promise", "sometimes", "a kind that there is not"),
    ],
)
def test_what_cannot_be_an_example_is_refused(
    rule: str, kind: str, told: str, author: Client, rubric: RubricRow
) -> None:
    row = finding(rubric, rule)
    answer = add(author, row, kind)
    assert answer.status_code >= 400
    assert told in text(answer)
    with tenant_context(rubric.tenant_id):
        assert not Draft.objects.filter(rubric=rubric).exists()
    page = text(author.get(reverse("call-detail", args=[CARE, row.transcript_id])))
    address = reverse("finding-example", args=[CARE, row.pk])
    assert (address in page) is (rule == "promise")


def test_a_rule_that_the_draft_lacks_is_told(author: Client, rubric: RubricRow) -> None:
    with tenant_context(rubric.tenant_id):
        now = timezone.now()
        draft = drafts.begin(rubric, by=None, now=now)
        changed = drafts.without_rule(drafts.document_of(draft), "promise")
        drafts.save(draft, changed, Author(draft.revision, None, now))
    answer = add(author, finding(rubric))
    assert answer.status_code == 409
    assert "a rule that the draft does not have" in text(answer)


def test_who_writes_no_rubrics_adds_no_example(rubric: RubricRow) -> None:
    reader = demo.signed_in(MemberRole.REVIEWER)
    row = finding(rubric)
    assert add(reader, row).status_code == 403
    page = text(reader.get(reverse("call-detail", args=[CARE, row.transcript_id])))
    assert "Add as example" not in page


def test_a_hit_of_a_backtest_becomes_an_example(author: Client, rubric: RubricRow) -> None:
    author.post(reverse("draft-begin", args=[CARE, rubric.pk]))
    author.post(reverse("backtest-begin", args=[CARE, rubric.pk]), {"days": 30, "rule": "promise"})
    drain()
    with tenant_context(rubric.tenant_id):
        tried = Backtest.objects.get()
        hit = BacktestHit.objects.get(backtest=tried, rule_code="promise")
    address = reverse("hit-example", args=[CARE, rubric.pk, tried.pk, hit.pk])
    page = text(
        author.get(reverse("backtest-detail", args=[CARE, rubric.pk, tried.pk]) + "?show=same")
    )
    assert address in page
    assert author.post(address, {"kind": "must_match"}).status_code == 302
    assert examples(rubric) == {"must_match": [MASKED]}
