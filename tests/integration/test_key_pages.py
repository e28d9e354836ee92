"""The pages of API keys: who sees and does what, what is shown once, what is refused."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.accounts.keys import Scope
from reviews.models import ApiKey, MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.web.api_keys import WORDS

pytestmark = pytest.mark.django_db
HERE = "/t/north/settings/keys"
GOOD = {"name": "crm", "scopes": ["read:findings", "read:sources"], "days": "30", "newest": ""}
TOKEN = re.compile(r"vb_live_[0-9a-f]{32}_[0-9a-f]{12}_[0-9a-f]{72}")


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    return member(tenant, MemberRole.TENANT_ADMIN)


def member(tenant: Tenant, role: MemberRole) -> Client:
    user, client = User.objects.create_user(f"{role}@example.test", name=role), Client()
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client.force_login(user)
    return client


def key(tenant: Tenant, name: str = "crm", *, days: int = 90) -> keys.Made:
    wanted = keys.Wanted(name, [Scope.FINDINGS], days)
    return keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def page_of(made: keys.Made, act: str = "detail") -> str:
    return reverse(f"key-{act}", args=["north", made.row.pk])


def marked(client: Client, address: str, name: str) -> str:
    """What the form on the page says that it has seen."""
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(address).content.decode())
    assert found
    return found[1]


def status(token: str, **more: Any) -> int:
    sent = {"Authorization": f"Bearer {token}"}
    return Client(**more).get("/api/v1/findings", headers=sent).status_code


def test_a_key_is_made_and_shown_once_with_a_line_to_try_it(admin: Client) -> None:
    answer = admin.post(f"{HERE}/new", GOOD | {"networks": "127.0.0.0/8\n2001:db8::/32, ::1"})
    assert answer.status_code == 200, text(answer)
    assert "no-store" in answer["Cache-Control"]
    (token,) = set(TOKEN.findall(text(answer)))
    assert 'curl -sS -H "Authorization: Bearer $KEY" "http://testserver/api/v1/findings"' in text(
        answer
    )
    assert (status(token), status(token, REMOTE_ADDR="198.51.100.1")) == (200, 401)
    listed = text(admin.get(HERE))
    for shown in ("crm", "Read findings<br>Read sources and jobs", token[41:53], "2001:db8::/32"):
        assert shown in listed
    assert ("tenant_admin" in listed, token[53:] in listed) == (True, False)
    assert TOKEN.search(text(admin.get(HERE))) is None


def test_the_same_form_sent_again_makes_no_second_key(admin: Client, tenant: Tenant) -> None:
    sent = GOOD | {"newest": marked(admin, f"{HERE}/new", "newest")}
    assert admin.post(f"{HERE}/new", sent).status_code == 200
    again = admin.post(f"{HERE}/new", sent)
    assert (again.status_code, "maybe by this very form" in text(again)) == (409, True)
    with tenant_context(tenant.pk):
        assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"networks": "10.0.0.1/8"}, "'10.0.0.1/8'. Bits are set beyond its length: write 10.0"),
        ({"networks": "office"}, "'office'. Write an address or a network"),
        ({"networks": " ".join(f"10.0.0.{n}" for n in range(51))}, "51 of them. Give 50 at most"),
        ({"days": "366"}, "less than or equal to 365"),
        ({"scopes": []}, "This field is required"),
        ({"scopes": ["read:all"]}, "read:all is not one of the available choices"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_key_that_may_not_be_is_refused_by_field(
    changed: dict[str, Any], said: str, admin: Client, tenant: Tenant
) -> None:
    answer = admin.post(f"{HERE}/new", GOOD | changed)
    assert (answer.status_code, said in text(answer)) == (422, True), text(answer)
    assert keys.listed(tenant.pk) == []


def test_a_rotation_shows_the_new_secret_and_until_when_the_old_is_good(
    admin: Client, tenant: Tenant
) -> None:
    made = key(tenant)
    seen = marked(admin, page_of(made), "made")
    sent = {"days": "60", "overlap_h": "48", "made": seen}
    answer = admin.post(page_of(made, "rotate"), sent)
    assert "The secret before this one is good until <time" in text(answer)
    (token,) = set(TOKEN.findall(text(answer)))
    assert (token != made.token, status(token), status(made.token)) == (True, 200, 200)
    assert "Making another now ends that one at once" in text(admin.get(page_of(made)))
    again = admin.post(page_of(made, "rotate"), sent)
    assert (again.status_code, status(made.token)) == (409, 200)
    assert admin.post(page_of(made, "rotate"), sent | {"overlap_h": "169"}).status_code == 422


def test_networks_are_changed_and_a_try_from_elsewhere_is_shown(
    admin: Client, tenant: Tenant
) -> None:
    made = key(tenant)
    assert "was asked for from 127.0.0.1" in text(admin.get(page_of(made)))
    change = page_of(made, "networks")
    assert admin.post(change, {"networks": "198.51.100.0/24"}).status_code == 302
    assert (status(made.token), status(made.token, REMOTE_ADDR="198.51.100.9")) == (401, 200)
    assert "sent the key from outside its networks" in text(admin.get(page_of(made)))
    assert "from elsewhere: <time" in text(admin.get(HERE))
    refused = admin.post(change, {"networks": "198.51.100.1/24"})
    assert (refused.status_code, "write 198.51.100.0/24" in text(refused)) == (422, True)
    assert admin.post(change, {"networks": ""}).status_code == 302
    assert status(made.token) == 200


def test_a_revoked_key_ends_at_once_and_is_listed_under_ended(
    admin: Client, tenant: Tenant
) -> None:
    made, old = key(tenant), key(tenant, "old")
    with tenant_context(tenant.pk):
        ApiKey.objects.filter(pk=old.row.pk).update(expires_at=timezone.now())
    assert (status(made.token), status(old.token)) == (200, 401)
    assert admin.post(page_of(made, "revoke")).status_code == 302
    assert status(made.token) == 401
    assert "No program has a key" in text(admin.get(HERE))
    ended = text(admin.get(f"{HERE}?show=ended"))
    assert all(word in ended for word in (">crm<", ">old<", ">Revoked<", ">Expired<"))
    assert "cannot be woken" in text(admin.get(page_of(made)))
    assert admin.post(page_of(made, "revoke")).status_code == 409


def test_a_key_near_its_end_says_so(admin: Client, tenant: Tenant) -> None:
    key(tenant, days=15)
    assert "Ends soon" not in text(admin.get(HERE))
    with tenant_context(tenant.pk):
        ApiKey.objects.update(expires_at=timezone.now() + timedelta(days=14))
    assert "Ends soon" in text(admin.get(HERE))


@pytest.mark.parametrize("role", MemberRole)
def test_admins_change_keys_integrators_and_auditors_see_them(
    role: MemberRole, tenant: Tenant
) -> None:
    made, client = key(tenant), member(tenant, role)
    sees = role in (MemberRole.TENANT_ADMIN, MemberRole.INTEGRATOR, MemberRole.AUDITOR)
    changes = role == MemberRole.TENANT_ADMIN
    asked = [client.get(each).status_code for each in (HERE, page_of(made))]
    assert asked == [200 if sees else 403] * 2
    assert client.get(f"{HERE}/new").status_code == (200 if changes else 403)
    done = [client.post(page_of(made, act)).status_code for act in ("rotate", "networks", "revoke")]
    assert done == ([422, 302, 302] if changes else [403] * 3)
    menu = text(client.get(reverse("tenant-home", args=["north"]), follow=True))
    assert (f'href="{HERE}"' in menu) is sees
    if sees and not changes:
        assert "A tenant admin rotates and revokes keys" in text(client.get(page_of(made)))


def test_another_tenants_key_is_no_key(admin: Client) -> None:
    other = key(Tenant.objects.create(slug="south", name="South"))
    absent = reverse("key-detail", args=["north", UUID(int=7)])
    assert [admin.get(each).status_code for each in (page_of(other), absent)] == [404, 404]
    assert admin.post(page_of(other, "revoke")).status_code == 404
    assert status(other.token) == 200


def test_every_scope_has_its_words() -> None:
    assert set(WORDS) == set(Scope)
