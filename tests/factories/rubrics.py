"""Documents of rubrics that are valid, by a seed: every kind of check, every key, awkward texts."""

import random
from collections.abc import Callable
from typing import Any

from reviews.detection.checks import conduct, quality
from reviews.detection.safety.span import Category

TEXTS = (
    "Plain", "yes", "null", "3", "1e3", "0x1f", "2026-01-01", "- a: b", "# no comment", "a: b",
    "'single'", '"double"', "{a}", "[b]", "* star", "& and", "! bang", "% percent", "@ at",
    "`tick`", "two\nlines", " leads\nand trails ", "ends\n", "\ttab", "nbsp\u00a0here",
    "café ☕ 😀", "a\u2028b", "a\x85b", "a\r\nb", "bell\x07", "\ufeffmark", "x" * 200,
    "trailing  ", "| pipe",
    "> more", "~", "=", "<<",
)  # fmt: skip
"""What YAML could read otherwise than it was written."""
QUERIES = (
    "agent: guarantee",
    'agent: "a # sign"',
    "refund NEAR/5 {promises}",
    "# said first\nhello\nAND # and\nworld",
    "NOT agent: {promises} IN FIRST 30s",
    '~"this call may be recorded for quality" 85%',
)
APPLIES = ("call.kind = live", "call.duration >= 20s AND NOT call.notice")
ROLES = ("any", "agent", "customer")
Made = dict[str, Any]


def document(seed: int) -> Made:
    """With one rule of every kind at least; what may be left out is there or not, by the seed."""
    dice = random.Random(seed)
    sections = [
        _some(
            dice, {"code": code, "title": _text(dice), "weight": _weight(dice)}, "title", "weight"
        )
        for code in ("opening", "the rest")
    ]
    has_sections = dice.random() < 0.7
    rules = [_rule(dice, at, kind, has_sections) for at, kind in enumerate([*KINDS, *KINDS])]
    made = {
        "name": _text(dice),
        "pass_mark": dice.choice([0, 80, 92.5, 100]),
        "scoring": {"not_assessable": dice.choice(["excluded", "failing"])},
        "sections": sections if has_sections else [],
        "lists": {
            "promises": ["we guarantee", "I (swear|promise)"],
            "caf\u00e9": [": colon", "-"][:1],
        },
        "documents": [_reference(dice)],
        "rules": rules,
        "outputs": _outputs(dice, has_sections=has_sections),
    }
    return _some(dice, made, "pass_mark", "scoring", "outputs")


def _outputs(dice: random.Random, *, has_sections: bool) -> list[Made]:
    """One of every kind at least; a rule's place in the document is in its code."""
    at = {kind: f"{kind}_{at}" for at, kind in enumerate(KINDS)}
    levels = {"labels": ["low", "high"], "bounds": [dice.choice([2, 60.5])]}
    sources: list[tuple[str, Any]] = [
        ("bool", {"passed": at["query"]}),
        ("bool", {"failed": at["coverage"]}),
        ("number", {"count": at["pii"]}),
        ("number", "score"),
        ("number", {"heard": at["fact"]}),
        ("string", {"heard": at["fact"]}),
        ("list", "failed_rules"),
        ("list", {"failed_rules": [at["query"], at["quality"]]}),
        ("enum", {"result": at["judge"]}),
        ("enum", {"levels": {"of": dice.choice(["score", {"count": at["pii"]}]), **levels}}),
    ]
    if has_sections:
        sources.append(("number", {"section": "the rest"}))
    made = [
        {"key": f"value_{at}", "type": type_, "description": _text(dice), "from": source}
        for at, (type_, source) in enumerate(sources)
    ]
    return [_some(dice, each, "description") for each in made]


def _rule(dice: random.Random, at: int, kind: str, has_sections: bool) -> Made:
    made = {
        "code": f"{kind}_{at}",
        "title": _text(dice),
        "section": dice.choice(["opening", "the rest"]),
        "why": _text(dice),
        "severity": dice.choice(["info", "low", "medium", "high", "critical"]),
        "weight": _weight(dice),
        "auto_fail": kind != "judge" and dice.random() < 0.5,
        "violation_when": dice.choice(["found", "absent"]),
        "languages": dice.choice([["en"], ["en", "es"], ["no"]]),
        "applies_when": dice.choice(APPLIES),
        "confidence_floor": dice.choice([0, 0.4, 1]),
        "unsure_share": dice.choice([0, 0.25, 1]),
        "check": {kind: KINDS[kind](dice)},
        "examples": _some(
            dice,
            {
                "must_match": ["agent: we guarantee it\ncustomer: yes: no"],
                "must_not_match": ["customer: # hello", "agent: [b]"],
                "known_gap": ["agent: it's a promise"],
            },
            *("must_match", "must_not_match", "known_gap"),
        ),
    }
    if kind == "ask":
        made = {key: each for key, each in made.items() if key not in LISTENED}
    kept = {"code", "check"} | ({"section"} if has_sections else set())
    made = made if has_sections else {key: each for key, each in made.items() if key != "section"}
    return _some(dice, made, *(key for key in made if key not in kept))


def _reference(dice: random.Random) -> Made:
    facts = [
        {"name": "window", "value": "30 days", "clause": "2", "equivalents": ["thirty days"]},
        {"name": "fees", "value": ["$35", "$40"], "clause": "2"},
        {"name": "share", "value": 30, "clause": "3.1"},
    ]
    made = {
        "code": "returns",
        "title": _text(dice),
        "version": dice.choice(["3", 3, "2026-01"]),
        "clauses": [{"code": "2", "text": _text(dice)}, {"code": "3.1", "text": "A share."}],
        "facts": facts,
    }
    return _some(dice, made, "title")


