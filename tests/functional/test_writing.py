"""An author writes a rule, sees it fail, mends it, tries it, judges, publishes, restores."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Judgement, MemberRole, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories.loop import drain
from tests.functional.test_crawl import is_too_wide, violations
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
MISSED = "agent: let me look up your record, if you confirm your name"
NARROW, WIDE = 'agent: "look up your chart"', 'agent: ("date of birth" OR "your" NEAR/3 "confirm*")'


def press(page: Page, name: str) -> None:
    """By keyboard, as every act here."""
    page.get_by_role("button", name=name, exact=True).first.press("Enter")


def write(page: Page, query: str) -> None:
    page.get_by_label("Query").fill(query)


@pytest.mark.parametrize("has_javascript", [True, False])
@pytest.mark.timeout(180)
def test_from_a_rule_to_a_version_and_back(
    has_javascript: bool, opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    page.goto(f"/t/{CARE}/rubrics")
    page.get_by_role("link", name="Meridian Care patient calls").press("Enter")
    press(page, "Begin a draft")
    page.get_by_role("link", name="Add a rule").press("Enter")
    page.get_by_label("Code").fill("asks_identity")
    page.get_by_label("What is said").fill("look up your chart")
    page.get_by_label("Who says it").select_option("agent")
    press(page, "Show as a query")
    expect(page.get_by_label("Query")).to_have_value(NARROW)
    expect(page.get_by_label("Code")).to_have_value("asks_identity")
    _sees_it_miss(page, has_javascript=has_javascript)
    write(page, WIDE)
    press(page, "Save in the draft")
    expect(page.locator("#messages")).to_contain_text("Saved in the draft")
    page.get_by_role("link", name="Draft of Meridian Care patient calls").press("Enter")
    _is_tried(page)
    judged = _judges_five(page, by_key=has_javascript)
    page.goto(page.url.split("/backtests")[0] + "/draft")
    page.get_by_label("What changed, in a line").fill("Identity is asked for")
    page.get_by_label("Why it may ask for more").fill("A reviewer more")
    press(page, "Publish")
    expect(page.locator("#messages")).to_contain_text("Version 2 is published")
    _is_compared_and_restored(page)
    with tenant_context(tenants[CARE].pk):
        assert Judgement.objects.count() == judged == 5
        assert RubricVersion.objects.get(number=2).note.startswith("Identity is asked for")


def _sees_it_miss(page: Page, *, has_javascript: bool) -> None:
    """While typing, or by the button where there is no JavaScript."""
    page.get_by_label("A few lines").fill(MISSED)
    if not has_javascript:
        press(page, "Try it")
    expect(page.locator("#tried")).to_contain_text("Does not break it")
    expect(page.locator("#tried")).to_contain_text("Nearest:")
    write(page, 'agent: "look up')
    if not has_javascript:
        press(page, "Try it")
    expect(page.locator("#tried")).to_contain_text("line 1, column")


def _is_tried(page: Page) -> None:
    page.get_by_label("Calls of the last … days", exact=True).fill("400")
    press(page, "Backtest")
    drain()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("12 of 12 calls tried")
    expect(page.get_by_role("link", name="Different")).to_have_attribute("aria-current", "page")


def _judges_five(page: Page, *, by_key: bool) -> int:
    hits = page.locator("[data-item]")
    assert hits.count() >= 5
    for at in range(5):
        if by_key:
            page.keyboard.press("j")
            page.keyboard.press("c" if at else "d")
        else:
            hits.nth(at).get_by_role("button", name="Right" if at else "Wrong").press("Enter")
        expect(page.locator("#progress .hits .tag[data-standing]")).to_have_count(at + 1)
    expect(page.locator("#progress")).to_contain_text("0.80 (0.38–0.96, 5)")
    return 5


def _is_compared_and_restored(page: Page) -> None:
    page.get_by_role("link", name="2", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("asks_identity")
    page.get_by_label("Calls of the last … days", exact=True).fill("400")
    press(page, "Try both on them")
    drain()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("12 of 12 calls tried")
    page.go_back()
    page.get_by_role("link", name="Meridian Care patient calls").press("Enter")
    press(page, "Restore as draft")
    expect(page.locator("#messages")).to_contain_text("The draft is as that version was")
    expect(page.locator(".changes")).to_contain_text("asks_identity")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_writing_are_whole_at_each_width(
    width: int, opened: Opened, tenants: dict[str, Tenant]
) -> None:
    page = opened(width=width)
    sign_in(page, MemberRole.TENANT_ADMIN)
    page.goto(f"/t/{CARE}/rubrics")
    page.get_by_role("link", name="Meridian Care patient calls").click()
    press(page, "Begin a draft")
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Code").fill("x")
    page.get_by_label("What is said").fill("confirm")
    page.get_by_label("Who says it").select_option("agent")
    page.get_by_label("A few lines").fill(MISSED)
    expect(page.locator("#tried")).to_contain_text("Breaks the rule")
    expect(page.locator("#made")).to_contain_text("agent: confirm")
    assert not is_too_wide(page)
    assert violations(page) == []
