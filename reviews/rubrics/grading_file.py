"""The mapping of a table of grades as a YAML file: written to be filled in, and read again."""

from collections.abc import Sequence
from dataclasses import asdict, fields

import yaml

from reviews.detection.document import Section, refuse, section
from reviews.rubrics.grading import Asked, Columns, Dates, Grading, Mapped, Meaning, key


def written(grading: Grading, asked: Sequence[Asked]) -> str:
    """The mapping as YAML, to be filled in: what is not known stands empty."""
    questions = {
        each.text: _question(each, grading.questions.get(key(each.text), Mapped()))
        for each in asked
    }
    document = {
        "columns": asdict(grading.columns),
        "dates": str(grading.dates),
        "questions": questions,
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _question(asked: Asked, mapped: Mapped) -> dict[str, object]:
    meant = {each: str(mapped.answers.get(key(each), "")) for each in asked.answers}
    return {"rule": mapped.rule, "answers": meant}


def read_mapping(data: object) -> Grading:
    """Of what `written` wrote, filled in. Raises RubricError with the path."""
    document = section(data, "")
    columns, questions = document.section("columns"), document.section("questions")
    made = Grading(
        Columns(**{each.name: _optional(columns, each.name) for each in fields(Columns)}),
        Dates(document.choice("dates", list(Dates), default=Dates.YEAR_FIRST)),
        {key(text): _mapped(questions.section(text)) for text in questions.data},
    )
    columns.close()
    document.close()
    return made


def _mapped(document: Section) -> Mapped:
    rule, answers = _optional(document, "rule"), document.section("answers")
    document.close()
    meant = {text: _optional(answers, text) for text in answers.data}
    for text, meaning in meant.items():
        if meaning and meaning not in list(Meaning):
            known = ", ".join(Meaning)
            refuse(answers.at(text[:60]), f"{meaning[:60]!r} is not known: write one of {known}")
    return Mapped(rule, {key(text): Meaning(each) for text, each in meant.items() if each})


def _optional(document: Section, name: str) -> str:
    return document.text(name, default="") if document.has(name) else ""
