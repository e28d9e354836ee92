"""The authors' guides as pages: whole, linked, for whom rubrics are for, with nothing injected."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import MemberRole, Rubric, Tenant
from reviews.models.tenancy import tenant_context
from reviews.policies import Action, can
from reviews.web.help import guide, rendered
from tests.factories import demo

CARE = "meridian-care"
PAGES = {
    "rubric-language": "How rules are written",
    "rubric-cheat-sheet": "Coming from another",
    "rubric-checks": "Checks beside the rule language",
    "rubric-facts": "Topics and facts",
}


@pytest.fixture
def care(transactional_db: None) -> Tenant:
    return {tenant.slug: tenant for tenant in demo.tenants()}[CARE]


@pytest.fixture
def author(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.RUBRIC_AUTHOR)


def page(client: Client, name: str) -> str:
    answer = client.get(reverse(name, args=[CARE]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("name", "title"), PAGES.items())
def test_each_guide_has_its_page(author: Client, name: str, title: str) -> None:
    text = page(author, name)
    assert re.search(rf"<h1[^>]*>{title}", text)
    assert f"<title>{title}" in text


@pytest.mark.parametrize("name", PAGES)
def test_every_entry_of_the_contents_leads_to_a_heading(author: Client, name: str) -> None:
    text = page(author, name)
    anchors = re.findall(r'<h[1-6] id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    contents = text.split('class="contents card"')[1].split("</nav>")[0]
    entries = re.findall(r'href="#([^"]+)"', contents)
    article = text.split("<article")[1].split("</article>")[0]
    assert len(entries) == article.count("<h2") >= 5
    assert set(entries) <= set(anchors)


def test_the_guides_lead_to_each_other(author: Client) -> None:
    ends = {each: reverse(each, args=[CARE]).rsplit("/", 1)[1] for each in PAGES}
    assert f'href="{ends["rubric-cheat-sheet"]}"' in page(author, "rubric-language")
    assert f'href="{ends["rubric-checks"]}"' in page(author, "rubric-language")
    for name in ("rubric-cheat-sheet", "rubric-checks", "rubric-facts"):
        assert f'href="{ends["rubric-language"]}"' in page(author, name)
    assert f'href="{ends["rubric-facts"]}"' in page(author, "rubric-language")


def test_the_pages_of_rubrics_lead_to_the_guide(author: Client, care: Tenant) -> None:
    link = f'href="{reverse("rubric-language", args=[CARE])}"'
    with tenant_context(care.pk):
        rubric = Rubric.objects.get()
    answer = author.get(reverse("rubric-detail", args=[CARE, rubric.pk]))
    assert link in answer.content.decode()
    assert link in page(author, "rubric-list")


@pytest.mark.parametrize("role", MemberRole)
def test_who_may_see_rubrics_may_read_how_they_are_written(care: Tenant, role: MemberRole) -> None:
    client = demo.signed_in(role)
    wanted = 200 if can(role, Action.SEE_RUBRICS) else 403
    statuses = {client.get(reverse(name, args=[CARE])).status_code for name in PAGES}
    assert statuses == {wanted}


def test_who_is_not_signed_in_is_asked_to(care: Tenant) -> None:
    address = reverse("rubric-language", args=[CARE])
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={address}")


def test_a_wide_table_scrolls_in_a_region_with_the_name_of_its_heading(author: Client) -> None:
    text = page(author, "rubric-cheat-sheet")
    regions = re.findall(r'<div class="scroll card" role="region" ([^>]*)>', text)
    assert len(regions) == text.count("<table") >= 5
    assert regions[0] == 'aria-label="From dtSearch" tabindex="0"'


def test_html_in_a_guide_is_text() -> None:
    hostile = (
        '# A\n\n<script>x</script>\n\nb <img src=x onerror=y>\n\n```rule\n<money> & "a"\n```\n'
    )
    body = rendered(hostile).body
    assert "<script" not in body
    assert "<img" not in body
    assert '<pre data-kind="rule"><code>&lt;money&gt; &amp; &quot;a&quot;' in body


@pytest.mark.parametrize("text", ["[a](javascript:x)", "[a](data:text/html,x)", "[a](vbscript:x)"])
def test_a_link_that_would_run_something_is_no_link(text: str) -> None:
    assert "<a" not in rendered(text).body


def test_headings_of_the_same_words_have_their_own_anchors() -> None:
    made = rendered("# A\n\n## Limits\n\n## Limits\n\n## ~ `<x>`\n")
    assert [each.anchor for each in made.contents] == ["limits", "limits-2", "x"]
    assert made.contents[2].text == "~ <x>"


def test_a_guide_is_read_once() -> None:
    assert guide("rule-language") is guide("rule-language")
