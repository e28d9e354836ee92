"""Drops: files, then a manifest; the same for the same window, no change lost between two."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import sql
from pytest_django import Settings

from compliance_app.run.postgres import Server
from reviews import extras, tasks
from reviews.accounts.keys import Scope
from reviews.export import dropping, drops, reading, targets
from reviews.export.tables import TABLES, names
from reviews.jobs import ledger
from reviews.models import (
    Agent,
    AuditEvent,
    Drop,
    DropRun,
    Job,
    JobKind,
    JobState,
    MemberRole,
    Rubric,
    Tenant,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from tests.factories import api, demo
from tests.factories.dropped import KEY_ID, REGION, SECRET, Bucket, bucket
from tests.integration.test_exports import GUIDE as PAGE
from tests.integration.test_exports import evaluated_anew

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = PAGE.read_text(encoding="utf-8").partition("\n## Rule results and evidence in SQL")[2]
SQL = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
"""Tables, how a file is loaded into one, a report."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> None:
    """Files of a few rows, so that there are many; and a directory for them."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))
    monkeypatch.setattr(reading, "_ROWS", 4)
    monkeypatch.setattr(reading, "_EVALUATIONS", 4)
    monkeypatch.setattr(dropping, "FILE_ROWS", 8)
    monkeypatch.setattr(dropping, "_SOON", timedelta(0))
    settings.EXPORT_DIR = str(tmp_path)


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def aws(settings: Settings) -> Iterator[Bucket]:
    with bucket() as made:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({made.entry})
        yield made


def wanted(**of: Any) -> drops.Wanted:
    given: dict[str, Any] = {
        "name": "nightly",
        "tables": list(TABLES),
        "form": "ndjson",
        "every_hours": 6,
        "target": "folder",
        "folder": "nightly",
    }
    return drops.Wanted(**(given | of))


def in_bucket(aws: Bucket) -> dict[str, str]:
    return {
        "target": "bucket",
        "folder": "",
        "endpoint": aws.endpoint,
        "bucket": "warehouse",
        "prefix": "a/b/",
        "region": REGION,
        "access_key_id": KEY_ID,
        "secret": SECRET,
    }


def made(tenant: Tenant, **of: Any) -> Drop:
    with tenant_context(tenant.pk):
        asked = wanted(**of)
        return drops.create(tenant_id=tenant.pk, wanted=asked, by=None, now=timezone.now())


def work(tenant: Tenant, *, most: int = 200) -> Job:
    """The job of the one drop, until it rests or fails."""
    with tenant_context(tenant.pk):
        job = Job.objects.get(kind=JobKind.DROP)
    for _ in range(most):
        claim = ledger.claim(tenant_id=tenant.pk, job_id=job.pk)
        if claim is None:
            break
        tasks.work(claim)
    with tenant_context(tenant.pk):
        return Job.objects.get(pk=job.pk)


def due(drop: Drop) -> None:
    with tenant_context(drop.tenant_id):
        drops.run_now(drop, by=None, now=timezone.now())


def retried(tenant: Tenant) -> Job:
    """Its time has come."""
    with tenant_context(tenant.pk):
        Job.objects.filter(kind=JobKind.DROP).update(due_at=timezone.now())
    return work(tenant)


def files(root: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*") if each.is_file()
    }


def manifests(root: Path) -> list[dict[str, Any]]:
    """The oldest window first."""
    return [json.loads(each.read_bytes()) for each in sorted(root.rglob("manifest.json"))]


def rows(root: Path, manifest: dict[str, Any], table: str) -> list[dict[str, Any]]:
    (folder,) = [
        each.parent
        for each in root.rglob("manifest.json")
        if json.loads(each.read_bytes()) == manifest
    ]
    own = [each["name"] for each in manifest["files"] if each["table"] == table]
    return [json.loads(line) for name in own for line in (folder / name).read_text().splitlines()]


def test_a_drop_is_files_and_a_manifest_that_agrees_with_them(care: Tenant, tmp_path: Path) -> None:
    with tenant_context(care.pk):
        rubric = Rubric.objects.filter(versions__evaluations__isnull=False)[0]
    drop = made(care, rubrics=[rubric.pk])
    job = work(care)
    root = tmp_path / str(care.pk) / "nightly"
    (manifest,) = manifests(root)
    lying = {Path(name).name: body for name, body in files(root).items()}
    assert set(lying) == {each["name"] for each in manifest["files"]} | {"manifest.json"}
    filled = sum(map(bool, manifest["tables"].values()))
    assert len(manifest["files"]) > filled, "some tables are cut into several files"
    for each in manifest["files"]:
        body = lying[each["name"]]
        assert each["sha256"] == hashlib.sha256(body).hexdigest()
        assert (each["bytes"], each["rows"]) == (len(body), len(body.splitlines()))
    key = api.token(care, Scope.EXPORTS)
    for name in TABLES:
        fetched = b"".join(api.get(key, f"exports/{name}").streaming_content).splitlines()
        assert rows(root, manifest, name) == [json.loads(line) for line in fetched]
        assert manifest["tables"][name] == len(fetched)
    wide = f"evaluation_columns-{rubric.pk}"
    answer = api.get(key, f"exports/evaluation_columns/{rubric.pk}")
    whole = b"".join(answer.streaming_content).splitlines()
    assert rows(root, manifest, wide) == list(map(json.loads, whole)) != []
    schema, told = manifest["schemas"][wide], api.get(key, f"rubrics/{rubric.pk}/columns").json()
    assert schema["rubric_code"] == rubric.code
    assert [each["name"] for each in schema["columns"]] == [
        each["name"] for each in told["columns"]
    ]
    assert schema["history"] == told["history"]
    assert schema["history"][0]["version"] == 1
    with tenant_context(care.pk):
        drop.refresh_from_db()
    assert (job.state, job.due_at) == (JobState.QUEUED, drop.next_at)
    assert drop.next_at - drop.created_at == timedelta(hours=6)


def loaded(psql: Any, root: Path) -> None:
    """As the guide loads NDJSON: each file of each folder, in their order."""
    load = SQL[1]
    (copy,) = re.findall(r"\\copy (staged) FROM \S+ (\(.*\))\"$", GUIDE, re.MULTILINE)
    for folder in sorted(each.parent for each in root.rglob("manifest.json")):
        for path in sorted(folder.glob("*.ndjson")):
            psql.execute("TRUNCATE staged")
            with psql.cursor().copy(f"COPY {copy[0]} FROM STDIN {copy[1]}") as into:
                into.write(path.read_bytes())
            psql.execute(load.replace("rule_results", path.name.partition("-")[0]))


def test_the_sql_of_the_guide_keeps_each_row_once_as_it_is_now(
    care: Tenant, tmp_path: Path, server: Server
) -> None:
    tables = ["rule_results", "evidence"]
    drop = made(care, tables=tables)
    work(care)
    evaluated_anew(care)
    due(drop)
    work(care)
    key = api.token(care, Scope.EXPORTS)
    with server.connect() as psql:
        psql.execute("SET search_path = pg_temp, pg_catalog")
        psql.execute(SQL[0].encode())
        loaded(psql, tmp_path)
        for name in tables:
            asked = sql.SQL("SELECT id, is_current FROM {}").format(sql.Identifier(name))
            own = psql.execute(asked).fetchall()
            lines = b"".join(api.get(key, f"exports/{name}").streaming_content).splitlines()
            whole = [json.loads(line) for line in lines]
            assert sorted(own) == sorted((row["id"], row["is_current"]) for row in whole)
            assert {is_current for _, is_current in own} == {True, False}
        failed = psql.execute(SQL[2].encode()).fetchall()
    assert failed
    assert any(at_ms for *_, at_ms in failed)


def test_the_next_window_holds_what_changed_alone_and_begins_where_the_last_ended(
    care: Tenant, tmp_path: Path
) -> None:
    drop = made(care)
    work(care)
    with tenant_context(care.pk):
        agent = Agent.objects.all()[0]
        Agent.objects.filter(pk=agent.pk).update(name="Noor")
    due(drop)
    work(care)
    first, second = manifests(tmp_path)
    assert second["since"] == first["until"] < second["until"]
    assert second["rows"] == 1
    (row,) = rows(tmp_path, second, "agents")
    assert row["id"] == str(agent.pk)
    assert "name" not in row, "drops have no personal columns"


def test_a_worker_that_dies_between_file_and_row_leaves_no_manifest_and_the_same_files(
    care: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(care, form="parquet")
    put, count = targets.Folder.put, iter(range(100))

    def dying(self: targets.Folder, name: str, body: bytes, media_type: str) -> None:
        put(self, name, body, media_type)
        if next(count) in (3, 7):
            raise RuntimeError

    monkeypatch.setattr(targets.Folder, "put", dying)
    work(care)
    broken = files(tmp_path)
    assert broken
    assert manifests(tmp_path) == []
    retried(care)
    assert manifests(tmp_path) == []
    retried(care)
    (manifest,) = manifests(tmp_path)
    whole = files(tmp_path)
    assert broken.items() <= whole.items(), "the same names with the same bytes"
    assert len(whole) == len(manifest["files"]) + 1


def test_the_same_window_again_is_the_same_bytes(care: Tenant, tmp_path: Path) -> None:
    drop = made(care, form="parquet")
    work(care)
    before = files(tmp_path)
    with tenant_context(care.pk):
        DropRun.objects.update(ended_at=None, place=None, files=[], rows=0)
        Drop.objects.update(since=None)
    due(drop)
    work(care)
    assert files(tmp_path) == before
    body = next(body for name, body in before.items() if "calls-00001" in name)
    table = extras.load("pyarrow.parquet", extra="warehouse").read_table(io.BytesIO(body))
    assert table.schema.names == names(TABLES["calls"].shown(is_unmasked=False))


def test_a_bucket_gets_signed_files_and_the_manifest_last(care: Tenant, aws: Bucket) -> None:
    made(care, **in_bucket(aws))
    work(care)
    assert aws.order[-1].endswith("/manifest.json")
    assert all(path.startswith("/warehouse/a/b/") for path in aws.order)
    manifest = json.loads(aws.files[aws.order[-1]])
    assert len(aws.files) == len(manifest["files"]) + 1
    for each in manifest["files"]:
        (body,) = [body for path, body in aws.files.items() if path.endswith(each["name"])]
        assert each["sha256"] == hashlib.sha256(body).hexdigest()


def test_a_key_that_is_refused_is_told_in_three_parts_and_nothing_is_lost(
    care: Tenant, aws: Bucket
) -> None:
    made(care, **in_bucket(aws))
    aws.statuses = [403, 503]
    job = work(care)
    assert job.last_error_code == "target_refused"
    page = demo.signed_in(MemberRole.TENANT_ADMIN).get(reverse("drop-list", args=[care.slug]))
    assert (
        "Putting the files is refused: the bucket&#x27;s key may not put" in page.content.decode()
    )
    assert retried(care).last_error_code == "vendor_down"
    assert aws.files == {}
    retried(care)
    assert aws.order[-1].endswith("/manifest.json")
    with tenant_context(care.pk):
        run = DropRun.objects.get()
        assert (run.code, run.ended_at is not None) == ("", True)


def test_a_drop_that_is_off_rests_and_goes_on_where_it_ended(care: Tenant, tmp_path: Path) -> None:
    drop = made(care, tables=["agents"])
    work(care)
    with tenant_context(care.pk):
        drops.turn_off(drop, by=None, now=timezone.now())
        Drop.objects.update(next_at=timezone.now())
        with pytest.raises(drops.DropRefused, match="it is off"):
            drops.run_now(drop, by=None, now=timezone.now())
    assert work(care).state == JobState.DONE
    with tenant_context(care.pk):
        drops.turn_on(drop, by=None, now=timezone.now())
    work(care)
    first, second = manifests(tmp_path)
    assert second["since"] == first["until"]


def test_it_is_made_run_looked_at_and_ended_over_the_api(care: Tenant, tmp_path: Path) -> None:
    key = api.token(care, Scope.DROPS, Scope.WRITE_DROPS)
    body: dict[str, Any] = {
        "name": "lake",
        "tables": [],
        "rubrics": [],
        "format": "ndjson",
        "every_hours": 1,
        "target": "folder",
        "folder": "lake",
    }
    with tenant_context(care.pk):
        ids = Rubric.objects.filter(versions__evaluations__isnull=False).values_list(
            "pk", flat=True
        )
        body["rubrics"] = [str(ids[0])]
    answer = send(key, "POST", "drops", body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["rubrics"] == body["rubrics"]
    path = f"drops/{answer.json()['id']}"
    work(care)
    shown = api.get(key, path).json()
    assert [run["files"] for run in shown["runs"]] == [len(files(tmp_path)) - 1]
    assert send(key, "POST", f"{path}/runs").status_code == 202
    assert [each["name"] for each in api.get(key, "drops").json()["results"]] == ["lake"]
    assert send(key, "POST", "drops", body).status_code == 422, "the name is taken"
    assert send(key, "DELETE", path).status_code == 204
    assert api.get(key, path).status_code == 404
    with tenant_context(care.pk):
        events = list(
            AuditEvent.objects.filter(event__startswith="drop.").values_list("event", flat=True)
        )
    assert sorted(events) == ["drop.deleted", "drop.made", "drop.run"]
    assert files(tmp_path), "what was put stays"


def send(key: str, method: str, address: str, body: object = None) -> Any:
    return Client().generic(
        method,
        f"/api/v1/{address}",
        body if isinstance(body, bytes) else json.dumps(body).encode() if body else b"",
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


GOOD = {
    "name": "lake",
    "tables": ["calls"],
    "format": "ndjson",
    "every_hours": 1,
    "target": "bucket",
    "endpoint": "https://s3.example.com",
    "bucket": "warehouse",
    "region": "eu-central-1",
    "access_key_id": "A",
    "secret": "s",
}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tables": ["words"]}, "tables"),
    ({"tables": []}, "tables"),
    ({"rubrics": "calls"}, "rubrics"),
    ({"rubrics": ["calls"]}, "rubrics"),
    ({"rubrics": [7, None]}, "rubrics"),
    ({"rubrics": ["01990000-0000-7000-8000-000000000001"]}, "rubrics"),
    ({"tables": [7]}, "tables"),
    ({"tables": "calls"}, "tables"),
    ({"format": "csv"}, "format"),
    ({"every_hours": 0}, "hours"),
    ({"every_hours": True}, "every_hours"),
    ({"every_hours": 1e300}, "every_hours"),
    ({"every_hours": 10**30}, "hours"),
    ({"name": ""}, "name"),
    ({"name": "a\0b"}, "name"),
    ({"name": "\ud800"}, "name"),
    ({"target": "ftp"}, "target"),
    ({"folder": "x"}, "folder"),
    ({"bucket": "../x"}, "bucket"),
    ({"prefix": "a/../../b"}, "prefix"),
    ({"prefix": "/etc"}, "prefix"),
    ({"region": ""}, "region"),
    ({"secret": ""}, "secret"),
    ({"secret": ["s"]}, "secret"),
    ({"endpoint": "https://s3.example.com/b"}, "endpoint"),
    ({"endpoint": "http://s3.example.com"}, "destination"),
    ({"endpoint": "https://127.0.0.1"}, "destination"),
    ({"endpoint": "https://10.0.0.7:9000"}, "destination"),
    ({"target": "folder"}, "target"),
    ({"more": 1}, "body"),
]
"""What is changed of GOOD, and what the refusal names."""


@pytest.mark.django_db(transaction=False)
def test_what_is_not_sound_is_refused_by_its_name() -> None:
    key = api.token(Tenant.objects.create(slug="acme", name="Acme"), Scope.WRITE_DROPS)
    for change, named in BAD:
        answer = send(key, "POST", "drops", GOOD | change)
        assert answer.status_code == 422, change
        assert named in answer.json()["title"], change
        assert answer.json()["detail"].count(". ") >= 1


@pytest.mark.django_db(transaction=False)
def test_a_tenant_names_no_path_outside_its_own_directory() -> None:
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    for folder in ("..", "../x", "a/b", "/etc", "", "A", ".hidden", "a" * 61):
        with pytest.raises(drops.DropRefused, match="folder"):
            made(tenant, folder=folder)


@pytest.mark.django_db(transaction=False)
def test_without_a_directory_of_the_operators_there_are_buckets_alone(settings: Settings) -> None:
    settings.EXPORT_DIR = ""
    tenant = Tenant.objects.create(slug="acme", name="Acme")
    with pytest.raises(drops.DropRefused, match="set EXPORT_DIR"):
        made(tenant)


@pytest.mark.django_db(transaction=False)
def test_bodies_that_are_no_object_are_refused() -> None:
    key = api.token(Tenant.objects.create(slug="acme", name="Acme"), Scope.WRITE_DROPS)
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 9000, b'{"a":' * 1500, b" " * 10_001):
        answer = send(key, "POST", "drops", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "drop_refused")


def test_turns_keep_their_hour_however_late_one_ends() -> None:
    six = datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert dropping.next_after(six, 6, six) == six + timedelta(hours=6)
    assert dropping.next_after(six, 6, six + timedelta(hours=13)) == six + timedelta(hours=18)


def test_the_page_makes_turns_and_deletes(care: Tenant) -> None:
    client = demo.signed_in(MemberRole.TENANT_ADMIN)
    listed, new = (reverse(name, args=[care.slug]) for name in ("drop-list", "drop-new"))
    assert "Nothing is dropped yet" in client.get(listed).content.decode()
    with tenant_context(care.pk):
        rubric = Rubric.objects.filter(versions__isnull=False)[0]
    given: dict[str, Any] = {"name": "Lake", "form": "parquet", "every_hours": "6"}
    assert client.post(new, given | {"target": "folder", "folder": "lake"}).status_code == 422
    given |= {"rubrics": [str(rubric.pk)]}
    assert client.post(new, given | {"target": "folder", "folder": "../x"}).status_code == 422
    assert client.post(new, given | {"target": "folder", "folder": "lake"}).status_code == 302
    with tenant_context(care.pk):
        drop = Drop.objects.get()
    assert (drop.tables, drop.rubrics) == ([], [rubric.pk])
    assert rubric.name in client.get(listed).content.decode()
    change = reverse("drop-change", args=[care.slug, drop.pk])
    for act, shown in (("run", "as soon as"), ("off", "Turned off"), ("on", "Turned on")):
        answer = client.post(change, {"act": act}, follow=True)
        assert shown in answer.content.decode()
    assert client.post(change, {"act": "shred"}).status_code == 409
    client.post(change, {"act": "delete"})
    assert "Nothing is dropped yet" in client.get(listed).content.decode()
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    assert reviewer.get(listed).status_code == 403
