"""The daily mail: what it says, when, at most once, and what it never says."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from reviews import notify, tasks
from reviews.accounts import digest
from reviews.jobs import ledger
from reviews.models import Job, JobKind, MemberRole, Membership, Notice, Notification, Tenant, User
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import World, world

pytestmark = pytest.mark.django_db
HOSTILE = "North\r\nBcc: all@example.test\n<b>{{ secret }}</b>"


@pytest.fixture(autouse=True)
def _has_mail(settings: Settings) -> None:
    settings.HAS_MAIL = True
    settings.SITE_ADDRESS = "https://reviews.example"


@pytest.fixture
def a() -> World:
    return tenant_of("a")


def tenant_of(slug: str) -> World:
    """Its user wants a mail at the hour that began last, and was told something before it."""
    made, now = world(slug), timezone.now()
    User.objects.filter(pk=made.user.pk).update(digest_hour=now.hour, digest_at=_days_ago(2))
    with tenant_context(made.tenant.pk):
        Membership.objects.update(role=MemberRole.TENANT_ADMIN)
        Notification.objects.update(created_at=now - timedelta(hours=2))
    return made


def _days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def work(*of: Tenant) -> None:
    """The tenants' jobs of mails, now."""
    for tenant in of:
        with tenant_context(tenant.pk):
            ledger.wake(
                tenant_id=tenant.pk, kind=JobKind.DIGEST, source_id=tenant.pk, at=timezone.now()
            )
            Job.objects.filter(kind=JobKind.DIGEST).update(due_at=timezone.now())
            job_id = Job.objects.get(kind=JobKind.DIGEST).pk
        claim = ledger.claim(tenant_id=tenant.pk, job_id=job_id)
        assert claim is not None
        tasks.work(claim)


def job(of: World) -> Job:
    with tenant_context(of.tenant.pk):
        return Job.objects.get(kind=JobKind.DIGEST)


def test_it_says_how_much_of_what_is_unread_and_where(a: World) -> None:
    work(a.tenant)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["a@example.test"], "Verbatim: 1 unread notification")
    assert "a\n  1  Sources that stopped\n" in sent.body
    assert "https://reviews.example/t/a/notifications?unread=1" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert job(a).due_at == notify.mail_after(User.objects.get(pk=a.user.pk), timezone.now())


def test_one_mail_a_day_whichever_of_the_persons_tenants_comes_first(a: World) -> None:
    b = tenant_of("b")
    with tenant_context(b.tenant.pk):
        Membership.objects.update(user=a.user)
        Notification.objects.update(user=a.user)
    work(a.tenant, b.tenant, a.tenant)
    (sent,) = mail.outbox
    assert sent.subject.endswith("2 unread notifications")
    assert "/t/a/" in sent.body
    assert "/t/b/" in sent.body


def test_another_hour_on_the_same_day_brings_no_second_mail() -> None:
    person, noon = User(digest_hour=8), datetime(2026, 11, 10, 12, tzinfo=UTC)
    person.digest_at = notify.mail_until(person, noon)
    person.digest_hour = 10
    assert not notify.is_mail_due(person, noon)
    assert notify.is_mail_due(person, noon + timedelta(days=1))


def test_without_news_there_is_no_mail(a: World) -> None:
    User.objects.filter(pk=a.user.pk).update(digest_at=timezone.now() - timedelta(hours=25))
    with tenant_context(a.tenant.pk):
        Notification.objects.update(created_at=timezone.now() - timedelta(hours=26))
    work(a.tenant)
    assert mail.outbox == []


@pytest.mark.parametrize("lost", ["left", "suspended", "no mail", "read", "off"])
def test_who_wants_or_may_have_none_gets_none(lost: str, a: World, settings: Settings) -> None:
    with tenant_context(a.tenant.pk):
        if lost == "left":
            Membership.objects.update(is_active=False)
        if lost == "read":
            Notification.objects.update(read_at=timezone.now())
    if lost == "suspended":
        Tenant.objects.update(suspended_at=timezone.now())
    if lost == "off":
        User.objects.update(digest_hour=None)
    settings.HAS_MAIL = lost != "no mail"
    work(a.tenant)
    assert mail.outbox == []


