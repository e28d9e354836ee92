"""A lead bundles an agent's confirmed findings; the agent reads them; the rate is compared."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Agent,
    AuditEvent,
    Coaching,
    CoachingNote,
    MemberRole,
    MemberScope,
    Membership,
    Participant,
    QueueItem,
    Standing,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import coaching
from reviews.reviewing import dispute
from tests.factories.asking import evaluated, published
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)
RULE = "promise"
BROKEN = "agent: we guarantee it on a recorded line"
KEPT = "agent: hello on a recorded line"
LIST = reverse("coaching-list", args=["a"])
OWN = reverse("own-list", args=["a"])


@pytest.fixture
def tenant() -> Tenant:
    """Two calls break the rule and one does not, all of one agent, who signs in; two confirmed."""
    tenant = Tenant.objects.create(slug="a", name="A")
    published(tenant)
    people = {role: User.objects.create(email=f"{role}@example.test") for role in MemberRole}
    for at, said in enumerate((BROKEN, BROKEN, KEPT)):
        evaluated(tenant, f"c{at}", said)
    with tenant_context(tenant.pk):
        for role, user in people.items():
            scope = MemberScope.OWN if role == MemberRole.AGENT else MemberScope.TENANT
            Membership.objects.create(tenant=tenant, user=user, role=role, scope=scope)
        agent = Agent.objects.create(
            tenant=tenant, external_id="7", name="Al", user=people[MemberRole.AGENT]
        )
        Participant.objects.filter(role="agent").update(agent=agent)
        QueueItem.objects.filter(rule_code=RULE).update(agent=agent, standing=Standing.UPHELD)
        Transcript.objects.update(call_at=timezone.now() - timedelta(days=2))
    return tenant


def client(role: MemberRole) -> Client:
    signed_in = Client()
    signed_in.force_login(User.objects.get(email=f"{role}@example.test"))
    return signed_in


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def new(tenant: Tenant) -> tuple[str, list[str]]:
    """The form's address, and the findings that it lists."""
    with tenant_context(tenant.pk):
        items = list(QueueItem.objects.filter(rule_code=RULE).order_by("transcript__external_id"))
    address = reverse("coaching-new", args=["a", items[0].agent_id, items[0].rubric_id])
    return f"{address}?rule={RULE}", [str(item.finding_id) for item in items]


def form(findings: list[str], **changed: Any) -> dict[str, Any]:
    return {"moments": findings, "note": "Say it so.", "due": "2999-12-01"} | changed


def given(tenant: Tenant) -> Coaching:
    address, findings = new(tenant)
    assert client(MemberRole.LEAD).post(address, form(findings)).status_code == 302
    with tenant_context(tenant.pk):
        return Coaching.objects.get()


def released(tenant: Tenant, *calls: str) -> None:
    with tenant_context(tenant.pk):
        by = User.objects.get(email=f"{MemberRole.LEAD}@example.test")
        for row in Transcript.objects.filter(external_id__in=calls):
            dispute.release(transcript=row, by=by, now=timezone.now())


def test_an_agent_reads_it_once_all_its_calls_are_released(tenant: Tenant) -> None:
    row = given(tenant)
    agent, lead = client(MemberRole.AGENT), client(MemberRole.LEAD)
    detail = reverse("coaching-detail", args=["a", row.pk])
    read = reverse("coaching-acknowledge", args=["a", row.pk])
    released(tenant, "c0")
    assert "Say it so." not in text(agent.get(OWN)), "c1 is not released"
    assert agent.post(read).status_code == 404
    assert "when all its calls are released" in text(lead.get(detail))
    assert ("agent", "coaching_given") not in told(tenant), "nor are they told of it"
    released(tenant, "c1")
    assert ("agent", "coaching_given") in told(tenant)
    assert "Say it so." in text(agent.get(OWN))
    assert "is shown from then on" in text(lead.get(detail))
    assert client(MemberRole.TENANT_ADMIN).post(read).status_code == 409, "not theirs"
    assert [agent.post(read).status_code for _ in range(2)] == [302, 302]
    assert told(tenant).count(("lead", "coaching_read")) == 1
    page = text(lead.get(detail))
    assert ("2 of 3 calls" in page, "no call" in page) == (True, True)
    with tenant_context(tenant.pk):
        events = list(AuditEvent.objects.filter(event__startswith="coaching."))
    assert [each.event for each in events] == ["coaching.given", "coaching.acknowledged"]
    assert "Say it so." not in str([each.data for each in events])


def test_the_rate_after_counts_later_calls_and_leaves_out_what_was_dismissed(
    tenant: Tenant,
) -> None:
    row, now = given(tenant), timezone.now()
    with tenant_context(tenant.pk):
        later = Transcript.objects.exclude(external_id="c0")
        later.update(call_at=now - timedelta(days=1))
        row.acknowledged_at = now - timedelta(days=1, hours=12)
        first = coaching.change(row, now)
        QueueItem.objects.filter(rule_code=RULE, transcript__external_id="c1").update(
            standing=Standing.DISMISSED
        )
        second = coaching.change(row, now)
    assert first is not None
    assert second is not None
    assert first.before is not None
    assert first.after is not None
    assert second.after is not None
    assert (first.before.hits, first.before.judged) == (1, 1)
    assert (first.after.hits, first.after.judged, first.is_over) == (1, 2, False)
    assert (second.after.hits, second.after.judged) == (0, 2)
    assert 0 == second.after.low < second.after.high < 1


def test_a_lead_chooses_among_confirmed_findings_that_were_not_given_before(
    tenant: Tenant,
) -> None:
    lead, (address, findings) = client(MemberRole.LEAD), new(tenant)
    assert address in lead.get(LIST).content.decode()
    wrong: dict[str, Any]
    for wrong in (
        {"moments": []},
        {"note": " "},
        {"due": "soon"},
        {"moments": [findings[0][::-1]]},
    ):
        assert lead.post(address, form(findings, **wrong)).status_code == 422, wrong
    answer = lead.post(address, form(findings[:1]), follow=True)
    assert "Say it so." in text(answer)
    assert lead.post(address, form(findings)).status_code == 422, "one of them was given before"
    with tenant_context(tenant.pk):
        QueueItem.objects.filter(finding_id=findings[1]).update(standing=Standing.OPEN)
    assert "No moment is left" in text(lead.get(address))
    assert "Nothing is left to coach on" in text(lead.get(LIST))
    with tenant_context(tenant.pk):
        assert CoachingNote.objects.count() == 1
    for role in (MemberRole.REVIEWER, MemberRole.AGENT, MemberRole.AUDITOR):
        assert client(role).get(LIST).status_code == 403, role
