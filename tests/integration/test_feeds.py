"""Feeds for a copy elsewhere: whole under paging, in step while rows change, never behind."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from reviews.api import serializers
from reviews.evaluation import run
from reviews.models import (
    Evaluation,
    Finding,
    QueueItem,
    Review,
    Standing,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from reviews.reviewing.decide import Decision, decide
from tests.factories import api, demo
from tests.factories.loop import drain

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
MODELS: dict[str, Any] = {
    "transcripts": Transcript,
    "evaluations": Evaluation,
    "findings": Finding,
}


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is still uncommitted is held back."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)[CARE]


@pytest.fixture
def key(care: Tenant) -> str:
    return api.token(care)


def ids_of(feed: str, tenant: Tenant) -> set[str]:
    with tenant_context(tenant.pk):
        return {str(each) for each in MODELS[feed].objects.values_list("pk", flat=True)}


def give(tenant: Tenant, finding_id: str, verdict: Verdict) -> datetime:
    """A verdict, now; the time it carries."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        finding = Finding.objects.get(pk=finding_id)
        seen = QueueItem.objects.get(finding=finding).sequence
        decision = Decision(verdict, seen, "not_said" if verdict == Verdict.DISMISSED else "")
        decide(finding=finding, decision=decision, by=User.objects.all()[0], now=now)
    return now


@pytest.mark.parametrize(
    ("feed", "rows", "serializer"),
    [
        ("transcripts", feeds.transcript_rows, serializers.TranscriptSerializer),
        ("evaluations", feeds.evaluation_rows, serializers.EvaluationSerializer),
        ("findings", feeds.queue_items, serializers.FindingSerializer),
    ],
)
def test_a_row_is_what_its_serializer_says(
    feed: str, rows: Any, serializer: Any, key: str, care: Tenant
) -> None:
    with tenant_context(care.pk):
        said = serializer(rows(care.pk), many=True).data
        wanted = {row["id"]: row for row in json.loads(JSONRenderer().render(said))}
    assert {row["id"]: row for row in api.rows(key, feed)} == wanted


@pytest.mark.parametrize("feed", api.FEEDS)
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_hold_every_row_once_in_order(feed: str, limit: int, key: str, care: Tenant) -> None:
    pages = list(api.pages(key, feed, limit=limit))
    rows = [row for page in pages for row in page]
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert len(rows) == len({row["id"] for row in rows})
    assert {row["id"] for row in rows} == ids_of(feed, care)
    assert rows == sorted(rows, key=lambda row: (row["updated_at"], row["id"]))


@pytest.mark.parametrize("feed", api.FEEDS)
def test_rows_of_one_moment_are_paged_too(feed: str, key: str, care: Tenant) -> None:
    """Many rows of one import carry the same time."""
    at = timezone.now() - timedelta(hours=1)
    with tenant_context(care.pk):
        Transcript.objects.update(received_at=at)
        QueueItem.objects.update(updated_at=at)
    rows = api.rows(key, feed, limit=2)
    assert {row["id"] for row in rows} == ids_of(feed, care)
    assert len(rows) == len(ids_of(feed, care))