def _some(dice: random.Random, made: Made, *may_go: str) -> Made:
    return {key: each for key, each in made.items() if key not in may_go or dice.random() < 0.6}


def _text(dice: random.Random) -> str:
    return dice.choice(TEXTS)


def _weight(dice: random.Random) -> float:
    return dice.choice([0, 1, 2.5, 10, 1_000])


def _query(dice: random.Random) -> str:
    return dice.choice(QUERIES)


def _by_language(dice: random.Random) -> Made:
    return {"es": _query(dice)} | _some(dice, {"en": _query(dice), "pt-BR": _query(dice)}, "en")


def _pii(dice: random.Random) -> Made:
    made = {"entities": ["email_address"], "role": dice.choice(ROLES), "minimum_score": 0.7}
    return _some(dice, made, *made)


def _content_safety(dice: random.Random) -> Made:
    made = {
        "labels": ["hate_speech"],
        "minimum_confidence": 0.6,
        "minimum_severity": 0.2,
        "categories": [dice.choice([*Category])],
        "minimum_score": 0.5,
        "role": dice.choice(ROLES),
    }
    return _some(dice, made, *made)


def _sentiment(dice: random.Random) -> Made:
    if dice.random() < 0.3:
        return {"swing": 0.5, "polarity": dice.choice(["positive", "negative"]), "role": "agent"}
    windows = ["whole", "first_third", "last_third", "first 20%", "last 100%"]
    made = {
        "role": dice.choice(ROLES),
        "polarity": dice.choice(["positive", "neutral", "negative"]),
        "minimum_confidence": 0.4,
        "run": dice.choice([1, 3, 1_000]),
        "window": dice.choice(windows),
    }
    return _some(dice, made, *made)


def _conduct(dice: random.Random) -> Made:
    name = dice.choice(list(conduct.MEASURES))
    measure = conduct.MEASURES[name]
    made: Made = {"measure": name, dice.choice(["over", "under"]): measure.most / 2}
    if measure.needs_role:
        made["role"] = dice.choice(["agent", "customer"])
    if name == "interruptions":
        made["words"] = 4
    return made


def _quality(dice: random.Random) -> Made:
    name = dice.choice(list(quality.MEASURES))
    most = quality.MEASURES[name].most
    own: Made = {"languages": ["en", "es"]} if name == "language" else {}
    own |= {"expected": 2} if name == "speakers" else {}
    bounds: Made = {} if most is None else {dice.choice(["over", "under"]): most / 4}
    return {"measure": name} | own | bounds


def _redaction(dice: random.Random) -> Made:
    made = {"leftovers": True, "entities": ["email_address"], "minimum_score": 0.5}
    return {"policies": ["credit_card_number"]} | _some(dice, made, *made)


def _coverage(dice: random.Random) -> Made:
    topics = [
        {"code": "fees", "query": "fee OR fees"},
        {"code": "risk", "title": _text(dice), "query": "{promises}", "minimum_seconds": 2.5},
    ]
    return _some(dice, {"topics": topics, "at_least": 1, "in_order": True}, "at_least", "in_order")


def _fact(dice: random.Random) -> Made:
    pairs = (
        ("agent: (return* NEAR/8 <duration as said>)", "said = window"),
        ("<money as fee> NEAR/5 fee", "fee in fees"),
        ("<number as n> BEFORE/2 percent", "n <= share"),
    )
    query, right = dice.choice(pairs)
    return {"query": query, "right_when": right}


def _history(dice: random.Random) -> Made:
    asked: Made = dice.choice([{"rule": "query_0"}, {"more_than": 3}, {"more_than": 0}])
    made = {"kind": "voicemail", "direction": dice.choice(["any", "inbound", "outbound"])}
    return {"by": dice.choice(["subject", "account"]), "days": 7} | asked | _some(dice, made, *made)


def _judge(dice: random.Random) -> Made:
    answers: tuple[Made, ...] = (
        {"found_when": True},
        {"answer": "yes_no", "found_when": "no"},
        {"answer": "number", "found_when": ">= 4"},
        {"answer": ["good", "bad", "yes"], "found_when": ["bad"]},
    )
    made = {"question": _text(dice), "role": dice.choice(ROLES)}
    return _some(dice, made, "role") | dice.choice(answers)


def _ask(dice: random.Random) -> Made:
    levels = [
        {"code": "met", "title": _text(dice), "points": 2, "description": _text(dice)},
        {"code": "part", "points": 0.5},
        {"code": "not", "points": 0},
    ]
    made = {
        "question": _text(dice),
        "levels": dice.choice(["yes_no", levels, levels[:2]]),
        "na": dice.random() < 0.5,
        "comment": dice.choice(["never", "always", "below_full"]),
    }
    return _some(dice, made, "levels", "na", "comment")


KINDS: dict[str, Callable[[random.Random], Any]] = {
    "query": _query,
    "by_language": _by_language,
    "pii": _pii,
    "content_safety": _content_safety,
    "sentiment": _sentiment,
    "conduct": _conduct,
    "quality": _quality,
    "redaction": _redaction,
    "coverage": _coverage,
    "fact": _fact,
    "history": _history,
    "judge": _judge,
    "ask": _ask,
}
LISTENED = ("violation_when", "languages", "examples")
"""What a rule that listens for nothing may not have."""
