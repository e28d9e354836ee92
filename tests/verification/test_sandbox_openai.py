"""The official client of the chat-completions protocol drives the chat sandbox."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from reviews.sandbox.server import Fault, Sandbox

pytestmark = pytest.mark.verification

KEY = "sandbox-key"
ASKED = "Question: Does the customer want the deposit of May back?"
SAID = "\n\nTranscript:\nagent: Good morning.\ncustomer: I want my deposit of May back."


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
def sandbox(faults: list[Fault]) -> Iterator[Sandbox]:
    with Sandbox(accounts={KEY: []}, faults=faults) as sandbox:
        yield sandbox


def _client(sandbox: Sandbox, key: str = KEY, retries: int = 0) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{sandbox.base_url}/v1", api_key=key, max_retries=retries)


def _format(answer: dict[str, Any]) -> Any:
    schema = {
        "type": "object",
        "properties": {"quote": {"type": "string"}, "answer": answer},
        "required": ["quote", "answer"],
        "additionalProperties": False,
    }
    wanted = {"name": "answer", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": wanted}


def _ask(client: openai.OpenAI, answer: dict[str, Any] | None = None) -> Any:
    return client.chat.completions.create(
        model="small",
        messages=[{"role": "user", "content": ASKED + SAID}],
        response_format=_format(answer or {"type": "boolean"}),
    )


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"type": "boolean"}, True),
        ({"type": "number"}, 3.0),
        ({"type": "string", "enum": ["rent", "deposit"]}, "deposit"),
    ],
)
def test_the_answer_is_read_in_its_schema(
    sandbox: Sandbox, answer: dict[str, Any], value: object
) -> None:
    with _client(sandbox) as client:
        reply = _ask(client, answer)
    assert reply.model == "small"
    (choice,) = reply.choices
    assert (choice.finish_reason, choice.message.role, choice.message.refusal) == (
        *("stop", "assistant"),
        None,
    )
    assert json.loads(choice.message.content) == {
        "quote": "I want my deposit of May back.",
        "answer": value,
    }


def test_the_usage_is_read(sandbox: Sandbox) -> None:
    with _client(sandbox) as client:
        usage = _ask(client).usage
    assert usage.prompt_tokens > usage.completion_tokens > 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_an_unknown_key_is_refused(sandbox: Sandbox) -> None:
    with _client(sandbox, "wrong") as client, pytest.raises(openai.AuthenticationError) as raised:
        _ask(client)
    assert raised.value.status_code == 401
    assert raised.value.type == "invalid_request_error"


def test_a_request_without_a_schema_is_refused(sandbox: Sandbox) -> None:
    with _client(sandbox) as client, pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(
            model="small", messages=[{"role": "user", "content": ASKED + SAID}]
        )
    assert "json_schema" in raised.value.message


def test_a_limit_is_raised_and_waited_out(sandbox: Sandbox, faults: list[Fault]) -> None:
    faults.append(Fault("/v1/chat/completions", 429, times=2, retry_after="0"))
    with _client(sandbox) as client, pytest.raises(openai.RateLimitError):
        _ask(client)
    with _client(sandbox, retries=1) as client:
        assert _ask(client).choices
    assert sandbox.requests["/v1/chat/completions"] == 3
