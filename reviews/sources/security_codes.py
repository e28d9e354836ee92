"""Card security codes and PINs are masked in every text of a payload before anything is written.

They may not be kept after a payment is authorised, not even encrypted. A code said in one turn
and asked for in another is found because neighbouring texts are read as one. A vendor repeats the
same words in many places, so whatever lies at the time of a masked word is masked as well.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import Any

from reviews.detection.numerals import DIGITS, REPEATS, SCALES, SMALL, TENS
from reviews.detection.pii import security_codes

_UNREDACTED = ("unredacted_text", "unredacted_words", "unredacted_utterances")
_TEXT_KEYS = ("text", "gist", "headline", "summary")
_WORD_KEYS = frozenset(("text", "start", "end", "confidence", "speaker", "channel"))
_HOLDERS = frozenset((dict, list))
_SHORTEST = 7  # a code of three digits and the shortest word that makes it one
_NUMBER_WORDS = "|".join(sorted({*SMALL, *TENS, *SCALES, *DIGITS, *REPEATS}))
_NUMBER = re.compile(rf"\d+|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_SIGN = re.compile(r"\w")

Spans = tuple[tuple[int, int], ...]
Read = Callable[[str], Spans]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out; `place` is a path without indexes, as `utterances[].words[].text`."""

    place: str
    kind: str
    """`security_code` and `security_code_time` (by its time) masked by #; `unredacted` dropped."""
    count: int


@dataclass(frozen=True, slots=True)
class _Track:
    """Texts that are read as one, each at its holder's key."""

    place: str
    cells: tuple[tuple[Any, Any], ...]

    @property
    def text(self) -> str:
        return " ".join([holder[key] for holder, key in self.cells])


def remove_security_codes(value: dict[str, Any]) -> tuple[dict[str, Any], tuple[Removed, ...]]:
    """`value` without card security codes, and what was removed. The argument is not changed."""
    tally: Counter[tuple[str, str]] = Counter()
    tally.update((key, "unredacted") for key in _UNREDACTED if value.get(key))
    kept = {key: item for key, item in value.items() if key not in _UNREDACTED}
    read = _reader()
    if any(read(track.text) for track in _tracks(kept, "")):
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


def _reader() -> Read:
    """The detector, remembering one payload: words, utterances and text say the same thrice."""
    known: dict[str, Spans] = {}

    def read(text: str) -> Spans:
        if text not in known:
            known[text] = security_codes(text)
        return known[text]

    return read


def _tracks(value: Any, place: str, known: tuple[str, ...] = ()) -> Iterator[_Track]:
    if isinstance(value, list):
        yield from _list_tracks(value, f"{place}[]")
        return
    for key, item in value.items():
        if key in known:
            continue
        if isinstance(item, (dict, list)):
            yield from _tracks(item, _path(place, key))
        elif isinstance(item, str) and len(item) >= _SHORTEST:
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
    times: set[tuple[float, float]] = set()
    for track in tuple(_tracks(payload, "")):
        _mask_track(track, read, tally, times)
    if times:
        _mask_by_time(holders, tally, times)
    for (place, holder), is_same in zip(joined, same, strict=True):
        _mask_joined(holder, place, tally, is_same=is_same)


def _mask_by_time(
    holders: tuple[tuple[str, dict[str, Any]], ...],
    tally: Counter[tuple[str, str]],
    times: set[tuple[float, float]],
) -> None:
    around = {(min(begin for begin, _ in times), max(end for _, end in times))}
    for place, holder in holders:
        # Most of a call lies far from all of them.
        is_near = _overlaps(holder, around) and not _list(holder.get("words"))
        if is_near and _overlaps(holder, times):
            _mask_numbers(holder, place, tally)


def _mask_track(
    track: _Track, read: Read, tally: Counter[tuple[str, str]], times: set[tuple[float, float]]
) -> None:
    text = track.text
    spans = read(text)
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
        for a, b in inside:
            holder[key] = _hashed(holder[key], a - begin, b - begin)
        # Only a word's time is narrow enough: a sentence's would mask every number near it.
        if inside and track.place.endswith("words[].text"):
            times.update(_times(holder))


def _hashed(text: str, begin: int, end: int) -> str:
    return text[:begin] + _SIGN.sub("#", text[begin:end]) + text[end:]


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


def _overlaps(holder: dict[str, Any], times: set[tuple[float, float]]) -> bool:
    return any(
        begin < other_end and other_begin < end
        for begin, end in _times(holder)
        for other_begin, other_end in times
    )


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
    return _NUMBER.sub(lambda match: "#" * len(match.group()), text)


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
