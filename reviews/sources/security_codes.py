"""Card security codes and PINs are masked in every text of a payload before anything is written.

They may not be kept after a payment is authorised, not even encrypted. A code said in one turn
and asked for in another is found because neighbouring texts are read as one. A vendor repeats the
same words in many places, so whatever lies at the time of a masked word is masked as well. What
the vendor itself calls a code is one, whatever was said around it.

Every mask is as long as the next: of spoken digits the lengths alone would tell a code.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import Any, TypeVar

from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS
from reviews.detection.pii import security_codes

_UNREDACTED = ("unredacted_text", "unredacted_words", "unredacted_utterances")
_TEXT_KEYS = ("text", "gist", "headline", "summary")
_WORD_KEYS = frozenset(("text", "start", "end", "confidence", "speaker", "channel"))
_HOLDERS = frozenset((dict, list))
_SHORTEST = 7  # a code of three digits and the shortest word that makes it one
_NUMBER_WORDS = "|".join(sorted({*SMALL, *TENS, *SCALES, *DIGITS, *REPEATS}))
_WORD = re.compile(r"\w+")
_DIGIT_PATTERNS = {
    digit: f"(?:{'|'.join([digit, *(word for word in DIGITS if DIGITS[word] == digit)])})"
    for digit in "0123456789"
}
_NUMBER = re.compile(rf"\d+|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_SAID = re.compile(r"(?<!\S)\S*\w")
"""A word without the marks that end it."""
_MASK = "###"
_CODES = frozenset(("credit_card_cvv",))
_CODES_OF_NUMBERS = frozenset(("password", "pin"))
"""Entities that may be words as well; those are no PIN."""
_FEWEST_DIGITS = 3
"""Of a code that is masked wherever it is said; fewer digits are anything."""
_MOST_CODES = 50
_LONGEST_CODE = 100
"""Characters."""

_N = TypeVar("_N", int, float)
Spans = tuple[tuple[int, int], ...]
Stretch = tuple[float, float]
Times = set[Stretch]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out; `place` is a path without indexes, as `utterances[].words[].text`."""

    place: str
    kind: str
    """`security_code` and `security_code_time` (by its time) masked; `unredacted` dropped."""
    count: int


@dataclass(frozen=True, slots=True)
class _Track:
    """Texts that are read as one, each at its holder's key."""

    place: str
    cells: tuple[tuple[Any, Any], ...]

    @property
    def text(self) -> str:
        return " ".join([holder[key] for holder, key in self.cells])

    @property
    def is_said(self) -> bool:
        """False for ids, addresses and times: digits in them are no code."""
        return len(self.cells) != 1 or self.cells[0][1] in _TEXT_KEYS or " " in self.text


Read = Callable[[_Track], Spans]


def remove_security_codes(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[Removed, ...]]:
    """`value` without card security codes, and what was removed. The argument is not changed."""
    tally: Counter[tuple[str, str]] = Counter()
    tally.update((key, "unredacted") for key in _UNREDACTED if value.get(key))
    kept = {key: item for key, item in value.items() if key not in _UNREDACTED}
    named = _named_codes(kept)
    read = _reader(_pattern(named))
    if named or any(read(track) for track in _tracks(kept, "")):
        kept = _copied(kept)
        _mask(kept, tally, read)
    removed = tuple(Removed(place, kind, count) for (place, kind), count in sorted(tally.items()))
    return kept, removed


def _copied(value: Any) -> Any:
    """A copy of every object and list: `copy.deepcopy` takes three times as long."""
    copy = value.copy()
    # Most objects are words, with nothing in them to copy: no Python code runs for their values.
    if not _HOLDERS.isdisjoint(map(type, value.values() if type(value) is dict else value)):
        for key, item in value.items() if type(value) is dict else enumerate(value):
            if type(item) in _HOLDERS:
                copy[key] = _copied(item)
    return copy


