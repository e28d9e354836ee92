"""The reviewer's loop in a browser: by keyboard alone, and without JavaScript."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reviews.demo.names import email_of
from reviews.models import MemberRole, QueueItem, Review, Standing, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories.demo import PASSWORD

CARE = "meridian-care"
Opened = Callable[..., Page]
EVERY_MS = 16_000
"""A little more than the page waits before it asks again."""


def sign_in(page: Page, role: MemberRole = MemberRole.REVIEWER) -> None:
    """By keyboard: the first field has the focus."""
    page.goto(f"/t/{CARE}/queue")
    expect(page.locator("input[name=email]")).to_be_focused()
    page.keyboard.type(email_of(role))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def standings(care: Tenant) -> list[str]:
    """Of the decided findings, in the order of their verdicts."""
    with tenant_context(care.pk):
        rows = QueueItem.objects.exclude(standing=Standing.OPEN).order_by("decided_at")
        return list(rows.values_list("standing", flat=True))


def reviews(care: Tenant) -> list[tuple[str, str]]:
    with tenant_context(care.pk):
        return list(Review.objects.order_by("at").values_list("verdict", "reason_code"))


def test_a_reviewer_confirms_dismisses_and_undoes_by_keyboard_alone(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened()
    sign_in(page)
    rows = page.locator("[data-item]")
    before = rows.count()
    expect(rows.first).to_be_focused()
    page.keyboard.press("c")
    expect(rows).to_have_count(before - 1)
    expect(rows.first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("3")
    expect(rows).to_have_count(before - 2)
    assert reviews(tenants[CARE]) == [("upheld", ""), ("dismissed", "allowed")]
    page.keyboard.press("z")
    expect(rows).to_have_count(before - 1)
    page.keyboard.press("e")
    expect(rows).to_have_count(before - 2)
    assert [verdict for verdict, _ in reviews(tenants[CARE])] == [
        "upheld", "dismissed", "reopened", "escalated",
    ]  # fmt: skip
    assert standings(tenants[CARE]) == ["upheld", "escalated"]


def test_a_finding_is_taken_chosen_and_confirmed_in_part_by_keyboard_alone(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened()
    sign_in(page)
    rows = page.locator("[data-item]")
    page.keyboard.press("i")
    expect(rows.first).to_contain_text("for reviewer@demo.example")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.keyboard.press("n")
    expect(page.locator(".more input[name=note]")).to_be_focused()
    page.keyboard.type("heard it twice")
    page.keyboard.press("Tab")
    before = rows.count()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(before - 1)
    assert reviews(tenants[CARE]) == [("upheld", "")]
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("is:decided by:me")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)


def test_the_form_of_a_finding_has_the_focus_on_a_page_of_its_own(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened()
    sign_in(page)
    page.goto(page.evaluate("document.querySelector('[data-more]').href"))
    expect(page.locator(".more input[name=note]")).to_be_focused()


def test_what_came_since_is_told_and_the_page_stays_as_it_is(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened()
    page.clock.install()
    sign_in(page)
    page.keyboard.press("/")
    page.keyboard.type("half a que")
    with page.expect_response("**/queue/new?*"):
        page.clock.run_for(EVERY_MS)
    with tenant_context(tenants[CARE].pk):
        QueueItem.objects.filter(pk=QueueItem.objects.earliest("found_at").pk).update(
            found_at=timezone.now()
        )
    page.clock.run_for(EVERY_MS)
    expect(page.locator("[data-new]")).to_have_text("1 new finding")
    expect(page.locator("#q")).to_have_value("half a que")
    expect(page.locator("#q")).to_be_focused()


def test_what_is_typed_next_goes_where_it_was_meant_however_soon(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    """The focus is where a change of the page puts it by the time that the page has changed."""
    page = opened()
    sign_in(page)
    page.evaluate("""() => {
        const type = () => acts.filter();
        document.addEventListener("htmx:afterSwap", () => queueMicrotask(type), { once: true });
    }""")
    page.keyboard.press("c")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.wait_for_timeout(100)
    expect(page.locator("#q")).to_be_focused()


def test_the_keys_move_open_and_explain(opened: Opened, tenants: dict[str, Tenant]) -> None:
    page = opened()
    sign_in(page)
    rows = page.locator("[data-item]")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.first.locator("details.why")).to_have_attribute("open", "")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_url("**/calls/*")
    expect(page.locator("details.rule[aria-current]")).to_be_in_viewport()
    expect(page.locator("mark[data-mark=hit]").first).to_be_in_viewport()


def test_the_loop_works_without_javascript(opened: Opened, tenants: dict[str, Tenant]) -> None:
    page = opened(has_javascript=False)
    page.goto(f"/t/{CARE}/queue")
    page.fill("input[name=email]", email_of(MemberRole.REVIEWER))
    page.fill("input[name=password]", PASSWORD)
    page.click("form button:not([type])")
    before = page.locator("[data-item]").count()
    page.locator("[data-item] button[value=upheld]").first.click()
    expect(page.locator("[data-item]")).to_have_count(before - 1)
    page.locator("[data-item] a[data-dismiss]").first.click()
    page.locator("form.reasons button[name=reason][value=misheard]:visible").first.click()
    assert reviews(tenants[CARE]) == [("upheld", ""), ("dismissed", "misheard")]
    page.locator("[data-undo] button").first.click()
    assert reviews(tenants[CARE])[-1] == ("reopened", "")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_personal_data_is_shown_to_who_may_and_masked_again_after_a_minute(
    opened: Opened, tenants: dict[str, Tenant], *, has_javascript: bool
) -> None:
    page = opened(has_javascript=has_javascript)
    sign_in(page)
    page.goto(f"/t/{CARE}/queue?q=rule:card_spoken")
    page.locator("[data-item] a[data-open]").first.press("Enter")
    expect(page.locator(".masked").first).to_be_visible()
    masked = page.locator(".masked").count()
    with page.expect_response("**/reveal") as answer:
        page.locator("form[action$=reveal] button").press("Enter")
    expect(page.locator(".masked")).to_have_count(0)
    assert masked > 0
    wait, _, address = answer.value.headers["refresh"].partition("; url=")
    assert wait == "60"
    page.goto(address)
    expect(page.locator(".masked")).to_have_count(masked)


def test_who_may_not_reveal_is_offered_no_button(
    opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened()
    sign_in(page, MemberRole.AUDITOR)
    page.goto(f"/t/{CARE}/queue?q=rule:card_spoken")
    page.locator("[data-item] a[data-open]").first.press("Enter")
    expect(page.locator(".masked").first).to_be_visible()
    expect(page.locator("form[action$=reveal]")).to_have_count(0)
    expect(page.locator("button[name=verdict]")).to_have_count(0)
