"""A tenant admin imports files, with and without JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reviews.models import MemberRole, Tenant
from tests.functional.test_reviewing import CARE, sign_in
from tests.unit.sources.files.written import PLAIN, SRT

Opened = Callable[..., Page]


@pytest.mark.parametrize("has_javascript", [True, False])
def test_an_admin_imports_files_and_opens_a_call(
    opened: Opened, tenants: dict[str, Tenant], tmp_path: Path, *, has_javascript: bool
) -> None:
    texts = {"a.srt": SRT, "b.txt": PLAIN, "c.txt": "no speaker here", "calls.csv": "file,mood\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    *documents, table = (tmp_path / name for name in texts)
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    page.goto(f"/t/{CARE}/sources")
    page.get_by_role("link", name="Import files").click()
    page.get_by_label("Transcripts").set_input_files(documents)
    page.get_by_label("Metadata").set_input_files(table)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("tr[data-outcome=accepted]")).to_have_count(2)
    expect(page.locator("tr[data-outcome=refused]")).to_contain_text("begins with no speaker")
    expect(page.locator("main")).to_contain_text("mood")
    page.locator("tr[data-outcome=accepted] a").first.click()
    expect(page.locator("main")).to_contain_text("Estimated from captions")
