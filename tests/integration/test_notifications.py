"""Who is told of what, how it is read, and what becomes of it once it is gone."""

import html
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from reviews.models import (
    Draft,
    MemberRole,
    MemberScope,
    Membership,
    Notice,
    Notification,
    QueueItem,
    Standing,
    Tenant,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import notifications
from reviews.reviewing import bulk, hand
from reviews.reviewing.decide import Decision, decide
from tests.factories.tenants import World, make, world
from tests.factories.told import told

pytestmark = pytest.mark.django_db
ASSIGNED = ("reviewer", "finding_assigned")


class _NoRules:
    rules = ()


@pytest.fixture
def a(monkeypatch: pytest.MonkeyPatch) -> World:
    """Its user is the admin; its one finding waits; its rubric's document is none."""
    monkeypatch.setattr("reviews.queries.notifications.rubric_of", lambda *_: _NoRules)
    made = world("a")
    with tenant_context(made.tenant.pk):
        Membership.objects.update(role=MemberRole.TENANT_ADMIN)
        QueueItem.objects.update(standing=Standing.OPEN)
        Notification.objects.all().delete()
    for role in (MemberRole.REVIEWER, MemberRole.LEAD):
        joined(made.tenant, role)
    return made


def joined(tenant: Tenant, role: MemberRole) -> None:
    user = User.objects.create_user(f"{role}@{tenant.slug}.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)


def person(role: str, tenant: str = "a") -> User:
    return User.objects.get(email=f"{role}@{tenant}.test")


def assign(of: World, *, by: str = "lead", to: str = "reviewer") -> None:
    with tenant_context(of.tenant.pk):
        seat = Membership.objects.get(user=person(to))
        hand.assign(finding=of["Finding"], to=seat, by=person(by), now=timezone.now())


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def listed(user: User, query: str = "") -> str:
    answer = client(user).get(reverse("notification-list", args=["a"]) + query)
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.content.decode()).split())


def opened(user: User, row_id: Any) -> Any:
    return client(user).post(reverse("notification-open", args=["a", row_id]))


def only(of: World) -> Notification:
    with tenant_context(of.tenant.pk):
        return Notification.objects.get()


def test_who_gets_a_finding_is_told_once_until_it_is_read(a: World) -> None:
    assign(a)
    assign(a)
    assert told(a.tenant) == [ASSIGNED]
    assert opened(person("reviewer"), only(a).pk).status_code == 302
    assert told(a.tenant) == []
    assign(a)
    assert told(a.tenant) == [ASSIGNED]


def test_nobody_is_told_of_their_own_act_or_where_they_turned_it_off(a: World) -> None:
    assign(a, by="reviewer")
    User.objects.filter(email="reviewer@a.test").update(notices_off=[Notice.FINDING_ASSIGNED])
    assign(a)
    assert told(a.tenant) == []


@pytest.mark.parametrize(
    "lost",
    [
        {"is_active": False},
        {"scope": MemberScope.TEAMS},
    ],
    ids=["left", "of another team"],
)
def test_nobody_is_told_of_what_they_may_not_see(lost: dict[str, Any], a: World) -> None:
    with tenant_context(a.tenant.pk):
        Membership.objects.filter(user=person("reviewer")).update(**lost)
    assign(a)
    assert told(a.tenant) == []


def test_an_act_that_is_undone_tells_nobody(a: World) -> None:
    with transaction.atomic():
        assign(a)
        assert told(a.tenant) == [ASSIGNED]
        transaction.set_rollback(True)
    assert told(a.tenant) == []


def test_who_decides_next_is_told_of_an_escalation_level_by_level(a: World) -> None:
    with tenant_context(a.tenant.pk):
        for sequence, by in enumerate(("reviewer", "lead"), 1):
            decision = Decision(Verdict.ESCALATED, sequence)
            decide(finding=a["Finding"], decision=decision, by=person(by), now=timezone.now())
    assert told(a.tenant) == [("a", "finding_waits"), ("lead", "finding_waits")]


def test_who_had_it_in_hand_is_told_who_took_it_is_not(a: World) -> None:
    with tenant_context(a.tenant.pk):
        for by in ("reviewer", "lead"):
            finding, now = a["Finding"], timezone.now()
            hand.claim(finding=finding, by=person(by), now=now, is_taken_over=True)
    assert told(a.tenant) == [("reviewer", "finding_taken")]


def test_many_at_once_are_told_once_and_lead_to_the_queue(a: World) -> None:
    with tenant_context(a.tenant.pk):
        second = make("Finding", a.tenant, a.user, a.rows, rule_code="other")
        more = {"finding": second, "rule_code": "other", "standing": "open", "sequence": 0}
        make("QueueItem", a.tenant, a.user, a.rows, **more)
        seat = Membership.objects.get(user=person("reviewer"))
        findings = [a["Finding"], second]
        seen = dict.fromkeys([each.pk for each in findings], 0)
        act = bulk.Act("assign", to=seat)
        bulk.do(findings=findings, seen=seen, act=act, by=person("lead"), now=timezone.now())
    assert (told(a.tenant), only(a).count) == ([ASSIGNED], 2)
    answer = opened(person("reviewer"), only(a).pk)
    assert answer["Location"] == "/t/a/queue?q=is%3Aopen+assignee%3Ame"


