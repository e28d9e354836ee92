"""The one intake: bytes of a vendor or a file become a clean value, or are refused with a reason.

Everything a database, a parser further on or a screen could stumble over is met here, before any
of them sees it: NUL, lone surrogates, numbers that are none, nesting, size, doubled keys.
"""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from types import GenericAlias
from typing import Annotated, Any

import msgspec

from reviews.errors import ErrorCode, Refused
from reviews.sources.addresses import without_secrets
from reviews.sources.rows import list_of, texts_of
from reviews.sources.security_codes import Removed, remove_security_codes

MAX_BYTES = 50_000_000
MAX_DEPTH = 64
MAX_OBJECTS = 1_000_000
MAX_VALUES = 6_000_000
MAX_WORDS = 400_000
MAX_UTTERANCE_CHARACTERS = 200_000
_MAX_NUMBER_DIGITS = 18  # fits a signed 64-bit column
_LARGEST = 1e18
_ESCAPES = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_FOLDED = bytes.maketrans(b"123456789", b"000000000")
_LONG_DIGITS = b"0" * (_MAX_NUMBER_DIGITS + 1)
_TELLING_ESCAPE = re.compile(rb"\\u(?:0000|003[aA]|[dD][89a-fA-F])")
"""Of what must be mended, or of a colon, which would not be counted."""
_HOLDERS = frozenset((dict, list))
_PLAIN_DEPTH = 6
"""Levels below the object itself; this vendor needs five."""
_PLAIN_NUMBER = 10**16
"""From here on a number is written with an exponent."""
_ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")
_ALL_BUT_MARKS = bytes(set(range(256)) - set(b":eE"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FEW = 50
"""One character of so many may be broken in a text that is one."""
_SENTENCE_END = re.compile(r"(?<=[.?!])\s")


class Unfit(StrEnum):
    """Why a document is refused; stable codes."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    NOT_AN_OBJECT = "not_an_object"
    TOO_DEEP = "too_deep"
    DOUBLE_KEY = "double_key"
    HUGE_NUMBER = "huge_number"
    TOO_MANY_WORDS = "too_many_words"
    UTTERANCE_TOO_LONG = "utterance_too_long"
    NOT_A_WEBHOOK = "not_a_webhook"


class PayloadRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED

    def __init__(self, reason: Unfit, seen: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__("The document is refused", seen, remedy)
        self.args = (reason, seen, remedy)
        self.reason = reason
        self.line = line
        """From 1, where the place is known."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was mended: `place` is a path without indexes, such as `utterances[].text`."""

    place: str
    kind: str
    """`nul` removed, `surrogate` and `bytes` replaced by U+FFFD, `not_a_number` made null."""
    count: int


@dataclass(frozen=True, slots=True)
class Accepted:
    value: dict[str, Any]
    sha256: str
    """Hex digest of the bytes as received."""
    cleaned: tuple[Cleaned, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """What may be stored: accepted, without card security codes, its addresses cut.

    Of the fields `call_url` may not be kept, and `audio_url` only sealed.
    """

    value: dict[str, Any]
    sha256: str
    cleaned: tuple[Cleaned, ...]
    removed: tuple[Removed, ...]
    call_url: str | None = field(default=None, repr=False)
    """The `webhook_url` as received, for `parse`: it says whom the call is about."""
    audio_url: str | None = field(default=None, repr=False)
    """As received: what signs it opens the recording."""


def receive(data: bytes) -> Received:
    """Accept `data`; take out codes, PINs, signatures, subject and account.

    Raises PayloadRefused.
    """
    return withheld(accept(data))


def withheld(accepted: Accepted) -> Received:
    """The second half of `receive`."""
    value, codes = remove_security_codes(accepted.value)
    value, secrets = without_secrets(value)
    call_url, audio_url = accepted.value.get("webhook_url"), accepted.value.get("audio_url")
    return Received(
        value,
        accepted.sha256,
        accepted.cleaned,
        (*codes, *secrets),
        call_url if isinstance(call_url, str) else None,
        audio_url if isinstance(audio_url, str) else None,
    )


def accept(data: bytes) -> Accepted:
    """One JSON object, cleaned, within every limit. Raises PayloadRefused."""
    if len(data) > MAX_BYTES:
        raise PayloadRefused(Unfit.TOO_LARGE, f"{len(data):,} bytes", "Send at most 50 MB.")
    if len(data) > MAX_OBJECTS and _is_flood(data):
        # Small values take up to thirty times their bytes in memory.
        seen = f"more than {MAX_OBJECTS:,} objects or {MAX_VALUES:,} values"
        raise PayloadRefused(Unfit.TOO_LARGE, seen, "Send one transcript at a time.")
    tally: Counter[tuple[str, str]] = Counter()
    value = _plain(data)
    if value is None:
        value = _mended(data, tally)
    if not _is_short(value):
        _check_sizes(value)
    cleaned = tuple(Cleaned(place, kind, count) for (place, kind), count in sorted(tally.items()))
    return Accepted(value, hashlib.sha256(data).hexdigest(), cleaned)


def accept_text(data: bytes) -> tuple[Accepted, str]:
    """A text in UTF-8, or in UTF-16 with its mark: the value is empty. Raises PayloadRefused."""
    if len(data) > MAX_BYTES:
        raise PayloadRefused(Unfit.TOO_LARGE, f"{len(data):,} bytes", "Send at most 50 MB.")
    tally: Counter[tuple[str, str]] = Counter()
    if data.startswith(_UTF16):
        text = data.decode("utf-16", errors="replace")
    else:
        text = _text(data, tally)
    if text.count("\x00") + tally["", "bytes"] > len(text) // _FEW:
        seen = "a file that is no text"
        raise PayloadRefused(Unfit.NOT_TEXT, seen, "Send a transcript as JSON or as text in UTF-8.")
    cleaned = tuple(Cleaned(place, kind, count) for (place, kind), count in tally.items())
    return Accepted({}, hashlib.sha256(data).hexdigest(), cleaned), text


def _is_flood(data: bytes) -> bool:
    return data.count(b"{") + data.count(b"[") > MAX_OBJECTS or data.count(b",") > MAX_VALUES


def _kind_of_values(depth: int) -> Any:
    """The type of a value with nothing to refuse, at most `depth` levels of objects and lists."""
    limits = msgspec.Meta(gt=-_PLAIN_NUMBER, lt=_PLAIN_NUMBER)
    kinds = None | bool | str | Annotated[int, limits] | Annotated[float, limits]
    if depth == 0:
        return kinds
    inner = _kind_of_values(depth - 1)
    return kinds | GenericAlias(dict, (str, inner)) | GenericAlias(list, (inner,))


_PLAIN = msgspec.json.Decoder(GenericAlias(dict, (str, _kind_of_values(_PLAIN_DEPTH))))


def _plain(data: bytes) -> dict[str, Any] | None:
    """The object of a document with nothing to mend or to refuse but its sizes; None: look closely.

    A fifth of the exact way's time: the decoder itself sees to numbers and nesting.
    """
    has_escapes = b"\\" in data
    if has_escapes and _TELLING_ESCAPE.search(data):
        return None
    try:
        value: dict[str, Any] = _PLAIN.decode(data)
        written = msgspec.json.encode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # Of a doubled key the last is kept: then colons are missing where it is written again, and
    # where a number had an exponent, an e is.
    given = _ESCAPED.sub(b"", data) if has_escapes else data
    return value if _marks(written) == _marks(given) else None


def _marks(data: bytes) -> bytes:
    return data.translate(None, _ALL_BUT_MARKS)


def _is_short(value: dict[str, Any]) -> bool:
    """Whether all texts together would fit into one utterance: then no size can be too large."""
    words, utterances = _rows(value, "words"), _rows(value, "utterances")
    spoken = [word for row in utterances for word in list_of(row.get("words"))]
    texts = (texts_of(rows) for rows in ([value], words, utterances, spoken))
    is_short = sum(map(_length, texts)) <= MAX_UTTERANCE_CHARACTERS
    return is_short and len(words) + len(spoken) <= MAX_WORDS


def _mended(data: bytes, tally: Counter[tuple[str, str]]) -> dict[str, Any]:
    """The exact way: every number, key and character looked at, and mended or refused."""
    text = _text(data, tally)
    # Ten times as fast as a pattern; a false hit in a text costs only time.
    value = _parsed(text, tally, has_long_digits=_LONG_DIGITS in data.translate(_FOLDED))
    _check_depth(value)
    if not isinstance(value, dict):
        raise PayloadRefused(Unfit.NOT_AN_OBJECT, "JSON without an object", "Send one object.")
    cleaned: dict[str, Any] = _clean(value, "", tally) if _ESCAPES.search(text) else value
    return cleaned


def _text(data: bytes, tally: Counter[tuple[str, str]]) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
    tally["", "bytes"] = text.count("\ufffd")
    return text


def _parsed(text: str, tally: Counter[tuple[str, str]], *, has_long_digits: bool) -> object:
    def not_a_number(name: str) -> None:
        del name
        tally["", "not_a_number"] += 1

    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=not_a_number,
            parse_int=_whole if has_long_digits else int,
            parse_float=_fraction,
        )
    except json.JSONDecodeError as error:
        seen = f"no JSON from character {error.pos:,} of {len(text):,}"
        remedy = "Send it whole, as JSON in UTF-8."
        raise PayloadRefused(Unfit.NOT_JSON, seen, remedy, line=error.lineno) from None
    except RecursionError:
        # The parser's own ceiling is far above ours and depends on who calls.
        raise _too_deep() from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise PayloadRefused(
            Unfit.DOUBLE_KEY, "an object with the same key twice", "Send every key once."
        )
    return value


def _whole(text: str) -> int:
    if len(text) > _MAX_NUMBER_DIGITS:
        raise _huge()
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if not -_LARGEST < value < _LARGEST:
        raise _huge()
    return value


def _huge() -> PayloadRefused:
    seen = f"a number beyond {_MAX_NUMBER_DIGITS} digits"
    return PayloadRefused(Unfit.HUGE_NUMBER, seen, "Send times in ms and shares from 0 to 1.")


def _too_deep() -> PayloadRefused:
    seen = f"nesting beyond {MAX_DEPTH} levels"
    return PayloadRefused(Unfit.TOO_DEEP, seen, "Send a transcript, not a nested document.")


def _check_depth(value: object) -> None:
    # Level by level, so that depth costs no stack here. The parser makes only exact types.
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for holder in level:
            items = holder.values() if type(holder) is dict else holder
            # Most holders are words, with nothing in them: no Python code runs for their values.
            if not _HOLDERS.isdisjoint(map(type, items)):
                inner += (item for item in items if type(item) in _HOLDERS)
        level = inner
    if level:
        raise _too_deep()


def _clean(value: Any, place: str, tally: Counter[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        return _clean_text(value, place, tally)
    if isinstance(value, list):
        return [_clean(item, f"{place}[]", tally) for item in value]
    if isinstance(value, dict):
        return {
            _clean_text(key, place, tally): _clean(item, f"{place}.{key}".lstrip("."), tally)
            for key, item in value.items()
        }
    return value


def _clean_text(text: str, place: str, tally: Counter[tuple[str, str]]) -> str:
    found = _UNFIT.findall(text)
    if not found:
        return text
    place = _UNFIT.sub("", place)
    for character in found:
        tally[place, "nul" if character == "\x00" else "surrogate"] += 1
    return _UNFIT.sub("\ufffd", text.replace("\x00", ""))


def _check_sizes(value: dict[str, Any]) -> None:
    words, utterances = _rows(value, "words"), _rows(value, "utterances")
    spoken = [_rows(utterance, "words") for utterance in utterances]
    count = max(len(words), sum(map(len, spoken)))
    if count > MAX_WORDS:
        seen = f"{count:,} words"
        raise PayloadRefused(Unfit.TOO_MANY_WORDS, seen, f"Send at most {MAX_WORDS:,} words.")
    texts = [*texts_of(words), *texts_of(utterances)]
    if not words and not utterances:
        # A bare text becomes sentences; only the longest of them counts.
        texts = [part for text in texts_of([value]) for part in _SENTENCE_END.split(text)]
    longest = max(chain(map(len, texts), map(_length, map(texts_of, spoken))), default=0)
    if longest > MAX_UTTERANCE_CHARACTERS:
        seen = f"an utterance of {longest:,} characters"
        remedy = f"Send at most {MAX_UTTERANCE_CHARACTERS:,} characters in one."
        raise PayloadRefused(Unfit.UTTERANCE_TOO_LONG, seen, remedy)


def _rows(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [row for row in list_of(holder.get(key)) if type(row) is dict]


def _length(words: list[str]) -> int:
    """Characters, with a blank behind each word."""
    return sum(map(len, words)) + len(words)
