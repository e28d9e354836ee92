"""The palette: what goes by a text, for whom, and the keys that it lists."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.demo.names import email_of
from reviews.models import Agent, MemberRole, Participant, Release, Tenant, Transcript, User
from reviews.models.tenancy import tenant_context
from reviews.queries.jump import AT_MOST
from reviews.web.jump import PAGES
from reviews.web.keys import KEYS
from tests.factories import demo
from tests.factories.stored import keep_said
from tests.integration.test_sql_counts import asked

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
ADDRESS = f"/t/{CARE}/jump"
QUERIES = 9
"""With a text; without one as sql_counts.toml says."""
ROW = re.compile(r'<(?:div|li) data-key="([^"]+)" data-action="(\w+)" data-where="(\w+)"')


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


@pytest.fixture
def call(care: Tenant) -> Transcript:
    """Of one agent, who has more calls than are shown."""
    rows = [keep_said(care, f"c-{n}", "agent: hello") for n in range(AT_MOST + 2)]
    with tenant_context(care.pk):
        agent, _ = Agent.objects.update_or_create(
            tenant_id=care.pk, external_id="A-77", defaults={"name": "Jordan Ortiz"}
        )
        for row in rows:
            Participant.objects.filter(transcript=row, role="agent").delete()
            Participant.objects.create(
                tenant_id=care.pk, transcript=row, revision=row.revision, speaker="A",
                role="agent", agent=agent,
            )  # fmt: skip
    return rows[0]


def found(role: MemberRole, text: str = "") -> str:
    page = demo.signed_in(role).get(ADDRESS, {"q": text}).content.decode()
    return page.partition('id="found"')[2].partition("</main>")[0]


def links(page: str) -> list[str]:
    return re.findall(r'<a[^>]*href="([^"#?]+)', page)


@pytest.mark.parametrize("role", MemberRole)
def test_every_page_that_is_offered_can_be_opened(care: Tenant, role: MemberRole) -> None:
    client = demo.signed_in(role)
    offered = links(found(role))
    assert len(offered) >= 5
    assert [each for each in offered if client.get(each).status_code != 200] == []


def test_every_page_of_the_bar_and_its_menus_is_offered(care: Tenant) -> None:
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    bar = client.get(ADDRESS).content.decode().partition("</header>")[0]
    own = {each for each in links(bar) if each not in ("/", "#main")}
    tenants = {reverse("tenant-home", args=[slug]) for slug in (CARE, *others())}
    assert own - tenants <= set(links(found(MemberRole.TENANT_ADMIN)))
    assert len(links(found(MemberRole.TENANT_ADMIN))) == len(PAGES)


def others() -> list[str]:
    return list(Tenant.objects.exclude(slug=CARE).values_list("slug", flat=True))


@pytest.mark.parametrize("by", ["external_id", "pk"])
def test_a_call_goes_by_either_of_its_ids(call: Transcript, by: str) -> None:
    address = reverse("call-detail", args=[CARE, call.pk])
    assert links(found(MemberRole.REVIEWER, f" {getattr(call, by)} ")) == [address]


def test_an_agents_name_leads_to_the_agent_and_the_newest_calls(call: Transcript) -> None:
    shown = found(MemberRole.REVIEWER, "ortiz")
    assert shown.count("/calls/") == AT_MOST
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    assert asked(client, f"{ADDRESS}?q=ortiz") == QUERIES
    assert "Jordan Ortiz" in shown
    assert reverse("call-detail", args=[CARE, call.pk]) not in shown, "the oldest"


def test_rules_rubrics_pages_and_people_go_by_a_part_of_their_names(care: Tenant) -> None:
    shown = found(MemberRole.TENANT_ADMIN, "VOICEMAIL")
    assert "#rule-voicemail_privacy" in shown
    assert "Meridian Care patient calls" in found(MemberRole.TENANT_ADMIN, "patient")
    assert links(found(MemberRole.TENANT_ADMIN, "trail")) == [f"/t/{CARE}/audit"]
    assert "/people/" in found(MemberRole.TENANT_ADMIN, email_of(MemberRole.LEAD))
    assert "Nothing that you may open" in found(MemberRole.TENANT_ADMIN, "xylophone")


def test_nobody_finds_what_they_may_not_open(call: Transcript) -> None:
    for text in ("voicemail", "patient", email_of(MemberRole.LEAD), "c-0", str(call.pk), "trail"):
        assert links(found(MemberRole.CLIENT_VIEWER, text)) == [f"/t/{CARE}/calls"], text
    assert "/people/" not in found(MemberRole.REVIEWER, email_of(MemberRole.LEAD))
    assert "c-0" not in found(MemberRole.INTEGRATOR, "c-0").partition("“")[0]
    with tenant_context(call.tenant_id):
        lead = User.objects.get(email=email_of(MemberRole.LEAD))
        released = {"transcript": call, "by": lead, "at": timezone.now()}
        Release.objects.create(tenant_id=call.tenant_id, **released)
    address = reverse("call-detail", args=[CARE, call.pk])
    assert links(found(MemberRole.CLIENT_VIEWER, "c-0")) == [address]


def rows(page: str, panel: str) -> list[tuple[str, ...]]:
    return ROW.findall(page.partition(f'<dialog id="{panel}"')[2].partition("</dialog>")[0])


def test_the_palette_and_the_help_list_the_keys_that_are_bound(care: Tenant) -> None:
    page = demo.signed_in(MemberRole.REVIEWER).get(ADDRESS).content.decode()
    table = [(key.key, key.action, key.where) for key in KEYS]
    assert rows(page, "help") == rows(page, "jump") == table
