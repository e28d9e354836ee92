"""What a lead, an agent, a client viewer and an auditor come for, without JavaScript."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.demo import seed
from reviews.demo.names import email_of
from reviews.models import (
    Agent,
    Dispute,
    DisputeState,
    MemberRole,
    QueueItem,
    Standing,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.functional.test_crawl import sign_in

CARE = "meridian-care"
RULE = "medical_advice"
Opened = Callable[..., Page]
As = Callable[[MemberRole], Page]


@pytest.fixture
def as_(opened: Opened, live_server: LiveServer) -> As:
    """A browser without JavaScript, signed in."""

    def signed_in(role: MemberRole) -> Page:
        page = opened(has_javascript=False)
        sign_in(page, demo.signed_in(role), live_server.url, "light")
        return page

    return signed_in


@pytest.fixture
def item(tenants: dict[str, Tenant]) -> QueueItem:
    """A finding that a reviewer has confirmed, on a call whose agent signs in."""
    with tenant_context(tenants[CARE].pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN, rule_code=RULE)[0]
        person = User.objects.get(email=email_of(MemberRole.AGENT))
        Agent.objects.filter(findings=item.finding_id).update(user=person)
    address = reverse("finding-decide", args=[CARE, item.finding_id])
    demo.signed_in(MemberRole.REVIEWER).post(address, {"verdict": "upheld", "sequence": 0})
    return item


def test_from_the_release_of_a_call_to_the_answer_of_an_appeal(
    as_: As, item: QueueItem, tenants: dict[str, Tenant]
) -> None:
    call = reverse("call-detail", args=[CARE, item.transcript_id])
    lead = as_(MemberRole.LEAD)
    lead.goto(call)
    lead.get_by_role("button", name="Release to its agents").click()
    expect(lead.locator("#messages")).to_contain_text("Released")

    agent = as_(MemberRole.AGENT)
    agent.goto(reverse("own-list", args=[CARE]))
    agent.get_by_role("button", name="I have read it").click()
    expect(agent.locator("#messages")).to_contain_text("Thank you")
    agent.locator("td a.strong").first.click()
    agent.locator(f"#f-{item.finding_id}").get_by_role("link", name="Appeal…").click()
    agent.get_by_label("Why is it not so?").fill("The dose was the doctor's own.")
    agent.get_by_role("button", name="Appeal").click()
    expect(agent.locator(f"#f-{item.finding_id}")).to_contain_text("To be answered by")

    lead.goto(reverse("dispute-list", args=[CARE]))
    lead.get_by_role("link", name="Answer").click()
    lead.get_by_label("Your answer, which who appealed reads").fill("Right, it was.")
    lead.get_by_role("button", name="Accept: dismiss the finding").click()
    expect(lead.get_by_role("heading", name="No appeal stands so")).to_be_visible()
    with tenant_context(tenants[CARE].pk):
        assert Dispute.objects.get().state == DisputeState.ACCEPTED
    agent.goto(call)
    expect(agent.get_by_role("heading", name="Final")).to_be_visible()

    viewer = as_(MemberRole.CLIENT_VIEWER)
    viewer.goto(reverse("call-list", args=[CARE]))
    expect(viewer.locator("td a.strong")).to_have_count(1)
    viewer.locator("td a.strong").click()
    expect(viewer.get_by_role("heading", name="Final")).to_be_visible()
    expect(viewer.locator("button[name=verdict]")).to_have_count(0)


def test_an_auditor_reads_the_trail_the_queue_and_takes_the_trail_along(
    as_: As, item: QueueItem
) -> None:
    page = as_(MemberRole.AUDITOR)
    page.goto(reverse("queue-list", args=[CARE]) + "?q=is:confirmed")
    expect(page.locator("[data-item]")).to_have_count(1)
    expect(page.locator("button[name=verdict]")).to_have_count(0)
    page.goto(reverse("audit-list", args=[CARE]))
    expect(page.locator("tbody tr").first).to_contain_text("reviewer@demo.example")
    with page.expect_download() as file:
        page.get_by_role("link", name="As CSV").click()
    assert "finding.upheld" in file.value.path().read_text()


def test_a_reviewer_finds_a_call_by_what_was_said(as_: As, item: QueueItem) -> None:
    page = as_(MemberRole.REVIEWER)
    page.goto(reverse("call-list", args=[CARE]))
    page.get_by_label("Phrase").fill("you can skip the")
    page.get_by_label("Phrase").press("Enter")
    expect(page.locator("mark").first).to_have_text("you can skip the")
    page.locator("td a.strong").first.click()
    expect(page.locator("mark[data-mark=hit]").first).to_be_visible()


def test_a_reviewer_opens_what_they_are_told_and_reads_the_rest(
    as_: As, tenants: dict[str, Tenant]
) -> None:
    seed.give_to_reviewers([tenants[CARE]], now=timezone.now())
    page = as_(MemberRole.REVIEWER)
    page.goto(reverse("queue-list", args=[CARE]))
    page.get_by_role("link", name="3 unread notifications").click()
    page.get_by_role("button", name="A finding was assigned to you").first.press("Enter")
    expect(page.locator("[id^=f-]:target")).to_be_visible()
    page.get_by_role("link", name="2 unread notifications").press("Enter")
    expect(page.get_by_role("button", name="A finding was assigned to you")).to_have_count(2)
    page.get_by_role("button", name="Mark all as read").press("Enter")
    expect(page.locator("#messages")).to_contain_text("All are marked as read")
    expect(page.get_by_role("link", name="Notifications, none unread")).to_be_visible()
