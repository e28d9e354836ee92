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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, count
from operator import add
from typing import Any, TypeVar

from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS
from reviews.detection.pii import security_codes
from reviews.sources.rows import WORD_KEYS, are_words, list_of, texts_of, with_text

_UNREDACTED = ("unredacted_text", "unredacted_words", "unredacted_utterances")
_TEXT_KEYS = ("text", "gist", "headline", "summary")
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
    """Texts that are read as one; `cells` gives holder and key of those from one to another."""

    place: str
    texts: list[str]
    cells: Callable[[int, int], list[tuple[Any, Any]]]

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def is_said(self) -> bool:
        """False for ids, addresses and times: digits in them are no code."""
        return len(self.texts) != 1 or self.cells(0, 1)[0][1] in _TEXT_KEYS or " " in self.text


Read = Callable[[_Track], Spans]
Groups = Sequence[tuple[str, list[dict[str, Any]]]]
"""Objects with their place: words together, every other alone."""


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
    """A copy of every object and list that may be masked; in a word that is its text alone."""
    if type(value) is list and are_words(value):
        return [word.copy() for word in value]
    copy = value.copy()
    for key, item in value.items() if type(value) is dict else enumerate(value):
        if type(item) in _HOLDERS:
            copy[key] = _copied(item)
    return copy


def _named_codes(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities that the vendor calls a code and that still have numbers in them."""
    entities = list_of(value.get("entities"))
    return [row for row in entities if isinstance(row, dict) and _is_code(row)]


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
            yield _Track(_path(place, key), [item], partial(_cells, value, [key]))


def _path(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _list_tracks(rows: list[Any], place: str) -> Iterator[_Track]:
    yield _text_track(f"{place}.text", rows)
    if are_words(rows):
        return
    keys = [at for at, row in enumerate(rows) if isinstance(row, str)]
    yield _Track(place, [rows[at] for at in keys], partial(_cells, rows, keys))
    # The question stands in one turn and the answer in the next: their words are one track.
    holders = [row for row in rows if isinstance(row, dict)]
    words = [word for holder in holders for word in list_of(holder.get("words"))]
    yield _text_track(f"{place}.words[].text", words)
    for row in rows:
        if isinstance(row, list) or (isinstance(row, dict) and not row.keys() <= WORD_KEYS):
            yield from _tracks(row, place, ("text", "words"))


def _cells(holder: Any, keys: list[Any], first: int, end: int) -> list[tuple[Any, Any]]:
    return [(holder, key) for key in keys[first:end]]


def _text_track(place: str, rows: list[Any]) -> _Track:
    def cells(first: int, end: int) -> list[tuple[Any, Any]]:
        return [(row, "text") for row in with_text(rows)[first:end]]

    return _Track(place, texts_of(rows), cells)


def _mask(payload: dict[str, Any], tally: Counter[tuple[str, str]], read: Read) -> None:
    """Mask by what is read, then by what lies at the same time, then texts by their own words."""
    groups = tuple(_groups(payload, ""))
    joined = [(place, rows[0]) for place, rows in groups if list_of(rows[0].get("words"))]
    same = [_word_text(holder) == holder.get("text") for _, holder in joined]
    times: Times = set()
    for entity in _named_codes(payload):
        times.update(_times(entity))
        _mask_numbers(entity, "entities[]", tally)
    _mask_words(groups, tally, times)
    for track in tuple(_tracks(payload, "")):
        _mask_track(track, read, tally, times)
    if times:
        _mask_by_time(groups, tally, times)
    for (place, holder), is_same in zip(joined, same, strict=True):
        _mask_joined(holder, place, tally, is_same=is_same)


def _mask_words(groups: Groups, tally: Counter[tuple[str, str]], times: Times) -> None:
    """Mask the words within a code the vendor named, also those that were misheard (for, to)."""
    masked = _merged(times)
    for place, rows in groups if masked else ():
        for row in rows:
            text = row.get("text")
            if isinstance(text, str) and row.keys() <= WORD_KEYS and _is_within(row, masked):
                row["text"] = _masked(text, 0, len(text))
                tally[_path(place, "text"), "security_code_time"] += 1


def _is_within(holder: dict[str, Any], masked: list[Stretch]) -> bool:
    return any(
        (at := bisect_right(masked, begin, key=_begin)) and end <= masked[at - 1][1]
        for begin, end in _times(holder)
    )


def _mask_by_time(groups: Groups, tally: Counter[tuple[str, str]], times: Times) -> None:
    masked = _merged(times)
    first, last = masked[0][0], masked[-1][1]
    for place, rows in groups:
        # Most of a call lies far from all of them.
        for row in _near(rows, first, last) if len(rows) > 1 else rows:
            if not list_of(row.get("words")) and _overlaps(row, masked):
                _mask_numbers(row, place, tally)


def _near(words: list[dict[str, Any]], first: float, last: float) -> list[dict[str, Any]]:
    """Those that may lie between `first` and `last` (ms): without a function call for each."""
    return [
        word
        for word in words
        if type(begin := word.get("start")) is not int
        or type(end := word.get("end")) is not int
        or (begin < last and (begin + 1 > first or end > first))
    ]


def _mask_track(track: _Track, read: Read, tally: Counter[tuple[str, str]], times: Times) -> None:
    spans = read(track)
    if not spans:
        return
    tally[track.place, "security_code"] += len(spans)
    ends = list(map(add, accumulate(map(len, track.texts)), count(1)))  # with a blank behind each
    low = bisect_right(ends, min(a for a, _ in spans))
    high = bisect_left(ends, max(b for _, b in spans)) + 1
    for (holder, key), end in zip(track.cells(low, high), ends[low:high], strict=True):
        begin = end - len(holder[key]) - 1
        inside = [(max(a, begin), min(b, end - 1)) for a, b in spans if a < end - 1 and b > begin]
        for a, b in reversed(inside):  # the last first: a mask moves what is behind it
            holder[key] = _masked(holder[key], a - begin, b - begin)
        # Only a word's time is narrow enough: a sentence's would mask every number near it.
        if inside and track.place.endswith("words[].text"):
            times.update(_times(holder))


def _masked(text: str, begin: int, end: int) -> str:
    return text[:begin] + _SAID.sub(_MASK, text[begin:end]) + text[end:]


def _groups(value: Any, place: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every object of the payload with its place."""
    if isinstance(value, dict):
        yield place, [value]
        inner = () if value.keys() <= WORD_KEYS else value.items()
        for key, item in inner:
            if isinstance(item, (dict, list)):
                yield from _groups(item, _path(place, key))
    elif not are_words(value):
        for row in value:
            if isinstance(row, (dict, list)):
                yield from _groups(row, f"{place}[]")
    elif value:
        yield f"{place}[]", value


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
    if type(begin) is int and type(end) is int and holder.keys() <= WORD_KEYS:
        return [(begin, max(end, begin + 1))]
    stretches: list[Any] = [holder]
    if "timestamp" in holder or "timestamps" in holder:
        stretches += [holder.get("timestamp"), *list_of(holder.get("timestamps"))]
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
    return " ".join(texts_of(list_of(holder.get("words"))))


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
