"""A call that is erased: whole, for good, and told to whoever keeps a copy."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from reviews import tasks
from reviews.api import etags
from reviews.ingest import listing, store
from reviews.models import (
    Audio,
    AuditEvent,
    FoundBy,
    Job,
    JobKind,
    ListedCall,
    MemberRole,
    Membership,
    QueueItem,
    Source,
    Tenant,
    Tombstone,
    Transcript,
    Verdict,
)
from reviews.models.secret import seal_bytes
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from reviews.reviewing.decide import Decision, decide
from reviews.sources.assemblyai.client import Item
from tests.factories import api, recordings
from tests.factories.races import at_once
from tests.factories.tenants import NOW, World, make, tenant_models, world

pytestmark = pytest.mark.django_db
CALLER, WORDS = "+49 30 5550199", "gelbe Kreide"
OF_A_CALL = {
    *("Transcript", "Utterance", "Participant", "CallWords", "Audio", "AssignedCall"),
    *("Evaluation", "Finding", "QueueItem", "Review", "ReviewNote", "Release", "Dispute"),
    *("DisputeNote", "Suppression", "CallReview", "CallReviewAnswer", "CallReviewComment"),
    *("CallReviewRule", "CallReviewDraft", "ManualFinding", "ManualFindingNote", "DrawnCall"),
    *("ReviewTask", "CalibrationCall", "CoachingMoment", "Coaching", "CoachingNote"),
    *("BacktestHit", "Judgement", "CrmRecord", "ExternalId", "Event", "Delivery", "Forwarded"),
    *("Notification", "Job", "ListedCall", "Submission", "RecordingPart", "ApiAnswer"),
}
"""The tables that the world has rows of one call in, and no other rows."""
RARE = {"AuditEvent", "Tombstone"}
"""What names the ids of a call that is gone, and nothing else of it."""


@pytest.fixture
def own() -> World:
    """One call with a row in every table, and what is told of it in all of them."""
    made = world("own")
    with tenant_context(made.tenant.pk):
        told = {"external_id": CALLER}
        for name in ("Transcript", "ListedCall", "Submission"):
            _update(made, name, **told)
        _update(made, "Utterance", text=WORDS)
        for name in ("ReviewNote", "DisputeNote", "CallReviewComment", "CoachingNote"):
            _update(made, name, text=WORDS)
        _update(made, "CrmConnection", cursor_id=UUID(int=0))
        _update(made, "Notification", about_id=made["Transcript"].pk)
        _update(made, "Job", kind=JobKind.RUN, created_at=timezone.now())
        answer = {"sealed_body": seal_bytes(str(made["Job"].pk).encode())}
        _update(made, "ApiAnswer", **answer, created_at=timezone.now())
        Audio.objects.all().delete()
        event = {"about_id": made["Finding"].pk, "kind": "finding.created", "sequence": 2}
        told_of = make("Event", made.tenant, made.user, made.rows, **event)
        _update(made, "Delivery", event=told_of)
    recordings.held(made["Transcript"])
    return made


def _update(of: World, name: str, **values: Any) -> None:
    type(of[name])._default_manager.filter(pk=of[name].pk).update(**values)


def erase(of: World, row: Transcript | None = None) -> None:
    with tenant_context(of.tenant.pk):
        tasks.erase_call(row or of["Transcript"], reason="subject_request", by=of.user)


def counts(of: World) -> dict[str, int]:
    with tenant_context(of.tenant.pk):
        return {model.__name__: model.objects.count() for model in tenant_models()}


def texts(of: World) -> dict[str, str]:
    """All that each table of the tenant holds."""
    with tenant_context(of.tenant.pk), connection.cursor() as cursor:
        found = {}
        for model in tenant_models():
            cursor.execute(
                f"SELECT row_to_json(own)::text FROM {model._meta.db_table} own"  # noqa: S608 # names of our own model
            )
            found[model.__name__] = " ".join(row for (row,) in cursor.fetchall())
        return found


def ids_of(of: World) -> set[str]:
    with tenant_context(of.tenant.pk):
        return {
            str(pk)
            for model in tenant_models()
            if model.__name__ in OF_A_CALL
            for pk in model.objects.values_list("pk", flat=True)
        } - {str(of["Event"].pk)}


def test_nothing_of_it_stays_in_any_table_nor_on_the_disk(
    own: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept = world("kept")
    before, ids, others = counts(own), ids_of(own), texts(kept)
    assert CALLER in texts(own)["Transcript"]
    assert WORDS in texts(own)["ReviewNote"]
    with tenant_context(own.tenant.pk):
        file = Audio.objects.get().path
    assert file.is_file()
    with django_capture_on_commit_callbacks(execute=True):
        erase(own)
        assert file.is_file(), "until the commit"
    assert not file.exists()
    after, left = counts(own), texts(own)
    # The events are two, the second of them the source's own; the job left looks for lost files.
    after["Event"] -= 1
    after["Job"] -= 1
    assert {name for name in before if not after[name]} - {"Tombstone"} == OF_A_CALL
    hexed = {each.encode().hex() for each in (CALLER, WORDS)}
    said = {CALLER, WORDS, *hexed}
    assert [name for name, text in left.items() if any(each in text for each in said)] == []
    named = {name for name, text in left.items() if any(each in text for each in ids)}
    assert named == RARE
    assert texts(kept) == others


def test_the_trail_says_who_why_and_how_many_and_the_function_is_asked_for(own: World) -> None:
    with (
        pytest.raises(DatabaseError, match="nobody asked"),
        transaction.atomic(),
        tenant_context(own.tenant.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT erase_call(%s)", [own["Transcript"].pk])
    erase(own)
    with tenant_context(own.tenant.pk):
        row = AuditEvent.objects.order_by("-sequence")[0]
        assert Tombstone.objects.filter(call_hmac=None).count() == 3
        looked = Job.objects.get(kind=JobKind.AUDIO)
    assert (row.event, row.by, row.target_id) == ("call.forgotten", own.user, own["Transcript"].pk)
    assert row.data["reason"] == "subject_request"
    assert (row.data["evaluations"], row.data["findings"]) == (1, 1)
    assert row.data["rows"] > 25
    assert looked.due_at > timezone.now() + timedelta(hours=1)


def test_it_does_not_come_back_by_whichever_way() -> None:
    tenant = Tenant.objects.create(slug="a", name="A")
    given = {"Authorization": f"Bearer {api.token(tenant)}"}
    address = f"/api/v1/calls/Files/{CALLER}"
    call = json.dumps({"transcript": "Agent: Good morning.\nCustomer: Hello.\n"})

    def put() -> Any:
        return Client().put(address, call, content_type="application/json", headers=given)

    assert put().status_code == 201
    assert Client().delete(f"{address}?reason=test", headers=given).status_code == 204
    answer = put()
    assert (answer.status_code, answer.json()["code"]) == (410, "call_erased")
    assert CALLER not in answer.content.decode()
    listed = [Item(CALLER, "completed", NOW, None), Item("new", "completed", NOW, None)]
    with tenant_context(tenant.pk):
        assert not Transcript.objects.exists()
        assert listing.note(Source.objects.get(), listed, by=FoundBy.POLL) == 1
        assert ListedCall.objects.get().external_id == "new"


@pytest.mark.django_db(transaction=True)
def test_what_is_erased_amid_its_intake_is_not_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = Tenant.objects.create(slug="a", name="A")
    given = {"Authorization": f"Bearer {api.token(tenant)}"}
    inserted = store._insert

    def put(said: str) -> Any:
        call = json.dumps({"transcript": f"Agent: {said}\nCustomer: Hello.\n"})
        address = f"/api/v1/calls/Files/{CALLER}"
        return Client().put(address, call, content_type="application/json", headers=given)

    def forget() -> None:
        with tenant_context(tenant.pk):
            tasks.erase_call(Transcript.objects.get(), reason="test", by=None)

    def amid(row: Transcript) -> bool:
        is_new = inserted(row)
        at_once(1, forget)
        return is_new

    assert put("Good morning.").status_code == 201
    monkeypatch.setattr(store, "_insert", amid)
    answer = put("Good evening.")
    assert (answer.status_code, answer.json()["code"]) == (410, "call_erased")
    with tenant_context(tenant.pk):
        assert not Transcript.objects.exists()


def test_what_was_the_same_call_stands_for_itself_and_suppressed_findings_come_back(
    own: World,
) -> None:
    rows, user = dict(own.rows), own.user
    with tenant_context(own.tenant.pk):
        for name in ("t-8", "t-9"):
            same = {"external_id": name, "duplicate_of": own["Transcript"]}
            rows["Transcript"] = make("Transcript", own.tenant, user, own.rows, **same)
        for name in ("Evaluation", "Finding"):
            rows[name] = make(name, own.tenant, user, rows)
        marked = {"standing": "suppressed", "suppression": own["Suppression"]}
        item = make("QueueItem", own.tenant, user, rows, **marked)
    erase(own)
    with tenant_context(own.tenant.pk):
        assert Transcript.objects.filter(duplicate_of=None).count() == 2
        waiting = Job.objects.filter(kind=JobKind.EVALUATE).values_list("subject_id", flat=True)
        assert set(waiting) == set(Transcript.objects.values_list("pk", flat=True))
        item = QueueItem.objects.get()
    assert (item.standing, item.suppression_id) == ("open", None)


def test_a_source_that_is_to_keep_nothing_is_asked_to_delete_it_too(own: World) -> None:
    with tenant_context(own.tenant.pk):
        Source.objects.update(erase_after_h=24)
        ListedCall.objects.update(state="held", ended_at=NOW)
    erase(own)
    with tenant_context(own.tenant.pk):
        assert ListedCall.objects.get().state == "erased"
        assert Job.objects.get(kind=JobKind.ERASE).due_at <= timezone.now()


def test_feeds_hand_on_what_is_gone_once_in_its_place_whatever_is_asked_for(
    own: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MARGIN", timedelta(seconds=-60))
    key = api.token(own.tenant)
    with tenant_context(own.tenant.pk):
        for at in (-1, 1, 2):
            received = timezone.now() + timedelta(seconds=at * 20)
            given = {"external_id": f"n{at}", "received_at": received}
            make("Transcript", own.tenant, own.user, own.rows, **given)
    erase(own)
    gone_id = str(own["Transcript"].pk)
    for limit in (1, 2, 200):
        rows = api.rows(key, "transcripts", limit=limit, fields="id,updated_at")
        assert len({row["id"] for row in rows}) == len(rows) == 4
        assert [row.get("is_deleted", False) for row in rows] == [False, True, False, False]
        assert rows[1]["id"] == gone_id
        assert rows == sorted(rows, key=lambda row: (row["updated_at"], row["id"]))
    for feed in ("evaluations", "findings"):
        row = api.rows(key, feed)[-1]
        assert row.keys() == {"id", "is_deleted", "updated_at"}
        assert row["id"] == str(own[feed.title().removesuffix("s")].pk)
    assert api.rows(key, "transcripts", source=str(UUID(int=1))) == [rows[1]]
    assert gone_id not in api.get(key, "transcripts", format="zapier").content.decode()


def test_programs_erase_it_by_its_id_with_a_reason_as_they_saw_it(own: World) -> None:
    key, address = api.token(own.tenant), f"/api/v1/calls/main/{CALLER}"
    held = {"Authorization": f"Bearer {key}"}
    refused = Client().delete(address, headers=held)
    assert (refused.status_code, refused.json()["code"]) == (400, "parameter_refused")
    stale = Client().delete(f"{address}?reason=test", headers=held | {"If-Match": '"9"'})
    assert stale.status_code == 412
    seen = etags.tag_of(own["Transcript"].revision)
    done = Client().delete(f"{address}?reason=test", headers=held | {"If-Match": seen})
    assert (done.status_code, done.content) == (204, b"")
    assert Client().delete(f"{address}?reason=test", headers=held).status_code == 404


def test_a_tenant_admin_sees_what_goes_and_says_why(own: World) -> None:
    client = Client()
    client.force_login(own.user)
    page = reverse("call-erase", args=[own.tenant.slug, own["Transcript"].pk])
    assert client.get(page).status_code == 403
    with tenant_context(own.tenant.pk):
        Membership.objects.update(role=MemberRole.TENANT_ADMIN)
    shown = client.get(page).content.decode()
    assert all(each in shown for each in ("Findings", "Recordings", "Appeals", CALLER))
    assert client.post(page).status_code == 400
    left = client.post(page, {"reason": "mistake"})
    assert left["Location"] == reverse("call-list", args=[own.tenant.slug])
    assert client.get(page).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_erases_and_the_others_find_nothing(own: World) -> None:
    address = f"/api/v1/calls/main/{CALLER}?reason=test"
    held = {"Authorization": f"Bearer {api.token(own.tenant)}"}
    seen = at_once(4, lambda: Client().delete(address, headers=held).status_code)
    assert sorted(seen) == [204, 404, 404, 404]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", range(3))
def test_a_verdict_comes_before_an_erasure_or_finds_nothing(race: int, own: World) -> None:
    with tenant_context(own.tenant.pk):
        QueueItem.objects.update(standing="open")
        decision = Decision(Verdict.UPHELD, QueueItem.objects.get().sequence)

    def judge() -> str:
        with tenant_context(own.tenant.pk):
            try:
                decide(finding=own["Finding"], decision=decision, by=own.user, now=NOW)
            except Http404:
                return "absent"
        return "judged"

    def forget() -> str:
        erase(own)
        return "erased"

    acts = iter([judge, forget] if race % 2 else [forget, judge])
    assert "erased" in at_once(2, lambda: next(acts)())
    assert not counts(own)["Review"]
