"""How a table of past grades is read: its columns, its questions as rules, its answers as verdicts.

Question and answer are the same whatever their case and blanks. Nothing of a rule is guessed from
a yes or a no: whether yes is good depends on the question.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from reviews.detection.rubric import Rubric
from reviews.errors import ErrorCode, Refused
from reviews.sources.files.table import Row, Table
from reviews.sources.normal import is_storable

QUESTIONS_AT_MOST = 300
ANSWERS_AT_MOST = 30
"""Different ones to a question: grades, not remarks."""
TEXT_AT_MOST = 500
LINE_AT_MOST = 200
_SHOWN = 40
_TOLERANCE = timedelta(days=1)
"""A date alone is midnight in UTC, and it may be tomorrow already where the grader is."""


class GradesRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


class Meaning(StrEnum):
    RIGHT = "right"
    VIOLATION = "violation"
    LEAVE_OUT = "leave out"


class Dates(StrEnum):
    """How a date is written."""

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"


@dataclass(frozen=True, slots=True)
class Columns:
    """Names as the header has them; "" where there is none."""

    call: str = ""
    question: str = ""
    answer: str = ""
    date: str = ""
    grader: str = ""


NEEDED = ("call", "question", "answer", "date")
_USUAL: Mapping[str, frozenset[str]] = {
    name: frozenset(names.split(", "))
    for name, names in {
        "call": "call id, call, id, external id, transcript id, conversation id, contact id, "
        "interaction id, recording id",
        "question": "question, criterion, criteria, item, parameter, question text",
        "answer": "answer, response, result, rating, value, score, grade",
        "date": "date, graded at, date graded, evaluation date, evaluated at, review date, "
        "reviewed at, scored at",
        "grader": "grader, evaluator, reviewer, graded by, reviewed by, scored by, analyst, qa",
    }.items()
}
_MEANINGS: Mapping[str, Meaning] = {
    name: meaning
    for meaning, names in {
        Meaning.RIGHT: "pass, passed, met, compliant, right, correct, fulfilled",
        Meaning.VIOLATION: "fail, failed, not met, non-compliant, noncompliant, violation, breach",
        Meaning.LEAVE_OUT: "n/a, na, not applicable, leave out",
    }.items()
    for name in names.split(", ")
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the table, with each of its answers as first written."""

    text: str
    answers: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a question is taken for; rule "": it is left out."""

    rule: str = ""
    answers: Mapping[str, Meaning] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grading:
    """Questions and answers are keyed as `key` makes them."""

    columns: Columns
    dates: Dates
    questions: Mapping[str, Mapped]


@dataclass(frozen=True, slots=True)
class Grade:
    """A row that can be used; `call` is the call's id where it was recorded."""

    line: int
    call: str
    rule: str
    is_violation: bool
    grader: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    line: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    reason: str
    """Value seen, and what to do."""


Read = Grade | LeftOut | RefusedRow


class _Unusable(Exception):
    """Why a row cannot be used."""


def key(text: str) -> str:
    return " ".join(text.split()).casefold()


def columns_of(table: Table) -> Columns:
    """Those that bear a usual name."""
    plain = {name: re.sub(r"[\W_]+", " ", name).strip().casefold() for name in table.header}
    found = {
        meant: next((name for name, each in plain.items() if each in usual), "")
        for meant, usual in _USUAL.items()
    }
    return Columns(**found)


def asked_of(table: Table, columns: Columns) -> tuple[Asked, ...]:
    """In the order of the table. Raises GradesRefused."""
    at_question, at_answer = (_index(table, columns, name) for name in ("question", "answer"))
    texts: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    counts: dict[str, int] = {}
    for row in table.rows:
        question, answer = _cell(row, at_question), _cell(row, at_answer)
        if question and len(question) <= TEXT_AT_MOST:
            name = key(question)
            texts.setdefault(name, question)
            counts[name] = counts.get(name, 0) + 1
            own = answers.setdefault(name, {})
            if answer and len(own) <= ANSWERS_AT_MOST:
                own.setdefault(key(answer), answer[:TEXT_AT_MOST])
    _check_few(texts, answers)
    return tuple(Asked(texts[n], tuple(answers[n].values()), counts[n]) for n in texts)


def _check_few(texts: Mapping[str, str], answers: Mapping[str, Mapping[str, str]]) -> None:
    if len(texts) > QUESTIONS_AT_MOST:
        raise _refused(
            f"more than {QUESTIONS_AT_MOST} different questions",
            "Name the column that has the questions.",
        )
    many = next((name for name, each in answers.items() if len(each) > ANSWERS_AT_MOST), None)
    if many is not None:
        raise _refused(
            f"more than {ANSWERS_AT_MOST} different answers to {shown(texts[many])}",
            "Name the column that has the answers, or leave remarks out of it.",
        )


