"""A passkey, set up and asked for by a real browser with an authenticator of its own."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories import demo

Opened = Callable[..., Page]
EMAIL = "alice@example.test"


@pytest.fixture
def alice(transactional_db: None) -> User:
    tenant = Tenant.objects.create(slug="a", name="A", needs_factor=True)
    user = User.objects.create_user(EMAIL, demo.PASSWORD)
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.REVIEWER)
    return user


def sign_in(page: Page) -> None:
    page.goto("/t/a/queue")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def with_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_tenant_leads_to_a_passkey_which_is_then_asked_for(opened: Opened, alice: User) -> None:
    page = opened()
    with_authenticator(page)
    sign_in(page)
    expect(page.get_by_role("alert").first).to_contain_text("Set one up here")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", exact=True)).to_be_visible()
    page.goto("/t/a/queue")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page)
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url("**/t/a/queue")


def test_what_was_typed_is_there_again_after_a_session_that_ended(
    opened: Opened, alice: User
) -> None:
    Tenant.objects.update(needs_factor=False)
    page = opened()
    sign_in(page)
    page.goto("/profile")
    page.get_by_label("Name").fill("half a sentence")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("half a sentence")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    page.get_by_label("Name").fill("another")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name")).to_have_value("another")
