"""A rule's own examples, run: which of them do not come out as its author says."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviews.detection.engine import Compiled, compile_rubric, evaluate
from reviews.detection.evidence import Clear, Found, Outcome
from reviews.detection.rubric import Rubric, Rule, ViolationWhen, rules_before
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


def _red_of(rubric: Rubric, rule: Rule, path: str) -> Iterator[RedExample]:
    alone = _alone(rubric, rule)
    language = rule.languages[0] if rule.languages else None
    for kind, wanted, message in _KINDS:
        for at, snippet in enumerate(getattr(rule.examples, kind)):
            call = replace(snippet_transcript(snippet), language=language)
            outcome = _outcome(call, alone)
            if isinstance(outcome, wanted):
                continue
            if isinstance(outcome, Clear):
                outcome = _outcome(call, _alone(rubric, rule, when=ViolationWhen.ABSENT))
            yield RedExample(rule.code, f"{path}.examples.{kind}[{at}]", message, call, outcome)


def _alone(rubric: Rubric, rule: Rule, *, when: ViolationWhen | None = None) -> Compiled:
    """The check alone is tried, with the rules it comes after; the first result is its own."""
    tried = _anywhere(replace(rule, violation_when=when or rule.violation_when))
    return compile_rubric(replace(rubric, rules=(tried, *_before(rubric, tried))))


def _before(rubric: Rubric, rule: Rule) -> Iterator[Rule]:
    """Every rule that it comes after, and those that they do."""
    known = {each.code: _anywhere(each) for each in rubric.rules}
    waiting, seen = list(rules_before(rule)), set[str]()
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            waiting.extend(rules_before(known[code]))
            yield known[code]


def _anywhere(rule: Rule) -> Rule:
    """Whether a rule applies, and to which languages, is asked of calls and not of snippets."""
    return replace(rule, applies_when=None, languages=())


def _outcome(call: Transcript, alone: Compiled) -> Outcome | None:
    return evaluate(call, alone).results[0].outcome
