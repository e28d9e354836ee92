"""Mutated documents of every format: always a call or a refusal, never an exception."""

import copy
import json
import random
from typing import Any

import pytest

from reviews.sources.files.documents import Loaded, load_bytes
from tests.unit.sources.files.test_archive import packed
from tests.unit.sources.files.written import EVERY

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e17, -0.5, 10**17, "", " ", "NaN", "1e999", "9" * 400, [], {}, [[]],
    [None], {"words": 3}, "\x00", "\ud800", "a\nb: c", [{"text": 5}], float("nan"),
)  # fmt: skip
ROUNDS = 150


def places(value: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of everything within."""
    keys = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in list(keys):
        found.append((value, key))
        if isinstance(item, dict | list):
            found += places(item)
    return found


def retyped(text: str, chance: random.Random) -> bytes:
    """JSON with some values replaced or taken out."""
    document = json.loads(text)
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(places(document) or [({"": 0}, "")])
        if chance.random() < 0.2 and isinstance(holder, dict):
            holder.pop(key, None)
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    return json.dumps(document).encode()


def garbled(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, doubled or cut."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made))
        made[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        made = made or bytearray(b" ")
    return bytes(made[: chance.randint(1, len(made))])


def check(found: list[Loaded]) -> None:
    assert found
    for each in found:
        assert (each.transcript is None) is not (each.refused is None)
        if each.refused is not None:
            assert each.refused.what
            assert each.refused.seen
            assert each.refused.remedy
        if each.transcript is not None:
            call = each.transcript.transcript
            assert len(call.words) == len(call.start_ms) == len(call.end_ms) == call.bounds[-1]
            assert all(a <= b for a, b in zip(call.start_ms, call.end_ms, strict=True))


@pytest.mark.parametrize("name", [name for name in EVERY if name.endswith("json")])
def test_retyped_values_never_raise(name: str) -> None:
    chance = random.Random(name)
    for _ in range(ROUNDS):
        check(list(load_bytes(name, retyped(EVERY[name], chance))))


@pytest.mark.parametrize("name", [*EVERY, "calls.zip"])
def test_garbled_bytes_never_raise(name: str) -> None:
    chance = random.Random(name)
    data = EVERY[name].encode() if name in EVERY else packed(dict(EVERY))
    for _ in range(ROUNDS):
        check(list(load_bytes(name, garbled(data, chance))))
