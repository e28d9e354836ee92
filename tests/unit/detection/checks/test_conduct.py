"""Silences, turns, overlaps and rates: each measured, bounded both ways, and shown."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reviews.detection.checks.conduct import MEASURES, ConductRule, check
from reviews.detection.evidence import Found, Outcome
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.thresholds import Threshold
from reviews.detection.transcript import Role, Transcript
from tests.unit.detection.calls import call, heard, places, state

WORD_MS, STEP_MS = 400, 500


def said(*lines: tuple[str, float, int | str], **changes: object) -> Transcript:
    """(speaker, second, words or how many of them): a word every half second."""
    texts = [each if isinstance(each, str) else " ".join(["word"] * each) for _, _, each in lines]
    made = call("\n".join(f"{who}: {text}" for (who, _, _), text in zip(lines, texts, strict=True)))
    starts = [
        round(second * 1000) + at * STEP_MS
        for (_, second, _), text in zip(lines, texts, strict=True)
        for at in range(len(text.split()))
    ]
    times = {"start_ms": starts, "end_ms": [start + WORD_MS for start in starts]}
    return replace(made, **times, **changes)  # type: ignore[arg-type] # tests name fields


def answer(measure: str, transcript: Transcript, role: str = "any", **more: float) -> Outcome:
    bound = Threshold(over=more.pop("over", None), under=more.pop("under", None))
    rule = ConductRule(measure, bound, role, **more)  # type: ignore[arg-type] # words and hold
    return check(rule, heard(transcript))


def labels(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Found), outcome
    return [each.label for each in outcome.evidence]


TALK = said(("agent", 0, 10), ("customer", 6, 4), ("agent", 28.4, 6), ("customer", 31.8, 2))
"""Agent to 4.9, customer 6–7.9, agent 28.4–31.3, customer 31.8–32.7."""
AT_ONCE = said(("agent", 0, 20), ("customer", 4, 6), ("agent", 12, 4), ("customer", 13, 1))
"""The customer speaks over the agent from 4 to 6.9 and from 13 to 13.4."""


@pytest.mark.parametrize(
    ("measure", "role", "transcript", "value", "label"),
    [
        ("talk_share", "agent", TALK, 100 * 7.8 / 10.6, "talk share 73.6 %"),
        ("longest_silence", "any", TALK, 20.5, "silence 20.5 s"),
        ("longest_monologue", "agent", TALK, 4.9, "monologue 4.9 s"),
        ("longest_monologue", "any", TALK, 4.9, "monologue 4.9 s"),
        ("longest_monologue", "customer", TALK, 1.9, "monologue 1.9 s"),
        ("longest_overtalk", "any", AT_ONCE, 2.9, "overtalk 2.9 s"),
        ("overtalk_share", "any", AT_ONCE, 100 * 3.3 / 11.8, "overtalk 28.0 %"),
        ("words_per_minute", "agent", TALK, 60 * 16 / 7.8, "words per minute 123"),
        ("words_per_minute", "any", TALK, 60 * 22 / 10.6, "words per minute 125"),
        ("longest_response", "agent", TALK, 20.5, "response 20.5 s"),
        ("median_response", "customer", TALK, 0.8, "median response 0.8 s"),
        ("hold_time", "any", TALK, 20.5, "hold 20.5 s"),
    ],
)
def test_a_measure_is_bounded_from_above_and_from_below(
    measure: str, role: str, transcript: Transcript, value: float, label: str
) -> None:
    above, below = value + 0.05, value - 0.05
    assert state(answer(measure, transcript, role, over=above)) == "clear"
    assert state(answer(measure, transcript, role, under=below)) == "clear"
    assert label in labels(answer(measure, transcript, role, over=below))
    assert label in labels(answer(measure, transcript, role, under=above))


def test_interruptions_are_counted_from_so_many_words_on() -> None:
    assert labels(answer("interruptions", AT_ONCE, "customer", over=0)) == ["interruptions 1"]
    assert state(answer("interruptions", AT_ONCE, "customer", over=1)) == "clear"
    assert state(answer("interruptions", AT_ONCE, "customer", over=1, words=1)) == "found"
    assert state(answer("interruptions", AT_ONCE, "agent", over=0)) == "clear"


def test_what_is_mumbled_meanwhile_neither_interrupts_nor_ends_a_turn() -> None:
    mumbled = said(("agent", 0, 20), ("customer", 4, "Mhm. uh um"), ("agent", 10, 8),
                   ("customer", 15, 2))  # fmt: skip
    assert state(answer("interruptions", mumbled, "customer", over=0, words=1)) == "clear"
    assert state(answer("longest_overtalk", mumbled, over=0)) == "clear"
    assert labels(answer("longest_monologue", mumbled, "agent", over=12)) == ["monologue 13.9 s"]


def test_a_long_silence_ends_a_monologue() -> None:
    held = said(("agent", 0, 4), ("agent", 30, 4), ("customer", 40, 2))
    assert state(answer("longest_monologue", held, "agent", over=3)) == "clear"


def test_a_silence_is_shown_by_the_words_before_and_after_it() -> None:
    outcome = answer("longest_silence", TALK, over=10)
    assert isinstance(outcome, Found)
    (silence,) = outcome.evidence
    assert (silence.start_ms, silence.end_ms) == (7_900, 28_400)
    assert [(mark.utterance, mark.first_word) for mark in silence.marks] == [(1, 3), (2, 0)]


def test_every_silence_out_of_bounds_is_shown_and_a_pause_is_none() -> None:
    silent = said(("agent", 0, 2), ("agent", 5, 2), ("customer", 6.8, 2), ("agent", 20, 2))
    assert labels(answer("longest_silence", silent, over=3)) == ["silence 4.1 s", "silence 12.3 s"]
    assert labels(answer("longest_silence", silent, under=20)) == ["silence 12.3 s"]
    assert labels(answer("hold_time", silent, over=15, hold=4)) == ["hold 16.4 s"] * 2
    fluent = said(("agent", 0, 2), ("customer", 1.8, 2))
    assert labels(answer("longest_silence", fluent, under=1)) == ["silence 0.0 s"]


def test_a_share_is_shown_on_the_words_of_the_role() -> None:
    outcome = answer("talk_share", TALK, "customer", under=50)
    assert isinstance(outcome, Found)
    marks = [
        (mark.utterance, mark.first_word, mark.last_word) for mark in outcome.evidence[0].marks
    ]
    assert marks == [(1, 0, 3), (3, 0, 1)]
    assert places(outcome) == [(1, 0, 1)]


def test_evidence_of_what_never_was_stands_outside_the_words() -> None:
    outcome = answer("interruptions", AT_ONCE, "agent", under=1)
    assert isinstance(outcome, Found)
    assert [(each.field, each.label) for each in outcome.evidence] == [("words", "interruptions 0")]


ROLELESS = replace(TALK, roles=(Role.UNKNOWN,) * 4)
VOICELESS = replace(ROLELESS, speakers=(None,) * 4)
ALONE = said(("agent", 0, 10), ("agent", 8, 4))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("transcript", "wanted"),
    [
        (call("agent: "), "no_words"),
        (call(), "no_times"),
        (replace(TALK, start_ms=[-1] * 22, end_ms=[-1] * 22), "no_times"),
        (replace(TALK, start_ms=[*TALK.start_ms[:-1], -1]), "no_times"),
    ],
)
def test_no_measure_is_taken_without_words_and_times(
    measure: str, transcript: Transcript, wanted: str
) -> None:
    role = "agent" if MEASURES[measure].needs_role else "any"
    assert state(answer(measure, transcript, role, over=1)) == wanted


@pytest.mark.parametrize(
    ("measure", "role", "roleless", "voiceless", "alone"),
    [
        ("talk_share", "agent", "roles_unknown", "roles_unknown", "one_speaker"),
        ("longest_silence", "any", "found", "found", "found"),
        ("longest_monologue", "any", "found", "roles_unknown", "found"),
        ("longest_monologue", "agent", "roles_unknown", "roles_unknown", "found"),
        ("longest_overtalk", "any", "one_channel", "roles_unknown", "one_speaker"),
        ("overtalk_share", "any", "one_channel", "roles_unknown", "one_speaker"),
        ("interruptions", "agent", "roles_unknown", "roles_unknown", "one_speaker"),
        ("words_per_minute", "any", "found", "found", "found"),
        ("words_per_minute", "agent", "roles_unknown", "roles_unknown", "found"),
        ("words_per_minute", "customer", "roles_unknown", "roles_unknown", "no_turns"),
        ("median_response", "agent", "roles_unknown", "roles_unknown", "one_speaker"),
        ("longest_response", "agent", "roles_unknown", "roles_unknown", "one_speaker"),
        ("hold_time", "any", "found", "found", "clear"),
    ],
)
def test_a_measure_needs_the_voices_it_tells_apart(
    measure: str, role: str, roleless: str, voiceless: str, alone: str
) -> None:
    for transcript, wanted in ((ROLELESS, roleless), (VOICELESS, voiceless), (ALONE, alone)):
        assert state(answer(measure, transcript, role, over=0.5)) == wanted


@pytest.mark.parametrize(
    ("measure", "role"),
    [("longest_overtalk", "any"), ("overtalk_share", "any"), ("interruptions", "agent")],
)
def test_where_speaking_at_once_cannot_be_heard_nobody_is_said_not_to(
    measure: str, role: str
) -> None:
    assert state(answer(measure, TALK, role, over=0.5)) == "one_channel"
    apart = replace(TALK, channels=("1", "2", "1", "2"))
    assert state(answer(measure, apart, role, over=0.5)) == "clear"


def typed(between: Sequence[int], words: int) -> Transcript:
    """Utterances of so many words, 280 ms each and 40 apart, and a pause before each but one."""
    made = call("\n".join(f"agent: {' '.join(['word'] * words)}" for _ in [0, *between]))
    starts, now = [], 0
    for pause in (0, *between):
        now += pause
        starts += [now + at * 320 for at in range(words)]
        now = starts[-1] + 280
    return replace(made, start_ms=starts, end_ms=[start + 280 for start in starts])


@pytest.mark.parametrize(
    ("transcript", "wanted"),
    [
        (typed((600, 600, 600), 4), "no_times"),
        (typed((600, 600), 4), "clear"),
        (typed((600, 900, 600), 4), "clear"),
        (typed((600, 900, 4_000), 13), "no_times"),
    ],
)
def test_the_even_times_of_a_typed_text_are_not_measured(
    transcript: Transcript, wanted: str
) -> None:
    assert state(answer("longest_silence", transcript, over=3)) == wanted


def test_nobody_answers_where_no_turn_follows() -> None:
    unanswered = said(("agent", 0, 4), ("customer", 3, 4))
    assert state(answer("longest_response", unanswered, "agent", over=1)) == "no_turns"
    assert state(answer("median_response", unanswered, "agent", over=1)) == "no_turns"
    assert state(answer("longest_response", unanswered, "customer", over=1)) == "found"


def test_of_a_call_heard_in_part_only_what_the_rest_cannot_change_is_said() -> None:
    part = replace(TALK, transcribed_ms=(0, 40_000), duration_ms=90_000)
    assert state(answer("longest_silence", part, over=10)) == "found"
    assert state(answer("longest_silence", part, over=30)) == "window_not_transcribed"
    assert state(answer("longest_silence", part, under=10)) == "clear"
    assert state(answer("longest_silence", part, under=30)) == "window_not_transcribed"
    assert state(answer("talk_share", part, "agent", over=10)) == "window_not_transcribed"
    endless = replace(TALK, transcribed_ms=(0, 40_000))
    assert state(answer("longest_silence", endless, over=30)) == "window_not_transcribed"


def test_the_order_of_utterances_and_of_their_words_does_not_matter() -> None:
    turned = said(("customer", 31.8, 2), ("agent", 28.4, 6), ("customer", 6, 4), ("agent", 0, 10))
    turned = replace(turned, start_ms=[*turned.start_ms[:-10], *turned.start_ms[:-11:-1]],
                     end_ms=[*turned.end_ms[:-10], *turned.end_ms[:-11:-1]])  # fmt: skip
    for measure in ("talk_share", "longest_silence", "longest_monologue", "longest_response"):
        role = "any" if measure == "longest_silence" else "agent"
        assert labels(answer(measure, turned, role, over=1)) == labels(
            answer(measure, TALK, role, over=1)
        )


def rubric(**fields: object) -> dict[str, object]:
    return {"name": "x", "rules": [{"code": "r", "check": {"conduct": fields}}]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"measure": "mood", "over": 1},
        {"measure": "longest_silence"},
        {"measure": "longest_silence", "over": 1, "under": 3},
        {"measure": "longest_silence", "over": "20s"},
        {"measure": "longest_silence", "over": 1, "role": "agent"},
        {"measure": "longest_silence", "over": 1, "words": 2},
        {"measure": "talk_share", "over": 60},
        {"measure": "talk_share", "over": 160, "role": "agent"},
        {"measure": "interruptions", "over": 1, "role": "agent", "hold": 3},
    ],
)
def test_parse_refuses_what_cannot_be_measured(fields: dict[str, object]) -> None:
    with pytest.raises(RubricError, match=r"rules\[0\]\.check\.conduct.*:.* write"):
        parse_rubric(rubric(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "longest_silence", "over": 20},
        {"measure": "hold_time", "over": 60, "hold": 15},
        {"measure": "interruptions", "role": "agent", "over": 2, "words": 4},
    ],
)
def test_a_rule_is_written_as_it_is_read(fields: dict[str, object]) -> None:
    document = canonical(parse_rubric(rubric(**fields)))
    assert canonical(parse_rubric(rubric(**{"role": "any", **fields}))) == document
    assert all(f'"{name}"'.encode() in document for name in fields)
