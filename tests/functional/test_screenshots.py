"""The pictures in README and docs, taken of the product itself: `make screenshots` renews them."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from reviews.models import Tenant
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"


def test_the_pictures_of_the_docs_can_be_taken(
    opened: Opened, tenants: dict[str, Tenant], tmp_path: Path
) -> None:
    folder = PICTURES if os.environ.get("SCREENSHOTS") else tmp_path
    page = opened()
    sign_in(page)
    expect(page.locator("[data-item]").first).to_be_focused()
    page.screenshot(path=folder / "queue.png")
    page.goto(f"/t/{CARE}/queue?q=rule:medical_advice")
    page.locator("[data-item] a[data-open]").first.click()
    expect(page.locator("mark[data-mark=hit]").first).to_be_in_viewport()
    page.wait_for_timeout(500)  # lines that are drawn late move the page once more
    page.screenshot(path=folder / "call.png")
    taken = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    assert set(taken) == {path.name for path in PICTURES.glob("*.png")}
    assert min(taken.values()) > 20_000, "an empty page is smaller"
