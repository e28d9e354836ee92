"""The JSON Schema of a rubric says what the parser says, as far as a schema can see."""

import copy
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it has no types

from reviews.demo import build
from reviews.detection.kinds import KINDS
from reviews.detection.rubric import RubricError, canonical, parse_rubric
from reviews.rubrics.schema import schema, text
from tests.factories import rubrics

VALIDATOR = Draft202012Validator(schema())
DEMO = sorted(path.stem for path in (Path(build.__file__).parent / "rubrics").glob("*.yaml"))
WRONG: tuple[Any, ...] = (None, "", "x", 7, -1, 10**9, 0.5, True, [], {}, ["x"], [7], {"x": 1})
UNSEEN = (
    "line 1, column",  # queries
    "there is no",  # sections, clauses, facts and rules by name
    "is used",  # codes twice
    "come after each other",
    "is no value",
    "write one kind",
    "is no comparison",
    "the query captures",
    "names no speaker",
    "a topic has a place",
    "is not a phrase",
    "character 1:",
    "write some of the choices, not all",
    "a swing is to positive or negative",
    "is out of range: write 1 to 2",  # at_least beside the number of topics
    "is several",
    "compare it by",
    "do not come",  # bounds: how many beside the labels, in what order
)
"""Refusals of meaning: what a text says, and what it points at."""


def is_valid(document: object) -> bool:
    return bool(VALIDATOR.is_valid(document))


def refusal(document: object) -> str:
    try:
        parse_rubric(document)
    except RubricError as refused:
        return str(refused)
    return ""


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def mutant(seed: int) -> Any:
    """A valid document with one value changed, one key taken away, or one added."""
    dice = random.Random(seed)
    document = copy.deepcopy(rubrics.document(seed % 40))
    inside, key = dice.choice(list(places(document)))
    way = dice.random()
    if way < 0.7:
        inside[key] = copy.deepcopy(dice.choice(WRONG))
    elif way < 0.85:
        del inside[key]
    elif isinstance(inside, dict):
        inside["colour"] = "red"
    return document


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_command_prints_the_schema() -> None:
    out = io.StringIO()
    call_command("rubric", "schema", stdout=out)
    assert out.getvalue() == text()


def test_the_schema_has_every_kind_of_check() -> None:
    assert set(schema()["$defs"]["check"]["properties"]) == set(KINDS)


@pytest.mark.parametrize("name", DEMO)
def test_a_rubric_of_the_demo_is_valid(name: str) -> None:
    document = build.rubric(name)
    assert is_valid(document)
    assert is_valid(json.loads(canonical(parse_rubric(document))))


def test_generated_rubrics_are_valid() -> None:
    wrong = [seed for seed in range(300) if not is_valid(rubrics.document(seed))]
    assert wrong == []


@pytest.mark.parametrize("hundreds", range(6))
def test_parser_and_schema_agree_on_mutants(hundreds: int) -> None:
    stricter, laxer = {}, {}
    for seed in range(100 * hundreds, 100 * hundreds + 100):
        document = mutant(seed)
        refused = refusal(document)
        if not refused and not is_valid(document):
            stricter[seed] = "the schema alone refuses it"
        if refused and is_valid(document) and not any(each in refused for each in UNSEEN):
            laxer[seed] = refused
    assert (stricter, laxer) == ({}, {})
