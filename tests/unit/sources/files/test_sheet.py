"""The table with what is told of calls."""

import random

import pytest

from reviews.detection.transcript import Direction
from reviews.errors import Refused
from reviews.sources.files import sheet
from reviews.sources.files.sheet import Row, Sheet
from reviews.sources.told import Told

WHOLE = (
    "File,Agent ID,Team,Call time,Time zone,External id,Direction,Salesforce ID,crm_Own,Mood\n"
    "a.json,ann,North,2026-01-02 03:04,America/New_York,c-1,inbound,0061,x-9,glad\n"
)


def told(text: str | bytes, file: str = "a.json") -> Told:
    row = sheet.read(text.encode() if isinstance(text, str) else text).row_of(file, "")
    assert row is not None
    assert row.refused is None
    return row.told


def refused(text: str) -> list[str]:
    return [row.refused.seen for row in sheet.read(text.encode()).refused if row.refused]


def test_columns_are_found_by_what_people_call_them() -> None:
    found = told(WHOLE)
    assert (found.external_id, found.team, found.metadata.agent) == ("c-1", "North", "ann")
    assert found.metadata.facts.direction is Direction.INBOUND
    assert found.crm_ids == {"salesforce": "0061", "own": "x-9"}
    at = found.metadata.facts.call_at
    assert at is not None
    assert at.isoformat() == "2026-01-02T03:04:00-05:00"


def test_a_column_that_says_nothing_to_us_is_named() -> None:
    assert sheet.read(WHOLE.encode()).unknown == ("Mood",)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_marks_and_line_ends_change_nothing(delimiter: str) -> None:
    text = WHOLE.replace(",", delimiter).replace("\n", "\r\n")
    assert told(text.encode("utf-8-sig")) == told(WHOLE)


def test_a_cell_in_quotes_may_hold_delimiters_and_quotes() -> None:
    assert told('file,queue\na.json,"one, ""two"""\n').metadata.facts.queue == 'one, "two"'


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ("a.json\n", "line 2: 1 cells under 3 columns"),
        (",,ann\n", "line 2: neither file nor id"),
        ("a.json,2026-01-02 03:04,ann\n", "line 2: a value of `call_at` that cannot be read"),
        ("a.json,2026-01-02,ann\n", "line 2: a value of `call_at` that cannot be read"),
        ("a.json,yesterday,ann\n", "line 2: a value of `call_at` that cannot be read"),
        ("a.json,,ann\na.json,,bob\n", "line 3: a second row for one call"),
        (f"a.json,,{'x' * 300}\n", "line 2: a value of `agent` that cannot be read"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(rows: str, seen: str) -> None:
    assert refused(f"file,call time,agent\n{rows}") == [seen]


@pytest.mark.parametrize("value", ["ann@example.test", "Ann Lee", "x" * 101, "-1"])
def test_an_id_of_a_crm_is_no_name_and_no_address(value: str) -> None:
    found = sheet.read(f"file,crm_own\na.json,{value}\n".encode())
    assert [row.refused.seen for row in found.refused if row.refused] == [
        "line 2: a value of `crm` that cannot be read"
    ]


def test_a_broken_row_costs_no_other() -> None:
    found = sheet.read(b"file,agent\na.json\nb.json,bob\n")
    row = found.row_of("b.json", "")
    assert row is not None
    assert row.told.metadata.agent == "bob"


@pytest.mark.parametrize(
    "data", [b"", b"agent,team\nann,North\n", b"file,agent,rep\n", b'file,a\n"x', b"\x00" * 200]
)
def test_a_table_that_names_no_call_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        sheet.read(data)


def test_a_row_is_found_by_id_first_then_by_the_name_of_the_file() -> None:
    found = Sheet({"a.json": Row(2), "week 1/a.json": Row(3)}, {"c-1": Row(4)})
    asked = [("a.json", "c-1"), ("calls.zip/week 1/a.json", ""), ("/data/a.json", ""), ("b", "")]
    rows = [found.row_of(file, external_id) for file, external_id in asked]
    assert [row.line if row else None for row in rows] == [4, 3, 2, None]


def test_rows_that_stand_for_no_document_are_known() -> None:
    found = sheet.read(b"file,agent,team\na,ann,\nb,bob,\nc\n")
    assert found.unused([2, None]) == [3]


def test_garbled_tables_are_read_or_refused() -> None:
    chance, tried = random.Random(1), []
    for _ in range(300):
        made = bytearray(WHOLE.encode() * 3)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(made))
            made[at : at + chance.randint(0, 9)] = chance.choice(
                [b'"', b",", b"\n", b"\x00", b"\xff\xfe", b"", b"\r", b"crm_a,"]
            )
        tried.append(tried_of(bytes(made)))
    assert {type(each) for each in tried} == {Sheet, type(None)}


def tried_of(data: bytes) -> Sheet | None:
    """The table, None where it is refused."""
    try:
        return sheet.read(data)
    except Refused:
        return None
