"""A share of things judged, with the interval that so few of them allow."""

from dataclasses import dataclass
from math import ceil, sqrt

_Z = 1.959963984540054
"""Standard normal deviate of 95 %, two-sided."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `judged`; each value 0..1."""

    hits: int
    judged: int
    share: float
    low: float
    high: float


def wilson(hits: int, judged: int) -> Proportion | None:
    """With its 95 % score interval (Wilson 1927); None where nothing was judged.

    Raises ValueError where there are fewer judged than hits, or less than none.
    """
    if not 0 <= hits <= judged:
        raise ValueError(f"{hits} of {judged} was refused: hits are 0 to all that was judged")
    if not judged:
        return None
    share, spread = hits / judged, _Z * _Z / judged
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / judged + spread / (4 * judged)) / (1 + spread)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    # At the ends the share is a bound itself, which floating point misses by a hair.
    return Proportion(hits, judged, share, min(low, share), max(high, share))


def still_needed(judged: int, *, share: float = 0.5, half: float = 0.1) -> int:
    """How many more are to be judged until the interval is no wider than `share` ± `half`."""
    needed = _Z * _Z * share * (1 - share) / (half * half)
    return max(0, round(needed) - judged)


@dataclass(frozen=True, slots=True)
class Recall:
    """Of all that breaks a rule the share that is found; `share` None while too little is known."""

    share: Proportion | None
    needs: int
    """Calls that are still to be reviewed whole, by chance; 0 with a share."""


def recall(found: int, missed: int, *, calls: int, half: float = 0.1) -> Recall:
    """From `calls` reviewed whole, drawn by chance, once its interval is within ± `half`.

    How many are still needed goes by how often the rules were broken on those that there are; with
    none of them, one in each call is hoped for. Raises ValueError as `wilson` does.
    """
    judged = found + missed
    made = wilson(found, judged)
    if made and made.high - made.low <= 2 * half:
        return Recall(made, 0)
    wanted = max(1, still_needed(judged, half=half))
    return Recall(None, ceil(wanted * max(1.0, calls / judged if judged else 1.0)))
