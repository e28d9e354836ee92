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
HEARD = """async (audio, wanted) => {
    for (let i = 0; audio.currentTime < wanted && i < 250; i++) {
        await new Promise((done) => setTimeout(done, 20));
    }
    return audio.currentTime;
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


def at(page: Page) -> float:
    """How far the recording is."""
    return float(page.locator("audio").evaluate("(audio) => audio.currentTime"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_play_jump_change_the_speed_and_follow(
    opened: Opened, tenants: dict[str, Tenant], live_server: LiveServer
) -> None:
    with tenant_context(tenants["meridian-care"].pk):
        call = Transcript.objects.filter(state="ready").order_by("pk")[0]
    recordings.held(call, data=wav(60.0))
    page = opened()
    sign_in(page, demo.signed_in(MemberRole.REVIEWER), live_server.url, "light")
    page.goto(f"/t/meridian-care/calls/{_short(call)}?at=20")
    audio, player = page.locator("audio"), page.locator("[data-player]")
    press(page, "Space")
    assert audio.evaluate(HEARD, 20.5) >= 20.5, "it began at the moment of the address"
    expect(page.locator(".lines > [data-heard]")).to_have_count(1)
    press(page, "Space")
    stopped = at(page)
    press(page, "Space")
    page.wait_for_timeout(200)
    press(page, "Space")
    again = at(page)
    assert stopped - 2 <= again < stopped - 1
    press(page, "ArrowRight")
    assert at(page) == pytest.approx(again + 5, abs=0.01)
    press(page, "ArrowLeft")
    assert at(page) == pytest.approx(again, abs=0.01)
    press(page, ".", ".", ",", "s")
    page.reload()
    expect(player.locator("output")).to_have_text("1.25×")
    expect(player.locator("input")).not_to_be_checked()
    assert audio.evaluate("(audio) => audio.playbackRate") == 1.25
    page.locator(".lines > li > a[href]").nth(3).click()
    asked = page.evaluate("Number(new URLSearchParams(location.search).get('at'))")
    assert at(page) == pytest.approx(asked, abs=0.01)


def _short(call: Transcript) -> str:
    return ShortId().to_url(call.pk)