def test_a_worker_that_dies_at_the_mail_sends_none_twice(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []

    def dies(_backend: object, messages: list[object]) -> int:
        sent.extend(messages)
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", dies)
        work(a.tenant)
    work(a.tenant)
    assert (len(sent), mail.outbox) == (1, [])


def test_a_server_that_is_away_costs_nobody_the_mail(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_backend: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "open", away, raising=False)
        work(a.tenant)
    assert (mail.outbox, job(a).last_error_code) == ([], "mail_down")
    work(a.tenant)
    assert len(mail.outbox) == 1


def test_an_address_that_is_refused_stops_no_others_mail(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = User.objects.create_user("other@example.test", digest_hour=a_hour(a))
    with tenant_context(a.tenant.pk):
        Membership.objects.create(tenant=a.tenant, user=other, role=MemberRole.TENANT_ADMIN)
        told = Notification.objects.get()
        told.pk, told.user = None, other
        given = {"kind": told.kind, "about_id": told.about_id, "created_at": told.created_at}
        Notification.objects.create(tenant=a.tenant, user=other, **given)
    sends = EmailBackend.send_messages

    def refuses(backend: Any, messages: Any) -> int:
        if messages[0].to == ["a@example.test"]:
            raise smtplib.SMTPRecipientsRefused({})
        return int(sends(backend, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", refuses)
    work(a.tenant)
    assert [each.to for each in mail.outbox] == [["other@example.test"]]
    assert job(a).last_error_code == ""


def a_hour(of: World) -> int:
    return User.objects.values_list("digest_hour", flat=True).get(pk=of.user.pk) or 0


def test_a_hostile_name_adds_no_header_no_line_and_is_no_template(a: World) -> None:
    Tenant.objects.update(name=HOSTILE)
    work(a.tenant)
    (sent,) = mail.outbox
    assert "North Bcc: all@example.test <b>{{ secret }}</b>\n" in sent.body
    message = sent.message()
    assert (message["To"], message["Bcc"]) == ("a@example.test", None)


def test_who_is_told_wakes_the_job_at_their_hour(a: World) -> None:
    now = timezone.now()
    with tenant_context(a.tenant.pk):
        Notification.objects.update(read_at=now)
        notify.tell(kind=Notice.SOURCE_STOPPED, about=a["Source"], by=None, at=now)
    assert job(a).due_at == notify.mail_after(User.objects.get(pk=a.user.pk), now)


def test_it_is_chosen_in_the_profile_and_tells_what_comes_from_then_on(a: World) -> None:
    User.objects.update(digest_hour=None, digest_at=None)
    browser = Client()
    browser.force_login(a.user)
    sent = {"density": "usual", "digest": str(timezone.now().hour)}
    assert browser.post("/profile", sent | {"digest": "24"}).status_code == 422
    assert browser.post("/profile", sent).status_code == 302
    assert digest.unread(User.objects.get(pk=a.user.pk), timezone.now()) == []
    assert f'value="{timezone.now().hour}" selected' in browser.get("/profile").content.decode()


def test_without_mail_it_cannot_be_chosen_and_the_page_says_why(
    a: World, settings: Settings
) -> None:
    settings.HAS_MAIL = False
    browser = Client()
    browser.force_login(a.user)
    assert "Mail is not set up on this host" in browser.get("/profile").content.decode()
    was = a_hour(a)
    changed = str((was + 1) % 24)
    assert browser.post("/profile", {"density": "usual", "digest": changed}).status_code == 302
    assert a_hour(a) == was


def test_the_check_before_going_live_tells_of_mail_that_is_wanted_and_not_set_up(
    a: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check", deploy=True, databases=["default"])
    assert "verbatim.W001" not in capsys.readouterr().err
    settings.HAS_MAIL = False
    call_command("check", deploy=True, databases=["default"])
    said = capsys.readouterr().err
    assert "verbatim.W001" in said
    assert "MAIL_HOST" in said
