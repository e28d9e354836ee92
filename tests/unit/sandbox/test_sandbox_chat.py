"""The chat sandbox: what is asked for in a schema comes in it, always the same."""

import json
from typing import Any

import pytest

from reviews.detection.asked import Names
from reviews.detection.checks.judge import JudgeRule, parse
from reviews.detection.document import Section
from reviews.evaluation import chat as protocol
from reviews.sandbox.chat import complete
from reviews.sandbox.server import Sandbox

LINES = ["agent: Good morning.", "customer: I want my deposit back, the deposit of May."]
QUESTION = "Does the customer want a deposit back, as of May?"


def rule(**document: Any) -> JudgeRule:
    section = Section({"judge": {"question": QUESTION} | document}, "check")
    return parse(section, Names({}, frozenset(), frozenset()))


RULES = [
    rule(found_when="yes"),
    rule(answer="number", found_when="> 1"),
    rule(answer=["rent", "deposit"], found_when=["rent"]),
]

TYPES = {"yes_no": bool, "number": float, "choice": str}


@pytest.mark.parametrize("asked", RULES, ids=lambda each: each.answer)
def test_the_answer_is_in_the_schema_that_was_asked_for(asked: JudgeRule) -> None:
    body = protocol.request(asked, LINES, model="small")
    status, reply = complete(body)
    assert status == 200
    content = json.loads(reply["choices"][0]["message"]["content"])
    assert set(content) == set(protocol.schema(asked)["required"])
    assert isinstance(content["answer"], TYPES[asked.answer])
    assert content["quote"] == "I want my deposit back, the deposit of May."
    assert complete(body) == (status, reply)
    read = protocol.read(json.dumps(reply).encode())
    assert read.tokens == reply["usage"]["total_tokens"] > 0


def test_it_says_yes_where_two_words_of_the_question_were_said() -> None:
    values = [
        json.loads(complete(protocol.request(rule(found_when="yes"), lines, model="m"))[1]
                   ["choices"][0]["message"]["content"])["answer"]
        for lines in (LINES, LINES[:1], [])
    ]  # fmt: skip
    assert values == [True, False, False]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"messages": []}', b'"x"', b"\xff"])
def test_a_request_without_a_schema_is_refused(body: bytes) -> None:
    status, reply = complete(body)
    assert (status, reply["error"]["type"]) == (400, "invalid_request_error")


def test_the_server_knows_its_keys() -> None:
    sandbox = Sandbox(accounts={"k": []})
    body = protocol.request(RULES[0], LINES, model="small")
    target = "/v1/chat/completions"
    assert sandbox.answer("POST", target, "Bearer k", body).status == 200
    assert sandbox.answer("POST", target, "Bearer other", body).status == 401
    assert sandbox.answer("POST", target, None, body).status == 401
