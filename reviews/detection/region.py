"""What was searched when nothing was found: whose words, which stretch, how much was heard."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import compress
from typing import cast

from reviews.detection.evidence import Absence
from reviews.detection.folding import MASK
from reviews.detection.language.types import (
    AfterRule,
    ByRole,
    BySpeaker,
    Confident,
    Either,
    Leaf,
    Nested,
    Nesting,
    NotNear,
    Placed,
    Similar,
    Span,
    Window,
    Within,
    operands_of,
)
from reviews.detection.reading import First, Reading, Said
from reviews.detection.transcript import Role, Transcript
from reviews.detection.windows import edges_ms, inside


@dataclass(frozen=True, slots=True)
class Region:
    """No `roles`: anyone's words. Windows must all hold."""

    roles: frozenset[Role] = frozenset()
    labels: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    rules: frozenset[str] = frozenset()
    """Only what follows the first hits of these."""


def region_of(span: Span) -> Region:  # noqa: PLR0911  # one return for each kind of span
    """The region of a span; where its parts differ, the widest that holds them all."""
    match span:
        case Leaf() | Similar():
            return Region()
        case ByRole(role, operand):
            return replace(region_of(operand), roles=frozenset({role}))
        case BySpeaker(label, operand):
            return replace(region_of(operand), labels=frozenset({label}))
        case Within(window, operand):
            inner = region_of(operand)
            return replace(inner, windows=(*inner.windows, window))
        case AfterRule(rule, operand, False):
            inner = region_of(operand)
            return replace(inner, rules=inner.rules | {rule})
        case Placed(_, operand) | Confident(_, operand) | AfterRule(_, operand, True):
            return region_of(operand)
        case NotNear(left) | Nested(left, _, Nesting.NOT_INSIDE):
            return region_of(left)
        case Either(operands) if all(isinstance(each, Leaf) for each in operands):
            return Region()
    return widest([region_of(cast("Span", each)) for each in operands_of(span)])


def widest(regions: list[Region]) -> Region:
    """What holds them all."""

    def union(sets: list[frozenset[Role]] | list[frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*sets) if all(sets) else frozenset()

    windows = {region.windows for region in regions}
    return Region(
        cast("frozenset[Role]", union([region.roles for region in regions])),
        union([region.labels for region in regions]),
        windows.pop() if len(windows) == 1 else (),
        frozenset.intersection(*(region.rules for region in regions)),
    )


def absence_of(region: Region, reading: Reading, *, floor: float) -> Absence:
    """The proof of absence; words of an unknown speaker count as searched, they may be anyone's."""
    key = (region, floor)
    if key not in reading.remembered:
        reading.remembered[key] = _absence(region, reading, floor)
    return cast("Absence", reading.remembered[key])


def _absence(region: Region, reading: Reading, floor: float) -> Absence:
    start_ms, end_ms = _edges(region, reading)
    words, below, masked = _count(region, reading, floor)
    return Absence(
        start_ms=start_ms,
        end_ms=end_ms,
        roles=tuple(sorted(role.value for role in region.roles)),
        words=words,
        below_floor=below,
        masked=masked,
        untranscribed_ms=reading.untranscribed(start_ms, end_ms),
    )


def _edges(region: Region, reading: Reading) -> tuple[int, int]:
    start, end = 0, reading.end_ms
    for window in region.windows:
        low, high = edges_ms(window, reading)
        start, end = max(start, low), min(end, high)
    behind = _behind(region, reading)
    if behind >= 0:
        start = max(start, reading.times_of(behind, behind)[1])
    return start, max(start, end)


def _behind(region: Region, reading: Reading) -> int:
    """The token after which the search begins; -1 where it is the whole call."""
    ends = (reading.firsts.get(rule, First()).end for rule in region.rules)
    return max((end for end in ends if end is not None), default=-1)


def _count(region: Region, reading: Reading, floor: float) -> tuple[int, int, int]:
    """Words searched, those of them below the floor, and masked ones."""
    said = _said(region, reading)
    words, tokens = set(said.words), reading.axis.tokens
    masked = [at for at in said.tokens if tokens[at][0] == MASK] if reading.has_masks else []
    return len(words), len(words & _below(reading, floor)), len(masked)


def _below(reading: Reading, floor: float) -> frozenset[int]:
    """Every word of the call that is known to be below the floor."""
    if floor not in reading.remembered:
        confidence = reading.transcript.confidence
        # A list first: to go through it costs half of what a generator does.
        below = [at for at, sure in enumerate(confidence) if sure is not None and sure < floor]
        reading.remembered[floor] = frozenset(below)
    return cast("frozenset[int]", reading.remembered[floor])


def _said(region: Region, reading: Reading) -> Said:
    """What was said in the region."""
    said = _spoken(region, reading) if region.roles or region.labels else reading.said
    for window in region.windows:
        said = inside(said, window, reading)
    behind = _behind(region, reading)
    return said.only(said.tokens[bisect_right(said.tokens, behind) :]) if behind >= 0 else said


def _spoken(region: Region, reading: Reading) -> Said:
    """What the region's speakers said."""
    key = (region.roles, region.labels)
    if key not in reading.remembered:
        spoken = _are_spoken(region, reading.transcript)
        utterances = map(reading.utterances.__getitem__, reading.said.words)
        tokens = compress(reading.axis.kept, map(spoken.__getitem__, utterances))
        reading.remembered[key] = reading.said.only(list(tokens))
    return cast("Said", reading.remembered[key])


def _are_spoken(region: Region, transcript: Transcript) -> list[bool]:
    """For each utterance, whether one of the region's speakers may have said it."""
    # A tuple: to hash a role costs more than to compare it with two others.
    roles, labels = (*region.roles, Role.UNKNOWN), {*region.labels, None}
    return [
        (not region.roles or role in roles) and (not region.labels or label in labels)
        for role, label in zip(transcript.roles, transcript.speakers, strict=True)
    ]
