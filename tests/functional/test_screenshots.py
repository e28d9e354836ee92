"""The pictures in README and docs, taken of the product itself: `make screenshots` renews them."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.demo.names import email_of
from reviews.models import Agent, Evaluation, MemberRole, QueueItem, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_crawl import sign_in

Opened = Callable[..., Page]
CARE = "meridian-care"
RULE = "medical_advice"
DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "pictures"


@pytest.fixture
def item(tenants: dict[str, Tenant]) -> QueueItem:
    """Confirmed and released, on a call whose agent signs in; others of its rule stay open."""
    with tenant_context(tenants[CARE].pk):
        item = QueueItem.objects.filter(rule_code=RULE).order_by("-found_at")[0]
        person = User.objects.get(email=email_of(MemberRole.AGENT))
        Agent.objects.filter(findings=item.finding_id).update(user=person)
    verdict = {"verdict": "upheld", "sequence": 0}
    address = reverse("finding-decide", args=[CARE, item.finding_id])
    demo.signed_in(MemberRole.REVIEWER).post(address, verdict)
    release = reverse("call-release", args=[CARE, item.transcript_id])
    demo.signed_in(MemberRole.LEAD).post(release)
    return item


def test_the_pictures_of_the_docs_can_be_taken(
    opened: Opened, live_server: LiveServer, item: QueueItem, tmp_path: Path
) -> None:
    folder = PICTURES if os.environ.get("SCREENSHOTS") else tmp_path
    _of_reviewer(folder, opened(), live_server, item)
    agent = opened()
    sign_in(agent, demo.signed_in(MemberRole.AGENT), live_server.url, "light")
    agent.goto(reverse("own-list", args=[CARE]))
    expect(agent.get_by_role("button", name="I have read it")).to_be_visible()
    _take(agent, folder / "own.png")
    taken = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    assert set(taken) == {path.name for path in PICTURES.glob("*.png")}
    assert min(taken.values()) > 20_000, "an empty page is smaller"


def _take(page: Page, path: Path) -> None:
    page.wait_for_timeout(500)  # lines that are drawn late move the page once more
    page.screenshot(path=path)


def _of_reviewer(folder: Path, page: Page, live_server: LiveServer, item: QueueItem) -> None:
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(reverse("queue-list", args=[CARE]))
    expect(page.locator("[data-item]").first).to_be_focused()
    _take(page, folder / "queue.png")
    page.keyboard.press("d")
    expect(page.locator("form.reasons").first).to_be_visible()
    _take(page, folder / "dismiss.png")
    page.goto(f"/t/{CARE}/queue?q=rule:{RULE}")
    page.locator("[data-item] a[data-open]").first.click()
    expect(page.locator("mark[data-mark=hit]").first).to_be_in_viewport()
    _take(page, folder / "call.png")
    page.goto(reverse("call-review", args=[CARE, *_evaluated(item)]))
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("button", name="Finish")).to_be_visible()
    _take(page, folder / "whole-call.png")
    page.goto(reverse("call-list", args=[CARE]) + "?phrase=you+can+skip+the")
    expect(page.locator("mark").first).to_be_visible()
    _take(page, folder / "calls.png")


def _evaluated(item: QueueItem) -> tuple[object, object]:
    with tenant_context(item.tenant_id):
        row = Evaluation.objects.filter(transcript=item.transcript_id)[0]
    return row.transcript_id, row.pk


def test_the_docs_name_each_picture_and_the_help_shows_it(
    opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    texts = "".join(path.read_text() for path in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"])
    named = set(re.findall(r"pictures/([a-z-]+\.png)", texts))
    assert named == {path.name for path in PICTURES.glob("*.png")}
    page = opened()
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(reverse("help-guide", args=["day"]))
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("each => each.naturalWidth") > 1000
