"""Second factors, accounts at a provider, and the tenants that demand them."""

import io
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reviews.models import AuditEvent, MemberRole, Membership, SignInThrottle, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.provider import CLIENT, SECRET, Provider, provider

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.test"
HERE = "/profile/security"


@pytest.fixture
def alice() -> User:
    tenant = Tenant.objects.create(slug="a", name="A")
    user = User.objects.create_user(EMAIL, demo.PASSWORD)
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.REVIEWER)
    return user


@pytest.fixture
def idp(settings: Settings) -> Iterator[Provider]:
    with provider() as made:
        app = {
            "provider_id": "main",
            "name": "Main",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {
                "server_url": made.issuer,
                "token_auth_method": "client_secret_post",
                "fetch_userinfo": False,
            },
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        settings.EGRESS_ALLOW_PRIVATE = frozenset({made.entry})
        yield made


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one period of the codes, however long a test takes."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sign_in(client: Client, **more: str) -> Any:
    return client.post("/login", {"email": EMAIL, "password": demo.PASSWORD, **more})


def code_of(secret: str, periods: int = 0) -> str:
    counter = int(time.time()) // 30 + periods
    return str(auth.format_hotp_value(auth.hotp_value(secret, counter)))


def set_up(client: Client) -> tuple[str, list[str]]:
    """The secret of the app, and the recovery codes that were shown."""
    page = text(client.get(HERE))
    secret = re.findall(r'<code class="key">(\w+)</code>', page)[0]
    answer = text(client.post(HERE, {"act": "app", "code": code_of(secret)}))
    codes: list[str] = re.findall(r"<li><code>(\d+)</code></li>", answer)
    return secret, codes


def test_a_factor_is_set_up_and_asked_for_at_the_next_sign_in(alice: User, client: Client) -> None:
    sign_in(client)
    secret, codes = set_up(client)
    assert len(set(codes)) == 10
    assert codes[0] not in text(client.get(HERE)), "shown once"
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    other = Client()
    answer = sign_in(other, next="/t/a/calls")
    assert answer.headers["Location"] == "/login/second"
    assert other.get("/t/a/queue").status_code == 302, "a password alone opens nothing"
    assert other.post("/login/second", {"code": "000000"}).status_code == 422
    answer = other.post("/login/second", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/t/a/calls"
    assert other.get("/t/a/calls").status_code == 200
    again = Client()
    sign_in(again)
    answer = again.post("/login/second", {"code": code_of(secret)})
    assert "used already" in text(answer) or "Incorrect" in text(answer), "a code is for one use"


def test_a_code_is_for_one_use_whatever_process_asks(
    alice: User, client: Client, settings: Settings
) -> None:
    """Each web process has a cache of its own, so the database has to know."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    sign_in(client)
    secret, _ = set_up(client)
    first, second = Client(), Client()
    for each, status in ((first, 302), (second, 422)):
        sign_in(each)
        assert each.post("/login/second", {"code": code_of(secret)}).status_code == status


def test_a_recovery_code_lets_in_once(alice: User, client: Client) -> None:
    sign_in(client)
    _, codes = set_up(client)
    for status in (302, 422):
        other = Client()
        sign_in(other)
        assert other.post("/login/second", {"code": codes[0]}).status_code == status
    assert "9 codes can still be used" in text(client.get(HERE))
    factor = Authenticator.objects.get(type="totp")
    client.post(HERE, {"act": "remove", "id": factor.pk})
    assert Authenticator.objects.count() == 0
    assert sign_in(Client()).headers["Location"] == "/"


def test_the_operator_lets_in_who_lost_every_factor(alice: User, client: Client) -> None:
    sign_in(client)
    set_up(client)
    out = io.StringIO()
    call_command("person", "remove-factors", EMAIL.upper(), stdout=out)
    assert out.getvalue().startswith("1 factors removed")
    assert Authenticator.objects.count() == 0
    assert sign_in(Client()).headers["Location"] == "/"
    with tenant_context(Tenant.objects.get().pk):
        row = AuditEvent.objects.get(event="member.factor_removed")
    assert row.by_id is None, "nobody of the tenant did it"
    with pytest.raises(CommandError, match="an address that nobody signs in with"):
        call_command("person", "remove-factors", "bob@example.test")


def test_who_guesses_codes_waits_although_the_password_is_right(
    alice: User, client: Client
) -> None:
    sign_in(client)
    secret, _ = set_up(client)
    other = Client()
    sign_in(other)
    statuses = [other.post("/login/second", {"code": "0"}).status_code for _ in range(5)]
    assert statuses == [422] * 5
    sign_in(other)
    assert other.post("/login/second", {"code": code_of(secret)}).status_code == 429


def test_the_means_of_sign_in_are_shown_after_the_password_alone(
    alice: User, client: Client
) -> None:
    client.force_login(alice)
    assert "Enter your password again" in text(client.get(HERE))
    answer = client.post(HERE, {"act": "password", "new": "a new one of four words"})
    assert "Enter your password again" in text(answer)
    assert client.post(HERE, {"act": "prove", "password": "wrong"}).status_code == 422
    assert SignInThrottle.objects.count() == 2
    assert client.post(HERE, {"act": "prove", "password": demo.PASSWORD}).status_code == 302
    assert client.post(HERE, {"act": "password", "new": "short"}).status_code == 422
    other = Client()
    other.force_login(alice)
    new = {"act": "password", "new": "a new one of four words"}
    assert client.post(HERE, new).status_code == 302
    assert client.get("/t/a/queue").status_code == 200
    assert other.get("/t/a/queue").status_code == 302, "signed out elsewhere"


def demand(**fields: bool) -> None:
    Tenant.objects.filter(slug="a").update(**fields)


def test_a_tenant_that_demands_a_factor_shows_nothing_before(alice: User, client: Client) -> None:
    demand(needs_factor=True)
    sign_in(client)
    answer = client.get("/t/a/calls")
    assert answer.headers["Location"] == "/profile/security?lacking=factor&next=%2Ft%2Fa%2Fcalls"
    assert "Set one up here" in text(client.get(answer.headers["Location"]))
    assert client.post("/t/a/findings/x/verdict").status_code == 302
    set_up(client)
    assert client.get("/t/a/calls").status_code == 200


def through(client: Client, idp: Provider, query: str = "") -> Any:
    """The whole way: to the provider, agreed there, and back."""
    away = client.get(f"/login/sso/main{query}").headers["Location"]
    return client.get(idp.authorised(away))


def test_an_account_at_a_provider_is_bound_and_then_lets_in(
    alice: User, client: Client, idp: Provider
) -> None:
    demand(needs_provider=True)
    assert "Sign in with Main" in text(client.get("/login"))
    sign_in(client)
    assert "lacking=provider" in client.get("/t/a/calls").headers["Location"]
    assert through(client, idp, "?process=connect").headers["Location"] == HERE
    account = SocialAccount.objects.get()
    assert (account.user, account.provider, account.uid) == (alice, "main", "subject-1")
    other = Client()
    assert through(other, idp, "?next=/t/a/calls").headers["Location"] == "/t/a/calls"
    assert other.get("/t/a/calls").status_code == 200
    paths = {path.split("?")[0] for path in idp.asked}
    assert paths == {"/.well-known/openid-configuration", "/token"}
    client.post(HERE, {"act": "unbind", "id": account.pk})
    assert through(Client(), idp).headers["Location"] == "/login"


def test_an_account_that_is_bound_stays_with_who_bound_it(
    alice: User, client: Client, idp: Provider
) -> None:
    bob = User.objects.create_user("bob@example.test")
    SocialAccount.objects.create(user=bob, provider="main", uid="subject-1")
    assert Client().get("/login/sso/main?process=connect").headers["Location"] == "/login"
    sign_in(client)
    through(client, idp, "?process=connect")
    assert "bound to somebody else" in text(client.get(HERE))
    assert SocialAccount.objects.get().user == bob


def test_nobody_comes_in_by_the_same_address_alone(
    alice: User, client: Client, idp: Provider
) -> None:
    """Identity is provider and subject: an e-mail address proves nothing."""
    idp.claims = {"email": EMAIL, "email_verified": True}
    assert through(client, idp).headers["Location"] == "/login"
    assert "No account here is bound" in text(client.get("/login"))
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("claims", "metadata"),
    [
        ({"aud": "another"}, {}),
        ({"iss": "https://another.example"}, {}),
        ({"exp": 1}, {}),
        ({}, {"issuer": "https://another.example"}),
        ({}, {"token_endpoint": "https://10.0.0.1/token"}),
    ],
)
def test_an_answer_that_is_not_for_us_lets_nobody_in(
    claims: dict[str, Any], metadata: dict[str, Any], alice: User, client: Client, idp: Provider
) -> None:
    SocialAccount.objects.create(user=alice, provider="main", uid="subject-1")
    away = client.get("/login/sso/main").headers["Location"]
    idp.claims, idp.metadata = claims, metadata
    assert client.get(idp.authorised(away)).headers["Location"] == "/login"
    assert client.get("/t/a/calls").status_code == 302


def test_a_state_that_is_another_sessions_lets_nobody_in(
    alice: User, client: Client, idp: Provider
) -> None:
    SocialAccount.objects.create(user=alice, provider="main", uid="subject-1")
    away = client.get("/login/sso/main").headers["Location"]
    assert Client().get(idp.authorised(away)).headers["Location"] == "/login"
    assert client.get("/login/sso/none").status_code == 404


def test_who_left_the_installation_does_not_come_in_by_a_provider(
    alice: User, client: Client, idp: Provider
) -> None:
    SocialAccount.objects.create(user=alice, provider="main", uid="subject-1")
    User.objects.update(is_active=False)
    assert through(client, idp).headers["Location"] == "/login"
    assert "may not sign in" in text(client.get("/login"))


def test_every_tenant_of_a_person_is_told_how_they_sign_in(
    alice: User, client: Client, idp: Provider
) -> None:
    sign_in(client)
    set_up(client)
    through(client, idp, "?process=connect")
    client.post(HERE, {"act": "codes"})
    client.post(HERE, {"act": "remove", "id": Authenticator.objects.get(type="totp").pk})
    client.post(HERE, {"act": "unbind", "id": SocialAccount.objects.get().pk})
    client.post(HERE, {"act": "password", "new": "a new one of four words"})
    with tenant_context(Tenant.objects.get().pk):
        told = [row.event.removeprefix("member.") for row in AuditEvent.objects.order_by("at")]
    assert told == [
        "signed_in", "factor_added", "provider_bound", "codes_made", "factor_removed",
        "provider_unbound", "password_changed",
    ]  # fmt: skip


def test_a_tenant_of_less_patience_signs_out_sooner(alice: User, client: Client) -> None:
    Tenant.objects.update(idle_minutes=5)
    sign_in(client)
    assert 'data-idle="300"' in text(client.get("/t/a/calls"))
    session = client.session
    session["seen_at"] = session["seen_at"] - 301
    session.save()
    answer = client.post(
        "/t/a/findings/x/verdict", headers={"Referer": "http://testserver/t/a/queue?rule=x"}
    )
    assert answer.headers["Location"] == "/login?next=/t/a/queue%3Frule%3Dx"
    assert client.get("/t/a/calls").status_code == 302


def test_the_profile_holds_zone_and_keys(alice: User, client: Client) -> None:
    client.force_login(alice)
    usual = {"name": "Alice", "density": "compact", "has_keys": "on"}
    sent = usual | {"time_zone": "America/Chicago", "key-uphold": "u"}
    assert client.post("/profile", sent).status_code == 302
    page = text(client.get("/t/a/queue"))
    assert 'data-density="compact"' in page
    assert 'data-key="u" data-action="uphold" data-where="queue"' in page
    assert 'data-key="c" data-action="uphold"' not in page
    answer = client.post("/profile", usual | {"key-uphold": "e"})
    assert (answer.status_code, "would ask for two things" in text(answer)) == (422, True)
    assert client.post("/profile", {"density": "usual"}).status_code == 302
    assert 'data-key="u"' not in text(client.get("/t/a/queue"))
    assert timezone.get_current_timezone_name() == "UTC"
    assert client.post("/profile", usual | {"time_zone": "Mars/Base"}).status_code == 422
