"""A rule's own examples, run: which of them do not come out as its author says."""

from dataclasses import dataclass, replace

from reviews.detection.engine import compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found
from reviews.detection.rubric import Rubric, Rule
from reviews.detection.transcript import Role, Transcript

_WORD_MS = 300
"""Snippets have no times; each word gets this long."""


@dataclass(frozen=True, slots=True)
class RedExample:
    """`path` as in the document, such as `rules[3].examples.must_match[0]`."""

    rule: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.rule} {self.message}"


def red_examples(rubric: Rubric) -> tuple[RedExample, ...]:
    """Every example that fails. A known gap is red once it is found: then it is none any more."""
    return tuple(
        red for at, rule in enumerate(rubric.rules) for red in _red_of(rubric, rule, f"rules[{at}]")
    )


def snippet_transcript(snippet: str) -> Transcript:
    """A call of lines `agent: text` and `customer: text`, with even times and full confidence."""
    lines = [line.partition(":") for line in snippet.strip().splitlines()]
    spoken = [text.split() for _, _, text in lines]
    words = tuple(word for line in spoken for word in line)
    bounds = [0]
    for line in spoken:
        bounds.append(bounds[-1] + len(line))
    speakers = tuple(speaker.strip() for speaker, _, _ in lines)
    return Transcript(
        id="example",
        words=words,
        start_ms=[at * _WORD_MS for at in range(len(words))],
        end_ms=[(at + 1) * _WORD_MS for at in range(len(words))],
        confidence=[1.0] * len(words),
        bounds=tuple(bounds),
        speakers=speakers,
        channels=(None,) * len(lines),
        roles=tuple(Role(speaker) for speaker in speakers),
    )


def _red_of(rubric: Rubric, rule: Rule, path: str) -> list[RedExample]:
    """The check alone is tried, in the first of the rule's languages; applying is the call's."""
    alone = compile_rubric(replace(rubric, rules=(replace(rule, applies_when=None, languages=()),)))
    kinds = (
        ("must_match", rule.examples.must_match, Found, "is not found"),
        ("must_not_match", rule.examples.must_not_match, Clear, "is not clear"),
        ("known_gap", rule.examples.known_gap, Clear, "is found: move it to must_match"),
    )
    language = rule.languages[0] if rule.languages else None
    reds = []
    for kind, snippets, wanted, message in kinds:
        for at, snippet in enumerate(snippets):
            call = replace(snippet_transcript(snippet), language=language)
            outcome = evaluate(call, alone).results[0].outcome
            if not isinstance(outcome, wanted):
                reds.append(RedExample(rule.code, f"{path}.examples.{kind}[{at}]", message))
    return reds
