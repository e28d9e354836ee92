"""The token axis: a call, or a query's text, as folded tokens with the map back to its words."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, compress, count, islice
from operator import eq
from typing import TypeVar

from reviews.detection.folding import (
    MASK,
    PLAIN,
    REMEMBERED,
    UNITS,
    Folded,
    Kind,
    fold_word,
    is_number,
)
from reviews.detection.numbers import JOINERS, read_run, times
from reviews.detection.numerals import SCALES
from reviews.detection.transcript import Transcript

Speaker = tuple[str | None, str | None]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Axis:
    """Tokens as spoken, turn by turn; token t covers words first[t]..last[t] of the transcript.

    Fillers and all but the last of a repetition are on it, but take no position: `kept` lists
    the tokens that have one.
    """

    tokens: list[str]
    first: list[int]
    last: list[int]
    turns: list[int]
    kept: list[int]
    placed: list[str]
    """The tokens of `kept`."""
    breaks: list[int]
    """Counts of tokens at which a sentence or a turn ended, ascending."""
    has_turns: bool
    """False where the call has no speaker labels: then the whole call is one run."""

    @cached_property
    def positions(self) -> list[int]:
        """positions[t]: how many tokens before t have a position; one more entry than tokens."""
        counts = [0] * (len(self.tokens) + 1)
        for token in self.kept:
            counts[token + 1] = 1
        return list(accumulate(counts))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Token to its places in `placed`, ascending."""
        return places_of(self.placed)

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.tokens)


@dataclass
class _Writer:
    """Collects tokens; words that may be part of a number wait in `run` until it ends."""

    has_fillers: bool
    tokens: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    fillers: set[int] = field(default_factory=set)
    breaks: list[int] = field(default_factory=list)
    """Token counts at which a sentence or turn ended, ascending."""
    run: list[tuple[str, int]] = field(default_factory=list)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    """Fillers met inside a run; they follow it."""

    def put(self, token: str, first: int, last: int) -> None:
        self.tokens.append(token)
        self.first.append(first)
        self.last.append(last)

    def word(self, raw: str, at: int) -> None:
        """Any word, and the end of the sentence where it ends one."""
        folded = REMEMBERED.get(raw) or fold_word(raw)
        tokens, kind, ends = folded
        if kind is _PLAIN and not self.run:
            self.put(tokens[0], at, at)
        else:
            self._special(raw, at, folded)
        if ends:
            self.end_sentence()

    def _special(self, raw: str, at: int, folded: Folded) -> None:
        """A word that is not plain, and every word while a number is open."""
        tokens, kind, _ = folded
        if kind is Kind.NUMERIC:
            self._numeric(tokens, at)
        elif kind is Kind.FILLER and self.has_fillers and not self._is_name(raw):
            self._filler(tokens, at)
        elif self.run and len(tokens) == 1 and tokens[0] in JOINERS:
            self.run.append((tokens[0], at))
        else:
            self.flush()
            for token in tokens:
                self._unit(token, at)

    def end_sentence(self) -> None:
        if self.run:
            self.flush()
        self.breaks.append(len(self.tokens))

    def flush(self) -> None:
        """Write the open run as numbers and words, then the fillers met in it."""
        if not self.run:
            return
        run = self.run.copy()
        self.run.clear()
        for read in read_run([token for token, _ in run]):
            self.put(read.token, run[read.first][1], run[read.last][1])
        waiting, self.waiting = self.waiting, []
        for token, at in waiting:
            self._put_filler(token, at)

    def _is_name(self, raw: str) -> bool:
        """`ER` inside a sentence is a word, not a hesitation."""
        letters = [char for char in raw if char.isalpha()]
        begins = (self.breaks[-1] if self.breaks else 0) == len(self.tokens) and not self.run
        return len(letters) > 1 and raw.isupper() and not begins

    def _filler(self, tokens: Iterable[str], at: int) -> None:
        for token in tokens:
            if self.run:
                self.waiting.append((token, at))
            else:
                self._put_filler(token, at)

    def _put_filler(self, token: str, at: int) -> None:
        self.fillers.add(len(self.tokens))
        self.put(token, at, at)

    def _numeric(self, tokens: tuple[str, ...], at: int) -> None:
        for token in tokens:
            if token in SCALES and not self.run and self._takes_scale(token, at):
                continue
            if token == _PERCENT or token in _CURRENCY_UNITS:
                self.flush()
                self.put(token, at, at)
                continue
            self.run.append((token, at))

    def _takes_scale(self, scale: str, at: int) -> bool:
        """`$35 million` multiplies the number before its unit; `a million` begins with the `a`."""
        if self._is_fresh() or not self.tokens:
            return False
        if self.tokens[-1] == "a":
            self.run.append((self.tokens.pop(), self.first.pop()))
            self.last.pop()
            return False
        if not self._is_written_money(at):
            return False
        self.tokens[-2] = times(self.tokens[-2], scale)
        self.last[-2] = self.last[-1] = at
        return True

    def _is_written_money(self, at: int) -> bool:
        return (
            len(self.tokens) > 1
            and self.tokens[-1] in _CURRENCY_UNITS
            and is_number(self.tokens[-2])
            and self.first[-1] == self.first[-2]
            and self.last[-1] == at - 1
        )

    def _is_fresh(self) -> bool:
        return bool(self.breaks) and self.breaks[-1] == len(self.tokens)

    def _unit(self, token: str, at: int) -> None:
        """`bucks` after a number is `dollars`, `per cent` is `percent`."""
        if token == _CENT and self.tokens[-1:] == ["per"] and self._is_number_at(-2):
            self.tokens[-1], self.last[-1] = _PERCENT, at
        elif token in UNITS and self._is_number_at(-1):
            self.put(UNITS[token], at, at)
        else:
            self.put(token, at, at)

    def _is_number_at(self, back: int) -> bool:
        return not self._is_fresh() and len(self.tokens) >= -back and is_number(self.tokens[back])


