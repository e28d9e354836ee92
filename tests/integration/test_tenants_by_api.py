"""Tenants by the platform's key alone: made from a template, configured, suspended, deleted."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from reviews.accounts.keys import PlatformScope
from reviews.models import (
    AuditEvent,
    Evaluation,
    Job,
    MemberRole,
    Membership,
    Source,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID
from reviews.platform import erase
from reviews.platform.erase import tables
from reviews.platform.templates import Routing, template
from reviews.queries import feeds
from tests.factories import api
from tests.factories.loop import drain
from tests.factories.races import at_once
from tests.factories.tenants import tenant_models, world
from tests.integration.test_api import curl

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs/operator/platform.md"
RUBRIC = """
name: Greeting
rules:
  - code: greeting
    title: Greets
    severity: low
    violation_when: absent
    check: {query: '"thank you for calling"'}
"""
CALL = {
    "utterances": [
        {"speaker": "A", "text": "thank you for calling", "start": 0, "end": 2000},
        {"speaker": "B", "text": "hello", "start": 2000, "end": 3000},
    ]
}


@pytest.fixture
def templates(settings: Settings, tmp_path: Path) -> Path:
    """One that is empty, so that a tenant is made at once."""
    settings.TENANT_TEMPLATES_DIR = str(tmp_path)
    (tmp_path / "bare.yaml").write_text("{}")
    return tmp_path


class Platform:
    """Requests of the platform's key."""

    def __init__(self) -> None:
        self.key = api.platform()
        self.client = Client(headers={"Authorization": f"Bearer {self.key.token}"})

    def get(self, address: str = "", tenant: str | None = None, **query: Any) -> Any:
        return self.client.get(_at(address, tenant), query or None, headers=_for(tenant))

    def put(self, external_id: str, **body: Any) -> Any:
        return self.sent(external_id, json.dumps(body))

    def sent(self, external_id: str, body: str | bytes) -> Any:
        return self.client.put(_at(f"/{external_id}"), body, "application/json")

    def post(self, tenant: str, address: str, body: str, kind: str = "application/json") -> Any:
        return self.client.post(_at(address, tenant), body, kind, headers=_for(tenant))

    def delete(self, external_id: str) -> Any:
        return self.client.delete(_at(f"/{external_id}"))

    def bare(self, external_id: str, **more: Any) -> Any:
        return self.put(external_id, slug=f"t-{external_id}", template="bare", **more)


def _at(address: str, tenant: str | None = None) -> str:
    return f"/api/v1/{address}" if tenant else f"/api/v1/platform/tenants{address}"


def _for(tenant: str | None) -> dict[str, str]:
    return {"Verbatim-Tenant": tenant} if tenant else {}


@pytest.fixture
def platform(templates: Path) -> Platform:
    return Platform()


def events(tenant_id: Any) -> list[str]:
    with tenant_context(tenant_id):
        return [row.event for row in AuditEvent.objects.order_by("sequence")]


def test_a_tenant_is_made_with_what_its_template_names(platform: Platform, templates: Path) -> None:
    (templates / "clinic.yaml").write_text(
        """
settings: {idle_minutes: 30, needs_factor: true}
quotas: {calls_per_day: 100}
packs: [card_payments]
roles: [{email: help@platform.test, role: auditor}]
retention: {recordings_days: 7}
keys: [{name: crm, scopes: [read:findings], days: 10, networks: [127.0.0.1]}]
"""
    )
    admin = {"email": "Ann@north.test", "role": "tenant_admin", "name": "Ann"}
    answer = platform.put(
        "cust-1", slug="north", name="North", template="clinic", members=[admin],
        settings={"idle_minutes": None},
    )  # fmt: skip
    body = answer.json()
    assert answer.status_code == 201
    assert body["settings"] == {
        "needs_factor": True, "second_person": False, "idle_minutes": None, "colour": "",
    }  # fmt: skip
    assert (body["state"], body["quotas"]["calls_per_day"]) == ("open", 100)
    (key,) = body["keys"]
    assert api.get(key["token"], "findings").status_code == 200
    assert [(each["email"], each["role"]) for each in body["invitations"]] == [
        ("help@platform.test", "auditor"), ("ann@north.test", "tenant_admin"),
    ]  # fmt: skip
    assert Client().get(body["invitations"][1]["link"]).status_code == 200
    tenant = Tenant.objects.get(external_id="cust-1")
    with tenant_context(tenant.pk):
        source = Source.objects.get()
        actors = set(AuditEvent.objects.values_list("api_key_id", flat=True))
    assert (source.audio_mode, source.audio_days) == ("keep", 7)
    assert actors == {platform.key.row.pk}
    assert "rubric.published" in events(tenant.pk)
    assert events(INSTANCE_ID) == ["api_key.made", "tenant.made"]


