"""Whether a transcript is fit to be judged: each measure, and when it cannot be taken."""

from dataclasses import replace

import pytest

from reviews.detection.analysis import Analysis
from reviews.detection.checks.quality import QualityRule, check
from reviews.detection.evidence import Found, Outcome
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.thresholds import Threshold
from reviews.detection.transcript import Role, Transcript
from tests.unit.detection.calls import call, heard, state

TALK = "agent: one two three four.\ncustomer: five six."
PLAIN = call(TALK, confidence=[0.9] * 4 + [0.6] * 2)


def bounded(measure: str, role: str = "any", **bound: float) -> QualityRule:
    return QualityRule(measure, Threshold(**bound), role)


def answer(rule: QualityRule, transcript: Transcript) -> Outcome:
    return check(rule, heard(transcript))


def shown(outcome: Outcome) -> list[tuple[str, str]]:
    assert isinstance(outcome, Found), outcome
    return [(each.field, each.label) for each in outcome.evidence]


@pytest.mark.parametrize(
    ("role", "under", "wanted"),
    [("any", 0.79, "clear"), ("any", 0.81, "found"), ("agent", 0.85, "clear"),
     ("customer", 0.65, "found")],
)  # fmt: skip
def test_mean_confidence_is_of_the_role_s_words(role: str, under: float, wanted: str) -> None:
    assert state(answer(bounded("mean_confidence", role, under=under), PLAIN)) == wanted


def test_mean_confidence_is_shown_with_its_value() -> None:
    outcome = answer(bounded("mean_confidence", under=0.9), PLAIN)
    assert shown(outcome) == [("confidence", "confidence 0.80")]
    assert isinstance(outcome, Found)
    assert outcome.evidence[0].score == pytest.approx(0.8)


def test_mean_confidence_is_the_source_s_own_where_words_have_none() -> None:
    bare = replace(PLAIN, confidence=[None] * 6)
    assert state(answer(bounded("mean_confidence", under=0.9), bare)) == "no_confidence"
    known = replace(bare, analysis=Analysis(confidence=0.5))
    assert state(answer(bounded("mean_confidence", under=0.9), known)) == "found"
    assert state(answer(bounded("mean_confidence", "agent", under=0.9), known)) == "no_confidence"


def test_mean_confidence_of_a_role_needs_roles() -> None:
    roleless = replace(PLAIN, roles=(Role.UNKNOWN,) * 2)
    assert state(answer(bounded("mean_confidence", "agent", under=1), roleless)) == "roles_unknown"
    assert state(answer(bounded("mean_confidence", under=1), roleless)) == "found"


def test_duration_is_in_seconds() -> None:
    long = replace(PLAIN, duration_ms=95_500)
    assert shown(answer(bounded("duration", over=60), long)) == [
        ("audio_duration", "duration 95.5 s")
    ]
    assert state(answer(bounded("duration", under=60), long)) == "clear"
    assert state(answer(bounded("duration", under=60), call(""))) == "fact_missing"


def channels(first: str, second: str, late_ms: int = 0) -> Transcript:
    """Two channels that begin together, a word every 500 ms."""
    made = call(f"agent: {first}\ncustomer: {second}", channels=("1", "2"))
    one, other = len(first.split()), len(second.split())
    starts = [at * 500 for at in range(one)] + [at * 500 + late_ms for at in range(other)]
    return replace(made, start_ms=starts, end_ms=[start + 400 for start in starts])


@pytest.mark.parametrize(
    ("transcript", "wanted"),
    [
        (channels("we are all here", "we are all here"), "found"),
        (channels("We are all here", "we are all here", late_ms=200), "found"),
        (channels("we are all here", "we are all here", late_ms=300), "clear"),
        (channels("we are all here", "no they were not"), "clear"),
        (channels("we are all here", "no they are all"), "clear"),
        (replace(channels("we are all here", "yes"), channels=("1", "1")), "clear"),
        (PLAIN, "feature_absent"),
        (call(TALK, channels=("1", "2")), "no_times"),
        (call(""), "no_words"),
    ],
)
def test_duplicate_channels_say_the_same_words_at_the_same_times(
    transcript: Transcript, wanted: str
) -> None:
    assert state(answer(bounded("duplicate_channels", over=80), transcript)) == wanted


