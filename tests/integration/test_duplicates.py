"""The same audio under two ids: one set of findings, linked both ways; never a call unevaluated."""

import json
import random
import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.demo import build
from reviews.evaluation import run
from reviews.ingest import fetch
from reviews.ingest.fetch import Answer
from reviews.ingest.then import Then
from reviews.models import (
    Evaluation,
    Job,
    JobKind,
    JobState,
    MemberRole,
    QueueItem,
    Source,
    Standing,
    Tenant,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds, overview
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.factories import demo
from tests.factories.loop import connected, drain
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = Then(lambda row: None, lambda source: None)
EVALUATE = Then(run.schedule, lambda source: None)
CALL = next(each.payload for each in build.calls(12, seed=1) if each.script == "mc_billing_card")
Payload = dict[str, Any]


@pytest.fixture
def source() -> Source:
    return connected(Tenant.objects.create(slug="a", name="A"), "http://127.0.0.1:9")


def again(name: str, **changes: Any) -> Payload:
    """The call under another id."""
    return CALL | {"id": name} | changes


def otherwise(fact: str, value: str) -> str:
    """The call's address with another value of one fact."""
    return re.sub(rf"(?<=[?&]{fact}=)[^&]*", value, str(CALL["webhook_url"]))


def misheard(name: str, share: float) -> Payload:
    """The call with this share of its words as another recogniser might write them."""
    payload = json.loads(json.dumps(again(name)))
    chance = random.Random(7)
    for said in payload["utterances"]:
        for word in said["words"]:
            word["text"] = "misheard" if chance.random() < share else word["text"]
        said["text"] = " ".join(word["text"] for word in said["words"])
    payload["words"] = [word for said in payload["utterances"] for word in said["words"]]
    payload["text"] = " ".join(word["text"] for word in payload["words"])
    return dict(payload)


def swapped(name: str) -> Payload:
    """The call with the speakers' labels exchanged."""
    text = json.dumps(again(name, webhook_url=None))
    for one, other in (('"A"', '"?"'), ('"B"', '"A"'), ('"?"', '"B"')):
        text = text.replace(f'"speaker": {one}', f'"speaker": {other}')
    return dict(json.loads(text))


def answer(payload: Payload) -> Answer:
    received = receive(json.dumps(payload).encode())
    return received, parse(received.value, call_url=received.call_url)


def keep(source: Source, *payloads: Payload) -> None:
    """Stored one after the other, as if fetched; then all jobs are run."""
    for payload in payloads:
        _keep(source, payload)
    drain()


def _keep(source: Source, payload: Payload) -> None:
    with tenant_context(source.tenant_id):
        fetch.keep(
            source=source,
            external_id=payload["id"],
            answer=answer(payload),
            then=EVALUATE,
        )


def originals(source: Source) -> Mapping[str, str | None]:
    """Call → the call that it is a duplicate of."""
    with tenant_context(source.tenant_id):
        rows = Transcript.objects.values_list("external_id", "duplicate_of__external_id")
        return dict(rows)


def evaluated(source: Source) -> set[str]:
    with tenant_context(source.tenant_id):
        current = Evaluation.objects.filter(transcript_revision=F("transcript__revision"))
        return set(current.values_list("transcript__external_id", flat=True))


def waiting(source: Source) -> list[str]:
    """The calls of the open findings in the queue."""
    with tenant_context(source.tenant_id):
        items = QueueItem.objects.filter(standing=Standing.OPEN)
        return sorted(items.values_list("transcript__external_id", flat=True))


def test_the_same_audio_under_two_ids_has_one_set_of_findings(source: Source) -> None:
    keep(source, again("one"))
    before = waiting(source)
    keep(source, again("two"), again("three"))
    assert originals(source) == {"one": None, "two": "one", "three": "one"}
    assert evaluated(source) == {"one"}
    assert waiting(source) == before != []


def test_another_run_of_the_recogniser_gives_the_same_call(source: Source) -> None:
    keep(source, again("one"), misheard("two", 0.04), misheard("three", 0.3))
    assert originals(source) == {"one": None, "two": "one", "three": None}
    assert evaluated(source) == {"one", "three"}


def test_exchanged_labels_are_the_same_call(source: Source) -> None:
    keep(source, again("one", webhook_url=None), swapped("two"))
    assert originals(source) == {"one": None, "two": "one"}


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_url": None},
        {"webhook_url": otherwise("call_at", "2026-03-09T10%3A00%3A00-05%3A00")},
        {"webhook_url": otherwise("subject", "another")},
        {"webhook_url": otherwise("agent", "another")},
        {"webhook_url": otherwise("direction", "outbound")},
        {"audio_duration": CALL["audio_duration"] + 2},
        {"audio_duration": None},
        {"language_code": "en_uk"},
        {"summary": "A call."},
    ],
)
def test_where_a_rule_could_read_something_else_both_are_evaluated(
    changes: Payload, source: Source
) -> None:
    keep(source, again("one"), again("two", **changes))
    assert originals(source) == {"one": None, "two": None}
    assert evaluated(source) == {"one", "two"}


