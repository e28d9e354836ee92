"""A rule's own examples, run: which of them do not come out as its author says."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviews.detection.checks.by_language import ByLanguageRule
from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, Outcome
from reviews.detection.rubric import (
    LANGUAGE,
    Rubric,
    Rule,
    ViolationWhen,
    rules_before,
    with_those_before,
)
from reviews.detection.transcript import Role, Transcript

_WORD_MS = 300
"""Snippets have no times; each word gets this long."""
_KINDS = (
    ("must_match", Found, "is not found"),
    ("must_not_match", Clear, "is not clear"),
    ("known_gap", Clear, "is found: move it to must_match"),
)


@dataclass(frozen=True, slots=True)
class RedExample:
    """`path` as in the document, such as `rules[3].examples.must_match[0]`."""

    rule: str
    path: str
    message: str
    transcript: Transcript = field(repr=False)
    """The snippet as the call that was tried."""
    outcome: Outcome | None = field(repr=False)
    """What it came to instead; with the nearest miss where nothing was found."""

    def __str__(self) -> str:
        return f"{self.path}: {self.rule} {self.message}"


def red_examples(rubric: Rubric) -> tuple[RedExample, ...]:
    """Every example that fails. A known gap is red once it is found: then it is none any more."""
    return tuple(
        red for at, rule in enumerate(rubric.rules) for red in _red_of(rubric, rule, f"rules[{at}]")
    )


def snippet_transcript(snippet: str) -> Transcript:
    """A call of lines `agent: text` and `customer: text`, with even times and full confidence.

    A first line `language: es` says in which language it is.
    """
    lines = [line.partition(":") for line in snippet.strip().splitlines()]
    language = lines.pop(0)[2].strip() if lines[:1] and lines[0][0] == LANGUAGE else None
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
        language=language,
    )


def _red_of(rubric: Rubric, rule: Rule, path: str) -> Iterator[RedExample]:
    alone = _alone(rubric, rule)
    for kind, wanted, message in _KINDS:
        for at, snippet in enumerate(getattr(rule.examples, kind)):
            call = _spoken(rule, snippet)
            outcome = _outcome(call, alone)
            if isinstance(outcome, wanted):
                continue
            if isinstance(outcome, Clear):
                outcome = _outcome(call, _alone(rubric, rule, when=ViolationWhen.ABSENT))
            yield RedExample(rule.code, f"{path}.examples.{kind}[{at}]", message, call, outcome)


def _spoken(rule: Rule, snippet: str) -> Transcript:
    """In the language that it says, or in the rule's first."""
    call = snippet_transcript(snippet)
    check = rule.check
    own = [code for code, _ in check.queries] if isinstance(check, ByLanguageRule) else []
    first = next(iter((*rule.languages, *own)), None)
    return call if call.language else replace(call, language=first)


def _alone(rubric: Rubric, rule: Rule, *, when: ViolationWhen | None = None) -> Compiled:
    """The check alone is tried, with the rules it comes after; the first result is its own."""
    tried = _anywhere(replace(rule, violation_when=when or rule.violation_when))
    others = with_those_before(rubric, rules_before(rule)).rules
    return compile_rubric(replace(rubric, rules=(tried, *map(_anywhere, others))))


def _anywhere(rule: Rule) -> Rule:
    """Whether a rule applies, and to which languages, is asked of calls and not of snippets."""
    return replace(rule, applies_when=None, languages=())


def _outcome(call: Transcript, alone: Compiled) -> Outcome | None:
    return evaluate(call, alone).results[0].outcome
