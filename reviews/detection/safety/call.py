"""Abuse and harm in a call, found by our own rules."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reviews.detection.safety import abuse, harm, mentions
from reviews.detection.safety.context import Stretch, idioms, is_after, is_own, is_voided
from reviews.detection.safety.pattern import Index, Search
from reviews.detection.safety.reading import SPELLED, is_disguised, read, spelled
from reviews.detection.safety.rule import Rule
from reviews.detection.safety.span import Category, SafetySpan
from reviews.detection.transcript import Transcript

VERSION = "1"
"""Of what is found; rises when the same call would give other spans."""
RULES: tuple[Rule, ...] = (*abuse.RULES, *harm.RULES, *mentions.RULES)
_SEARCHES = Index((rule, search) for rule in RULES for search in rule.searches)
FLOOR = 0.5


def reads(language: str | None) -> bool:
    """True for English, the rules' language, and where the language is not known."""
    return language is None or re.split("[_-]", language.lower())[0] == "en"


@dataclass(frozen=True, slots=True)
class _Line:
    """An utterance as letters; letter i stands for words first[i] to last[i]."""

    utterance: int
    text: str
    first: Sequence[int]
    last: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Hit:
    """Letters `start` to `end` (exclusive) of a line."""

    rule: Rule
    search: Search
    start: int
    end: int


def find_in_call(transcript: Transcript, *, floor: float = FLOOR) -> tuple[SafetySpan, ...]:
    """Every span in the call, in order; spans of different categories may overlap.

    `floor` 0..1: a span is unsure where a word that it rests on was heard with less confidence.
    """
    letters = list(map(read, transcript.words))
    found: list[SafetySpan] = []
    for utterance, (low, high) in enumerate(pairwise(transcript.bounds)):
        said = letters[low:high]
        text = "".join(said)
        if SPELLED.search(text) or next(_hits(text), None):
            line = _line(utterance, transcript.words[low:high], said)
            found += apart(_in_line(line, transcript, floor))
    return tuple(found)


def _line(utterance: int, words: Sequence[str], letters: list[str]) -> _Line:
    last = list(range(len(words)))
    if SPELLED.search("".join(letters)):
        letters = letters.copy()
        for begin, end, meant in spelled(words):
            letters[begin : end + 1] = [meant] + [""] * (end - begin)
            last[begin] = end
    places = [at for at, each in enumerate(letters) for _ in each]
    return _Line(utterance, "".join(letters), places, [last[at] for at in places])


def _in_line(line: _Line, transcript: Transcript, floor: float) -> Iterator[SafetySpan]:
    harmless: list[Stretch] | None = None
    for hit in _hits(line.text):
        if harmless is None:
            harmless = idioms(line.text)
        stretch = hit.start, hit.end
        if not is_voided(line.text, stretch, hit.search.needs, hit.rule.void, harmless):
            yield _span(line, hit, transcript, floor)


def _hits(text: str) -> Iterator[_Hit]:
    """What the rules find, whatever stands around it."""
    for rule, search in _SEARCHES.asked(text):
        if rule.after is not None and rule.after.needs.isdisjoint(text):
            continue
        for hit in search.pattern.finditer(text):
            if is_after(text, hit.start(), rule):
                yield _Hit(rule, search, *hit.span())


def _span(line: _Line, hit: _Hit, transcript: Transcript, floor: float) -> SafetySpan:
    rule, low = hit.rule, transcript.bounds[line.utterance]
    first, last = line.first[hit.start], line.last[hit.end - 1]
    is_hidden = any(map(is_disguised, transcript.words[low + first : low + last + 1]))
    is_unsure = (
        (rule.is_doubtful and not is_hidden)
        or (rule.category is Category.SLUR and is_own(line.text, hit.start))
        or _is_heard_badly(line, hit, transcript, floor)
    )
    return SafetySpan(
        category=rule.category,
        score=rule.score,
        utterance=line.utterance,
        first_word=first,
        last_word=last,
        is_unsure=is_unsure,
        aim=rule.aim,
        reason=rule.reason,
        is_disguised=is_hidden or _is_spelled(line, hit),
    )


def _is_heard_badly(line: _Line, hit: _Hit, transcript: Transcript, floor: float) -> bool:
    """A word that the rule rests on is below the floor; a missing confidence is none to doubt."""
    low = transcript.bounds[line.utterance]
    confidences = (
        transcript.confidence[low + word]
        for at in range(hit.start, hit.end)
        if line.text[at] in hit.search.needs
        for word in range(line.first[at], line.last[at] + 1)
    )
    return any(each is not None and each < floor for each in confidences)


def _is_spelled(line: _Line, hit: _Hit) -> bool:
    return any(line.first[at] < line.last[at] for at in range(hit.start, hit.end))


def apart(spans: Iterable[SafetySpan]) -> list[SafetySpan]:
    """In order; where two of a category overlap, the sure, then the better scored and longer."""
    taken: set[tuple[Category, int]] = set()
    kept: list[SafetySpan] = []
    for span in sorted(spans, key=_worth):
        words = {(span.category, at) for at in range(span.first_word, span.last_word + 1)}
        if taken.isdisjoint(words):
            taken |= words
            kept.append(span)
    return sorted(kept, key=lambda each: (each.first_word, each.last_word, each.category))


def _worth(span: SafetySpan) -> tuple[bool, float, int, int]:
    return span.is_unsure, -span.score, span.first_word - span.last_word, span.first_word
