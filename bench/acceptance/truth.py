"""What is known of a call of the acceptance data: which question is answered, and where.

A corpus is two files of JSON lines: the calls in AssemblyAI's shape, and beside them `.labels`,
one object a call, with `agent_speaker` and the utterances of each action that the agent took.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviews.detection.transcript import Transcript
from reviews.sources.assemblyai.wire import parse
from reviews.sources.roles import Named

_IDENTITY = (
    frozenset(("bank_ask_account_number", "bank_ask_pin")),
    frozenset(("bank_ask_dob", "bank_ask_mothers_maiden_name", "bank_ask_childhood_pets_name")),
)
_RELEASE = ("bank_inform_balance", "bank_inform_fraud_report_submitted")
_ASKED = {
    "asks_name": ("ask_name",),
    "asks_account_number": ("bank_ask_account_number",),
    "asks_pin": ("bank_ask_pin",),
    "asks_birth_date": ("bank_ask_dob",),
    "asks_maiden_name": ("bank_ask_mothers_maiden_name",),
    "asks_pet_name": ("bank_ask_childhood_pets_name",),
    "offers_more_help": ("anything_else",),
    "refuses_unauthenticated": ("bank_inform_cannot_authenticate",),
}

Row = Mapping[str, Any]
Answers = Mapping[str, frozenset[int]]
"""Rule -> the utterances in which it holds; a rule that does not hold has none."""


@dataclass(frozen=True, slots=True)
class Case:
    """A call and what is true of it. `agent` is "" where the corpus does not name one.

    `free` are the agent's turns that carry no action: worded freely, their truth is not known.
    """

    transcript: Transcript
    agent: str
    answers: Answers
    free: frozenset[int]


def star(directory: Path) -> tuple[Case, ...]:
    """Calls to a bank's desk. Raises FileNotFoundError."""
    return tuple(_star(call, row) for call, row in _corpus(directory, "star_bank"))


def sgd(directory: Path) -> tuple[Case, ...]:
    """Talks about money, then the same with what confirms the amount cut out."""
    whole = {row["id"]: (call, row) for call, row in _corpus(directory, "sgd_finance")}
    cut = _corpus(directory, "sgd_finance_no_confirm")
    return tuple(_whole(*pair) for pair in whole.values()) + tuple(
        _cut(call, row, whole.get(row["original_id"])) for call, row in cut
    )


def _corpus(directory: Path, name: str) -> Iterator[tuple[Row, Row]]:
    rows = {row["id"]: row for row in _lines(directory / f"{name}.labels.jsonl.gz")}
    return ((call, rows[call["id"]]) for call in _lines(directory / f"{name}.jsonl.gz"))


def _lines(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _star(call: Row, row: Row) -> Case:
    actions: Mapping[str, list[int]] = row["agent_action_utterances"]
    answers = {rule: _places(actions, names) for rule, names in _ASKED.items()}
    answers["says_goodbye"] = _places(actions, [name for name in actions if "bye" in name])
    known = frozenset(place for places in actions.values() for place in places)
    free = frozenset(_turns(call, row)) - known
    first = min(_places(actions, _RELEASE), default=0)
    if not any(turn < first for turn in free):  # in one of these anything may have been asked
        answers["identity_before_release"] = _released_too_early(actions, first)
    return _case(call, row, answers, free)


def _released_too_early(actions: Mapping[str, list[int]], first: int) -> frozenset[int]:
    """The first thing told, where less was asked before it than must be; 0 is nothing told."""
    asked = {name for name, places in actions.items() if min(places) < first}
    is_shown = "ask_name" in asked and any(ways <= asked for ways in _IDENTITY)
    return frozenset() if is_shown or not first else frozenset((first,))


def _whole(call: Row, row: Row) -> Case:
    is_confirmed = row["labels"].get("amount_confirmed_before_transfer", False)
    said = _places(row["agent_action_utterances"], ["CONFIRM"]) if is_confirmed else frozenset()
    return _case(call, row, {"confirms_amount": said, "amount_confirmed": frozenset()})


def _cut(call: Row, row: Row, original: tuple[Row, Row] | None) -> Case:
    """Money is gone where the whole call says so; any agent turn where that call is not here."""
    gone = frozenset(_turns(call, row))
    if original:
        whole, labels = original
        told = _places(labels["agent_action_utterances"], ["NOTIFY_SUCCESS"])
        texts = {whole["utterances"][place]["text"] for place in told}
        gone &= {at for at, turn in enumerate(call["utterances"]) if turn["text"] in texts}
    return _case(call, row, {"confirms_amount": frozenset(), "amount_confirmed": gone})


def _case(call: Row, row: Row, answers: Answers, free: frozenset[int] = frozenset()) -> Case:
    named = Named(agent=row["agent_speaker"], customer=_others(call, row), by="the labels")
    return Case(parse(call, named=named).transcript, row.get("agent_id", ""), answers, free)


def _others(call: Row, row: Row) -> tuple[str, ...]:
    return tuple({turn["speaker"] for turn in call["utterances"]} - {row["agent_speaker"]})


def _turns(call: Row, row: Row) -> list[int]:
    agent = row["agent_speaker"]
    return [at for at, turn in enumerate(call["utterances"]) if turn["speaker"] == agent]


def _places(actions: Mapping[str, list[int]], names: Any) -> frozenset[int]:
    return frozenset(place for name in names for place in actions.get(name, ()))
