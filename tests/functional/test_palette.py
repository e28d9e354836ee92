"""The palette in a browser: by keys, and without JavaScript."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import MemberRole, QueueItem, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_crawl import sign_in

CARE = "meridian-care"
Opened = Callable[..., Page]
LISTED = """(panel) => [...document.querySelectorAll(`#${panel} [data-action]:not([hidden])`)]
    .map((row) => `${row.dataset.key} ${row.dataset.action}`)"""


def test_the_palette_is_used_by_keys_alone(
    opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    with tenant_context(tenants[CARE].pk):
        call = QueueItem.objects.select_related("transcript")[0].transcript
    page = opened()
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(reverse("call-detail", args=[CARE, call.pk]))
    of_call = page.evaluate(LISTED, "jump")
    page.goto(f"/t/{CARE}/queue")
    lists_equal_sets(page, of_call)
    search(page, call.external_id)
    page.wait_for_url(f"**{reverse('call-detail', args=[CARE, call.pk])}")
    assert page.evaluate(LISTED, "jump") == of_call
    page.goto(f"/t/{CARE}/queue")
    act(page)


def lists_equal_sets(page: Page, of_call: list[str]) -> None:
    listed = page.evaluate(LISTED, "jump")
    assert listed == page.evaluate(LISTED, "help")
    assert {"Ctrl+k jump", "? help", "c uphold", "x pick"} <= set(listed)
    assert len({each.split()[0] for each in listed}) == len(listed), "one action a key"
    assert ("[ preceding" in of_call, "x pick" in of_call) == (True, False)


def search(page: Page, text: str) -> None:
    """From a field, too."""
    page.keyboard.press("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#jump input")).to_be_focused()
    page.keyboard.type(text)
    result = page.locator("#jump-found a").first
    expect(result).to_be_visible()
    assert text not in page.url
    expect(page.locator("#jump [data-action]:visible")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(result).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#jump input")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def act(page: Page) -> None:
    """What a key does, by its name; meanwhile no key acts on the page behind."""
    before = page.locator("tr[data-item]").count()
    page.keyboard.press("Control+k")
    page.keyboard.type("confirm")
    page.keyboard.press("Escape")
    expect(page.locator("#jump")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("confirm the")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Confirm the finding")).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.press("x")
    expect(page.locator("form.reasons, input[name=pick]:checked")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#jump")).to_be_hidden()
    expect(page.locator("tr[data-item]")).to_have_count(before - 1)


def test_without_javascript_the_palette_is_a_form_that_leads_to_its_page(
    opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    page = opened(has_javascript=False, width=400)
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(f"/t/{CARE}/queue")
    page.get_by_role("button", name="Jump").click()
    expect(page.locator("#jump h3, #jump [data-action]").locator("visible=true")).to_have_count(0)
    page.locator("#jump input").fill("rubric")
    page.locator("#jump input").press("Enter")
    page.locator("#found a", has_text="Rubrics").first.click()
    page.wait_for_url("**/rubrics")
