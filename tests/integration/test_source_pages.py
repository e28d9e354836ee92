"""Sources and jobs on their pages, over the API and by command: the same numbers, and refusals."""

import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts.keys import Scope
from reviews.ingest import backfill, connect, control, hooks, upload, watched
from reviews.models import (
    AuditEvent,
    FoundBy,
    Job,
    JobKind,
    JobState,
    ListedCall,
    ListedState,
    MemberRole,
    Source,
    SourceState,
    Tenant,
    VendorAccount,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.queries import health, jobs
from reviews.queries.health import Phase
from tests.factories import api
from tests.integration.test_import_page import member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def source(tenant: Tenant) -> Source:
    return made(tenant, "Phones")


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    return member(tenant)


def made(tenant: Tenant, name: str) -> Source:
    with tenant_context(tenant.pk):
        return connect.connect(
            tenant_id=tenant.pk,
            name=name,
            base_url="http://127.0.0.1:9",
            key="k",
            by=None,
            now=timezone.now(),
        )


def filed(tenant: Tenant) -> Source:
    with tenant_context(tenant.pk):
        return upload.source_of_files(
            tenant_id=tenant.pk, name="Files", by=None, now=timezone.now()
        )


def heard_of(source: Source, state: ListedState, count: int = 1, **given: Any) -> None:
    now = timezone.now()
    ended = None if state == ListedState.WANTED else now
    given = {"found_by": FoundBy.BACKFILL, "seen_at": now, "listed_at": now} | given
    with tenant_context(source.tenant_id):
        for _ in range(count):
            ListedCall.objects.create(
                tenant_id=source.tenant_id, source=source, external_id=str(uuid7()), rank=2,
                look_at=now, state=state, ended_at=ended, **given,
            )  # fmt: skip


def shown(client: Client, source: Source, query: str = "", name: str = "source-detail") -> str:
    answer = client.get(reverse(name, args=["a", source.pk]) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def act(client: Client, source: Source, name: str, **sent: Any) -> Any:
    return client.post(reverse(f"source-{name}", args=["a", source.pk]), sent)


def again(source: Source) -> Source:
    with tenant_context(source.tenant_id):
        return Source.objects.get(pk=source.pk)


def change(source: Source, **values: Any) -> None:
    with tenant_context(source.tenant_id):
        Source.objects.filter(pk=source.pk).update(**values)


def seen(source: Source) -> health.Health:
    with tenant_context(source.tenant_id):
        return watched.health_of(Source.objects.get(pk=source.pk), now=timezone.now())


def begun(source: Source) -> Job:
    with tenant_context(source.tenant_id):
        return backfill.start(Source.objects.get(pk=source.pk))


def everything(source: Source) -> None:
    yesterday = timezone.now() - timedelta(days=1, hours=1)
    heard_of(source, ListedState.WANTED, 3)
    heard_of(source, ListedState.HELD, 4, webhook_status=200)
    heard_of(source, ListedState.HELD, found_by=FoundBy.POLL, webhook_status=503)
    heard_of(source, ListedState.REFUSED, 2, last_error_code="too_large")
    heard_of(source, ListedState.REFUSED, last_error_code="bad_reply", found_by=FoundBy.POLL)
    heard_of(source, ListedState.GONE, found_by=FoundBy.RECONCILIATION, seen_at=yesterday)
    heard_of(source, ListedState.SKIPPED, 2)


def test_every_number_counts_the_list_that_it_leads_to(admin: Client, source: Source) -> None:
    everything(source)
    numbers = seen(source)
    counted = {**numbers.states, "today": numbers.today, "compared": numbers.compared}
    counted |= {"unanswered": numbers.unanswered, "expiring": numbers.expiring}
    assert counted == {
        "wanted": 3, "held": 5, "gone": 1, "refused": 3, "skipped": 2, "erased": 0,
        "today": 13, "compared": 1, "unanswered": 1, "expiring": 0,
    }  # fmt: skip
    for show, count in counted.items():
        page = shown(admin, source, f"?show={show}", "source-listed")
        assert page.count("<tr>") == (count + 1 if count else 0), show
    assert numbers.refused_by == [("too_large", 2), ("bad_reply", 1)]
    page = shown(admin, source)
    assert 'show=refused">3</a>' in page
    assert "too large (2), bad reply (1)" in page


def test_what_is_deleted_soon_is_told_and_fetched_first(admin: Client, source: Source) -> None:
    heard_of(source, ListedState.WANTED, 2, listed_at=timezone.now() - timedelta(hours=30))
    heard_of(source, ListedState.WANTED, 1)
    assert seen(source).expiring == 2
    told = "2 calls will be deleted upstream within 2 days and are not here yet."
    assert told in shown(admin, source)
    assert act(admin, source, "first").status_code == 302
    with tenant_context(source.tenant_id):
        assert ListedCall.objects.filter(rank=1).count() == 2
    act(admin, source, "watch", poll_every_s="60", poll_overlap_h="24", retention="0")
    assert told not in shown(admin, source)


def test_a_long_list_comes_a_page_at_a_time(admin: Client, source: Source) -> None:
    heard_of(source, ListedState.WANTED, 51)
    address = reverse("source-listed", args=["a", source.pk])
    first: Any = admin.get(address, {"show": "wanted"})
    second: Any = admin.get(address + first.context["next_url"])
    ids = [row.row.pk for page in (first, second) for row in page.context["page"].rows]
    assert len(ids) == len(set(ids)) == 51
    assert second.context["next_url"] == ""
    for query in ({"show": "none"}, {"after": "x"}):
        assert admin.get(address, query).status_code == 400


def test_a_backfill_says_so_far_before_its_total_is_known(source: Source) -> None:
    assert seen(source).backfill.phase == Phase.NONE
    job = begun(source)
    heard_of(source, ListedState.WANTED, 3)
    heard_of(source, ListedState.HELD, 6)
    run = seen(source).backfill
    assert (run.phase, run.found, run.done, run.total) == (Phase.LISTING, 9, 6, None)
    assert (run.rate, run.eta_s) == (0.1, None)
    with tenant_context(source.tenant_id):
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    change(source, backfill_listed_at=timezone.now())
    run = seen(source).backfill
    assert (run.phase, run.done, run.total) == (Phase.FETCHING, 6, 9)
    assert run.eta_s == pytest.approx(30)
    with tenant_context(source.tenant_id):
        control.pause(again(source), by=None)
    assert seen(source).backfill.phase == Phase.PAUSED
    change(source, backfill_done_at=timezone.now())
    assert seen(source).backfill.phase == Phase.DONE


def test_a_backfill_that_stopped_is_told_with_its_error(admin: Client, source: Source) -> None:
    job = begun(source)
    with tenant_context(source.tenant_id):
        Job.objects.filter(pk=job.pk).update(state=JobState.DEAD, last_error_code="bad_reply")
    assert seen(source).backfill.phase == Phase.STOPPED
    assert "Last error: bad reply" in shown(admin, source)


def test_what_was_cancelled_while_it_was_fetched_is_not_taken_up_by_resuming(
    admin: Client, source: Source
) -> None:
    job = begun(source)
    heard_of(source, ListedState.WANTED, 2)
    with tenant_context(source.tenant_id):
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, finished_at=timezone.now())
    change(source, backfill_listed_at=timezone.now())
    act(admin, source, "cancel")
    assert seen(source).backfill.phase == Phase.CANCELLED
    act(admin, source, "pause")
    act(admin, source, "resume")
    assert seen(source).backfill.phase == Phase.CANCELLED
    assert act(admin, source, "cancel").status_code == 409


@pytest.mark.parametrize(
    ("polled_s", "every_s", "state", "is_late"),
    [
        (170, 60, "active", False),
        (190, 60, "active", True),
        (190, None, "active", False),
        (190, 60, "paused", False),
    ],
)
def test_a_poll_is_late_after_three_intervals(
    polled_s: int, every_s: int | None, state: str, *, is_late: bool, source: Source
) -> None:
    polled_at = timezone.now() - timedelta(seconds=polled_s)
    code = "by_a_person" if state == "paused" else ""
    change(source, polled_at=polled_at, poll_every_s=every_s, state=state, paused_code=code)
    assert seen(source).is_late is is_late


def test_limits_of_the_account_are_told(admin: Client, source: Source) -> None:
    now = timezone.now()
    VendorAccount.objects.update(limited_at=now, closed_until=now + timedelta(seconds=50))
    page = shown(admin, source)
    assert "It last asked for fewer requests (429)" in page
    assert "it is asked again in" in page


def test_a_source_of_files_has_none_of_it(admin: Client, tenant: Tenant) -> None:
    files = filed(tenant)
    page = shown(admin, files).split("<main", 1)[1].split("</main>")[0]
    assert [each for each in ("Webhook", "Backfill", "Pause", "Polling") if each in page] == []
    for name in ("backfill", "cancel", "pause", "resume", "watch", "first", "compare", "secret"):
        assert act(admin, files, name).status_code == 409, name


def test_a_paused_source_is_not_asked(admin: Client, source: Source) -> None:
    assert act(admin, source, "pause").status_code == 302
    assert again(source).state == SourceState.PAUSED
    for name in ("backfill", "pause", "first", "compare"):
        assert act(admin, source, name, days="3").status_code == 409, name
    page = shown(admin, source)
    assert [each for each in ("Start", "Compare with") if each in page] == []


def test_a_disconnected_source_keeps_its_calls_and_no_key_and_a_key_connects_it_again(
    admin: Client, source: Source
) -> None:
    everything(source)
    act(admin, source, "secret", made="")
    old = again(source).account
    assert old is not None
    assert act(admin, source, "disconnect").status_code == 302
    row = again(source)
    assert (bytes(row.sealed_key), row.sealed_hook_secret, row.account_id) == (b"", None, None)
    assert VendorAccount.objects.get(pk=old.pk).connected_by is None
    for name in ("test", "resume", "backfill", "pause", "first", "compare", "disconnect"):
        assert act(admin, source, name, days="3").status_code == 409, name
    page = shown(admin, source)
    assert "Disconnected: it is asked nothing" in page
    offered = ("Resume", "Change the key<", "Start", "Test the connection", "Submit a recording")
    assert [each for each in offered if each in page] == []
    given = {"audio_url": "https://recorder.example/1.wav"}
    assert act(admin, source, "submit", **given).status_code == 422
    assert act(admin, source, "key", key="another").status_code == 302
    assert (again(source).state, bool(again(source).sealed_key)) == (SourceState.ACTIVE, True)
    assert VendorAccount.objects.get(connected_by=source.pk).pk != old.pk
    with tenant_context(source.tenant_id):
        events = AuditEvent.objects.filter(target_id=source.pk).order_by("sequence")
        assert [each.event for each in events][-3:] == [
            "source.disconnected", "source.key_changed", "source.resumed",
        ]  # fmt: skip


@pytest.mark.parametrize("role", [MemberRole.LEAD, MemberRole.AUDITOR, MemberRole.INTEGRATOR])
def test_who_only_sees_is_offered_no_button(
    role: MemberRole, tenant: Tenant, source: Source
) -> None:
    everything(source)
    client = member(tenant, role)
    main = shown(client, source).split("<main", 1)[1].split("</main>")[0]
    assert re.findall(r'<form[^>]* action="([^"]*)"', main) == [reverse("stay")]
    for name in ("pause", "secret", "watch"):
        assert act(client, source, name).status_code == 403
    assert again(source).state == SourceState.ACTIVE


def test_connecting_in_the_browser_begins_to_poll_and_to_compare(
    admin: Client, tenant: Tenant
) -> None:
    sent = {"name": "New", "base_url": "http://127.0.0.1:9", "key": "k"}
    assert admin.post(reverse("source-connect", args=["a"]), sent).status_code == 302
    with tenant_context(tenant.pk):
        assert set(Job.objects.values_list("kind", flat=True)) == {"poll", "reconcile"}


def test_a_secret_is_in_the_answer_to_its_post_alone(admin: Client, source: Source) -> None:
    mark = {"made": "none"}
    answer = act(admin, source, "secret", **mark)
    (secret,) = [answer.context["secret"]]
    assert "no-store" in answer["Cache-Control"]
    assert answer.status_code == 200
    assert secret in answer.content.decode()
    assert secret not in str(answer.cookies) + str(answer.headers)
    assert secret not in shown(admin, source)
    sealed = bytes(again(source).sealed_hook_secret or b"")
    assert act(admin, source, "secret", **mark).status_code == 409, "the form loaded again"
    assert bytes(again(source).sealed_hook_secret or b"") == sealed
    with tenant_context(source.tenant_id):
        assert AuditEvent.objects.filter(event="source.hook_rotated").count() == 1


def test_the_webhooks_address_is_shown_in_full(admin: Client, source: Source) -> None:
    path = reverse("source-hook", args=[source.tenant_id, source.pk])
    page = shown(admin, source)
    assert f"http://testserver{path}" in page
    assert hooks.HEADER in page


@pytest.mark.parametrize(
    ("sent", "hours"),
    [("unknown", None), ("0", 0), ("72", 72), ("720", 720), ("2160", 2160), ("own", 100)],
)
def test_a_retention_is_kept_and_shown_again(
    sent: str, hours: int | None, admin: Client, source: Source
) -> None:
    own = {"own_hours": "100"} if sent == "own" else {}
    settings = {"poll_every_s": "", "poll_overlap_h": "48", "retention": sent, **own}
    assert act(admin, source, "watch", **settings).status_code == 302
    row = again(source)
    assert (row.poll_every_s, row.poll_overlap_h) == (None, 48)
    assert row.upstream_retention_hours == hours
    assert f'<option value="{sent}" selected>' in shown(admin, source)


@pytest.mark.parametrize(
    "wrong",
    [
        {"poll_every_s": "5"},
        {"poll_every_s": "x"},
        {"poll_overlap_h": "0"},
        {"poll_overlap_h": ""},
        {"retention": "71"},
        {"retention": "own"},
        {"retention": "own", "own_hours": "0"},
    ],
)
def test_a_wrong_setting_is_refused_and_changes_nothing(
    wrong: dict[str, str], admin: Client, source: Source
) -> None:
    right = {"poll_every_s": "30", "poll_overlap_h": "48", "retention": "720"}
    answer = act(admin, source, "watch", **(right | wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert again(source).poll_every_s == 60


@pytest.mark.parametrize("days", ["0", "92", "x", ""])
def test_days_that_cannot_be_compared_are_refused(days: str, admin: Client, source: Source) -> None:
    assert act(admin, source, "compare", days=days).status_code == 409
    assert again(source).reconcile_day is None


def job(tenant: Tenant, kind: JobKind, about: UUID, **values: Any) -> Job:
    given = {"due_at": timezone.now(), "key": str(uuid7())} | values
    with tenant_context(tenant.pk):
        return Job.objects.create(tenant=tenant, kind=kind, subject_id=about, **given)


def page_of(tenant: Tenant, **asked: Any) -> jobs.JobPage:
    given = {"state": None, "after": None, "is_dead_first": True} | asked
    with tenant_context(tenant.pk):
        return jobs.page(tenant.pk, now=timezone.now(), **given)


def test_a_standing_job_rests_and_a_dead_letter_comes_first(tenant: Tenant, source: Source) -> None:
    later = timezone.now() + timedelta(minutes=5)
    job(tenant, JobKind.POLL, source.pk, state="dead", last_error_code="key_refused")
    job(tenant, JobKind.FETCH, source.pk, state="done", finished_at=timezone.now())
    job(tenant, JobKind.RECONCILE, source.pk, due_at=later)
    job(tenant, JobKind.RECONCILE, source.pk, due_at=later, last_error_code="vendor_down")
    job(tenant, JobKind.EVALUATE, source.pk, state="done", finished_at=timezone.now())
    page = page_of(tenant)
    assert [row.state.value for row in page.rows] == [
        "dead",
        "done",
        "queued",
        "resting",
        "resting",
    ]
    assert page.counts == {"dead": 1, "done": 1, "queued": 1, "resting": 2}
    assert [row.due_at for row in page.rows[3:]] == [later, None]
    assert len(page_of(tenant, state=jobs.Shown.RESTING).rows) == 2


def test_a_fetch_tells_how_far_it_is_and_how_fast(tenant: Tenant, source: Source) -> None:
    heard_of(source, ListedState.WANTED, 3)
    heard_of(source, ListedState.HELD, 6)
    heard_of(source, ListedState.SKIPPED, 5)
    job(tenant, JobKind.FETCH, source.pk)
    (row,) = page_of(tenant).rows
    assert (row.done, row.total, row.rate) == (6, 9, 0.1)
    assert row.eta_s == pytest.approx(30)


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        ({}, True),
        ({"state": "running"}, True),
        ({"due_s": 50}, False),
        ({"beside": {"state": "running", "due_s": -60}}, False),
        ({"beside": {"state": "done", "finished_s": 30}}, False),
        ({"beside": {"state": "done", "finished_s": 90}}, True),
    ],
)
def test_a_worker_that_is_not_seen_is_told(
    values: dict[str, Any], *, is_told: bool, tenant: Tenant, source: Source, admin: Client
) -> None:
    now = timezone.now()
    for each in (values, values.get("beside")):
        if each is not None:
            ended = each.get("finished_s")
            job(
                tenant, JobKind.EVALUATE, source.pk, state=each.get("state", "queued"),
                due_at=now - timedelta(seconds=each.get("due_s", 90)),
                finished_at=now - timedelta(seconds=ended) if ended else None,
            )  # fmt: skip
    page = admin.get(reverse("job-list", args=["a"])).content.decode()
    assert ("No worker is seen working" in page) is is_told


def test_a_dead_letter_is_tried_again_and_nothing_else_is(
    tenant: Tenant, source: Source, admin: Client
) -> None:
    dead = job(tenant, JobKind.EVALUATE, source.pk, state="dead", attempts=5)
    address = reverse("job-retry", args=["a", dead.pk])
    assert admin.post(address).status_code == 302
    with tenant_context(tenant.pk):
        dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (JobState.QUEUED, 0)
    assert admin.post(address).status_code == 409


def test_jobs_come_a_page_at_a_time(tenant: Tenant, source: Source, admin: Client) -> None:
    for _ in range(jobs.PAGE + 1):
        job(tenant, JobKind.EVALUATE, source.pk)
    address = reverse("job-list", args=["a"])
    first: Any = admin.get(address)
    second: Any = admin.get(address + first.context["next_url"])
    assert [len(each.context["page"].rows) for each in (first, second)] == [jobs.PAGE, 1]
    for query in ({"state": "none"}, {"after": "x"}):
        assert admin.get(address, query).status_code == 400


def test_the_api_tells_the_numbers_of_the_page(tenant: Tenant, source: Source) -> None:
    everything(source)
    begun(source)
    filed(tenant)
    key = api.token(tenant, Scope.SOURCES)
    files, phones = api.get(key, "sources").json()["results"]
    assert (files["kind"], files["health"]) == ("files", None)
    assert phones == api.get(key, f"sources/{source.pk}").json()
    told, numbers = phones["health"], seen(source)
    assert {name: told[name] for name in numbers.states} == numbers.states
    assert told["refused_by"] == {"too_large": 2, "bad_reply": 1}
    assert (told["today"], told["expiring"], told["unanswered"]) == (13, 0, 1)
    assert told["backfill"]["phase"] == "listing"
    assert told["backfill"]["total"] is None
    assert told["backfill"]["done"] == numbers.backfill.done


def test_the_api_lists_jobs_page_after_page(tenant: Tenant, source: Source) -> None:
    for _ in range(3):
        job(tenant, JobKind.EVALUATE, source.pk)
    job(tenant, JobKind.POLL, source.pk, state="done")
    key = api.token(tenant, Scope.SOURCES)
    rows = api.rows(key, "jobs", limit=2)
    assert [row["kind"] for row in rows] == ["keys", "poll", "evaluate", "evaluate", "evaluate"]
    assert (rows[0]["state"], rows[0]["source"]) == ("resting", None)
    assert (rows[1]["state"], rows[1]["source"]) == ("resting", str(source.pk))
    assert len(api.rows(key, "jobs", state="queued")) == 3
    assert api.get(key, "jobs").json()["counts"]["queued"] == 3


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("jobs?state=none", 400),
        ("jobs?limit=0", 400),
        ("jobs?cursor=x", 400),
        ("jobs?none=1", 400),
        ("sources?limit=1", 400),
        (f"sources/{UUID(int=7)}", 404),
    ],
)
def test_what_the_api_does_not_know_is_refused(address: str, status: int, tenant: Tenant) -> None:
    assert api.get(api.token(tenant, Scope.SOURCES), address).status_code == status
    assert api.get(api.token(tenant, Scope.FINDINGS), address).status_code == 403


