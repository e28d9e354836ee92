"""What agents see of their calls, and what comes of an appeal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Agent,
    AuditEvent,
    Dispute,
    MemberRole,
    QueueItem,
    Release,
    Standing,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
RULE = "medical_advice"


@pytest.fixture
def care() -> Tenant:
    """With a call whose finding a reviewer has confirmed, and whose agent signs in."""
    care = demo.evaluated(12)[CARE]
    with tenant_context(care.pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN, rule_code=RULE)[0]
        person = User.objects.get(email="agent@demo.example")
        Agent.objects.filter(findings=item.finding_id).update(user=person)
    verdict = {"verdict": "upheld", "sequence": 0}
    assert post(demo.signed_in(MemberRole.REVIEWER), "finding-decide", item.finding_id, **verdict)
    return care


def confirmed(care: Tenant) -> QueueItem:
    with tenant_context(care.pk):
        return QueueItem.objects.select_related("transcript").get(
            standing__in=(Standing.UPHELD, Standing.DISMISSED), rule_code=RULE
        )


def post(client: Client, name: str, /, *ids: object, **sent: object) -> int:
    return client.post(reverse(name, args=[CARE, *ids]), sent).status_code


def page(client: Client, name: str, *ids: object) -> str:
    answer = client.get(reverse(name, args=[CARE, *ids]))
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def raised(care: Tenant) -> tuple[QueueItem, Dispute]:
    item, agent = confirmed(care), demo.signed_in(MemberRole.AGENT)
    assert post(demo.signed_in(MemberRole.LEAD), "call-release", item.transcript_id) == 302
    assert post(agent, "finding-dispute", item.finding_id, why="I never said it so.") == 302
    with tenant_context(care.pk):
        return item, Dispute.objects.get()


def test_an_agent_sees_a_call_from_its_release_on(care: Tenant) -> None:
    item, agent = confirmed(care), demo.signed_in(MemberRole.AGENT)
    viewer = demo.signed_in(MemberRole.CLIENT_VIEWER)
    assert page(agent, "call-detail", item.transcript_id) == "404"
    assert page(viewer, "call-detail", item.transcript_id) == "404"
    assert "No call was released" in page(agent, "own-list")
    assert post(demo.signed_in(MemberRole.REVIEWER), "call-release", item.transcript_id) == 403
    assert post(demo.signed_in(MemberRole.LEAD), "call-release", item.transcript_id) == 302
    assert "Desk staff" in page(agent, "call-detail", item.transcript_id)
    assert "Desk staff" in page(viewer, "call-detail", item.transcript_id)
    assert "rules kept" in page(agent, "own-list")
    assert post(agent, "call-acknowledge", item.transcript_id) == 302
    assert post(viewer, "call-acknowledge", item.transcript_id) == 403
    with tenant_context(care.pk):
        assert Release.objects.get().acknowledged_at is not None
        assert AuditEvent.objects.filter(event="call.acknowledged").count() == 1


def test_an_accepted_appeal_changes_the_final_score_alone(care: Tenant) -> None:
    item, row = raised(care)
    lead = demo.signed_in(MemberRole.LEAD)
    assert row.due_at is not None
    assert told(care) == [
        ("agent", "call_released"),
        ("lead", "appeal_made"),
        ("tenant-admin", "appeal_made"),
    ]
    assert "I never said it so." in page(lead, "dispute-list")
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    given = {"state": "accepted", "note": "Right.", "reason": "other_meaning"}
    assert post(reviewer, "dispute-answer", row.pk, **given) == 409, "their own verdict"
    assert post(lead, "dispute-answer", row.pk, **given | {"note": ""}) == 422
    before = page(lead, "call-detail", item.transcript_id)
    assert "Final</h3>" not in before
    assert post(lead, "dispute-answer", row.pk, **given) == 302
    assert ("agent", "appeal_answered") in told(care)
    assert post(lead, "dispute-answer", row.pk, **given) == 409, "answered already"
    after = page(lead, "call-detail", item.transcript_id)
    assert "Final</h3>" in after
    scores = [part.split("</b>")[0] for part in after.split('class="percent"><b>')[1:4]]
    was = [part.split("</b>")[0] for part in before.split('class="percent"><b>')[1:3]]
    assert scores[:2] == was
    assert float(scores[2]) > float(scores[1])
    assert confirmed(care).standing == Standing.DISMISSED
    assert "Right." in page(demo.signed_in(MemberRole.AGENT), "call-detail", item.transcript_id)


def test_an_appeal_is_accepted_in_part_or_rejected(care: Tenant) -> None:
    row = raised(care)[1]
    lead = demo.signed_in(MemberRole.LEAD)
    assert post(lead, "dispute-answer", row.pk, state="partly", note="Less grave.") == 409
    partly = {"state": "partly", "note": "Less grave.", "severity": "low"}
    assert post(lead, "dispute-answer", row.pk, **partly) == 302
    assert (confirmed(care).standing, confirmed(care).lowered_to) == (Standing.UPHELD, "low")


def test_an_appeal_has_its_time_its_reason_and_its_limit(care: Tenant) -> None:
    item, agent = confirmed(care), demo.signed_in(MemberRole.AGENT)
    lead = demo.signed_in(MemberRole.LEAD)
    assert post(lead, "finding-dispute", item.finding_id, why="x") == 409, "not released"
    post(lead, "call-release", item.transcript_id)
    assert post(agent, "finding-dispute", item.finding_id, why=" ") == 409
    terms = {"window_days": 3, "answer_hours": 8, "open_at_most": 1}
    assert post(lead, "terms-change", **terms | {"window_days": 0}) == 422
    assert post(lead, "terms-change", **terms) == 302
    with tenant_context(care.pk):
        Release.objects.update(at=timezone.now() - timedelta(days=4))
    assert post(agent, "finding-dispute", item.finding_id, why="late") == 409
    assert "3 days have passed" in page(agent, "finding-dispute", item.finding_id)
    with tenant_context(care.pk):
        Release.objects.update(at=timezone.now())
    assert post(agent, "finding-dispute", item.finding_id, why="in time") == 302
    with tenant_context(care.pk):
        row = Dispute.objects.get()
    assert post(lead, "dispute-withdraw", row.pk) == 409, "another's"
    assert post(agent, "dispute-withdraw", row.pk) == 302
