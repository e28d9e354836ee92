"""A chat-completions server's answers without a model: by words in common, always the same.

It answers in the JSON schema it is asked for. The quote is the line of the transcript that shares
most words with the question; yes where one does, the choice that was said, or how many words.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_WORD = re.compile(r"[a-z]{4,}")
_QUOTED = 20
"""Words of a line."""


def complete(body: bytes) -> tuple[int, dict[str, Any]]:
    """Status and reply to one request."""
    try:
        asked = json.loads(body)
        text = asked["messages"][-1]["content"]
        schema = asked["response_format"]["json_schema"]["schema"]
        wanted, model = schema["properties"]["answer"], str(asked["model"])
    except (ValueError, KeyError, IndexError, TypeError):
        return 400, refusal("messages and a json_schema response_format are required")
    content = json.dumps(_answer(str(text), wanted))
    tokens = len(body) // 4, len(content) // 4
    return 200, {
        "id": "chatcmpl-sandbox",
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }


def refusal(message: str) -> dict[str, Any]:
    """The body of an error."""
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def _answer(text: str, wanted: dict[str, Any]) -> dict[str, Any]:
    question, _, transcript = text.partition("\n\nTranscript:\n")
    lines = [line.partition(": ")[2] for line in transcript.splitlines()]
    asked = set(_WORD.findall(question.lower()))
    shared = [len(asked & set(_WORD.findall(line.lower()))) for line in lines]
    best = max(range(len(lines)), key=shared.__getitem__, default=-1)
    most = shared[best] if lines else 0
    quote = " ".join(lines[best].split()[:_QUOTED]) if lines else ""
    return {"quote": quote, "answer": _value(wanted, most, transcript.lower(), lines)}


def _value(wanted: dict[str, Any], most: int, said: str, lines: Sequence[str]) -> object:
    if "enum" in wanted:
        choices = [str(each) for each in wanted["enum"]]
        return next((each for each in choices if each.lower() in said), choices[0])
    return most > 1 if wanted.get("type") == "boolean" else float(most if lines else 0)
