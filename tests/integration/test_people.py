"""People by their pages: invited by a link, changed, sent away; and the trail that tells of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews import access, audit, policies
from reviews.models import (
    Agent,
    AuditEvent,
    MemberRole,
    MemberScope,
    Membership,
    Team,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import trail
from reviews.web import csv_table
from tests.factories import demo

pytestmark = pytest.mark.django_db
PASSWORD = "four words make it"
BEFORE = {"email": "new@example.test", "name": "New", "role": "reviewer", "scope": "tenant"}
ADMIN = "admin@example.test"


@pytest.fixture
def north() -> Tenant:
    return tenant_with_admin("north", ADMIN)


def tenant_with_admin(slug: str, email: str) -> Tenant:
    tenant = Tenant.objects.create(slug=slug, name=slug.title())
    user = User.objects.create_user(email, demo.PASSWORD)
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN)
    return tenant


@pytest.fixture
def admin(north: Tenant) -> Client:
    return signed_in(ADMIN)


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def invited(client: Client, slug: str = "north", **changed: str) -> str:
    """The link's path."""
    answer = client.post(f"/t/{slug}/people", BEFORE | changed)
    assert answer.status_code == 200, text(answer)
    return str(re.findall(r'value="http://testserver(/welcome/[^"]+)"', text(answer))[0])


def member(tenant: Tenant, email: str) -> Membership:
    with tenant_context(tenant.pk):
        return Membership.objects.select_related("user").get(user__email=email)


def events(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.pk):
        return [row.event for row in AuditEvent.objects.order_by("sequence")]


def test_an_invitation_is_taken_once_with_a_password_of_ones_own(
    admin: Client, north: Tenant
) -> None:
    link = invited(admin)
    assert link not in text(admin.get("/t/north/people")), "shown once"
    row = member(north, BEFORE["email"])
    assert access.memberships_of(row.user) == []
    guest = Client()
    assert "Choose a password" in text(guest.get(link))
    assert "at least 12 characters" in text(guest.post(link, {"password": "short"}))
    assert guest.post(link, {"password": PASSWORD}).headers["Location"] == "/t/north"
    assert guest.post(link, {"password": PASSWORD}).status_code == 404
    sent = {"email": BEFORE["email"], "password": PASSWORD, "next": "/t/north/queue"}
    assert guest.post("/login", sent).headers["Location"] == "/t/north/queue"
    assert guest.get("/t/north/queue").status_code == 200
    assert member(north, BEFORE["email"]).seen_at is not None
    assert events(north) == ["member.invited", "member.joined", "member.signed_in"]


def test_a_link_runs_out_and_a_new_one_ends_the_old(admin: Client, north: Tenant) -> None:
    old = invited(admin)
    page = f"/t/north/people/{short(member(north, BEFORE['email']))}"
    answer = text(admin.post(page, {"act": "link"}))
    new = re.findall(r'value="http://testserver(/welcome/[^"]+)"', answer)[0]
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    with tenant_context(north.pk):
        Membership.objects.update(invite_until=timezone.now() - timedelta(seconds=1))
    assert Client().get(new).status_code == 404


def short(row: Membership) -> str:
    return reverse("people-detail", args=["north", row.pk]).rsplit("/", 1)[1]


def test_an_account_that_another_tenant_made_is_joined_only_by_its_holder(
    admin: Client, north: Tenant
) -> None:
    """Else the admin of one tenant could take the password of a person, and be them in another."""
    tenant_with_admin("south", "other@example.test")
    link = invited(admin, email="other@example.test")
    assert Client().get(link).headers["Location"].startswith("/login?next=/welcome/")
    assert Client().post(link, {"password": PASSWORD}).status_code == 302
    holder = User.objects.get(email="other@example.test")
    assert holder.check_password(demo.PASSWORD)
    client = signed_in("other@example.test")
    assert "Choose a password" not in text(client.get(link))
    assert client.post(link).status_code == 302
    assert {each.tenant.slug for each in access.memberships_of(holder)} == {"north", "south"}


