"""Every evaluation of a call, the version that held on its day, and another version as if."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.evaluation import run
from reviews.models import Evaluation, MemberRole, QueueItem, RubricVersion, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from tests.factories import demo
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == CARE)


@pytest.fixture
def reader(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.REVIEWER)


def published(care: Tenant, query: str, *, days_ago: int = 0) -> RubricVersion:
    rules = [{"code": "promise", "title": "No promise", "check": {"query": query}}]
    with tenant_context(care.pk):
        return publish.publish(
            tenant_id=care.pk, code="promises", document={"name": "Promises", "rules": rules},
            by=None, now=timezone.now() - timedelta(days=days_ago),
        )  # fmt: skip


@pytest.fixture
def versions(care: Tenant) -> list[RubricVersion]:
    """The first finds what is said on the call; it held from ten days ago."""
    return [published(care, '"guarantee"', days_ago=10)]


@pytest.fixture
def call(care: Tenant, versions: list[RubricVersion]) -> Transcript:
    """Made five days ago, judged by the first version, then by a second that finds nothing."""
    row = keep_said(care, "c-1", "agent: we guarantee it\ncustomer: thank you")
    drain()
    versions.append(published(care, '"xylophone"'))
    with tenant_context(care.pk):
        Transcript.objects.filter(pk=row.pk).update(call_at=timezone.now() - timedelta(days=5))
        row = Transcript.objects.get(pk=row.pk)
        run.schedule(row)
    drain()
    return row


def page(client: Client, call: Transcript, version: Any = None) -> Any:
    address = reverse("call-judgements", args=[CARE, call.pk])
    return client.get(address, {"version": str(version)} if version else {})


def test_every_evaluation_is_listed_and_one_of_each_rubric_stands(
    reader: Client, call: Transcript
) -> None:
    shown = page(reader, call).context["shown"]
    own = [each for each in shown.judged if each.row.rubric_version.rubric.code == "promises"]
    assert [(each.row.rubric_version.number, each.stands) for each in own] == [
        (2, True), (1, False),
    ]  # fmt: skip
    assert [each.row.verdict for each in own] == ["passed", "failed"]
    link = reverse("call-judgements", args=[CARE, call.pk])
    assert link in reader.get(reverse("call-detail", args=[CARE, call.pk])).content.decode()


def test_the_version_that_held_on_its_day_is_told(reader: Client, call: Transcript) -> None:
    held = {each.rubric.code: each.version for each in page(reader, call).context["shown"].held}
    assert held.pop("promises").number == 1
    assert set(held.values()) == {None}


def test_another_version_is_shown_as_if_and_nothing_is_stored(
    reader: Client, call: Transcript, versions: list[RubricVersion]
) -> None:
    with tenant_context(call.tenant_id):
        before = Evaluation.objects.count(), QueueItem.objects.count()
    answer = page(reader, call, versions[0].pk)
    as_if = answer.context["as_if"]
    ((row, stood),) = as_if.rows
    assert (row.result, stood, as_if.differing) == ("failed", "passed", 1)
    assert as_if.score.verdict == "failed"
    assert "1 rule comes out otherwise" in answer.content.decode()
    with tenant_context(call.tenant_id):
        assert (Evaluation.objects.count(), QueueItem.objects.count()) == before


def test_a_version_judges_as_if_as_it_did_when_it_was_stored(
    reader: Client, call: Transcript, versions: list[RubricVersion]
) -> None:
    as_if = page(reader, call, versions[1].pk).context["as_if"]
    assert as_if.differing == 0


@pytest.mark.parametrize("version", ["none", uuid4()])
def test_a_version_that_is_not_there_is_absent(
    version: Any, reader: Client, call: Transcript
) -> None:
    assert page(reader, call, version).status_code == 404


def test_a_call_without_a_time_says_so(reader: Client, call: Transcript) -> None:
    with tenant_context(call.tenant_id):
        Transcript.objects.filter(pk=call.pk).update(call_at=None)
    assert "The call has no time" in page(reader, call).content.decode()
