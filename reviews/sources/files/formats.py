"""Which format a document is, told by what is in it; and the document as one that intake knows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviews.detection.transcript import Timing
from reviews.sources.files import cues, deepgram, own, plain, transcribe, vcon, whisper
from reviews.sources.files.foreign import Foreign, NotATranscript, Utterance, untimed
from reviews.sources.intake import (
    MAX_WORDS,
    Accepted,
    PayloadRefused,
    Unfit,
    accept,
    accept_text,
)
from reviews.sources.normal import CallMetadata

_TRANSCRIPT_KEYS = frozenset(("words", "utterances", "status", "audio_url"))
_CAPTIONS = (".srt", ".vtt")
_JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_KNOWN = (
    "Give a transcript: AssemblyAI, Deepgram, Whisper, Amazon Transcribe or vCon as JSON, "
    "lines of them, SRT, WebVTT, or text with a speaker before each turn."
)


_KNOWN_TURN = "Give each turn a text."
Turn = tuple[str | None, str]
"""Who speaks, and what."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document that is accepted, in the one shape; what it said besides."""

    accepted: Accepted
    timing: Timing | None = None
    """None: as the object itself tells."""
    metadata: CallMetadata | None = None
    warnings: tuple[str, ...] = ()


def read(name: str, data: bytes) -> Read:
    """Raises PayloadRefused and NotATranscript."""
    if is_json(name, data):
        return of_object(accept(data))
    given, text = accept_text(data)
    is_captions = cues.is_cues(text) or name.lower().endswith(_CAPTIONS)
    foreign = cues.read(text) if is_captions else plain.read(text)
    return _rewritten(foreign, given)


def of_object(accepted: Accepted) -> Read:
    """The same of JSON that is accepted already. Raises NotATranscript."""
    value = accepted.value
    if _is_own(value):
        return Read(accepted)
    return _rewritten(_foreign(value), accepted)


def of_text(text: str) -> Read:
    """A text in any of the formats; without a speaker before its first turn, nobody's words.

    Raises PayloadRefused and NotATranscript.
    """
    data = text.encode()
    try:
        return read("", data)
    except NotATranscript:
        if is_json("", data):
            raise
        return of_object(accept(json.dumps({"status": "completed", "text": text}).encode()))


def of_turns(turns: Sequence[Turn]) -> Read:
    """Turns without times. Raises PayloadRefused and NotATranscript."""
    given = accept(json.dumps({"turns": turns}).encode())
    said = [Utterance(untimed(text), speaker) for speaker, text in given.value["turns"]]
    spoken = [each for each in said if each.words]
    if not spoken:
        raise NotATranscript("The turns are refused", "nothing that is said", _KNOWN_TURN)
    return _rewritten(Foreign(spoken, Timing.NONE), given)


def bare_text(value: Mapping[str, Any]) -> str | None:
    """The text of an object that has nothing of a transcript beside it."""
    text = value.get("text")
    has_more = value.keys() & _TRANSCRIPT_KEYS or whisper.is_whisper(value)
    return text if isinstance(text, str) and not has_more else None


def is_json(name: str, data: bytes) -> bool:
    """Whether it begins as JSON does, or is called so; `[SPEAKER_00]: …` does not."""
    if name.lower().endswith(_JSON):
        return True
    head = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip()[:1] in (b"{", b"[", b'"'))


def _is_own(value: Mapping[str, Any]) -> bool:
    if whisper.is_whisper(value) and not value.keys() & {"utterances", "status", "audio_url"}:
        return False
    return "text" in value or bool(value.keys() & _TRANSCRIPT_KEYS)


def _foreign(value: Mapping[str, Any]) -> Foreign:
    return vcon.read(value, _spoken) if vcon.is_vcon(value) else _spoken(value)


def _spoken(value: Mapping[str, Any]) -> Foreign:
    """Every format but vCon, which holds one of them."""
    for is_one, reader in (
        (_is_own, own.read),
        (deepgram.is_deepgram, deepgram.read),
        (transcribe.is_transcribe, transcribe.read),
        (whisper.is_whisper, whisper.read),
    ):
        if is_one(value):
            return reader(value)
    seen = "an object without `words`, `utterances`, `text` or anything of a known format"
    raise NotATranscript("The document is refused", seen, _KNOWN)


def _rewritten(foreign: Foreign, given: Accepted) -> Read:
    """Through the same intake again, for what it mends; the hash is the document's own."""
    if sum(len(each.words) for each in foreign.utterances) > MAX_WORDS:
        # Before they are written out: each takes thirty times its bytes.
        seen = f"more than {MAX_WORDS:,} words"
        raise PayloadRefused(Unfit.TOO_MANY_WORDS, seen, "Send one call at a time.")
    written = accept(json.dumps(foreign.wire()).encode())
    accepted = replace(written, sha256=given.sha256, cleaned=(*given.cleaned, *written.cleaned))
    return Read(accepted, foreign.timing, foreign.metadata, foreign.warnings)