def test_the_same_body_again_writes_nothing_and_another_what_differs(platform: Platform) -> None:
    person = {"email": "ann@north.test"}
    body: dict[str, Any] = {"quotas": {"calls_per_day": 5}, "members": [person]}
    assert platform.bare("1", **body).status_code == 201
    tenant = Tenant.objects.get(external_id="1")
    before = events(tenant.pk), events(INSTANCE_ID)
    again = platform.bare("1", **body)
    assert (again.status_code, again.json()["keys"], again.json()["invitations"]) == (200, [], [])
    assert (events(tenant.pk), events(INSTANCE_ID)) == before
    changed = platform.put("1", quotas={"calls_per_day": None}, name="New").json()
    assert (changed["name"], changed["quotas"]["calls_per_day"]) == ("New", None)
    assert (changed["slug"], changed["state"]) == ("t-1", "open")
    assert events(INSTANCE_ID)[-1] == "tenant.changed"


def test_a_suspended_tenant_is_not_there_until_it_is_resumed(platform: Platform) -> None:
    platform.bare("1")
    assert platform.get("findings", "1").status_code == 200
    assert platform.put("1", suspended=True).json()["state"] == "suspended"
    assert platform.get("findings", "1").status_code == 404
    assert platform.get("/1").json()["state"] == "suspended"
    assert platform.put("1", suspended=False).json()["state"] == "open"
    assert platform.get("findings", "1").status_code == 200
    assert events(INSTANCE_ID)[-2:] == ["tenant.suspended", "tenant.resumed"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("[]", 422, "this is no JSON object"),
        ("{", 422, "line 1, column 2"),
        (b"\xff", 422, "not UTF-8"),
        ("[" * 100_000, 422, "more than"),
        ("[" * 40_000, 422, "nesting"),
        ('{"slug": "\\u0000"}', 422, "slug: a text with a character that is none"),
        ('{"slug": "a", "name": "\\ud800"}', 422, "name"),
        ('{"slug": "a", "slug": "b"}', 422, "stands twice"),
        ("{}", 422, "no “slug”"),
        ('{"slug": "A b"}', 422, "short name is refused"),
        ('{"slug": "taken"}', 409, "a name that another tenant has"),
        ('{"slug": "a", "template": "none"}', 422, "Name one of bare, default"),
        ('{"slug": "a", "template": "../bare"}', 422, "Name one of bare, default"),
        ('{"slug": "a", "colour": "red"}', 422, "body.colour: this key is not known"),
        ('{"slug": "a", "settings": {"colour": "red"}}', 422, "Write it as #rrggbb"),
        ('{"slug": "a", "settings": {"needs_provider": true}}', 422, "body.settings.needs_prov"),
        ('{"slug": "a", "settings": {"idle_minutes": NaN}}', 422, "body.settings.idle_minutes"),
        ('{"slug": "a", "quotas": {"stored_bytes": 1e400}}', 422, "body.quotas.stored_bytes"),
        ('{"slug": "a", "quotas": {"calls_per_day": "5"}}', 422, "is not a number"),
        ('{"slug": "a", "suspended": null}', 422, "body.suspended"),
        ('{"slug": "a", "members": [{"email": "x"}]}', 422, "e-mail address is refused"),
        ('{"slug": "a", "members": [{"email": "x@y.test", "role": "king"}]}', 422, "write one of"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_its_field(
    body: str | bytes, status: int, said: str, platform: Platform
) -> None:
    Tenant.objects.create(slug="taken", name="Taken")
    seen, _, problem = api.problem(platform.sent("cust-1", body))
    assert (seen, said in problem["detail"]) == (status, True), problem["detail"]
    assert platform.get("/cust-1").status_code == 404


@pytest.mark.parametrize("external_id", ["-a", "a b", "a%00b", "é", "a" * 201])
def test_an_external_id_that_could_not_stand_in_a_header_is_refused(
    external_id: str, platform: Platform
) -> None:
    assert platform.bare(external_id).status_code == 422
    assert platform.get(f"/{external_id}").status_code == 404
    assert platform.delete(external_id).status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("packs: [none]", "template.packs[0]: 'none' is not known"),
        ("packs: [refund_warranty]", "has documents with made-up values (returns, warranty"),
        ("retention: {calls_days: 5}", "template.retention.calls_days: this key is not known"),
        ("routing: {account: none}", "The account is refused"),
        ("keys: [{name: k, scopes: [write:platform]}]", "template.keys[0].scopes[0]"),
        ("keys: [{name: k}]", "template.keys[0].scopes: nothing is written"),
        ("roles: [{email: a@b.test, role: boss}]", "template.roles[0].role"),
        ("a: b: c", "line 1"),
    ],
)
def test_a_template_that_names_what_there_is_not_is_refused_and_makes_nothing(
    text: str, said: str, platform: Platform, templates: Path
) -> None:
    (templates / "wrong.yaml").write_text(text)
    answer = platform.put("1", slug="one", template="wrong")
    assert said in answer.json()["detail"], answer.json()["detail"]
    assert answer.status_code in (409, 422)
    assert platform.get("/1").status_code == 404


