"""Stored evaluations: every rule's result, packed."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import zstandard

from reviews.detection import engine, output_values, wire
from reviews.detection.output_values import Value
from reviews.detection.rubric import Rubric
from reviews.detection.scoring import Result
from reviews.detection.transcript import Transcript
from reviews.models import Evaluation


class _Rule(msgspec.Struct):
    rule: str
    result: str
    outcome: msgspec.Raw


class _Stored(msgspec.Struct):
    """What `outcome_of` needs, the outcomes unread: the queue reads one of fifty."""

    results: list[_Rule]


class Stood(msgspec.Struct):
    """A place, as detection.evidence has it; the words' part means nothing beside a `field`."""

    role: str
    utterance: int
    first_word: int
    last_utterance: int
    last_word: int
    start_ms: int
    end_ms: int
    is_unsure: bool = False
    label: str = ""
    score: float | None = None
    field: str = ""


class Heard(msgspec.Struct):
    kind: str
    reason: str | None = None
    evidence: tuple[Stood, ...] = ()


class Told(msgspec.Struct):
    """A rule's result with its places; without an outcome it did not apply."""

    rule: str
    result: str
    is_unsure: bool
    outcome: Heard | None


class _Told(msgspec.Struct):
    results: list[Told]


_OUTCOMES = msgspec.json.Decoder(_Stored)
_TOLD = msgspec.json.Decoder(_Told)


def pack(outcome: engine.Evaluation) -> bytes:
    """JSON of `detection.wire`, compressed: spans, codes, numbers; no words, no speaker's label."""
    return zstandard.compress(msgspec.json.encode(wire.to_wire(outcome)))


def unpack(row: Evaluation, call: Transcript) -> engine.Evaluation:
    """The results as they were; the speakers' labels come from `call`, the evaluated revision."""
    stored = json.loads(zstandard.decompress(bytes(row.results)))
    return wire.from_wire(stored, speakers=call.speakers)


def told(results: bytes | memoryview) -> list[Told]:
    """Every rule's result, in the rubric's order, read without the call."""
    return _TOLD.decode(zstandard.decompress(bytes(results))).results


def outputs_of(results: bytes | memoryview, rubric: Rubric) -> dict[str, Value]:
    """The typed outputs of a stored evaluation by the very version that `rubric` is."""
    stored = json.loads(zstandard.decompress(bytes(results)))
    return output_values.values(rubric, wire.from_wire(stored, speakers=None))


def results_of(results: bytes | memoryview) -> dict[str, Result]:
    """Every rule's result by the machine, in the rubric's order."""
    stored = _OUTCOMES.decode(zstandard.decompress(bytes(results)))
    return {each.rule: Result(each.result) for each in stored.results}


def kinds_of(results: bytes | memoryview, codes: Collection[str]) -> dict[str, str]:
    """Of those rules that apply: found, clear or not_assessable, as it is stored."""
    return {rule: outcome["kind"] for rule, outcome in _outcomes(results, codes).items()}


def _outcomes(results: bytes | memoryview, codes: Collection[str]) -> dict[str, Any]:
    stored = _OUTCOMES.decode(zstandard.decompress(bytes(results)))
    read = {
        each.rule: msgspec.json.decode(each.outcome)
        for each in stored.results
        if each.rule in codes
    }
    return {rule: outcome for rule, outcome in read.items() if outcome}


def reasons_of(results: bytes | memoryview, codes: Collection[str]) -> set[str]:
    """Why those of the rules that were not assessable were not."""
    outcomes = _outcomes(results, codes).values()
    return {outcome["reason"] for outcome in outcomes if outcome["kind"] == "not_assessable"}


def outcome_of(row: Evaluation, rule_code: str) -> Mapping[str, Any] | None:
    """One rule's outcome as it is stored; None where the rule did not apply."""
    stored = _OUTCOMES.decode(zstandard.decompress(bytes(row.results)))
    outcome = next(each.outcome for each in stored.results if each.rule == rule_code)
    read: Mapping[str, Any] | None = msgspec.json.decode(outcome)
    return read
