"""vCon: a conversation with its parties; the transcript is an analysis, or messages of text."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reviews.detection.transcript import CallFacts, Direction, Timing
from reviews.sources.assemblyai.lenient import label_of, number_of, rows_of, text_of
from reviews.sources.files import plain
from reviews.sources.files.foreign import (
    Foreign,
    NotATranscript,
    Utterance,
    ms_of_seconds,
    said_by,
    untimed,
)
from reviews.sources.files.timing import spread
from reviews.sources.metadata import aware_moment
from reviews.sources.normal import CallMetadata

ReadObject = Callable[[Mapping[str, Any]], Foreign]
"""Reads the other formats: a transcript's body is its vendor's."""
_DIRECTIONS = {
    "in": Direction.INBOUND,
    "inbound": Direction.INBOUND,
    "out": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
}
_SPEAKERS = ("speaker", "role", "name", "party")
_TEXTS = ("message", "text", "transcript", "content")


def is_vcon(value: Mapping[str, Any]) -> bool:
    return "vcon" in value or ("parties" in value and "dialog" in value)


def read(value: Mapping[str, Any], inner: ReadObject) -> Foreign:
    """Raises NotATranscript, naming the field."""
    _check(value)
    dialogs = rows_of(value["dialog"])
    spoken = _transcript(value, inner) or _messages(value, dialogs)
    first = dialogs[0] if dialogs else {}
    at = aware_moment(first.get("start"))
    facts = CallFacts(call_at=at, direction=_direction(value, first))
    return replace(
        spoken,
        id=text_of(value["uuid"]),
        seconds=number_of(first.get("duration")) or spoken.seconds,
        metadata=CallMetadata(facts),
        warnings=("dialog[].start",) if first.get("start") and at is None else (),
    )


def _check(value: Mapping[str, Any]) -> None:
    if text_of(value.get("uuid")) is None:
        raise _refused("no uuid", "Write the vCon's uuid.")
    for name in ("parties", "dialog"):
        if not isinstance(value.get(name), list):
            raise _refused(f"no list of `{name}`", f"Write `{name}` as a list.")
    for at, dialog in enumerate(value["dialog"]):
        _check_dialog(dialog, f"dialog[{at}]", len(value["parties"]))


def _check_dialog(dialog: Any, place: str, parties: int) -> None:
    if not isinstance(dialog, dict):
        raise _refused(f"`{place}` is no object", "Write each dialog as an object.")
    if "duration" in dialog and dialog["duration"] is not None:
        seconds = dialog["duration"]
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not is_number or seconds < 0:
            raise _refused(f"`{place}.duration` is no length", "Write seconds, from 0.")
    for index in _party_indexes(dialog.get("parties")):
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < parties:
            seen = f"`{place}.parties` names a party that is not there"
            raise _refused(seen, f"Write indexes from 0 to {parties - 1}.")


def _party_indexes(value: Any) -> Iterator[Any]:
    """A number, a list of them, or lists within it."""
    for each in value if isinstance(value, list) else [] if value is None else [value]:
        if isinstance(each, list):
            yield from each
        else:
            yield each


def _refused(seen: str, remedy: str) -> NotATranscript:
    return NotATranscript("The vCon is refused", seen, remedy)


def _transcript(value: Mapping[str, Any], inner: ReadObject) -> Foreign | None:
    found = [row for row in rows_of(value.get("analysis")) if row.get("type") == "transcript"]
    if len({str(row.get("dialog")) for row in found}) > 1:
        raise _refused("transcripts of several dialogs", "Send one vCon for each dialog.")
    return _body(found[0].get("body"), inner) if found else None


def _body(body: Any, inner: ReadObject) -> Foreign:
    if isinstance(body, str):
        body = _decoded(body)
    if isinstance(body, str):
        return plain.read(body)
    if isinstance(body, dict):
        return inner(body)
    utterances = said_by(_turn(row) for row in rows_of(body))
    if not utterances:
        raise _refused("a transcript that says nothing", "Write its turns into `body`.")
    has_times = all(each.words[0]["start"] >= 0 for each in utterances)
    return Foreign(utterances, Timing.CUE if has_times else Timing.NONE)


def _decoded(body: str) -> Any:
    """The JSON of a body with encoding `json`; of any other its text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _turn(row: Mapping[str, Any]) -> Utterance:
    words = untimed(next((text for name in _TEXTS if (text := text_of(row.get(name)))), ""))
    spread(words, ms_of_seconds(row.get("start")), ms_of_seconds(row.get("end")))
    found = (label_of(row.get(name)) for name in _SPEAKERS)
    return Utterance(words, next((label for label in found if label), None))


def _messages(value: Mapping[str, Any], dialogs: list[dict[str, Any]]) -> Foreign:
    """Of a conversation in writing."""
    parties = [row if isinstance(row, dict) else {} for row in value["parties"]]
    utterances = said_by(
        Utterance(untimed(text_of(row.get("body")) or ""), _writer(row, parties))
        for row in dialogs
        if row.get("type") == "text"
    )
    if not utterances:
        raise _refused(
            "no analysis of the type “transcript” and no text dialog",
            "Transcribe the recording first, or send the vCon that has its transcript.",
        )
    return Foreign(utterances, Timing.NONE)


def _writer(row: Mapping[str, Any], parties: list[dict[str, Any]]) -> str | None:
    """The originator's role, else his place in the list: a name is more than is needed."""
    given = row.get("originator")
    index = given if given is not None else next(_party_indexes(row.get("parties")), None)
    if not isinstance(index, int) or not 0 <= index < len(parties):
        return None
    party = parties[index]
    meta = party.get("meta")
    role = party.get("role") or (meta.get("role") if isinstance(meta, dict) else None)
    return label_of(role) or f"party {index}"


def _direction(value: Mapping[str, Any], dialog: Mapping[str, Any]) -> Direction | None:
    for holder in (dialog.get("meta"), value.get("meta")):
        told = holder.get("direction") if isinstance(holder, dict) else None
        if isinstance(told, str) and told.lower() in _DIRECTIONS:
            return _DIRECTIONS[told.lower()]
    return None
