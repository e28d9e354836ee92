"""A real browser on a live server: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from reviews.models import Tenant
from tests.factories import demo
from tests.functional.watching import watch

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
CALLS = 36
PATIENCE_MS = 20_000
"""Two browsers share two cores; what is waited for comes, or the page is wrong."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "no chromium: install Debian's package, or name one in CHROMIUM"
    # Playwright runs a loop in this thread, beside which Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def tenants(transactional_db: None) -> dict[str, Tenant]:
    """The demo's three tenants with evaluated calls."""
    return demo.evaluated(CALLS)


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong unseen on the pages so far."""
    return []


@pytest.fixture
def opened(
    browser: Browser, live_server: LiveServer, troubles: list[str]
) -> Iterator[Callable[..., Page]]:
    """Opens a page; at the end no policy was broken and nothing failed on any of them."""
    contexts: list[BrowserContext] = []

    def open_page(*, has_javascript: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=has_javascript,
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        watch(page, live_server.url, troubles)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
