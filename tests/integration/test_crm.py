"""Evaluations in a CRM: each once, as it is now, whatever goes wrong on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from reviews import tasks
from reviews.demo import names
from reviews.export.crm import asking, connections, fields, records
from reviews.export.crm.port import CrmRefused
from reviews.jobs import ledger
from reviews.models import (
    AuditEvent,
    CrmConnection,
    CrmField,
    CrmRecord,
    CrmRun,
    CrmState,
    Evaluation,
    ExternalId,
    Job,
    JobKind,
    MemberRole,
    Notification,
    QueueItem,
    Standing,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import crm as queries
from reviews.queries import details, feeds
from tests.factories import crm as factory
from tests.factories import demo, hubspot, salesforce, tenants

pytestmark = pytest.mark.django_db
SLUG = "meridian-care"


@pytest.fixture
def tenant(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(asking, "GAP_S", 0.0)
    return demo.evaluated(12)[SLUG]


@dataclass
class World:
    tenant: Tenant
    crm: Any
    row: CrmConnection

    def work(self) -> Job:
        """The connection's job and whatever waits, now, until it rests."""
        with tenant_context(self.tenant.pk):
            job = Job.objects.get(kind=JobKind.CRM)
            Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
            CrmRecord.objects.filter(state="waiting").update(due_at=timezone.now())
        while claim := ledger.claim(tenant_id=self.tenant.pk, job_id=job.pk):
            tasks.work(claim)
        with tenant_context(self.tenant.pk):
            self.row.refresh_from_db()
            job.refresh_from_db()
        return job

    def states(self) -> list[str]:
        with tenant_context(self.tenant.pk):
            return sorted(CrmRecord.objects.values_list("state", flat=True))

    def ids(self) -> list[str]:
        with tenant_context(self.tenant.pk):
            return [str(each) for each in Evaluation.objects.values_list("pk", flat=True)]

    def runs(self) -> list[tuple[int, int, str]]:
        with tenant_context(self.tenant.pk):
            rows = CrmRun.objects.order_by("pk")
            return list(rows.values_list("written", "failed", "code"))


def begun(tenant: Tenant, crm: Any, wanted: connections.Wanted) -> World:
    """A connection that is on, from before the first evaluation."""
    now, by = timezone.now(), _admin()
    with tenant_context(tenant.pk):
        since = now - timedelta(days=1)
        row = connections.create(tenant_id=tenant.pk, wanted=wanted, since=since, by=by, now=now)
        with pytest.raises(CrmRefused, match="Check it first"):
            connections.turn_on(row, by=by, now=now)
        assert connections.check(row, by=by, now=now) == []
        connections.turn_on(row, by=by, now=now)
    return World(tenant, crm, row)


