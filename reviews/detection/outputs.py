"""Typed values that a rubric's author names: what each is, and which result it is read from."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from reviews.detection.checks.fact import FactRule
from reviews.detection.document import (
    Section,
    check_unique,
    number,
    refuse,
    section,
    sequence,
    shown,
)
from reviews.detection.kinds import Check

OUTPUTS_AT_MOST = 200
_LABELS_AT_MOST = 20
_BOUND_AT_MOST = 1_000_000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")


class OutputType(StrEnum):
    BOOL = "bool"
    NUMBER = "number"
    STRING = "string"
    LIST = "list"
    ENUM = "enum"


class From(StrEnum):
    """What a value is read from, as its author writes it; RISK is the product's own."""

    PASSED = "passed"
    FAILED = "failed"
    COUNT = "count"
    RESULT = "result"
    HEARD = "heard"
    SCORE = "score"
    SECTION = "section"
    FAILED_RULES = "failed_rules"
    LEVELS = "levels"
    RISK = "risk"


RESULTS = ("passed", "failed", "not_assessable", "not_applicable")
"""What a rule that the engine answers can come to."""
_FITS: Mapping[From, tuple[OutputType, ...]] = {
    From.PASSED: (OutputType.BOOL,),
    From.FAILED: (OutputType.BOOL,),
    From.COUNT: (OutputType.NUMBER,),
    From.RESULT: (OutputType.ENUM,),
    From.HEARD: (OutputType.NUMBER, OutputType.STRING),
    From.SCORE: (OutputType.NUMBER,),
    From.SECTION: (OutputType.NUMBER,),
    From.FAILED_RULES: (OutputType.LIST,),
    From.LEVELS: (OutputType.ENUM,),
}


@dataclass(frozen=True, slots=True)
class Source:
    """`names`: the code of the rule or of the section, or several rules'; none stands for all."""

    kind: From
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Levels:
    """`labels[0]` holds below `bounds[0]`, `labels[1]` from there to below the next, and so on."""

    of: Source
    labels: tuple[str, ...]
    bounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Output:
    key: str
    type: OutputType
    description: str
    source: Source | Levels

    @property
    def choices(self) -> tuple[str, ...]:
        """Of an enum every value that it can have."""
        if isinstance(self.source, Levels):
            return self.source.labels
        return RESULTS if self.source.kind is From.RESULT else ()


STANDARD = (
    Output(
        "overall_score",
        OutputType.NUMBER,
        "The score of the call, 0 to 100; null where no rule could be counted.",
        Source(From.SCORE),
    ),
    Output(
        "risk_flag",
        OutputType.BOOL,
        "Whether a rule of high or critical severity failed; null where none did but one of them "
        "could not be assessed.",
        Source(From.RISK),
    ),
)
"""What every rubric gives without naming it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an output may be read from: rules that the engine answers, by code, and sections."""

    rules: Mapping[str, Check]
    sections: Sequence[str]


def parse_outputs(document: Section, known: Known) -> tuple[Output, ...]:
    """Of a rubric's document. Raises RubricError."""
    made = tuple(
        _output(each, known) for each in document.sections("outputs", most=OUTPUTS_AT_MOST)
    )
    check_unique("outputs", [each.key for each in made])
    return made


def written(output: Output) -> Mapping[str, object]:
    """What `parse_outputs` reads."""
    return {
        "key": output.key,
        "type": output.type,
        "description": output.description,
        "from": _source_written(output.source),
    }


def _source_written(source: Source | Levels) -> object:
    if isinstance(source, Levels):
        levels = {
            "of": _source_written(source.of),
            "labels": list(source.labels),
            "bounds": list(source.bounds),
        }
        return {From.LEVELS.value: levels}
    if not source.names:
        return source.kind.value
    is_several = source.kind is From.FAILED_RULES
    return {source.kind.value: list(source.names) if is_several else source.names[0]}


def _output(document: Section, known: Known) -> Output:
    if not document.has("type"):
        refuse(document.at("type"), f"nothing is said: write one of {', '.join(OutputType)}")
    made = Output(
        key=_key(document, known),
        type=OutputType(document.choice("type", list(OutputType), default=OutputType.BOOL)),
        description=document.text("description", default="", most=500),
        source=_source(document.take("from"), document.at("from"), known),
    )
    document.close()
    kind = made.source.kind if isinstance(made.source, Source) else From.LEVELS
    if made.type not in _FITS[kind]:
        message = f"{made.type} does not fit {kind}: write {' or '.join(_FITS[kind])}"
        refuse(document.at("type"), message)
    return made


