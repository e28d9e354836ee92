"""A scorecard by its page: a file, then what its answers earn, then a draft."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reviews.models import Draft, MemberRole, Rubric, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics.drafts import document_of
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
CARD = (
    b"Category,Criterion,Points,Options\n"
    b"Opening,Was the greeting warm?,5,Warm;Cold;N/A\n"
    b"Closing,Was the next step named?,10,Yes/No\n"
)
ADDRESS = reverse("rubric-scorecard", args=["meridian-care"])
FILLED = {
    "points-0-0": "2", "points-0-1": "0", "points-1-0": "1", "points-1-1": "0",
    "name": "Ours", "code": "ours", "make": "1",
}  # fmt: skip


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


def read(author: Client, data: bytes = CARD) -> Any:
    return author.post(ADDRESS, {"file": SimpleUploadedFile("card.csv", data)})


def filled(answer: Any, **more: str) -> dict[str, str]:
    shown = answer.context
    columns = {f"column-{name}": chosen for name, chosen, _ in shown["columns"]}
    return {"table": shown["packed"], "shown": shown["shown"], **columns, **FILLED, **more}


def codes(care: Tenant) -> set[str]:
    with tenant_context(care.pk):
        return set(Rubric.objects.values_list("code", flat=True))


def test_a_table_becomes_a_draft_of_asked_questions(author: Client, care: Tenant) -> None:
    first = read(author)
    assert first.status_code == 200
    page = first.content.decode()
    assert 'value="1" inputmode' in page, "yes is known"
    assert page.count('value="" inputmode') == 2, "warm and cold are not"
    made = author.post(ADDRESS, filled(first))
    with tenant_context(care.pk):
        draft = Draft.objects.get(rubric__code="ours")
    assert made["Location"] == reverse("draft-detail", args=[care.slug, draft.rubric_id])
    rule = document_of(draft)["rules"][0]
    assert rule["check"]["ask"]["na"] is True
    assert [each["points"] for each in rule["check"]["ask"]["levels"]] == [2, 0]
    assert author.get(made["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"points-0-1": ""}, "as what “Cold” earns"),
        ({"points-0-1": "nan"}, "as what “Cold” earns"),
        ({"points-0-1": "1e9"}, "as what “Cold” earns"),
        ({"points-0-0": "0"}, "no level has points"),
        ({"code": ""}, "This field is required"),
        ({"code": "calls"}, "which is taken"),
        ({"column-answers": ""}, "Choose a column"),
        ({"table": "bm8="}, "no file"),
    ],
)
def test_what_is_missing_is_said_and_makes_nothing(
    changed: dict[str, str], said: str, author: Client, care: Tenant
) -> None:
    before = codes(care)
    answer = author.post(ADDRESS, filled(read(author), **changed))
    assert answer.status_code in (200, 422)
    assert said in answer.content.decode()
    assert codes(care) == before


def test_points_of_other_columns_are_not_taken_for_these(author: Client, care: Tenant) -> None:
    answer = author.post(ADDRESS, filled(read(author), **{"column-answers": "Criterion"}))
    assert answer.status_code == 422
    answer = author.post(ADDRESS, filled(read(author), **{"column-question": "Category"}))
    assert answer.status_code == 200
    assert 'value="2" inputmode' not in answer.content.decode()
    assert "ours" not in codes(care)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"Question\n", b"Question,Answers\n,\n", b"\x00" * 99]
)
def test_a_broken_table_is_refused_or_empty(data: bytes, author: Client) -> None:
    assert read(author, data).status_code in (200, 422)


def test_hostile_text_is_shown_inert(author: Client) -> None:
    bad = b'Question,Answers\n<script>alert(1)</script>,"=cmd|x;<img src=x onerror=a>"\n'
    page = read(author, bad).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
