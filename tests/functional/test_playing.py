"""A recording in a real browser: played, jumped within, under the page's own policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import MemberRole, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from reviews.sandbox.tone import wav
from reviews.web.converters import ShortId
from tests.factories import demo, recordings
from tests.functional.test_crawl import is_too_wide, sign_in

Opened = Callable[..., Page]
JUMP = """async (audio) => {
    audio.muted = true;
    await audio.play();
    audio.currentTime = 45;
    await new Promise((done) => audio.addEventListener("seeked", done, {once: true}));
    audio.pause();
    return [Math.round(audio.duration), Math.round(audio.currentTime), audio.error];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_recording_is_played_and_jumped_within(
    opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer, theme: str
) -> None:
    with tenant_context(tenants["meridian-care"].pk):
        call = Transcript.objects.filter(state="ready").order_by("pk")[0]
    recordings.held(call, data=wav(60.0))
    page = opened(width=400)
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, theme)
    page.goto(f"/t/meridian-care/calls/{_short(call)}")
    expect(page.locator("audio")).to_be_visible()
    assert page.locator("audio").evaluate(JUMP) == [60, 45, None]
    assert not is_too_wide(page)


def _short(call: Transcript) -> str:
    return ShortId().to_url(call.pk)