def test_duplicate_channels_are_shown_on_the_doubled_words() -> None:
    doubled = answer(bounded("duplicate_channels", over=50), channels("a b c d", "a b x"))
    assert isinstance(doubled, Found)
    (evidence,) = doubled.evidence
    assert evidence.label == "equal words 66.7 %"
    assert [(mark.utterance, mark.last_word) for mark in evidence.marks] == [(1, 1)]


@pytest.mark.parametrize(
    ("expected", "told", "wanted"),
    [(0, 2, "clear"), (0, 3, "found"), (1, 2, "found"), (0, None, "feature_absent")],
)
def test_speakers_are_as_many_as_expected(expected: int, told: int | None, wanted: str) -> None:
    told_so = replace(PLAIN, analysis=Analysis(speakers_expected=told))
    assert state(answer(QualityRule("speakers", expected=expected), told_so)) == wanted


def test_speakers_that_are_not_told_apart_or_not_heard_yet_are_not_counted() -> None:
    rule = QualityRule("speakers", expected=3)
    assert shown(answer(rule, PLAIN)) == [("speakers_expected", "speakers 2, expected 3")]
    assert state(answer(rule, replace(PLAIN, speakers=(None, "A")))) == "feature_absent"
    part = replace(PLAIN, duration_ms=90_000, transcribed_ms=(0, 5_000))
    assert state(answer(rule, part)) == "window_not_transcribed"
    assert state(answer(QualityRule("speakers", expected=1), part)) == "found"


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en_us", "clear"), ("es", "clear"), ("de", "found"), (None, "fact_missing")],
)
def test_language_is_one_of_the_rule_s(language: str | None, wanted: str) -> None:
    rule = QualityRule("language", languages=("en", "es"))
    assert state(answer(rule, replace(PLAIN, language=language))) == wanted


def test_language_confidence_is_what_the_source_says() -> None:
    rule = bounded("language_confidence", under=0.7)
    assert state(answer(rule, PLAIN)) == "feature_absent"
    sure = replace(PLAIN, analysis=Analysis(language_confidence=0.6))
    assert shown(answer(rule, sure)) == [("language_confidence", "language confidence 0.60")]


def rubric(**fields: object) -> dict[str, object]:
    return {"name": "x", "rules": [{"code": "r", "check": {"quality": fields}}]}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"measure": "noise", "over": 1},
        {"measure": "duration"},
        {"measure": "duration", "over": 1, "role": "agent"},
        {"measure": "mean_confidence", "under": 60},
        {"measure": "language"},
        {"measure": "language", "languages": ["en"], "under": 1},
        {"measure": "speakers", "under": 2},
        {"measure": "speakers", "expected": 1.5},
    ],
)
def test_parse_refuses_what_cannot_be_measured(fields: dict[str, object]) -> None:
    with pytest.raises(RubricError, match=r"rules\[0\]\.check\.quality.*: .*: write"):
        parse_rubric(rubric(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "mean_confidence", "role": "agent", "under": 0.6},
        {"measure": "duration", "over": 3600},
        {"measure": "duplicate_channels", "over": 90},
        {"measure": "speakers", "expected": 2},
        {"measure": "language", "languages": ["en", "es"]},
        {"measure": "language_confidence", "under": 0.7},
    ],
)
def test_a_rule_is_written_as_it_is_read(fields: dict[str, object]) -> None:
    document = canonical(parse_rubric(rubric(**fields)))
    assert all(f'"{name}"'.encode() in document for name in fields)
