"""New calls of a source: polled, told of by webhooks, and compared with its list."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.ingest import backfill, control, expiry, fetch, hooks, poll, reconcile, vendor
from reviews.models import (
    Evaluation,
    FoundBy,
    Job,
    JobState,
    ListedCall,
    ListedState,
    Source,
    Tenant,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai.client import AssemblyAI
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.factories.loop import KEY, begin, connected, drain, payloads, transcripts
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture(autouse=True)
def _one_thread(settings: Settings) -> None:
    settings.FETCH_THREADS = 1


@contextmanager
def serving(rows: list[dict[str, Any]], settings: Settings, *faults: Fault) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: rows}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        yield sandbox


def dated(count: int, *, newest: datetime, apart: timedelta) -> list[dict[str, Any]]:
    """Payloads with the newest last, as the sandbox takes them."""
    times = [newest - at * apart for at in range(count)]
    return [
        row | {"created": at.astimezone(UTC).replace(tzinfo=None).isoformat()}
        for row, at in zip(payloads(count), reversed(times), strict=True)
    ]


def polled(source: Source) -> Source:
    with tenant_context(source.tenant_id):
        poll.start(source)
        Job.objects.filter(kind="poll").update(due_at=timezone.now())
    drain()
    return again(source)


def compare(source: Source) -> None:
    """One slice of a comparison."""
    with tenant_context(source.tenant_id):
        job = Job.objects.get(kind="reconcile")
    tasks.run_job(str(source.tenant_id), str(job.pk))


def again(source: Source) -> Source:
    with tenant_context(source.tenant_id):
        return Source.objects.get(pk=source.pk)


def listed(source: Source) -> dict[str, ListedCall]:
    with tenant_context(source.tenant_id):
        return {row.external_id: row for row in ListedCall.objects.all()}


def hurry(source: Source) -> None:
    with tenant_context(source.tenant_id):
        ListedCall.objects.filter(state=ListedState.WANTED).update(look_at=timezone.now())
        Job.objects.filter(kind="fetch", state=JobState.QUEUED).update(due_at=timezone.now())
    drain()


def test_a_poll_takes_what_is_new_and_stops_behind_its_overlap(
    tenant: Tenant, settings: Settings
) -> None:
    rows = dated(12, newest=timezone.now(), apart=timedelta(hours=4))
    with serving(rows, settings) as sandbox:
        source = polled(connected(tenant, sandbox.base_url))
        # 24 hours back from now, and what else its one page holds.
        assert len(transcripts(tenant)) == 12
        assert source.poll_seen_at == datetime.fromisoformat(rows[-1]["created"]).replace(
            tzinfo=UTC
        )
        assert {row.found_by for row in listed(source).values()} == {FoundBy.POLL}
        with tenant_context(tenant.pk):
            waiting = Job.objects.get(kind="poll")
        assert waiting.state == JobState.QUEUED
        assert 50 < (waiting.due_at - timezone.now()).total_seconds() < 61
        before = dict(sandbox.requests)
        polled(source)
        assert sandbox.requests["/v2/transcript"] == before["/v2/transcript"] + 1
        assert sum(sandbox.requests.values()) == sum(before.values()) + 1, "no call twice"


def test_a_call_that_finishes_long_after_later_ones_is_not_lost(
    tenant: Tenant, settings: Settings
) -> None:
    rows = dated(3, newest=timezone.now(), apart=timedelta(hours=20))
    slow = {"id": rows[0]["id"], "status": "processing", "audio_url": "https://a.test/x"}
    fault = Fault(f"/v2/transcript/{rows[0]['id']}", 200, 3, body=json.dumps(slow).encode())
    with serving(rows, settings, fault) as sandbox:
        source = polled(connected(tenant, sandbox.base_url))
        assert transcripts(tenant)[rows[0]["id"]].state == TranscriptState.PENDING
        # The checkpoint has passed it by more than the overlap; its row has not.
        assert source.poll_seen_at is not None
        assert listed(source)[rows[0]["id"]].look_at > timezone.now()
        for _ in range(3):
            hurry(source)
    assert {row.state for row in transcripts(tenant).values()} == {TranscriptState.READY}
    assert {row.state for row in listed(source).values()} == {ListedState.HELD}


def test_a_poll_that_is_cut_off_leaves_the_checkpoint_where_it_was(
    tenant: Tenant, settings: Settings
) -> None:
    rows = dated(3, newest=timezone.now(), apart=timedelta(minutes=1))
    with serving(rows, settings, Fault("/v2/transcript", 500, 99)) as sandbox:
        source = polled(connected(tenant, sandbox.base_url))
        assert (source.poll_seen_at, source.polled_at) == (None, None)
        with tenant_context(tenant.pk):
            waiting = Job.objects.get(kind="poll")
        assert (waiting.state, waiting.last_error_code) == (JobState.QUEUED, "vendor_down")


def test_a_list_that_runs_backwards_in_time_is_refused(tenant: Tenant, settings: Settings) -> None:
    now = timezone.now().replace(tzinfo=None)
    circle = {
        "page_details": {"prev_url": "/v2/transcript?before_id=one"},
        "transcripts": [{"id": "one", "status": "completed", "created": now.isoformat()}],
    }
    later = circle | {
        "transcripts": [
            {"id": "two", "status": "completed", "created": (now + timedelta(1)).isoformat()}
        ]
    }
    faults = [
        Fault("/v2/transcript", 200, 1, body=json.dumps(circle).encode()),
        Fault("/v2/transcript", 200, 99, body=json.dumps(later).encode()),
    ]
    with serving([], settings, *faults) as sandbox:
        source = polled(connected(tenant, sandbox.base_url))
        with tenant_context(tenant.pk):
            assert Job.objects.get(kind="poll").last_error_code == "bad_reply"
    assert source.poll_seen_at is None


@pytest.mark.parametrize("way", ["backfill", "poll"])
def test_a_cursor_that_the_vendor_has_forgotten_begins_the_walk_anew(
    way: str, tenant: Tenant, settings: Settings
) -> None:
    rows = dated(3, newest=timezone.now(), apart=timedelta(minutes=1))
    forgotten = Fault("/v2/transcript", 404, 1)
    with serving(rows, settings, forgotten) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            Source.objects.update(backfill_cursor="long-gone", poll_cursor="long-gone")
        if way == "backfill":
            begin(again(source))
            drain()
        else:
            polled(source)
    assert len(transcripts(tenant)) == 3


def test_a_comparison_finds_what_nothing_else_told_of(tenant: Tenant, settings: Settings) -> None:
    rows = dated(6, newest=timezone.now() - timedelta(hours=1), apart=timedelta(hours=9))
    with serving(rows, settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            secret = hooks.rotate(source, by=None)
        for row in rows[::2]:
            assert hook(source, secret, row["id"]) == 204
        with tenant_context(tenant.pk):
            reconcile.start(again(source))
        drain()
        source = again(source)
    found = [row for row in listed(source).values() if row.found_by == FoundBy.RECONCILIATION]
    assert len(found) == source.reconciled_found == 3
    assert source.reconcile_day is None
    assert len(transcripts(tenant)) == 6
    with tenant_context(tenant.pk):
        assert Job.objects.get(kind="reconcile").due_at.hour == reconcile.AT_NIGHT_H


@pytest.mark.parametrize("forgets", [False, True])
def test_a_comparison_goes_on_within_a_day(
    forgets: bool, tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page a slice; where the vendor has forgotten the cursor's call, the day begins anew."""
    whole = AssemblyAI.list_page
    monkeypatch.setattr(
        AssemblyAI, "list_page", lambda client, **asked: whole(client, **asked | {"limit": 2})
    )
    monkeypatch.setattr(vendor, "slice_s", lambda: -1.0)
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=1)
    rows = dated(7, newest=noon, apart=timedelta(minutes=9))
    with serving(rows, settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            reconcile.start(again(source), days=1)
        compare(source)
        assert (len(listed(source)), again(source).reconcile_cursor != "") == (2, True)
        if forgets:
            with tenant_context(tenant.pk):
                Source.objects.update(reconcile_cursor="forgotten")
        while again(source).reconcile_day is not None:
            compare(source)
    source = again(source)
    assert (len(listed(source)), source.reconciled_found, source.reconcile_cursor) == (7, 7, "")


def test_a_comparison_asks_once_more_for_what_was_refused(
    tenant: Tenant, settings: Settings
) -> None:
    rows = dated(1, newest=timezone.now() - timedelta(hours=1), apart=timedelta(hours=9))
    broken = Fault(f"/v2/transcript/{rows[0]['id']}", 200, 4, body=b'{"id": ')
    with serving(rows, settings, broken) as sandbox:
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        for _ in range(4):
            hurry(source)
        assert listed(source)[rows[0]["id"]].state == ListedState.REFUSED
        with tenant_context(tenant.pk):
            reconcile.start(again(source))
        drain()
    assert listed(source)[rows[0]["id"]].state == ListedState.HELD
    assert transcripts(tenant)[rows[0]["id"]].state == TranscriptState.READY


def test_what_will_be_deleted_soon_can_be_fetched_first(tenant: Tenant, settings: Settings) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    now = timezone.now()
    with tenant_context(tenant.pk):
        control.set_up(
            source,
            poll_every_s=60,
            poll_overlap_h=24,
            upstream_retention_hours=24 * 7,
            erase_after_h=None,
            by=None,
        )
        for days in (1, 4, 6):
            ListedCall.objects.create(
                tenant=tenant, source=source, external_id=f"d{days}", rank=2, look_at=now,
                found_by=FoundBy.BACKFILL, seen_at=now, listed_at=now - timedelta(days=days),
            )  # fmt: skip
        soon = expiry.expiring(source, within=timedelta(days=2), now=now)
        assert [row.external_id for row in soon] == ["d6"]
        assert control.fetch_first(source, within=timedelta(days=4), by=None) == 2
        assert ListedCall.objects.get(external_id="d6").rank == 1
        source.upstream_retention_hours = None
        assert expiry.expiring(source, within=timedelta(days=2, hours=1), now=now).count() == 3
        source.upstream_retention_hours = expiry.NEVER
        assert expiry.expiring(source, within=timedelta(days=2), now=now).count() == 0


# --- Webhooks


def hook(source: Source, secret: str, transcript_id: str, **changes: Any) -> int:
    body = {"transcript_id": transcript_id, "status": "completed"} | changes
    return post(source.tenant_id, source.pk, json.dumps(body).encode(), secret)


def post(tenant_id: UUID, source_id: UUID, body: bytes, secret: str) -> int:
    address = reverse("source-hook", args=[tenant_id, source_id])
    reply = Client(enforce_csrf_checks=True).post(
        address, body, content_type="application/json", headers={"X-Webhook-Secret": secret}
    )
    return reply.status_code


@pytest.fixture
def source(tenant: Tenant) -> Source:
    return connected(tenant, "http://127.0.0.1:9")


@pytest.fixture
def secret(source: Source) -> str:
    with tenant_context(source.tenant_id):
        return hooks.rotate(source, by=None)


def test_a_webhook_is_noted_once_however_often_it_comes(source: Source, secret: str) -> None:
    assert [hook(source, secret, "call-1") for _ in range(10)] == [204] * 10
    (row,) = listed(source).values()
    assert (row.found_by, row.state, row.rank) == (FoundBy.WEBHOOK, ListedState.WANTED, 0)
    with tenant_context(source.tenant_id):
        assert Job.objects.get(kind="fetch").state == JobState.QUEUED
    assert again(source).hook_seen_at is not None


def test_whoever_has_no_secret_is_told_nothing(source: Source, secret: str) -> None:
    other = connected(Tenant.objects.create(slug="b", name="B"), "http://127.0.0.1:9", key="b")
    with tenant_context(other.tenant_id):
        theirs = hooks.rotate(other, by=None)
    body = b'{"transcript_id": "x", "status": "completed"}'
    answers = {
        post(source.tenant_id, source.pk, body, ""),
        post(source.tenant_id, source.pk, body, secret[:-1]),
        post(source.tenant_id, source.pk, body, "päßword"),
        post(source.tenant_id, source.pk, body, theirs),
        post(source.tenant_id, other.pk, body, theirs),
        post(other.tenant_id, source.pk, body, secret),
        post(uuid4(), uuid4(), body, secret),
    }
    assert answers == {404}
    assert listed(source) == {}


def test_a_source_without_a_secret_takes_no_webhook(source: Source) -> None:
    assert hook(source, "", "x") == 404
    assert hook(source, hooks._NOBODYS, "x") == 404


def test_after_a_rotation_two_secrets_are_good_for_a_day(source: Source, secret: str) -> None:
    with tenant_context(source.tenant_id):
        new = hooks.rotate(again(source), by=None)
    assert {hook(source, secret, "a"), hook(source, new, "b")} == {204}
    with tenant_context(source.tenant_id):
        Source.objects.update(hook_previous_until=timezone.now())
    assert (hook(source, secret, "c"), hook(source, new, "d")) == (404, 204)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"status": "completed"}', 400),
        (b'{"transcript_id": "../../x", "status": "completed"}', 400),
        (b'{"transcript_id": 7, "status": "completed"}', 400),
        (b'{"transcript_id": "x", "status": {"a": 1}}', 204),
        (b'{"status": "redacted_audio_ready", "redacted_audio_url": "https://a.test/x"}', 204),
        (b'{"transcript_id": "x", "pad": "' + b"x" * 70_000 + b'"}', 413),
        (b"[" * 30_000, 400),
    ],
)
def test_a_body_that_is_no_webhook_is_refused(
    body: bytes, status: int, source: Source, secret: str
) -> None:
    assert post(source.tenant_id, source.pk, body, secret) == status