def test_who_is_there_already_is_not_invited_again(admin: Client, north: Tenant) -> None:
    answer = admin.post("/t/north/people", BEFORE | {"email": ADMIN.upper()})
    assert (answer.status_code, "listed here already" in text(answer)) == (422, True)


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(
    admin: Client, north: Tenant
) -> None:
    Client().post(invited(admin, role="tenant_admin"), {"password": PASSWORD})
    second = signed_in(BEFORE["email"])
    assert second.get("/t/north/people").status_code == 200
    page = f"/t/north/people/{short(member(north, BEFORE['email']))}"
    with tenant_context(north.pk):
        team = Team.objects.create(tenant=north, name="East")
        agent = Agent.objects.create(tenant=north, external_id="7", team=team)
    sent = {"role": "reviewer", "scope": "teams", "teams": str(team.pk), "agent": str(agent.pk)}
    assert admin.post(page, sent).status_code == 302
    assert second.get("/t/north/people").status_code == 403
    row = member(north, BEFORE["email"])
    with tenant_context(north.pk):
        assert [each.team_id for each in row.team_links.all()] == [team.pk]
        assert Agent.objects.get().user == row.user
        assert access.visible_transcripts(row).count() == Transcript.objects.count() == 0
    assert admin.post(page, {"act": "deactivate"}).status_code == 302
    assert second.get("/t/north/queue").status_code == 404
    assert admin.post(page, {"act": "activate"}).status_code == 302
    assert second.get("/t/north/queue").status_code == 200
    assert events(north)[2:] == [
        "agent.linked", "member.changed", "member.deactivated", "member.activated",
    ]  # fmt: skip


@pytest.mark.parametrize("sent", [{"act": "deactivate"}, {"role": "lead", "scope": "tenant"}])
def test_the_last_admin_stays(sent: dict[str, str], admin: Client, north: Tenant) -> None:
    page = f"/t/north/people/{short(member(north, ADMIN))}"
    answer = admin.post(page, sent)
    assert (answer.status_code, "last admin" in text(answer)) == (409, True)
    assert member(north, ADMIN).role == MemberRole.TENANT_ADMIN
    assert events(north) == []


def test_a_scope_without_a_team_is_told_at_its_field(admin: Client, north: Tenant) -> None:
    with tenant_context(north.pk):
        Team.objects.create(tenant=north, name="East")
    answer = admin.post("/t/north/people", BEFORE | {"scope": MemberScope.TEAMS})
    assert (answer.status_code, "No team is chosen" in text(answer)) == (422, True)


def test_what_each_role_may_is_the_table_that_decides(admin: Client, north: Tenant) -> None:
    page = text(admin.get("/t/north/people/roles"))
    assert page.count("<tr>") == 1 + len(policies.Action)
    assert all(words in page for words in policies.WORDS.values())
    allowed = sum(map(len, policies.ALLOWED.values()))
    assert page.count("</svg> yes") == allowed


def rows(tenant: Tenant, count: int) -> None:
    admin = User.objects.get(email=ADMIN)
    with tenant_context(tenant.pk):
        target = Membership.objects.get(user=admin)
        for number in range(count):
            audit.record(
                event=audit.Event.FINDING_UPHELD if number % 2 else audit.Event.KEY_MADE,
                by=admin if number % 3 else None,
                target=target,
                at=timezone.now() - timedelta(days=number),
                data={"number": number, "code": "=1+1"},
            )


def test_the_trail_is_filtered_paged_and_taken_away(admin: Client, north: Tenant) -> None:
    rows(north, 60)
    page = text(admin.get("/t/north/audit"))
    assert "The newest 60 of 60 rows were checked" in page
    assert (page.count("<tr>"), "after=11" in page) == (51, True)
    assert text(admin.get("/t/north/audit?after=11")).count("<tr>") == 11
    verdicts = text(admin.get("/t/north/audit?group=verdict&after=11"))
    assert ("finding upheld" in verdicts, "api key made" in verdicts) == (True, False)
    by = User.objects.get(email=ADMIN).pk
    day = (timezone.now() - timedelta(days=5)).date()
    some = text(admin.get(f"/t/north/audit?by={by}&since={day}"))
    assert some.count("<tr>") == 1 + sum(number % 3 > 0 for number in range(6))
    table = admin.get("/t/north/audit.csv?group=verdict").content.decode().splitlines()
    assert len(table) == 31
    assert admin.get("/t/north/audit?group=none").status_code == 400


def test_a_changed_row_breaks_the_chain_and_is_named(
    admin: Client, north: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(north, 5)
    with tenant_context(north.pk):
        assert trail.chain(north.pk, newest=2) == trail.Chain(2, 5, None)
        assert trail.chain(north.pk, newest=None) == trail.Chain(5, 5, None)
        kept = audit.digest
        monkeypatch.setattr(audit, "digest", lambda row: kept(row) if row.sequence != 3 else b"")
        assert trail.chain(north.pk, newest=None).broken == 3
    assert "The chain breaks at row 3" in text(admin.get("/t/north/audit?chain=1"))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1"])
def test_no_cell_of_a_table_is_a_formula(value: str) -> None:
    assert csv_table.cell(value) == f"'{value}"
    assert csv_table.cell("1+1") == "1+1"


def test_every_event_is_of_a_group_and_no_beginning_is_of_none() -> None:
    named = {each.value for each in audit.Event}
    for beginnings in trail.BEGINNINGS.values():
        for each in beginnings:
            assert [name for name in named if name == each or name.startswith(f"{each}.")], each