@pytest.mark.parametrize("feed", api.FEEDS)
def test_a_time_is_included_and_what_is_before_is_not(feed: str, key: str) -> None:
    rows = api.rows(key, feed)
    since = rows[len(rows) // 2]["updated_at"]
    later = api.rows(key, feed, updated_since=since)
    assert later == [row for row in rows if row["updated_at"] >= since]
    assert 0 < len(later) < len(rows)


def test_a_copy_is_whole_although_findings_change_between_its_pages(key: str, care: Tenant) -> None:
    """Rows that were and were not yet seen are decided, dismissed, reopened on the way."""
    copy: dict[str, dict[str, Any]] = {}
    ids = sorted(ids_of("findings", care))
    for page in api.pages(key, "findings", limit=2):
        copy |= {row["id"]: row for row in page}
        if ids:
            give(care, ids.pop(0), Verdict.DISMISSED)
        if len(ids) > 3:
            give(care, ids[-1], Verdict.UPHELD)
            give(care, ids[-1], Verdict.REOPENED)
    last = max(row["updated_at"] for row in copy.values())
    copy |= {row["id"]: row for row in api.rows(key, "findings", updated_since=last)}
    assert copy == {row["id"]: row for row in api.rows(key, "findings")}
    with tenant_context(care.pk):
        stand = {
            str(item.finding_id): (item.standing, item.sequence) for item in QueueItem.objects.all()
        }
    assert {each: (row["standing"], row["sequence"]) for each, row in copy.items()} == stand
    assert Standing.DISMISSED in {row["standing"] for row in copy.values()}


@pytest.mark.parametrize("verdict", [Verdict.UPHELD, Verdict.DISMISSED, Verdict.ESCALATED])
def test_every_verdict_moves_its_finding_and_so_does_its_undoing(
    verdict: Verdict, key: str, care: Tenant
) -> None:
    first = api.rows(key, "findings")[0]["id"]
    for each in (verdict, Verdict.REOPENED):
        at = give(care, first, each)
        last = api.rows(key, "findings")[-1]
        assert (last["id"], datetime.fromisoformat(last["updated_at"])) == (first, at)


def test_a_finding_that_is_superseded_moves(key: str, care: Tenant) -> None:
    """By a newer revision of its call, which is evaluated."""
    first = api.rows(key, "findings")[0]
    receive(care, first["transcript"])
    with tenant_context(care.pk):
        run.schedule(Transcript.objects.get(pk=first["transcript"]))
    drain()
    moved = {row["id"]: row for row in api.rows(key, "findings", updated_since=first["updated_at"])}
    assert moved[first["id"]]["standing"] == "superseded"
    assert moved[first["id"]]["updated_at"] > first["updated_at"]


def receive(tenant: Tenant, transcript_id: str) -> None:
    """Another revision of the transcript, now."""
    with tenant_context(tenant.pk):
        rows = Transcript.objects.filter(pk=transcript_id)
        rows.update(received_at=timezone.now(), revision=2)


@contextmanager
def uncommitted(tenant: Tenant, transcript_id: str) -> Iterator[None]:
    """A revision of another session, written but committed only at the end."""
    written, may_end = threading.Event(), threading.Event()

    def work() -> None:
        with tenant_context(tenant.pk):
            receive(tenant, transcript_id)
            written.set()
            may_end.wait(30)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert written.wait(30)
    try:
        yield
    finally:
        may_end.set()
        thread.join(30)


def test_what_is_committed_late_is_not_skipped(key: str, care: Tenant) -> None:
    """The earlier change is committed after the later one was there to be read."""
    late, other = (row["id"] for row in api.rows(key, "transcripts")[:2])
    with uncommitted(care, late):
        receive(care, other)
        held = api.rows(key, "transcripts")
        assert {row["revision"] for row in held} == {1}
    since = held[-1]["updated_at"]
    after = api.rows(key, "transcripts", updated_since=since)
    assert {late, other} == {row["id"] for row in after if row["revision"] == 2}


def test_what_is_younger_than_the_margin_waits(
    key: str, care: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two computers' clocks differ, and a time is taken before its transaction begins."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(hours=1))
    assert api.rows(key, "findings") == []


def test_no_feed_is_given_where_the_server_hides_open_transactions(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with track_activities = off: rows could be skipped, so it fails and says so."""
    monkeypatch.setattr(feeds, "select", lambda *_: [(None,)])
    assert api.problem(api.get(key, "findings"))[2]["code"] == "failed"


def test_reviews_of_a_finding_are_told_oldest_first(key: str, care: Tenant) -> None:
    first = api.rows(key, "findings")[0]["id"]
    for verdict in (Verdict.DISMISSED, Verdict.REOPENED, Verdict.UPHELD):
        give(care, first, verdict)
    shown = api.get(key, f"findings/{first}").json()
    assert [each["verdict"] for each in shown["reviews"]] == ["dismissed", "reopened", "upheld"]
    assert [each["sequence"] for each in shown["reviews"]] == [1, 2, 3]
    assert shown["reviews"][0]["reason_code"] == "not_said"
    with tenant_context(care.pk):
        assert Review.objects.filter(finding=first).count() == 3


@pytest.mark.parametrize("feed", MODELS)
def test_zapier_gets_the_newest_as_a_bare_array_each_change_under_its_own_id(
    feed: str, care: Tenant, key: str
) -> None:
    rows = api.get(key, feed, format="zapier").json()
    assert {row["row_id"] for row in rows} == ids_of(feed, care)
    assert len({row["id"] for row in rows}) == len(rows) <= 100
    times = [row["updated_at"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert all(row["id"].startswith(row["row_id"]) for row in rows)
    assert len(api.get(key, feed, format="zapier", limit=2).json()) == 2
    for query in ({"limit": 101}, {"cursor": "x"}, {"updated_since": "2026-01-01T00:00:00Z"}):
        assert api.get(key, feed, format="zapier", **query).status_code == 400
    assert api.get(key, feed, format="csv").status_code == 400


def test_a_verdict_gives_zapier_the_finding_under_a_new_id(care: Tenant, key: str) -> None:
    with tenant_context(care.pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN)[0]
        QueueItem.objects.filter(pk=item.pk).update(sequence=1, updated_at=timezone.now())
    (first, *_) = api.get(key, "findings", format="zapier").json()
    assert first["id"] == f"{item.finding_id}:1"
