"""Every pack on calls of its own: each rule comes out as written beside the call."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from reviews.detection.checks.history import HistoryRule
from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.language.types import Condition, FactBetween, FactIs, operands_of
from reviews.detection.rubric import Rule, conditions_of, parse_rubric
from reviews.detection.transcript import CallFacts, Earlier, Role, Transcript
from reviews.rubrics.packs import pack, pack_codes
from tests.packs.dialogues import Dialogue, outcome_name, read_dialogues

CALLS = {path.stem: read_dialogues(path) for path in sorted(Path(__file__).parent.glob("*.yaml"))}
PAIRS = [(code, each) for code, calls in CALLS.items() for each in calls]
NAMES = [f"{code}-{each.id}" for code, each in PAIRS]

MEASURED = {"service_quality": {"interruptions", "listens", "silence_explained"}}
"""Rules of who spoke how long: they are tried where their check is."""
BY_WORDS_TOO = {"substance_use_records"}
"""Rules that apply by what is said, too, whatever is known of the call."""


@cache
def compiled(code: str) -> Compiled:
    return compile_rubric(parse_rubric(pack(code).document))


def outcomes(code: str, call: Transcript) -> dict[str, str]:
    results = evaluate(call, compiled(code)).results
    return {each.rule: outcome_name(each.outcome) for each in results}


def asked_facts(rule: Rule) -> set[str]:
    """What a call must say of itself for the rule; its length is always known."""
    said = {name for each in conditions_of(rule) for name in _facts(each)} - {"duration"}
    if "local_time" in said:
        said = said - {"local_time"} | {"call_at", "zone"}
    return said | ({rule.check.by} if isinstance(rule.check, HistoryRule) else set())


def _facts(condition: Condition) -> Iterator[str]:
    if isinstance(condition, FactIs | FactBetween):
        yield condition.name
    for each in operands_of(condition):
        yield from _facts(each)


def test_every_pack_has_calls_of_its_own() -> None:
    assert tuple(CALLS) == pack_codes()
    assert all(len(calls) >= 6 for calls in CALLS.values())


@pytest.mark.parametrize(("code", "dialogue"), PAIRS, ids=NAMES)
def test_each_rule_comes_out_as_the_call_says(code: str, dialogue: Dialogue) -> None:
    assert outcomes(code, dialogue.call) == dialogue.expected


@pytest.mark.parametrize(("code", "dialogue"), PAIRS, ids=NAMES)
def test_what_is_not_known_of_a_call_is_never_clear(code: str, dialogue: Dialogue) -> None:
    call = replace(dialogue.call, facts=CallFacts(), earlier=Earlier())
    heard = outcomes(code, call)
    asking = [
        rule.code
        for rule in compiled(code).rubric.rules
        if asked_facts(rule) and rule.code not in BY_WORDS_TOO
    ]
    answered = {rule: heard[rule] for rule in asking if heard[rule] in ("found", "clear")}
    assert not answered
    known = {rule for rule in asking if dialogue.expected[rule] in ("found", "clear")}
    assert {heard[rule] for rule in known} <= {"not_assessable"}


@pytest.mark.parametrize(("code", "dialogue"), PAIRS, ids=NAMES)
def test_where_nobody_knows_who_speaks_no_duty_is_failed(code: str, dialogue: Dialogue) -> None:
    unknown = (Role.UNKNOWN,) * dialogue.call.utterances
    heard = outcomes(code, replace(dialogue.call, roles=unknown))
    duties = [r.code for r in compiled(code).rubric.rules if r.violation_when == "absent"]
    failed = {rule for rule in duties if heard[rule] == "clear"}
    assert not {rule for rule in failed if dialogue.expected[rule] == "found"}


@pytest.mark.parametrize("code", pack_codes())
def test_a_pack_names_the_metadata_that_its_rules_ask_for(code: str) -> None:
    asked = {name for rule in compiled(code).rubric.rules for name in asked_facts(rule)}
    assert sorted(asked) == sorted(pack(code).metadata_needed)


@pytest.mark.parametrize("code", pack_codes())
def test_every_rule_is_heard_or_missed_by_a_call(code: str) -> None:
    """A rule that no call sets off would be tried by its own examples alone."""
    seen = {
        (rule.code, dialogue.expected[rule.code])
        for rule in compiled(code).rubric.rules
        for dialogue in CALLS[code]
    }
    silent = {
        rule.code
        for rule in compiled(code).rubric.rules
        if (rule.code, "found" if rule.violation_when == "found" else "clear") not in seen
    }
    assert silent == MEASURED.get(code, set())