def suggested(asked: Sequence[Asked], rubric: Rubric) -> dict[str, Mapped]:
    """Rules whose code or title a question is, and what an answer can only mean."""
    rules = {key(text): rule.code for rule in rubric.rules for text in (rule.title, rule.code)}
    return {key(each.text): Mapped(rules.get(key(each.text), ""), _meant(each)) for each in asked}


def _meant(asked: Asked) -> dict[str, Meaning]:
    keys = map(key, asked.answers)
    return {each: _MEANINGS[each] for each in keys if each in _MEANINGS}


def check(grading: Grading, rubric: Rubric) -> None:
    """Every rule that is named is the rubric's. Raises GradesRefused."""
    codes = {rule.code for rule in rubric.rules}
    for mapped in grading.questions.values():
        if mapped.rule and mapped.rule not in codes:
            known = ", ".join(sorted(codes)[:20])
            raise _refused(f"no rule {shown(mapped.rule)}", f"Write one of: {known}.")


def grades_of(table: Table, grading: Grading, *, now: datetime) -> Iterator[Read]:
    """What each row comes to, in order. Raises GradesRefused where a column is not there."""
    at = {each.name: _index(table, grading.columns, each.name) for each in fields(Columns)}
    for row in table.rows:
        try:
            yield _read(row, at, grading, now, len(table.header))
        except _Unusable as why:
            yield RefusedRow(row.line, str(why))


def _read(
    row: Row, at: Mapping[str, int | None], grading: Grading, now: datetime, columns: int
) -> Read:
    if len(row.cells) != columns:
        seen = f"{len(row.cells)} cells under {columns} columns"
        raise _Unusable(f"{seen}. Write a cell for each column.")
    cell = {name: _cell(row, index) for name, index in at.items()}
    missing = next((name for name in NEEDED if not cell[name]), None)
    if missing:
        raise _Unusable(f"an empty cell for the {missing}. Fill it in.")
    mapped = grading.questions.get(key(cell["question"]))
    if mapped is None:
        raise _Unusable("a question that is not mapped. Name its rule, or leave it out.")
    if not mapped.rule:
        return LeftOut(row.line)
    meaning = mapped.answers.get(key(cell["answer"]))
    if meaning is None:
        raise _Unusable("an answer that is not mapped. Say what it means.")
    if meaning is Meaning.LEAVE_OUT:
        return LeftOut(row.line)
    _check_texts(cell)
    moment = _moment(cell["date"], grading.dates, now)
    is_violation = meaning is Meaning.VIOLATION
    return Grade(row.line, cell["call"], mapped.rule, is_violation, cell["grader"], moment)


def _check_texts(cell: Mapping[str, str]) -> None:
    for name in ("call", "grader"):
        if len(cell[name]) > LINE_AT_MOST or not cell[name].isprintable():
            remedy = f"Write at most {LINE_AT_MOST} characters."
            raise _Unusable(f"a {name} that is no line of text. {remedy}")


_WRITTEN = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
    r"(?:,?[ T]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?)?",
    re.IGNORECASE | re.ASCII,
)


def _moment(text: str, dates: Dates, now: datetime) -> datetime:
    """In UTC where no zone is written."""
    try:
        read = datetime.fromisoformat(text) if dates is Dates.YEAR_FIRST else _written(text, dates)
    except ValueError:
        raise _Unusable(f"a date that is not written as {dates}. Write it so.") from None
    moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    if not is_storable(moment):
        raise _Unusable("a date out of range. Write when the call was graded.")
    if moment > now + _TOLERANCE:
        raise _Unusable("a date in the future. Write when the call was graded.")
    return moment


def _written(text: str, dates: Dates) -> datetime:
    """Raises ValueError."""
    seen = _WRITTEN.fullmatch(text)
    if seen is None:
        raise ValueError(dates)
    first, second, year, hour, minute, second_ = (int(each or 0) for each in seen.groups()[:6])
    day, month = (first, second) if dates is Dates.DAY_FIRST else (second, first)
    if seen[7]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if seen[7].lower() == "pm" else 0)
    return datetime(year, month, day, hour, minute, second_, tzinfo=UTC)


def _index(table: Table, columns: Columns, meant: str) -> int | None:
    """None where a column that may be left out is. Raises GradesRefused."""
    name: str = getattr(columns, meant)
    if not name:
        if meant in NEEDED:
            raise _refused(f"no column for the {meant}", f"Say which one has the {meant}.")
        return None
    if table.header.count(name) != 1:
        several = "no column" if name not in table.header else "several columns"
        raise _refused(f"{several} named {shown(name)}", "Name one of the table's.")
    return table.header.index(name)


def _cell(row: Row, index: int | None) -> str:
    return row.cells[index].strip() if index is not None and index < len(row.cells) else ""


def shown(text: str) -> str:
    """What the author of a table called something, cut and without what cannot be printed."""
    plain = "".join(mark if mark.isprintable() else "\ufffd" for mark in text)
    return f"“{plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + '…'}”"


def _refused(seen: str, remedy: str) -> GradesRefused:
    return GradesRefused("The grades are refused", seen, remedy)