def _named_codes(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities that the vendor calls a code and that still have numbers in them."""
    return [row for row in _list(value.get("entities")) if isinstance(row, dict) and _is_code(row)]


def _is_code(entity: dict[str, Any]) -> bool:
    kind, text = entity.get("entity_type"), entity.get("text")
    if not isinstance(kind, str) or not isinstance(text, str) or not _NUMBER.search(text):
        return False
    is_number = not _WORD.search(_NUMBER.sub("", text))
    return kind.lower() in _CODES or (kind.lower() in _CODES_OF_NUMBERS and is_number)


def _pattern(named: list[dict[str, Any]]) -> re.Pattern[str] | None:
    """Finds the codes the vendor named, in figures or in words, together or apart."""
    short = {entity["text"] for entity in named if len(entity["text"]) <= _LONGEST_CODE}
    texts = {one for text in short if (one := _alternative(_WORD.findall(text)))}
    if len(texts) > _MOST_CODES:
        return _NUMBER  # so many would be looked for in vain time; no number is sure then
    return re.compile(rf"\b(?:{'|'.join(sorted(texts))})\b", re.IGNORECASE) if texts else None


def _alternative(words: list[str]) -> str | None:
    """The pattern of one code; None where it has too few digits to be told from other numbers."""
    digits = "".join(DIGITS.get(word.lower(), word) for word in words)
    if not digits.isascii() or not digits.isdigit():
        return r"\W+".join(map(re.escape, words)) if len(words) > 1 else None
    if len(digits) < _FEWEST_DIGITS:
        return None
    return r"\W*".join(_DIGIT_PATTERNS[digit] for digit in digits)


def _reader(pattern: re.Pattern[str] | None) -> Read:
    """The detector, remembering one payload: words, utterances and text say the same thrice."""
    known: dict[str, Spans] = {}

    def read(track: _Track) -> Spans:
        text = track.text
        if text not in known:
            known[text] = security_codes(text)
        if pattern is None or not track.is_said:
            return known[text]
        return tuple(_merged([*known[text], *(one.span() for one in pattern.finditer(text))]))

    return read


def _merged(stretches: Iterable[tuple[_N, _N]]) -> list[tuple[_N, _N]]:
    """In order, those that overlap made one."""
    merged: list[tuple[_N, _N]] = []
    for begin, end in sorted(stretches):
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _tracks(value: Any, place: str, known: tuple[str, ...] = ()) -> Iterator[_Track]:
    if isinstance(value, list):
        yield from _list_tracks(value, f"{place}[]")
        return
    for key, item in value.items():
        if key in known:
            continue
        if isinstance(item, (dict, list)):
            yield from _tracks(item, _path(place, key))
        elif isinstance(item, str) and (len(item) >= _SHORTEST or key in _TEXT_KEYS):
            yield _Track(_path(place, key), ((value, key),))


def _path(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _list_tracks(rows: list[Any], place: str) -> Iterator[_Track]:
    yield _Track(place, tuple((rows, at) for at, row in enumerate(rows) if isinstance(row, str)))
    yield _Track(f"{place}.text", _text_cells(rows))
    # The question stands in one turn and the answer in the next: their words are one track.
    words = [word for row in rows if isinstance(row, dict) for word in _list(row.get("words"))]
    yield _Track(f"{place}.words[].text", _text_cells(words))
    for row in rows:
        # Most rows are words, with nothing more to read: no walk for them.
        if isinstance(row, list) or (isinstance(row, dict) and not row.keys() <= _WORD_KEYS):
            yield from _tracks(row, place, ("text", "words"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text_cells(rows: list[Any]) -> tuple[tuple[Any, Any], ...]:
    said = [row for row in rows if type(row) is dict and type(row.get("text")) is str]
    return tuple(zip(said, repeat("text")))


def _mask(payload: dict[str, Any], tally: Counter[tuple[str, str]], read: Read) -> None:
    """Mask by what is read, then by what lies at the same time, then texts by their own words."""
    holders = tuple(_holders(payload, ""))
    joined = [(place, holder) for place, holder in holders if _list(holder.get("words"))]
    same = [_word_text(holder) == holder.get("text") for _, holder in joined]
    times: Times = set()
    for entity in _named_codes(payload):
        times.update(_times(entity))
        _mask_numbers(entity, "entities[]", tally)
    _mask_words(holders, tally, times)
    for track in tuple(_tracks(payload, "")):
        _mask_track(track, read, tally, times)
    if times:
        _mask_by_time(holders, tally, times)
    for (place, holder), is_same in zip(joined, same, strict=True):
        _mask_joined(holder, place, tally, is_same=is_same)


def _mask_words(
    holders: tuple[tuple[str, dict[str, Any]], ...], tally: Counter[tuple[str, str]], times: Times
) -> None:
    """Mask the words within a code the vendor named, also those that were misheard (for, to)."""
    masked = _merged(times)
    for place, holder in holders if masked else ():
        text = holder.get("text")
        if isinstance(text, str) and holder.keys() <= _WORD_KEYS and _is_within(holder, masked):
            holder["text"] = _masked(text, 0, len(text))
            tally[_path(place, "text"), "security_code_time"] += 1


def _is_within(holder: dict[str, Any], masked: list[Stretch]) -> bool:
    return any(
        (at := bisect_right(masked, begin, key=_begin)) and end <= masked[at - 1][1]
        for begin, end in _times(holder)
    )


def _mask_by_time(
    holders: tuple[tuple[str, dict[str, Any]], ...],
    tally: Counter[tuple[str, str]],
    times: Times,
) -> None:
    masked = _merged(times)
    around = [(masked[0][0], masked[-1][1])]
    for place, holder in holders:
        # Most of a call lies far from all of them.
        is_near = _overlaps(holder, around) and not _list(holder.get("words"))
        if is_near and _overlaps(holder, masked):
            _mask_numbers(holder, place, tally)


def _mask_track(track: _Track, read: Read, tally: Counter[tuple[str, str]], times: Times) -> None:
    spans = read(track)
    if not spans:
        return
    tally[track.place, "security_code"] += len(spans)
    ends = tuple(accumulate([len(holder[key]) + 1 for holder, key in track.cells]))
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    for (holder, key), end in zip(track.cells, ends, strict=True):
        begin = end - len(holder[key]) - 1
        if end <= first or begin >= last:
            continue
        inside = [(max(a, begin), min(b, end - 1)) for a, b in spans if a < end - 1 and b > begin]
        for a, b in reversed(inside):  # the last first: a mask moves what is behind it
            holder[key] = _masked(holder[key], a - begin, b - begin)
        # Only a word's time is narrow enough: a sentence's would mask every number near it.
        if inside and track.place.endswith("words[].text"):
            times.update(_times(holder))


def _masked(text: str, begin: int, end: int) -> str:
    return text[:begin] + _SAID.sub(_MASK, text[begin:end]) + text[end:]


def _holders(value: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the payload with its place."""
    if isinstance(value, list):
        for row in value:
            if isinstance(row, dict) and row.keys() <= _WORD_KEYS:
                yield f"{place}[]", row
            elif isinstance(row, (dict, list)):
                yield from _holders(row, f"{place}[]")
        return
    yield place, value
    if value.keys() <= _WORD_KEYS:
        return
    for key, item in value.items():
        if isinstance(item, (dict, list)):
            yield from _holders(item, _path(place, key))


def _overlaps(holder: dict[str, Any], masked: list[Stretch]) -> bool:
    return any(
        (at := bisect_left(masked, end, key=_begin)) and begin < masked[at - 1][1]
        for begin, end in _times(holder)
    )


def _begin(stretch: Stretch) -> float:
    return stretch[0]


def _times(holder: dict[str, Any]) -> list[tuple[float, float]]:
    """The stretches of the call an object speaks of, ms."""
    begin, end = holder.get("start"), holder.get("end")
    if type(begin) is int and type(end) is int and holder.keys() <= _WORD_KEYS:
        return [(begin, max(end, begin + 1))]
    stretches: list[Any] = [holder]
    if "timestamp" in holder or "timestamps" in holder:
        stretches += [holder.get("timestamp"), *_list(holder.get("timestamps"))]
    found = []
    for stretch in stretches:
        begin, end = _edges(stretch)
        if isinstance(begin, (int, float)) and isinstance(end, (int, float)):
            found.append((begin, max(end, begin + 1)))
    return found


def _edges(stretch: Any) -> tuple[Any, Any]:
    return (stretch.get("start"), stretch.get("end")) if isinstance(stretch, dict) else (None, None)


def _mask_numbers(holder: dict[str, Any], place: str, tally: Counter[tuple[str, str]]) -> None:
    for key in _TEXT_KEYS:
        text = holder.get(key)
        if isinstance(text, str) and (masked := _without_numbers(text)) != text:
            holder[key] = masked
            tally[_path(place, key), "security_code_time"] += 1


def _without_numbers(text: str) -> str:
    return _NUMBER.sub(_MASK, text)


def _word_text(holder: dict[str, Any]) -> str:
    return " ".join(row[key] for row, key in _text_cells(_list(holder.get("words"))))


def _mask_joined(
    holder: dict[str, Any], place: str, tally: Counter[tuple[str, str]], *, is_same: bool
) -> None:
    """A text over words that lost a code loses it too, even where it alone gives no context."""
    text = holder.get("text")
    words = _word_text(holder)
    if not isinstance(text, str) or text.count("#") >= words.count("#"):
        return
    # Where the text is not its words put together, no position is sure: every number goes.
    holder["text"] = words if is_same else _without_numbers(text)
    tally[_path(place, "text"), "security_code"] += 1
