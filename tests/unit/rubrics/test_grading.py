"""How rows of a table are read as grades: columns by name, questions as rules, dates, refusals."""

from datetime import UTC, datetime
from typing import Any

import pytest

from reviews.detection.document import RubricError
from reviews.detection.rubric import parse_rubric
from reviews.rubrics import grading, grading_file
from reviews.rubrics.document import parsed
from reviews.rubrics.grading import (
    Columns,
    Dates,
    Grade,
    GradesRefused,
    Grading,
    LeftOut,
    Mapped,
    Meaning,
    RefusedRow,
)
from reviews.sources.files.table import Table, read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLUMNS = Columns("Call ID", "Question", "Answer", "Date", "Grader")
RUBRIC = parse_rubric(
    {
        "name": "Calls",
        "rules": [
            {"code": "notice", "title": "Recording notice", "check": {"query": "recorded"}},
            {"code": "promise", "check": {"query": "guarantee"}},
        ],
    }
)
MAPPED = Mapped("notice", {"yes": Meaning.RIGHT, "no": Meaning.VIOLATION, "n/a": Meaning.LEAVE_OUT})


def table(*rows: str) -> Table:
    lines = ["Call ID,Question,Answer,Date,Grader", *rows]
    return read("\n".join(lines).encode())


def mapping(dates: Dates = Dates.YEAR_FIRST, **questions: Mapped) -> Grading:
    return Grading(COLUMNS, dates, {"notice given?": MAPPED, **questions})


def one(row: str, dates: Dates = Dates.YEAR_FIRST) -> Any:
    (made,) = grading.grades_of(table(row), mapping(dates, tone=Mapped()), now=NOW)
    return made


def test_a_row_is_a_grade() -> None:
    made = one("c-1,Notice given?,No,2026-02-03,Ann")
    at = datetime(2026, 2, 3, tzinfo=UTC)
    assert made == Grade(2, "c-1", "notice", is_violation=True, grader="Ann", at=at)


def test_case_and_blanks_of_questions_and_answers_do_not_count() -> None:
    made = one('c-1,"  NOTICE\n given? ", YES ,2026-02-03,')
    assert (made.rule, made.is_violation, made.grader) == ("notice", False, "")


@pytest.mark.parametrize("row", ["c,Notice given?,N/A,2026-02-03,A", "c,Tone,5,2026-02-03,A"])
def test_what_the_mapping_leaves_out_is_left_out(row: str) -> None:
    assert one(row) == LeftOut(2)


