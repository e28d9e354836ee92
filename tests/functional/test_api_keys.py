"""A program's key from its making to its end, without JavaScript."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import MemberRole, Tenant
from tests.factories import demo
from tests.functional.test_crawl import sign_in


def test_a_key_is_made_used_rotated_and_revoked(
    opened: Callable[..., Page], tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    page = opened(has_javascript=False)
    sign_in(page, demo.signed_in(MemberRole.TENANT_ADMIN), live_server.url, "light")
    page.goto("/t/meridian-care/settings/keys")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_role("textbox", name="Name").fill("Warehouse")
    page.get_by_label("Read findings").check()
    page.get_by_label("Networks").fill("127.0.0.1")
    page.get_by_role("button", name="Make the key").click()
    first = page.locator("#secret").inner_text()
    assert answered(live_server, first) == 200

    page.get_by_role("link", name="To the key").click()
    page.get_by_role("button", name="Rotate the key").click()
    expect(page.get_by_text("The secret before this one is good until")).to_be_visible()
    second = page.locator("#secret").inner_text()
    assert [answered(live_server, each) for each in (first, second)] == [200, 200]

    page.get_by_role("link", name="To the key").click()
    page.get_by_label("Networks").fill("198.51.100.0/24")
    page.get_by_role("button", name="Save").click()
    assert answered(live_server, second) == 401
    page.reload()
    expect(page.get_by_text("from outside its networks")).to_be_visible()

    page.get_by_label("Networks").fill("")
    page.get_by_role("button", name="Save").click()
    assert answered(live_server, second) == 200
    page.get_by_role("button", name="Revoke the key").click()
    assert [answered(live_server, each) for each in (first, second)] == [401, 401]
    page.get_by_role("link", name="Ended").click()
    expect(page.get_by_role("row", name="Warehouse")).to_contain_text("Revoked")


def answered(server: LiveServer, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{server.url}/api/v1/findings", headers=headers).status_code
