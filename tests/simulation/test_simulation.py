"""Whatever a vendor, a network and dying workers do: every call arrives once, whole.

`make simulate SEEDS=n` runs as many seeds as wanted; each failure names the seed it replays from.
"""

import os
from collections import Counter
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from reviews.sandbox.faults import FaultKind
from tests.simulation.bugs import BUGS
from tests.simulation.killing import How, Killer
from tests.simulation.world import World, state_of

pytestmark = [
    pytest.mark.simulate,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1_200),
]
PATIENCE = 100
"""Seeds in which a planted bug has to be seen; most are seen in the first few."""
SEEDS = int(os.environ.get("SIMULATE_SEEDS", "10"))
FIRST = int(os.environ.get("SIMULATE_FIRST", "0"))
WHOLE = 250
"""From so many seeds on every kind of fault has to be seen often."""
KILLED = 0.004
"""Share of the product's statements after which the worker dies."""


@pytest.fixture(autouse=True)
def _in_order(settings: Settings) -> None:
    """Several threads have no order, and a seed would not replay."""
    settings.FETCH_THREADS = 1


def test_every_call_arrives_whatever_goes_wrong() -> None:
    hits: Counter[FaultKind] = Counter()
    kills = 0
    for seed in range(FIRST, FIRST + SEEDS):
        world = World(seed, killer=Killer(rate=KILLED, seed=seed))
        world.run()
        world.check()
        hits.update(world.script.hits)
        kills += world.kills
    print(f"\n{SEEDS} seeds, {len(hits)} kinds of faults, {hits.total()} faults, {kills} kills")
    print(*(f"  {count:>6}  {kind.name}" for kind, count in hits.most_common()), sep="\n")
    if SEEDS >= WHOLE:
        assert sum(count >= 10 for count in hits.values()) >= 35


def test_a_seed_replays() -> None:
    first, second = World(5, rate=0.5), World(5, rate=0.5)
    for world in (first, second):
        world.run()
    assert first.script.hits == second.script.hits
    assert (first.steps, state_of(first)) == (second.steps, state_of(second))


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_seen(bug: str) -> None:
    for seed in range(PATIENCE):
        with ExitStack() as stack:
            for planted in BUGS[bug]:
                stack.enter_context(planted())
            killer = Killer(rate=4 * KILLED, seed=seed)
            world = World(seed, rate=0.5, killer=killer)
            try:
                world.run()
                world.check()
            except AssertionError:
                return
    pytest.fail(f"{bug}: {PATIENCE} seeds, and nobody saw it")


SWEPT = int(os.environ.get("SIMULATE_SWEPT", "5"))
"""Statements, and requests, of the sweep that are struck in each way; 0: all of them."""


@pytest.mark.parametrize("how", How)
@pytest.mark.parametrize("what", ["at", "asked_at"])
def test_wherever_a_statement_or_a_request_fails_the_end_is_the_same(what: str, how: How) -> None:
    whole = swept(Killer())
    count = whole.killer.seen if what == "at" else whole.killer.asked
    step = max(1, count // SWEPT) if SWEPT else 1
    for number in range(1, count + 1, step):
        world = swept(Killer(how=how, **{what: number}))
        assert state_of(world) == state_of(whole), f"struck at {what} {number}: another end"


def swept(killer: Killer) -> World:
    """The same few calls, with no fault but the killer's."""
    world = World(1, rate=0.0, calls=2, killer=killer)
    world.run()
    world.check()
    return world