@pytest.mark.parametrize(
    "row", ["=1+1,Notice given?,No,2026-02-03,=cmd()", "@x,Notice given?,No,2026-02-03,+49"]
)
def test_a_formula_is_data(row: str) -> None:
    made = one(row)
    assert (made.call, made.grader) == (row.split(",")[0], row.split(",")[-1])


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ("c,Notice given?,No,2026-02-03", "4 cells under 5 columns"),
        ("c,Notice given?,No,2026-02-03,A,B", "6 cells under 5 columns"),
        (",Notice given?,No,2026-02-03,A", "an empty cell for the call"),
        ("c,,No,2026-02-03,A", "an empty cell for the question"),
        ("c,Notice given?, ,2026-02-03,A", "an empty cell for the answer"),
        ("c,Notice given?,No,,A", "an empty cell for the date"),
        ("c,Other,No,2026-02-03,A", "a question that is not mapped"),
        ("c,Notice given?,Maybe,2026-02-03,A", "an answer that is not mapped"),
        ("c,Notice given?,No,yesterday,A", "a date that is not written as year-month-day"),
        ("c,Notice given?,No,2026-02-30,A", "a date that is not written as year-month-day"),
        ("c,Notice given?,No,0001-01-01,A", "a date out of range"),
        ("c,Notice given?,No,2026-02-03T10:00+23:59,A", "a date out of range"),
        ("c,Notice given?,No,2026-03-03,A", "a date in the future"),
        (f"{'c' * 201},Notice given?,No,2026-02-03,A", "a call that is no line of text"),
        ("c,Notice given?,No,2026-02-03,A\x00", "a grader that is no line of text"),
        ('c,Notice given?,No,2026-02-03,"A\nB"', "a grader that is no line of text"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_what_to_do(row: str, seen: str) -> None:
    made = one(row)
    assert isinstance(made, RefusedRow)
    assert made.line == 2 + row.count("\n")
    assert made.reason.startswith(f"{seen}. ")


@pytest.mark.parametrize(
    ("written", "dates", "at"),
    [
        ("2026-02-03T10:30:00-05:00", Dates.YEAR_FIRST, datetime(2026, 2, 3, 15, 30, tzinfo=UTC)),
        ("2026-02-03 10:30", Dates.YEAR_FIRST, datetime(2026, 2, 3, 10, 30, tzinfo=UTC)),
        ("3/2/2026", Dates.DAY_FIRST, datetime(2026, 2, 3, tzinfo=UTC)),
        ("03.02.2026 10:30", Dates.DAY_FIRST, datetime(2026, 2, 3, 10, 30, tzinfo=UTC)),
        ("2/3/2026, 1:05:09 pm", Dates.MONTH_FIRST, datetime(2026, 2, 3, 13, 5, 9, tzinfo=UTC)),
        ("2-3-2026 12:05 AM", Dates.MONTH_FIRST, datetime(2026, 2, 3, 0, 5, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_in_its_order(written: str, dates: Dates, at: datetime) -> None:
    assert one(f'c,Notice given?,No,"{written}",A', dates).at == at


@pytest.mark.parametrize("written", ["31/1/2026", "13:00 2026", "1/2/26", "1/2/2026 13:00 pm"])
def test_a_date_in_another_order_is_refused(written: str) -> None:
    made = one(f"c,Notice given?,No,{written},A", Dates.MONTH_FIRST)
    assert made.reason.startswith("a date that is not written as month-day-year")


def test_columns_are_known_by_usual_names() -> None:
    made = read(b"interaction_id;Evaluator;CRITERION;Rating;Evaluation Date;Comment\n1;2;3;4;5;6")
    assert grading.columns_of(made) == Columns(
        "interaction_id", "CRITERION", "Rating", "Evaluation Date", "Evaluator"
    )


def test_only_answers_that_can_mean_one_thing_are_guessed() -> None:
    rows = ("c,Recording  notice,Pass,d,g", "c,promise,Yes,d,g", "c,Tone,N/A,d,g")
    asked = grading.asked_of(table(*rows), COLUMNS)
    assert grading.suggested(asked, RUBRIC) == {
        "recording notice": Mapped("notice", {"pass": Meaning.RIGHT}),
        "promise": Mapped("promise", {}),
        "tone": Mapped("", {"n/a": Meaning.LEAVE_OUT}),
    }


def test_questions_are_counted_with_their_answers() -> None:
    rows = ("c,Q,Yes,d,g", "c, q ,yes,d,g", "c,Q,No,d,g", "c,Q,,d,g")
    (asked,) = grading.asked_of(table(*rows), COLUMNS)
    assert (asked.text, asked.answers, asked.rows) == ("Q", ("Yes", "No"), 4)


@pytest.mark.parametrize(
    ("columns", "rows", "seen"),
    [
        (Columns("Call ID", "", "Answer", "Date"), ("c,Q,A,d,g",), "no column for the question"),
        (Columns("Call ID", "X", "Answer", "Date"), ("c,Q,A,d,g",), "no column named “X”"),
        (COLUMNS, tuple(f"c,Q{at},A,d,g" for at in range(301)), "more than 300 different quest"),
        (COLUMNS, tuple(f"c,Q,A{at},d,g" for at in range(31)), "more than 30 different answers"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(
    columns: Columns, rows: tuple[str, ...], seen: str
) -> None:
    with pytest.raises(GradesRefused) as caught:
        grading.asked_of(table(*rows), columns)
    assert caught.value.seen.startswith(seen)


def test_two_columns_of_one_name_are_refused_where_they_are_meant() -> None:
    made = read(b"Call ID,Question,Question,Answer,Date\nc,a,b,d,e\n")
    with pytest.raises(GradesRefused, match="several columns named “Question”"):
        grading.asked_of(made, COLUMNS)


def test_a_rule_that_the_rubric_has_not_is_refused() -> None:
    grading.check(mapping(), RUBRIC)
    with pytest.raises(GradesRefused, match=r"no rule “fee”\. Write one of: notice, promise\."):
        grading.check(mapping(q=Mapped("fee")), RUBRIC)


def test_a_mapping_that_was_written_is_read_again() -> None:
    rows = ("c,Notice given?,No,d,g", "c,Notice given?,Yes,d,g", "c,Notice given?,N/A,d,g")
    made = mapping(Dates.DAY_FIRST)
    text = grading_file.written(made, grading.asked_of(table(*rows), COLUMNS))
    assert grading_file.read_mapping(parsed(text)) == made


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("- a", "rubric: a list is not a mapping"),
        ("dates: never", "dates: 'never' is not allowed: write one of year-month-day"),
        ("columns: {colour: x}", "columns.colour: this key is not known"),
        (
            "questions: {Q: {answers: {Yes: good}}}",
            "questions.Q.answers: the key True is not a text: put it",
        ),
        (
            "questions: {Q: {answers: {'Yes': good}}}",
            "questions.Q.answers.Yes: 'good' is not known",
        ),
        ("questions: {Q: {rules: x}}", "questions.Q.rules: this key is not known"),
    ],
)
def test_a_mapping_that_is_none_is_refused_with_its_path(text: str, seen: str) -> None:
    with pytest.raises(RubricError) as caught:
        grading_file.read_mapping(parsed(text))
    assert str(caught.value).startswith(seen)
