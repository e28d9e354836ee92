"""Forwarding rules: what they choose of what is found reaches Slack or a mailbox, once."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.demo import build
from reviews.export import forwards, hooks
from reviews.export.crm import connections
from reviews.jobs import ledger
from reviews.models import (
    AuditEvent,
    CrmRecord,
    Delivery,
    Event,
    EventKind,
    Finding,
    Forward,
    Forwarded,
    ForwardWay,
    Hook,
    HookOrigin,
    Job,
    JobKind,
    MemberRole,
    Membership,
    Notification,
    QueueItem,
    Standing,
    Tenant,
    Trigger,
)
from reviews.models.ids import uuid7
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.crm import to_salesforce
from tests.factories.forwarded import ADDRESS
from tests.factories.races import at_once
from tests.factories.slack import Slack, serving

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
RULE = "medical_advice"


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(12)[CARE]


@pytest.fixture
def slack(settings: Settings) -> Iterator[Slack]:
    with serving() as own:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({own.entry})
        settings.SITE_ADDRESS = "https://v.example"
        yield own


def rule(care: Tenant, role: MemberRole = MemberRole.TENANT_ADMIN, **given: Any) -> Forward:
    """One that is on."""
    wanted = {"name": "Grave", "trigger": Trigger.CREATED, "way": ForwardWay.SLACK, **given}
    with tenant_context(care.pk):
        by = Membership.objects.filter(role=role)[0]
        row = forwards.create(by=by, wanted=forwards.Wanted(**wanted), now=timezone.now())
        forwards.switch_on(row, by=by.user, now=timezone.now())
    return row


def call(care: Tenant, greeting: str = "") -> None:
    """A new one with a finding of RULE, stored and evaluated; the rules' jobs are done.

    With another greeting the same one is evaluated anew.
    """
    made = next(
        each
        for each in build.calls(60, seed=2)
        if (each.tenant, each.script) == (CARE, "mc_billing_card")
    )
    payload = copy.deepcopy(dict(made.payload))
    if greeting:
        payload["utterances"][0]["words"][0]["text"] = greeting
    demo.keep_payload(care, payload)
    work(care)


def work(care: Tenant) -> None:
    with tenant_context(care.pk):
        jobs = list(Job.objects.filter(kind=JobKind.FORWARD))
        Job.objects.filter(kind=JobKind.FORWARD, state="queued").update(due_at=timezone.now())
    for job in jobs:
        claim = ledger.claim(tenant_id=care.pk, job_id=job.pk)
        if claim:
            tasks.work(claim)


def rows(care: Tenant) -> list[Forwarded]:
    with tenant_context(care.pk):
        return list(Forwarded.objects.select_related("forward").order_by("pk"))


def post(role: MemberRole, name: str, *ids: object, **sent: object) -> Any:
    return demo.signed_in(role).post(reverse(name, args=[CARE, *ids]), sent)


def test_a_finding_that_a_rule_chooses_reaches_slack_with_a_link(
    care: Tenant, slack: Slack
) -> None:
    rule(care, address=slack.url, rules=[RULE])
    rule(care, name="Other", address=slack.url, rules=["no_such_rule"])
    call(care)
    (row,) = rows(care)
    assert (row.state, row.last_status, row.forward.name) == ("delivered", 200, "Grave")
    (sent,) = slack.got
    with tenant_context(care.pk):
        finding = Finding.objects.get(pk=str(row.about_id))
    path = reverse("call-detail", args=[CARE, finding.transcript_id])
    link = sent["blocks"][-1]["elements"][0]["url"]
    assert link == f"https://v.example{path}#f-{finding.pk}"
    assert "skip the" not in slack.texts
    assert "Agent:" not in slack.texts
    call(care, "Goodbye")
    with tenant_context(care.pk):
        again = Finding.objects.filter(transcript=finding.transcript_id, rule_code=RULE)
        assert again.count() > 1
    assert len(slack.got) == 1, "of a call that is evaluated anew no finding is told again"


def test_words_go_along_masked_where_a_tenant_admin_chose_it(care: Tenant, slack: Slack) -> None:
    rule(care, address=slack.url, rules=[RULE], has_quote=True)
    call(care)
    assert "skip the" in slack.texts
    with pytest.raises(forwards.ForwardRefused, match="tenant admin"):
        rule(care, MemberRole.INTEGRATOR, name="b", address=slack.url, has_quote=True)


def test_no_rule_costs_one_statement(care: Tenant) -> None:
    with CaptureQueriesContext(connection) as asked:
        call(care)
    evaluated = sum('INSERT INTO "reviews_evaluation"' in each["sql"] for each in asked)
    told = [each["sql"] for each in asked if "reviews_forward" in each["sql"]]
    assert 0 < len(told) <= evaluated


@pytest.mark.parametrize(
    ("status", "word", "code"),
    [
        (404, "channel_not_found", "rejected"),
        (403, "action_prohibited", "rejected"),
        (410, "channel_is_archived", "gone"),
    ],
)
def test_what_slack_refuses_for_good_turns_the_rule_off_and_is_told(
    status: int, word: str, code: str, care: Tenant, slack: Slack
) -> None:
    made = rule(care, address=slack.url, rules=[RULE])
    slack.says = [(status, word, {})]
    call(care)
    work(care)
    assert slack.asked == 1
    with tenant_context(care.pk):
        made.refresh_from_db()
        told = list(Notification.objects.filter(kind="forward_off", about_id=made.pk))
        ended = AuditEvent.objects.filter(target_id=made.pk).order_by("-sequence")[0]
    assert (made.state, made.off_code) == ("off", code)
    assert (rows(care)[0].state, rows(care)[0].last_code) == ("failed", code)
    assert (len(told) > 0, ended.event) == (True, "forward.off")


@pytest.mark.parametrize(
    ("status", "headers", "seconds"), [(429, {"Retry-After": "600"}, 600), (500, {}, 4)]
)
def test_what_passes_is_waited_for_and_sent_then(
    status: int, headers: dict[str, str], seconds: int, care: Tenant, slack: Slack
) -> None:
    made = rule(care, address=slack.url, rules=[RULE])
    slack.says = [(status, "rollup_error", headers)]
    before = timezone.now()
    call(care)
    work(care)
    assert slack.asked == 1
    (row,) = rows(care)
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.due_at >= before + timedelta(seconds=seconds)
    with tenant_context(care.pk):
        made.refresh_from_db()
        assert made.quiet_until is not None
        assert abs(made.quiet_until - row.due_at) < timedelta(seconds=1)
        Forward.objects.update(quiet_until=None)
        Forwarded.objects.update(due_at=timezone.now())
    work(care)
    assert [each.state for each in rows(care)] == ["delivered"]
    assert len(slack.got) == 1


def test_an_upheld_finding_is_sent_when_it_is_upheld(care: Tenant, slack: Slack) -> None:
    rule(care, address=slack.url, trigger=Trigger.UPHELD)
    with tenant_context(care.pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN, rule_code=RULE)[0]
    sent = {"verdict": "upheld", "sequence": 0}
    assert post(MemberRole.REVIEWER, "finding-decide", item.finding_id, **sent).status_code == 302
    work(care)
    assert [row.about_id for row in rows(care)] == [item.finding_id]
    assert len(slack.got) == 1


def test_only_the_first_of_an_agent_in_so_many_days_is_sent(care: Tenant, slack: Slack) -> None:
    rule(care, address=slack.url, rules=[RULE], first_in_days=30)
    with tenant_context(care.pk):
        assert Finding.objects.filter(rule_code=RULE).exists()
        before = {row.agent_id for row in Finding.objects.filter(rule_code=RULE)}
    call(care)
    with tenant_context(care.pk):
        newest = Finding.objects.filter(rule_code=RULE).order_by("-created_at")[0]
    is_first = newest.agent_id is not None and newest.agent_id not in before
    assert len(rows(care)) == int(is_first)


def test_findings_are_counted_in_one_mail_to_members(care: Tenant, settings: Settings) -> None:
    settings.HAS_MAIL, settings.SITE_ADDRESS = True, "https://v.example"
    to = ["AUDITOR@demo.example"]
    made = rule(care, way=ForwardWay.MAIL, mail_roles=["lead"], mail_to=to)
    call(care)
    work(care)
    got = sorted(each.to[0] for each in mail.outbox)
    assert got == ["auditor@demo.example", "lead@demo.example"]
    sent = mail.outbox[0]
    chosen = rows(care)
    assert f"{len(chosen)} finding" in sent.subject
    assert RULE in sent.body
    assert "skip the" not in sent.body
    with tenant_context(care.pk):
        made.refresh_from_db()
    assert made.quiet_until is not None
    assert made.quiet_until > timezone.now() + timedelta(minutes=55)
    assert {row.state for row in chosen} == {"delivered"}


WANTED = {"name": "Grave", "trigger": "created", "way": "slack", "address": ADDRESS}


def form(client: Client, **changed: Any) -> Any:
    return client.post(reverse("forward-new", args=[CARE]), WANTED | changed)


def test_a_rule_is_made_turned_off_and_shows_what_it_would_have_sent(care: Tenant) -> None:
    admin = demo.signed_in(MemberRole.TENANT_ADMIN)
    made = form(admin, rules=RULE, has_quote="on")
    assert made.status_code == 302
    with tenant_context(care.pk):
        row = Forward.objects.get()
        count = Finding.objects.filter(rule_code=RULE).count()
    assert (row.state, row.rules, row.has_quote) == ("off", [RULE], True)
    assert unseal(bytes(row.sealed_address or b"")) == ADDRESS
    shown = admin.get(made["Location"]).content.decode()
    assert f"findings it would have sent {count}." in shown
    edit = reverse("forward-edit", args=[CARE, row.pk])
    assert "services/T000" not in shown + admin.get(edit).content.decode()
    # A change by who may not choose it takes the quote back, and keeps the address.
    integrator = demo.signed_in(MemberRole.INTEGRATOR)
    kept = {**WANTED, "address": "", "rules": RULE, "has_quote": "on"}
    assert integrator.post(edit, kept).status_code == 302
    with tenant_context(care.pk):
        row.refresh_from_db()
    assert (row.has_quote, unseal(bytes(row.sealed_address or b""))) == (False, ADDRESS)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"address": "https://evil.example/services/T/B/x"}, "not Slack&#x27;s"),
    ({"address": "http://hooks.slack.com/services/T"}, "destination is refused"),
    ({"address": "https://hooks.slack.com.evil.example/x"}, "not Slack&#x27;s"),
    ({"address": "https://hooks.slack.com"}, "without its path"),
    ({"address": ""}, "no address"),
    ({"agents": "nobody"}, "not known"),
    ({"score_below": "0"}, "a score below 0"),
    ({"score_below": "nan"}, "Enter a number"),
    ({"sources": "01990000-0000-7000-8000-000000000001"}, "Select a valid choice"),
    ({"way": "mail"}, "not set up"),
    ({"way": "webhook"}, "no webhook"),
    ({"way": "webhook", "hook": "01990000-0000-7000-8000-000000000001"}, "Select a valid choice"),
    ({"way": "crm"}, "who may not decide it"),
]


def test_what_cannot_be_is_refused_in_the_form(care: Tenant) -> None:
    integrator = demo.signed_in(MemberRole.INTEGRATOR)
    for changed, said in REFUSED:
        answer = form(integrator, **changed)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), changed
    assert form(demo.signed_in(MemberRole.LEAD)).status_code == 403


def test_a_test_is_sent_also_while_it_is_off_and_one_is_sent_again(
    care: Tenant, slack: Slack
) -> None:
    row = rule(care, address=slack.url)
    integrator = MemberRole.INTEGRATOR
    for act in ("off", "test"):
        assert post(integrator, "forward-change", row.pk, act=act).status_code == 302
    work(care)
    assert "A test" in slack.got[0]["text"]
    assert post(integrator, "forward-again", rows(care)[0].pk).status_code == 302
    work(care)
    assert len(slack.got) == 2
    assert post(integrator, "forward-change", row.pk, act="delete").status_code == 302
    assert rows(care) == []


def hook_of(care: Tenant) -> Hook:
    """One that is told of nothing but what rules send, and paused."""
    with tenant_context(care.pk):
        wanted = hooks.Wanted("flow", "https://flow.example/", [EventKind.FINDING_FORWARDED])
        now = timezone.now()
        made = hooks.create(
            tenant_id=care.pk, wanted=wanted, origin=HookOrigin.API, by=None, now=now
        )
        hooks.pause(made.row, by=None, now=now)
    return made.row


def test_a_webhook_is_sent_what_a_rule_chooses_once_by_its_own_outbox(care: Tenant) -> None:
    hook = hook_of(care)
    row = rule(care, way=ForwardWay.WEBHOOK, hook=hook.pk, rules=[RULE])
    call(care)
    work(care)
    (sent,) = rows(care)
    assert (sent.state, sent.tries) == ("delivered", 1)
    with tenant_context(care.pk):
        (told,) = Delivery.objects.select_related("event")
        finding = Finding.objects.get(pk=str(sent.about_id))
    assert (told.hook_id, told.event.kind) == (hook.pk, "finding.forwarded")
    assert told.event.about_id == finding.pk
    assert told.event.data == {
        "transcript": str(finding.transcript_id),
        "evaluation": str(finding.evaluation_id),
        "rule": RULE,
        "severity": finding.severity,
        "forward": str(row.pk),
    }
    assert post(MemberRole.INTEGRATOR, "forward-again", sent.pk).status_code == 302
    assert post(MemberRole.INTEGRATOR, "forward-change", row.pk, act="test").status_code == 302
    with tenant_context(care.pk):
        now = timezone.now()
        gone = Forwarded.objects.create(
            tenant=care, forward=row, about_id=uuid7(), due_at=now, created_at=now
        )
    work(care)
    with tenant_context(care.pk):
        gone.refresh_from_db()
        assert (gone.state, gone.last_code) == ("failed", "finding_gone")
        kinds = Event.objects.order_by("pk").values_list("kind", "sequence")
        assert sorted(kinds) == [("finding.forwarded", 1), ("finding.forwarded", 2), ("ping", 1)]


def test_what_is_chosen_waits_while_the_webhook_is_off_and_its_end_turns_the_rule_off(
    care: Tenant,
) -> None:
    hook = hook_of(care)
    row = rule(care, way=ForwardWay.WEBHOOK, hook=hook.pk, rules=[RULE])
    with tenant_context(care.pk):
        Hook.objects.update(state="off", off_code="gone")
    call(care)
    work(care)
    with tenant_context(care.pk):
        assert (rows(care)[0].state, Event.objects.count()) == ("waiting", 0)
        hooks.resume(hook, by=None, now=timezone.now())
        Forward.objects.update(quiet_until=None)
    work(care)
    assert [each.state for each in rows(care)] == ["delivered"]
    with tenant_context(care.pk):
        hooks.delete(hook, by=None, now=timezone.now())
        row.refresh_from_db()
        assert Notification.objects.filter(kind="forward_off", about_id=row.pk).exists()
    assert (row.state, row.off_code, row.hook_id) == ("off", "target_gone", None)
    shown = demo.signed_in(MemberRole.INTEGRATOR).get(
        reverse("forward-detail", args=[CARE, row.pk])
    )
    assert "The webhook that it sent to is deleted." in shown.content.decode()
    assert post(MemberRole.INTEGRATOR, "forward-change", row.pk, act="on").status_code == 409


def test_a_rule_is_kept_or_its_webhook_deleted_and_never_half_of_both(care: Tenant) -> None:
    def keep(row: Forward, hook: Hook) -> str:
        with tenant_context(care.pk):
            by = Membership.objects.filter(role=MemberRole.TENANT_ADMIN)[0]
            wanted = forwards.Wanted(
                row.name, Trigger.CREATED, ForwardWay.WEBHOOK, hook=hook.pk, rules=[RULE]
            )
            try:
                forwards.change(row, by=by, wanted=wanted, now=timezone.now())
            except forwards.ForwardRefused:
                return "refused"
            return "kept"

    def delete(hook: Hook) -> str:
        with tenant_context(care.pk):
            hooks.delete(hook, by=None, now=timezone.now())
        return "deleted"

    def both(row: Forward, hook: Hook) -> list[str]:
        acts = iter([partial(keep, row, hook), partial(delete, hook)])
        return at_once(2, lambda: next(acts)())

    row = rule(care, address=ADDRESS)
    for _ in range(10):
        assert sorted(both(row, hook_of(care))) in (["deleted", "kept"], ["deleted", "refused"])
        with tenant_context(care.pk):
            row.refresh_from_db()
        assert (row.hook_id, row.off_code) in ((None, "target_gone"), (None, ""))


def test_a_crm_is_written_the_evaluation_of_what_a_rule_chooses(care: Tenant) -> None:
    with tenant_context(care.pk):
        now = timezone.now()
        crm = connections.create(
            tenant_id=care.pk, wanted=to_salesforce(), since=now, by=None, now=now
        )
    row = rule(care, way=ForwardWay.CRM, crm=crm.pk, rules=[RULE])
    call(care)
    work(care)
    with tenant_context(care.pk):
        (sent,) = rows(care)
        finding = Finding.objects.get(pk=str(sent.about_id))
        written = CrmRecord.objects.values_list("evaluation", "state")
        assert list(written) == [(finding.evaluation_id, "waiting")]
    assert sent.state == "delivered"
    assert post(MemberRole.INTEGRATOR, "forward-change", row.pk, act="test").status_code == 409
    with pytest.raises(forwards.ForwardRefused, match="tenant admin"):
        rule(care, MemberRole.INTEGRATOR, name="b", way=ForwardWay.CRM, crm=crm.pk)
