"""An author assigns rubrics on a narrow screen, by keyboard, with and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reviews.models import Assignment, MemberRole, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories.stored import keep_said
from tests.functional.test_crawl import is_too_wide, violations
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
RUBRIC = "Meridian Care patient calls"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")


def check(page: Page, row: int, name: str) -> None:
    box = page.locator(f"#row-{row}").get_by_label(name, exact=True)
    box.press("Space")
    expect(box).to_be_checked()


@pytest.mark.parametrize("has_javascript", [True, False])
@pytest.mark.timeout(120)
def test_rows_are_written_moved_tried_and_saved(
    has_javascript: bool, opened: Opened, tenants: dict[str, Tenant]
) -> None:
    keep_said(tenants[CARE], "of-today", "agent: hello")
    page = opened(has_javascript=has_javascript, width=400)
    sign_in(page, MemberRole.TENANT_ADMIN)
    page.goto(f"/t/{CARE}/rubrics")
    page.get_by_role("link", name="Which rubric judges which call").press("Enter")
    page.get_by_role("link", name="Change", exact=True).press("Enter")
    press(page, "Add a row")
    check(page, 1, RUBRIC)
    press(page, "Add a row")
    check(page, 2, "Voicemail")
    press(page, "Move row 2 up")
    expect(page.locator("#row-1").get_by_label("Voicemail", exact=True)).to_be_checked()
    page.locator("#row-2").get_by_label("Line", exact=True).fill("billing")
    page.get_by_role("button", name="Try it on the calls").press("Enter")
    preview = page.locator("#preview")
    expect(preview).to_contain_text(RUBRIC)
    preview.locator("summary").last.press("Enter")
    expect(preview.get_by_role("link", name="of-today")).to_be_visible()
    _is_sound(page, has_javascript=has_javascript)
    press(page, "Save")
    expect(page.locator("#messages")).to_contain_text("Saved")
    expect(page.locator("main")).to_contain_text("billing")
    _is_sound(page, has_javascript=has_javascript)
    with tenant_context(tenants[CARE].pk):
        (saved,) = Assignment.objects.all()
    assert [row["kind"] for row in saved.rows] == [["voicemail"], []]


def _is_sound(page: Page, *, has_javascript: bool) -> None:
    """No wider than the screen; the rules of accessibility need JavaScript to be run."""
    if has_javascript:
        assert violations(page) == []
    assert not is_too_wide(page)
