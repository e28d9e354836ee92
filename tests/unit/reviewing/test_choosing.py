"""The draw by its seed: the same each time, of the wanted size, every kind in it."""

import random
from collections import Counter
from uuid import UUID

from reviews.reviewing.choosing import Candidate, Seat, Terms, choose, doubles, give_out, size

SEEDS = range(60)


def _call(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(120))


def calls(dice: random.Random, strata: str = "abc") -> list[Candidate]:
    agents = [UUID(int=at) for at in range(1, 5)]
    return [
        Candidate(
            UUID(int=dice.getrandbits(120)), dice.choice([*agents, None]), dice.choice(strata)
        )
        for _ in range(dice.randint(0, 80))
    ]


def test_the_same_seed_and_calls_draw_the_same_in_whatever_order_they_come() -> None:
    for seed in SEEDS:
        dice = random.Random(seed)
        of = calls(dice)
        terms = Terms(f"s{seed}", dice.choice([1, 5, 33.3, 100]), None, 20)
        drawn = choose(of, terms)
        assert drawn == choose(dice.sample(of, len(of)), terms)
        assert set(drawn) <= set(of)
        assert len({each.call for each in drawn}) == len(drawn) == size(len(of), terms.share or 0)
        assert len(doubles(drawn, terms)) == size(len(drawn), 20)
    assert choose(calls(random.Random(1)), Terms("a", 50, None, 0)) != choose(
        calls(random.Random(1)), Terms("b", 50, None, 0)
    )


def test_each_kind_of_call_is_drawn_as_often_as_another_while_it_lasts() -> None:
    for seed in SEEDS:
        of = calls(random.Random(seed))
        drawn = Counter(each.stratum for each in choose(of, Terms("s", 40, None, 0)))
        there = Counter(each.stratum for each in of)
        for one in there:
            for other in there:
                assert drawn[one] >= min(there[one], drawn[other] - 1)


def test_without_kinds_every_call_is_as_likely() -> None:
    of = [Candidate(UUID(int=at), None, "") for at in range(20)]
    had = Counter(
        each.call for seed in range(400) for each in choose(of, Terms(str(seed), 25, None, 0))
    )
    assert all(60 < had[each.call] < 140 for each in of), "100 each are expected"


def test_so_many_of_each_known_agent() -> None:
    for seed in SEEDS:
        of = calls(random.Random(seed))
        drawn = choose(of, Terms("s", None, 3, 0))
        there = Counter(each.agent for each in of if each.agent)
        assert Counter(each.agent for each in drawn) == {
            agent: min(3, count) for agent, count in there.items()
        }


def test_reviews_are_given_in_turn_or_by_load_within_the_quota_and_never_to_who_is_barred() -> None:
    ann, bob, eve = people = [UUID(int=at) for at in range(1, 4)]
    seats = [Seat(UUID(int=100 + at), is_second=False, barred=frozenset()) for at in range(6)]
    assert give_out(seats, people, loads=None, left=None) == [ann, bob, eve, ann, bob, eve]
    by_load = give_out(seats, people, loads={ann: 4, bob: 1}, left=None)
    assert Counter(by_load) == {eve: 3, bob: 3}
    assert give_out(seats, people, loads=None, left={ann: 1, bob: 1, eve: 0})[2:] == [None] * 4
    barred = [Seat(UUID(int=9), is_second=False, barred=frozenset({ann, bob}))]
    assert give_out(barred, people, loads=None, left=None) == [eve]
    twice = [Seat(UUID(int=9), is_second=each, barred=frozenset({ann})) for each in (False, True)]
    assert set(give_out(twice, people, loads=None, left=None)) == {bob, eve}
    assert give_out(twice, [ann, bob], loads=None, left=None) == [bob, None]
