"""A finding's evidence on paper: few sheets, light, without the shell, with what proves it."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from reviews.models import FindingOutcome, MemberRole, QueueItem, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_crawl import sign_in

CARE = "meridian-care"
SHEETS = 3
SHEET = re.compile(rb"/Type\s*/Page\b")
"""One object of a PDF, which Chromium does not compress."""


def test_evidence_prints_on_three_sheets_with_hash_version_utc_and_quote(
    opened: Callable[..., Page], tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    with tenant_context(tenants[CARE].pk):
        rows = QueueItem.objects.filter(finding__outcome=FindingOutcome.FOUND)
        most = rows.select_related("finding__evaluation__rubric_version")
        finding = most.order_by("-finding__spans")[0].finding
        version = finding.evaluation.rubric_version
    page = opened()
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "dark")
    page.goto(reverse("finding-evidence", args=[CARE, finding.pk]))
    quote = page.locator("mark[data-mark=hit]").first.inner_text()
    on_screen = page.locator("body").inner_text()
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert bytes(version.sha256).hex() in printed
    assert re.search(rf"Version\s+{version.number}\b", printed)
    assert re.search(r"Evaluated\s+\d+\s\w+\s\d{4} \d\d:\d\d\sUTC", printed)
    assert quote in printed
    assert "Sign out" not in printed
    assert "Queue" in on_screen
    assert "Queue" not in printed
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    paper = page.pdf(format="A4", print_background=False)
    assert 1 <= len(SHEET.findall(paper)) <= SHEETS
    assert SHEET.findall(page.pdf(width="60mm", height="40mm"))[SHEETS:], "sheets are counted"


def test_an_auditor_goes_from_a_finding_to_its_evidence_without_javascript(
    opened: Callable[..., Page], tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    page = opened(has_javascript=False)
    sign_in(page, demo.signed_in(MemberRole.AUDITOR), live_server.url, "light")
    page.goto(reverse("queue-list", args=[CARE]))
    row = page.locator("[data-item]").first
    said, finding = row.locator("mark").first.inner_text(), row.get_attribute("id")
    row.locator("a[data-open]").first.press("Enter")
    page.locator(f"#{finding}.rule a", has_text="Evidence, to print").press("Enter")
    page.wait_for_url("**/evidence")
    assert said in page.locator("main mark[data-mark=hit]").all_inner_texts()