def test_a_second_of_rounding_is_no_difference(source: Source) -> None:
    keep(source, again("one"), again("two", audio_duration=CALL["audio_duration"] + 1))
    assert originals(source) == {"one": None, "two": "one"}


def test_another_tenants_same_call_is_another_call(source: Source) -> None:
    other = connected(Tenant.objects.create(slug="b", name="B"), "http://127.0.0.1:8")
    keep(source, again("one"))
    keep(other, again("two"))
    assert (originals(source), originals(other)) == ({"one": None}, {"two": None})
    assert evaluated(other) == {"two"}
    with tenant_context(source.tenant_id):
        mine = Transcript.objects.get().signature
    with tenant_context(other.tenant_id):
        theirs = Transcript.objects.get().signature
    assert bytes(mine or b"") != bytes(theirs or b"") != b""


def test_a_new_revision_with_other_words_stands_for_itself(source: Source) -> None:
    keep(source, again("one"), again("two"), misheard("two", 0.4))
    assert originals(source) == {"one": None, "two": None}
    assert evaluated(source) == {"one", "two"}


def test_a_new_revision_with_the_same_words_becomes_a_duplicate(source: Source) -> None:
    keep(source, again("one"), misheard("two", 0.4))
    assert set(waiting(source)) == {"one", "two"}
    keep(source, again("two"))
    assert originals(source) == {"one": None, "two": "one"}
    assert set(waiting(source)) == {"one"}


def test_duplicates_of_a_call_whose_words_change_are_looked_at_again(source: Source) -> None:
    keep(source, again("one"), again("two"), again("three"), misheard("one", 0.4))
    assert originals(source) == {"one": None, "two": None, "three": "two"}
    assert evaluated(source) == {"one", "two"}
    assert set(waiting(source)) == {"one", "two"}


@pytest.mark.parametrize("state", [s for s in TranscriptState if s != TranscriptState.READY])
def test_a_call_that_is_not_ready_stands_for_no_other(state: str, source: Source) -> None:
    keep(source, again("one"))
    with tenant_context(source.tenant_id):
        Transcript.objects.update(state=state)
    keep(source, again("two"))
    assert originals(source) == {"one": None, "two": None}
    assert "two" in evaluated(source)


def test_a_duplicate_is_evaluated_where_its_original_was_lost_meanwhile(source: Source) -> None:
    keep(source, again("one"), again("two"))
    with tenant_context(source.tenant_id):
        Transcript.objects.filter(external_id="one").update(state=TranscriptState.DELETED)
        run.schedule(Transcript.objects.get(external_id="two"))
    drain()
    assert "two" in evaluated(source)


