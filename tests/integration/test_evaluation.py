"""What an evaluation reads and writes: the versions in force, the call in order, all of it once."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from reviews.demo import build
from reviews.evaluation import run
from reviews.ingest import store
from reviews.models import (
    Evaluation,
    Finding,
    Job,
    JobKind,
    JobState,
    Rubric,
    Source,
    Tenant,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import rubric_versions, transcripts
from reviews.rubrics import publish
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from reviews.sources.normal import SourceTranscript
from tests.factories.loop import connected, drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "calls"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def source(tenant: Tenant) -> Source:
    return connected(tenant, "http://127.0.0.1:9")


def keep(source: Source, payload: dict[str, Any]) -> tuple[Transcript, SourceTranscript]:
    received = receive(json.dumps(payload).encode())
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        assert row is not None
        run.schedule(row)
    return row, fetched


def published(tenant: Tenant, code: str, name: str, now: datetime) -> UUID:
    document = build.rubric("meridian-care") | {"name": name}
    with tenant_context(tenant.pk):
        made = publish.publish(tenant_id=tenant.pk, code=code, document=document, by=None, now=now)
    return made.pk


def in_force(tenant: Tenant) -> set[UUID]:
    with tenant_context(tenant.pk):
        return set(rubric_versions.in_force(tenant.pk, now=timezone.now()).values())


def test_of_each_rubric_the_newest_effective_version_is_in_force(tenant: Tenant) -> None:
    now = timezone.now()
    published(tenant, "one", "first", now - timedelta(days=2))
    newest = published(tenant, "one", "second", now - timedelta(days=1))
    published(tenant, "one", "to come", now + timedelta(days=1))
    other = published(tenant, "two", "other", now - timedelta(days=1))
    retired = published(tenant, "three", "retired", now - timedelta(days=1))
    assert in_force(tenant) == {newest, other, retired}
    with tenant_context(tenant.pk):
        Rubric.objects.filter(code="three").update(retired_at=now - timedelta(seconds=1))
        Rubric.objects.filter(code="two").update(retired_at=now + timedelta(days=1))
    assert in_force(tenant) == {newest, other}


def test_a_stored_call_is_read_as_it_was_parsed(tenant: Tenant, source: Source) -> None:
    for payload in payloads(6):
        row, fetched = keep(source, payload | {"summary": "A call.", "speakers_expected": 2})
        with tenant_context(tenant.pk):
            read = transcripts.columns_of(transcripts.current(row.pk))
        said = fetched.transcript
        assert len(read.speakers) > 3
        assert read.analysis == said.analysis
        assert read.analysis.speakers_expected == 2
        for name in ("words", "start_ms", "end_ms", "bounds", "speakers", "channels", "roles"):
            assert list(getattr(read, name)) == list(getattr(said, name)), name
        assert list(read.confidence) == pytest.approx(list(said.confidence), abs=1e-6)


def test_a_call_that_is_evaluated_twice_has_one_evaluation(tenant: Tenant, source: Source) -> None:
    keep(source, payloads(1)[0])
    drain()
    before = written(tenant)
    assert before[0] == 1
    assert before[1] > 0
    with tenant_context(tenant.pk):
        Job.objects.filter(kind=JobKind.EVALUATE).update(
            state=JobState.QUEUED, due_at=timezone.now()
        )
    drain()
    assert written(tenant) == before
    with tenant_context(tenant.pk):
        assert Job.objects.get(kind=JobKind.EVALUATE).state == JobState.DONE


def written(tenant: Tenant) -> tuple[int, int]:
    with tenant_context(tenant.pk):
        return Evaluation.objects.count(), Finding.objects.count()


def test_findings_name_the_agent_of_their_own_revision(tenant: Tenant, source: Source) -> None:
    payload = next(each for each in payloads(12) if "agent=" in (each["webhook_url"] or ""))
    keep(source, payload)
    drain()
    url = str(payload["webhook_url"])
    agent = url.partition("agent=")[2].partition("&")[0]
    keep(source, payload | {"webhook_url": url.replace(f"agent={agent}", "agent=another")})
    drain()
    assert agents(tenant, revision=1) == {agent}
    assert agents(tenant, revision=2) == {"another"}
    keep(source, payload | {"webhook_url": url.replace(f"agent={agent}", "was=unnamed")})
    drain()
    assert agents(tenant, revision=3) == set()


def agents(tenant: Tenant, *, revision: int) -> set[str]:
    with tenant_context(tenant.pk):
        rows = Finding.objects.filter(evaluation__transcript_revision=revision, agent__isnull=False)
        return set(rows.values_list("agent__external_id", flat=True))