_PLAIN = Kind.PLAIN  # asked of every word: to look it up in its class costs more than to compare
_CENT, _PERCENT = "cent", "percent"
_CURRENCY_UNITS = frozenset({"dollars", "pounds", "euros"})


def read_axis(transcript: Transcript) -> Axis:
    """The axis of a call: its utterances by start time, one run of one speaker after the other."""
    writer = _Writer(has_fillers=_speaks_english(transcript.language))
    turns: list[int] = []
    current: Speaker | None = None
    turn = 0
    speakers = list(zip(transcript.speakers, transcript.channels, strict=True))
    for utterance in _ordered(transcript):
        low, high = transcript.bounds[utterance], transcript.bounds[utterance + 1]
        words = transcript.words[low:high]
        speaker = speakers[utterance]
        if speaker != current and _has_position(words):
            if current is not None:
                writer.end_sentence()
                turns.extend([turn] * (len(writer.tokens) - len(turns)))
                turn += 1
            current = speaker
        _write(writer, words, low)
    writer.flush()
    turns.extend([turn] * (len(writer.tokens) - len(turns)))
    has_turns = any(label is not None for label in (*transcript.speakers, *transcript.channels))
    return _axis(writer, turns, has_turns=has_turns)


def places_of(tokens: Sequence[str]) -> dict[str, list[int]]:
    """Token to its indexes, ascending."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, token in enumerate(tokens):
        places[token].append(at)
    return dict(places)


def fold_text(words: Sequence[str]) -> Axis:
    """The axis of a query's words: the same folding, one speaker, fillers as in English."""
    writer = _Writer(has_fillers=True)
    _write(writer, words, 0)
    writer.flush()
    return _axis(writer, [0] * len(writer.tokens), has_turns=False)


def _write(writer: _Writer, words: Sequence[str], offset: int) -> None:
    # The one loop over every word of every call: locals and no call for a plain word.
    plain, run = PLAIN.get, writer.run
    add_token, add_first, add_last = writer.tokens.append, writer.first.append, writer.last.append
    for at, raw in enumerate(words, offset):
        token = plain(raw)
        if token is None or run:
            writer.word(raw, at)
        else:
            add_token(token)
            add_first(at)
            add_last(at)


def _axis(writer: _Writer, turns: list[int], *, has_turns: bool) -> Axis:
    tokens, left_out = writer.tokens, writer.fillers
    kept, placed = _without(range(len(tokens)), left_out), _without(tokens, left_out)
    repeated = set(_repetitions(placed, kept, writer.breaks))
    if repeated:
        left_out = left_out | repeated
        kept, placed = _without(range(len(tokens)), left_out), _without(tokens, left_out)
    return Axis(tokens, writer.first, writer.last, turns, kept, placed, writer.breaks, has_turns)


def _without(items: Sequence[Item], left_out: Iterable[int]) -> list[Item]:
    """The items but for those at the few indexes that are left out, cut stretch by stretch."""
    others: list[Item] = []
    begin = 0
    for at in sorted(left_out):
        others.extend(items[begin:at])
        begin = at + 1
    others.extend(items[begin:])
    return others


def _repetitions(
    placed: Sequence[str], kept: Sequence[int], breaks: Sequence[int]
) -> Iterator[int]:
    """Tokens that are said again at once, in the same sentence; numbers and masks never count."""
    for at in compress(count(), map(eq, placed, islice(placed, 1, None))):
        if placed[at].startswith(MASK) or is_number(placed[at]):
            continue
        if bisect_right(breaks, kept[at]) == bisect_right(breaks, kept[at + 1]):
            yield kept[at]


def _ordered(transcript: Transcript) -> list[int]:
    """Utterances with words by start, channel, index; as given where times are missing."""
    spoken = [
        at
        for at in range(transcript.utterances)
        if transcript.bounds[at] < transcript.bounds[at + 1]
    ]
    starts = [transcript.start_ms[transcript.bounds[at]] for at in spoken]
    if min(starts, default=0) < 0:
        return spoken
    channels = [transcript.channels[at] or "" for at in spoken]
    return [at for _, _, at in sorted(zip(starts, channels, spoken, strict=True))]


def _has_position(words: Sequence[str]) -> bool:
    """Any word that takes one; never asked of no words."""
    if words[0] in PLAIN:
        return True
    for raw in words:
        folded = REMEMBERED.get(raw) or fold_word(raw)
        if folded[0] and folded[1] is not Kind.FILLER:
            return True
    return False


def _speaks_english(language: str | None) -> bool:
    return language is None or language.lower().startswith("en")
