"""What a lead does with a team's work, and what of it reaches the others, without JavaScript."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from reviews.models import (
    CalibrationSet,
    Coaching,
    MemberRole,
    QueueItem,
    ReviewTask,
    Suppression,
    Tenant,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from tests.functional.test_journeys import CARE, As, as_, item

__all__ = ["as_", "item"]


def at(page: Page, name: str) -> Page:
    page.goto(reverse(name, args=[CARE]))
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_confirmed_finding_becomes_coaching_that_its_agent_reads(
    as_: As, item: QueueItem, tenants: dict[str, Tenant]
) -> None:
    lead = as_(MemberRole.LEAD)
    lead.goto(reverse("call-detail", args=[CARE, item.transcript_id]))
    press(lead, "Release to its agents")
    at(lead, "coaching-list").locator("#topics + * a").first.click()
    lead.get_by_role("checkbox").first.check()
    lead.get_by_label("Note to the agent").fill("Say that a clinician calls back.")
    lead.get_by_label("To be read until").fill(in_days(7))
    press(lead, "Give")
    expect(lead.locator("#messages")).to_contain_text("Given")
    agent = at(as_(MemberRole.AGENT), "own-list")
    expect(agent.locator("main")).to_contain_text("Say that a clinician calls back.")
    agent.locator("form[action*=coaching] button").click()
    expect(agent.locator("#messages")).to_contain_text("Your lead sees")
    with tenant_context(tenants[CARE].pk):
        assert Coaching.objects.get().acknowledged_at is not None


def test_a_plan_draws_calls_and_gives_them_to_a_reviewer(
    as_: As, tenants: dict[str, Tenant]
) -> None:
    with tenant_context(tenants[CARE].pk):
        Transcript.objects.update(call_at=timezone.now() - timedelta(days=7))
    lead = at(as_(MemberRole.LEAD), "sampling-list")
    lead.get_by_role("link", name="Make a plan").click()
    lead.get_by_label("Name").fill("A tenth")
    lead.get_by_label("Share of a week's calls, %").fill("100")
    press(lead, "Save")
    press(lead, "Draw now")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Draw of the week")
    with tenant_context(tenants[CARE].pk):
        assert ReviewTask.objects.exists()
    reviewer = at(as_(MemberRole.REVIEWER), "task-list")
    reviewer.locator("main a[href*='/calls/']").first.click()
    expect(reviewer.get_by_role("button", name="Begin")).to_be_visible()


def test_a_calibration_set_is_made_and_closed(as_: As, tenants: dict[str, Tenant]) -> None:
    lead = at(as_(MemberRole.LEAD), "calibration-list")
    lead.locator("main a[href*=new]").first.click()
    lead.get_by_label("Name").fill("November")
    lead.get_by_label("Due").fill(in_days(7))
    for box in lead.locator("input[name=seats]").all()[:2]:
        box.check()
    lead.locator("input[name=calls]").first.check()
    press(lead, "Make the set")
    press(lead, "Close and compare")
    with tenant_context(tenants[CARE].pk):
        assert CalibrationSet.objects.get().closed_at is not None


def test_many_findings_are_put_off_and_a_view_is_kept_for_the_team(
    as_: As, tenants: dict[str, Tenant]
) -> None:
    lead = at(as_(MemberRole.LEAD), "queue-list")
    for box in lead.locator("input[name=pick]").all()[:2]:
        box.check()
    press(lead, "Put off")
    expect(lead.locator("#messages")).to_be_visible()
    with tenant_context(tenants[CARE].pk):
        assert QueueItem.objects.filter(held_until__isnull=False).count() == 2
    lead.goto(reverse("queue-list", args=[CARE]) + "?q=is:held")
    expect(lead.locator("[data-item]")).to_have_count(2)
    lead.get_by_text("Narrow by fields, save the view").click()
    lead.get_by_label("Name of the view").fill("Put off")
    press(lead, "Save the view")
    expect(lead.locator("#views")).to_contain_text("Put off")


def test_what_is_silenced_is_listed_and_comes_back(as_: As, tenants: dict[str, Tenant]) -> None:
    reviewer = at(as_(MemberRole.REVIEWER), "queue-list")
    reviewer.get_by_role("link", name="Dismiss").first.click()
    reviewer.get_by_label("Again").select_option("phrase 30")
    press(reviewer, "Allowed in this case")
    at(reviewer, "suppression-list")
    press(reviewer, "Withdraw")
    expect(reviewer.locator("tbody tr")).to_contain_text("withdrawn")
    with tenant_context(tenants[CARE].pk):
        assert Suppression.objects.get().withdrawn_at is not None
