"""A tenant admin connects the sandbox by keyboard and watches its calls come in."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings

from reviews import tasks
from reviews.demo import build
from reviews.ingest import fetch, vendor
from reviews.jobs import ledger
from reviews.models import Job, JobKind, JobState, MemberRole, Source, Tenant
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Sandbox
from tests.factories.loop import drain
from tests.functional.test_crawl import is_too_wide, violations
from tests.functional.test_reviewing import CARE, sign_in

Opened = Callable[..., Page]
KEY = "sandbox-meridian-care"
UNSEEN = """() => {
  const told = document.body.dataset;
  Object.defineProperty(document, "hidden", { get: () => !told.seen });
  document.addEventListener("htmx:beforeRequest", (event) => {
    told[event.defaultPrevented ? "held" : "asked"] = "yes";
  });
}"""
"""As in a tab behind others; the page tells what became of its requests."""


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


def source_of(care: Tenant) -> Source:
    with tenant_context(care.pk):
        return Source.objects.get(name="Phones")


def step(care: Tenant, kind: JobKind) -> None:
    """The source's own job of this kind, one slice of it."""
    with tenant_context(care.pk):
        jobs = Job.objects.filter(kind=kind, subject_id=source_of(care).pk)
        job = jobs.exclude(state=JobState.DONE).get()
    claim = ledger.claim(tenant_id=care.pk, job_id=job.pk)
    assert claim is not None
    tasks.work(claim)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_backfill_is_started_and_watched_to_its_end(
    opened: Opened,
    tenants: dict[str, Tenant],
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_javascript: bool,
) -> None:
    monkeypatch.setattr(vendor, "slice_s", lambda: 0.0)  # each slice takes one batch
    monkeypatch.setattr(fetch, "BATCH", 5)
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    press(page, "Test the connection")
    expect(page.locator("#messages")).to_contain_text("Its newest call is of")
    press(page, "Start a backfill")
    expect(page.locator("#progress")).to_contain_text("Reading the list")
    expect(page.locator("#progress")).to_contain_text("0 calls listed so far")
    if not has_javascript:
        page.get_by_role("link", name="Follow it").press("Enter")
    step(tenants[CARE], JobKind.BACKFILL)
    bar = page.locator("#progress progress")
    expect(bar).to_have_attribute("value", "0")
    expect(bar).to_have_attribute("max", "12")
    step(tenants[CARE], JobKind.FETCH)
    expect(bar).to_have_attribute("value", "5")
    expect(page.locator("#progress")).to_contain_text("5 of 12 calls")
    expect(page.locator("#progress")).to_contain_text("to go")
    drain()
    expect(page.locator("[data-phase=done]")).to_have_text("Done")
    expect(bar).to_have_count(0)
    expect(page.locator("#progress")).to_contain_text("12 of 12 calls")
    page.locator("#n-wanted").press("Enter")
    expect(page.locator("main")).to_contain_text("No call is in this list")
    page.get_by_role("link", name="Here", exact=True).press("Enter")
    expect(page.locator("tbody tr")).to_have_count(12)
    page.locator("tbody a").first.press("Enter")
    page.wait_for_url("**/calls/*")


def test_progress_asks_for_nothing_while_nobody_looks(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox
) -> None:
    page = opened()
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    press(page, "Start a backfill")
    expect(page.locator("#progress[data-progress]")).to_be_visible()
    page.evaluate(UNSEEN)
    body = page.locator("body")
    expect(body).to_have_attribute("data-held", "yes")
    expect(body).not_to_have_attribute("data-asked", "yes")
    page.evaluate("() => { document.body.dataset.seen = 'yes'; }")
    expect(body).to_have_attribute("data-asked", "yes")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_source_is_paused_resumed_and_its_backfill_cancelled(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox, *, has_javascript: bool
) -> None:
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    press(page, "Start a backfill")
    press(page, "Pause")
    expect(page.locator("main")).to_contain_text("Paused: by a person")
    drain()
    page.reload()
    expect(page.locator("#n-wanted")).to_have_text("0")
    press(page, "Resume")
    step(tenants[CARE], JobKind.BACKFILL)
    page.reload()
    expect(page.locator("#n-wanted")).to_have_text("12")
    press(page, "Cancel the backfill")
    expect(page.locator("#messages")).to_contain_text("12 calls are left out")
    expect(page.locator("[data-phase=cancelled]")).to_be_visible()
    press(page, "Start it again")
    drain()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("12 of 12 calls")


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_secret_is_made_shown_once_and_good_for_a_webhook(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox, *, has_javascript: bool
) -> None:
    page = opened(has_javascript=has_javascript, width=360)
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    press(page, "Make the secret")
    expect(page.locator("#secret")).to_be_visible()
    if has_javascript:  # by which both are measured
        assert violations(page) == []
        assert not is_too_wide(page)
    address, header, secret = page.locator("code.whole").all_text_contents()
    assert posted(address, header, "wrong") == 404
    assert posted(address, header, secret) == 204
    page.get_by_role("link", name="Back to the source").press("Enter")
    expect(page.locator("main")).to_contain_text("Last delivery:")
    assert secret not in page.content()
    press(page, "Rotate the secret")
    assert page.locator("#secret").text_content() != secret
    expect(page.locator("main")).to_contain_text("is good until")
    assert posted(address, header, secret) == 204, "until then both are"


def posted(address: str, header: str, secret: str) -> int:
    path = urlsplit(address).path
    body = {"transcript_id": "told-by-webhook", "status": "completed"}
    return Client().post(
        path, body, content_type="application/json", headers={header: secret}
    ).status_code  # fmt: skip


@pytest.mark.parametrize("has_javascript", [True, False])
def test_polling_retention_and_comparison_are_set_by_keyboard(
    opened: Opened, tenants: dict[str, Tenant], sandbox: Sandbox, *, has_javascript: bool
) -> None:
    page = opened(has_javascript=has_javascript)
    sign_in(page, MemberRole.TENANT_ADMIN)
    connect(page, "Phones", sandbox.base_url, KEY)
    page.get_by_label("Poll every").fill("120")
    page.get_by_label("The source deletes").select_option("own")
    press(page, "Save")
    expect(page.locator("main [role=alert]:not([hidden])")).to_contain_text(
        "Write after how many hours"
    )
    expect(page.get_by_label("Poll every")).to_have_value("120")
    assert not has_javascript or violations(page) == []
    page.get_by_label("Other: hours").fill("100")
    press(page, "Save")
    expect(page.locator("#messages")).to_contain_text("Saved.")
    source = source_of(tenants[CARE])
    assert (source.poll_every_s, source.upstream_retention_hours) == (120, 100)
    page.get_by_label("Days back").fill("2")
    press(page, "Compare with the list now")
    expect(page.locator("#progress")).to_contain_text("being compared with its list")
    drain()
    page.reload()
    expect(page.locator("#progress")).to_contain_text("Last compared with its list")


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
