"""A rule's own examples: green ones are silent, red ones are named with their path."""

from reviews.detection.evidence import Clear
from reviews.detection.examples import red_examples
from reviews.detection.rubric import parse_rubric


def reds(**examples: list[str]) -> list[str]:
    rule = {
        "code": "r",
        "check": {"query": "agent: guarantee"},
        "applies_when": "call.kind = live",
        "languages": ["en"],
        "examples": examples,
    }
    return [str(red) for red in red_examples(parse_rubric({"name": "Test", "rules": [rule]}))]


def test_red_examples_are_none_when_all_are_as_said() -> None:
    assert (
        reds(
            must_match=["agent: we guarantee it\ncustomer: good"],
            must_not_match=["customer: guarantee it"],
            known_gap=["agent: it is certain"],
        )
        == []
    )


def test_red_examples_name_the_path_when_one_is_not_found() -> None:
    assert reds(must_match=["agent: guarantee", "agent: certain"]) == [
        "rules[0].examples.must_match[1]: r is not found"
    ]


def test_red_examples_name_what_is_found_against_the_authors_word() -> None:
    found = reds(must_not_match=["agent: guarantee"], known_gap=["agent: guarantee"])
    assert found == [
        "rules[0].examples.must_not_match[0]: r is not clear",
        "rules[0].examples.known_gap[0]: r is found: move it to must_match",
    ]


def test_red_examples_try_a_rule_with_the_rules_that_it_comes_after() -> None:
    rules = [
        {"code": "hello", "check": {"query": "hello"}, "applies_when": "call.kind = live"},
        {"code": "identity", "check": {"query": "identity AFTER RULE hello"}},
        {
            "code": "balance",
            "check": {"query": "agent: balance AFTER RULE identity"},
            "examples": {
                "must_match": ["agent: hello, your identity?\nagent: Your balance is low."],
                "must_not_match": ["agent: hello, your balance\nagent: your identity?"],
            },
        },
    ]
    assert red_examples(parse_rubric({"name": "Test", "rules": rules})) == ()


def test_red_examples_hold_the_nearest_miss() -> None:
    rule = {
        "code": "r",
        "check": {"query": "agent: guarantee"},
        "examples": {"must_match": ["customer: they guarantee it"]},
    }
    (red,) = red_examples(parse_rubric({"name": "Test", "rules": [rule]}))
    assert isinstance(red.outcome, Clear)
    assert red.outcome.absence is not None
    assert red.outcome.absence.nearest is not None
    assert red.outcome.absence.nearest.cause == "role"