def test_what_one_tenant_is_called_no_other_can_be(platform: Platform) -> None:
    platform.put("a", slug="b", template="bare")
    for external_id, slug in (("b", "c"), ("d", "a"), ("e", "b")):
        answer = platform.put(external_id, slug=slug, template="bare")
        assert api.problem(answer)[2]["code"] == "name_taken"
    other = platform.put("a", template="default")
    assert api.problem(other)[0] == 409


def test_the_list_is_walked_by_its_cursor_and_has_no_installation(platform: Platform) -> None:
    for number in range(3):
        platform.bare(str(number))
    Tenant.objects.create(slug="by-hand", name="By hand")
    page = platform.get(limit=3).json()
    rest = platform.client.get(page["next"]).json()
    names = [row["external_id"] for row in page["results"] + rest["results"]]
    assert (names, rest["next"]) == (["0", "1", "2", None], None)


def test_a_key_that_only_reads_changes_no_tenant(platform: Platform) -> None:
    platform.bare("1")
    reader = Client(headers={"Authorization": f"Bearer {api.platform(PlatformScope.READ).token}"})
    assert reader.get(_at("/1")).status_code == 200
    assert reader.put(_at("/1"), "{}", "application/json").status_code == 403
    assert reader.delete(_at("/1")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_makes_the_tenant(platform: Platform) -> None:
    seen = at_once(20, lambda: platform.bare("1").status_code)
    assert sorted(seen) == [200] * 19 + [201]
    assert events(INSTANCE_ID) == ["api_key.made", "tenant.made"]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_tenant_leaves_no_row_and_its_neighbour_every_one(
    platform: Platform, settings: Settings, tmp_path: Path
) -> None:
    gone, kept = world("gone"), world("kept")
    settings.EXPORT_DIR = str(tmp_path / "drops")
    for one in (gone, kept):
        (tmp_path / "drops" / str(one.tenant.pk) / "nightly").mkdir(parents=True)
    shared = User.objects.create_user("both@example.test")
    for one in (gone, kept):
        with tenant_context(one.tenant.pk):
            Membership.objects.create(tenant=one.tenant, user=shared, role=MemberRole.LEAD)
    Tenant.objects.filter(pk=gone.tenant.pk).update(external_id="gone-1")
    before = rows_of(kept.tenant.pk)
    answer = platform.delete("gone-1")
    assert (answer.status_code, answer.json()["state"]) == (202, "deleting")
    assert platform.get("/gone-1").json()["deletion"] == {"done": 0, "total": None, "error": ""}
    assert platform.put("gone-1", slug="gone").status_code == 409
    drain()
    assert set(rows_of(gone.tenant.pk).values()) == {0}
    assert platform.delete("gone-1").status_code == platform.get("/gone-1").status_code == 404
    assert rows_of(kept.tenant.pk) == before
    assert [each.name for each in (tmp_path / "drops").iterdir()] == [str(kept.tenant.pk)]
    people = set(User.objects.values_list("email", flat=True))
    assert people == {"kept@example.test", "both@example.test"}
    with tenant_context(INSTANCE_ID):
        last = AuditEvent.objects.order_by("sequence").last()
    assert last is not None
    assert (last.event, last.target_id) == ("tenant.deleted", gone.tenant.pk)
    assert last.data == {"external_id": "gone-1", "people": 1}


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_dies_amid_its_batches_goes_on_where_it_was(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world("gone").tenant
    Tenant.objects.filter(pk=one.pk).update(external_id="gone-1")
    monkeypatch.setattr(erase, "BATCH", 7)
    batches, real = [0], erase._erase

    def dying(names: list[str], most: int) -> int:
        batches[0] += 1
        if batches[0] == 4:
            raise OSError
        return real(names, most)

    monkeypatch.setattr(erase, "_erase", dying)
    platform.delete("gone-1")
    drain()
    deletion = platform.get("/gone-1").json()["deletion"]
    assert (deletion["done"], deletion["error"]) == (21, "OSError")
    assert deletion["total"] > 21
    with tenant_context(INSTANCE_ID):
        Job.objects.update(due_at=timezone.now())
    drain()
    assert platform.get("/gone-1").status_code == 404
    assert batches[0] > 6


def rows_of(tenant_id: Any) -> dict[str, int]:
    with tenant_context(tenant_id):
        return {model.__name__: model.objects.count() for model in tenant_models()}


def test_rows_are_erased_of_a_tenant_whose_deletion_was_asked_for_and_of_no_other_table() -> None:
    one = world("a").tenant
    statement = "SELECT erase_rows(%s, 5)"
    for names, said in ((tables(), "nobody asked"), (["reviews_user"], "no table of tenants")):
        with (
            pytest.raises(DatabaseError, match=said),
            transaction.atomic(),
            tenant_context(one.pk),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [names])
        Tenant.objects.filter(pk=one.pk).update(erased_at=timezone.now())


def test_every_table_of_tenants_is_erased_children_before_parents() -> None:
    order = [*tables(), "reviews_membership"]
    assert set(order) == {model._meta.db_table for model in tenant_models()}
    assert order[0] == "reviews_job"
    for model in tenant_models():
        for field in model._meta.local_fields:
            to = field.related_model
            if to in tenant_models() and to is not model:
                assert order.index(model._meta.db_table) < order.index(to._meta.db_table)


@pytest.mark.django_db(transaction=True)
def test_the_guides_commands_work_and_its_template_can_be_read(
    live_server: LiveServer, platform: Platform, templates: Path
) -> None:
    page = DOCS.read_text()
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (templates / "whole.yaml").write_text(text)
    whole = template("whole")
    assert (whole.routing, whole.packs) == (
        Routing("platform", "external_id"), ("card_payments", "complaints"),
    )  # fmt: skip
    (templates / "clinic.yaml").write_text("{}")
    given = {"BASE": live_server.url, "PLATFORM_KEY": platform.key.token}
    commands = re.findall(r"```sh\n(curl .*?)```", page, re.DOTALL)
    made, found, gone, used = (curl(command, given) for command in commands)
    assert (made["slug"], made["quotas"]["calls_per_day"]) == ("north-wind", 500)
    assert [each["email"] for each in made["invitations"]] == ["ann@north-wind.example"]
    assert (found["results"], gone["state"], used["results"]) == ([], "deleting", [])


COUNT = 50


@pytest.fixture
def provisioned(platform: Platform) -> Platform:
    """Fifty tenants, each with a rubric and a call of its own."""
    for number in range(COUNT):
        name = f"c{number}"
        assert platform.bare(name).status_code == 201
        address = "rubric-drafts?code=greeting"
        draft = platform.post(name, address, RUBRIC, "application/yaml").json()
        told = {"rubric": draft["rubric"], "revision": draft["revision"], "note": "first"}
        assert platform.post(name, "rubric-versions", json.dumps(told)).status_code == 201
        call = CALL | {"id": f"call-{number}"}
        sent = platform.post(name, "imports?name=call.json", json.dumps(call))
        assert sent.json()["accepted"] == 1, sent.json()
    return platform


@pytest.mark.django_db(transaction=True)
def test_fifty_tenants_are_made_evaluate_a_call_and_are_deleted_by_the_api_alone(
    provisioned: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))  # what was made just now is shown
    drain()
    ids = list(Tenant.objects.exclude(pk=INSTANCE_ID).values_list("pk", flat=True))
    for number in range(COUNT):
        (row,) = provisioned.get("evaluations", f"c{number}").json()["results"]
        assert row["verdict"] == "passed"
    for number in range(COUNT):
        assert provisioned.delete(f"c{number}").status_code == 202
    drain()
    assert provisioned.get().json()["results"] == []
    for tenant_id in ids[:: COUNT // 5]:
        with tenant_context(tenant_id):
            assert not Transcript.objects.exists()
            assert not Evaluation.objects.exists()
    assert Tenant.objects.get().pk == INSTANCE_ID
    assert events(INSTANCE_ID).count("tenant.deleted") == COUNT
