"""The demo calls through the wire and the engine: every rule comes to what it was written for."""

import json
from collections import defaultdict
from dataclasses import replace
from functools import cache

import pytest

from reviews.demo.build import TENANTS, DemoCall, calls, rubric
from reviews.detection.checks.ask import AskRule
from reviews.detection.checks.by_language import ByLanguageRule
from reviews.detection.engine import (
    Compiled,
    Evaluation,
    RuleResult,
    compile_rubric,
    evaluate,
    questions,
)
from reviews.detection.evidence import Found, NotAssessable
from reviews.detection.examples import red_examples
from reviews.detection.kinds import KINDS
from reviews.detection.report import Report, personal_data
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Earlier, EarlierCall, Transcript
from reviews.evaluation import chat
from reviews.sandbox import chat as sandbox
from reviews.sources.assemblyai.wire import parse
from reviews.sources.metadata import parse_metadata

MADE = calls(120, 11)


@cache
def compiled(tenant: str) -> Compiled:
    return compile_rubric(parse_rubric(rubric(tenant)))


def heard(call: DemoCall) -> Transcript:
    """The call as the product hears it: beside its words, what the sandbox answers for a model."""
    transcript = parse(call.payload).transcript
    lines = [
        f"{role}: {text}"
        for role, text in zip(
            transcript.roles, Report(transcript).masked(personal_data(transcript)), strict=True
        )
    ]
    answers = {
        rule.key: chat.read(reply(chat.request(rule, lines, model="sandbox"))).answer
        for rule in questions(transcript, compiled(call.tenant))
    }
    return replace(transcript, answers=answers)


def reply(body: bytes) -> bytes:
    status, answer = sandbox.complete(body)
    assert status == 200
    return json.dumps(answer).encode()


@cache
def evaluated() -> dict[str, tuple[Transcript, Evaluation]]:
    """Every call by its id, in the order in which they were made, each with those before it."""
    made: dict[str, tuple[Transcript, Evaluation]] = {}
    before: dict[tuple[str, str | None], list[EarlierCall]] = defaultdict(list)
    for call in MADE:
        account = parse_metadata(call.payload["webhook_url"]).account
        earlier = before[call.tenant, account]
        transcript = replace(heard(call), earlier=Earlier((), tuple(earlier)))
        evaluation = evaluate(transcript, compiled(call.tenant))
        made[call.id] = transcript, evaluation
        earlier.append(_as_earlier(call, transcript, evaluation))
    return made


def _as_earlier(call: DemoCall, transcript: Transcript, evaluation: Evaluation) -> EarlierCall:
    facts = transcript.facts
    kinds = {each.rule: type(each.outcome) for each in evaluation.results}
    return EarlierCall(
        id=call.id,
        call_at=facts.call_at,
        direction=facts.direction,
        kind=facts.kind,
        version=1,
        found=frozenset(rule for rule, kind in kinds.items() if kind is Found),
        unknown=frozenset(rule for rule, kind in kinds.items() if kind is NotAssessable),
    )


def plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum() or char == " ")


def quotes(transcript: Transcript, result: RuleResult) -> list[str]:
    found = result.outcome.evidence if isinstance(result.outcome, Found) else ()
    return [
        " ".join(
            transcript.words[
                transcript.bounds[each.utterance] + each.first_word : transcript.bounds[
                    each.last_utterance
                ]
                + each.last_word
                + 1
            ]
        )
        for each in found
    ]


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_engine_comes_to_the_truth_when_it_hears_a_demo_call(call: DemoCall) -> None:
    _, evaluation = evaluated()[call.id]
    assert {each.rule: each.result.value for each in evaluation.results} == {
        code: truth.result for code, truth in call.truth.items()
    }


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_engine_rests_on_the_quote_when_a_rule_found_it(call: DemoCall) -> None:
    transcript, evaluation = evaluated()[call.id]
    for result in evaluation.results:
        wanted = plain(call.truth[result.rule].quote)
        quoted = [plain(quote) for quote in quotes(transcript, result)]
        assert not wanted or any(wanted in quote or quote in wanted for quote in quoted)
        assert not result.is_unsure


@pytest.mark.parametrize("tenant", TENANTS)
def test_rubric_has_no_red_example_when_its_examples_are_tried(tenant: str) -> None:
    assert red_examples(compiled(tenant).rubric) == ()


def test_the_rubrics_use_every_kind_of_check_that_the_truth_can_tell_of() -> None:
    """A question is answered by people; of two languages a call speaks one."""
    rules = [rule for tenant in TENANTS for rule in compiled(tenant).rubric.rules]
    told = {kind.rule for kind in KINDS.values()} - {AskRule, ByLanguageRule}
    assert {type(rule.check) for rule in rules} == told
