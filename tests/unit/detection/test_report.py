"""Outcomes as plain JSON types, with the words read from the call."""

import json
from dataclasses import replace

from reviews.detection.engine import compile_rubric, evaluate
from reviews.detection.evidence import Clear, Evidence, Found, Mark, NotAssessable, Reason
from reviews.detection.normalize import read_axis
from reviews.detection.report import Report, outcome_code, personal_data, text_spans
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript
from tests.unit.detection.calls import WORKED, ask, call

CARD = "4242 4242 4242 4242"


def _overlapping() -> Transcript:
    """Three utterances of three words that begin at 900, 0 and 450 ms, and one of a mere dash."""
    starts = [900, 1000, 1100, 0, 100, 200, 450, 500, 600, 550]
    whole = call("agent: a1 a2 a3\ncustomer: b1 b2 b3\nagent: c1 c2 c3\ncustomer: –")
    return replace(whole, start_ms=starts, end_ms=[start + 50 for start in starts])


def _over(first: int, last: int) -> Evidence:
    return Evidence(first, last, 1, 1, "x", "agent", 0, 0)


def test_query_writes_one_finding_without_a_rule() -> None:
    written = Report(call()).query(ask("refund BEFORE price"))
    finding: dict[str, object] = {
        "rule": None,
        "outcome": "clear",
        "violation": None,
        "evidence": [],
    }
    assert written == {"id": "example", "outcome": "clear", "findings": [finding]}


def test_finding_tells_the_five_outcomes_apart() -> None:
    unknown = NotAssessable(Reason.NO_TURNS, "no turns")
    outcomes = (Found(()), Found((), is_unsure=True), Clear(), unknown, None)
    codes = ["found", "found_unsure", "clear", "not_assessable", "not_applicable"]
    assert [outcome_code(outcome) for outcome in outcomes] == codes
    written = [Report(call()).finding("r", each, violation=None) for each in outcomes]
    assert [each.get("reason") for each in written] == [None, None, None, "no_turns", None]


def test_finding_has_the_proof_of_absence_with_the_nearest_miss() -> None:
    written = Report(call()).query(ask("NOT customer: guarantee"))
    absence = written["findings"][0]["absence"]
    assert (absence["roles"], absence["words"], absence["start_ms"]) == (["customer"], 5, 0)
    nearest = absence["nearest"]
    assert (nearest["cause"], nearest["role"], nearest["text"]) == ("role", "agent", "guarantee")


def test_evidence_takes_words_in_the_order_of_the_axis() -> None:
    report = Report(_overlapping())
    assert report.evidence(_over(1, 0))["text"] == "b2 b3 c1 c2 c3 – a1 a2"
    assert report.evidence(_over(1, 2))["text"] == "b2 b3 c1 c2"


def test_evidence_follows_the_axis_of_the_engine() -> None:
    transcript = _overlapping()
    spoken = [transcript.words[word] for word in read_axis(transcript).first]
    whole = Evidence(1, 0, 0, 2, "x", "agent", 0, 0)
    assert [word for word in Report(transcript).words_of(whole) if word != "–"] == spoken


def test_evidence_has_no_times_where_the_call_has_none() -> None:
    nowhere = [-1] * len(call().words)
    report = Report(call(start_ms=nowhere, end_ms=nowhere))
    written = report.query(ask("refund", report.transcript))
    evidence = written["findings"][0]["evidence"][0]
    assert (evidence["start_ms"], evidence["end_ms"]) == (None, None)


def test_evidence_is_quoted_only_beyond_sixty_words() -> None:
    for between, quote in ((58, None), (59, "refund … today")):
        transcript = call(f"agent: refund {'word ' * between} today")
        report = Report(transcript)
        (written,) = report.query(ask("refund BEFORE today", transcript))["findings"]
        assert written["evidence"][0].get("quote") == quote


def test_evidence_without_marks_is_quoted_by_its_beginning() -> None:
    transcript = call(f"agent: {'word ' * 70}")
    evidence = Evidence(0, 0, 0, 69, "x", "agent", 0, 0, marks=())
    assert Report(transcript).evidence(evidence)["quote"] == f"{'word ' * 60}…"


def test_evaluation_gives_violations_and_a_score_that_json_takes() -> None:
    rules = [
        {"code": "said", "check": {"query": "refund"}},
        {"code": "due", "violation_when": "absent", "check": {"query": "refund"}},
        {"code": "kind", "check": {"query": "call.kind = live"}},
        {"code": "not", "applies_when": "price", "check": {"query": "refund"}},
    ]
    compiled = compile_rubric(parse_rubric({"name": "r", "rules": rules}))
    written = Report(call()).evaluation(evaluate(call(), compiled))
    assert (written["outcome"], written["score"]) == ("failed", 50.0)
    violations = [each["violation"] for each in written["findings"]]
    assert violations == [True, False, None, None]
    assert json.loads(json.dumps(written)) == written


def test_spans_leave_the_punctuation_after_a_value_out() -> None:
    transcript = call(f"customer: it is {CARD}, thanks")
    report = Report(transcript)
    (span,) = report.spans(personal_data(transcript))["spans"]
    assert (span["start"], span["end"], span["text"]) == (6, 25, CARD)


def test_spans_are_none_where_a_call_is_not_assessable() -> None:
    deleted = NotAssessable(Reason.TRANSCRIPT_DELETED, "deleted")
    transcript = call(refused=deleted)
    assert personal_data(transcript) is deleted
    assert Report(transcript).spans(deleted)["spans"] is None


def test_masked_keeps_every_other_word() -> None:
    transcript = call(f"agent: Go on.\ncustomer: it is {CARD}, thanks")
    masked = Report(transcript).masked(personal_data(transcript))
    assert masked == ["Go on.", "it is [CREDIT_CARD_NUMBER], thanks"]


def test_masked_changes_nothing_where_nothing_is_found() -> None:
    lines = [line.partition(": ")[2] for line in WORKED.strip().splitlines()]
    assert Report(call()).masked(personal_data(call())) == lines


def test_text_spans_count_characters() -> None:
    (span,) = text_spans(f"“ß” {CARD}")
    assert (span["start"], span["end"], span["speaker"]) == (4, 23, None)


def test_places_cover_the_utterances_between() -> None:
    marks = Report(_overlapping()).places(_over(1, 2))
    assert marks == [Mark(1, 1, 2), Mark(2, 0, 1)]
