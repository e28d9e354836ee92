"""Signing in: one answer for all who may not, slower for who guesses, an end to each session."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reviews import throttle
from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "alice@example.test"


@pytest.fixture
def alice() -> User:
    tenant = Tenant.objects.create(slug="a", name="A")
    user = User.objects.create_user(EMAIL, demo.PASSWORD)
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.REVIEWER)
    return user


def sign_in(client: Client, email: str = EMAIL, password: str = demo.PASSWORD, **more: str) -> int:
    return client.post("/login", {"email": email, "password": password, **more}).status_code


def test_the_right_pair_leads_to_the_work(alice: User, client: Client) -> None:
    assert sign_in(client) == 302
    assert client.get("/", follow=True).redirect_chain == [("/t/a/queue", 302)]


def test_where_somebody_wanted_to_go_is_kept_unless_it_is_elsewhere(
    alice: User, client: Client
) -> None:
    for wanted, led in (("/t/a/calls", "/t/a/calls"), ("https://evil.example/", "/")):
        answer = client.post("/login", {"email": EMAIL, "password": demo.PASSWORD, "next": wanted})
        assert answer.headers["Location"] == led


def test_unknown_wrong_and_inactive_get_the_same_answer(alice: User, client: Client) -> None:
    User.objects.create_user("gone@example.test", demo.PASSWORD, is_active=False)
    answers = {
        client.post("/login", {"email": email, "password": password}).content.decode()
        .replace(email, "").split("csrfmiddlewaretoken")[0]
        for email, password in (
            (EMAIL, "wrong"), ("nobody@example.test", "wrong"), ("gone@example.test", demo.PASSWORD)
        )
    }  # fmt: skip
    assert len(answers) == 1


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.test"])
def test_the_sixth_guess_waits_also_with_the_right_password(
    email: str, alice: User, client: Client
) -> None:
    assert [sign_in(client, email, "wrong") for _ in range(5)] == [422] * 5
    answer = client.post("/login", {"email": email, "password": demo.PASSWORD})
    assert answer.status_code == 429
    assert "Try again in 1 min" in answer.content.decode()


def test_the_wait_ends_doubles_and_is_forgotten(alice: User) -> None:
    now = timezone.now()
    who = {"email": EMAIL, "address": "10.0.0.1"}
    for _ in range(5):
        throttle.failed(**who, now=now)
    with pytest.raises(throttle.TooManyTries):
        throttle.check(**who, now=now + timedelta(seconds=59))
    throttle.check(**who, now=now + timedelta(seconds=61))
    throttle.failed(**who, now=now + timedelta(seconds=61))
    with pytest.raises(throttle.TooManyTries):
        throttle.check(**who, now=now + timedelta(seconds=61 + 119))
    throttle.check(**who, now=now + timedelta(days=2))
    throttle.succeeded(**who)
    throttle.check(**who, now=now + timedelta(seconds=62))


def test_an_address_that_tries_many_accounts_waits_too(alice: User) -> None:
    now = timezone.now()
    for at in range(30):
        throttle.failed(email=f"{at}@example.test", address="10.0.0.1", now=now)
    with pytest.raises(throttle.TooManyTries):
        throttle.check(email=EMAIL, address="10.0.0.1", now=now)
    throttle.check(email=EMAIL, address="10.0.0.2", now=now)


@pytest.mark.parametrize(("key", "age_s"), [("seen_at", 3601), ("began_at", 12 * 3600 + 1)])
def test_a_session_ends_when_it_is_idle_or_old(
    key: str, age_s: int, alice: User, client: Client
) -> None:
    sign_in(client)
    assert client.get("/t/a/queue").status_code == 200
    session = client.session
    session[key] = session[key] - age_s
    session.save()
    answer = client.get("/t/a/queue")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/t/a/queue")
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_role_or_tenant_that_is_taken_away_ends_at_the_next_request(
    alice: User, client: Client
) -> None:
    sign_in(client)
    with tenant_context(Tenant.objects.get().pk):
        Membership.objects.update(role=MemberRole.AGENT)
    assert client.get("/t/a/queue").status_code == 403
    Tenant.objects.update(suspended_at=timezone.now())
    assert client.get("/t/a/queue").status_code == 404
    User.objects.update(is_active=False)
    assert client.get("/t/a/queue").status_code == 302


def test_signing_out_ends_the_session(alice: User, client: Client) -> None:
    sign_in(client)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302
    assert Session.objects.count() == 0


SETUP = {
    "SETUP_EMAIL": EMAIL,
    "SETUP_PASSWORD": demo.PASSWORD,
    "SETUP_TENANT": "North Wind Health",
}


def test_setup_makes_the_first_admin_once(
    monkeypatch: pytest.MonkeyPatch, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SETUP.items():
        monkeypatch.setenv(name, value)
    call_command("setup", "--no-input")
    assert "/t/north-wind-health/queue" in capsys.readouterr().out
    assert sign_in(client) == 302
    assert client.get("/t/north-wind-health/sources/connect").status_code == 200
    with pytest.raises(CommandError, match="an installation that has people"):
        call_command("setup", "--no-input")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SETUP_EMAIL", "", "SETUP_EMAIL='' was refused"),
        ("SETUP_EMAIL", "alice", "Write it as name@host"),
        ("SETUP_PASSWORD", "short", "at least 12 characters"),
        ("SETUP_PASSWORD", "password1234", "Choose a longer, rarer one"),
        ("SETUP_TENANT_SLUG", "North Wind", "small letters, digits and single hyphens"),
    ],
)
def test_setup_refuses_what_will_not_do_and_makes_nothing(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each, given in (SETUP | {name: value}).items():
        monkeypatch.setenv(each, given)
    with pytest.raises(CommandError, match=said):
        call_command("setup", "--no-input")
    assert User.objects.count() == Tenant.objects.count() == 0


def test_cookies_are_closed_to_scripts_and_other_sites(
    alice: User, client: Client, settings: Settings
) -> None:
    sign_in(client)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
