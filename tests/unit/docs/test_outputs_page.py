"""What the authors' page on typed outputs shows is what they come to."""

from pathlib import Path

import yaml
from markdown_it import MarkdownIt

from reviews.detection.engine import evaluate
from reviews.detection.output_values import values
from reviews.detection.outputs import OutputType
from reviews.detection.rubric import parse_rubric
from tests.unit.detection.calls import call

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "author" / "outputs.md"


def test_the_outputs_on_the_page_come_to_what_the_page_says() -> None:
    tokens = MarkdownIt("commonmark").parse(PAGE.read_text("utf-8"))
    blocks = {token.info: token.content for token in tokens if token.type == "fence"}
    rubric = parse_rubric(yaml.safe_load(blocks["rubric"]))
    made = values(rubric, evaluate(call(blocks["call"]), rubric))
    shown = {key: list(each) if isinstance(each, tuple) else each for key, each in made.items()}
    assert shown == yaml.safe_load(blocks["outputs"])
    assert {each.type for each in rubric.outputs} == set(OutputType)
