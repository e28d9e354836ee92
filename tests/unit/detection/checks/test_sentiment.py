"""Sentences in a row, in a window, and the swing from the first third to the last."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reviews.detection.analysis import Analysis, Sentence, Sentiment
from reviews.detection.checks.sentiment import SentimentRule, check
from reviews.detection.evidence import Found
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.detection.transcript import Role, Transcript
from tests.unit.detection.calls import call, heard, places, state

LINES = 12
TALK = "\n".join(
    f"{('agent', 'customer')[at % 2]}: one two three four five." for at in range(LINES)
)
LINE_MS = 1500


def sentence(line: int, polarity: str, confidence: float | None = 0.9, **more: object) -> Sentence:
    speaker = ("agent", "customer")[line % 2]
    made = Sentence(polarity, confidence, line * LINE_MS, line * LINE_MS + LINE_MS, speaker)
    return replace(made, **more)  # type: ignore[arg-type] # tests name fields


def felt(customer: str, agent: str = "", **changes: object) -> Transcript:
    """Letters `+ 0 -` for the customer's lines, likewise the agent's (all neutral)."""
    names = {"+": "positive", "0": "neutral", "-": "negative"}
    lines = [(2 * at + 1, each) for at, each in enumerate(customer)]
    lines += [(2 * at, each) for at, each in enumerate(agent or "0" * len(customer))]
    sentences = [sentence(line, names[each]) for line, each in sorted(lines)]
    return given(sentences, **changes)


def given(sentences: Sequence[Sentence], **changes: object) -> Transcript:
    analysis = Analysis(sentiment=Sentiment(True, tuple(sentences)))
    return call(TALK, analysis=analysis, **changes)


def customer(**more: object) -> SentimentRule:
    return SentimentRule(role="customer", **more)  # type: ignore[arg-type] # tests name fields


@pytest.mark.parametrize(
    ("rule", "felt_by_customer", "wanted"),
    [
        (customer(), "00-000", "found"),
        (customer(), "000000", "clear"),
        (customer(run=3), "0---00", "found"),
        (customer(run=3), "--0--0", "clear"),
        (customer(run=2, window="last_third"), "--0000", "clear"),
        (customer(run=2, window="last_third"), "0000--", "found"),
        (customer(run=2, window="last 20%"), "0000--", "clear"),
        (customer(window="first 20%"), "-00000", "found"),
        (customer(polarity="positive"), "00+000", "found"),
        (customer(swing=1), "++00--", "found"),
        (customer(swing=1), "--00++", "clear"),
        (customer(swing=1, polarity="positive"), "--00++", "found"),
        (customer(swing=1.5), "+000-0", "clear"),
    ],
)
def test_check_counts_the_role_s_sentences(
    rule: SentimentRule, felt_by_customer: str, wanted: str
) -> None:
    assert state(check(rule, heard(felt(felt_by_customer)))) == wanted


def test_the_other_s_sentences_do_not_break_a_row() -> None:
    mixed = felt("---000", agent="+++000")
    assert state(check(customer(run=3), heard(mixed))) == "found"
    assert state(check(SentimentRule(run=2), heard(mixed))) == "clear"


def test_evidence_stands_on_the_words_of_the_sentences() -> None:
    outcome = check(customer(run=2), heard(felt("0--000")))
    assert places(outcome) == [(3, 0, 4), (5, 0, 4)]
    assert isinstance(outcome, Found)
    first = outcome.evidence[0]
    assert (first.label, first.score, first.role) == ("negative", 0.9, "customer")


def test_evidence_of_a_swing_is_what_it_swung_to() -> None:
    outcome = check(customer(swing=1), heard(felt("++00--")))
    assert places(outcome) == [(9, 0, 4), (11, 0, 4)]
    assert isinstance(outcome, Found)
    assert {each.label for each in outcome.evidence} == {"swing -2.00"}


def test_a_sentence_of_two_who_speak_at_once_stands_on_its_speaker_s_words() -> None:
    both = felt("-00000")
    at_once = replace(both, start_ms=[*both.start_ms[5:10], *both.start_ms[5:]],
                      end_ms=[*both.end_ms[5:10], *both.end_ms[5:]])  # fmt: skip
    assert places(check(customer(), heard(at_once))) == [(1, 0, 4)]


@pytest.mark.parametrize(
    ("analysis", "wanted"),
    [
        (Analysis(), "feature_absent"),
        (Analysis(sentiment=Sentiment(False)), "feature_unavailable"),
        (Analysis(sentiment=Sentiment(True)), "feature_unavailable"),
    ],
)
def test_check_says_why_there_is_no_sentiment(analysis: Analysis, wanted: str) -> None:
    assert state(check(customer(), heard(call(TALK, analysis=analysis)))) == wanted


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"start_ms": -1, "end_ms": -1}, "no_times"),
        ({"confidence": None}, "no_confidence"),
        ({"polarity": ""}, "feature_unavailable"),
        ({"confidence": 0.3}, "clear"),
    ],
)
def test_check_never_passes_over_a_sentence_that_may_count(
    more: dict[str, object], wanted: str
) -> None:
    rows = [sentence(1, "neutral"), replace(sentence(3, "negative"), **more)]  # type: ignore[arg-type] # tests name fields
    assert state(check(customer(), heard(given(rows)))) == wanted
    rows.append(sentence(5, "negative"))
    assert state(check(customer(), heard(given(rows)))) == "found"


def test_check_does_not_guess_who_spoke() -> None:
    unknown = felt("-00000", roles=(Role.UNKNOWN,) * LINES)
    assert state(check(customer(), heard(unknown))) == "roles_unknown"
    assert state(check(SentimentRule(), heard(unknown))) == "found"
    calm = felt("000000", roles=(Role.UNKNOWN,) * LINES)
    assert state(check(customer(), heard(calm))) == "clear"
    assert state(check(customer(swing=1), heard(calm))) == "roles_unknown"


def test_a_sentence_without_a_speaker_is_whose_words_stand_in_its_time() -> None:
    rows = [sentence(1, "negative", speaker=None), sentence(3, "negative", speaker="gone")]
    assert state(check(customer(run=2), heard(given(rows)))) == "found"
    assert state(check(SentimentRule(role="agent"), heard(given(rows)))) == "clear"


def test_a_sentence_may_name_a_channel_for_a_speaker() -> None:
    rows = [sentence(1, "negative", speaker="2"), sentence(3, "negative", speaker="2")]
    apart = replace(given(rows), speakers=(None,) * LINES, channels=("1", "2") * (LINES // 2))
    assert places(check(customer(run=2), heard(apart))) == [(1, 0, 4), (3, 0, 4)]


def test_a_row_may_be_broken_by_a_sentence_of_nobody_known() -> None:
    roles = [Role.AGENT, Role.CUSTOMER] * (LINES // 2)
    roles[3] = Role.UNKNOWN
    rows = [
        sentence(1, "negative"),
        sentence(3, "neutral", speaker=None),
        sentence(5, "negative"),
    ]
    doubtful = given(rows, roles=tuple(roles))
    assert state(check(customer(run=2), heard(doubtful))) == "roles_unknown"
    assert state(check(customer(run=1), heard(doubtful))) == "found"


def test_check_is_not_assessable_without_times_or_outside_of_what_was_transcribed() -> None:
    untimed = felt("-00000", start_ms=[-1] * 60, end_ms=[-1] * 60)
    assert state(check(customer(), heard(untimed))) == "no_times"
    clipped = felt("000000", transcribed_ms=(0, 9000))
    assert state(check(customer(window="first_third"), heard(clipped))) == "clear"
    assert state(check(customer(), heard(clipped))) == "window_not_transcribed"
    assert state(check(customer(swing=1), heard(clipped))) == "window_not_transcribed"


def test_a_swing_needs_sentences_at_both_ends() -> None:
    assert state(check(customer(swing=1), heard(given([sentence(1, "positive")])))) == "no_words"


def test_sentences_are_heard_in_the_order_of_their_times() -> None:
    rows = [sentence(5, "negative"), sentence(1, "neutral"), sentence(3, "negative")]
    assert state(check(customer(run=2), heard(given(rows)))) == "found"


def rubric(**fields: object) -> dict[str, object]:
    return {"name": "x", "rules": [{"code": "r", "check": {"sentiment": fields}}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"window": "middle"},
        {"window": "last 0%"},
        {"window": "last 101%"},
        {"window": 3},
        {"run": 1.5},
        {"polarity": "angry"},
        {"swing": 1, "run": 2},
        {"swing": 1, "polarity": "neutral"},
        {"mood": 1},
    ],
)
def test_parse_refuses_what_it_does_not_know(fields: dict[str, object]) -> None:
    with pytest.raises(RubricError, match=r"rules\[0\]\.check\.sentiment\.\w+: .*: \w"):
        parse_rubric(rubric(**fields))


def test_a_rule_is_written_as_it_is_read() -> None:
    for fields in ({}, {"swing": 0.5}, {"run": 3, "window": "last 30%", "role": "agent"}):
        made = parse_rubric(rubric(**fields))
        assert b'"sentiment"' in canonical(made)
        assert made.rules[0].check == SentimentRule(**fields)