def _admin() -> User:
    return User.objects.get(email=names.email_of(MemberRole.TENANT_ADMIN))


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is committed has settled at once."""
    monkeypatch.setattr(feeds, "settled", timezone.now)


@pytest.fixture
def world(tenant: Tenant, settings: Settings) -> Iterator[World]:
    with salesforce.salesforce() as crm:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({crm.entry})
        settings.SITE_ADDRESS = "https://verbatim.example"
        yield begun(tenant, crm, factory.to_salesforce(crm.url))


def shown(world: World, evaluation_id: str) -> Any:
    with tenant_context(world.tenant.pk):
        row = details.evaluation_row(world.tenant.pk, Evaluation.objects.get(pk=evaluation_id).pk)
        return details.evaluation(row, is_revealed=False)


def test_every_evaluation_has_its_one_row_with_the_numbers_of_its_page(world: World) -> None:
    job = world.work()
    assert world.states() == ["written"] * len(world.ids()) != []
    assert sorted(each[salesforce.KEY] for each in world.crm.records) == sorted(world.ids())
    for record in world.crm.records:
        judged = shown(world, record[salesforce.KEY])
        assert record["Score__c"] == pytest.approx(judged.row.score, abs=0.005)
        assert record["Verdict__c"] == judged.row.verdict
        assert record["Evaluated_On__c"] == f"{judged.row.created_at:%Y-%m-%d}"
        assert record["Reviewed_Verdict__c"] == judged.reviewed.verdict
        failed = [each.rule.code for each in judged.results if each.reviewed == "failed"]
        assert record["Failed_Rules__c"] == ";".join(failed)
    assert world.runs() == [(len(world.ids()), 0, "")]
    assert (job.state, job.due_at > timezone.now()) == ("queued", True)
    writes = len(world.crm.writes)
    world.work()
    assert len(world.crm.writes) == writes, "nothing changed, nothing is written"


def test_a_verdict_is_written_into_the_row_that_is_there(world: World) -> None:
    world.work()
    with tenant_context(world.tenant.pk):
        item = QueueItem.objects.filter(standing=Standing.OPEN).select_related("finding")[0]
        QueueItem.objects.filter(pk=item.pk).update(
            standing=Standing.DISMISSED, updated_at=timezone.now()
        )
    key = str(item.finding.evaluation_id)
    assert item.rule_code in world.crm.held(key)[0]["Failed_Rules__c"]
    world.work()
    (record,) = world.crm.held(key)
    assert item.rule_code not in record["Failed_Rules__c"].split(";")
    assert record["Reviewed_Score__c"] >= record["Score__c"]
    assert world.runs()[1:] == [(1, 0, "")]


def test_where_rules_alone_send_what_they_send_is_written_and_kept_up_to_date(world: World) -> None:
    with tenant_context(world.tenant.pk):
        CrmConnection.objects.update(only_forwarded=True)
        item = QueueItem.objects.filter(standing=Standing.OPEN).select_related("finding")[0]
    world.work()
    assert world.crm.records == []
    with tenant_context(world.tenant.pk):
        records.enqueue(world.row, [item.finding.evaluation_id], now=timezone.now())
    world.work()
    with tenant_context(world.tenant.pk):
        QueueItem.objects.update(standing=Standing.DISMISSED, updated_at=timezone.now())
    world.work()
    (record,) = world.crm.records
    assert record[salesforce.KEY] == str(item.finding.evaluation_id)
    assert record["Failed_Rules__c"] in ("", None)


def test_a_worker_that_dies_after_the_request_writes_the_same_rows_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(records, "note", lambda *_: (_ for _ in ()).throw(SystemError))
        world.work()
    assert set(world.states()) == {"waiting"}
    before = [dict(each) for each in world.crm.records]
    world.work()
    assert world.crm.records == before != []
    assert set(world.states()) == {"written"}
    assert world.runs() == [(len(before), 0, "")], "the run that it had begun"


def test_one_that_always_fails_is_tried_five_times_shown_and_tried_again_by_hand(
    world: World,
) -> None:
    bad = world.ids()[0]
    world.crm.bad = {bad: "FIELD_CUSTOM_VALIDATION_EXCEPTION"}
    for _ in range(7):
        world.work()
    tried = [each for each in world.crm.writes if bad in each.path or bad.encode() in each.body]
    assert len(tried) == 5
    assert world.states().count("failed") == 1
    with tenant_context(world.tenant.pk):
        record = CrmRecord.objects.get(state="failed")
        assert (str(record.evaluation_id), record.code) == (
            bad,
            "field_custom_validation_exception",
        )
        world.crm.bad = {}
        now = timezone.now()
        assert connections.again(world.row, is_all=False, by=None, now=now) == 1
    world.work()
    assert set(world.states()) == {"written"}


def test_a_batch_that_is_refused_for_one_record_is_parted_until_that_one_is_left(
    tenant: Tenant, settings: Settings
) -> None:
    with hubspot.hubspot() as crm:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({crm.entry})
        own = begun(tenant, crm, factory.to_hubspot(crm.url))
        bad = own.ids()[1]
        crm.refuses_whole, crm.bad = True, {bad}
        own.work()
        assert sorted(crm.records) == sorted(set(own.ids()) - {bad})
        with tenant_context(tenant.pk):
            record = CrmRecord.objects.exclude(state="written").get()
        assert (str(record.evaluation_id), record.code) == (bad, "validation_error")


def test_a_limit_and_an_outage_put_the_job_off_and_lose_nothing(world: World) -> None:
    world.crm.next = [salesforce.limit_reached()]
    job = world.work()
    assert (job.state, job.last_error_code) == ("queued", "rate_limited")
    assert job.due_at > timezone.now() + timedelta(minutes=14)
    world.crm.next = [salesforce.unavailable(60)]
    world.work()
    world.work()
    assert set(world.states()) == {"written"}
    assert [code for *_, code in world.runs()] == ["rate_limited", "vendor_down", ""]


def test_a_field_that_was_deleted_there_stops_it_and_tells_the_admins(world: World) -> None:
    world.crm.fields = [each for each in world.crm.fields if each["name"] != "Score__c"]
    world.work()
    assert (world.row.state, world.row.off_code) == (CrmState.OFF, "field_absent")
    assert world.row.problems == [["field_absent", "Score__c"]]
    assert world.crm.records == []
    with tenant_context(world.tenant.pk):
        assert Notification.objects.filter(kind="crm_off").exists()
        trail = AuditEvent.objects.filter(target_kind="crmconnection").order_by("sequence")
        assert list(trail.values_list("event", flat=True)) == [
            *("crm.connected", "crm.checked", "crm.on", "crm.off")
        ]
    assert set(world.states()) == {"waiting"}


def test_words_go_only_where_an_admin_lets_them_masked_and_cut(world: World) -> None:
    now = timezone.now()
    with tenant_context(world.tenant.pk):
        mapping = {**factory.MAPPED, CrmField.QUOTE: "Quote__c"}
        wanted = replace(factory.to_salesforce(world.crm.url), mapping=mapping)
        connections.change(world.row, wanted, by=None, now=now)
        assert all("Quote__c" not in each.values for each in connections.preview(world.row))
    world.work()
    assert all("Quote__c" not in each for each in world.crm.records)
    with tenant_context(world.tenant.pk):
        connections.quote(world.row, is_on=True, by=_admin(), now=now)
        connections.again(world.row, is_all=True, by=None, now=now)
        trail = AuditEvent.objects.get(event="crm.quotes_on")
        assert trail.data == {"field": "Quote__c"}
    world.work()
    said = [each["Quote__c"] for each in world.crm.records if each.get("Quote__c")]
    assert said
    assert all(len(each) <= 120 for each in said)


def test_a_preview_shows_what_is_written_and_asks_nothing(world: World) -> None:
    world.work()
    asked = len(world.crm.asked)
    with tenant_context(world.tenant.pk):
        rows = connections.preview(world.row)
    assert len(world.crm.asked) == asked
    assert len(rows) == min(10, len(world.ids()))
    for each in rows:
        (held,) = world.crm.held(each.key)
        assert {name: held[name] for name in each.values} == {
            name: fields.plain(value) for name, value in each.values.items()
        }


def test_hubspot_is_told_the_ids_that_others_gave(tenant: Tenant, settings: Settings) -> None:
    with hubspot.hubspot() as crm:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({crm.entry})
        crm.properties.append(hubspot.of_type("verbatim_account_crm", "string"))
        wanted = factory.to_hubspot(crm.url)
        mapping = {**wanted.mapping, CrmField.ACCOUNT_CRM: "verbatim_account_crm"}
        with tenant_context(tenant.pk):
            call = Evaluation.objects.order_by("pk")[0]
            ExternalId.objects.create(
                tenant=tenant,
                kind="account",
                transcript_id=call.transcript_id,
                system="hubspot",
                value="77",
                changed_at=timezone.now(),
            )
        own = begun(tenant, crm, replace(wanted, mapping=mapping))
        own.work()
        assert sorted(crm.records) == sorted(own.ids())
        assert crm.records[str(call.pk)]["verbatim_account_crm"] == "77"


def test_each_kind_of_change_is_seen_in_its_order_page_by_page() -> None:
    own = tenants.world("a")
    at = [tenants.NOW + timedelta(seconds=each) for each in range(1, 5)]
    first = own["CallReview"].ended_at
    with tenant_context(own.tenant.pk):
        QueueItem.objects.update(updated_at=at[0])
        tenants.make("CallReview", own.tenant, own.user, own.rows, sequence=7, ended_at=at[1])
        tenants.make("ManualFinding", own.tenant, own.user, own.rows, at=at[2])
        ExternalId.objects.update(changed_at=at[3])
        evaluation = Evaluation.objects.get()
        place, seen = (at[0] - timedelta(milliseconds=1), connections.FIRST), []
        while found := queries.changes(own.tenant.pk, place, limit=1):
            seen += found
            place = found[-1]
    assert seen == [(each, evaluation.pk) for each in (*at, first, evaluation.created_at)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "no name"),
        ({"address": "https://evil.example"}, "Give one under"),
        ({"address": "http://acme.my.salesforce.com"}, "https"),
        ({"address": ""}, "your own domain"),
        ({"client_id": ""}, "consumer key"),
        ({"username": "a@b.example"}, "JWT"),
        ({"secret": ""}, "secret"),
        ({"object_name": "a/../b"}, "API name"),
        ({"mapping": {}}, "no field"),
        ({"mapping": {CrmField.SCORE: salesforce.KEY}}, "twice"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(changed: dict[str, Any], said: str) -> None:
    tenant, now = Tenant.objects.create(slug="a", name="A"), timezone.now()
    with tenant_context(tenant.pk):
        wanted = replace(factory.to_salesforce(), **changed)
        with pytest.raises(Exception, match=said) as refused:
            connections.create(tenant_id=tenant.pk, wanted=wanted, since=now, by=None, now=now)
        assert "-consumer-" not in str(refused.value)
        row = connections.create(
            tenant_id=tenant.pk, wanted=factory.to_salesforce(), since=now, by=None, now=now
        )
        elsewhere = replace(
            factory.to_salesforce(), secret="", address="https://other.my.salesforce.com"
        )
        with pytest.raises(CrmRefused, match="secret again"):
            connections.change(row, elsewhere, by=None, now=now)
