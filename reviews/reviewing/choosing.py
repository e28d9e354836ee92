"""Which calls are drawn, and who reviews which: by a seed, the same each time. No database."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Candidate:
    call: UUID
    agent: UUID | None
    stratum: str


@dataclass(frozen=True, slots=True)
class Terms:
    """`share` is in per cent of the calls; else `per_agent` calls of each known agent."""

    seed: str
    share: float | None
    per_agent: int | None
    double_share: float


@dataclass(frozen=True, slots=True)
class Seat:
    """A review to be given out: `barred` may not have it."""

    call: UUID
    is_second: bool
    barred: AbstractSet[UUID]


def choose(candidates: Sequence[Candidate], terms: Terms) -> list[Candidate]:
    """In the order of the draw, whatever the order of the candidates.

    Strata take turns, so that the rarest has its call before another has many; within one, and
    where there is one alone, chance decides.
    """
    if terms.share is not None:
        return _in_turn(candidates, terms.seed)[: size(len(candidates), terms.share)]
    by_agent: defaultdict[UUID, list[Candidate]] = defaultdict(list)
    for each in candidates:
        if each.agent:
            by_agent[each.agent].append(each)
    agents = sorted(by_agent, key=lambda agent: _lot(terms.seed, agent))
    return [
        each
        for agent in agents
        for each in _in_turn(by_agent[agent], terms.seed)[: terms.per_agent]
    ]


def doubles(drawn: Sequence[Candidate], terms: Terms) -> set[UUID]:
    """Which of them two review."""
    order = sorted(drawn, key=lambda each: _lot(f"{terms.seed} twice", each.call))
    return {each.call for each in order[: size(len(drawn), terms.double_share)]}


def size(count: int, share: float) -> int:
    """So many per cent of them, rounded; one at least where any is wanted of some."""
    if not count or share <= 0:
        return 0
    return min(count, max(1, int(count * share / 100 + 0.5)))


def give_out(
    seats: Sequence[Seat],
    reviewers: Sequence[UUID],
    *,
    loads: Mapping[UUID, int] | None,
    left: Mapping[UUID, int] | None,
) -> list[UUID | None]:
    """Who takes each seat, in turn, or by `loads` who has the fewest; None where nobody may.

    `left` is how many each may still take; None: any number. Nobody takes two seats of one call.
    """
    had: Counter[UUID] = Counter(loads or {})
    sits: defaultdict[UUID, set[UUID]] = defaultdict(set)
    room = dict(left) if left is not None else None
    order = list(reviewers)
    taken: list[UUID | None] = []
    for seat in seats:
        fit = [
            each for each in order
            if each not in seat.barred and each not in sits[seat.call]
            and (room is None or room.get(each, 0) > 0)
        ]  # fmt: skip
        chosen = None
        if fit:
            chosen = fit[0] if loads is None else min(fit, key=lambda each: had[each])
            order.remove(chosen)
            order.append(chosen)
            had[chosen] += 1
            sits[seat.call].add(chosen)
            if room is not None:
                room[chosen] -= 1
        taken.append(chosen)
    return taken


def _in_turn(candidates: Sequence[Candidate], seed: str) -> list[Candidate]:
    strata: defaultdict[str, list[Candidate]] = defaultdict(list)
    for each in sorted(candidates, key=lambda each: _lot(seed, each.call)):
        strata[each.stratum].append(each)
    rounds: Iterator[tuple[Candidate | None, ...]] = zip_longest(
        *(strata[name] for name in sorted(strata))
    )
    return [each for turn in rounds for each in turn if each]


def _lot(seed: str, row_id: UUID) -> bytes:
    return hashlib.sha256(f"{seed} {row_id}".encode()).digest()
