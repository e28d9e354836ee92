"""Distances in seconds of a call whose words have no times of their own."""

from dataclasses import replace

from reviews.detection.transcript import Timing
from tests.unit.detection.calls import ask, call, state


def test_seconds_between_words_of_captions_are_not_assessable() -> None:
    captions = replace(call(), timing=Timing.CUE)
    assert state(ask("refund NEAR/5s thirty", call())) == "found"
    assert state(ask("refund NEAR/5s thirty", captions)) == "no_times"
    assert state(ask("refund NEAR/5 thirty", captions)) == "found"
