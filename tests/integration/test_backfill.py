"""Source → transcript → evaluation over HTTP: every call once, whatever the other side does."""

import json
from typing import Any

import pytest
import zstandard
from django.utils import timezone
from pytest_django import Settings

from reviews.demo import build
from reviews.ingest import connect, control, store, vendor
from reviews.models import (
    AuditEvent,
    Evaluation,
    Job,
    JobState,
    ListedCall,
    ListedState,
    MemberRole,
    Membership,
    Participant,
    Source,
    SourceState,
    Tenant,
    Transcript,
    TranscriptState,
    User,
    Utterance,
    VendorAccount,
)
from reviews.models.tenancy import tenant_context
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.factories.loop import KEY, begin, connected, drain, only, payloads, transcripts
from tests.factories.races import at_once
from tests.factories.told import told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def fetch(tenant: Tenant, settings: Settings, rows: list[dict[str, Any]], *faults: Fault) -> Source:
    """Backfill `rows` from a sandbox that has `faults`; the source afterwards."""
    with Sandbox(accounts={KEY: rows}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        settings.FETCH_THREADS = 1
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
    return reload(source)


def reload(source: Source) -> Source:
    with tenant_context(source.tenant_id):
        return Source.objects.get(pk=source.pk)


def job(tenant: Tenant, kind: str) -> Job:
    with tenant_context(tenant.pk):
        return Job.objects.get(kind=kind)


def held(tenant: Tenant) -> int:
    with tenant_context(tenant.pk):
        return ListedCall.objects.filter(state=ListedState.HELD).count()


@pytest.mark.parametrize("threads", [1, 5])
def test_every_call_is_fetched_and_evaluated_once(
    threads: int, tenant: Tenant, settings: Settings
) -> None:
    with Sandbox(accounts={KEY: payloads(12)}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        settings.FETCH_THREADS = threads
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        asked = [n for path, n in sandbox.requests.items() if path != "/v2/transcript"]
        assert asked == [1] * 12
    source = reload(source)
    assert len(transcripts(tenant)) == held(tenant) == 12
    assert source.backfill_done_at is not None
    with tenant_context(tenant.pk):
        assert Evaluation.objects.count() == 12
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}


def test_fetching_goes_on_where_it_was_cut_off(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[str] = []
    real = store.store

    def dying(**given: Any) -> Transcript | None:
        if len(stored) == 4:
            raise ConnectionError
        stored.append(given["fetched"].external_id)
        return real(**given)

    monkeypatch.setattr(store, "store", dying)
    settings.FETCH_THREADS = 1
    with Sandbox(accounts={KEY: payloads(9)}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        assert len(transcripts(tenant)) == held(tenant) == 4
        monkeypatch.setattr(store, "store", real)
        hurry(tenant)
        drain()
        assert max(n for path, n in sandbox.requests.items() if stored[0] in path) == 1
    assert len(transcripts(tenant)) == held(tenant) == 9
    assert reload(source).backfill_done_at is not None


def test_a_refused_key_pauses_the_source_and_a_good_one_goes_on(
    tenant: Tenant, settings: Settings
) -> None:
    refused = Fault("/v2/transcript/", 401, 2, skip=2)
    settings.FETCH_THREADS = 1
    for role in (MemberRole.REVIEWER, MemberRole.TENANT_ADMIN):
        user = User.objects.create(email=f"{role}@example.test")
        with tenant_context(tenant.pk):
            Membership.objects.create(tenant=tenant, user=user, role=role)
    with Sandbox(accounts={KEY: payloads(4)}, faults=[refused]) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        source = reload(source)
        assert (source.state, source.paused_code) == (SourceState.PAUSED, "key_refused")
        assert held(tenant) == 2
        assert job(tenant, "fetch").state == JobState.DEAD
        with tenant_context(tenant.pk):
            assert AuditEvent.objects.filter(event="source.paused").count() == 1
        assert told(tenant) == [("tenant_admin", "source_stopped")]
        with tenant_context(tenant.pk):
            control.resume(source, by=None)
        drain()
        assert reload(source).paused_code == "key_refused", "the second refusal"
        with tenant_context(tenant.pk):
            control.resume(reload(source), by=None)
        drain()
    assert held(tenant) == 4
    assert reload(source).backfill_done_at is not None


def test_a_rate_limit_is_waited_out(tenant: Tenant, settings: Settings) -> None:
    fault = Fault("/v2/transcript/", 429, 2, retry_after="0", skip=1)
    fetch(tenant, settings, payloads(3), fault)
    assert held(tenant) == 3


def test_a_long_rate_limit_puts_off_the_whole_account_and_keeps_what_is_fetched(
    tenant: Tenant, settings: Settings
) -> None:
    fault = Fault("/v2/transcript/", 429, 99, retry_after="300", skip=1)
    fetch(tenant, settings, payloads(3), fault)
    assert held(tenant) == 1
    waiting = job(tenant, "fetch")
    assert (waiting.state, waiting.last_error_code) == (JobState.QUEUED, "rate_limited")
    assert (waiting.due_at - timezone.now()).total_seconds() > 290
    account = VendorAccount.objects.get()
    assert account.next_request_at is not None
    assert (account.next_request_at - timezone.now()).total_seconds() > 290


def test_a_hostile_call_is_not_assessable_and_the_rest_goes_on(
    tenant: Tenant, settings: Settings
) -> None:
    rows = payloads(3)
    deep = b'{"text": ' + b"[" * 100_000
    hostile = Fault(f"/v2/transcript/{rows[1]['id']}", 200, 99, body=deep)
    fetch(tenant, settings, rows, hostile)
    row = transcripts(tenant)[rows[1]["id"]]
    assert (row.state, row.state_code) == (TranscriptState.REFUSED, "too_deep")
    with tenant_context(tenant.pk):
        refused = Evaluation.objects.get(transcript=row)
        assert (refused.passed, refused.failed) == (0, 0)
        assert refused.not_assessable > 0
        assert Evaluation.objects.count() == 3


def test_an_errored_call_is_kept_as_not_assessable(tenant: Tenant, settings: Settings) -> None:
    errored = next(c.payload for c in build.calls(12, seed=1) if c.payload["status"] == "error")
    fetch(tenant, settings, [errored])
    assert only(transcripts(tenant)).state == TranscriptState.ERRORED
    with tenant_context(tenant.pk):
        assert Evaluation.objects.get().verdict == "not_assessable"


HOSTILE: dict[str, dict[str, Any]] = {
    "another id": {"id": "11111111-2222-3333-4444-555555555555"},
    "a long language": {"language_code": "x" * 60},
    "a long region": {"webhook_url": "https://a.test/?region=" + "R" * 60},
    "a moment before year one": {"webhook_url": "https://a.test/?call_at=0001-01-01T00:00:00%2B14:00"},
    "an endless duration": {"audio_duration": 10**12},
    "a word at the end of time": {"utterances": None, "words": [
        {"text": "late", "start": 2**40, "end": 2**41, "confidence": 0.9, "speaker": "S" * 400}
    ]},
}  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE)
def test_no_call_stops_the_backfill(change: str, tenant: Tenant, settings: Settings) -> None:
    rows = payloads(3)
    body = json.dumps(rows[1] | HOSTILE[change]).encode()
    fault = Fault(f"/v2/transcript/{rows[1]['id']}", 200, 99, body=body)
    with Sandbox(accounts={KEY: rows}, faults=[fault]) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url)
        begin(source)
        for _ in range(5):
            drain()
            hurry(tenant)
    assert reload(source).backfill_done_at is not None
    assert set(transcripts(tenant)) == {row["id"] for row in rows}
    with tenant_context(tenant.pk):
        assert Evaluation.objects.count() == 3


def hurry(tenant: Tenant) -> None:
    """Make what waits for its next attempt due now."""
    with tenant_context(tenant.pk):
        Job.objects.filter(state=JobState.QUEUED).update(due_at=timezone.now())
        ListedCall.objects.filter(state=ListedState.WANTED).update(look_at=timezone.now())


def test_a_circling_list_ends_as_a_dead_letter(tenant: Tenant, settings: Settings) -> None:
    rows = payloads(2)
    circle = json.dumps(
        {
            "page_details": {"prev_url": f"/v2/transcript?before_id={rows[0]['id']}"},
            "transcripts": [{"id": rows[0]["id"], "status": "completed"}],
        }
    )
    with Sandbox(accounts={KEY: rows}, faults=[
        Fault(f"/v2/transcript/{rows[0]['id']}", 200, 1, body=json.dumps(rows[0]).encode()),
        Fault("/v2/transcript", 200, 99, body=circle.encode()),
    ]) as sandbox:  # fmt: skip
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        begin(connected(tenant, sandbox.base_url))
        for _ in range(6):
            drain()
            hurry(tenant)
        assert sandbox.requests["/v2/transcript"] < 10
    ended = job(tenant, "backfill")
    assert (ended.state, ended.last_error_code) == (JobState.DEAD, "bad_reply")


def test_a_call_in_work_at_the_source_is_fetched_again_when_it_is_done(
    tenant: Tenant, settings: Settings
) -> None:
    rows = payloads(2)
    working = {"id": rows[0]["id"], "status": "processing", "audio_url": "https://a.test/x"}
    fault = Fault(f"/v2/transcript/{rows[0]['id']}", 200, 2, body=json.dumps(working).encode())
    with Sandbox(accounts={KEY: rows}, faults=[fault]) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url)
        begin(source)
        drain()
        assert reload(source).backfill_done_at is None
        assert job(tenant, "fetch").due_at > timezone.now()
        for _ in range(2):
            hurry(tenant)
            drain()
    assert reload(source).backfill_done_at is not None
    assert {row.state for row in transcripts(tenant).values()} == {TranscriptState.READY}


