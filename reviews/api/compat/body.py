"""What a run asks for, read strictly: every refusal names its field."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpRequest, UnreadablePostError

from reviews.api.compat.errors import RunRefused
from reviews.ingest import upload
from reviews.queries.rubrics import KIT_CODE_LENGTH
from reviews.queries.runs import API, SANDBOX
from reviews.sources.files.formats import Turn
from reviews.sources.metadata import metadata_of
from reviews.sources.recordings import CALL_ID, NAMES, is_call_id
from reviews.sources.told import Told

LONGEST = 4_000_000
TURNS_AT_MOST = 50_000
MODES, TYPES = ("async", "sync"), (API, SANDBOX)
CONTEXT = (*NAMES, "subject", "account")
"""What of the input's other fields is laid on the call."""
_FIELDS = ("kit_code", "kit_version_id", "input", "type", "mode")
_DEEPEST = 32
_LARGEST = 10**18
_SHOWN = 60
Said = str | list[Turn]


@dataclass(frozen=True, slots=True)
class Asked:
    kit: str | UUID
    """A kit's code, or a version."""
    said: Said
    told: Told
    is_sandbox: bool
    is_waiting: bool


def asked(request: HttpRequest) -> Asked:
    """Raises RunRefused and TooLarge."""
    given = _object(_read(request))
    unknown = next((name for name in given if name not in _FIELDS), None)
    if unknown is not None:
        _refuse(f"a field {_name(unknown)}", f"Send {', '.join(_FIELDS)}.")
    kit = _kit(given)
    sent = given.get("input")
    if not isinstance(sent, dict):
        raise RunRefused(
            "input_must_be_object",
            f"“input” that is {_kind(sent)}",
            'Send {"transcript": a text, or a list of {"speaker", "text"}}.',
        )
    return Asked(
        kit=kit,
        said=_said(sent),
        told=_told(sent),
        is_sandbox=_choice(given, "type", TYPES, "invalid_run_type") == SANDBOX,
        is_waiting=_choice(given, "mode", MODES, "invalid_run_mode") == "sync",
    )


def _read(request: HttpRequest) -> bytes:
    upload.check_size(request.META.get("CONTENT_LENGTH"))
    try:
        body = request.read(LONGEST + 1)
    except UnreadablePostError:
        _refuse("a body that ended early", "Send it again.")
    if len(body) > LONGEST:
        raise RunRefused(
            "payload_too_large", "more than 4 MB", "Send one call at a time.", status=413
        )
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
        depth = _depth(value)
    except (ValueError, RecursionError):
        value, depth = None, 0
    if not isinstance(value, dict):
        _refuse("a body that is no JSON object", 'Send {"kit_code": …, "input": {…}}.')
    if depth > _DEEPEST:
        _refuse(f"more than {_DEEPEST} levels of nesting", "Send input.transcript as turns.")
    for path, each in _leaves(value, ""):
        _check_plain(path, each)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        _refuse("a key that stands twice in one object", "Send each once.")
    return made


def _no_number(name: str) -> NoReturn:
    _refuse(f"{name}, which is no number of JSON", "Send null.")


def _depth(value: Any) -> int:
    """Level by level, so that no nesting is too deep to be measured."""
    depth, level = 0, [value]
    while level and depth <= _DEEPEST:
        depth += 1
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Keys too, each with the path of what holds it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield path, key
            yield from _leaves(each, f"{path}.{key[:_SHOWN]}".lstrip("."))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _leaves(each, f"{path}[{at}]")
    else:
        yield path, value


def _check_plain(path: str, value: Any) -> None:
    shown = _name(path or "the body")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= c <= "\udfff" for c in value)):
        _refuse(f"a character in {shown} that is none", "Take it out: NUL, or half a surrogate.")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not (isfinite(value) and abs(value) < _LARGEST):
        _refuse(f"a number in {shown} that is too large", "Send one of up to 18 digits.")


def _kit(given: Mapping[str, Any]) -> str | UUID:
    code, version = given.get("kit_code"), given.get("kit_version_id")
    if version is not None:
        try:
            return UUID(version) if isinstance(version, str) else no_kit("a “kit_version_id”")
        except ValueError:
            no_kit("a “kit_version_id”")
    if code is None or code == "":
        raise RunRefused(
            "kit_code_or_kit_version_id_required",
            "neither “kit_code” nor “kit_version_id”",
            "Take one from GET /v1/kits/schema.",
        )
    return (
        code if isinstance(code, str) and len(code) == KIT_CODE_LENGTH else no_kit("a “kit_code”")
    )


def no_kit(seen: str) -> NoReturn:
    raise RunRefused(
        "kit_not_found",
        f"{seen}, which is none of the tenant's",
        "Take one from GET /v1/kits/schema.",
        status=404,
    )


def _said(sent: Mapping[str, Any]) -> Said:
    given = sent.get("transcript")
    if isinstance(given, str) and given.strip():
        return given
    if not isinstance(given, list) or not given:
        _refuse(
            f"“input.transcript” that is {_kind(given)}",
            'Send a text, or a list of {"speaker", "text"}.',
        )
    if len(given) > TURNS_AT_MOST:
        _refuse(f"{len(given):,} turns in “input.transcript”", f"Send {TURNS_AT_MOST:,} at most.")
    return [_turn(each, f"input.transcript[{at}]") for at, each in enumerate(given)]


def _turn(given: Any, path: str) -> Turn:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        _refuse(f"“{path}” without a text", 'Send {"speaker": "Agent", "text": "Hello."}.')
    speaker = given.get("speaker")
    if speaker is not None and not isinstance(speaker, str):
        _refuse(f"“{path}.speaker” that is {_kind(speaker)}", "Send a text, or none.")
    return speaker or None, given["text"]


def _told(sent: Mapping[str, Any]) -> Told:
    """A field that nobody knows says nothing here; one that is known is read, or refused."""
    told = {}
    for name in CONTEXT:
        value = sent.get(name)
        if isinstance(value, bool):
            value = "true" if value else "false"
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            _refuse(f"“input.{name}” that is {_kind(value)}", "Send a text.")
        told[name] = value
    metadata = metadata_of(told.items())
    call_id = told.get(CALL_ID, "").strip() or None
    unread = [*metadata.warnings, *([CALL_ID] if call_id and not is_call_id(call_id) else [])]
    if unread:
        _refuse(f"“input.{unread[0]}” that cannot be read", "Look at docs/integrator/runs.md.")
    return Told(external_id=call_id, metadata=metadata)


def _choice(given: Mapping[str, Any], name: str, choices: tuple[str, ...], error: str) -> str:
    value = given.get(name)
    if value is None:
        return choices[0]
    if not isinstance(value, str) or value not in choices:
        shown = _name(value) if isinstance(value, str) else _kind(value)
        raise RunRefused(error, f"“{name}” that is {shown}", f"Send {' or '.join(choices)}.")
    return value


def _kind(value: Any) -> str:
    if value is None:
        return "missing"
    names = {bool: "true or false", str: "an empty text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _name(text: str) -> str:
    return ascii(text[:_SHOWN])


def _refuse(seen: str, remedy: str) -> NoReturn:
    raise RunRefused("invalid_request", seen, remedy)
