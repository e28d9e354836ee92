"""Faults put into the fast evaluation, one at a time: the seeded cases must show each of them."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from reviews.detection import (
    conditions,
    intervals,
    matcher,
    pairs,
    places,
    proximity,
    region,
    similarity,
    spans,
    windows,
)
from reviews.detection.intervals import Stretch
from reviews.detection.pairs import Matches
from reviews.detection.proximity import Clock, Line
from reviews.detection.transcript import Role
from tests.reference.cases import Case
from tests.reference.compare import fast, seeded, slow
from tests.reference.verdict import Verdict

CASES = 25_000
Fault = Callable[..., Any]
BUGS: dict[str, tuple[Any, str, Fault]] = {}


def bug(place: ModuleType | type, name: str) -> Callable[[Fault], Fault]:
    """Plants the function, given the right one first, in the place of `name`."""

    def plant(fault: Fault) -> Fault:
        BUGS[fault.__name__] = (place, name, fault)
        return fault

    return plant


@pytest.fixture(scope="module")
def answered() -> list[tuple[Case, Verdict]]:
    """Cases with the right verdict, those alone that the code as it is gives it to."""
    judged = [(case, slow(case)) for case in seeded(CASES, seed=2)]
    return [(case, right) for case, right in judged if fast(case) == right]


# Distances


@bug(pairs, "_measure")
def less_than_the_distance_is_asked(right: Fault, distance: Any, reading: Any) -> Any:
    measure = right(distance, reading)
    return replace(measure, limit=measure.limit - 0.5)


@bug(pairs, "_measure")
def what_was_said_at_once_is_taken_in_order(right: Fault, distance: Any, reading: Any) -> Any:
    measure = right(distance, reading)
    if not isinstance(measure, Clock):
        return measure
    times = measure.times
    return Line(measure.limit, lambda s: times(s)[0], lambda s: times(s)[1])


@bug(proximity, "bisect_right")
def one_word_serves_both_sides(right: Fault, ends: Any, at: int) -> int:
    return bisect_left(ends, at)


@bug(pairs, "_measure")
def seconds_run_from_start_to_start(right: Fault, distance: Any, reading: Any) -> Any:
    measure = right(distance, reading)
    if isinstance(measure, Clock):
        times = measure.times
        return replace(measure, times=lambda s: (times(s)[0], times(s)[0]))
    is_timed = distance.unit == "s"
    return replace(measure, end=measure.start) if is_timed else measure


@bug(pairs, "_measure")
def fillers_count_in_distances(right: Fault, distance: Any, reading: Any) -> Any:
    if distance.unit != "words":
        return right(distance, reading)
    return Line(distance.amount, lambda s: s.start, lambda s: s.end + 1)


@bug(pairs, "_measure")
def turns_are_counted_from_where_the_first_begins(right: Fault, distance: Any, reading: Any) -> Any:
    measure = right(distance, reading)
    return replace(measure, end=measure.start) if distance.unit == "t" else measure


@bug(proximity, "_first_to_end")
def the_first_in_reach_is_taken_though_another_ends_first(
    right: Fault, after: Any, lows: Any, stops: Any
) -> Any:
    return [after[a] if a < b else None for a, b in zip(lows, stops, strict=True)]


@bug(pairs, "_distance_doubt")
def distances_are_measured_without_times_and_turns(right: Fault, *_: object) -> None:
    return None


# Stretches


@bug(intervals, "shortest")
def the_longest_are_kept(right: Fault, stretches: Any) -> list[Stretch]:
    kept: list[Stretch] = []
    for each in sorted(stretches, key=lambda s: (s.start, -s.end)):
        if not kept or each.end > kept[-1].end:
            kept.append(each)
    return kept


@bug(intervals, "shortest")
def one_is_kept_of_those_that_overlap(right: Fault, stretches: Any) -> list[Stretch]:
    kept: list[Stretch] = []
    for each in right(stretches):
        if not kept or each.start > kept[-1].end:
            kept.append(each)
    return kept


@bug(intervals, "merge")
def either_keeps_the_shortest(right: Fault, lists: Any) -> Any:
    return intervals.shortest(right(lists))


@bug(intervals, "merge")
def either_keeps_the_first_branch(right: Fault, lists: Any) -> Any:
    return right(list(lists)[:1])


@bug(intervals, "_join")
def the_second_side_leaves_no_marks(right: Fault, a: Stretch, b: Stretch) -> Stretch:
    return Stretch(a.start, b.end, a.marks)


@bug(intervals, "_join")
def the_words_between_are_marked(right: Fault, a: Stretch, b: Stretch) -> Stretch:
    return Stretch(a.start, b.end, ((a.start, b.end),))


@bug(pairs, "chain")
def a_chain_reduces_two_by_two(right: Fault, sides: Any, distances: Any, reading: Any) -> Any:
    joined = sides[0]
    for side, distance in zip(sides[1:], distances, strict=True):
        joined = right([joined, side], (distance,), reading)
    return joined


@bug(pairs, "_near")
def near_asks_for_an_order(right: Fault, a: Any, b: Any, distance: Any, reading: Any) -> Any:
    return pairs.chain([a, b], (distance,), reading)


# What must not be near, or holds another


@bug(proximity, "not_near")
def a_word_shared_is_not_near(
    right: Fault, lefts: Any, rights: Any, measure: Any, **rest: Any
) -> list[Stretch]:
    def others(a: Stretch) -> list[Stretch]:
        return [b for b in rights if b.end < a.start or a.end < b.start]

    return [a for a in lefts if right([a], others(a), measure, **rest)]


@bug(proximity, "not_near")
def not_before_is_not_near(right: Fault, *sides: Any, **rest: Any) -> Any:
    return right(*sides, is_before=False)


@bug(proximity, "not_near")
def not_near_looks_forward_alone(right: Fault, *sides: Any, **rest: Any) -> Any:
    return right(*sides, is_before=True)


@bug(proximity, "not_near")
def at_the_distance_is_far_enough(
    right: Fault, lefts: Any, rights: Any, measure: Any, **rest: Any
) -> Any:
    return right(lefts, rights, replace(measure, limit=measure.limit - 0.5), **rest)


@bug(pairs, "_without")
def what_may_be_near_is_not(right: Fault, left: Any, other: Any, kept: Any) -> Matches:
    return Matches(kept, left.doubt)


@bug(intervals, "inside")
def inside_is_strict(right: Fault, lefts: Any, rights: Any) -> list[bool]:
    places = {(b.start, b.end) for b in rights}
    held = right(lefts, rights)
    return [is_in and (a.start, a.end) not in places for a, is_in in zip(lefts, held, strict=True)]


@bug(intervals, "inside")
def inside_is_overlapping(right: Fault, lefts: Any, rights: Any) -> list[bool]:
    return [any(a.start <= b.end and b.start <= a.end for b in rights) for a in lefts]


@bug(intervals, "containing")
def containing_is_inside(right: Fault, lefts: Any, rights: Any) -> Any:
    return intervals.inside(lefts, rights)


# Turns


@bug(intervals, "_by_turn")
def a_stretch_lies_in_the_turn_in_which_it_begins(right: Fault, stretches: Any, turns: Any) -> Any:
    return {turn: [s for s in stretches if turns[s.start] == turn] for turn in set(turns)}


@bug(intervals, "same_turn")
def same_turn_asks_for_an_order(right: Fault, lefts: Any, rights: Any, turns: Any) -> Any:
    joined = (intervals._join(*each) for each in intervals._anywhere_later(lefts, rights))
    return intervals.shortest(s for s in joined if turns[s.start] == turns[s.end])


@bug(intervals, "next_turn")
def the_next_turn_is_the_speakers_own(right: Fault, lefts: Any, rights: Any, turns: Any) -> Any:
    return right(lefts, rights, [turn // 2 for turn in turns])


@bug(intervals, "next_turn")
def the_next_turn_follows_where_the_first_begins(
    right: Fault, lefts: Any, rights: Any, turns: Any
) -> list[Stretch]:
    following = [(a, b) for a in lefts for b in rights if turns[b.start] == turns[a.start] + 1]
    later = [(a, b) for a, b in following if turns[b.end] == turns[b.start] and b.start > a.end]
    return intervals.shortest(intervals._join(a, b) for a, b in later)


# Who said it, when, where


@bug(spans, "_scoped")
def an_unknown_role_is_another(right: Fault, *call: Any) -> Matches:
    return Matches(right(*call).stretches)


@bug(spans, "_scoped")
def a_role_is_that_of_the_last_word(right: Fault, stretches: Any, reading: Any, scope: Any) -> Any:
    if scope.role is None:
        return right(stretches, reading, scope)
    unknown = any(reading.role_of(s.end) is Role.UNKNOWN for s in stretches)
    return right(stretches, reading, replace(scope, role=None)) if unknown else Matches([])


@bug(spans, "is_inside")
def a_window_asks_for_the_first_word_alone(right: Fault, stretch: Stretch, *window: Any) -> Any:
    return right(stretch._replace(marks=stretch.marks[:1]), *window)


@bug(spans, "is_inside")
def a_window_asks_for_the_words_between(right: Fault, stretch: Stretch, *window: Any) -> Any:
    return right(stretch._replace(marks=((stretch.start, stretch.end),)), *window)


@bug(windows, "is_token_inside")
def a_word_may_begin_in_a_window(
    right: Fault, first: int, last: int, window: Any, reading: Any
) -> bool:
    low, high = windows.edges_ms(window, reading)
    return bool(low <= reading.times_of(first, last)[0] <= high)


@bug(windows, "_turns")
def a_window_has_a_turn_too_many(right: Fault, *window: Any) -> tuple[int, int]:
    low, high = right(*window)
    return low, high + 1


@bug(spans, "is_untranscribed")
def what_was_not_transcribed_was_not_said(right: Fault, *_: object) -> bool:
    return False


@bug(places, "_is_confident")
def the_words_between_must_be_sure(right: Fault, stretch: Stretch, *rest: Any) -> Any:
    return right(stretch._replace(marks=((stretch.start, stretch.end),)), *rest)


@bug(places, "_is_confident")
def a_missing_confidence_is_enough(right: Fault, *call: Any) -> bool:
    return right(*call) is not False


@bug(places, "_is_placed")
def every_question_holds_its_last_word(right: Fault, stretch: Stretch, *place: Any) -> Any:
    return right(stretch._replace(start=stretch.end), *place)


@bug(places, "stands")
def after_a_rule_is_at_its_end(right: Fault, stretch: Stretch, span: Any, reading: Any) -> Any:
    moved = stretch._replace(start=stretch.start + 1) if hasattr(span, "rule") else stretch
    return right(moved, span, reading)


# Texts and phrases


@bug(similarity, "_best")
def stretches_of_a_text_may_overlap(right: Fault, scored: Any) -> list[Any]:
    return sorted(scored)


@bug(similarity, "_runs")
def a_text_runs_over_speakers(right: Fault, reading: Any) -> list[tuple[int, int]]:
    return [(0, len(reading.axis.kept))]


@bug(matcher, "_core")
def optional_words_at_an_end_are_left_out(right: Fault, steps: Any) -> Any:
    return right(steps)[0], 0, 0


# Three values


@bug(pairs, "_missing")
def unknown_outweighs_clear(right: Fault, sides: Any, doubt: Any) -> Any:
    doubts = [side.doubt for side in sides if side.doubt and not side.stretches]
    return Matches([], doubts[0]) if doubts else right(sides, doubt)


@bug(pairs, "_doubt_of")
def what_is_found_is_all(right: Fault, _: object) -> None:
    return None


@bug(conditions, "_not")
def not_of_unknown_is_found(right: Fault, verdict: Any, *rest: Any) -> Any:
    is_unknown = verdict.state is conditions.State.UNKNOWN
    return conditions.Verdict(conditions.State.FOUND) if is_unknown else right(verdict, *rest)


@bug(conditions, "_all")
def both_show_the_evidence_of_one(right: Fault, verdicts: Any) -> Any:
    found = right(verdicts)
    return replace(found, stretches=verdicts[0].stretches) if found.stretches else found


@bug(conditions, "_all")
def both_are_clear_only_where_nothing_is_unknown(right: Fault, verdicts: Any) -> Any:
    unknown = [each for each in verdicts if each.state is conditions.State.UNKNOWN]
    return unknown[0] if unknown else right(verdicts)


@bug(conditions, "_any")
def one_unsure_branch_makes_all_unsure(right: Fault, verdicts: Any) -> Any:
    found = right(verdicts)
    return replace(found, is_unsure=any(each.is_unsure for each in verdicts))


@bug(spans, "_heard")
def one_unsure_stretch_makes_all_unsure(
    right: Fault, stretch: Stretch, unsure: Any, reading: Any
) -> Stretch:
    return stretch._replace(is_unsure=bool(unsure))


@bug(proximity, "_rank")
def of_two_ways_an_unsure_one_may_be_taken(right: Fault, rest: Any) -> Any:
    return rest.end, not rest.is_unsure


@bug(intervals, "disjoint")
def stretches_that_overlap_are_counted(right: Fault, stretches: Any) -> Any:
    return intervals.shortest(stretches)


@bug(conditions, "_possible")
def what_may_be_said_is_not_counted(right: Fault, *_: object) -> set[int]:
    return set()


@bug(conditions, "_takes_away")
def more_of_a_part_is_always_more_of_the_whole(right: Fault, *_: object) -> bool:
    return False


@bug(conditions, "_absence_doubt")
def silence_always_proves_absence(right: Fault, *_: object) -> None:
    return None


@bug(region, "_are_spoken")
def words_of_an_unknown_role_are_not_searched(right: Fault, place: Any, call: Any) -> list[bool]:
    heard = right(place, call)
    roles = zip(heard, call.roles, strict=True)
    return [is_heard and not (place.roles and role is Role.UNKNOWN) for is_heard, role in roles]


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(
    name: str, answered: list[tuple[Case, Verdict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, attribute, fault = BUGS[name]
    right = getattr(place, attribute)
    monkeypatch.setattr(place, attribute, lambda *args, **rest: fault(right, *args, **rest))
    assert any(fast(case) != verdict for case, verdict in answered)
