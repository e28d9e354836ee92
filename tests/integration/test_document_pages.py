"""Reference documents by their pages: clauses and facts in rows, errors at their field."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.detection.rubric import canonical, parse_rubric
from reviews.models import Draft, MemberRole, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries.rubrics import plain
from reviews.rubrics import drafts, packs
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


@pytest.fixture
def draft(care: Tenant) -> Draft:
    """Begun from a pack with made-up values."""
    with tenant_context(care.pk):
        document = plain(packs.pack("refund_warranty").rubric)
        return drafts.create(
            tenant_id=care.pk, code="refunds", name="Refunds", document=document, by=None,
            now=timezone.now(),
        )  # fmt: skip


def address(draft: Draft, code: str = "") -> str:
    made = reverse("draft-document", args=[CARE, draft.rubric_id])
    return f"{made}?code={code}" if code else made


def stored(draft: Draft) -> tuple[dict[str, Any], int]:
    with tenant_context(draft.tenant_id):
        row = Draft.objects.get(pk=draft.pk)
    return json.loads(row.document), row.revision


def shown(client: Client, draft: Draft, code: str = "") -> dict[str, str]:
    """Every field of the page, as a browser would send it."""
    forms = client.get(address(draft, code)).context["shown"]
    rows = (forms.head, *forms.clauses, *forms.facts)
    return {field.html_name: field.value() or "" for form in rows for field in form}


def send(
    client: Client, draft: Draft, sent: dict[str, str], code: str = "", act: str = "save"
) -> Any:
    body = sent | {"act": act, "seen": str(stored(draft)[1])}
    return client.post(address(draft, code), body)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


TERMS = {
    "code": "terms", "title": "", "version": "2", "clause-0-code": "4",
    "clause-0-text": "A call back\r\nwithin a day.", "clause-1-code": "", "clause-1-text": "",
    "fact-0-name": "", "fact-0-value": "", "fact-0-clause": "", "fact-0-equivalents": "",
    "fact-1-name": "call_back", "fact-1-value": "1 day; 24 hours", "fact-1-clause": "4",
    "fact-1-equivalents": "2 days; 3 days",
}  # fmt: skip


@pytest.mark.parametrize("code", ["returns", "warranty", "limits"])
def test_a_document_that_is_saved_unchanged_is_the_same(
    code: str, author: Client, draft: Draft
) -> None:
    before = canonical(parse_rubric(stored(draft)[0]))
    assert send(author, draft, shown(author, draft, code), code).status_code == 302
    document, revision = stored(draft)
    assert canonical(parse_rubric(document)) == before
    assert revision == 2


def test_a_document_is_added_with_its_facts(author: Client, draft: Draft) -> None:
    assert send(author, draft, TERMS).status_code == 302
    made = stored(draft)[0]["documents"][-1]
    assert made == {
        "code": "terms", "title": "terms", "version": "2",
        "clauses": [{"code": "4", "text": "A call back\nwithin a day."}],
        "facts": [{"name": "call_back", "value": ["1 day", "24 hours"], "clause": "4",
                   "equivalents": ["2 days", "3 days"]}],
    }  # fmt: skip
    assert "version 2, 1 fact" in text(
        author.get(reverse("draft-detail", args=[CARE, draft.rubric_id]))
    )


@pytest.mark.parametrize(
    ("sent", "row", "field", "told"),
    [
        ({"code": ""}, "head", "code", "required"),
        ({"code": "returns"}, "head", "__all__", "returns"),
        ({"fact-1-value": "soon"}, "facts", "value", "is no value"),
        ({"fact-1-name": "Call back"}, "facts", "name", "is no name"),
        ({"fact-1-clause": "9"}, "facts", "clause", "there is no clause"),
        ({"fact-1-equivalents": "$3"}, "facts", "__all__", "write one kind"),
        ({"clause-0-text": ""}, "clauses", "text", ""),
        ({"seen": "99"}, "head", "__all__", "changed the draft meanwhile"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_changes_nothing(
    sent: dict[str, str], row: str, field: str, told: str, author: Client, draft: Draft
) -> None:
    body = TERMS | {"act": "save", "seen": str(stored(draft)[1])} | sent
    answer = author.post(address(draft), body)
    assert answer.status_code == 422
    forms = answer.context["shown"]
    wrong = forms.head if row == "head" else getattr(forms, row)[1 if row == "facts" else 0]
    assert told in " ".join(wrong.errors[field])
    assert wrong.errors[field][0][:20] in text(answer).replace("&#x27;", "'")
    assert stored(draft)[1] == 1


def test_more_rows_keep_what_is_typed(author: Client, draft: Draft) -> None:
    answer = send(author, draft, TERMS | {"code": ""}, act="rows")
    assert answer.status_code == 200
    forms = answer.context["shown"]
    assert (len(forms.clauses), len(forms.facts)) == (4, 4)
    assert forms.facts[0]["value"].value() == "1 day; 24 hours"
    assert "call_back" in text(answer)


def test_a_document_that_a_rule_needs_stays(author: Client, draft: Draft) -> None:
    answer = send(author, draft, {}, "returns", act="drop")
    assert answer.status_code == 422
    assert "rules[" in text(answer)
    send(author, draft, TERMS)
    assert send(author, draft, {}, "terms", act="drop").status_code == 302
    codes = [each["code"] for each in stored(draft)[0]["documents"]]
    assert codes == ["returns", "warranty", "limits", "mail_order"]


def test_made_up_values_are_marked_until_they_are_replaced(author: Client, draft: Draft) -> None:
    detail = reverse("draft-detail", args=[CARE, draft.rubric_id])
    assert text(author.get(detail)).count("made-up values") == 3
    assert "return_window, restocking_fee, refund_days" in text(
        author.get(address(draft, "returns"))
    )
    own = shown(author, draft, "returns") | {
        "fact-0-value": "45 days", "fact-1-value": "12%", "fact-2-value": "7 days",
    }  # fmt: skip
    assert send(author, draft, own, "returns").status_code == 302
    assert text(author.get(detail)).count("made-up values") == 2


def test_a_draft_without_a_rule_has_its_documents_checked(author: Client, care: Tenant) -> None:
    with tenant_context(care.pk):
        empty = drafts.create(
            tenant_id=care.pk, code="empty", name="Empty", by=None, now=timezone.now()
        )
    assert send(author, empty, TERMS | {"fact-1-value": "soon"}).status_code == 422
    assert send(author, empty, TERMS).status_code == 302
