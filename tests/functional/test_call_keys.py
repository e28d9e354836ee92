"""A call is walked by keys, without a load: its findings, and words that are looked for."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import MemberRole, QueueItem, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_crawl import sign_in

CARE = "meridian-care"
Opened = Callable[..., Page]


@pytest.fixture
def page(opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer) -> Page:
    """The call with the most findings."""
    with tenant_context(tenants[CARE].pk):
        calls = Counter(QueueItem.objects.values_list("transcript_id", flat=True))
    page = opened()
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(reverse("call-detail", args=[CARE, calls.most_common(1)[0][0]]))
    page.evaluate("window.loaded = 1")
    return page


def stops(tour: Locator) -> list[str]:
    return (tour.get_attribute("data-stops") or "").split()


def test_keys_go_through_the_findings_and_the_lines_that_are_found(page: Page) -> None:
    walk_the_findings(page, page.locator("[data-tour=findings]"))
    find(page, page.locator("[data-tour=found]"))
    assert page.evaluate("window.loaded") == 1, "without a load"
    mark_the_selection(page)


def walk_the_findings(page: Page, tour: Locator) -> None:
    anchors, said = stops(tour), tour.locator("output")
    assert len(anchors) > 2
    for at, anchor in enumerate(anchors, 1):
        page.keyboard.press("]")
        expect(said).to_have_text(f"{at} of {len(anchors)}")
        assert page.url.endswith(f"#{anchor}")
        expect(page.locator("[data-item][aria-current] summary")).to_be_focused()
    page.keyboard.press("]")
    expect(said).to_have_text(f"1 of {len(anchors)}")
    page.keyboard.press("[")
    expect(said).to_have_text(f"{len(anchors)} of {len(anchors)}")
    chip = page.locator(".chip").nth(1)
    chip.click()
    expect(chip).to_have_attribute("aria-current", "true")
    assert stops(tour) == stops(chip) != anchors


def find(page: Page, tour: Locator) -> None:
    page.keyboard.press("/")
    page.keyboard.type("you")
    page.keyboard.press("Enter")
    said = tour.locator("output")
    expect(said).to_contain_text("1 of ")
    lines = stops(tour)
    assert len(lines) > 2
    expect(page.locator("mark[data-mark~=found]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(said).to_have_text(f"2 of {len(lines)}")
    assert page.url.endswith(f"?find=you#{lines[1]}")
    page.keyboard.press("Shift+Enter")
    expect(said).to_have_text(f"1 of {len(lines)}")


def mark_the_selection(page: Page) -> None:
    """The second and third word of a line, chosen as with a mouse."""
    said = page.locator(".lines > li").filter(has_not=page.locator("mark, .masked")).first
    _, second, third, *_ = page.evaluate(SELECT, said.get_attribute("id")).split()
    offer = page.get_by_role("link", name="Mark the selected words as missed")
    expect(offer).to_be_visible()
    offer.click()
    chosen = page.locator("#mark option:checked")
    expect(chosen.nth(1)).to_have_text(f"2 {second}")
    expect(chosen.nth(2)).to_have_text(f"3 {third}")
    page.get_by_label("Rule that is broken").select_option(index=1)
    page.get_by_role("button", name="Mark as missed").click()
    expect(page.locator("mark[data-mark=manual]")).to_have_text(f"{second} {third}")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("mark[data-mark=manual]")).to_have_count(0)


SELECT = """(id) => {
    const text = document.getElementById(id).lastChild;
    const words = text.data.trim().split(" ");
    const from = text.data.indexOf(words[0]) + words[0].length + 1;
    getSelection().setBaseAndExtent(text, from, text, from + words[1].length + 1 + words[2].length);
    return text.data;
}"""
