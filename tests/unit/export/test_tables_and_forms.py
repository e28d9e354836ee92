"""What a warehouse is given: one definition, three forms of the same rows, no cell a formula."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from reviews import extras
from reviews.export import forms
from reviews.export.forms import FORMULA, Form, guarded, restored
from reviews.export.tables import CHANGES, TABLES, VERSION, Column, Type, names

PAGE = Path(__file__).parents[3] / "docs" / "integrator" / "warehouse.md"


def parquet() -> Any:
    return extras.load("pyarrow.parquet", extra="warehouse")


COLUMNS = (
    Column("id", Type.ID, "."),
    Column("text", Type.TEXT, ".", is_nullable=True),
    Column("whole", Type.WHOLE, ".", is_nullable=True),
    Column("number", Type.NUMBER, ".", is_nullable=True),
    Column("flag", Type.FLAG, "."),
    Column("at", Type.TIME, ".", is_nullable=True),
    Column("json", Type.JSON, "."),
)
AT = "2026-11-01T12:30:00.000000Z"
ROWS: list[list[Any]] = [
    [str(UUID(int=7)), '=1+"a"\r\n,b', -5, -0.25, True, AT, '{"crm": "7"}'],
    [str(UUID(int=8)), "", None, None, False, None, "{}"],
    [str(UUID(int=9)), None, 0, 1e300, False, "2026-11-01T12:30:00.000001Z", "{}"],
]


def written(form: Form) -> bytes:
    return b"".join(forms.written(form, COLUMNS, [ROWS[:2], [], ROWS[2:]]))


@pytest.mark.parametrize("text", [f"{first}cmd" for first in (*FORMULA, "'", "''=")])
def test_a_cell_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    assert guarded(text)[0] == "'"
    assert restored(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "a=b", "7", " =1", "ends '"])
def test_a_harmless_cell_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text == restored(text)


def test_csv_keeps_numbers_numbers_and_a_null_apart_from_an_empty_text() -> None:
    lines = written(Form.CSV).decode()
    read = list(csv.reader(io.StringIO(lines, newline="")))
    assert read[0] == names(COLUMNS)
    assert read[1] == [
        *(str(UUID(int=7)), '\'=1+"a"\r\n,b', "-5", "-0.25", "true"),
        *(AT, '{"crm": "7"}'),
    ]
    assert restored(read[1][1]) == ROWS[0][1]
    assert f'{UUID(int=8)},"",,,false,,' in lines
    assert f"{UUID(int=9)},,0,1e+300," in lines


def test_ndjson_is_an_object_a_line_with_its_types() -> None:
    rows = [json.loads(line) for line in written(Form.NDJSON).decode().splitlines()]
    assert [row["text"] for row in rows] == [row[1] for row in ROWS]
    assert rows[0]["whole"] == -5
    assert rows[0]["at"] == AT
    assert rows[0]["json"] == {"crm": "7"}


def test_parquet_is_typed_and_says_what_may_be_null() -> None:
    table = parquet().read_table(io.BytesIO(written(Form.PARQUET)))
    rows = table.to_pylist()
    assert [row["text"] for row in rows] == [row[1] for row in ROWS]
    assert [row["at"] for row in rows] == [
        *(datetime(2026, 11, 1, 12, 30, tzinfo=UTC), None),
        datetime(2026, 11, 1, 12, 30, 0, 1, tzinfo=UTC),
    ]
    assert [rows[2]["whole"], rows[0]["flag"], rows[0]["number"]] == [0, True, -0.25]
    assert [field.nullable for field in table.schema] == [each.is_nullable for each in COLUMNS]


@pytest.mark.parametrize("form", Form)
def test_the_same_rows_are_the_same_bytes(form: Form) -> None:
    assert written(form) == written(form)


def test_parquet_without_its_package_is_refused_in_three_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(extras.ExtraMissing, match="installs verbatim\\[warehouse\\]"):
        forms.check(Form.PARQUET)
    forms.check(Form.CSV)


def test_every_table_has_one_key_a_tenant_and_a_time() -> None:
    for table in TABLES.values():
        own = names(table.columns)
        assert own[:2] == ["tenant_id", "id"]
        assert own.count("updated_at") == 1
        assert len(own) == len(set(own))
        assert all(each.meaning.endswith(".") for each in table.columns)
    assert set(CHANGES) == set(range(1, VERSION + 1))


def test_what_comes_of_an_evaluation_says_by_which_rubric_and_engine() -> None:
    wanted = {"rubric_id", "rubric_version", "rubric_sha256", "engine_version"}
    with_it = {name for name, table in TABLES.items() if wanted <= set(names(table.columns))}
    assert with_it == set(TABLES) - {"calls", "agents", "deletions"}


def test_the_guide_names_every_column_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    for name, table in TABLES.items():
        assert table.grain in sections[name]
        rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", sections[name], re.MULTILINE)
        assert rows == [(each.name, _type(each), each.meaning) for each in table.columns]


def test_the_guide_tells_every_change_of_the_tables() -> None:
    told = re.findall(r"^\| (\d+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(version): change for version, change in told} == CHANGES


def _type(column: Column) -> str:
    more = ", null" * column.is_nullable + ", personal" * column.is_personal
    return f"{column.type}{more}"