def test_the_bell_and_the_list_say_what_is_unread(a: World) -> None:
    reviewer = person("reviewer")
    assert "Nobody has told you anything yet" in listed(reviewer)
    assert "Notifications, none unread" in listed(reviewer)
    assign(a)
    assert "1 unread notification<" in listed(reviewer)
    assert "A finding was assigned to you" in listed(reviewer, "?unread=1")
    assert (
        client(reviewer).get(reverse("notification-open", args=["a", only(a).pk])).status_code
        == 405
    )
    assert told(a.tenant) == [ASSIGNED], "looking at it reads nothing"
    assert client(reviewer).post(reverse("notification-read", args=["a"])).status_code == 302
    assert told(a.tenant) == []
    assert "Nothing is unread" in listed(reviewer, "?unread=1")
    assert "A finding was assigned to you" in listed(reviewer)


def test_nobody_opens_or_reads_anothers(a: World) -> None:
    assign(a)
    assert opened(person("lead"), only(a).pk).status_code == 404
    client(person("lead")).post(reverse("notification-read", args=["a"]))
    assert "A finding was assigned to you" not in listed(person("lead"))
    assert told(a.tenant) == [ASSIGNED]


def test_what_is_gone_or_no_longer_ones_own_is_said_without_its_name(a: World) -> None:
    user, now = a.user, timezone.now()
    given = {"tenant": a.tenant, "user": user, "created_at": now}
    with tenant_context(a.tenant.pk):
        source = a["Source"]
        row = Notification.objects.create(**given, kind="source_stopped", about_id=source.pk)
        gone = Notification.objects.create(**given, kind="appeal_made", about_id=uuid4())
    assert "main" in listed(user)
    assert opened(user, gone.pk)["Location"] == "/t/a/notifications"
    with tenant_context(a.tenant.pk):
        Membership.objects.filter(user=user).update(role=MemberRole.REVIEWER)
    shown = listed(user)
    assert "It is gone since" not in shown
    assert shown.count("gone since, or no longer yours to see") == 2
    assert "main</span>" not in shown
    assert opened(user, row.pk)["Location"] == "/t/a/notifications"


ABOUT = {
    Notice.FINDING_ASSIGNED: ("Finding", "call-detail"),
    Notice.FINDING_TAKEN: ("Finding", "call-detail"),
    Notice.FINDING_WAITS: ("Finding", "call-detail"),
    Notice.CALLS_GIVEN: ("Draw", "task-list"),
    Notice.CALIBRATION_GIVEN: ("CalibrationSet", "calibration-detail"),
    Notice.APPEAL_MADE: ("Dispute", "dispute-answer"),
    Notice.APPEAL_ANSWERED: ("Dispute", "call-detail"),
    Notice.CALL_RELEASED: ("Transcript", "call-detail"),
    Notice.COACHING_GIVEN: ("Coaching", "own-list"),
    Notice.COACHING_READ: ("Coaching", "coaching-detail"),
    Notice.VERSION_WAITS: ("Draft", "draft-detail"),
    Notice.SOURCE_STOPPED: ("Source", "source-detail"),
    Notice.KEY_ENDS: ("ApiKey", "key-detail"),
    Notice.HOOK_OFF: ("Hook", "webhook-detail"),
    Notice.CRM_OFF: ("CrmConnection", "crm-detail"),
    Notice.FORWARD_OFF: ("Forward", "forward-detail"),
}


@pytest.mark.parametrize("kind", Notice)
def test_each_kind_leads_to_what_it_is_about(kind: Notice, a: World) -> None:
    model, page = ABOUT[kind]
    with tenant_context(a.tenant.pk):
        Draft.objects.update(asked_by=a.user)
        given = {"kind": kind, "about_id": a[model].pk, "created_at": timezone.now()}
        row = Notification.objects.create(tenant=a.tenant, user=a.user, **given)
    shown = listed(a.user)
    assert str(notifications._ONE[kind]) in shown
    assert "gone since" not in shown
    path = opened(a.user, row.pk)["Location"].split("#")[0]
    assert resolve(path).url_name == page


def test_a_long_list_is_paged_and_asks_no_more_for_it(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.queries.notifications.PAGE", 2)
    with tenant_context(a.tenant.pk):
        for kind in (Notice.SOURCE_STOPPED, Notice.COACHING_READ, Notice.APPEAL_MADE):
            given = {"kind": kind, "about_id": uuid4(), "created_at": timezone.now()}
            Notification.objects.create(tenant=a.tenant, user=a.user, **given)
        oldest = Notification.objects.order_by("pk")[1]
    first = listed(a.user)
    assert ("An appeal was made" in first, "A source stopped" in first) == (True, False)
    assert f"after={oldest.pk}" in first
    second = listed(a.user, f"?after={oldest.pk}")
    assert ("An appeal was made" in second, "A source stopped" in second) == (False, True)
    assert "A source stopped" not in listed(a.user, "?after=nonsense")


def test_a_kind_is_turned_off_and_others_that_were_not_offered_stay(a: World) -> None:
    User.objects.filter(email="reviewer@a.test").update(notices_off=[Notice.SOURCE_STOPPED])
    reviewer = client(person("reviewer"))
    page = reviewer.get("/profile").content.decode()
    assert ("Findings assigned to you" in page, "Sources that stopped" in page) == (True, False)
    sent = {"density": "usual", "notices": [Notice.CALLS_GIVEN]}
    assert reviewer.post("/profile", sent).status_code == 302
    off = person("reviewer").notices_off
    assert Notice.CALLS_GIVEN not in off
    assert {Notice.FINDING_ASSIGNED, Notice.SOURCE_STOPPED} <= set(off)
    assert reviewer.post("/profile", sent | {"notices": ["nonsense"]}).status_code == 422
