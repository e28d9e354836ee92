"""A scorecard from a table (section, question, weight, answers) as a rubric of asked questions.

What an answer earns is said by whoever brings the table in. It is proposed only where the answer
says it itself: a number, `good = 3`, or a plain yes and no.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain, count
from typing import Any

from reviews.detection.checks.ask import LEVELS_AT_MOST, POINTS_AT_MOST
from reviews.errors import ErrorCode, Refused
from reviews.sources.files.table import Row, Table

QUESTIONS_AT_MOST = 300
TEXT_AT_MOST = 500
NEEDED = ("question", "answers")
_USUAL: Mapping[str, frozenset[str]] = {
    "section": frozenset({"section", "category", "group", "area", "topic"}),
    "question": frozenset({"question", "criterion", "criteria", "item", "parameter"}),
    "weight": frozenset({"weight", "weighting", "max points", "points", "max score"}),
    "answers": frozenset({"answers", "answer", "options", "choices", "scale", "rating", "levels"}),
}
_NOT_APPLICABLE = frozenset({"n/a", "na", "not applicable"})
_PLAIN = {"yes": 1.0, "no": 0.0, "pass": 1.0, "fail": 0.0, "met": 1.0, "not met": 0.0}
_NA = re.compile(r"\bn/a\b", re.IGNORECASE)
_EARNS = re.compile(r"(.+?)\s*[=:(]\s*(\d{1,4}(?:\.\d{1,2})?)\s*(?:points?)?\)?")
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?")
_SEPARATORS = ("\n", ";", "|", "/", ",")
_NO_CODE = re.compile(r"[^a-z0-9]+")
_CODE_AT_MOST = 60


class ScorecardRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True)
class Columns:
    """Names as the header has them; "" where there is none."""

    section: str = ""
    question: str = ""
    weight: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    section: str
    weight: float
    answers: tuple[str, ...]
    """As they stand in the table, but for "not applicable"."""
    has_na: bool


Scale = Mapping[tuple[str, ...], Mapping[str, float]]
"""What each answer earns, for all questions of the same answers."""


def columns_of(table: Table) -> Columns:
    """Those that bear a usual name."""
    plain = {name: re.sub(r"[\W_]+", " ", name).strip().casefold() for name in table.header}
    found = {
        meant: next((name for name, each in plain.items() if each in usual), "")
        for meant, usual in _USUAL.items()
    }
    return Columns(**found)


def questions_of(table: Table, columns: Columns) -> tuple[Question, ...]:
    """In the order of the table. Raises ScorecardRefused with the line, and nothing is taken."""
    for name in NEEDED:
        if getattr(columns, name) not in table.header:
            raise _refused(f"no column for {name}", "Choose one of the table's columns.")
    if len(table.rows) > QUESTIONS_AT_MOST:
        raise _refused(f"more than {QUESTIONS_AT_MOST} questions", "Split the table.")
    at = {each.name: _index(table, getattr(columns, each.name)) for each in fields(Columns)}
    return tuple(_question(row, at) for row in table.rows)


def scales_of(questions: Sequence[Question]) -> tuple[tuple[str, ...], ...]:
    """The different sets of answers, in the order in which they come."""
    return tuple(dict.fromkeys(each.answers for each in questions))


def proposed(answers: Sequence[str]) -> dict[str, float | None]:
    """What each answer earns; None where it does not say so itself."""
    return {answer: _earned(answer) for answer in answers}


def document(name: str, questions: Sequence[Question], scales: Scale) -> dict[str, Any]:
    """A rubric's document; who reads it says what is wrong with it."""
    sections = dict.fromkeys(each.section for each in questions if each.section)
    codes = dict(zip(sections, _codes(sections), strict=True))
    if codes and any(not each.section for each in questions):
        codes[""] = next(_codes(["Other"], taken=codes.values()))
    rules = zip(_codes(each.text for each in questions), questions, strict=True)
    return {
        "name": name,
        "sections": [{"code": code, "title": text or "Other"} for text, code in codes.items()],
        "rules": [_rule(code, each, codes, scales) for code, each in rules],
    }


def _rule(
    code: str, question: Question, sections: Mapping[str, str], scales: Scale
) -> dict[str, Any]:
    earned = scales[question.answers]
    titles = [_titled(answer) for answer in question.answers]
    levels = [
        {"code": own, "title": title, "points": earned[answer]}
        for own, title, answer in zip(_codes(titles), titles, question.answers, strict=True)
    ]
    made = {
        "code": code,
        "title": question.text[:200],
        "weight": question.weight,
        "check": {"ask": {"question": question.text, "levels": levels, "na": question.has_na}},
    }
    return made | ({"section": sections[question.section]} if sections else {})


def _question(row: Row, at: Mapping[str, int]) -> Question:
    text, answers = _cell(row, at["question"]), _answers(_raw(row, at["answers"]))
    if not text or len(text) > TEXT_AT_MOST:
        raise _refused(
            f"line {row.line}: a question of {len(text)} characters",
            f"Write one of 1 to {TEXT_AT_MOST}.",
        )
    own = tuple(each for each in answers if each.casefold() not in _NOT_APPLICABLE)
    if not 2 <= len(own) <= LEVELS_AT_MOST:
        raise _refused(
            f"line {row.line}: {len(own)} answers",
            f"Write 2 to {LEVELS_AT_MOST}, with ; between them.",
        )
    return Question(text, _cell(row, at["section"]), _weight(row, at), own, own != answers)


def _weight(row: Row, at: Mapping[str, int]) -> float:
    text = _cell(row, at["weight"]).removesuffix("%").strip()
    if text and not _NUMBER.fullmatch(text):
        raise _refused(f"line {row.line}: a weight that is no number", "Write one such as 5.")
    return float(text.replace(",", ".")) if text else 1.0


def _answers(cell: str) -> tuple[str, ...]:
    """Parted by the first of the separators that it has."""
    whole = _NA.sub("not applicable", cell)
    mark = next((each for each in _SEPARATORS if each in whole), "\n")
    parts = (" ".join(part.split()) for part in whole.split(mark))
    return tuple(dict.fromkeys(part for part in parts if part))


def _earned(answer: str) -> float | None:
    told = _EARNS.fullmatch(answer)
    number = told.group(2) if told else answer if _NUMBER.fullmatch(answer) else ""
    if number:
        return min(float(number.replace(",", ".")), float(POINTS_AT_MOST))
    return _PLAIN.get(answer.casefold())


def _titled(answer: str) -> str:
    told = _EARNS.fullmatch(answer)
    return told.group(1) if told else answer


def _codes(texts: Iterable[str], taken: Collection[str] = ()) -> Iterator[str]:
    """One for each text: short, and no two the same."""
    seen = set(taken)
    for number, text in enumerate(texts, 1):
        short = _NO_CODE.sub("_", text.casefold()).strip("_")[:_CODE_AT_MOST].strip("_")
        stem = short or f"q{number}"
        numbered = (f"{stem}_{each}" for each in count(2))
        code = next(each for each in chain([stem], numbered) if each not in seen)
        seen.add(code)
        yield code


def _index(table: Table, name: str) -> int:
    """-1 where there is no such column."""
    return table.header.index(name) if name in table.header else -1


def _cell(row: Row, at: int) -> str:
    return " ".join(_raw(row, at).split())


def _raw(row: Row, at: int) -> str:
    return row.cells[at] if 0 <= at < len(row.cells) else ""


def _refused(seen: str, remedy: str) -> ScorecardRefused:
    return ScorecardRefused("The scorecard is refused", seen, remedy)
