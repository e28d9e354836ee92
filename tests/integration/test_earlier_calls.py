"""What an evaluation is given of earlier calls: of its own tenant and person, as it was then."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.detection import engine
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome
from reviews.detection.rubric import parse_rubric
from reviews.evaluation import again, run
from reviews.ingest import connect, store
from reviews.jobs import ledger
from reviews.models import (
    Evaluation,
    Finding,
    FindingOutcome,
    Job,
    JobKind,
    JobState,
    QueueItem,
    RubricVersion,
    Source,
    Standing,
    Tenant,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, history, transcripts
from reviews.rubrics import publish
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.factories.loop import drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = datetime(2026, 3, 2, 15, tzinfo=UTC)
SAID = {"code": "said", "check": {"query": "the"}}
AGAIN = {"code": "again", "check": {"history": {"by": "subject", "days": 7, "rule": "said"}}}
MANY = {"code": "many", "check": {"history": {"by": "account", "days": 7, "more_than": 2}}}
RUBRIC = {"name": "Calls", "rules": [SAID, AGAIN, MANY]}


def sourced(slug: str) -> Source:
    tenant = Tenant.objects.create(slug=slug, name=slug)
    now = timezone.now()
    with tenant_context(tenant.pk):
        publish.publish(tenant_id=tenant.pk, code="calls", document=RUBRIC, by=None, now=now)
        source = connect.connect(
            tenant_id=tenant.pk,
            name="sandbox",
            base_url="http://127.0.0.1:9",
            key=f"key-{slug}",
            requests_per_second=1000,
            by=None,
            now=now,
        )
        source.backfill_done_at = now
        source.save(update_fields=["backfill_done_at"])
        return source


@pytest.fixture
def source() -> Source:
    return sourced("a")


@pytest.fixture
def made() -> Iterator[dict[str, Any]]:
    return iter(payloads(12))


def keep(source: Source, payload: dict[str, Any], day: float, **facts: str) -> UUID:
    """A call at so many days after the first; its person and account are `p` and `c`."""
    at = (FIRST + timedelta(days=day)).isoformat()
    query = {"call_at": at, "subject": "p", "account": "c"} | facts
    named = payload | {"webhook_url": f"https://hooks.example/x?{urlencode(query)}"}
    received = receive(json.dumps(named).encode())
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        assert row is not None
        run.schedule(row)
        return UUID(str(row.pk))


def outcome(source: Source, transcript_id: UUID, rule: str = "again") -> Outcome | None:
    drain()
    with tenant_context(source.tenant_id):
        row = Evaluation.objects.filter(transcript_id=transcript_id).latest("created_at")
        results = evaluations.unpack(row, transcripts.columns_of(row.transcript)).results
        return next(each.outcome for each in results if each.rule == rule)


def test_a_finding_names_the_earlier_call_and_the_version_that_judged_it(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    first = keep(source, next(made), 0)
    drain()
    second = keep(source, next(made), 3)
    seen = outcome(source, second)
    assert isinstance(seen, Found)
    assert [(each.id, each.version) for each in seen.calls] == [(str(first), 1)]
    with tenant_context(source.tenant_id):
        finding = Finding.objects.get(transcript_id=second, rule_code="again")
        assert (finding.outcome, finding.spans) == (FindingOutcome.FOUND, 0)


@pytest.mark.parametrize(
    ("day", "facts"), [(8, {}), (-1, {}), (3, {"subject": "another"}), (0, {})]
)
def test_calls_of_others_later_or_long_ago_do_not_count(
    source: Source, made: Iterator[dict[str, Any]], day: float, facts: dict[str, str]
) -> None:
    keep(source, next(made), 0)
    drain()
    second = keep(source, next(made), day, **facts)
    seen = outcome(source, second)
    assert seen is not None
    assert not isinstance(seen, Found | NotAssessable)


def test_calls_are_counted_by_account(source: Source, made: Iterator[dict[str, Any]]) -> None:
    rows = [keep(source, next(made), day, subject=f"p{day}") for day in range(3)]
    assert isinstance(outcome(source, rows[2], "many"), Found)
    assert not isinstance(outcome(source, rows[1], "many"), Found)


def test_a_call_of_another_tenant_is_never_seen(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    keep(sourced("b"), next(made), 0)
    drain()
    assert not isinstance(outcome(source, keep(source, next(made), 3)), Found)


def test_an_earlier_call_that_is_not_evaluated_yet_leaves_the_answer_open(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    keep(source, next(made), 0)
    second = keep(source, next(made), 3)
    assert earlier(source, second, timezone.now()).subject[0].version is None


def test_while_earlier_calls_may_be_still_to_come_nothing_is_clear(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None)
    first = keep(source, next(made), 0)
    seen = outcome(source, first)
    assert isinstance(seen, NotAssessable)
    assert seen.reason == "history_unknown"
    assert isinstance(outcome(source, keep(source, next(made), 3)), Found)


@pytest.mark.parametrize(("connected_for", "wanted"), [(8, Clear), (6, NotAssessable)])
def test_a_source_that_is_polled_for_long_enough_needs_no_backfill(
    connected_for: int, wanted: type[Outcome], source: Source, made: Iterator[dict[str, Any]]
) -> None:
    since = FIRST - timedelta(days=connected_for)
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None, polled_at=timezone.now(), created_at=since)
    assert isinstance(outcome(source, keep(source, next(made), 0)), wanted)


def test_at_the_end_of_a_backfill_what_it_left_open_is_asked_again(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None)
    first, second = keep(source, next(made), 0), keep(source, next(made), 3)
    assert isinstance(outcome(source, first), NotAssessable)
    end_backfill(source)
    assert isinstance(outcome(source, first), Clear)
    assert isinstance(outcome(source, second), Found)
    with tenant_context(source.tenant_id):
        rounds = Evaluation.objects.values_list("transcript_id", "round")
        # What was found stays found: `many` alone was open there, and is no longer.
        assert sorted(rounds) == sorted([(first, 0), (first, 1), (second, 0), (second, 1)])
        assert QueueItem.objects.exclude(standing=Standing.SUPERSEDED).count() == 3


def test_what_stays_open_is_not_written_twice(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None)
    keep(source, next(made), 0, call_at="")
    keep(source, next(made), 3)
    drain()
    for evaluations_then in (3, 3):  # `again` stays open on the second call, `many` does not
        end_backfill(source)
        drain()
        with tenant_context(source.tenant_id):
            assert Evaluation.objects.count() == evaluations_then
    with tenant_context(source.tenant_id):
        assert Job.objects.filter(kind=JobKind.EVALUATE, round=2, state=JobState.DONE).count() == 1


def test_nothing_is_asked_again_before_the_first_evaluations_have_ended(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None)
    keep(source, next(made), 0)
    end_backfill(source)
    with tenant_context(source.tenant_id):
        job = Job.objects.get(kind=JobKind.ASK_AGAIN)
    tasks.HANDLERS[JobKind.ASK_AGAIN](claimed(source, job))
    with tenant_context(source.tenant_id):
        job.refresh_from_db()
        assert (job.state, job.last_error_code) == (JobState.QUEUED, "evaluations_under_way")


def test_what_was_left_open_is_asked_in_slices_that_go_on(
    source: Source, made: Iterator[dict[str, Any]], settings: Settings
) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.update(backfill_done_at=None)
    calls = [keep(source, next(made), day) for day in (0, 10, 20)]
    drain()
    settings.JOB_TIMEOUT_S = 0
    with patch.object(again, "BATCH", 1):
        end_backfill(source)
        with tenant_context(source.tenant_id):
            job = Job.objects.get(kind=JobKind.ASK_AGAIN)
        for nth in (1, 2, 3):
            tasks.HANDLERS[JobKind.ASK_AGAIN](claimed(source, job))
            with tenant_context(source.tenant_id):
                job.refresh_from_db()
                assert job.subject_id == sorted(calls)[nth - 1]
                assert Job.objects.filter(kind=JobKind.EVALUATE, round=1).count() == nth
        drain()
    with tenant_context(source.tenant_id):
        job.refresh_from_db()
        assert (job.state, job.done_count) == (JobState.DONE, 3)
        assert Evaluation.objects.filter(round=1).count() == 3


def end_backfill(source: Source) -> None:
    with tenant_context(source.tenant_id):
        source.refresh_from_db()
        source.backfill_done_at = timezone.now()
        source.save(update_fields=["backfill_done_at"])
        again.schedule(source)


def claimed(source: Source, job: Job) -> ledger.Claim:
    claim = ledger.claim(tenant_id=source.tenant_id, job_id=job.pk)
    assert claim is not None
    return claim


def test_executed_again_an_evaluation_is_given_what_it_was_given(
    source: Source, made: Iterator[dict[str, Any]]
) -> None:
    keep(source, next(made), 0)
    drain()
    second = keep(source, next(made), 3)
    drain()
    keep(source, next(made), 1)  # comes in late
    drain()
    with tenant_context(source.tenant_id):
        row = Evaluation.objects.get(transcript_id=second)
        columns = transcripts.columns_of(row.transcript)
        stored = evaluations.unpack(row, columns)
        rubric = parse_rubric(json.loads(row.rubric_version.document))
    given = earlier(source, second, row.created_at)
    assert len(given.subject) == 1
    assert engine.evaluate(replace(columns, earlier=given), rubric) == stored
    assert len(earlier(source, second, timezone.now()).subject) == 2


def earlier(source: Source, transcript_id: UUID, before: datetime) -> Any:
    asked = history.asked_of(parse_rubric(RUBRIC))
    assert asked is not None
    with tenant_context(source.tenant_id):
        row = Transcript.objects.get(pk=transcript_id)
        rubric_id = RubricVersion.objects.get().rubric_id
        with CaptureQueriesContext(connection) as statements:
            given = history.earlier(row, rubric_id, asked, before=before)
        assert len(statements) == 1
    return given
