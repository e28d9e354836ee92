"""What the authors' page on the other checks shows is what the engine answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
import yaml

from reviews.detection.analysis import Analysis, Redaction, Sentence, Sentiment, SideText
from reviews.detection.checks import conduct, quality
from reviews.detection.engine import evaluate
from reviews.detection.evidence import Asked, Clear, Evidence, Found, NotAssessable, Outcome, quote
from reviews.detection.kinds import KINDS
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript
from tests.unit.docs import test_facts_examples
from tests.unit.docs.written import FOLDER, markdown, transcript

MOOD = re.compile(r" \((positive|neutral|negative)\)$")
NOTE = re.compile(r"(language|redaction|summary): (.+)")


@dataclass(frozen=True)
class Example:
    line: int
    call: str
    check: str
    answer: str


def examples() -> Iterator[Example]:
    """A call holds for each check below it, until the next one."""
    tokens, call = markdown("checks"), ""
    for at, token in enumerate(tokens):
        if token.type == "fence" and token.info == "call":
            call = token.content
        elif token.type == "fence":
            assert token.info == "check", token.info
            yield Example((token.map or [0])[0] + 1, call, token.content, tokens[at + 2].content)


EXAMPLES = list(examples())


def written(block: str) -> Transcript:
    """Lines as in the other guide; `(negative)` behind one is its sentiment, and what the source
    says of the whole call stands in lines of its own."""
    lines = block.splitlines()
    notes = {seen[1]: seen[2] for line in lines if (seen := NOTE.fullmatch(line))}
    spoken = [line for line in lines if not NOTE.fullmatch(line)]
    call = transcript("\n".join(MOOD.sub("", line) for line in spoken))
    moods = [seen[1] if (seen := MOOD.search(line)) else "neutral" for line in spoken]
    has_moods = any(MOOD.search(line) for line in spoken)
    return replace(
        call,
        language=notes.get("language"),
        analysis=Analysis(
            sentiment=Sentiment(True, tuple(sentences(call, moods))) if has_moods else None,
            redaction=Redaction(True, tuple(notes["redaction"].split(", ")))
            if "redaction" in notes
            else None,
            texts=(SideText("summary", notes["summary"]),) if "summary" in notes else (),
        ),
    )


def sentences(call: Transcript, moods: list[str]) -> Iterator[Sentence]:
    spoken = zip(moods, call.speakers, pairwise(call.bounds), strict=True)
    for mood, speaker, (low, high) in spoken:
        yield Sentence(mood, 0.9, call.start_ms[low], call.end_ms[high - 1], speaker)


def outcome_of(example: Example) -> Outcome:
    rules = [{"code": "example", "check": yaml.safe_load(example.check)}]
    rubric = parse_rubric({"name": "x", "rules": rules})
    outcome = evaluate(written(example.call), rubric).results[0].outcome
    assert outcome is not None
    return outcome


def shown(outcome: Outcome, call: Transcript) -> set[str]:
    """The ways to write an answer down: the label of what stands in the words may be left out."""
    match outcome:
        case NotAssessable(reason):
            return {f"Not assessable: {reason}"}
        case Clear():
            return {"Clear"}
        case Asked():
            return {"Asked of a person"}
        case Found(evidence) if evidence[0].field:
            (one,) = evidence
            return {f"Found in {one.field}: {one.label}"}
        case Found(evidence):
            quotes = [f'"{quote(call, each)}"' for each in evidence]
            labelled = [_labelled(text, each) for text, each in zip(quotes, evidence, strict=True)]
            return {"Found: " + " and ".join(texts) for texts in (quotes, labelled)}
    raise AssertionError(outcome)


def _labelled(text: str, evidence: Evidence) -> str:
    return f"{text} ({evidence.label})"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"line {each.line}")
def test_the_engine_answers_as_the_page_says(example: Example) -> None:
    assert example.answer in shown(outcome_of(example), written(example.call))


def test_every_kind_has_an_example() -> None:
    kinds = {name for each in EXAMPLES for name in yaml.safe_load(each.check)}
    elsewhere = {name for each in test_facts_examples.examples() for name in each.check}
    assert kinds | elsewhere | {"query"} == set(KINDS)


@pytest.mark.parametrize("kind", ["conduct", "quality"])
def test_every_measure_stands_in_the_page(kind: str) -> None:
    text = (FOLDER / "checks.md").read_text("utf-8")
    measures = {"conduct": conduct.MEASURES, "quality": quality.MEASURES}[kind]
    assert [name for name in measures if f"| `{name}` |" not in text] == []
