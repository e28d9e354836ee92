"""How far raters agree beyond chance. Pure: ratings in, figures out.

A table has a row a thing that was rated and a column a rater; None is a rating that is missing.
Every figure is None, "not measurable", where nothing can be compared or all ratings are the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose
from random import Random

Row = Sequence[str | None]
Table = Sequence[Row]
Parts = Mapping[str, float]
Statistic = Callable[[Parts], float | None]
DRAWS = 1_000
_TAIL = 0.025
_MEASURED = 0.95
_RATED, _PAIRED, _AGREED, _JOINT, _MATCHED = "rated", "paired", "agreed", "joint", "matched"


@dataclass(frozen=True, slots=True)
class Figure:
    """`low` and `high` are None where the draws tell no interval. `n`: rows that count."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    per_cent: Figure
    fleiss: Figure
    ac1: Figure
    alpha: Figure


def draws(size: int, *, seed: int = 0, count: int = DRAWS) -> list[list[int]]:
    """So many samples of the rows, each as large as all, drawn with replacement."""
    if not size:
        return []
    random = Random(seed)  # noqa: S311 # statistics, to be repeated
    return [random.choices(range(size), k=size) for _ in range(count)]


def agreement(table: Table, samples: Sequence[Sequence[int]]) -> Agreement:
    """Of all raters at once."""
    parts = [_parts(row) for row in table]
    n = sum(_PAIRED in part for part in parts)
    total, drawn = _total(parts), _sums(parts, samples)
    made = (_figure(each, total, drawn, n) for each in (_per_cent, _fleiss, _ac1, _alpha))
    return Agreement(*made)


def of_two(table: Table, samples: Sequence[Sequence[int]]) -> tuple[Figure, Figure]:
    """Of a table of two raters: how many agree, and Cohen's kappa."""
    parts = [_cell(row) for row in table]
    n = sum(bool(part) for part in parts)
    total, drawn = _total(parts), _sums(parts, samples)
    return _figure(_per_cent, total, drawn, n), _figure(_cohen, total, drawn, n)


def shared(tables: Iterable[Table], rater: int, samples: Sequence[Sequence[int]]) -> Figure:
    """Of one rater's ratings, each beside each other's, the share that is the same.

    The tables have the same rows, and `n` is how many were compared.
    """
    parts: list[dict[str, float]] = []
    for table in tables:
        parts = parts or [{_PAIRED: 0.0, _AGREED: 0.0} for _ in table]
        for part, row in zip(parts, table, strict=True):
            own, others = row[rater], [*row[:rater], *row[rater + 1 :]]
            if own is not None:
                part[_PAIRED] += sum(each is not None for each in others)
                part[_AGREED] += sum(each == own for each in others)
    total = _total(parts)
    return _figure(_per_cent, total, _sums(parts, samples), int(total.get(_PAIRED, 0)))


def pairs(table: Table) -> list[tuple[int, int, Table]]:
    """Every two raters, and their columns."""
    raters = len(table[0]) if table else 0
    return [
        (one, other, [(row[one], row[other]) for row in table])
        for one, other in combinations(range(raters), 2)
    ]


def _parts(row: Row) -> Parts:
    """What a row adds to the sums that the figures are made of; keys of ratings have a prefix."""
    counts = Counter(each for each in row if each is not None)
    m = counts.total()
    if not m:
        return {}
    parts: dict[str, float] = {_RATED: 1.0}
    parts |= {f"share {each}": count / m for each, count in counts.items()}
    if m < 2:
        return parts
    same = sum(count * (count - 1) for count in counts.values())
    parts |= {_PAIRED: 1.0, _AGREED: same / (m * (m - 1)), _JOINT: m, _MATCHED: same / (m - 1)}
    return parts | {f"count {each}": float(count) for each, count in counts.items()}


def _cell(row: Row) -> Parts:
    one, other = row
    if one is None or other is None:
        return {}
    return {_PAIRED: 1.0, f"share {one}": 1.0, f"count {other}": 1.0, _AGREED: float(one == other)}


def _total(parts: Sequence[Parts]) -> Parts:
    return _sums(parts, [range(len(parts))])[0]


def _sums(parts: Sequence[Parts], samples: Sequence[Sequence[int]]) -> list[Parts]:
    """Of each sample, without what is 0. Key by key, so that most of it is one call of `sum`."""
    columns = {key: [part.get(key, 0.0) for part in parts] for part in parts for key in part}
    drawn: list[dict[str, float]] = [{} for _ in samples]
    for key, column in columns.items():
        for sums, sample in zip(drawn, samples, strict=True):
            value = sum(map(column.__getitem__, sample))
            if value:
                sums[key] = value
    return list(drawn)


def _figure(of: Statistic, total: Parts, sums: Iterable[Parts], n: int) -> Figure:
    """With its 95 % percentile interval.

    None where more than one draw in twenty cannot be measured: those are the ones without any
    difference, and what is left would lie too low. None where all draws are alike: they tell
    nothing, as where everybody agrees on a handful.
    """
    value = of(total)
    if value is None:
        return Figure(None, None, None, n)
    tried = [of(each) for each in sums]
    found = sorted(each for each in tried if each is not None)
    if not found or len(found) < _MEASURED * len(tried) or isclose(found[0], found[-1]):
        return Figure(value, None, None, n)
    at = round(_TAIL * (len(found) - 1))
    return Figure(value, found[at], found[-1 - at], n)


def _under(sums: Parts, prefix: str) -> list[float]:
    return [value for key, value in sums.items() if key.startswith(prefix)]


def _beyond(seen: float, chance: float) -> float | None:
    return (seen - chance) / (1 - chance) if chance < 1 else None


def _per_cent(sums: Parts) -> float | None:
    """Two ratings of a row, drawn by chance, are the same; the mean over the rows."""
    return sums.get(_AGREED, 0.0) / sums[_PAIRED] if sums.get(_PAIRED) else None


def _fleiss(sums: Parts) -> float | None:
    """Fleiss 1971; where ratings are missing, a row counts as one whatever the number of them."""
    seen, shares = _per_cent(sums), _under(sums, "share ")
    if seen is None or len(shares) < 2:
        return None
    return _beyond(seen, sum((each / sums[_RATED]) ** 2 for each in shares))


def _ac1(sums: Parts) -> float | None:
    """Gwet 2008, over the ratings that were given."""
    seen, shares = _per_cent(sums), _under(sums, "share ")
    if seen is None or len(shares) < 2:
        return None
    spread = sum(each / sums[_RATED] * (1 - each / sums[_RATED]) for each in shares)
    return _beyond(seen, spread / (len(shares) - 1))


def _alpha(sums: Parts) -> float | None:
    """Krippendorff's for names."""
    counts, n = _under(sums, "count "), sums.get(_JOINT, 0.0)
    if len(counts) < 2:
        return None
    expected = n * (n - 1) - sum(each * (each - 1) for each in counts)
    return 1 - (n - 1) * (n - sums.get(_MATCHED, 0.0)) / expected


def _cohen(sums: Parts) -> float | None:
    """Of two; one side is kept as shares, the other as counts."""
    n = sums.get(_PAIRED, 0.0)
    ones = {key[6:]: value for key, value in sums.items() if key.startswith("share ")}
    if not n:
        return None
    chance = sum(value * sums.get(f"count {key}", 0.0) for key, value in ones.items()) / (n * n)
    return _beyond(sums.get(_AGREED, 0.0) / n, chance)
