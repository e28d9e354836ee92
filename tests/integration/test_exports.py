"""Whole tables over the API: every row once, what changed since, nothing personal unasked."""

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from reviews import extras
from reviews.accounts.keys import Scope
from reviews.detection.scoring import Result
from reviews.export import reading
from reviews.export.reading import Window
from reviews.export.tables import TABLES, names
from reviews.models import (
    Agent,
    AuditEvent,
    Evaluation,
    Finding,
    QueueItem,
    Review,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds
from reviews.reviewing.decide import Decision, decide
from tests.factories import api, demo

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).parents[2] / "docs" / "integrator" / "warehouse.md"
MODELS: dict[str, Any] = {
    "calls": Transcript,
    "evaluations": Evaluation,
    "findings": Finding,
    "reviews": Review,
    "agents": Agent,
}


def parquet() -> Any:
    return extras.load("pyarrow.parquet", extra="warehouse")


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is still uncommitted is held back; batches of a few, so that there are many."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))
    monkeypatch.setattr(reading, "_ROWS", 4)
    monkeypatch.setattr(reading, "_EVALUATIONS", 3)


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def key(care: Tenant) -> str:
    return api.token(care, Scope.EXPORTS)


def taken(key: str, table: str, **query: str) -> tuple[list[dict[str, Any]], str]:
    """The rows, and up to when they are whole."""
    answer = api.get(key, f"exports/{table}", **query)
    assert answer.status_code == 200, answer.content
    lines = b"".join(answer.streaming_content).decode().splitlines()
    return [json.loads(line) for line in lines], answer["Verbatim-Until"]


def uphold(tenant: Tenant, **of: Any) -> Finding:
    with tenant_context(tenant.pk):
        item = QueueItem.objects.filter(**of)[0]
        decision = Decision(Verdict.UPHELD, item.sequence, note="=2+2")
        decide(
            finding=item.finding,
            decision=decision,
            by=User.objects.all()[0],
            now=timezone.now(),
        )
        found: Finding = item.finding
        return found


def evaluated_anew(tenant: Tenant) -> tuple[str, str]:
    """An evaluation, and a later one of the same by the same."""
    with tenant_context(tenant.pk):
        old = Evaluation.objects.order_by("created_at")[0]
        row = Evaluation.objects.get(pk=old.pk)
        row.pk, row.round, row._state.adding = uuid7(), 1, True
        row.save(force_insert=True)
        return str(old.pk), str(row.pk)


@pytest.mark.parametrize("table", MODELS)
def test_a_table_holds_every_row_once_and_all_its_columns(
    table: str, key: str, care: Tenant
) -> None:
    uphold(care, standing="open")
    rows, _ = taken(key, table)
    with tenant_context(care.pk):
        wanted = {str(each) for each in MODELS[table].objects.values_list("pk", flat=True)}
    assert len(rows) == len(wanted) > 0
    assert {row["id"] for row in rows} == wanted
    assert {row["tenant_id"] for row in rows} == {str(care.pk)}
    assert all(list(row) == names(TABLES[table].shown(is_unmasked=False)) for row in rows)
    assert rows == sorted(rows, key=lambda row: row["updated_at"])


def test_rule_results_and_their_evidence_agree_with_their_evaluations(key: str) -> None:
    evaluations = {row["id"]: row for row in taken(key, "evaluations")[0]}
    results, _ = taken(key, "rule_results")
    evidence, _ = taken(key, "evidence")
    assert len({row["id"] for row in results}) == len(results)
    assert len({row["id"] for row in evidence}) == len(evidence) > 0
    for name in set(Result) - {Result.ASKED, Result.ANSWERED}:
        counted = sum(row["result"] == name for row in results)
        assert counted == sum(row[name.value] for row in evaluations.values())
    assert len(evidence) == sum(row["places"] for row in results)
    assert {row["rule_result_id"] for row in evidence} <= {row["id"] for row in results}
    for row in (*results, *evidence):
        of = evaluations[row["evaluation_id"]]
        assert row["rubric_sha256"] == of["rubric_sha256"]
        assert row["updated_at"] == of["updated_at"]


def test_a_later_window_holds_what_changed_and_what_it_replaced(key: str, care: Tenant) -> None:
    before = {name: taken(key, name) for name in TABLES}
    again = {name: taken(key, name, updated_since=before[name][1])[0] for name in TABLES}
    assert not any(again.values())
    old, new = evaluated_anew(care)
    finding = uphold(care, standing="open")
    with tenant_context(care.pk):
        agent = Agent.objects.all()[0]
        Agent.objects.filter(pk=agent.pk).update(name="Noor")
    after = {name: taken(key, name, updated_since=before[name][1])[0] for name in TABLES}
    assert {row["id"]: row["is_current"] for row in after["evaluations"]} == {old: False, new: True}
    assert {row["evaluation_id"] for row in after["rule_results"]} == {old, new}
    assert [(row["id"], row["standing"]) for row in after["findings"]] == [
        (str(finding.pk), "upheld")
    ]
    assert [row["finding_id"] for row in after["reviews"]] == [str(finding.pk)]
    assert [row["id"] for row in after["agents"]] == [str(agent.pk)]
    assert after["calls"] == []
    whole = {row["id"]: row for row in taken(key, "evaluations")[0]}
    assert whole == {row["id"]: row for row in (*before["evaluations"][0], *after["evaluations"])}