def test_a_backfill_after_a_whole_one_finds_the_calls_since(
    tenant: Tenant, settings: Settings
) -> None:
    rows = payloads(5)
    fetch(tenant, settings, rows[:3])
    with Sandbox(accounts={KEY: rows}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        with tenant_context(tenant.pk):
            Source.objects.update(base_url=sandbox.base_url)
            source = Source.objects.get()
        begin(source)
        drain()
        assert sum(n for path, n in sandbox.requests.items() if path != "/v2/transcript") == 2
    assert len(transcripts(tenant)) == 5


def test_an_address_with_a_secret_in_it_is_refused(tenant: Tenant) -> None:
    with pytest.raises(connect.AddressRefused):
        connected(tenant, "https://api.assemblyai.com/?token=SECRET")


def test_a_second_agent_is_not_taken_for_the_first(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    call = next(c.payload for c in build.calls(12, seed=1) if c.script == "hw_transfer")
    take(source, call | {"webhook_url": "https://a.test/?agent=A-17"})
    with tenant_context(tenant.pk):
        agents = Participant.objects.filter(role="agent")
        assert agents.count() == 2
        assert set(agents.values_list("agent", flat=True)) == {None}


def take(source: Source, payload: dict[str, Any]) -> Transcript | None:
    received = receive(json.dumps(payload).encode())
    with tenant_context(source.tenant_id):
        fetched = parse(received.value, call_url=received.call_url)
        return store.store(source=source, received=received, fetched=fetched, now=timezone.now())


def test_a_tombstone_never_overwrites_a_good_copy(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    payload = payloads(1)[0]
    take(source, payload)
    tombstone = payload | {
        "audio_url": "http://deleted_by_user",
        "text": "Deleted by user.",
        "words": None,
        "utterances": None,
    }
    assert take(source, tombstone) is None
    kept = only(transcripts(tenant))
    assert (kept.state, kept.revision) == (TranscriptState.READY, 1)
    assert kept.words > 0


def test_changed_words_make_a_new_revision_beside_the_old(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    first, second = payloads(2)
    take(source, first)
    take(source, second | {"id": first["id"]})
    assert only(transcripts(tenant)).revision == 2
    with tenant_context(tenant.pk):
        assert set(Utterance.objects.values_list("revision", flat=True)) == {1, 2}


def test_of_eight_writers_at_once_one_makes_the_row(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    payload = payloads(1)[0]
    made = at_once(8, lambda: take(source, payload))
    assert sum(row is not None for row in made) == 1
    assert only(transcripts(tenant)).revision == 1


def test_two_starts_make_one_backfill(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    assert begin(source).pk == begin(source).pk


def test_a_card_security_code_reaches_no_row(tenant: Tenant) -> None:
    source = connected(tenant, "http://127.0.0.1:9")
    spoken = next(c.payload for c in build.calls(12, seed=1) if c.script == "mc_billing_card")
    row = take(source, spoken)
    assert row is not None
    assert {item["kind"] for item in row.removed} == {"security_code", "subject", "account"}
    stored = json.loads(zstandard.decompress(bytes(row.payload)))
    with tenant_context(tenant.pk):
        texts = Utterance.objects.order_by("index").values_list("text", flat=True)
        kept = [word for text in texts for word in text.split(" ")]
    given = [word["text"] for spoke in spoken["utterances"] for word in spoke["words"]]
    masked = [at for at, word in enumerate(kept) if word != given[at]]
    assert len(masked) == 3, "a code of three digits, spoken"
    code = " ".join(given[at].strip(".,") for at in masked)
    assert code in " ".join(word.strip(".,") for word in given)
    assert code not in json.dumps(stored)
    assert all(set(kept[at]) <= set("#.,") for at in masked)


@pytest.mark.parametrize("stage", ["backfill", "evaluate"])
def test_a_job_that_breaks_says_where_and_keeps_no_text(
    stage: str, tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ValueError("the caller said 4111 1111 1111 1111")

    target = vendor if stage == "backfill" else None
    if target:
        monkeypatch.setattr(target, "connect", broken)
    else:
        monkeypatch.setattr("reviews.evaluation.run._evaluation", broken)
    fetch(tenant, settings, payloads(1))
    assert job(tenant, stage).last_error_code == "ValueError"


def test_a_page_of_unreadable_rows_is_passed_over(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = payloads(3)
    junk = json.dumps(
        {
            "page_details": {"prev_url": f"/v2/transcript?before_id={rows[2]['id']}"},
            "transcripts": [{"id": None}, {"id": "../../etc"}],
        }
    )
    page = Fault("/v2/transcript", 200, 1, body=junk.encode())
    source = fetch(tenant, settings, rows, page)
    assert source.backfill_done_at is not None
    assert set(transcripts(tenant)) == {rows[0]["id"], rows[1]["id"]}


def test_another_key_goes_on_where_the_refused_one_ended(
    tenant: Tenant, settings: Settings
) -> None:
    settings.FETCH_THREADS = 1
    with Sandbox(accounts={"good": payloads(3)}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        source = connected(tenant, sandbox.base_url, key="stale")
        begin(source)
        drain()
        source = reload(source)
        assert source.paused_code == "key_refused"
        before = VendorAccount.objects.get()
        with tenant_context(tenant.pk):
            connect.change_key(source, key="good", by=None, now=timezone.now())
        drain()
    assert held(tenant) == 3
    assert reload(source).backfill_done_at is not None
    before.refresh_from_db()
    assert before.connected_by is None
    assert reload(source).account_id != before.pk
    with tenant_context(tenant.pk):
        assert AuditEvent.objects.filter(event="source.key_changed").count() == 1


def test_a_key_of_an_account_that_is_connected_already_is_refused(tenant: Tenant) -> None:
    first = connected(tenant, "http://127.0.0.1:9", key="one")
    other = connected(Tenant.objects.create(slug="b", name="B"), "http://127.0.0.1:9", key="two")
    with pytest.raises(connect.AccountTaken), tenant_context(other.tenant_id):
        connect.change_key(other, key="one", by=None, now=timezone.now())
    assert reload(other).account_id == other.account_id != first.account_id
