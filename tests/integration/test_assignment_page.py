"""The list by its pages: written without a script, tried before it is saved, told afterwards."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Assignment,
    CallKind,
    MemberRole,
    RubricVersion,
    Tenant,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
CHANGE = reverse("assignment-change", args=["meridian-care"])
SEE = reverse("assignment-detail", args=["meridian-care"])


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.RUBRIC_AUTHOR)


@pytest.fixture
def sales(care: Tenant) -> RubricVersion:
    document = {"name": "Sales", "rules": [{"code": "a", "check": {"query": '"hello"'}}]}
    with tenant_context(care.pk):
        return publish.publish(
            tenant_id=care.pk, code="sales", document=document, by=None, now=timezone.now()
        )


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(*rows: dict[str, Any], act: str, seen: int = 0) -> dict[str, Any]:
    fields = {f"{at}-{name}": value for at, row in enumerate(rows) for name, value in row.items()}
    return {"act": act, "seen": seen, "rows": len(rows)} | fields


def calls(care: Tenant) -> dict[str, Transcript]:
    """One of each kind, none of them judged yet."""
    for kind in CallKind:
        keep_said(care, kind, "agent: hello")
    with tenant_context(care.pk):
        for kind in CallKind:
            Transcript.objects.filter(external_id=kind).update(kind=kind)
        return {row.external_id: row for row in Transcript.objects.all()}


def rows_of(care: Tenant) -> list[dict[str, Any]]:
    with tenant_context(care.pk):
        newest = Assignment.objects.order_by("-number").first()
        return list(newest.rows) if newest else []


def test_without_a_row_the_page_says_that_every_rubric_judges_every_call(author: Client) -> None:
    assert "Every rubric judges every call" in text(author.get(SEE))
    assert "Saved so, every rubric judges every call" in text(author.get(CHANGE))


def test_rows_are_added_moved_and_removed_and_nothing_is_kept(author: Client, care: Tenant) -> None:
    page = text(author.post(CHANGE, sent(act="add")))
    assert ("Row 1" in page, "Move row 1 up" in page) == (True, False)
    two = ({"queue": "first"}, {"queue": "second"})
    for act in ("down-0", "up-1"):
        page = text(author.post(CHANGE, sent(*two, act=act)))
        assert page.index("second") < page.index("first")
    for act in ("up-0", "down-1", "up-9", "down-x", "nonsense"):
        page = text(author.post(CHANGE, sent(*two, act=act)))
        assert page.index("first") < page.index("second")
    page = text(author.post(CHANGE, sent(*two, act="drop-0")))
    assert ("second" in page, "first" in page) == (True, False)
    assert rows_of(care) == []


def test_a_list_is_tried_saved_and_shown(
    author: Client, care: Tenant, sales: RubricVersion
) -> None:
    stored = calls(care)
    rows = (
        {"kind": ["live", "voicemail"], "rubrics": [str(sales.rubric_id)], "queue": "\n Loss \n\n"},
        {"kind": ["live"], "rubrics": [str(sales.rubric_id)]},
    )
    page = text(author.post(CHANGE, sent(*rows, act="preview")))
    assert "Sales: 1 call<" in page
    assert "no rubric: 3 calls" in page
    assert reverse("call-detail", args=[care.slug, stored["live"].pk]) in page
    assert rows_of(care) == []
    assert author.post(CHANGE, sent(*rows, act="save")).headers["Location"] == SEE
    assert [row["queue"] for row in rows_of(care)] == [["Loss"], []]
    page = text(author.get(SEE))
    assert "Live conversation or Voicemail" in page
    assert 'name="act"' not in page
    assert "no rubric: 3 calls" in text(author.get(SEE + "?preview=1"))
    page = text(author.get(CHANGE))
    assert 'name="seen" value="1"' in page
    assert "Loss" in page


def test_the_second_of_two_is_told_with_what_was_typed(author: Client, care: Tenant) -> None:
    author.post(CHANGE, sent({"queue": "first"}, act="save"))
    answer = author.post(CHANGE, sent({"queue": "second"}, act="save"))
    assert (answer.status_code, "changed the assignment meanwhile" in text(answer)) == (422, True)
    assert "second" in text(answer)
    assert 'name="seen" value="1"' in text(answer)
    assert [row["queue"] for row in rows_of(care)] == [["first"]]


def test_an_act_keeps_the_number_that_its_author_saw(author: Client) -> None:
    author.post(CHANGE, sent({"queue": "first"}, act="save"))
    assert 'name="seen" value="0"' in text(author.post(CHANGE, sent(act="add")))


@pytest.mark.parametrize(
    "row",
    [
        {"rubrics": ["00000000-0000-0000-0000-000000000001"]},
        {"kind": ["talk"]},
        {"source": ["x"]},
        {"queue": "x" * 101},
    ],
)
def test_a_value_that_cannot_be_is_told_beside_its_field(
    row: dict[str, Any], author: Client, care: Tenant
) -> None:
    answer = author.post(CHANGE, sent(row, act="save"))
    assert answer.status_code == 422
    assert "A row cannot be read" in text(answer)
    assert rows_of(care) == []


def test_too_many_rows_are_refused(author: Client, care: Tenant) -> None:
    answer = author.post(CHANGE, sent(*[{}] * 60, act="save"))
    assert (answer.status_code, "51 rows" in text(answer)) == (422, True)
    assert rows_of(care) == []


def test_a_form_that_does_not_say_what_was_seen_is_refused(author: Client, care: Tenant) -> None:
    answer = author.post(CHANGE, {"act": "save", "rows": "1"})
    assert (answer.status_code, rows_of(care)) == (422, [])


def test_an_earlier_list_can_be_read_and_an_absent_one_not(author: Client, care: Tenant) -> None:
    author.post(CHANGE, sent({"queue": "first"}, act="save"))
    author.post(CHANGE, sent({"queue": "second"}, act="save", seen=1))
    page = text(author.get(SEE + "?number=1"))
    assert ("first" in page, "it does not hold any more" in page) == (True, True)
    for number in ("3", "x", "9" * 40, "١"):
        assert author.get(SEE, {"number": number}).status_code == 404


def test_a_reader_may_look_and_not_change(author: Client, care: Tenant) -> None:
    author.post(CHANGE, sent({"queue": "first"}, act="save"))
    reader = demo.signed_in(MemberRole.REVIEWER)
    page = text(reader.get(SEE + "?preview=1"))
    assert "first" in page
    assert CHANGE not in page
    assert reader.get(CHANGE).status_code == 403
    assert reader.post(CHANGE, sent(act="save", seen=1)).status_code == 403


def test_the_page_of_a_call_says_why_no_rubric_judges_it(author: Client, care: Tenant) -> None:
    author.post(CHANGE, sent({"queue": "nobody's"}, {"product": "loan"}, act="save"))
    row = keep_said(care, "one", "agent: hello")
    drain()
    page = text(author.get(reverse("call-detail", args=[care.slug, row.pk])))
    assert "No rubric judges this call" in page
    assert "No row of assignment 1 fits it." in page
    assert SEE + "?number=1" in page
    assert "no rubric judges it" in text(author.get(reverse("call-list", args=[care.slug])))


def test_a_call_that_waits_for_its_turn_is_not_said_to_have_no_rubric(
    author: Client, care: Tenant
) -> None:
    row = keep_said(care, "one", "agent: hello")
    page = text(author.get(reverse("call-detail", args=[care.slug, row.pk])))
    assert ("Not evaluated yet" in page, "No rubric judges" in page) == (True, False)
    listed = text(author.get(reverse("call-list", args=[care.slug])))
    assert "not evaluated yet" in listed
