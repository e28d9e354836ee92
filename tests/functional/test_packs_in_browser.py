"""The packs' pages and a release's: for everybody, at every width, light and dark."""

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from reviews.models import MemberRole, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries.rubrics import plain
from reviews.rubrics import packs, publish
from tests.factories import demo
from tests.factories.packs import FIRST, SECOND, released
from tests.functional.test_crawl import THEMES, WIDTHS, Opened, is_too_wide, sign_in, violations


def test_packs_and_releases_break_no_rule_of_accessibility(
    opened: Opened,
    tenants: dict[str, Tenant],
    live_server: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    care = tenants["meridian-care"]
    client, found = demo.signed_in(MemberRole.TENANT_ADMIN), list[str]()
    new = reverse("rubric-new", args=[care.slug])
    with released(tmp_path, monkeypatch, FIRST, SECOND):
        document = dict(plain(packs.release("small", 1).rubric))
        document["rules"] = document["rules"][1:]
        with tenant_context(care.pk):
            version = publish.publish(
                tenant_id=care.pk, code="own", document=document, by=None, now=timezone.now()
            )
        release = reverse("rubric-release", args=[care.slug, version.rubric_id])
        for width in WIDTHS:
            for theme in THEMES:
                page = opened(width=width)
                sign_in(page, client, live_server.url, theme)
                for address in (new, f"{new}?pack=small", release):
                    page.goto(address)
                    found += violations(page)
                    found += [f"{address} is wider than {width}"] if is_too_wide(page) else []
        assert found == []
        page.get_by_role("button", name="Take into the draft").press("Enter")
        expect(page.get_by_text("Taken into the draft.")).to_be_visible()
