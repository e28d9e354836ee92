"""What the authors' guide shows is what the engine answers, example by example."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import get_args

import pytest

from reviews.detection.engine import evaluate, run_query
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, quote
from reviews.detection.language.errors import QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf
from reviews.detection.language.types import (
    Condition,
    Leaf,
    Nesting,
    Place,
    SlotKind,
    Step,
    Unit,
    Window,
)
from reviews.detection.rubric import FLOOR, UNSURE_SHARE, parse_rubric
from reviews.detection.transcript import Transcript
from tests.unit.docs.written import FOLDER, markdown, transcript

ANSWER = re.compile(
    r'Found(, unsure)?(: "[^"]+"( and "[^"]+")*)?|Clear(\. Nearest miss: "[^"]+")?'
    r"|Not assessable: \w+|Refused: line \d+, column \d+(: .+)?"
)


@dataclass(frozen=True)
class Example:
    line: int
    call: Transcript
    query: str
    answer: str
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def leaves(self) -> dict[str, Leaf]:
        return {name: leaf(phrases, shown=name) for name, phrases in self.lists.items()}

    def parsed(self) -> Condition:
        rules = {*self.rules} or None
        return parse_query(self.query, lists=self.leaves, rules=rules)


def named(block: str) -> dict[str, str]:
    """Lines of `name: what`."""
    return {
        name: what.strip() for name, _, what in (line.partition(":") for line in block.splitlines())
    }


def examples() -> Iterator[Example]:
    """A call, lists and rules hold for each rule below, until the next ones."""
    tokens = markdown("rule-language")
    blocks: dict[str, str] = {}
    for at, token in enumerate(tokens):
        if token.type != "fence":
            continue
        assert token.info in ("call", "lists", "rules", "rule"), token.info
        blocks[token.info] = token.content
        if token.info != "rule":
            continue
        assert tokens[at + 1].type == "paragraph_open", f"no answer after {token.content}"
        lists = named(blocks.get("lists", ""))
        yield Example(
            line=(token.map or [0])[0] + 1,
            call=transcript(blocks["call"]),
            query=token.content.rstrip("\n"),
            answer=tokens[at + 2].content,
            lists={name: tuple(each.split(", ")) for name, each in lists.items()},
            rules=named(blocks.get("rules", "")) if "AFTER RULE" in token.content else {},
        )


def outcome_of(example: Example) -> Outcome:
    """As a rule with the usual floors answers it."""
    condition = example.parsed()
    if not example.rules:
        return run_query(condition, example.call, floor=FLOOR, unsure_share=UNSURE_SHARE)
    queries = {**example.rules, "example": example.query}
    rules = [{"code": code, "check": {"query": query}} for code, query in queries.items()]
    results = evaluate(example.call, parse_rubric({"name": "x", "rules": rules})).results
    assert results[-1].outcome is not None
    return results[-1].outcome


def answered(example: Example) -> str:
    try:
        return shown(outcome_of(example), example.call)
    except QueryError as error:
        return f"Refused: {error}"


def shown(outcome: Outcome, call: Transcript) -> str:
    match outcome:
        case NotAssessable(reason):
            return f"Not assessable: {reason}"
        case Clear(absence):
            nearest = absence.nearest if absence else None
            return f'Clear. Nearest miss: "{quote(call, nearest.evidence)}"' if nearest else "Clear"
        case Found(evidence, is_unsure):
            quotes = " and ".join(f'"{quote(call, each)}"' for each in evidence)
            return "Found" + ", unsure" * is_unsure + (f": {quotes}" if quotes else "")
    raise AssertionError(outcome)


EXAMPLES = list(examples())
SHORTENED = re.compile(r"Refused|Clear$")
"""Answers that may leave out the end of what is said: a message, the nearest miss."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"line {each.line}")
def test_the_engine_answers_as_the_guide_says(example: Example) -> None:
    assert ANSWER.fullmatch(example.answer), "an answer has one of these forms"
    answer = answered(example)
    if SHORTENED.match(example.answer):
        seen = re.match(rf"{re.escape(example.answer)}(?!\w)", answer)
        answer = seen[0] if seen else answer
    assert answer == example.answer


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 60


def parts(value: object) -> Iterator[object]:
    """Every class and every member of an enumeration that a query is made of."""
    yield value
    yield type(value)
    if is_dataclass(value):
        for each in fields(value):
            yield from parts(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from parts(each)


def test_every_construct_of_the_language_has_an_example() -> None:
    shown_parts = set()
    for example in EXAMPLES:
        if not example.answer.startswith("Refused"):
            shown_parts |= {each for each in parts(example.parsed()) if isinstance(each, Hashable)}
    classes = {*get_args(Condition), *get_args(Step), *get_args(Window)}
    wanted = {*classes, *SlotKind, *Unit, *Place, *Nesting}
    assert wanted - shown_parts == set()


def cells(name: str) -> Iterator[tuple[int, str]]:
    """The second cell of each row, as it is written, with the table's line."""
    tokens = markdown(name)
    for at, token in enumerate(tokens):
        if token.type == "td_open" and tokens[at - 1].type == "td_close":
            is_second = tokens[at - 4].type == "tr_open"
            if is_second:
                yield (token.map or [0])[0], tokens[at + 1].content


def test_the_cheat_sheet_offers_nothing_that_is_refused() -> None:
    written = [code for _, cell in cells("cheat-sheet") for code in re.findall(r"`([^`]+)`", cell)]
    assert len(written) >= 30
    lists = {"cities": leaf(["Paris", "London"], shown="cities")}
    for code in written:
        assert parse_query(code, lists=lists), code


@pytest.mark.parametrize("name", ["rule-language", "cheat-sheet", "checks"])
def test_links_lead_to_headings_and_guides_that_are_there(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        linked = (FOLDER / (file or f"{name}.md")).read_text("utf-8")
        headings = [line.lstrip("# ") for line in linked.splitlines() if line.startswith("#")]
        anchors = {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not anchor or anchor in anchors, target
