"""Silences, turns and overlaps of any call with times: each word once, nothing made up."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from reviews.detection.effort import Effort
from reviews.detection.evidence import Reason
from reviews.detection.normalize import read_axis
from reviews.detection.reading import Reading
from reviews.detection.speech import (
    PAUSE_MS,
    doubt_of,
    overlaps,
    silences,
    speech_of,
    turns,
)
from reviews.detection.transcript import Timing, Transcript
from tests.unit.detection.calls import call, heard
from tests.unit.detection.hostile import calls


def reading_of(call: Transcript) -> Reading:
    return Reading(call, read_axis(call), {})


@settings(deadline=None)
@given(calls(has_times=True))
def test_every_word_is_in_one_stretch_of_speech(call: Transcript) -> None:
    reading = reading_of(call)
    if doubt_of(reading):
        return
    speech = speech_of(reading)
    assert sorted(word for each in speech for word in each.words) == [*range(len(call.words))]
    for each in speech:
        starts = [call.start_ms[word] for word in each.words]
        assert each.start_ms == min(starts)
        assert each.end_ms == max(call.end_ms[word] for word in each.words)
    said = [word for turn in turns(speech) for word in turn.words]
    assert sorted(said) == sorted(w for each in speech if not each.is_aside for w in each.words)


@settings(deadline=None)
@given(calls(has_times=True))
def test_nobody_says_a_word_in_a_silence(call: Transcript) -> None:
    reading = reading_of(call)
    if doubt_of(reading):
        return
    times = list(zip(call.start_ms, call.end_ms, strict=True))
    for each in silences(speech_of(reading), call):
        assert each.end_ms - each.start_ms >= PAUSE_MS
        assert not [1 for start, end in times if start < each.end_ms and end > each.start_ms]
        assert call.end_ms[each.before] == each.start_ms
        assert call.start_ms[each.after] == each.end_ms


@settings(deadline=None)
@given(calls(has_times=True))
def test_overlaps_are_apart_in_order_and_of_two_voices(call: Transcript) -> None:
    reading = reading_of(call)
    if doubt_of(reading):
        return
    speech = speech_of(reading)
    voice_of = {word: each.voice for each in speech for word in each.words}
    made = overlaps(speech, call, Effort())
    assert all(first.end_ms < second.start_ms for first, second in pairwise(made))
    for each in made:
        assert each.words
        speaking = [one for one in speech if one.start_ms <= each.start_ms < one.end_ms]
        assert len({one.voice for one in speaking}) >= 2
        assert {voice_of[word] for word in each.words} <= {one.voice for one in speech}


@pytest.mark.parametrize("timing", [Timing.CUE, Timing.INTERPOLATED])
def test_estimated_times_measure_nothing(timing: Timing) -> None:
    lengths = call("agent: one two three\ncustomer: four")
    uneven = replace(lengths, end_ms=[250, 600, 900, 1200])
    assert doubt_of(heard(uneven).reading) is None
    found = doubt_of(heard(replace(uneven, timing=timing)).reading)
    assert found is not None
    assert found[0] is Reason.NO_TIMES
