"""The talk-track: who spoke when, and where the evidence lies, as shapes for a drawing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from reviews.detection.scoring import Result
from reviews.queries.call import CallPage, Line, Marked, Place

WIDTH = 1000
LANE = 18
_LANES = ("agent", "customer", "other")
_JOINED_MS = 700
"""A shorter silence of the same speaker is not drawn."""
_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_TICKS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: int
    width: float
    role: str


@dataclass(frozen=True, slots=True)
class Needle:
    """Where evidence begins: `number` is its anchor on the page, `kind` how it is marked."""

    x: float
    number: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    ms: int


@dataclass(frozen=True, slots=True)
class Track:
    """Shapes in a box of WIDTH × height."""

    width: int
    height: int
    lanes: tuple[tuple[str, int], ...]
    """Role and the top of its lane."""
    bars: tuple[Bar, ...]
    needles: tuple[Needle, ...]
    ticks: tuple[Tick, ...]


def draw(page: CallPage) -> Track | None:
    """None where the source gave no times: there is nothing to draw by."""
    timed = [line for line in page.lines if line.start_ms >= 0]
    length = max([page.row.duration_ms or 0, *(line.end_ms for line in timed)], default=0)
    if not timed or length <= 0:
        return None
    scale = WIDTH / length
    roles = [lane for lane in _LANES if any(_lane(line.role) == lane for line in timed)]
    tops = {lane: at * LANE for at, lane in enumerate(roles)}
    return Track(
        width=WIDTH,
        height=LANE * len(roles),
        lanes=tuple(tops.items()),
        bars=tuple(_bars(timed, tops, scale)),
        needles=tuple(_needles(page, scale)),
        ticks=tuple(_ticks(length, scale)),
    )


def _lane(role: str) -> str:
    return role if role in _LANES else "other"


def _bars(timed: list[Line], tops: dict[str, int], scale: float) -> Iterator[Bar]:
    for lane, top in tops.items():
        spoken = [(each.start_ms, each.end_ms) for each in timed if _lane(each.role) == lane]
        for start, end in _joined(sorted(spoken)):
            width = max((end - start) * scale, 1.0)
            yield Bar(round(start * scale, 1), top, round(width, 1), lane)


def _joined(spoken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches with short silences between them made one, so that an hour has few shapes."""
    made = spoken[:1]
    for (_, _), (start, end) in pairwise(spoken):
        if start - made[-1][1] < _JOINED_MS:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made


def _needles(page: CallPage, scale: float) -> Iterator[Needle]:
    rows = [row for card in page.scorecards for row in card.rows]
    marked: list[tuple[Place | Marked, str, str]] = [
        (place, row.rule.title, "hit" if row.result is Result.FAILED else "good")
        for row in rows
        for place in row.places
    ]
    marked += [(mark, row.rule.title, "hit") for row in rows for mark in row.marked]
    marked += [(row.nearest, row.rule.title, "near") for row in rows if row.nearest]
    marked += [(place, row.rule.title, "near") for row in rows for place in row.unclear]
    for place, title, kind in marked:
        if place.start_ms >= 0:
            yield Needle(round(place.start_ms * scale, 1), place.number, kind, title)


def _ticks(length_ms: int, scale: float) -> Iterator[Tick]:
    fits = (step for step in _STEPS_S if length_ms / (step * 1000) <= _TICKS_AT_MOST)
    step_ms = next(fits, _STEPS_S[-1]) * 1000
    for at in range(0, length_ms, step_ms):
        yield Tick(round(at * scale, 1), at)
