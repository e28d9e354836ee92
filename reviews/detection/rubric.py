"""A rubric: its sections, lists and rules as frozen values, with limits and a canonical form."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from reviews.detection import kinds, outputs, references
from reviews.detection.asked import Names, QueryRule
from reviews.detection.document import RubricError, Section, check_unique, refuse, section
from reviews.detection.kinds import KINDS, Check, Kind, check_document, parse_check
from reviews.detection.language.phrase import PhraseError, TooManyReadings, leaf
from reviews.detection.language.types import AfterRule, Condition, Leaf, operands_of
from reviews.detection.outputs import STANDARD, Output, parse_outputs
from reviews.detection.references import (
    DOCUMENTS_AT_MOST,
    Document,
    facts_of,
    parse_documents,
)

__all__ = ["RubricError", "canonical", "document_of", "parse_rubric"]

RULES_AT_MOST = 2_000
PHRASES_AT_MOST = 5_000
LANGUAGE = "language"
"""What the first line of an example may say of it, such as `language: es`."""
FLOOR = 0.5
UNSURE_SHARE = 0.2


class Severity(StrEnum):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


GRAVEST_FIRST = tuple(reversed(Severity))


def below(severity: str) -> tuple[Severity, ...]:
    """The severities that are less grave, the gravest first."""
    return GRAVEST_FIRST[GRAVEST_FIRST.index(Severity(severity)) + 1 :]


class ViolationWhen(StrEnum):
    FOUND = "found"
    ABSENT = "absent"


class NotAssessablePolicy(StrEnum):
    """What not assessable rules do to the score."""

    EXCLUDED = "excluded"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Examples:
    """Snippets: lines of `agent: text` or `customer: text`."""

    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    known_gap: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    title: str
    section: str
    why: str
    severity: Severity
    weight: float
    auto_fail: bool
    violation_when: ViolationWhen
    applies_when: QueryRule | None
    languages: tuple[str, ...]
    confidence_floor: float
    unsure_share: float
    check: Check
    examples: Examples


@dataclass(frozen=True, slots=True)
class RubricSection:
    code: str
    title: str
    weight: float


@dataclass(frozen=True, slots=True)
class PackRelease:
    """The pack that a rubric was begun from, and the last release of it that was looked at."""

    code: str
    version: int


@dataclass(frozen=True, slots=True)
class Rubric:
    name: str
    pass_mark: float
    not_assessable: NotAssessablePolicy
    sections: tuple[RubricSection, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    rules: tuple[Rule, ...]
    documents: tuple[Document, ...] = ()
    pack: PackRelease | None = None
    outputs: tuple[Output, ...] = ()
    """Those that its author names."""

    @property
    def all_outputs(self) -> tuple[Output, ...]:
        """Also those that every rubric has."""
        return (*STANDARD, *self.outputs)

    def severity_of(self, code: str) -> Severity:
        """The severity of the rule with this code. Raises KeyError."""
        return {rule.code: rule.severity for rule in self.rules}[code]


def parse_rubric(data: object) -> Rubric:
    """A rubric from plain mappings and lists. Raises RubricError with the path of what is wrong."""
    document = section(data, "")
    lists = _lists(document.section("lists"))
    leaves = _leaves(lists)
    scoring = document.section("scoring")
    policy = scoring.choice("not_assessable", list(NotAssessablePolicy), default="excluded")
    scoring.close()
    sections = tuple(_section(each) for each in document.sections("sections", most=200))
    written = tuple(document.sections("rules", most=RULES_AT_MOST))
    documents = parse_documents(document.sections("documents", most=DOCUMENTS_AT_MOST))
    names = Names(
        lists=leaves,
        sections=frozenset(each.code for each in sections),
        rules=_followed(written),
        facts=facts_of(documents),
        codes=_listening(written),
    )
    rules = tuple(_rule(each, names) for each in written)
    rubric = Rubric(
        name=document.text("name", most=200),
        pass_mark=document.number("pass_mark", default=80, least=0, most=100),
        not_assessable=NotAssessablePolicy(policy),
        sections=sections,
        lists=lists,
        rules=rules,
        documents=documents,
        pack=_pack(document.section("pack")) if document.has("pack") else None,
        outputs=parse_outputs(document, _known(rules, sections)),
    )
    document.close()
    check_unique("sections", [each.code for each in rubric.sections])
    check_unique("rules", [each.code for each in rubric.rules])
    if not rubric.rules:
        refuse("rules", "the rubric has no rule: write at least one")
    order_of(rubric.rules)
    return rubric


def _known(rules: Sequence[Rule], sections: Sequence[RubricSection]) -> outputs.Known:
    checks = {rule.code: rule.check for rule in rules if kinds.kind_of(rule.check).listens}
    return outputs.Known(checks, [each.code for each in sections])


def queries_in(rule: Rule) -> Iterator[tuple[str, QueryRule]]:
    """Every query of a rule with its path in the rule's document."""
    if rule.applies_when is not None:
        yield "applies_when", rule.applies_when
    for path, query in kinds.queries_of(rule.check):
        yield f"check.{path}", query


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """What a rule asks by query: its check, and when it applies."""
    for _, query in queries_in(rule):
        yield query.condition


