"""The evidence page of a finding, and its rule run anew."""

import io
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.demo.names import email_of
from reviews.models import (
    Evaluation,
    MemberRole,
    QueueItem,
    Release,
    RubricVersion,
    Tenant,
    Transcript,
    User,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.queries import review_tasks
from reviews.rubrics import publish
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
SAID = "\n".join(
    [
        "agent: one", "customer: two", "agent: three", "customer: four",
        "agent: we guarantee it for my card 4111 1111 1111 1111", "customer: six",
        "agent: seven", "customer: eight", "agent: nine", "customer: ten",
    ]
)  # fmt: skip
RULES = [
    {"code": "promise", "title": "No promise", "check": {"query": "{promises}"}},
    {
        "code": "thanks",
        "title": "The caller is thanked",
        "violation_when": "absent",
        "check": {"query": '"we guarantee you"'},
    },
]

PROMISES = {"name": "Promises", "rules": RULES, "lists": {"promises": ["guarantee"]}}


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


@pytest.fixture
def call(care: Tenant) -> Transcript:
    with tenant_context(care.pk):
        publish.publish(
            tenant_id=care.pk, code="promises", document=PROMISES,
            by=None, now=timezone.now(),
        )  # fmt: skip
    row = keep_said(care, "c-1", SAID)
    drain()
    return row


def finding_of(call: Transcript, rule: str) -> UUID:
    with tenant_context(call.tenant_id):
        row = QueueItem.objects.get(transcript=call, rule_code=rule, rubric__code="promises")
    return row.finding_id


def page(role: MemberRole, finding_id: UUID) -> str:
    answer = demo.signed_in(role).get(reverse("finding-evidence", args=[CARE, finding_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def decide(client: Client, finding_id: UUID, **sent: object) -> None:
    address = reverse("finding-decide", args=[CARE, finding_id])
    assert client.post(address, {"next": f"/t/{CARE}/queue", **sent}).status_code == 302


def test_the_page_proves_a_finding_from_its_question_to_its_verdicts(call: Transcript) -> None:
    finding_id = finding_of(call, "promise")
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    decide(reviewer, finding_id, verdict="upheld", sequence=0, note="heard it")
    decide(reviewer, finding_id, verdict="reopened", sequence=1)
    decide(reviewer, finding_id, verdict="dismissed", sequence=2, reason="allowed")
    shown = page(MemberRole.REVIEWER, finding_id)
    with tenant_context(call.tenant_id):
        version = RubricVersion.objects.get(rubric__code="promises")
        evaluation = Evaluation.objects.get(rubric_version=version)
        call.refresh_from_db()
    proof = (bytes(version.sha256).hex(), bytes(call.payload_hmac).hex(), evaluation.pk, call.pk)
    assert [each for each in proof if str(each) not in shown] == []
    assert '<mark data-mark="hit">guarantee</mark>' in shown
    assert "line 4, word 1" in shown
    assert "{promises}" in shown
    assert "<b>promises</b>: guarantee" in shown
    assert "UTC</time>" in shown
    assert "4111" not in shown
    order = [shown.index(each) for each in ("<b>Confirmed", "heard it", "<b>Opened", "<b>Dismiss")]
    assert order == sorted(order)
    assert "Allowed in this case" in shown


def test_the_words_around_the_evidence_are_shown_and_no_more(call: Transcript) -> None:
    shown = page(MemberRole.REVIEWER, finding_of(call, "promise"))
    words = ("two", "three", "four", "six", "seven", "eight")
    assert [word for word in words if f"{word}</li>" in shown] == ["three", "four", "six", "seven"]


def test_an_absence_shows_what_was_searched_and_what_came_near(call: Transcript) -> None:
    shown = page(MemberRole.REVIEWER, finding_of(call, "thanks"))
    assert "Searched 0:00" in shown
    assert "Nearest: 2 of 3 words" in shown
    assert '<mark data-mark="near">we guarantee</mark>' in shown
    assert "It is broken where this is not found:" in shown


def test_who_sees_released_calls_alone_sees_it_from_then_on_without_the_definition(
    call: Transcript,
) -> None:
    finding_id = finding_of(call, "promise")
    lead = User.objects.get(email=email_of(MemberRole.LEAD))
    address = reverse("finding-evidence", args=[CARE, finding_id])
    for role in (MemberRole.AGENT, MemberRole.CLIENT_VIEWER):
        assert demo.signed_in(role).get(address).status_code == 404
    with tenant_context(call.tenant_id):
        released = {"transcript": call, "by": lead, "at": timezone.now()}
        Release.objects.create(tenant_id=call.tenant_id, **released)
    shown = page(MemberRole.CLIENT_VIEWER, finding_id)
    assert "guarantee</mark>" in shown
    assert "query:" not in shown
    assert "The definition is seen by" in shown


def test_who_reviews_the_call_without_the_verdicts_of_others_does_not_see_it(
    call: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_tasks, "blind_task", lambda *_: True)
    address = reverse("finding-evidence", args=[CARE, finding_of(call, "promise")])
    assert demo.signed_in(MemberRole.REVIEWER).get(address).status_code == 409


def test_the_call_page_and_the_row_in_the_queue_lead_to_it(call: Transcript) -> None:
    finding_id = finding_of(call, "promise")
    address = reverse("finding-evidence", args=[CARE, finding_id])
    client = demo.signed_in(MemberRole.REVIEWER)
    assert address in client.get(reverse("call-detail", args=[CARE, call.pk])).content.decode()
    queue = client.get(reverse("queue-list", args=[CARE]), {"more": str(finding_id)})
    assert address in queue.content.decode()


def reexecuted(finding_id: UUID) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("reexecute", str(finding_id), "--tenant", CARE, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as refusal:
        return refusal.returncode, str(refusal)
    return 0, out.getvalue()


def test_a_rule_run_anew_comes_to_the_same_also_of_words_that_were_replaced(
    call: Transcript,
) -> None:
    finding_id = finding_of(call, "promise")
    assert f"reexecute {finding_id} --tenant {CARE}" in page(MemberRole.AUDITOR, finding_id)
    with tenant_context(call.tenant_id):
        Transcript.objects.filter(pk=call.pk).update(revision=2)
    code, said = reexecuted(finding_id)
    assert (code, said[:43]) == (0, "the same: rule promise of promises, version")
    assert "guarantee" not in said


def test_a_rule_run_anew_says_where_it_differs(call: Transcript) -> None:
    finding_id = finding_of(call, "promise")
    with tenant_context(call.tenant_id):
        call.utterances.filter(index=4).update(role="customer")
        rows = Transcript.objects.filter(pk=call.pk)
        rows.update(language="")
    code, said = reexecuted(finding_id)
    assert (code, said.split(":")[0]) == (1, "it differs")


def test_an_id_that_is_no_finding_of_the_tenant_is_refused(care: Tenant) -> None:
    code, said = reexecuted(uuid7())
    assert code == 2
    assert "no finding of the tenant" in said
