"""A tenant admin submits a recording, with and without JavaScript, on a page open to everybody."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from reviews.models import MemberRole, Source, Tenant
from reviews.models.tenancy import tenant_context
from tests.functional.test_crawl import WIDTHS, is_too_wide, violations
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
SOUND = {"name": "17.wav", "mimeType": "audio/wav", "buffer": b"RIFF of a call"}


@pytest.mark.parametrize("has_javascript", [True, False])
def test_an_admin_submits_a_recording(
    opened: Opened, tenants: dict[str, Tenant], *, has_javascript: bool
) -> None:
    with tenant_context(tenants[CARE].pk):
        source_id = Source.objects.get().pk
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    page.goto(reverse("source-detail", args=[CARE, source_id]))
    page.get_by_role("link", name="Submit a recording").click()
    page.get_by_label("Or a file").set_input_files(SOUND)  # type: ignore[arg-type] # a mapping of its form
    page.get_by_label("Your id of the call").fill("crm-17")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("tr[data-state=waiting]")).to_contain_text("crm-17")
    page.get_by_label("Features as JSON").fill('{"redact_pii": true}')
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("speech_models")
    if has_javascript:
        assert violations(page) == []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert not is_too_wide(page)
