"""What was searched when nothing was found: whose words, which stretch, how much was heard."""

from dataclasses import dataclass
from typing import cast

from reviews.detection.evidence import Absence, NearestMiss
from reviews.detection.folding import MASK
from reviews.detection.language.types import (
    ByRole,
    BySpeaker,
    Chain,
    Either,
    Leaf,
    Near,
    NotNear,
    Span,
    Window,
    Within,
)
from reviews.detection.reading import Reading
from reviews.detection.transcript import Role
from reviews.detection.windows import edges_ms, inside


@dataclass(frozen=True, slots=True)
class Region:
    """No `roles`: anyone's words. Windows must all hold."""

    roles: frozenset[Role] = frozenset()
    labels: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()


def region_of(span: Span) -> Region:  # noqa: PLR0911  # one return for each kind of span
    """The region of a span; where its parts differ, the widest that holds them all."""
    match span:
        case Leaf():
            return Region()
        case Either(operands) if all(isinstance(each, Leaf) for each in operands):
            return Region()
        case ByRole(role, operand):
            inner = region_of(operand)
            return Region(frozenset({role}), inner.labels, inner.windows)
        case BySpeaker(label, operand):
            inner = region_of(operand)
            return Region(inner.roles, frozenset({label}), inner.windows)
        case Within(window, operand):
            inner = region_of(operand)
            return Region(inner.roles, inner.labels, (*inner.windows, window))
        case Either(operands) | Chain(operands, _):
            return _widest([region_of(each) for each in operands])
        case Near(left, right, _):
            return _widest([region_of(left), region_of(right)])
        case NotNear():
            return region_of(span.left)


def _widest(regions: list[Region]) -> Region:
    def union(sets: list[frozenset[Role]] | list[frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*sets) if all(sets) else frozenset()

    windows = {region.windows for region in regions}
    return Region(
        cast("frozenset[Role]", union([region.roles for region in regions])),
        union([region.labels for region in regions]),
        windows.pop() if len(windows) == 1 else (),
    )


def absence_of(
    region: Region, reading: Reading, *, floor: float, nearest: NearestMiss | None = None
) -> Absence:
    """The proof of absence; words of unknown role count as searched, they may be anyone's."""
    start_ms, end_ms = _edges(region, reading)
    words, below, masked = _counts(region, reading, floor)
    return Absence(
        start_ms=start_ms,
        end_ms=end_ms,
        roles=tuple(sorted(role.value for role in region.roles)),
        words=words,
        below_floor=below,
        masked=masked,
        untranscribed_ms=reading.untranscribed(start_ms, end_ms),
        nearest=nearest,
    )


def _edges(region: Region, reading: Reading) -> tuple[int, int]:
    start, end = 0, reading.end_ms
    for window in region.windows:
        low, high = edges_ms(window, reading)
        start, end = max(start, low), min(end, high)
    return start, max(start, end)


def _counts(region: Region, reading: Reading, floor: float) -> tuple[int, int, int]:
    key = (region, floor)
    if key not in reading.remembered:
        reading.remembered[key] = _count(region, reading, floor)
    return cast("tuple[int, int, int]", reading.remembered[key])


def _count(region: Region, reading: Reading, floor: float) -> tuple[int, int, int]:
    """Words searched, those of them below the floor, and masked ones."""
    axis = reading.axis
    tokens = _tokens(region, reading)
    words = set(map(axis.first.__getitem__, tokens))
    below = _below(reading, floor)
    masked = [at for at in tokens if axis.tokens[at][0] == MASK] if reading.has_masks else []
    return len(words), len(words & below), len(masked)


def _below(reading: Reading, floor: float) -> frozenset[int]:
    """Every word of the call that is known to be below the floor."""
    if floor not in reading.remembered:
        confidence = reading.transcript.confidence
        reading.remembered[floor] = frozenset(
            word for word, value in enumerate(confidence) if value is not None and value < floor
        )
    return cast("frozenset[int]", reading.remembered[floor])


def _tokens(region: Region, reading: Reading) -> list[int]:
    """Tokens with a position that lie in the region."""
    tokens = _spoken(region, reading) if region.roles or region.labels else reading.axis.kept
    for window in region.windows:
        tokens = inside(tokens, window, reading)
    return tokens


def _spoken(region: Region, reading: Reading) -> list[int]:
    """Tokens with a position that the region's speakers said."""
    key = (region.roles, region.labels)
    if key not in reading.remembered:
        said = {u for u in range(reading.transcript.utterances) if _is_spoken(region, reading, u)}
        utterances, first = reading.utterances, reading.axis.first
        reading.remembered[key] = [at for at in reading.axis.kept if utterances[first[at]] in said]
    return cast("list[int]", reading.remembered[key])


def _is_spoken(region: Region, reading: Reading, utterance: int) -> bool:
    role = reading.transcript.roles[utterance]
    by_role = not region.roles or role in region.roles or role is Role.UNKNOWN
    label = reading.transcript.speakers[utterance]
    return by_role and (not region.labels or label in region.labels)
