"""An evaluation as plain JSON types and back: codes, indexes, ms and numbers, never words."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from reviews.detection.engine import Evaluation, RuleResult
from reviews.detection.evidence import (
    Absence,
    Asked,
    CallRef,
    Clear,
    Evidence,
    Found,
    Mark,
    NearestMiss,
    NotAssessable,
    Outcome,
    Reason,
)
from reviews.detection.scoring import Part, Result, Score, Verdict

_FIELDS = {
    kind: tuple(each.name for each in fields(kind))
    for kind in (
        Absence,
        Asked,
        CallRef,
        Clear,
        Evidence,
        Found,
        Mark,
        NearestMiss,
        NotAssessable,
        Part,
        Score,
    )
}
"""`dataclasses.asdict` would work them out anew for each value."""


_KINDS: Mapping[type[Outcome], str] = {
    Found: "found",
    Clear: "clear",
    NotAssessable: "not_assessable",
    Asked: "asked",
}
Speakers = Sequence[str | None] | None


def to_wire(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "results": [_result_to(each) for each in evaluation.results],
        "score": _plain(evaluation.score),
    }


def from_wire(data: Mapping[str, Any], *, speakers: Speakers) -> Evaluation:
    """The evaluation that `to_wire` wrote; `speakers` are the labels of the call's utterances.

    A label may be a name, so it is not written; without `speakers` there are none. Raises KeyError,
    TypeError or ValueError where `to_wire` wrote something else.
    """
    score = dict(data["score"])
    score["parts"] = tuple(
        Part(**{**part, "result": Result(part["result"])}) for part in score["parts"]
    )
    score["verdict"] = Verdict(score["verdict"])
    score["auto_failed_by"] = tuple(score["auto_failed_by"])
    return Evaluation(
        tuple(_result_from(each, speakers) for each in data["results"]), Score(**score)
    )


def _plain(value: Any) -> Any:
    """Values of _FIELDS as mappings, tuples as lists, enumerations as their values, all down."""
    names = _FIELDS.get(type(value))
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names if name != "speaker"}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _result_to(each: RuleResult) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "result": each.result.value,
        "is_unsure": each.is_unsure,
        "outcome": _outcome_to(each.outcome),
    }


def _result_from(data: Mapping[str, Any], speakers: Speakers) -> RuleResult:
    outcome = _outcome_from(data["outcome"], speakers)
    return RuleResult(data["rule"], outcome, Result(data["result"]), data["is_unsure"])


def _outcome_to(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {"kind": _KINDS[type(outcome)], **_plain(outcome)}


def _outcome_from(data: Mapping[str, Any] | None, speakers: Speakers) -> Outcome | None:
    if data is None:
        return None
    if data["kind"] == "found":
        absence = _absence_from(data["absence"], speakers)
        calls = tuple(CallRef(**each) for each in data.get("calls", ()))
        return Found(_evidences(data["evidence"], speakers), data["is_unsure"], absence, calls)
    if data["kind"] == "asked":
        return Asked()
    if data["kind"] == "clear":
        return Clear(_absence_from(data["absence"], speakers))
    return NotAssessable(
        Reason(data["reason"]), data["text"], _evidences(data["evidence"], speakers)
    )


def _evidences(data: Sequence[Mapping[str, Any]], speakers: Speakers) -> tuple[Evidence, ...]:
    return tuple(_evidence_from(each, speakers) for each in data)


def _evidence_from(data: Mapping[str, Any], speakers: Speakers) -> Evidence:
    marks = tuple(Mark(**mark) for mark in data["marks"])
    speaker = None
    if speakers is not None and not data.get("field"):
        speaker = speakers[data["utterance"]]
    return Evidence(**{**data, "speaker": speaker, "marks": marks})


def _absence_from(data: Mapping[str, Any] | None, speakers: Speakers) -> Absence | None:
    return None if data is None else _absence(data, speakers)


def _absence(data: Mapping[str, Any], speakers: Speakers) -> Absence:
    """Evaluations of before there were topics have neither `missing` nor `parts`."""
    nearest = data["nearest"]
    if nearest is not None:
        nearest = NearestMiss(
            **{**nearest, "evidence": _evidence_from(nearest["evidence"], speakers)}
        )
    unsure = _evidences(data.get("unsure", ()), speakers)
    read: dict[str, Any] = {**data, "nearest": nearest, "unsure": unsure}
    read["roles"] = tuple(data["roles"])
    read["missing"] = tuple(data.get("missing", ()))
    read["parts"] = tuple(_absence(each, speakers) for each in data.get("parts", ()))
    return Absence(**read)
