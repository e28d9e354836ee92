"""A person says who is who on a call: a new revision, evaluated anew, the old one kept."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from reviews import tasks
from reviews.demo import build
from reviews.ingest import roles
from reviews.models import (
    AuditEvent,
    Evaluation,
    MemberRole,
    Participant,
    SpeakerRole,
    Tenant,
    Transcript,
    User,
    Utterance,
)
from reviews.models.tenancy import tenant_context
from tests.factories import demo
from tests.factories.loop import drain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def call(care: Tenant) -> UUID:
    """A call whose voices have labels, and nobody said whose."""
    spoken = next(each for each in build.calls(12, seed=1) if each.script == "mc_refill")
    payload: dict[str, Any] = spoken.payload | {
        "speech_understanding": None,
        "webhook_url": "https://hooks.example/x?kind=live&agent=agent-07",
    }
    demo.keep_payload(care, payload)
    with tenant_context(care.pk):
        return UUID(str(Transcript.objects.get().pk))


def voices(tenant: Tenant) -> dict[str, Participant]:
    with tenant_context(tenant.pk):
        newest = Transcript.objects.get().revision
        rows = Participant.objects.filter(revision=newest).select_related("agent")
        return {each.speaker: each for each in rows}


def post(
    care: Tenant, call: UUID, given: dict[str, str], role: MemberRole = MemberRole.REVIEWER
) -> Any:
    address = reverse("call-roles", args=[care.slug, call])
    return demo.signed_in(role).post(address, given)


def given(care: Tenant, revision: int = 1, **said: str) -> dict[str, str]:
    known = voices(care)
    return {"revision": str(revision)} | {
        f"role-{known[label].pk}": role for label, role in said.items()
    }


def test_what_was_not_assessable_for_want_of_roles_is_heard(care: Tenant, call: UUID) -> None:
    assert {each.role for each in voices(care).values()} == {SpeakerRole.UNKNOWN}
    assert post(care, call, given(care, A="agent", B="customer")).status_code == 302
    drain()
    with tenant_context(care.pk):
        row = Transcript.objects.get()
        first, second = Evaluation.objects.order_by("created_at")
        assert (row.revision, row.roles_by) == (2, roles.BY_A_REVIEWER)
        assert (first.transcript_revision, second.transcript_revision) == (1, 2)
        assert second.not_assessable < first.not_assessable
        told = Utterance.objects.filter(revision=2).values_list("role", "text")
        before = Utterance.objects.filter(revision=1).order_by("index")
        assert [text for _, text in told.order_by("index")] == [each.text for each in before]
        assert {role for role, _ in told} == {"agent", "customer"}
        assert AuditEvent.objects.get(event="call.roles_assigned").data["revision"] == 2
    agent = voices(care)["A"].agent
    with tenant_context(care.pk):
        assert agent is not None
        assert agent.external_id == "agent-07"


def test_the_same_roles_again_change_nothing(care: Tenant, call: UUID) -> None:
    post(care, call, given(care, A="agent", B="customer"))
    post(care, call, given(care, 2, A="agent", B="customer"))
    with tenant_context(care.pk):
        assert Transcript.objects.get().revision == 2


def test_a_page_that_is_older_than_the_call_is_refused(care: Tenant, call: UUID) -> None:
    stale = given(care, A="agent")
    post(care, call, given(care, A="agent", B="customer"))
    answer = post(care, call, stale)
    assert answer.status_code == 409
    assert "changed since the page was opened" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": "x"},
        {"revision": "1", "role-7": "agent"},
        {"revision": "1", "role-0196e0f0-0000-7000-8000-000000000000": "agent"},
        {"revision": "1", "role-0196e0f0-0000-7000-8000-000000000000": "boss"},
    ],
)
def test_what_the_page_did_not_make_is_refused(
    care: Tenant, call: UUID, wrong: dict[str, str]
) -> None:
    assert post(care, call, wrong).status_code == 409
    with tenant_context(care.pk):
        assert Transcript.objects.get().revision == 1


def test_who_may_not_decide_may_not_say_who_is_who(care: Tenant, call: UUID) -> None:
    assert post(care, call, given(care, A="agent"), MemberRole.AUDITOR).status_code == 403
    page = demo.signed_in(MemberRole.AUDITOR).get(reverse("call-detail", args=[care.slug, call]))
    assert "Who is who" not in page.content.decode()


def test_the_page_asks_where_nobody_has_said(care: Tenant, call: UUID) -> None:
    client: Client = demo.signed_in(MemberRole.REVIEWER)
    page = client.get(reverse("call-detail", args=[care.slug, call])).content.decode()
    assert '<details class="card pad roles" open>' in page
    post(care, call, given(care, A="agent", B="customer"))
    page = client.get(reverse("call-detail", args=[care.slug, call])).content.decode()
    assert '<details class="card pad roles">' in page


def test_a_duplicate_with_roles_of_its_own_is_a_call_of_its_own(care: Tenant, call: UUID) -> None:
    with tenant_context(care.pk):
        first = Transcript.objects.get()
        by = User.objects.get(email="reviewer@demo.example")
    spoken = next(each for each in build.calls(12, seed=1) if each.script == "mc_refill")
    demo.keep_payload(
        care,
        spoken.payload
        | {
            "id": "00000000-0000-4000-8000-000000000001",
            "speech_understanding": None,
            "webhook_url": "https://hooks.example/x?kind=live&agent=agent-07",
        },
    )
    with tenant_context(care.pk):
        second = Transcript.objects.exclude(pk=first.pk).get()
        assert second.duplicate_of_id == first.pk
        known = {each.speaker: each.pk for each in Participant.objects.filter(transcript=second)}
        roles.assign(
            transcript_id=second.pk,
            revision=1,
            roles={known["A"]: SpeakerRole.AGENT, known["B"]: SpeakerRole.CUSTOMER},
            by=by,
            now=first.received_at,
            then=tasks.THEN,
        )
    drain()
    with tenant_context(care.pk):
        assert not Transcript.objects.filter(duplicate_of=first).exists()
        assert Evaluation.objects.filter(transcript=second).count() == 1
