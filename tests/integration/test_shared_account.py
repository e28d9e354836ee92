"""One account at the vendor, several tenants: every call where its route leads, or nowhere."""

import io
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.accounts import first, keys
from reviews.demo import build
from reviews.errors import Refused
from reviews.ingest import connect, listing, poll, routing, shared
from reviews.jobs import ledger
from reviews.models import (
    AuditEvent,
    Evaluation,
    FoundBy,
    Job,
    ListedCall,
    ListedState,
    MemberRole,
    Membership,
    Route,
    RouteKind,
    Source,
    SourceKind,
    SourceState,
    Tenant,
    Transcript,
    TranscriptState,
    User,
    Utterance,
    VendorAccount,
)
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID
from reviews.platform import tenants as platform
from reviews.platform.written import Wanted
from reviews.rubrics import publish
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai.client import Item
from tests.factories.loop import KEY, begin, connected, drain, payloads, transcripts
from tests.factories.races import at_once
from tests.factories.shared import added, call, listed, quarantined, routed
from tests.simulation.killing import How, Killed, Killer

pytestmark = pytest.mark.django_db(transaction=True)
MANY = int(os.environ.get("SHARED_CALLS", "300"))
SLUGS = ("north", "south", "west")


@pytest.fixture
def tenants() -> dict[str, Tenant]:
    return {slug: Tenant.objects.create(slug=slug, name=slug.title()) for slug in SLUGS}


@pytest.fixture(autouse=True)
def _one_thread(settings: Settings) -> None:
    settings.FETCH_THREADS = 1


@contextmanager
def serving(rows: list[dict[str, Any]], settings: Settings, *faults: Fault) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: rows}, faults=faults) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        yield sandbox


def held(tenant: Tenant) -> set[str]:
    return set(transcripts(tenant))


def ids(*rows: dict[str, Any]) -> set[str]:
    return {row["id"] for row in rows}


def interleaved(count: int) -> tuple[list[dict[str, Any]], dict[str, str], dict[str, str]]:
    """Calls in no order: (calls, id → whose it is, id → why it is nobody's)."""
    rng, rows = Random(8), list[dict[str, Any]]()  # to be replayed, not to be secret
    own, nobodys = dict[str, str](), dict[str, str]()
    for number in range(1, count + 1):
        slug, other = rng.sample(SLUGS, 2)
        row, code = one_of_many(number, rng.randrange(9), slug, other)
        rows.append(row)
        if code:
            nobodys[row["id"]] = code
        else:
            own[row["id"]] = slug
    return rows, own, nobodys


def one_of_many(number: int, way: int, slug: str, other: str) -> tuple[dict[str, Any], str]:
    """A call of `slug`, or one of nobody with the reason's code; `other` is there to mislead."""
    audio = f"https://audio.test/{other}"
    tags, given, code = (
        ([slug], {"audio": audio}, ""),
        ([f"{slug}-crm"], {"audio": audio}, ""),
        ([], {"audio": audio, "said": f"{slug} by id"}, ""),
        ([], {"audio": f"https://audio.test/{slug}/2026"}, ""),
        ([slug, f"{slug}-crm"], {}, ""),
        ([], {}, "no_route"),
        ([slug, other], {}, "two_tenants"),
        (["east"], {"audio": audio}, "unknown_tag"),
        ([f"{slug}#tenant={other}"], {"audio": audio}, "unreadable_tag"),
    )[way]
    return call(number, *tags, **{"said": "nobody" if code else slug} | given), code


