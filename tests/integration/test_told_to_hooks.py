"""What happens in a tenant becomes events of its webhooks: ids, numbers and codes, nothing else."""

import copy
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.demo import build
from reviews.egress import KeyRefused
from reviews.export import hooks
from reviews.ingest import expiry, vendor
from reviews.jobs import ledger
from reviews.models import (
    Agent,
    Delivery,
    Dispute,
    Evaluation,
    Event,
    EventKind,
    Finding,
    Hook,
    HookOrigin,
    JobKind,
    MemberRole,
    QueueItem,
    Source,
    Standing,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.tenants import make

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
RULE = "medical_advice"
PLAIN = re.compile(r"[a-z0-9_.-]{0,60}", re.ASCII)
"""An id, a code, a version."""


@pytest.fixture
def care() -> Tenant:
    """With evaluated calls, and a webhook that is paused: what happens from now on waits for it."""
    care = demo.evaluated(12)[CARE]
    with tenant_context(care.pk):
        wanted = hooks.Wanted("flow", "https://flow.example.test/")
        made = hooks.create(
            tenant_id=care.pk, wanted=wanted, origin=HookOrigin.API, by=None, now=timezone.now()
        )
        Hook.objects.filter(pk=made.row.pk).update(state="paused")
    return care


def events(care: Tenant) -> list[Event]:
    with tenant_context(care.pk):
        return list(Event.objects.order_by("pk"))


def of_kind(care: Tenant, kind: EventKind) -> list[Event]:
    return [event for event in events(care) if event.kind == kind]


def kinds(care: Tenant) -> Counter[str]:
    return Counter(event.kind for event in events(care))


def post(role: MemberRole, name: str, /, *ids: object, **sent: object) -> None:
    answer = demo.signed_in(role).post(reverse(name, args=[CARE, *ids]), sent)
    assert answer.status_code == 302


def upheld(care: Tenant) -> QueueItem:
    with tenant_context(care.pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN, rule_code=RULE)[0]
    sent = {"verdict": "upheld", "sequence": 0}
    post(MemberRole.REVIEWER, "finding-decide", item.finding_id, **sent)
    return item


def test_a_call_tells_that_it_came_was_evaluated_and_what_was_found(care: Tenant) -> None:
    call = next(call for call in build.calls(60, seed=2) if _is_about(call))
    demo.keep_payload(care, call.payload)
    told = kinds(care)
    with tenant_context(care.pk):
        made = Evaluation.objects.filter(created_at__gte=events(care)[0].created_at)
        found = [row.findings.count() for row in made]
    assert told[EventKind.TRANSCRIPT_INGESTED] == 1
    assert told[EventKind.EVALUATION_COMPLETED] == len(found) > 0
    assert told[EventKind.FINDING_CREATED] == sum(found) > 0
    assert told[EventKind.EVALUATION_SUPERSEDED] == 0
    for event in of_kind(care, EventKind.EVALUATION_COMPLETED):
        with tenant_context(care.pk):
            grave = Finding.objects.filter(evaluation=event.about_id)
            is_grave = grave.filter(severity__in=("high", "critical")).exists()
        assert (event.data["risk_flag"] is True) == is_grave
    said_otherwise = copy.deepcopy(call.payload)
    said_otherwise["utterances"][0]["words"][0]["text"] = "Goodbye"
    demo.keep_payload(care, said_otherwise)
    assert [event.sequence for event in of_kind(care, EventKind.TRANSCRIPT_INGESTED)] == [1, 2]
    replaced = of_kind(care, EventKind.EVALUATION_SUPERSEDED)
    completed = of_kind(care, EventKind.EVALUATION_COMPLETED)
    half = len(completed) // 2
    assert {row.about_id for row in replaced} == {row.about_id for row in completed[:half]}
    assert {row.data["by"] for row in replaced} == {str(row.about_id) for row in completed[half:]}
    assert {row.sequence for row in replaced} == {2}
    assert all(_is_plain(value) for event in events(care) for value in event.data.values())


def test_a_narrowed_webhook_is_told_of_the_findings_it_asks_for(care: Tenant) -> None:
    now = timezone.now()
    with tenant_context(care.pk):
        Hook.objects.all().delete()
        source = Source.objects.get()
        for name, filters in {
            "rule": hooks.Filters(rules=[RULE], sources=[source.pk]),
            "other": hooks.Filters(rules=["no_such_rule"]),
            "grave": hooks.Filters("high"),
        }.items():
            wanted = hooks.Wanted(name, "https://flow.example/", ["finding.created"], filters)
            origin = HookOrigin.API
            hooks.create(tenant_id=care.pk, wanted=wanted, origin=origin, by=None, now=now)
        Hook.objects.update(state="paused")
    call = next(call for call in build.calls(60, seed=2) if _is_about(call))
    demo.keep_payload(care, call.payload)
    with tenant_context(care.pk):
        found = Finding.objects.filter(created_at__gte=now)
        grave = {row.pk for row in found.filter(severity__in=["high", "critical"])}
        rows = list(Delivery.objects.select_related("hook", "event"))
        assert {row.event.data["rule"] for row in rows if row.hook.name == "rule"} == {RULE}
        assert {row.event.about_id for row in rows if row.hook.name == "grave"} == grave
        assert 0 < len(grave) < found.count()
    assert "other" not in {row.hook.name for row in rows}


def _is_about(call: build.DemoCall) -> bool:
    return call.tenant == CARE and call.script == "mc_billing_card"


def _is_plain(value: Any) -> bool:
    return not isinstance(value, str) or bool(PLAIN.fullmatch(value))


def test_a_verdict_tells_of_itself_and_of_the_score_that_it_changed(care: Tenant) -> None:
    item = upheld(care)
    (reviewed,) = events(care)
    assert (reviewed.kind, reviewed.about_id) == (EventKind.FINDING_REVIEWED, item.finding_id)
    assert reviewed.data["standing"] == "upheld"
    post(MemberRole.REVIEWER, "finding-decide", item.finding_id, verdict="reopened", sequence=1)
    sent = {"verdict": "dismissed", "sequence": 2, "reason": "allowed"}
    post(MemberRole.REVIEWER, "finding-decide", item.finding_id, **sent)
    assert kinds(care) == {EventKind.FINDING_REVIEWED: 3, EventKind.EVALUATION_RESCORED: 1}
    (rescored,) = of_kind(care, EventKind.EVALUATION_RESCORED)
    assert rescored.data["score"] > rescored.data["was"]
    assert [event.sequence for event in of_kind(care, EventKind.FINDING_REVIEWED)] == [1, 2, 3]


def test_an_appeal_tells_that_it_was_made_and_answered(care: Tenant) -> None:
    item = upheld(care)
    with tenant_context(care.pk):
        person = User.objects.get(email="agent@demo.example")
        Agent.objects.filter(findings=item.finding_id).update(user=person)
    post(MemberRole.LEAD, "call-release", item.transcript_id)
    post(MemberRole.AGENT, "finding-dispute", item.finding_id, why="I never said it so.")
    with tenant_context(care.pk):
        dispute = Dispute.objects.get()
    sent = {"state": "rejected", "note": "You did."}
    post(MemberRole.LEAD, "dispute-answer", dispute.pk, **sent)
    told = [event for event in events(care) if event.about_id == dispute.pk]
    assert [event.kind for event in told] == [EventKind.DISPUTE_OPENED, EventKind.DISPUTE_ANSWERED]
    assert (told[0].data["rule"], told[1].data["state"]) == (RULE, "rejected")


def test_a_source_tells_that_it_stopped_and_what_it_will_delete(care: Tenant) -> None:
    now = timezone.now()
    with tenant_context(care.pk):
        source = Source.objects.get()
        listed = {"seen_at": now - timedelta(hours=70), "state": "wanted"}
        make("ListedCall", care, User.objects.all()[0], {"Source": source}, **listed)
        expiry.tell(source, now=now)
        job = ledger.wake(
            tenant_id=care.pk, kind=JobKind.POLL, source_id=source.pk, at=timezone.now()
        )
    claim = ledger.claim(tenant_id=care.pk, job_id=job)
    assert claim is not None
    with vendor.asking(claim, source):
        _refuse()
    expiring, unhealthy = events(care)
    assert (expiring.kind, expiring.data) == (EventKind.SOURCE_EXPIRING, {"calls": 1})
    assert (unhealthy.kind, unhealthy.data) == (
        EventKind.SOURCE_UNHEALTHY,
        {"code": "key_refused"},
    )
    assert (expiring.about_id, unhealthy.about_id) == (source.pk, source.pk)
    assert (expiring.sequence, unhealthy.sequence) == (1, 2)


def _refuse() -> None:
    raise KeyRefused("refused", "status 401", "Enter a valid key.")
