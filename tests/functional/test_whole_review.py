"""A whole call is reviewed to its end by keyboard, with JavaScript and without, on a phone too."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import (
    CallReviewAnswer,
    CallReviewDraft,
    Evaluation,
    MemberRole,
    Membership,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories.asking import evaluated, published
from tests.functional.test_crawl import is_too_wide, sign_in, violations

Opened = Callable[..., Page]


@pytest.fixture
def row(transactional_db: None) -> Evaluation:
    tenant = Tenant.objects.create(slug="a", name="A")
    published(tenant)
    return evaluated(tenant)


@pytest.fixture
def client(row: Evaluation) -> Client:
    user = User.objects.create(email="ann@example.test", name="Ann")
    with tenant_context(row.tenant_id):
        Membership.objects.create(tenant_id=row.tenant_id, user=user, role=MemberRole.REVIEWER)
    client = Client()
    client.force_login(user)
    return client


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")


@pytest.mark.parametrize("has_javascript", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_calls_page_to_a_finished_review(
    has_javascript: bool,
    width: int,
    opened: Opened,
    row: Evaluation,
    client: Client,
    live_server: LiveServer,
) -> None:
    page = opened(has_javascript=has_javascript, width=width)
    sign_in(page, client, live_server.url, "light")
    page.goto(reverse("call-detail", args=["a", row.transcript_id]))
    page.get_by_role("link", name="Review the whole call").press("Enter")
    press(page, "Begin")
    page.get_by_label("Clear").press("Space")
    page.get_by_label("Is “No guarantee” right?").select_option("Dismiss: Allowed in this case")
    if has_javascript:
        expect(page.locator("#saved")).to_contain_text("Saved at")
        assert violations(page) == []
    else:
        press(page, "Save")
        expect(page.locator("#messages")).to_contain_text("Saved")
    assert not is_too_wide(page)
    _is_kept(row)
    press(page, "Finish")
    expect(page.get_by_role("alert")).to_contain_text("1 of 2 questions are open")
    page.get_by_label("Yes").press("Space")
    press(page, "Finish")
    expect(page.locator("#messages")).to_contain_text("finished")
    expect(page.get_by_text("Reviewed whole by Ann")).to_be_visible()
    assert not is_too_wide(page)
    with tenant_context(row.tenant_id):
        given = CallReviewAnswer.objects.order_by("rule_code").values_list("rule_code", "level")
        assert list(given) == [("explained", "clear"), ("polite", "yes")]


def _is_kept(row: Evaluation) -> None:
    with tenant_context(row.tenant_id):
        draft = CallReviewDraft.objects.get()
    assert draft.answers == {"explained": {"level": "clear", "comment": ""}}
    assert draft.wrong == {"promise": "allowed"}
