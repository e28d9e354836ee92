"""What the authors' page on topics and facts shows is what the engine answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from reviews.detection.engine import evaluate
from reviews.detection.evidence import Clear, Evidence, Found, NotAssessable, Outcome, quote
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript
from tests.unit.detection.calls import call

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "author" / "facts.md"


@dataclass(frozen=True)
class Example:
    line: int
    said: str
    documents: Any
    check: Any
    answer: str


def examples() -> Iterator[Example]:
    """A call and documents hold for each check below them."""
    blocks: dict[str, str] = {}
    tokens = MarkdownIt("commonmark").parse(PAGE.read_text("utf-8"))
    for at, token in enumerate(tokens):
        if token.type != "fence":
            continue
        blocks[token.info] = token.content
        if token.info == "check":
            yield Example(
                line=(token.map or [0])[0] + 1,
                said=blocks["call"],
                documents=yaml.safe_load(blocks.get("documents", "[]")),
                check=yaml.safe_load(token.content),
                answer=tokens[at + 2].content,
            )


EXAMPLES = list(examples())


def shown(evidence: Evidence, transcript: Transcript) -> str:
    return f'{evidence.label} "{quote(transcript, evidence)}"'.replace('."', '"')


def answer(outcome: Outcome | None, transcript: Transcript) -> str:
    if isinstance(outcome, Found):
        return f"Found: {', '.join(shown(each, transcript) for each in outcome.evidence)}"
    if isinstance(outcome, NotAssessable):
        return f"Not assessable: {outcome.reason}"
    assert isinstance(outcome, Clear)
    if outcome.absence is None or not outcome.absence.missing:
        return "Clear"
    text = f"Clear. Missing: {', '.join(outcome.absence.missing)}"
    near = outcome.absence.nearest
    return f"{text}. Nearest miss: {shown(near.evidence, transcript)}" if near else text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"line {each.line}")
def test_a_check_on_the_page_answers_as_the_page_says(example: Example) -> None:
    rules = [{"code": "r", "check": example.check}]
    rubric = {"name": "Page", "documents": example.documents, "rules": rules}
    transcript = call(example.said)
    result = evaluate(transcript, parse_rubric(rubric)).results[0]
    assert answer(result.outcome, transcript) == example.answer


def test_the_page_has_an_example_of_each_of_its_kinds() -> None:
    assert {kind for example in EXAMPLES for kind in example.check} == {
        "coverage",
        "fact",
        "history",
        "judge",
    }