def said(*given: str) -> str:
    out = io.StringIO()
    call_command("source", *given, "--tenant=a", stdout=out)
    return out.getvalue()


def test_the_command_does_what_the_page_does(tenant: Tenant, source: Source) -> None:
    everything(source)
    filed(tenant)
    assert said("list").splitlines() == [
        "Files  Files  active",
        "Phones  AssemblyAI  active  backfill: none has run",
    ]
    told = said("show", "--source=Phones")
    assert "wanted 3  held 5  gone 1  refused 3  skipped 2" in told
    assert "refused for too_large: 2" in told
    assert "backfill: reading the list, 9 listed so far, 6 fetched" in said(
        "backfill", "--source=Phones"
    )
    assert "paused (by_a_person)" in said("pause", "--source=Phones")
    assert again(source).state == SourceState.PAUSED
    assert "active" in said("resume", "--source=Phones")
    assert "paused (disconnected)" in said("disconnect", "--source=Phones")
    with pytest.raises(CommandError, match="it is disconnected"):
        said("resume", "--source=Phones")
    with tenant_context(source.tenant_id):
        connect.change_key(again(source), key="another", by=None, now=timezone.now())
    assert "backfill: cancelled" in said("cancel", "--source=Phones")
    said("compare", "--source=Phones", "--days=5")
    assert again(source).reconcile_day == (timezone.now() - timedelta(days=5)).date()
    assert said("show", "--source=Files") == "Files  Files  active\n"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["list", "--tenant=none"], "The tenant is refused"),
        (["show", "--tenant=a"], "--source does not say which of 2. Sources of the tenant: F"),
        (["show", "--tenant=a", "--source=Fax"], "no source is named “Fax”"),
        (["backfill", "--tenant=a", "--source=Files"], "a source whose calls come by files"),
        (["pause", "--tenant=a", "--source=Files"], "a source whose calls come by files"),
        (["cancel", "--tenant=a", "--source=Phones"], "its backfill: none has run"),
        (["compare", "--tenant=a", "--source=Phones", "--days=92"], "'92' was refused"),
        (["compare", "--tenant=a", "--source=Phones", "--days=x"], "'x' was refused"),
    ],
)
def test_the_command_refuses_what_is_wrong(
    given: list[str], why: str, tenant: Tenant, source: Source
) -> None:
    filed(tenant)
    with pytest.raises(CommandError, match=re.escape(why)):
        call_command("source", *given)
    assert again(source).reconcile_day is None


def test_a_tenant_without_a_source_is_told_so(tenant: Tenant) -> None:
    with pytest.raises(CommandError, match="there is none"):
        said("show")
