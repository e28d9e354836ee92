"""What is stored: plain JSON that comes back as it went, and holds no word of the call."""

import json

from reviews.detection.engine import Evaluation, compile_rubric, evaluate
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import ContentSafety, SafetyLabel
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call

SAFE = (SafetyLabel("hate_speech", 0.9, None, 0, 900),)
SAID = call(safety=ContentSafety(is_available=True, labels=SAFE))


def evaluation() -> Evaluation:
    queries = [
        'refund NEAR/3 "30 days"',
        'NOT agent: "this call may be recorded"',
        "NOT customer: guarantee",
        "call.notice",
        "never",
    ]
    rules = [{"code": f"q{at}", "check": {"query": query}} for at, query in enumerate(queries)]
    rules.append({"code": "off", "applies_when": "never", "check": {"query": "refund"}})
    rules.append({"code": "safe", "check": {"content_safety": {}}})
    return evaluate(SAID, compile_rubric(parse_rubric({"name": "Test", "rules": rules})))


def test_from_wire_gives_back_what_to_wire_wrote() -> None:
    stored = json.loads(json.dumps(to_wire(evaluation())))
    assert from_wire(stored, speakers=SAID.speakers) == evaluation()
    assert '"speaker"' not in json.dumps(stored)


def test_to_wire_holds_no_word_of_the_call() -> None:
    stored = json.dumps(to_wire(evaluation())).lower()
    assert not [word for word in ("refund", "guarantee", "recorded", "thirty") if word in stored]


def test_to_wire_holds_plain_types_only() -> None:
    def kinds(value: object) -> set[type]:
        if isinstance(value, dict):
            return set().union(*(kinds(each) for each in value.values())) | {type(value)}
        if isinstance(value, list):
            return {type(value)}.union(*(kinds(each) for each in value))
        return {type(value)}

    assert kinds(to_wire(evaluation())) <= {dict, list, str, int, float, bool, type(None)}


def test_evidence_outside_the_words_comes_back_with_its_place_and_without_a_speaker() -> None:
    rules = [{"code": "long", "check": {"quality": {"measure": "duration", "over": 0}}}]
    rubric = parse_rubric({"name": "Test", "rules": rules})
    for said in (SAID, call("", duration_ms=9_000)):
        heard = evaluate(said, rubric)
        stored = json.loads(json.dumps(to_wire(heard)))
        assert from_wire(stored, speakers=said.speakers) == heard
        assert stored["results"][0]["outcome"]["evidence"][0]["field"] == "audio_duration"


def test_from_wire_reads_evidence_that_was_written_before_it_had_a_place() -> None:
    stored = to_wire(evaluation())
    for result in stored["results"]:
        for each in (result["outcome"] or {}).get("evidence", ()):
            del each["field"]
    assert from_wire(stored, speakers=SAID.speakers) == evaluation()
