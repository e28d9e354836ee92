"""Span expressions on a call: the stretches they denote, or why that cannot be told."""

from collections.abc import Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

from reviews.detection import pairs, places, similarity
from reviews.detection.evidence import Reason
from reviews.detection.intervals import Captured, Stretch
from reviews.detection.language.types import (
    AfterRule,
    ByRole,
    BySpeaker,
    Chain,
    Confident,
    Either,
    Leaf,
    Placed,
    Similar,
    Span,
    Within,
)
from reviews.detection.pairs import NOTHING, Matches
from reviews.detection.places import NO_CONFIDENCE, Standing
from reviews.detection.reading import Reading
from reviews.detection.transcript import Role
from reviews.detection.windows import (
    NO_TIMES,
    NOT_TRANSCRIBED,
    Doubt,
    doubt_of,
    is_inside,
    is_untranscribed,
    lacks_times,
)

NO_WORDS: Doubt = (Reason.NO_WORDS, "the transcript holds no words")
ROLES_UNKNOWN: Doubt = (
    Reason.ROLES_UNKNOWN,
    "the words were said, but it is not known whether by this role",
)
NUMBERS_UNREAD: Doubt = (
    Reason.NUMBERS_UNREAD,
    "the rule asks for a number, and numbers are not read in the call's language",
)
NO_LABELS: Doubt = (Reason.ROLES_UNKNOWN, "the call has no speaker labels")
LABEL_MISSING: Doubt = (
    Reason.ROLES_UNKNOWN,
    "the words were said in a part of the call that has no speaker label",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose words count, and the confidence below which one is not sure."""

    role: Role | None = None
    label: str | None = None
    floor: float = 0.0
    is_wide: bool = False
    """Words of an unknown role count as that role's: all that there may be."""


ANYONE = Scope()


def matches(  # noqa: PLR0911  # one return for each kind of span
    span: Span, reading: Reading, scope: Scope = ANYONE
) -> Matches:
    """All stretches of a span expression. Raises TooMuchEffort at the engine's own limit."""
    if not reading.axis.tokens:
        return Matches([], NO_WORDS)
    match span:
        case Leaf():
            return _leaf(span, reading, scope)
        case Similar():
            read = _scoped(similarity.find(span, reading), reading, scope)
            return _read_as_far(span, read, reading)
        case ByRole(role, operand):
            return matches(operand, reading, replace(scope, role=role))
        case BySpeaker(label, operand):
            return matches(operand, reading, replace(scope, label=label))
        case Either(operands):
            # A list of many phrases costs only those that were said.
            said = [each for each in operands if not _is_unsaid(each, reading)]
            return pairs.either([matches(each, reading, scope) for each in said])
        case Within(_, operand):
            return _within(span, matches(operand, reading, scope), reading)
        case Placed(_, operand) | Confident(_, operand) | AfterRule(_, operand, _):
            return _standing(span, matches(operand, reading, scope), reading)
        case Chain(operands, distances):
            sides = [matches(each, reading, scope) for each in operands]
            return pairs.chain(sides, distances, reading)
    left, right = (matches(each, reading, scope) for each in (span.left, span.right))
    return pairs.pair(span, left, right, reading)


def _is_unsaid(span: Span, reading: Reading) -> bool:
    return isinstance(span, Leaf) and span.key not in reading.hits


def _leaf(leaf: Leaf, reading: Reading, scope: Scope) -> Matches:
    hits = reading.hits.get(leaf.key)
    if hits is None:
        return NOTHING
    key = (leaf.key, scope)
    if key not in reading.remembered:  # rules ask for the same words of the same people
        mark = Captured if leaf.captured else _mark
        stretches = [Stretch(first, last, (mark(first, last),)) for first, last in hits]
        found = _scoped(stretches, reading, scope)
        reading.remembered[key] = _read_as_far(leaf, found, reading)
    return cast("Matches", reading.remembered[key])


def _mark(first: int, last: int) -> tuple[int, int]:
    return first, last


def _read_as_far(leaf: Leaf | Similar, found: Matches, reading: Reading) -> Matches:
    """There may be more of it where it names a number and those of the call are not read."""
    if reading.axis.reads_numbers or not leaf.has_numbers:
        return found
    return Matches(found.stretches, found.doubt or NUMBERS_UNREAD)


def _scoped(stretches: list[Stretch], reading: Reading, scope: Scope) -> Matches:
    if not stretches:
        return Matches(stretches)
    doubt: Doubt | None = None
    if scope.label is not None:
        if not reading.has_labels:
            return Matches([], NO_LABELS)
        labels = [reading.speaker_of(stretch.start) for stretch in stretches]
        doubt = LABEL_MISSING if None in labels and not scope.is_wide else None
        wanted = {scope.label, None} if scope.is_wide else {scope.label}
        stretches = [s for s, each in zip(stretches, labels, strict=True) if each in wanted]
    if scope.role is not None:
        roles = [reading.role_of(stretch.start) for stretch in stretches]
        doubt = ROLES_UNKNOWN if Role.UNKNOWN in roles and not scope.is_wide else doubt
        theirs = {scope.role, Role.UNKNOWN} if scope.is_wide else {scope.role}
        stretches = [s for s, role in zip(stretches, roles, strict=True) if role in theirs]
    if unsure := reading.unsure_tokens(scope.floor):
        stretches = [_heard(each, unsure, reading) for each in stretches]
    return Matches(stretches, doubt)


def _heard(stretch: Stretch, unsure: Set[int], reading: Reading) -> Stretch:
    tokens = chain.from_iterable(reading.own(first, last) for first, last in stretch.marks)
    return stretch if unsure.isdisjoint(tokens) else stretch._replace(is_unsure=True)


def _within(span: Within, inner: Matches, reading: Reading) -> Matches:
    if inner.stretches and (own := doubt_of(span.window, reading)):
        return Matches([], own)
    doubt = inner.doubt
    kept = [s for s in inner.stretches if is_inside(s, span.window, reading)]
    if any(lacks_times(s, span.window, reading) for s in inner.stretches):
        doubt = doubt or NO_TIMES
    if not kept and is_untranscribed(span.window, reading):
        doubt = doubt or NOT_TRANSCRIBED
    return Matches(kept, doubt)


def _standing(span: Standing, inner: Matches, reading: Reading) -> Matches:
    """Of the stretches those that stand there; nothing is asked of a call that has none."""
    if not inner.stretches:
        return inner
    if doubt := places.doubt_of(span, reading):
        return Matches([], doubt)
    answers = [places.stands(each, span, reading) for each in inner.stretches]
    kept = [each for each, stands in zip(inner.stretches, answers, strict=True) if stands]
    return Matches(kept, NO_CONFIDENCE if None in answers else inner.doubt)
