"""Reference documents of a rubric: what a call's statements are held against, clause by clause."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviews.detection import values
from reviews.detection.document import Section, check_unique, refuse, sequence, text
from reviews.detection.language.types import SlotKind
from reviews.detection.values import Value

DOCUMENTS_AT_MOST = 200
_ENTRIES_AT_MOST = 1_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True)
class Clause:
    code: str
    text: str


@dataclass(frozen=True)
class Fact:
    """`values` as written, several where `is_list`; `equivalents` are as right as the value."""

    name: str
    values: tuple[str, ...]
    is_list: bool
    clause: str
    equivalents: tuple[str, ...]
    source: str
    """The document and its version, such as `returns v3`."""

    @property
    def place(self) -> str:
        return f"{self.source} §{self.clause}"

    @cached_property
    def kind(self) -> SlotKind:
        """What kind of slot hears it."""
        return _read(self.values[0])[0]

    @cached_property
    def due(self) -> tuple[Value, ...]:
        return tuple(_read(each)[1] for each in self.values)

    @cached_property
    def as_good(self) -> tuple[Value, ...]:
        return tuple(_read(each)[1] for each in self.equivalents)


@dataclass(frozen=True, slots=True)
class Document:
    code: str
    title: str
    version: str
    clauses: tuple[Clause, ...]
    facts: tuple[Fact, ...]


def parse_documents(sections: Iterable[Section]) -> tuple[Document, ...]:
    """Raises RubricError; names of facts are unique over all documents."""
    made = tuple(map(_document, sections))
    check_unique("documents", [document.code for document in made])
    check_unique("documents", [fact.name for document in made for fact in document.facts])
    return made


def facts_of(documents: Sequence[Document]) -> dict[str, Fact]:
    return {fact.name: fact for document in documents for fact in document.facts}


def written(document: Document) -> Mapping[str, object]:
    """What `parse_documents` reads."""
    return {
        "code": document.code,
        "title": document.title,
        "version": document.version,
        "clauses": [{"code": each.code, "text": each.text} for each in document.clauses],
        "facts": [_fact_written(each) for each in document.facts],
    }


def _fact_written(fact: Fact) -> Mapping[str, object]:
    return {
        "name": fact.name,
        "value": list(fact.values) if fact.is_list else fact.values[0],
        "clause": fact.clause,
        "equivalents": list(fact.equivalents),
    }


def _document(section: Section) -> Document:
    code, version = _code(section, "code"), _code(section, "version")
    clauses = tuple(map(_clause, section.sections("clauses", most=_ENTRIES_AT_MOST)))
    codes = [clause.code for clause in clauses]
    check_unique(section.at("clauses"), codes)
    made = Document(
        code=code,
        title=section.text("title", default=code),
        version=version,
        clauses=clauses,
        facts=tuple(
            _fact(each, codes, f"{code} v{version}")
            for each in section.sections("facts", most=_ENTRIES_AT_MOST)
        ),
    )
    section.close()
    return made


def _clause(section: Section) -> Clause:
    made = Clause(_code(section, "code"), section.text("text", most=10_000))
    section.close()
    return made


def _fact(section: Section, clauses: Sequence[str], source: str) -> Fact:
    name, clause = section.text("name", most=100), _code(section, "clause")
    if not _NAME.fullmatch(name):
        refuse(section.at("name"), f"{name!r} is no name: write small letters, digits and _")
    if clause not in clauses:
        known = ", ".join(clauses[:10]) or "none is defined"
        refuse(section.at("clause"), f"there is no clause {clause!r}: write one of {known}")
    value, path = section.take("value"), section.at("value")
    is_list = isinstance(value, list | tuple)
    values = _values(value, path) if is_list else (_value(value, path),)
    equivalents = _values(section.take("equivalents"), section.at("equivalents"))
    section.close()
    made = Fact(name, values, is_list, clause, equivalents, source)
    _check_kinds(made, section)
    return made


def _values(items: object, path: str) -> tuple[str, ...]:
    written = sequence(items, path, most=_ENTRIES_AT_MOST)
    return tuple(_value(item, f"{path}[{at}]") for at, item in enumerate(written))


def _value(value: object, path: str) -> str:
    """As it is written; a number of YAML as its digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    seen = text(value, path, most=200)
    if values.read(seen) is None:
        refuse(path, f"{seen!r} is no value: write one such as 30 days, $35, 8.5% or 30")
    return seen


def _check_kinds(fact: Fact, section: Section) -> None:
    if not fact.values:
        refuse(section.at("value"), "there is no value: write at least one")
    for each in (*fact.values, *fact.equivalents):
        kind = _read(each)[0]
        if kind is not fact.kind:
            message = f"{each!r} is a {kind}, {fact.values[0]!r} a {fact.kind}: write one kind"
            refuse(section.path, message)


def _code(section: Section, key: str) -> str:
    """A short text, or a number that stands for one: `version: 3`."""
    value = section.take(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return text(value, section.at(key), most=100)


def _read(written: str) -> tuple[SlotKind, Value]:
    """Of a text that was read before."""
    read = values.read(written)
    if read is None:
        raise ValueError("a fact was refused: its value was never read, parse its document")
    return read
