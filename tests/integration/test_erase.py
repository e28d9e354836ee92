"""What is here is deleted at the source, where that is wanted: never before, never too much."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.egress import VendorDown
from reviews.ingest import control, erase
from reviews.models import (
    Audio,
    AudioState,
    AuditEvent,
    Job,
    JobKind,
    ListedCall,
    ListedState,
    Source,
    Tenant,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Sandbox
from reviews.sources.assemblyai.client import AssemblyAI
from tests.factories.loop import KEY, begin, connected, drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: payloads(4)}) as made:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{made.port}"})
        settings.FETCH_THREADS = 1
        yield made


@pytest.fixture
def source(sandbox: Sandbox) -> Source:
    tenant = Tenant.objects.create(slug="a", name="A")
    made = connected(tenant, sandbox.base_url)
    begin(made)
    return made


def wanted(source: Source, hours: int | None) -> None:
    with tenant_context(source.tenant_id):
        source.refresh_from_db()
        control.set_up(
            source,
            poll_every_s=None,
            poll_overlap_h=24,
            upstream_retention_hours=None,
            erase_after_h=hours,
            by=None,
        )
    drain()


def erased(source: Source) -> set[str]:
    with tenant_context(source.tenant_id):
        rows = ListedCall.objects.exclude(erased_at=None)
        return set(rows.values_list("external_id", flat=True))


def deleted(sandbox: Sandbox, source: Source) -> set[str]:
    """The ids whose transcripts are tombstones there."""
    with AssemblyAI(key=KEY, base_url=sandbox.base_url, allow_private={_entry(sandbox)}) as client:
        with tenant_context(source.tenant_id):
            ids = list(ListedCall.objects.values_list("external_id", flat=True))
        return {each for each in ids if b"deleted_by_user" in client.get(each)}


def _entry(sandbox: Sandbox) -> str:
    return f"127.0.0.1:{sandbox.port}"


def test_nothing_is_deleted_there_unless_it_is_wanted(sandbox: Sandbox, source: Source) -> None:
    drain()
    assert deleted(sandbox, source) == set()
    with tenant_context(source.tenant_id):
        assert not Job.objects.filter(kind=JobKind.ERASE).exists()


def test_what_is_here_is_deleted_there_and_stays_here(sandbox: Sandbox, source: Source) -> None:
    wanted(source, 0)
    assert len(erased(source)) == 4
    assert deleted(sandbox, source) == erased(source)
    begin(source)
    drain()
    with tenant_context(source.tenant_id):
        assert Transcript.objects.filter(state=TranscriptState.READY).count() == 4
        assert AuditEvent.objects.filter(event="source.call_erased").count() == 4


def test_a_call_waits_for_its_hours(sandbox: Sandbox, source: Source) -> None:
    wanted(source, 5)
    assert erased(source) == set()
    with tenant_context(source.tenant_id):
        job = Job.objects.get(kind=JobKind.ERASE)
        due = job.due_at - timezone.now()
        assert timedelta(hours=4.9) < due <= timedelta(hours=5)
        row = ListedCall.objects.order_by("external_id").first()
        assert row is not None
        ListedCall.objects.filter(pk=row.pk).update(ended_at=timezone.now() - timedelta(hours=6))
        erase.wake(source, at=timezone.now())
    drain()
    assert erased(source) == {row.external_id}


def test_what_a_recording_is_still_to_be_fetched_of_is_left(
    sandbox: Sandbox, source: Source
) -> None:
    drain()
    with tenant_context(source.tenant_id):
        waiting = Transcript.objects.order_by("pk").first()
        assert waiting is not None
        audio = Audio.objects.create(
            tenant_id=source.tenant_id, transcript=waiting, kind="original", look_at=timezone.now()
        )
        refused = Transcript.objects.exclude(pk=waiting.pk).first()
        assert refused is not None
        Transcript.objects.filter(pk=refused.pk).update(state=TranscriptState.REFUSED)
    wanted(source, 0)
    assert len(erased(source)) == 2
    assert not erased(source) & {waiting.external_id, refused.external_id}
    with tenant_context(source.tenant_id):
        Audio.objects.filter(pk=audio.pk).update(state=AudioState.GONE, look_at=None)
        assert Job.objects.get(kind=JobKind.ERASE).due_at > timezone.now()
        erase.wake(source, at=timezone.now())
    drain()
    assert waiting.external_id in erased(source)


def test_a_death_between_deletion_and_its_row_is_made_good(
    sandbox: Sandbox, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain()
    died: list[str] = []
    real = AssemblyAI.delete

    def dying(client: AssemblyAI, external_id: str) -> None:
        real(client, external_id)
        if not died:
            died.append(external_id)
            raise VendorDown("The line went", "at its end", "Ask again.")

    monkeypatch.setattr(AssemblyAI, "delete", dying)
    wanted(source, 0)
    assert erased(source) == set()
    with tenant_context(source.tenant_id):
        job = Job.objects.get(kind=JobKind.ERASE)
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    tasks.run_job(str(source.tenant_id), str(job.pk))
    assert erased(source) == deleted(sandbox, source)
    assert len(erased(source)) == 4


def test_switched_off_it_stops(source: Source) -> None:
    wanted(source, 5)
    wanted(source, None)
    with tenant_context(source.tenant_id):
        ListedCall.objects.filter(state=ListedState.HELD).update(
            ended_at=timezone.now() - timedelta(days=9)
        )
        Job.objects.filter(kind=JobKind.ERASE).update(due_at=timezone.now())
    drain()
    assert erased(source) == set()


def test_what_was_erased_here_is_deleted_there_at_once_and_heard_of_no_more(
    sandbox: Sandbox, source: Source
) -> None:
    wanted(source, 24)
    with tenant_context(source.tenant_id):
        row = Transcript.objects.all()[0]
        tasks.erase_call(row, reason="subject_request", by=None)
    drain()
    with AssemblyAI(key=KEY, base_url=sandbox.base_url, allow_private={_entry(sandbox)}) as client:
        assert b"deleted_by_user" in client.get(row.external_id)
    begin(source)
    drain()
    with tenant_context(source.tenant_id):
        assert ListedCall.objects.filter(external_id=row.external_id).count() == 0
        assert Transcript.objects.count() == ListedCall.objects.count() == 3
