"""Rubric documents: what is read, what is refused with its path, and the canonical form."""

import json
from typing import Any

import pytest

from reviews.detection.asked import QueryRule
from reviews.detection.checks.content_safety import ContentSafetyRule
from reviews.detection.checks.pii import PiiRule
from reviews.detection.language.types import Leaf
from reviews.detection.rubric import (
    RubricError,
    Severity,
    canonical,
    parse_rubric,
)


def document(**changes: Any) -> dict[str, Any]:
    rule = {"code": "r1", "check": {"query": "refund"}}
    return {"name": "Care", "rules": [rule]} | changes


def one_rule(**changes: Any) -> dict[str, Any]:
    return document(rules=[{"code": "r1", "check": {"query": "refund"}} | changes])


FULL = document(
    pass_mark=75,
    scoring={"not_assessable": "failing"},
    sections=[{"code": "open", "title": "Opening", "weight": 2}],
    lists={"promises": ["we (promise|guarantee)", "for sure"]},
    rules=[
        {
            "code": "promise",
            "title": "No promises",
            "section": "open",
            "why": "The law says so.",
            "severity": "critical",
            "weight": 3,
            "auto_fail": True,
            "violation_when": "found",
            "applies_when": "call.kind = live",
            "languages": ["en"],
            "confidence_floor": 0.4,
            "unsure_share": 0.3,
            "check": {"query": "agent: {promises}"},
            "examples": {"must_match": ["agent: we promise"], "must_not_match": ["agent: no"]},
        },
        {"code": "pii", "section": "open", "check": {"pii": {"entities": ["email_address"]}}},
        {"code": "safe", "section": "open", "check": {"content_safety": {"labels": ["hate"]}}},
    ],
)


def test_parse_rubric_reads_every_key() -> None:
    rubric = parse_rubric(FULL)
    promise, pii, safety = rubric.rules
    assert isinstance(promise.check, QueryRule)
    assert (promise.severity, promise.auto_fail, promise.weight) == (Severity.CRITICAL, True, 3)
    assert pii.check == PiiRule(entities=("email_address",))
    assert safety.check == ContentSafetyRule(labels=("hate",))
    assert rubric.severity_of("pii") is Severity.MEDIUM


def test_parse_rubric_gives_a_list_all_its_phrases() -> None:
    rubric = parse_rubric(
        document(lists={"a": ["x y", "z"]}, rules=[{"code": "r", "check": {"query": "{a}"}}])
    )
    check = rubric.rules[0].check
    assert isinstance(check, QueryRule)
    assert isinstance(check.condition, Leaf)
    assert len(check.condition.patterns) == 2


def test_canonical_is_the_same_after_another_round() -> None:
    once = canonical(parse_rubric(FULL))
    assert canonical(parse_rubric(json.loads(once))) == once


def test_canonical_does_not_depend_on_the_order_of_keys_or_on_defaults() -> None:
    reordered = dict(reversed(list(one_rule(weight=1, severity="medium").items())))
    assert canonical(parse_rubric(reordered)) == canonical(parse_rubric(one_rule()))


def test_canonical_differs_when_a_query_differs() -> None:
    other = one_rule(check={"query": "refunds"})
    assert canonical(parse_rubric(other)) != canonical(parse_rubric(one_rule()))


@pytest.mark.parametrize(
    ("data", "path", "part"),
    [
        ([], "rubric", "mapping"),
        ("text", "rubric", "mapping"),
        ({}, "name", "not a text"),
        (document(rules=[]), "rules", "at least one"),
        (document(rules="x"), "rules", "not a list"),
        (document(extra=1), "extra", "not known"),
        (document(pass_mark=101), "pass_mark", "0 to 100"),
        (document(pass_mark="high"), "pass_mark", "not a number"),
        (document(pass_mark=True), "pass_mark", "not a number"),
        (document(pass_mark=float("nan")), "pass_mark", "out of range"),
        (document(scoring={"not_assessable": "x"}), "scoring.not_assessable", "excluded"),
        (document(scoring={"x": 1}), "scoring.x", "not known"),
        (document(lists={"a": []}), "lists.a", "empty"),
        (document(lists={"a": ["(b"]}), "lists.a[0]", "close it"),
        (document(lists={"a": ["b", "no {c}"]}), "lists.a[1]", "names no other list"),
        (document(lists={"a": ["((a|b) " * 9 + "c" + ")" * 9] * 40}), "lists.a", "20000 readings"),
        (document(lists={"{a}": ["b"]}), "lists.{a}", "rename"),
        (document(sections=[{"code": "a"}, {"code": "a"}]), "rules[0].section", "no section"),
        (one_rule(section="zz"), "rules[0].section", "none is defined"),
        (one_rule(check={"query": "a b"}), "rules[0].check.query", "line 1, column 3: "),
        (one_rule(check={"query": ""}), "rules[0].check.query", "not a text"),
        (one_rule(check={"query": "a", "pii": {}}), "rules[0].check", "exactly one kind"),
        (one_rule(check={}), "rules[0].check", "exactly one kind"),
        (one_rule(check={"vote": {}}), "rules[0].check", "exactly one kind"),
        (one_rule(check={"pii": {"role": "x"}}), "rules[0].check.pii.role", "agent"),
        (one_rule(check={"pii": {"x": 1}}), "rules[0].check.pii.x", "not known"),
        (one_rule(check={"content_safety": {"labels": 3}}),
         "rules[0].check.content_safety.labels", "not a list"),
        (one_rule(severity="bad"), "rules[0].severity", "critical"),
        (one_rule(auto_fail="yes"), "rules[0].auto_fail", "true or false"),
        (one_rule(violation_when="never"), "rules[0].violation_when", "absent"),
        (one_rule(applies_when="call.kind = x"), "rules[0].applies_when", "voicemail"),
        (one_rule(confidence_floor=2), "rules[0].confidence_floor", "0 to 1"),
        (one_rule(weight=-1), "rules[0].weight", "out of range"),
        (one_rule(examples={"must_match": ["hello"]}), "rules[0].examples.must_match[0]", "line 1"),
        (one_rule(unknown=1), "rules[0].unknown", "not known"),
        (document(rules=[one_rule()["rules"][0]] * 2), "rules", "2 times"),
        (document(rules=[{}] * 2001), "rules", "at most 2000"),
    ],
)  # fmt: skip
def test_parse_rubric_refuses_with_the_path(data: object, path: str, part: str) -> None:
    with pytest.raises(RubricError) as caught:
        parse_rubric(data)
    assert caught.value.path == path
    assert part in caught.value.message