def test_of_many_calls_none_is_stored_under_a_wrong_tenant(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    rows, own, nobodys = interleaved(MANY)
    settings.FETCH_THREADS = 4
    with serving(rows, settings) as sandbox:
        source = added(sandbox.base_url)
        for slug, tenant in tenants.items():
            registered = [row["id"] for row in rows if row["text"].startswith(f"{slug} by id")]
            folder = f"https://audio.test/{slug}"
            routed(
                source, tenant, tag=[slug, f"{slug}-crm"], external_id=registered, audio=[folder]
            )
        drain()
    for slug, tenant in tenants.items():
        assert held(tenant) == {key for key, of in own.items() if of == slug}
        with tenant_context(tenant.pk):
            assert not Utterance.objects.exclude(text__startswith=slug).exists()
            assert Utterance.objects.count() == len(held(tenant)) > MANY // 10
    assert quarantined(source) == nobodys
    assert {listed(source)[key].state for key in own} == {ListedState.HELD}
    with tenant_context(INSTANCE_ID):
        assert Transcript.objects.count() == Utterance.objects.count() == 0


def test_a_call_is_evaluated_by_the_rubric_of_its_tenant_alone(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    rows = payloads(6)
    for at, row in enumerate(rows):
        row["webhook_url"] = f"https://platform.test/?tenant={SLUGS[at % 2]}"
    document = build.rubric("meridian-care")
    for slug in SLUGS[:2]:
        with tenant_context(tenants[slug].pk):
            publish.publish(
                tenant_id=tenants[slug].pk,
                code=slug,
                document=document,
                by=None,
                now=timezone.now(),
            )
    with serving(rows, settings) as sandbox:
        source = added(sandbox.base_url)
        for slug in SLUGS[:2]:
            routed(source, tenants[slug], tag=[slug])
        drain()
    for at, slug in enumerate(SLUGS[:2]):
        with tenant_context(tenants[slug].pk):
            found = Evaluation.objects.values_list(
                "transcript__external_id", "rubric_version__rubric__code"
            )
            assert set(found) == {(row["id"], slug) for row in rows[at::2]}
            home = Source.objects.get()
            assert (home.kind, home.name) == (SourceKind.ROUTED, "platform")
            assert home.backfill_done_at is not None, "rules about earlier calls may be answered"


# --- Quarantine


def test_a_quarantined_call_is_fetched_again_when_a_route_could_decide_it(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    tagged, other, plain = call(1, "north"), call(2, "south"), call(3)
    with serving([tagged, other, plain], settings) as sandbox:
        source = added(sandbox.base_url)
        drain()
        assert len(quarantined(source)) == 3
        before = sum(sandbox.requests.values())
        assert routed(source, tenants["west"], external_id=[plain["id"]]) == 1
        drain()
        assert sum(sandbox.requests.values()) == before + 1, "only the one that is registered"
        assert routed(source, tenants["north"], tag=["north"]) == 2
        drain()
    assert held(tenants["north"]) == ids(tagged)
    assert held(tenants["west"]) == ids(plain)
    assert quarantined(source) == {other["id"]: "unknown_tag"}


def test_the_quarantine_is_an_alarm_until_it_is_empty(
    tenants: dict[str, Tenant], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with serving([call(1), call(2), call(3, "north", "south")], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        routed(source, tenants["south"], tag=["south"])
        drain()
        assert alarms(caplog) == {"no_route": 2, "two_tenants": 1}
        assert "platform.test" not in caplog.text
        routed(source, tenants["north"], audio=["https://audio.test/own"])
        shared.unroute(source, [shared.rule_of(RouteKind.TAG, "south")], now=timezone.now())
        routed(source, tenants["north"], tag=["south"])
        caplog.clear()
        drain()
        assert alarms(caplog) == {}
    assert len(held(tenants["north"])) == 3


def alarms(caplog: pytest.LogCaptureFixture) -> dict[str, int]:
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return {each["code"]: each["count"] for each in said if each["event"] == "calls_quarantined"}


def test_a_forged_tag_of_a_suspended_tenant_leads_nowhere(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    row = call(1, "north", audio="https://audio.test/south")
    with serving([row], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        routed(source, tenants["south"], audio=["https://audio.test/south"])
        Tenant.objects.filter(slug="north").update(suspended_at=timezone.now())
        drain()
        assert quarantined(source) == {row["id"]: "tenant_suspended"}
        assert not held(tenants["north"]) | held(tenants["south"])
        Tenant.objects.filter(slug="north").update(suspended_at=None)
        assert shared.fetch_again(source, now=timezone.now()) == 1
        drain()
    assert held(tenants["north"]) == ids(row)


def test_a_tenant_that_is_renamed_keeps_its_calls_and_its_old_name(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    old, new = call(1, "north"), call(2, "arctic")
    with serving([old, new], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        Tenant.objects.filter(slug="north").update(slug="arctic")
        Tenant.objects.filter(slug="south").update(slug="north")
        drain()
        assert held(tenants["north"]) == ids(old)
        assert quarantined(source) == {new["id"]: "unknown_tag"}
        with pytest.raises(Refused, match="leads to arctic already"):
            routed(source, tenants["south"], tag=["north"])
    assert not held(tenants["south"])


def test_what_cannot_be_read_is_stored_where_its_id_is_registered_or_quarantined(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    mine, nobodys = call(1, "north"), call(2, "north")
    junk = [Fault(f"/v2/transcript/{row['id']}", 200, 1, body=b"[1]") for row in (mine, nobodys)]
    with serving([mine, nobodys], settings, *junk) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"], external_id=[mine["id"]])
        drain()
    stored = transcripts(tenants["north"])
    assert {key: row.state for key, row in stored.items()} == {mine["id"]: TranscriptState.REFUSED}
    assert set(quarantined(source)) == {nobodys["id"]}
    assert quarantined(source)[nobodys["id"]] not in ("", "no_route")


def test_a_call_that_is_gone_is_nobodys_and_no_alarm(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    row = call(1, "north")
    with serving([row], settings, Fault(f"/v2/transcript/{row['id']}", 404, 1)) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        drain()
    assert listed(source)[row["id"]].state == ListedState.GONE
    assert not held(tenants["north"])


def test_a_call_in_work_is_stored_nowhere_until_it_is_whole(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    row = call(1, "north")
    early = json.dumps({"id": row["id"], "status": "processing", "audio_url": row["audio_url"]})
    fault = Fault(f"/v2/transcript/{row['id']}", 200, 1, body=early.encode())
    with serving([row], settings, fault) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        routed(source, tenants["south"], audio=["https://audio.test/own"])
        drain()
        assert listed(source)[row["id"]].state == ListedState.WANTED
        hurry(source)
    assert (held(tenants["north"]), held(tenants["south"])) == (ids(row), set())


def hurry(source: Source) -> None:
    with tenant_context(source.tenant_id):
        ListedCall.objects.update(look_at=timezone.now())
        Job.objects.filter(kind="fetch").update(due_at=timezone.now())
    drain()


def test_a_call_that_was_anothers_before_goes_to_nobody(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    row = call(1, "south")
    junk = Fault(f"/v2/transcript/{row['id']}", 200, 1, body=b"[1]")
    with serving([row], settings, junk) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], external_id=[row["id"]])
        routed(source, tenants["south"], tag=["south"])
        drain()
        assert transcripts(tenants["north"])[row["id"]].state == TranscriptState.REFUSED
        begin(source)  # asks for what was refused once more, and gets it whole
        drain()
    assert quarantined(source) == {row["id"]: "routed_otherwise"}
    assert not held(tenants["south"])
    assert transcripts(tenants["north"])[row["id"]].state == TranscriptState.REFUSED


@pytest.mark.parametrize("tag", ["%00", "%ff", "x" * 5_000, "", "%20north", "NORTH", "north%00"])
def test_a_hostile_tag_ends_in_quarantine_and_stops_nothing(
    tag: str, tenants: dict[str, Tenant], settings: Settings
) -> None:
    odd, good = call(1, tag, audio="https://audio.test/south"), call(2, "north")
    with serving([odd, good], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        routed(source, tenants["south"], audio=["https://audio.test/south"])
        drain()
    assert held(tenants["north"]) == ids(good)
    assert set(quarantined(source)) == ids(odd)
    assert not held(tenants["south"])


# --- Crashes


@pytest.mark.parametrize("how", How)
def test_wherever_the_storing_of_a_call_fails_it_is_stored_once(
    how: How, tenants: dict[str, Tenant], settings: Settings
) -> None:
    """A call of its own for each statement of a fetch, from the first until one fails nowhere."""
    settings.JOB_LEASE_S = -1  # a worker that died is taken for dead at once
    rows = [call(number, "north", said=f"call {number}") for number in range(1, 90)]
    with serving(rows, settings) as sandbox:
        source = added(sandbox.base_url)
        with tenant_context(INSTANCE_ID):
            Job.objects.all().delete()
        routed(source, tenants["north"], tag=["north"])
        at, is_struck = 0, True
        while is_struck:
            at += 1
            is_struck = _struck(source, rows[at - 1]["id"], Killer(at=at, how=how))
            drain()
            assert len(held(tenants["north"])) == at
    assert at > 20
    states = {row.state for row in listed(source).values()}
    assert states == {ListedState.HELD}
    stored = transcripts(tenants["north"])
    assert {row.revision for row in stored.values()} == {1}
    with tenant_context(tenants["north"].pk):
        assert Utterance.objects.count() == at


def _struck(source: Source, external_id: str, killer: Killer) -> bool:
    """Fetch one call, failing at a statement; False where there are fewer than that."""
    with tenant_context(INSTANCE_ID):
        from_id = Item(external_id, "completed", timezone.now(), None)
        listing.note(source, [from_id], by=FoundBy.POLL)
    (due,) = ledger.due_jobs(limit=2)
    with killer.watching():
        killer.is_on = True
        try:
            claim = ledger.claim(tenant_id=due.tenant_id, job_id=due.job_id)
            if claim is not None:
                tasks.work(claim)
        except (Killed, OperationalError):
            connection.close()
        killer.is_on = False
    with tenant_context(INSTANCE_ID):
        Job.objects.update(due_at=timezone.now())
    return killer.seen >= killer.at


def test_between_two_statements_no_two_tenants_are_seen(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    seen: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if "reviews_transcript" in sql or "reviews_listedcall" in sql:
            with context["connection"].connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('app.tenant', true)")
                table = "transcript" if "reviews_transcript" in sql else "listed"
                seen.add(f"{table} {cursor.fetchone()[0]}")
        return done

    with serving([call(1, "north")], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        with connection.execute_wrapper(watch):
            drain()
    assert seen == {f"transcript {tenants['north'].pk}", f"listed {INSTANCE_ID}"}


def test_a_route_that_comes_while_a_call_is_decided_misses_it_not(
    tenants: dict[str, Tenant], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until the call is in quarantine, and has it fetched again."""
    row, added_meanwhile = call(1, "north"), list[threading.Thread]()
    decide = routing.decide

    def slow(listed_call: ListedCall, said: routing.Said) -> UUID | routing.Unrouted:
        whose = decide(listed_call, said)
        if not added_meanwhile:
            added_meanwhile.append(threading.Thread(target=add))
            added_meanwhile[0].start()
            until_it_waits(added_meanwhile[0])
        return whose

    def add() -> None:
        routed(source, tenants["north"], tag=["north"])
        connection.close()

    monkeypatch.setattr(routing, "decide", slow)
    with serving([row], settings) as sandbox:
        source = added(sandbox.base_url)
        drain()
        added_meanwhile[0].join()
        drain()
    assert held(tenants["north"]) == ids(row)
    assert not quarantined(source)


def until_it_waits(thread: threading.Thread) -> None:
    """For a lock, or it has ended without."""
    waits = False
    while thread.is_alive() and not waits:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            waits = cursor.fetchone()[0] > 0


# --- One source an account


def test_a_second_source_on_an_account_is_refused_whoever_connects_it(
    tenants: dict[str, Tenant],
) -> None:
    own = connected(tenants["north"], "http://127.0.0.1:9")
    for address in ("http://127.0.0.1:9", "http://127.0.0.1:9/", "HTTP://127.0.0.1:9"):
        for act in (
            partial(connected, tenants["south"]),
            partial(connected, tenants["north"]),
            added,
        ):
            with pytest.raises(connect.AccountTaken) as refused:
                act(address)
            assert not any(slug in str(refused.value).lower() for slug in SLUGS)
    assert VendorAccount.objects.get().connected_by == own.pk
    with tenant_context(tenants["south"].pk):
        assert not Source.objects.exists()
    assert not Tenant.objects.filter(pk=INSTANCE_ID).exists(), "undone with what it was made for"


def test_a_name_that_is_taken_leaves_the_account_free(tenants: dict[str, Tenant]) -> None:
    connected(tenants["north"], "http://127.0.0.1:9")
    with pytest.raises(connect.NameTaken):
        connected(tenants["north"], "http://127.0.0.1:9", key="another")
    assert connected(tenants["south"], "http://127.0.0.1:9", key="another").account is not None


def test_of_two_who_connect_an_account_at_once_one_does(tenants: dict[str, Tenant]) -> None:
    both = iter([tenants["north"], tenants["south"]])

    def act() -> bool:
        try:
            connected(next(both), "http://127.0.0.1:9")
        except connect.AccountTaken:
            return False
        return True

    assert sorted(at_once(2, act)) == [False, True]


# --- The installation's own tenant


def test_the_installations_tenant_takes_no_person_and_no_call(
    tenants: dict[str, Tenant],
) -> None:
    source = added("http://127.0.0.1:9")
    person = User.objects.create_user("a@example.test")
    blank = {"payload_hmac": b"", "payload": b"", "received_at": timezone.now()}
    for make in (
        lambda: Membership.objects.create(
            tenant_id=INSTANCE_ID, user=person, role=MemberRole.TENANT_ADMIN
        ),
        lambda: Transcript.objects.create(
            tenant_id=INSTANCE_ID, source=source, external_id="a", state="ready", **blank
        ),
    ):
        with (
            pytest.raises(IntegrityError, match="not_of_the_instance"),
            tenant_context(INSTANCE_ID),
        ):
            make()
    with pytest.raises(keys.KeyRefused):
        keys.tenant_of("_instance")
    with pytest.raises(first.SetupRefused):
        first.check_slug("_instance")
    with pytest.raises(IntegrityError, match="shared_by"), tenant_context(tenants["north"].pk):
        Source.objects.create(
            tenant=tenants["north"],
            kind="assemblyai",
            name="x",
            base_url="http://x",
            is_shared=True,
        )


def test_every_act_is_on_record_and_the_trail_has_no_value(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    source = added("http://127.0.0.1:9")
    routed(source, tenants["north"], tag=["north-crm"])
    routed(source, tenants["north"], tag=["north-crm"])
    shared.unroute(source, [shared.rule_of(RouteKind.TAG, "north-crm")], now=timezone.now())
    with tenant_context(INSTANCE_ID):
        events = list(AuditEvent.objects.order_by("sequence"))
        assert not Route.objects.exists()
    assert [row.event for row in events] == ["source.connected", "route.added", "route.removed"]
    assert "north-crm" not in str([row.data for row in events])
    with tenant_context(tenants["north"].pk):
        assert [row.event for row in AuditEvent.objects.all()] == ["source.connected"]


# --- The command


def account(monkeypatch: pytest.MonkeyPatch, *args: str, key: str = "") -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(key))
    out = io.StringIO()
    call_command("account", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_an_account_is_looked_after_by_command(
    tenants: dict[str, Tenant], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [call(1, "north"), call(2, "old"), call(3), call(4, audio="https://audio.test/s")]
    with serving(rows, settings) as sandbox:
        said = account(monkeypatch, "add", "platform", "--url", sandbox.base_url, key=f"{KEY}\n")
        assert KEY not in said
        assert "1 routes to north" in account(monkeypatch, "route", "platform", "--tenant", "north")
        account(
            monkeypatch, "route", "platform", "--tenant", "south",
            "--folder", "https://audio.test/s", "--tag", "old",
        )  # fmt: skip
        drain()
        shown = account(monkeypatch, "show", "--routes")
        assert "calls: 3 held, 1 quarantined" in shown
        assert "north: 1 calls; 1 by tag" in shown
        assert "south: 2 calls; 1 by audio, 1 by tag" in shown
        assert "quarantine: 1 no_route" in shown
        assert "south  audio  https://audio.test/s/" in shown
        assert f"no_route  {rows[2]['id']}" in account(monkeypatch, "quarantine", "platform")
        account(monkeypatch, "route", "platform", "--tenant", "west", "--id", rows[2]["id"])
        account(monkeypatch, "unroute", "platform", "--tag", "old")
        assert "0 calls" in account(monkeypatch, "quarantine", "platform", "--again")
        drain()
    assert held(tenants["west"]) == ids(rows[2])
    assert len(account(monkeypatch, "hook", "platform").splitlines()[-1]) > 40
    account(monkeypatch, "pause", "platform")
    assert shared.find("platform").state == SourceState.PAUSED
    account(monkeypatch, "resume", "platform")
    assert shared.find("platform").state == SourceState.ACTIVE


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("add platform", "The account is refused"),
        ("add other --pace 0", "The pace is refused"),
        ("add other --url http://a.test/?x=1", "The address of the source is refused"),
        ("show nobody", "'nobody'"),
        ("route platform --tenant east", "'east'"),
        ("route platform --tenant _instance", "'_instance'"),
        ("route platform --tenant west", "suspended"),
        ("route platform --tenant north --folder ftp://a/b", "The folder is refused"),
        ("route platform --tenant north --folder https://a/b/../c", "The folder is refused"),
        ("route platform --tenant north --folder https://a/b?c", "The folder is refused"),
        ("route platform --tenant south --tag north", "leads to north already"),
        ("unroute platform", "no route"),
        ("unroute platform --tag south", "leads nowhere"),
    ],
)
def test_wrong_input_is_refused_in_three_parts(
    words: str, reason: str, tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    routed(added("https://api.assemblyai.com"), tenants["north"], tag=["north"])
    Tenant.objects.filter(slug="west").update(suspended_at=timezone.now())
    with pytest.raises(CommandError, match=r".+: .+\. .+") as refused:
        account(monkeypatch, *words.split(), key=KEY)
    assert reason in str(refused.value)
    assert KEY not in str(refused.value)


def test_a_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="The key is refused"):
        account(monkeypatch, "add", "platform")


def test_new_calls_of_a_shared_account_are_polled(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    with serving([call(1, "north")], settings) as sandbox:
        source = added(sandbox.base_url)
        routed(source, tenants["north"], tag=["north"])
        with tenant_context(INSTANCE_ID):
            Job.objects.filter(kind="backfill").delete()
            poll.start(source)
        drain()
    assert len(held(tenants["north"])) == 1


def test_a_share_of_an_account_has_the_accounts_name_where_it_is_free(
    tenants: dict[str, Tenant],
) -> None:
    with tenant_context(tenants["north"].pk):
        Source.objects.create(tenant=tenants["north"], kind="files", name="platform")
    routed(added("http://127.0.0.1:9"), tenants["north"], tag=["north"])
    with tenant_context(tenants["north"].pk):
        names = set(Source.objects.values_list("name", flat=True))
    assert len(names) == 2
    assert all(name.startswith("platform") for name in names)


def test_a_call_of_a_tenant_without_room_waits_and_the_others_go_on(
    tenants: dict[str, Tenant], settings: Settings
) -> None:
    Tenant.objects.filter(slug="north").update(calls_per_day=0)
    rows = [call(1, "north"), call(2, "south")]
    with serving(rows, settings) as sandbox:
        source = added(sandbox.base_url)
        for slug in ("north", "south"):
            routed(source, tenants[slug], tag=[slug])
        drain()
        assert (held(tenants["north"]), held(tenants["south"])) == (set(), ids(rows[1]))
        waits = listed(source)[rows[0]["id"]]
        assert (waits.state, waits.last_error_code) == ("wanted", "quota_reached")
        Tenant.objects.filter(slug="north").update(calls_per_day=1)
        with tenant_context(INSTANCE_ID):
            ListedCall.objects.update(look_at=timezone.now())
            Job.objects.update(due_at=timezone.now())
        drain()
    assert held(tenants["north"]) == ids(rows[0])


def test_a_tenant_is_led_its_calls_by_its_template_and_none_once_it_is_deleted(
    settings: Settings, tmp_path: Path
) -> None:
    settings.TENANT_TEMPLATES_DIR = str(tmp_path)
    routing = "routing: {account: platform}\nretention: {recordings_days: 3}"
    (tmp_path / "routed.yaml").write_text(routing)
    rows = [call(1, "cust-1")]
    with serving(rows, settings) as sandbox:
        source = added(sandbox.base_url)
        wanted = Wanted(slug="one", template="routed")
        made = platform.put(external_id="cust-1", wanted=wanted, by=None, now=timezone.now())
        drain()
    assert held(made.tenant) == ids(*rows)
    with tenant_context(made.tenant.pk):
        days = set(Source.objects.values_list("name", "audio_mode", "audio_days"))
    assert days == {("Files", "keep", 3), ("platform", "keep", 3)}
    platform.erase(external_id="cust-1", by=None, now=timezone.now())
    drain()
    assert not Tenant.objects.filter(slug="one").exists()
    assert quarantined(source) == {rows[0]["id"]: "no_route"}
    with tenant_context(INSTANCE_ID):
        assert not Route.objects.exists()