def test_only_a_post_is_answered(source: Source) -> None:
    address = reverse("source-hook", args=[source.tenant_id, source.pk])
    client = Client()
    assert {client.get(address).status_code, client.put(address).status_code} == {405}


def test_our_own_trouble_is_a_503_so_that_the_sender_tries_again(
    source: Source, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**given: Any) -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr(hooks, "receive", away)
    assert hook(source, secret, "x") == 503


def test_an_id_that_the_vendor_does_not_know_makes_no_call(
    tenant: Tenant, settings: Settings
) -> None:
    with serving([], settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            secret = hooks.rotate(source, by=None)
        hook(source, secret, "nobody-knows-it")
        drain()
        for _ in range(4):
            hurry(source)
    row = listed(source)["nobody-knows-it"]
    assert (row.state, row.last_error_code) == (ListedState.GONE, "unknown_id")
    assert transcripts(tenant) == {}


def test_a_webhook_before_the_vendor_shows_its_call_loses_nothing(
    tenant: Tenant, settings: Settings
) -> None:
    rows = dated(1, newest=timezone.now(), apart=timedelta(1))
    early = Fault(f"/v2/transcript/{rows[0]['id']}", 404, 2)
    with serving(rows, settings, early) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            secret = hooks.rotate(source, by=None)
        hook(source, secret, rows[0]["id"])
        drain()
        for _ in range(3):
            hurry(source)
    assert transcripts(tenant)[rows[0]["id"]].state == TranscriptState.READY


ROUNDS = int(os.environ.get("RACES", "12"))
"""`make races` runs 300."""


@pytest.mark.timeout(1_200)
def test_eight_ways_at_once_make_one_call_and_one_evaluation(
    tenant: Tenant, settings: Settings
) -> None:
    with serving([], settings) as sandbox:
        source = connected(tenant, sandbox.base_url)
        with tenant_context(tenant.pk):
            secret = hooks.rotate(source, by=None)
        account = sandbox.accounts[KEY]
        for payload in payloads(ROUNDS):
            account.add(payload, created=timezone.now() - timedelta(minutes=30))
            with tenant_context(tenant.pk):
                backfill.start(again(source))
                poll.start(source)
                reconcile.start(again(source))
                Job.objects.filter(kind="poll").update(due_at=timezone.now())
            way = count()

            def work(payload: dict[str, Any] = payload, way: Iterator[int] = way) -> None:
                if next(way) % 4:
                    drain()
                elif next(way) % 2:
                    assert hook(source, secret, payload["id"]) == 204
                else:
                    imported(tenant, payload)

            at_once(8, work)
            drain()
    with tenant_context(tenant.pk):
        assert Transcript.objects.count() == ListedCall.objects.count() == ROUNDS
        assert set(Transcript.objects.values_list("revision", flat=True)) == {1}
        evaluated = Evaluation.objects.values_list("transcript", flat=True)
        assert len(evaluated) == len(set(evaluated)) == ROUNDS


def imported(tenant: Tenant, payload: dict[str, Any]) -> None:
    """The same call taken in by hand, into the same source."""
    received = receive(json.dumps(payload).encode())
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(tenant.pk):
        source = Source.objects.get(kind="assemblyai")
        fetch.keep(
            source=source,
            external_id=payload["id"],
            answer=(received, fetched),
            then=tasks.THEN,
        )
