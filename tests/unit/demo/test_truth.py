"""The demo calls through the wire and the engine: every rule comes to what it was written for."""

from functools import cache

import pytest

from reviews.demo.build import TENANTS, DemoCall, calls, rubric
from reviews.detection.engine import Compiled, RuleResult, compile_rubric, evaluate
from reviews.detection.evidence import Found
from reviews.detection.examples import red_examples
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript
from reviews.sources.assemblyai.wire import parse

MADE = calls(120, 11)


@cache
def compiled(tenant: str) -> Compiled:
    return compile_rubric(parse_rubric(rubric(tenant)))


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
    transcript = parse(call.payload).transcript
    results = evaluate(transcript, compiled(call.tenant)).results
    assert {each.rule: each.result.value for each in results} == {
        code: truth.result for code, truth in call.truth.items()
    }


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_engine_rests_on_the_quote_when_a_rule_found_it(call: DemoCall) -> None:
    transcript = parse(call.payload).transcript
    for result in evaluate(transcript, compiled(call.tenant)).results:
        wanted = plain(call.truth[result.rule].quote)
        heard = [plain(quote) for quote in quotes(transcript, result)]
        assert not wanted or any(wanted in quote or quote in wanted for quote in heard)
        assert not result.is_unsure


@pytest.mark.parametrize("tenant", TENANTS)
def test_rubric_has_no_red_example_when_its_examples_are_tried(tenant: str) -> None:
    assert red_examples(compiled(tenant).rubric) == ()
