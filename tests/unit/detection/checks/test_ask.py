"""A question to a person: how it is written, and that the engine never answers it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from reviews.detection.checks.ask import AskRule
from reviews.detection.document import RubricError
from reviews.detection.engine import Evaluation, evaluate
from reviews.detection.evidence import Asked, NotAssessable, Reason
from reviews.detection.report import Report
from reviews.detection.rubric import canonical, parse_rubric
from reviews.detection.scoring import Result, Verdict, score
from reviews.detection.transcript import Transcript
from reviews.detection.wire import from_wire, to_wire
from tests.unit.detection.calls import call

LEVELS = [
    {"code": "clear", "title": "Clear", "points": 4, "description": "Said once, and understood."},
    {"code": "fair", "points": 3},
    {"code": "muddled", "points": 0},
]
QUESTION: dict[str, Any] = {"question": "Was it explained well?"}
FULL = QUESTION | {"levels": LEVELS, "na": True, "comment": "below_full"}
SAID = call("agent: The fee is forty dollars.")


def document(ask: Any = FULL, **rule: Any) -> dict[str, Any]:
    rules = [
        {"code": "ask", "check": {"ask": ask}} | rule,
        {"code": "fee", "check": {"query": "fee"}},
    ]
    return {"name": "Calls", "rules": rules}


def parsed(ask: Any = FULL) -> AskRule:
    check = parse_rubric(document(ask)).rules[0].check
    assert isinstance(check, AskRule)
    return check


def heard(said: Transcript = SAID, **rule: Any) -> Evaluation:
    return evaluate(said, parse_rubric(document(**rule)))


def test_a_level_earns_its_points_beside_those_of_the_best() -> None:
    assert [parsed().share_of(code) for code in ("clear", "fair", "muddled")] == [1, 0.75, 0]
    assert [parsed(QUESTION).share_of(code) for code in ("yes", "no")] == [1, 0]


@pytest.mark.parametrize(
    ("comment", "needed"),
    [("never", []), ("always", ["clear", "fair", ""]), ("below_full", ["fair"])],
)
def test_a_comment_is_needed_where_the_rule_says_so(comment: str, needed: list[str]) -> None:
    rule = parsed(FULL | {"comment": comment})
    assert [level for level in ("clear", "fair", "") if rule.needs_comment(level)] == needed


@pytest.mark.parametrize("ask", [FULL, QUESTION, QUESTION | {"levels": "yes_no"}])
def test_the_document_comes_back_to_the_same_bytes(ask: Any) -> None:
    once = canonical(parse_rubric(document(ask)))
    assert canonical(parse_rubric(json.loads(once))) == once


def test_the_short_form_is_yes_and_no() -> None:
    levels = [
        {"code": "yes", "title": "Yes", "points": 1},
        {"code": "no", "title": "No", "points": 0},
    ]
    forms = [QUESTION, QUESTION | {"levels": "yes_no"}, QUESTION | {"levels": levels}]
    assert len({canonical(parse_rubric(document(each))) for each in forms}) == 1


@pytest.mark.parametrize(
    ("ask", "path", "part"),
    [
        ({}, ".question", "not a text"),
        (QUESTION | {"levels": "stars"}, ".levels", "not a list"),
        (QUESTION | {"levels": LEVELS[:1]}, ".levels", "two levels"),
        (QUESTION | {"levels": [LEVELS[0], LEVELS[0]]}, ".levels", "2 times"),
        (QUESTION | {"levels": [LEVELS[2], {"code": "x", "points": 0}]}, ".levels", "no level has"),
        (QUESTION | {"levels": [LEVELS[0], {"code": "x"}]}, ".levels[1].points", "what it earns"),
        (
            QUESTION | {"levels": [LEVELS[0], {"code": "x", "points": -1}]},
            ".levels[1].points",
            "0 to",
        ),
        (QUESTION | {"levels": [*LEVELS] * 7}, ".levels", "at most 20"),
        (QUESTION | {"na": "maybe"}, ".na", "true or false"),
        (QUESTION | {"comment": "often"}, ".comment", "below_full"),
        (QUESTION | {"answer": "yes"}, ".answer", "not known"),
    ],
)
def test_a_question_is_refused_with_its_place(ask: Any, path: str, part: str) -> None:
    with pytest.raises(RubricError) as caught:
        parse_rubric(document(ask))
    assert (caught.value.path, part in caught.value.message) == (f"rules[0].check.ask{path}", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("violation_when", "absent"),
        ("languages", ["en"]),
        ("examples", {"must_match": ["agent: hello"]}),
    ],
)
def test_what_only_a_rule_that_listens_may_have_is_refused(key: str, value: Any) -> None:
    with pytest.raises(RubricError, match="listens for nothing") as caught:
        parse_rubric(document(**{key: value}))
    assert caught.value.path == f"rules[0].{key}"


def test_another_rule_cannot_look_for_it_on_earlier_calls() -> None:
    rules = [*document()["rules"], {
        "code": "again", "check": {"history": {"by": "subject", "days": 7, "rule": "ask"}},
    }]  # fmt: skip
    with pytest.raises(RubricError, match="there is no rule 'ask'"):
        parse_rubric({"name": "Calls", "rules": rules})


def test_it_is_asked_whatever_the_engine_hears() -> None:
    refused = replace(SAID, refused=NotAssessable(Reason.TRANSCRIPT_ERRORED, "it failed"))
    for said in (SAID, call(""), refused, replace(SAID, language="xx")):
        assert heard(said).results[0].outcome == Asked()
        assert heard(said).results[0].result is Result.ASKED


def test_it_is_asked_of_calls_that_it_applies_to_and_where_that_is_not_known() -> None:
    results = [
        heard(applies_when=when).results[0].result for when in ("fee", "refund", "call.kind = live")
    ]
    assert results == ["asked", "not_applicable", "asked"]


@pytest.mark.parametrize("policy", ["excluded", "failing"])
def test_the_machines_score_leaves_it_out(policy: str) -> None:
    rubric = parse_rubric(document() | {"scoring": {"not_assessable": policy}})
    made = evaluate(SAID, rubric).score
    assert (made.percent, made.verdict) == (0, Verdict.FAILED)
    assert [(part.left_out, part.possible) for part in made.parts] == [("asked", 0), ("", 100)]


def test_a_call_of_questions_alone_has_no_score_of_the_machines() -> None:
    made = evaluate(SAID, parse_rubric({"name": "Calls", "rules": document()["rules"][:1]})).score
    assert (made.percent, made.verdict) == (None, Verdict.NOT_ASSESSABLE)


def test_an_answer_earns_its_share_and_none_may_fail_the_call() -> None:
    rubric = parse_rubric(document(auto_fail=True, weight=3))
    results = [Result.ANSWERED, Result.PASSED]
    half, none = (score(rubric, results, {"ask": share}) for share in (0.5, 0.0))
    assert [half.percent, none.percent] == pytest.approx([62.5, 25])
    assert (half.auto_failed_by, none.auto_failed_by) == ((), ("ask",))
    assert none.verdict is Verdict.FAILED


def test_it_is_stored_and_written_as_asked() -> None:
    made = heard()
    stored = json.loads(json.dumps(to_wire(made)))
    assert from_wire(stored, speakers=SAID.speakers) == made
    assert stored["results"][0]["outcome"] == {"kind": "asked"}
    finding = Report(SAID).evaluation(made)["findings"][0]
    assert (finding["outcome"], finding["violation"], finding["evidence"]) == ("asked", None, [])