def rules_before(rule: Rule) -> frozenset[str]:
    """Codes of the rules that a rule names by AFTER RULE."""
    return frozenset(name for each in conditions_of(rule) for name in _named(each))


def with_those_before(rubric: Rubric, codes: Collection[str]) -> Rubric:
    """The rubric with these rules alone, and those that they come after; in its order.

    It has no outputs.
    """
    known = {rule.code: rule for rule in rubric.rules}
    waiting, kept = [code for code in codes if code in known], set[str]()
    while waiting:
        code = waiting.pop()
        if code not in kept:
            kept.add(code)
            waiting.extend(rules_before(known[code]))
    rules = tuple(rule for rule in rubric.rules if rule.code in kept)
    return replace(rubric, rules=rules, outputs=())  # they may name those that are left out


def _named(condition: Condition) -> Iterator[str]:
    if isinstance(condition, AfterRule):
        yield condition.rule
    for each in operands_of(condition):
        yield from _named(each)


def order_of(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Codes, each behind those it comes after. Raises RubricError where rules form a circle."""
    try:
        return tuple(TopologicalSorter({r.code: rules_before(r) for r in rules}).static_order())
    except CycleError as error:
        circle = ", ".join(error.args[1][:10])
        refuse("rules", f"{circle} come after each other: remove an AFTER RULE")


def _followed(rules: Sequence[Section]) -> frozenset[str]:
    """Codes of the rules whose hits have a place."""
    return frozenset(code for code, kind in _kinds_of(rules) if kind.has_places)


def _listening(rules: Sequence[Section]) -> frozenset[str]:
    """Codes of the rules that the engine answers."""
    return frozenset(code for code, kind in _kinds_of(rules) if kind.listens)


def _kinds_of(rules: Sequence[Section]) -> Iterator[tuple[str, Kind]]:
    """Before anything of them is read, for rules may name those that stand behind them."""
    for each in rules:
        check = each.data.get("check")
        for name in check if isinstance(check, Mapping) else ():
            if name in KINDS:
                yield str(each.data.get("code")), KINDS[name]


def canonical(rubric: Rubric) -> bytes:
    """The rubric as sorted JSON in UTF-8; parsing it gives the same bytes again."""
    return json.dumps(
        document_of(rubric),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode("utf-8", "surrogatepass")


def document_of(rubric: Rubric) -> dict[str, object]:
    """What `parse_rubric` reads, with every default written out."""
    document: dict[str, object] = {
        "name": rubric.name,
        "pass_mark": rubric.pass_mark,
        "scoring": {"not_assessable": rubric.not_assessable},
        "sections": [asdict(each) for each in rubric.sections],
        "lists": {name: list(phrases) for name, phrases in rubric.lists},
        "rules": [_rule_document(rule) for rule in rubric.rules],
    }
    if rubric.documents:  # a rubric without any keeps the hash that it had before there were any
        document["documents"] = [references.written(each) for each in rubric.documents]
    if rubric.outputs:
        document["outputs"] = [outputs.written(each) for each in rubric.outputs]
    if rubric.pack:
        document["pack"] = asdict(rubric.pack)
    return document


def canonical_rules(rubric: Rubric) -> dict[str, object]:
    """Each rule as its document has it, by code, but for its examples: they find nothing."""
    return {rule.code: _rule_document(replace(rule, examples=Examples())) for rule in rubric.rules}


def _rule_document(rule: Rule) -> dict[str, object]:
    names = ("code", "title", "section", "why", "severity", "weight", "auto_fail")
    document: dict[str, object] = {name: getattr(rule, name) for name in names}
    document |= {
        "violation_when": rule.violation_when,
        "languages": list(rule.languages),
        "confidence_floor": rule.confidence_floor,
        "unsure_share": rule.unsure_share,
        "check": check_document(rule.check),
        "examples": asdict(rule.examples),
    }
    if rule.applies_when is not None:
        document["applies_when"] = rule.applies_when.text
    return document


def _lists(document: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lists = []
    for name in sorted(document.data):
        if name != name.strip() or not name or any(char in name for char in "{}\n"):
            refuse(document.at(name[:60]), "a list's name is words without { }: rename it")
        phrases = document.texts(name, most=PHRASES_AT_MOST)
        if not phrases:
            refuse(document.at(name), "the list is empty: write at least one phrase")
        for at, phrase in enumerate(phrases):
            if "{" in phrase:
                message = "a phrase names no other list: write its phrases here, or use both lists"
                refuse(f"{document.at(name)}[{at}]", message)
        lists.append((name, phrases))
    return tuple(lists)


def _leaves(lists: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, Leaf]:
    leaves = {}
    for name, phrases in lists:
        try:
            leaves[name] = leaf(phrases, shown="the list")
        except TooManyReadings as error:
            refuse(f"lists.{name}", error.message)
        except PhraseError:
            _refuse_phrase(phrases, f"lists.{name}")
            raise
    return leaves


def _refuse_phrase(phrases: Sequence[str], path: str) -> None:
    """Say which phrase of a list is refused, and where in it."""
    for at, phrase in enumerate(phrases):
        try:
            leaf([phrase], shown="the phrase")
        except PhraseError as error:
            refuse(f"{path}[{at}]", f"character {error.offset + 1}: {error.message}")


def _section(document: Section) -> RubricSection:
    code = document.text("code", most=100)
    made = RubricSection(
        code=code,
        title=document.text("title", default=code),
        weight=document.number("weight", default=1, least=0, most=1_000),
    )
    document.close()
    return made


def _pack(document: Section) -> PackRelease:
    made = PackRelease(
        code=document.text("code", most=100),
        version=document.whole("version", default=0, least=1, most=100_000),
    )
    document.close()
    return made


def _rule(document: Section, names: Names) -> Rule:
    code = document.text("code", most=100)
    in_section = document.text("section", default="")
    if in_section not in names.sections and (in_section or names.sections):
        known = ", ".join(sorted(names.sections)) or "none is defined"
        refuse(document.at("section"), f"there is no section {in_section!r}: write one of {known}")
    made = Rule(
        code=code,
        title=document.text("title", default=code),
        section=in_section,
        why=document.text("why", default="", most=1_000),
        severity=Severity(document.choice("severity", list(Severity), default="medium")),
        weight=document.number("weight", default=1, least=0, most=1_000),
        auto_fail=document.yes_no("auto_fail"),
        violation_when=ViolationWhen(
            document.choice("violation_when", list(ViolationWhen), default="found")
        ),
        applies_when=_applies_when(document, names),
        languages=document.texts("languages", most=100, length=20),
        confidence_floor=document.number("confidence_floor", default=FLOOR, least=0, most=1),
        unsure_share=document.number("unsure_share", default=UNSURE_SHARE, least=0, most=1),
        check=parse_check(document.section("check"), names),
        examples=_examples(document.section("examples")),
    )
    document.close()
    _check_fits(made, document)
    return made


def _check_fits(rule: Rule, document: Section) -> None:
    """What not every kind of check may have beside it."""
    kind, name = kinds.kind_of(rule.check), kinds.name_of(rule.check)
    if rule.auto_fail and not kind.may_fail_alone:
        message = f"a {name} rule is no ground to fail a call: write false"
        refuse(document.at("auto_fail"), message)
    heard = {
        "violation_when": rule.violation_when is ViolationWhen.ABSENT,
        "languages": rule.languages,
        "examples": rule.examples != Examples(),
    }
    for key in () if kind.listens else heard:
        if heard[key]:
            refuse(document.at(key), f"an {name} rule listens for nothing: leave it out")


def _applies_when(document: Section, names: Names) -> QueryRule | None:
    return names.query(document, "applies_when") if document.has("applies_when") else None


def _examples(document: Section) -> Examples:
    names = ("must_match", "must_not_match", "known_gap")
    for name in names:
        for at, snippet in enumerate(document.texts(name, most=1_000)):
            _check_snippet(snippet, f"{document.at(name)}[{at}]")
    document.close()
    return Examples(*(document.texts(name, most=1_000) for name in names))


def _check_snippet(snippet: str, path: str) -> None:
    for at, line in enumerate(snippet.strip().splitlines(), 1):
        speaker, colon, _ = line.partition(":")
        if at == 1 and speaker == LANGUAGE and colon:
            continue
        if not colon or speaker.strip() not in ("agent", "customer"):
            refuse(path, f"line {at} names no speaker: begin it with agent: or customer:")
