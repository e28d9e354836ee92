"""Rules' examples, tried beside the other rules of the rubric: a rule may come after another."""

from collections.abc import Iterator
from dataclasses import replace

from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, Outcome
from reviews.detection.examples import snippet_transcript
from reviews.detection.rubric import Rubric, Rule


def wrong_examples(rubric: Rubric) -> list[str]:
    """Every example that does not come out as written, as `code kind: snippet`."""
    compiled = everywhere(rubric)
    return [
        f"{rule.code} {kind}: {snippet}"
        for rule in rubric.rules
        for kind, snippet, wanted in _examples(rule)
        if not isinstance(heard(compiled, rule.code, snippet), wanted)
    ]


def everywhere(rubric: Rubric) -> Compiled:
    """The rubric with rules that apply to every call, in every language."""
    rules = tuple(replace(rule, applies_when=None, languages=()) for rule in rubric.rules)
    return compile_rubric(replace(rubric, rules=rules))


def heard(compiled: Compiled, code: str, snippet: str) -> Outcome | None:
    results = evaluate(snippet_transcript(snippet), compiled).results
    return next(result.outcome for result in results if result.rule == code)


def _examples(rule: Rule) -> Iterator[tuple[str, str, type[Outcome]]]:
    examples = rule.examples
    yield from (("must_match", snippet, Found) for snippet in examples.must_match)
    yield from (("must_not_match", snippet, Clear) for snippet in examples.must_not_match)
    yield from (("known_gap", snippet, Clear) for snippet in examples.known_gap)
