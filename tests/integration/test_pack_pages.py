"""Packs by their pages: read before they are begun, and a newer release looked at part by part."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import Draft, MemberRole, Rubric, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries.rubrics import plain
from reviews.rubrics import drafts, packs, publish
from reviews.rubrics.drafts import document_of
from tests.factories import demo
from tests.factories.packs import FIRST, SECOND, released

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/t/meridian-care/rubrics/new"


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.TENANT_ADMIN)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def begun(author: Client, care: Tenant, pack: str) -> Draft:
    made = author.post(f"{NEW}?pack={pack}", {"name": "Our own", "code": "own"})
    assert made.status_code == 302, text(made)[:2_000]
    with tenant_context(care.pk):
        return Draft.objects.select_related("rubric").get(rubric__code="own")


def test_a_pack_says_what_it_covers_and_what_not_before_it_is_begun(author: Client) -> None:
    listed = text(author.get(NEW))
    for code in packs.pack_codes():
        assert f'href="?pack={code}"' in listed
    shown = text(author.get(f"{NEW}?pack=hipaa"))
    hipaa = packs.pack("hipaa")
    for said in (*hipaa.does_not_cover, hipaa.counsel, "45 CFR 164.514(h)(1)(i)", "2025-10-31"):
        assert said in shown
    assert shown.count("not read in its current text") == len(hipaa.unread)


@pytest.mark.parametrize("code", ["absent", "../hipaa", "HIPAA"])
def test_a_pack_that_is_none_is_not_found(code: str, author: Client) -> None:
    assert author.get(NEW, {"pack": code}).status_code == 404
    assert author.post(f"{NEW}?pack=absent", {"name": "A", "code": "a"}).status_code == 404


@pytest.mark.parametrize("code", packs.pack_codes())
def test_every_pack_becomes_a_draft_that_can_be_read(
    code: str, author: Client, care: Tenant
) -> None:
    draft = begun(author, care, code)
    document = document_of(draft)
    assert document["name"] == draft.rubric.name == "Our own"
    assert document["pack"] == {"code": code, "version": packs.pack(code).version}
    page = author.get(reverse("draft-detail", args=[care.slug, draft.rubric_id]))
    assert page.status_code == 200
    assert "does not come out as its author says" not in text(page)


def test_a_rubric_of_no_pack_has_no_release_to_look_at(author: Client, care: Tenant) -> None:
    with tenant_context(care.pk):
        rubric = Rubric.objects.get()
    answer = author.get(reverse("rubric-release", args=[care.slug, rubric.pk]))
    assert answer["Location"] == reverse("rubric-detail", args=[care.slug, rubric.pk])


@pytest.fixture
def published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, author: Client, care: Tenant
) -> RubricVersion:
    """A rubric on release 1 whose greeting the tenant changed; release 2 is out."""
    with released(tmp_path, monkeypatch, FIRST):
        document = document_of(begun(author, care, "small"))
    document["rules"][0]["weight"] = 7
    with tenant_context(care.pk):
        Draft.objects.all().delete()
        return publish.publish(
            tenant_id=care.pk, code="own", document=document, by=None, now=timezone.now()
        )


def address(version: RubricVersion) -> str:
    return reverse("rubric-release", args=["meridian-care", version.rubric_id])


def test_a_newer_release_is_told_chosen_from_and_changes_no_published_rubric(
    published: RubricVersion,
    author: Client,
    care: Tenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with released(tmp_path, monkeypatch, FIRST, SECOND):
        detail = reverse("rubric-detail", args=[care.slug, published.rubric_id])
        assert "Release 2 of the pack Small is there." in text(author.get(detail))
        shown = text(author.get(address(published)))
        assert shown.count('name="take"') == 5
        assert shown.count(" checked>") == 4
        assert shown.count("You changed this part, too") == 1
        taken = ["lists greetings", "rules close", "rules hold", "not there"]
        made = author.post(address(published), {"seen": "0", "take": taken})
        assert made["Location"].endswith("/draft")
        with tenant_context(care.pk):
            draft = Draft.objects.get()
            version = RubricVersion.objects.get(pk=published.pk)
        document = document_of(draft)
        assert [rule["code"] for rule in document["rules"]] == ["greet", "keep", "close"]
        assert document["rules"][0]["weight"] == 7
        assert document["lists"]["greetings"] == ["hello", "good morning"]
        assert document["pass_mark"] == 80
        assert document["pack"] == {"code": "small", "version": 2}
        assert version.document == published.document, "what holds stays as it is"
        assert "Release 2 of the pack" not in text(author.get(made["Location"]))


def test_of_two_who_take_a_release_the_second_is_told(
    published: RubricVersion,
    author: Client,
    care: Tenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with released(tmp_path, monkeypatch, FIRST, SECOND):
        with tenant_context(care.pk):
            draft = drafts.begin(published.rubric, by=None, now=timezone.now())
            seen = draft.revision
            drafts.save(draft, document_of(draft), drafts.Author(seen, None, timezone.now()))
        answer = author.post(address(published), {"seen": str(seen), "take": ["rules close"]})
        assert answer.status_code == 409
        with tenant_context(care.pk):
            assert document_of(Draft.objects.get())["pack"]["version"] == 1


def test_a_part_that_needs_another_is_refused_and_nothing_changes(
    published: RubricVersion,
    author: Client,
    care: Tenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needy = SECOND.replace("lists:\n", "lists:\n  closings: [goodbye]\n").replace(
        '"close the line"', "{closings}"
    )
    with released(tmp_path, monkeypatch, FIRST, needy):
        answer = author.post(address(published), {"seen": "0", "take": ["rules close"]})
        assert answer.status_code == 422
        assert "closings" in text(answer)
        with tenant_context(care.pk):
            assert not Draft.objects.exists()
            assert plain(packs.pack("small").rubric)["lists"]["closings"] == ["goodbye"]
