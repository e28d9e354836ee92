"""Contenders timed side by side: a round has every one of them once, one after another."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import process_time

_SLICE_S = 0.02
"""A contender that is quicker runs again within its turn, so that the clock's grain is nothing."""
Work = Callable[[], object]
Prepare = Callable[[], Sequence[Work]]
"""Makes ready, outside the clock, what runs on it: one work for each call."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds for each call."""

    low: float
    middle: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.3f} ({self.low:.3f}-{self.high:.3f})"


def side_by_side(contenders: Mapping[str, Prepare], *, rounds: int) -> dict[str, list[float]]:
    """Name → ms of process time for each call, of every round; a first round is thrown away."""
    gc.collect()
    gc.freeze()
    loops = {name: _loops(prepare) for name, prepare in contenders.items()}
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, prepare in contenders.items():
            spent[name].append(_timed(prepare, loops[name]))
    gc.unfreeze()
    return spent


def spread(values: Sequence[float]) -> Spread:
    return Spread(*quantiles(values, n=4)) if len(values) > 1 else Spread(*(list(values) * 3))


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """Of the medians over the rounds' own ratios, so that a slow moment strikes both."""
    return median(one / other for one, other in zip(theirs, ours, strict=True))


def noise(*, rounds: int) -> Spread:
    """A fixed loop, timed alike: how far its quartiles lie apart says how quiet the machine is."""
    return spread(side_by_side({"loop": lambda: [_loop]}, rounds=rounds)["loop"])


def _loop() -> int:
    return sum(at & 7 for at in range(200_000))


def _loops(prepare: Prepare) -> int:
    _timed(prepare, 1)
    works = prepare()
    return max(1, round(_SLICE_S / max(_timed(prepare, 1) * len(works) / 1000, 1e-6)))


def _timed(prepare: Prepare, loops: int) -> float:
    """ms for each call."""
    spent, calls = 0.0, 0
    for _ in range(loops):
        works = prepare()
        began = process_time()
        for work in works:
            work()
        spent += process_time() - began
        calls += len(works)
    return spent / calls * 1000
