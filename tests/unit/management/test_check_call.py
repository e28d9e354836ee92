"""`manage.py check_call`: a rubric on files, and how it exits."""

import json
from pathlib import Path

import pytest
import yaml

from reviews.demo.build import calls, rubric
from tests.unit.management.conftest import Run, Write, transcript

ROLES = ("--agent", "A", "--customer", "B")
RUBRIC = """
name: Refund desk
rules:
  - {code: notice, title: Notice, weight: 3, violation_when: absent,
     check: {query: 'agent: "being recorded"'}}
  - {code: promise, title: Promise, severity: high, check: {query: "agent: promise"}}
"""


def _rubric(write: Write, *more: str) -> str:
    return write("rubric.yaml", RUBRIC + "".join(f"  - {rule}\n" for rule in more))


def _rule(query: str) -> str:
    return f"{{code: extra, check: {{query: '{query}'}}}}"


@pytest.mark.parametrize(
    ("more", "code", "outcome", "score"),
    [
        ((), 0, "passed", 100.0),
        ((_rule("guarantee"),), 1, "passed", 80.0),
        ((_rule("call.kind = live"),), 3, "passed", 100.0),
        ((_rule("call.kind = live"), "{code: b, check: {query: refund}}"), 1, "passed", 80.0),
    ],
)
def test_check_call_exits_by_its_rules(
    more: tuple[str, ...], code: int, outcome: str, score: float, run: Run, write: Write,
    worked: str,
) -> None:  # fmt: skip
    ran = run("check_call", "--rubric", _rubric(write, *more), worked, "--json", *ROLES)
    answer = ran.json[0]
    assert (ran.code, answer["outcome"], answer["score"]) == (code, outcome, score)


def test_check_call_answers_in_json(run: Run, write: Write, worked: str) -> None:
    more = "{code: long, applies_when: call.duration >= 900s, check: {query: price}}"
    file = _rubric(write, more, _rule("NOT price"))
    ran = run("check_call", "--rubric", file, worked, "--json", *ROLES)
    assert set(ran.json[0]) == {"id", "outcome", "score", "findings"}
    notice, promise, long, extra = ran.json[0]["findings"]
    assert (notice["rule"], notice["outcome"], notice["violation"]) == ("notice", "found", False)
    assert notice["evidence"][0]["text"] == "being recorded."
    assert promise == {"rule": "promise", "outcome": "clear", "violation": False, "evidence": []}
    assert (long["outcome"], long["violation"]) == ("not_applicable", None)
    assert (extra["outcome"], extra["violation"]) == ("found", True)
    assert extra["absence"]["roles"] == []


def test_check_call_says_of_each_rule_what_it_earned_and_why(
    run: Run, write: Write, worked: str
) -> None:
    ran = run("check_call", "--rubric", _rubric(write), worked, *ROLES)
    assert f"{worked}  c1  passed: 100.0 of 100, pass mark 80\n" in ran.out
    assert "75.0 of 75.0  notice (medium): Notice\n      0:03  A (agent)  " in ran.out
    assert "25.0 of 25.0  promise (high): Promise\n" in ran.out
    assert "Checked 1 call: 1 passed; a rule was not assessable in 0.\n" in ran.err


def test_check_call_prints_what_was_not_heard(run: Run, write: Write) -> None:
    rule = (
        "{code: late, violation_when: absent, check: {query: 'agent: \"call is being recorded\"'}}"
    )
    file = write("call.json", transcript(turns=(("A", "This call is recorded."), ("B", "Fine."))))
    ran = run("check_call", "--rubric", _rubric(write, rule), file, *ROLES)
    assert ran.code == 1
    searched = "not heard from 0:00 to 0:02 in 4 words of agent"
    assert (
        f"{searched}; nearest, 3 of 4 words: 0:00  A (agent)  This [call is recorded.]" in ran.out
    )


def test_check_call_prints_some_hits_and_how_many_more(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=(("A", "fee, now " * 7), ("B", "Fine."))))
    ran = run("check_call", "--rubric", _rubric(write, _rule("fee")), file, *ROLES)
    assert "      and 2 more\n" in ran.out


def test_check_call_says_once_why_a_whole_call_is_not_assessable(run: Run, write: Write) -> None:
    file = write("call.json", {"id": "e", "status": "error", "error": "no speech"})
    ran = run("check_call", "--rubric", _rubric(write), file)
    assert (ran.code, ran.out.count("transcript_errored")) == (3, 1)


def test_check_call_answers_the_other_files_after_a_bad_one(
    run: Run, write: Write, worked: str
) -> None:
    ran = run("check_call", "--rubric", _rubric(write), "absent.json", worked, "--json", *ROLES)
    assert (ran.code, len(ran.json)) == (2, 1)
    assert "absent.json: The file is refused" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- one\n- two", "rubric: a list is not a mapping"),
        ("name: [1", "line 1, column 9: "),
        ("name: a\nname: b", "line 2, column 1: the same key stands twice"),
        ("", "name: nothing is not a text"),
        (f"{RUBRIC}  - {_rule('a NEAR/5 NOT b')}", "rules[2].check.query: line 1, column 10: "),
    ],
)
def test_check_call_says_where_a_rubric_is_wrong(
    text: str, message: str, run: Run, write: Write, worked: str
) -> None:
    file = write("rubric.yaml", text)
    ran = run("check_call", "--rubric", file, worked)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{file}: ")
    assert message in ran.err


def test_check_call_agrees_with_the_truth_of_the_demo(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "rubric.yaml"
    document.write_text(yaml.safe_dump(rubric("harbor-wealth")))
    chosen = [call for call in calls(12, 1) if call.tenant == "harbor-wealth"]
    file = tmp_path / "calls.jsonl"
    file.write_text("\n".join(json.dumps(call.payload) for call in chosen))
    ran = run("check_call", "--rubric", str(document), str(file), "--json")
    for call, answer in zip(chosen, ran.json, strict=True):
        failed = {each["rule"] for each in answer["findings"] if each["violation"]}
        wanted = {code for code, truth in call.truth.items() if truth.result == "failed"}
        wanted -= {"takeover_sign"}  # asks a language model, which a file has none of
        assert (answer["id"], failed) == (call.id, wanted)


def test_check_call_needs_no_environment(run_bare: Run, write: Write, worked: str) -> None:
    ran = run_bare("check_call", "--rubric", _rubric(write), worked, "--json", *ROLES)
    assert (ran.code, ran.json[0]["outcome"]) == (0, "passed")


def test_check_call_help_lists_the_exit_codes(run_bare: Run) -> None:
    assert "\n  3  no rule failed, but one is not assessable\n" in run_bare("check_call", "-h").out


def test_check_call_names_the_place_of_what_stands_outside_the_words(
    run: Run, write: Write
) -> None:
    call = write("call.json", transcript() | {"summary": "Card 4111 1111 1111 1111."})
    file = _rubric(write, "{code: left, check: {redaction: {leftovers: true}}}")
    answer = run("check_call", "--rubric", file, call, "--json", *ROLES).json[0]
    (evidence,) = answer["findings"][-1]["evidence"]
    assert evidence.pop("field") == "summary"
    assert (evidence["utterance"], evidence["words"], evidence["text"]) == (None, None, "")
    assert "field" not in answer["findings"][0]["evidence"][0]
    shown = run("check_call", "--rubric", file, call, *ROLES)
    assert "credit_card_number: in summary" in shown.out
    assert "4111" not in shown.out