def test_a_window_that_ended_does_not_know_what_came_later(care: Tenant) -> None:
    with tenant_context(care.pk):
        window = Window(None, feeds.settled())
    table = TABLES["rule_results"]

    def read() -> list[Any]:
        found = reading.batches(care.pk, table, table.columns, window)
        return [row for batch in found for row in batch.rows]

    before = read()
    evaluated_anew(care)
    assert read() == before != []


def test_a_rubrics_wide_table_has_its_typed_values_of_every_evaluation(
    key: str, care: Tenant
) -> None:
    evaluations = {row["id"]: row for row in taken(key, "evaluations")[0]}
    rubric = next(iter(evaluations.values()))["rubric_id"]
    own = {name: row for name, row in evaluations.items() if row["rubric_id"] == rubric}
    schema = api.get(key, f"rubrics/{rubric}/columns").json()
    rows, _ = taken(key, f"evaluation_columns/{rubric}")
    assert {row["id"] for row in rows} == set(own)
    for row in rows:
        assert list(row) == [each["name"] for each in schema["columns"]]
        assert row["overall_score"] == pytest.approx(own[row["id"]]["score"], abs=1e-6)
        assert row["rubric_sha256"] == own[row["id"]]["rubric_sha256"]
    assert {type(row["risk_flag"]) for row in rows} <= {bool, type(None)}
    assert api.get(key, f"rubrics/{care.pk}/columns").status_code == 404
    assert api.get(key, f"exports/evaluation_columns/{care.pk}").status_code == 404


def test_the_three_forms_hold_the_same(key: str) -> None:
    rows, _ = taken(key, "calls")
    sheet = b"".join(api.get(key, "exports/calls", format="csv").streaming_content).decode()
    file = b"".join(api.get(key, "exports/calls", format="parquet").streaming_content)
    ids = [row["id"] for row in rows]
    assert [row["id"] for row in csv.DictReader(io.StringIO(sheet, newline=""))] == ids
    assert parquet().read_table(io.BytesIO(file)).column("id").to_pylist() == ids


def test_personal_columns_come_with_a_scope_and_a_reason_and_are_audited(
    key: str, care: Tenant
) -> None:
    uphold(care, standing="open")
    asked = {"unmasked": "true", "reason": "regulator", "format": "csv"}
    refused = api.get(key, "exports/reviews", **asked)
    assert api.problem(refused)[2]["code"] == "scope_missing"
    allowed = api.token(care, Scope.EXPORTS, Scope.UNMASKED)
    answer = api.get(allowed, "exports/reviews", **asked)
    with tenant_context(care.pk):
        row = AuditEvent.objects.order_by("-sequence")[0]
    assert (row.event, row.data) == (
        "personal_data.revealed",
        {"reason": "regulator", "table": "reviews"},
    )
    (review,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert review["note"] == "'=2+2"
    assert "@" in review["reviewer"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("exports/words", 404, "not_found"),
        ("exports/words/schema", 404, "not_found"),
        ("exports/calls?format=xlsx", 400, "parameter_refused"),
        ("exports/calls?updated_since=today", 400, "parameter_refused"),
        ("exports/calls?limit=5", 400, "parameter_refused"),
        ("exports/calls?reason=regulator", 400, "parameter_refused"),
        ("exports/schema?format=csv", 400, "parameter_refused"),
    ],
)
def test_what_is_not_known_is_refused(address: str, status: int, code: str, key: str) -> None:
    answer = api.get(key, address)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_schema_is_the_definition(key: str) -> None:
    whole = api.get(key, "exports/schema").json()
    assert [each["name"] for each in whole["tables"]] == list(TABLES)
    one = api.get(key, "exports/agents/schema").json()
    assert one == next(each for each in whole["tables"] if each["name"] == one["name"])
    assert [each["name"] for each in one["columns"] if each["is_personal"]] == [
        "external_id",
        "name",
    ]


def test_a_key_without_the_scope_gets_nothing(care: Tenant) -> None:
    key = api.token(care, Scope.EVALUATIONS)
    for address in ("exports/calls", "exports/schema", "exports/calls/schema"):
        assert api.get(key, address).status_code == 403


def test_the_end_of_an_answer_is_a_time_with_its_zone(key: str) -> None:
    until = datetime.fromisoformat(taken(key, "agents")[1])
    assert timedelta(0) < timezone.now() - until < timedelta(minutes=1)


def test_the_commands_of_the_guide_are_answered(care: Tenant) -> None:
    key = api.token(care)
    blocks = re.findall(r"```sh\n(curl .*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [each for block in blocks for each in re.split(r"^(?=curl )", block, flags=re.M)]
    asked = [re.findall(r'"\$BASE/api/v1/([^"]+)"', each) for each in commands if each]
    assert len(asked) >= 5
    for (address,) in asked:
        assert api.get(key, address).status_code == 200, address