def _key(document: Section, known: Known) -> str:
    key, path = document.text("key"), document.at("key")
    if not _KEY.fullmatch(key):
        refuse(path, f"{shown(key)} is no key: write up to 63 small letters, digits and _")
    if any(key == each.key for each in STANDARD):
        refuse(path, f"{key} is used by every rubric already: write another key")
    if key in known.rules:
        refuse(path, f"{key} is used as the code of a rule: write another key")
    return key


def _source(value: object, path: str, known: Known) -> Source | Levels:
    read = _number_source(value, path, known)
    if read is not None:
        return read
    if value == From.FAILED_RULES:
        return Source(From.FAILED_RULES)
    own, kind = _only(value, path, _READERS)
    if kind is None:
        refuse(path, f"{shown(value)} is no source: write {_SOURCES}")
    return _READERS[kind](own, kind, known)


def _number_source(value: object, path: str, known: Known) -> Source | None:
    """What levels may be of; None where it is something else."""
    if value == From.SCORE:
        return Source(From.SCORE)
    own, kind = _only(value, path, _NUMBER_READERS)
    return None if kind is None else _NUMBER_READERS[kind](own, kind, known)


def _only(value: object, path: str, known: Container[str]) -> tuple[Section, From | None]:
    """The one key of a mapping, where it is known."""
    own = section(value if isinstance(value, Mapping) else None, path)
    kinds = [From(key) for key in own.data if key in known]
    return own, kinds[0] if len(own.data) == len(kinds) == 1 else None


def _rule(own: Section, kind: From, known: Known) -> Source:
    code = own.text(kind)
    _check_rule(code, own.at(kind), known)
    if kind is From.HEARD and not isinstance(known.rules[code], FactRule):
        refuse(own.at(kind), f"there is no fact that {code!r} hears: name a rule of the kind fact")
    return Source(kind, (code,))


def _check_rule(code: str, path: str, known: Known) -> None:
    if code not in known.rules:
        codes = ", ".join(list(known.rules)[:10]) or "none is defined"
        message = f"there is no rule {code[:100]!r} that the engine answers: write one of {codes}"
        refuse(path, message)


def _of_section(own: Section, kind: From, known: Known) -> Source:
    code = own.text(kind)
    if code not in known.sections:
        codes = ", ".join(known.sections[:10]) or "none is defined"
        refuse(own.at(kind), f"there is no section {code[:100]!r}: write one of {codes}")
    return Source(kind, (code,))


def _rules(own: Section, kind: From, known: Known) -> Source:
    codes, path = own.texts(kind, most=2_000, length=500), own.at(kind)
    if not codes:
        refuse(path, f"no rule is named: write some, or {kind} alone for all")
    for at, code in enumerate(codes):
        _check_rule(code, f"{path}[{at}]", known)
    check_unique(path, codes)
    return Source(kind, codes)


def _levels(own: Section, kind: From, known: Known) -> Levels:
    document = own.section(kind)
    of = _number_source(document.take("of"), document.at("of"), known)
    if of is None:
        refuse(document.at("of"), "levels are of a number: write score, section: … or count: …")
    labels = document.texts("labels", most=_LABELS_AT_MOST, length=63)
    if len(labels) < 2:
        refuse(document.at("labels"), f"{len(labels)} labels are too few: write at least 2")
    check_unique(document.at("labels"), labels)
    bounds = _bounds(document, len(labels) - 1)
    document.close()
    return Levels(of, labels, bounds)


def _bounds(document: Section, wanted: int) -> tuple[float, ...]:
    path = document.at("bounds")
    values = sequence(document.take("bounds"), path, most=_LABELS_AT_MOST - 1)
    bounds = tuple(
        number(value, f"{path}[{at}]", least=0, most=_BOUND_AT_MOST)
        for at, value in enumerate(values)
    )
    if len(bounds) != wanted:
        message = f"{len(bounds)} bounds do not come between the labels: write {wanted}, ascending"
        refuse(path, message)
    if any(low >= high for low, high in pairwise(bounds)):
        refuse(path, "the bounds do not come in ascending order: write each above the one before")
    return bounds


_NUMBER_READERS: Mapping[From, Callable[[Section, From, Known], Source]] = {
    From.COUNT: _rule,
    From.SECTION: _of_section,
}
_READERS: Mapping[From, Callable[[Section, From, Known], Source | Levels]] = {
    From.PASSED: _rule,
    From.FAILED: _rule,
    From.RESULT: _rule,
    From.HEARD: _rule,
    From.FAILED_RULES: _rules,
    From.LEVELS: _levels,
}
_SOURCES = ", ".join(
    ["score", "failed_rules", *(f"{each}: …" for each in (*_NUMBER_READERS, *_READERS))]
)
