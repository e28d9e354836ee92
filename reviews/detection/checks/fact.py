"""The `fact` check: a value that is said is held against a fact of a reference document."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from reviews.detection import intervals, values
from reviews.detection.asked import Names, QueryRule
from reviews.detection.conditions import Hearing, State, judge
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, Reason
from reviews.detection.intervals import Captured, Stretch
from reviews.detection.language.types import (
    SPANS,
    AfterRule,
    And,
    ByRole,
    BySpeaker,
    Chain,
    Condition,
    Confident,
    Leaf,
    Literal,
    Near,
    Nested,
    NextTurn,
    NotNear,
    Placed,
    SameTurn,
    Slot,
    Span,
    Wild,
    Within,
    leaves_of,
)
from reviews.detection.reading import Reading
from reviews.detection.references import Fact
from reviews.detection.slots import SlotReader
from reviews.detection.spans import NO_WORDS
from reviews.detection.values import VALUED, Value

_RIGHT = re.compile(r"\s*([a-z][a-z0-9_]*)\s*(!=|<=|>=|=|<|>|\bin\b)\s*([a-z][a-z0-9_]*)\s*")
_DUE = {
    "=": "",
    "in": "",
    "!=": "other than ",
    "<": "under ",
    "<=": "at most ",
    ">": "over ",
    ">=": "at least ",
}
_ONCE = "write the value once, such as <duration as said>"


@dataclass(frozen=True, slots=True)
class FactRule:
    """What is said is right where `captured comparison fact` holds."""

    query: QueryRule
    slot: Slot
    comparison: str
    fact: Fact


def parse(document: Section, names: Names) -> FactRule:
    own = document.section("fact")
    query = names.query(own, "query")
    captured, comparison, fact = _right_when(own, names.facts)
    slot = _captured(query.condition, own.at("query"))
    if captured != slot.capture:
        refuse(own.at("right_when"), f"the query captures {slot.capture!r}: write that name")
    if slot.kind is not fact.kind:
        message = f"{fact.name} is a {fact.kind}, the slot hears a {slot.kind}: write one kind"
        refuse(own.at("right_when"), message)
    own.close()
    return FactRule(query, slot, comparison, fact)


def written(rule: FactRule) -> Mapping[str, object]:
    right = f"{rule.slot.capture} {rule.comparison} {rule.fact.name}"
    return {"query": rule.query.text, "right_when": right}


def queries(rule: FactRule) -> Iterator[tuple[str, QueryRule]]:
    yield "fact.query", rule.query


def check(rule: FactRule, hearing: Hearing) -> Outcome:
    """Found where a value is said and wrong; each place is held against the fact on its own.

    Raises TooMuchEffort.
    """
    if not hearing.reading.axis.tokens:
        return NotAssessable(*NO_WORDS)
    verdict = judge(rule.query.condition, hearing, is_absence_asked=False)
    if verdict.state is State.UNKNOWN:
        unknown = verdict.doubt or (Reason.ENGINE_ERROR, "the query came to no answer")
        return NotAssessable(*unknown)
    if verdict.state is State.CLEAR:
        return Clear()
    found = hearing.matches(_capturing(rule.query.condition))
    wrong = list(_wrong(rule, intervals.shortest(found.stretches), hearing.reading))
    if wrong:
        is_unsure = verdict.is_unsure or all(each.is_unsure for each in wrong)
        return Found(tuple(wrong), is_unsure=is_unsure)
    return NotAssessable(*found.doubt) if found.doubt else Clear()


def _right_when(own: Section, facts: Mapping[str, Fact]) -> tuple[str, str, Fact]:
    text, path = own.text("right_when"), own.at("right_when")
    seen = _RIGHT.fullmatch(text)
    if seen is None:
        refuse(path, f"{text!r} is no comparison: write one such as said = return_window")
    fact = facts.get(seen[3])
    if fact is None:
        known = ", ".join(sorted(facts)[:10]) or "none is defined"
        refuse(path, f"there is no fact {seen[3]!r}: write one of {known}")
    if (seen[2] == "in") is not fact.is_list:
        remedy = "compare it by in" if fact.is_list else "compare it by = or another sign"
        several = "a list" if fact.is_list else "one value"
        refuse(path, f"{fact.name} is {several}: {remedy}")
    return seen[1], seen[2], fact


def _captured(condition: Condition, path: str) -> Slot:
    """The one slot whose value the query captures. Raises RubricError."""
    slots = {slot for leaf in leaves_of(condition) for slot in leaf.captured}
    if len(slots) != 1:
        several = "captures no value" if not slots else "captures several values"
        refuse(path, f"the query {several}: {_ONCE}")
    slot = slots.pop()
    if slot.kind not in VALUED:
        kinds = ", ".join(f"<{kind}>" for kind in VALUED)
        refuse(path, f"a <{slot.kind}> cannot be compared in this version: write one of {kinds}")
    if not _is_in_every_hit(condition):
        message = "the query can be found without the value: take it out of OR, NOT, COUNT and [ ]"
        refuse(path, f"{message}, and from the right of NOT NEAR, INSIDE and CONTAINING")
    others = [leaf for leaf in leaves_of(condition) if not leaf.captured]
    if any(slot.kind in _kinds(leaf) for leaf in others):
        refuse(path, f"the query holds a second <{slot.kind}>: {_ONCE}")
    if not all(_is_plain(leaf) for leaf in leaves_of(condition) if leaf.captured):
        message = "numbers, free words or other slots stand beside the value in one phrase"
        refuse(path, f"{message}: write it alone, joined by NEAR or BEFORE")
    return slot


def _kinds(leaf: Leaf) -> set[str]:
    steps = (step for pattern in leaf.patterns for step in pattern.steps)
    return {step.kind for step in steps if isinstance(step, Slot)}


def _is_plain(leaf: Leaf) -> bool:
    """Words alone stand beside the value, so that none of them can be taken for it."""
    steps = (step for pattern in leaf.patterns for step in pattern.steps)
    beside = (step for step in steps if step not in leaf.captured)
    return all(
        isinstance(step, Wild) or (isinstance(step, Literal) and not step.token[0].isdigit())
        for step in beside
    )


def _is_in_every_hit(condition: Condition) -> bool:
    """Wherever the query is found, the value is among the words that it is found by."""
    if isinstance(condition, Leaf):
        captured = condition.captured
        return all(not captured.isdisjoint(pattern.steps) for pattern in condition.patterns)
    return any(map(_is_in_every_hit, _held(condition)))


def _held(condition: Condition) -> tuple[Condition, ...]:
    """The operands whose words are always in the evidence."""
    match condition:
        case And(operands) | Chain(operands, _):
            return operands
        case Near(left, right) | SameTurn(left, right) | NextTurn(left, right):
            return (left, right)
        case NotNear(left) | Nested(left):
            return (left,)
        case (
            ByRole(_, operand)
            | BySpeaker(_, operand)
            | Within(_, operand)
            | Placed(_, operand)
            | Confident(_, operand)
            | AfterRule(_, operand)
        ):
            return (operand,)
    return ()


def _capturing(condition: Condition) -> Span:
    """The span that holds the value; AND may join it with others."""
    while not isinstance(condition, SPANS):
        condition = next(filter(_captures, _held(condition)))
    return cast("Span", condition)


def _captures(condition: Condition) -> bool:
    return any(leaf.captured for leaf in leaves_of(condition))


def _wrong(rule: FactRule, stretches: list[Stretch], reading: Reading) -> Iterator[Evidence]:
    for stretch in stretches:
        heard = [value for value in _heard(rule, stretch, reading) if not _is_right(rule, value)]
        if heard:
            yield replace(reading.evidence(stretch), label=_label(rule, heard[0]))


def _heard(rule: FactRule, stretch: Stretch, reading: Reading) -> Iterator[Value]:
    """The values of a stretch: those in the words of the leaf that captures."""
    axis = reading.axis
    reader = reading.once(SlotReader, lambda: SlotReader(axis))
    for mark in stretch.marks:
        if not isinstance(mark, Captured):
            continue
        begin, stop = axis.positions[mark.first], axis.positions[mark.last + 1]
        for at in range(begin, stop):
            end = reader.end(rule.slot, at)
            if at < end <= stop:
                yield values.of_tokens(axis.placed[at:end], axis.language)


def _is_right(rule: FactRule, value: Value) -> bool:
    fact, comparison = rule.fact, rule.comparison
    if comparison == "!=":
        return all(values.compares(value, "!=", each) for each in (*fact.due, *fact.as_good))
    is_due = any(values.compares(value, "=", each) for each in (*fact.due, *fact.as_good))
    if comparison in ("=", "in"):
        return is_due
    if is_due:
        return comparison in ("<=", ">=")
    return bool(values.compares(value, comparison, fact.due[0]))


def said(label: str) -> str:
    """What was heard, as the label of a finding's evidence has it: `14 days`."""
    return label.removeprefix("said ").partition(", due ")[0]


def amount(rule: FactRule, heard: str) -> float | None:
    """How much that is in the unit of the fact; None where it is of another."""
    read = values.read(heard)
    found = values.in_unit_of(read[1], rule.fact.due[0]) if read else None
    return None if found is None else float(found)


def _label(rule: FactRule, value: Value) -> str:
    """`said 14 days, due 30 days (returns v3 §2)`."""
    due = " or ".join(map(str, rule.fact.due))
    return f"said {value}, due {_DUE[rule.comparison]}{due} ({rule.fact.place})"
