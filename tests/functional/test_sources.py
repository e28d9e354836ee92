"""A tenant admin connects the sandbox by keyboard and watches its calls come in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from reviews.demo import build
from reviews.models import MemberRole, Tenant
from reviews.sandbox.server import Sandbox
from tests.factories.loop import drain
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
KEY = "sandbox-meridian-care"


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    with Sandbox(accounts=build.accounts(36, seed=2), port=0) as running:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({running.base_url.removeprefix("http://")})
        yield running


def connect(page: Page, name: str, address: str, key: str) -> None:
    page.goto(f"/t/{CARE}/sources/connect")
    page.locator("input[name=name]").focus()
    for text in (name, address, key):
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_an_admin_connects_tests_and_fetches(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox, *, has_javascript: bool
) -> None:
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    page.locator("form[action$=test] button").press("Enter")
    expect(page.locator("#messages")).to_contain_text("Its newest call is of")
    page.locator("form[action$=backfill] button").press("Enter")
    expect(page.locator("main")).to_contain_text("Queued")
    drain()
    page.reload()
    expect(page.locator("main")).to_contain_text("Done")
    expect(page.locator("main")).to_contain_text("12")


def test_a_wrong_key_address_and_name_are_said(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox
) -> None:
    page = opened()
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, "wrong")
    page.locator("form[action$=test] button").press("Enter")
    expect(page.locator("#messages")).to_contain_text("The key was refused (401)")
    connect(page, "Phones", sandbox.base_url, KEY)
    expect(page.locator("main")).to_contain_text("another source has it")
    connect(page, "Other", "http://127.0.0.1:1/?x=1", KEY)
    expect(page.locator("main")).to_contain_text("a query, a fragment or a user name in it")
    connect(page, "Inside", "http://10.0.0.1", KEY)
    page.locator("form[action$=test] button").press("Enter")
    expect(page.locator("#messages")).to_contain_text("refused")
