"""Every page, empty and full, light and dark, narrow and wide: nothing broken for anybody."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it has no types
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from reviews.demo.names import email_of
from reviews.models import (
    Agent,
    ApiKey,
    AudioKind,
    Backtest,
    BacktestHit,
    CalibrationSet,
    Coaching,
    CrmConnection,
    CrmRun,
    Delivery,
    Dispute,
    Draw,
    Drop,
    Evaluation,
    Finding,
    Forward,
    Forwarded,
    Hook,
    Job,
    ManualFinding,
    MemberRole,
    Membership,
    Notification,
    ReviewTask,
    Rubric,
    RubricVersion,
    SamplingPlan,
    Source,
    Suppression,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import api, demo, recordings
from tests.factories.comparing import coached, compared
from tests.factories.crm import connected
from tests.factories.dropped import dropped
from tests.factories.forwarded import forwarded
from tests.factories.hooked import hooked
from tests.factories.trying import tried

Opened = Callable[..., Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF = {
    "dispute_id": Dispute,
    "suppression_id": Suppression,
    "transcript_id": Transcript,
    "rubric_id": Rubric,
    "source_id": Source,
    "finding_id": Finding,
    "job_id": Job,
    "version_id": RubricVersion,
    "other_id": RubricVersion,
    "backtest_id": Backtest,
    "hit_id": BacktestHit,
    "evaluation_id": Evaluation,
    "tenant_id": Tenant,
    "member_id": Membership,
    "plan_id": SamplingPlan,
    "draw_id": Draw,
    "task_id": ReviewTask,
    "set_id": CalibrationSet,
    "coaching_id": Coaching,
    "agent_id": Agent,
    "manual_id": ManualFinding,
    "notification_id": Notification,
    "key_id": ApiKey,
    "hook_id": Hook,
    "delivery_id": Delivery,
    "drop_id": Drop,
    "connection_id": CrmConnection,
    "run_id": CrmRun,
    "forward_id": Forward,
    "forwarded_id": Forwarded,
}
WIDTHS = (360, 1280)
THEMES = ("light", "dark")
LOOKS = tuple(zip(WIDTHS, THEMES, strict=True))
"""Every page in both themes and at both widths."""


def patterns(resolver: Any) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        yield from patterns(each) if hasattr(each, "url_patterns") else [each]


def addresses(tenant: Tenant) -> list[str]:
    """Of every page that a tenant admin can load: each route that answers a GET with HTML."""
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    routes = (_address(pattern, tenant) for pattern in patterns(get_resolver()))
    return [address for address in routes if address and _is_page(client, address)]


def _address(pattern: URLPattern, tenant: Tenant) -> str | None:
    """None where the tenant has no row to show there, for the API, and for what leads elsewhere."""
    if str(pattern.name).startswith(("api-", "welcome", "openid_", "help-guide")):
        return None
    names = set(pattern.pattern.converters)
    ids: dict[str, str | UUID | None] = {"slug": tenant.slug}
    with tenant_context(tenant.pk):
        for name in sorted(names - {"slug"}, reverse=True):
            row = OF[name].objects.first()  # type: ignore[attr-defined] # a model's manager
            ids[name] = row.pk if row else None
            if isinstance(row, Evaluation):
                ids["transcript_id"] = row.transcript_id
    kwargs = {name: ids[name] for name in names}
    return None if None in kwargs.values() else reverse(str(pattern.name), kwargs=kwargs)


def _is_page(client: Client, address: str) -> bool:
    """Not what takes only POST, nor what is for machines."""
    answer = client.get(address)
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    assert answer.status_code in (200, 302, 405) or not is_html, address
    return answer.status_code == 200 and is_html


def violations(page: Page) -> list[str]:
    asked = {"runOnly": RULES, "resultTypes": ["violations"]}  # the rest is counted, not told
    found = Axe().run(page, options=asked).response["violations"]
    return [f"{page.url} {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def sign_in(page: Page, client: Client, base: str, theme: str) -> None:
    """As the test client that is signed in."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    named = {settings.SESSION_COOKIE_NAME: session, "theme": theme}
    page.context.add_cookies([{"name": k, "value": v, "url": base} for k, v in named.items()])


@pytest.fixture
def empty(tenants: dict[str, Tenant]) -> Tenant:
    """A tenant that has nothing yet."""
    tenant = Tenant.objects.create(slug="empty", name="Empty")
    user = User.objects.get(email=email_of(MemberRole.TENANT_ADMIN))
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN)
    return tenant


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_no_page_breaks_a_rule_of_accessibility_or_its_own_policy(
    width: int,
    theme: str,
    opened: Opened,
    tenants: dict[str, Tenant],
    empty: Tenant,
    live_server: LiveServer,
) -> None:
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    with tenant_context(tenants["meridian-care"].pk):
        call = Transcript.objects.first()
    assert call is not None
    for kind in AudioKind:
        recordings.held(call, kind)
    tried(tenants["meridian-care"])
    compared(tenants["meridian-care"])
    coached(tenants["meridian-care"])
    api.token(tenants["meridian-care"])
    hooked(tenants["meridian-care"])
    dropped(tenants["meridian-care"])
    connected(tenants["meridian-care"])
    forwarded(tenants["meridian-care"])
    visited = [*addresses(tenants["meridian-care"]), *addresses(empty)]
    print(len(visited), "addresses:", *visited)
    assert len(visited) > 15
    found: list[str] = []
    page = opened(width=width)
    sign_in(page, client, live_server.url, theme)
    for address in visited:
        page.goto(address)
        assert page.url == live_server.url + address, "not sent elsewhere"
        found += violations(page)
        found += [f"{address} is wider than {width}"] if is_too_wide(page) else []
    assert found == []


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def planted(page: Page, old: str, new: str) -> None:
    """Change each page on its way to the browser."""

    def change(route: Route) -> None:
        answer = route.fetch()
        body = answer.text()
        assert old in body
        route.fulfill(response=answer, body=body.replace(old, new))

    page.route("**/login", change)


def test_a_planted_label_without_words_is_found(opened: Opened) -> None:
    page = opened()
    planted(page, "<label ", "<span ")
    page.goto("/login")
    assert [each for each in violations(page) if "label" in each]


def test_a_planted_inline_style_is_found(opened: Opened, troubles: list[str]) -> None:
    page = opened()
    planted(page, "<main", '<p style="color:red">x</p><main')
    page.goto("/login")
    expect(page.locator("p[style]")).to_be_visible()
    assert [each for each in troubles if "style" in each]
    troubles.clear()
