"""Where one goes on a call's page from place to place: its findings, and what is looked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviews.detection.scoring import Result
from reviews.queries.call import CallPage, Line, Row


@dataclass(frozen=True, slots=True)
class Tour:
    """Anchors of the page in the order of the call, and at which one is: from 1, 0 before all."""

    anchors: tuple[str, ...]
    at: int = 0

    @property
    def following(self) -> int:
        """After the last one comes the first again."""
        return self.at % len(self.anchors) + 1

    @property
    def preceding(self) -> int:
        return (max(self.at, 1) - 2) % len(self.anchors) + 1

    @property
    def to_following(self) -> str:
        return self.anchors[self.following - 1]

    @property
    def to_preceding(self) -> str:
        return self.anchors[self.preceding - 1]


@dataclass(frozen=True, slots=True)
class Chip:
    """A rule that failed."""

    code: str
    title: str
    tour: Tour


@dataclass(frozen=True, slots=True)
class Findings:
    chips: tuple[Chip, ...]
    every: Tour
    rule: str
    """The code of the one that it is narrowed to; empty: all."""
    tour: Tour


@dataclass(frozen=True, slots=True)
class Found:
    """What is looked for in the call; the tour goes by lines."""

    text: str
    count: int
    tour: Tour


def findings(page: CallPage, *, rule: str, stop: int) -> Findings | None:
    """`stop` counts the places of the rule, or all; an unknown one is none. None without any."""
    of_rules: dict[str, list[tuple[int, str]]] = {}
    titles: dict[str, str] = {}
    for row in (row for card in page.scorecards for row in card.rows):
        if stops := list(_stops(row, len(page.lines))):
            of_rules.setdefault(row.rule.code, []).extend(stops)
            titles.setdefault(row.rule.code, row.rule.title)
    if not of_rules:
        return None
    every = _ordered([stop for stops in of_rules.values() for stop in stops])
    by_rule = {code: _ordered(stops) for code, stops in of_rules.items()}
    here = _at(by_rule.get(rule, every), stop)
    anchor = here.anchors[here.at - 1] if here.at else ""
    return Findings(
        chips=tuple(
            Chip(code, titles[code], _standing(anchors, anchor))
            for code, anchors in by_rule.items()
        ),
        every=_standing(every, anchor),
        rule=rule if rule in by_rule else "",
        tour=here,
    )


def found(page: CallPage, *, text: str, hit: int) -> Found:
    lines = [line for line in page.lines if line.found]
    anchors = tuple(f"u{line.index}" for line in lines)
    return Found(text, sum(line.found for line in lines), _at(anchors, hit))


def line_at(lines: Sequence[Line], ms: int) -> int:
    """The line that was begun last at that time; the first of all before it, -1 without times."""
    timed = [(line.start_ms, line.index) for line in lines if line.start_ms >= 0]
    begun = [each for each in timed if each[0] <= ms]
    return max(begun)[1] if begun else min(timed, default=(0, -1))[1]


def _stops(row: Row, last: int) -> Iterator[tuple[int, str]]:
    """Line and anchor of each place in the words; the rule itself where it failed without one."""
    for mark in row.marked:
        yield mark.utterance, f"e{mark.number}"
    if row.result is not Result.FAILED:
        return
    places = [place for place in row.places if not place.field]
    for place in places:
        yield place.utterance, f"e{place.number}"
    if not places and row.item:
        yield last, f"f-{row.item.finding_id}"


def _ordered(stops: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(anchor for _, anchor in sorted(stops, key=lambda stop: stop[0]))


def _at(anchors: tuple[str, ...], stop: int) -> Tour:
    return Tour(anchors, stop if 0 < stop <= len(anchors) else 0)


def _standing(anchors: tuple[str, ...], anchor: str) -> Tour:
    return Tour(anchors, anchors.index(anchor) + 1 if anchor in anchors else 0)