def test_a_duplicate_has_its_original_evaluated_where_nobody_did(source: Source) -> None:
    """As where no rubric was in force when the first one came."""
    with tenant_context(source.tenant_id):
        fetch.keep(
            source=source,
            external_id="one",
            answer=answer(again("one")),
            then=NOTHING,
        )
    keep(source, again("two"))
    assert evaluated(source) == {"one"}


def test_a_job_that_waited_while_its_call_became_a_duplicate_does_nothing(source: Source) -> None:
    keep(source, again("one"))
    _keep(source, misheard("two", 0.4))
    _keep(source, again("two"))
    drain()
    assert evaluated(source) == {"one"}
    with tenant_context(source.tenant_id):
        jobs = Job.objects.filter(kind=JobKind.EVALUATE)
        assert set(jobs.values_list("state", flat=True)) == {JobState.DONE}


def test_of_two_at_once_none_is_left_without_evaluation(source: Source) -> None:
    names = iter(["one", "two", "three", "four"])
    at_once(4, lambda: _keep(source, again(next(names))))
    drain()
    linked = originals(source)
    alone = {name for name, original in linked.items() if original is None}
    assert evaluated(source) == alone != set()
    assert set(linked.values()) - {None} <= alone


def test_a_call_whose_words_are_just_changing_is_waited_for(source: Source) -> None:
    keep(source, again("one"))
    thread = threading.Thread(target=_apart, args=[source, again("two")])
    with tenant_context(source.tenant_id):
        fetch.keep(
            source=source,
            external_id="one",
            answer=answer(misheard("one", 0.4)),
            then=EVALUATE,
        )
        thread.start()
        _until_one_waits()
    thread.join()
    drain()
    assert originals(source) == {"one": None, "two": None}
    assert evaluated(source) == {"one", "two"}


def _apart(source: Source, payload: Payload) -> None:
    try:
        _keep(source, payload)
    finally:
        connection.close()


def _until_one_waits() -> None:
    deadline = timezone.now() + timedelta(seconds=30)
    while timezone.now() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
    pytest.fail("nobody waits")


def test_lists_and_counts_have_the_call_once_and_the_feed_says_so(source: Source) -> None:
    keep(source, again("one"), again("two"))
    assert overview.overview(source.tenant_id).transcripts == 1
    with tenant_context(source.tenant_id):
        rows = {row.external_id: row for row in feeds.transcript_rows(source.tenant_id)}
    assert rows["two"].duplicate_of_id == rows["one"].pk
    assert rows["one"].duplicate_of_id is None


def test_both_pages_and_the_api_link_the_two() -> None:
    care = next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")
    demo.keep_payload(care, again("one"))
    demo.keep_payload(care, again("two"))
    with tenant_context(care.pk):
        ids = dict(Transcript.objects.values_list("external_id", "pk"))
    client = demo.signed_in(MemberRole.REVIEWER)
    pages = {name: reverse("call-detail", args=[care.slug, ids[name]]) for name in ids}
    shown = {name: client.get(address).content.decode() for name, address in pages.items()}
    assert f'href="{pages["one"]}"' in shown["two"].partition('class="head"')[2]
    assert f'href="{pages["two"]}"' in shown["one"].partition('class="head"')[2]
    assert "Not evaluated yet" not in shown["two"]
    listed = client.get(reverse("call-list", args=[care.slug])).content.decode()
    assert pages["one"] in listed
    assert pages["two"] not in listed
    assert _from_api(care, ids["two"])["duplicate_of"] == str(ids["one"])
    assert _from_api(care, ids["one"])["duplicate_of"] is None


def _from_api(tenant: Tenant, row_id: Any) -> dict[str, Any]:
    wanted = keys.Wanted("crm", ["read:transcripts"], days=1)
    with tenant_context(tenant.pk):
        made = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())
    client = demo.signed_in(MemberRole.REVIEWER)
    got = client.get(
        f"/api/v1/transcripts/{row_id}", headers={"Authorization": f"Bearer {made.token}"}
    )
    return dict(got.json()["transcript"])
