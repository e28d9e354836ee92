"""The token axis: a call, or a query's text, as folded tokens with the map back to its words."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, compress, count, islice
from operator import eq
from typing import TypeVar

from reviews.detection.folding import (
    MASK,
    Folded,
    Kind,
    Memory,
    fold_word,
    is_blankless,
    is_number,
    memory_of,
)
from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.known import language_of
from reviews.detection.languages.language import Language
from reviews.detection.numbers import NumberReader
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
    has_turns: bool
    """False where the call has no speaker labels: then the whole call is one run."""
    breaks: Sequence[int]
    """Token counts at which a sentence or a turn ended, ascending; no value runs over one."""
    pauses: Sequence[int]
    """Likewise, those at which two written groups of digits stand 2 s or more apart."""
    language: Language
    asides: Mapping[int, Speaker]
    """Tokens of utterances of fillers alone within another one's turn, and who said them."""

    @property
    def reads_numbers(self) -> bool:
        """False where numbers are not read: no number or slot of one can be asked for."""
        return self.language.numerals is not None

    @cached_property
    def positions(self) -> list[int]:
        """positions[t]: how many tokens before t have a position; one more entry than tokens."""
        counts = [0] * (len(self.tokens) + 1)
        for token in self.kept:
            counts[token + 1] = 1
        return list(accumulate(counts))

    @cached_property
    def own_turns(self) -> Sequence[int]:
        """The turn of each token; what is uttered aside is in none."""
        if not self.asides:
            return self.turns
        return [NO_TURN if at in self.asides else turn for at, turn in enumerate(self.turns)]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Token to its places in `placed`, ascending."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.placed):
            places[token].append(at)
        return dict(places)

    @cached_property
    def distinct_characters(self) -> frozenset[str]:
        return frozenset("".join(self.distinct))

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.tokens)


NO_TURN = -2
"""Neither a turn nor the one before the first."""
_NOBODY: Mapping[int, Speaker] = {}
_PAUSE_MS = 2_000
"""Written groups that far apart are two numbers."""
_READERS: dict[str, NumberReader] = {}


def _reader_of(language: Language) -> NumberReader | None:
    if language.numerals is None:
        return None
    reader = _READERS.get(language.code)
    return reader or _READERS.setdefault(language.code, NumberReader(language.numerals))


@dataclass
class _Writer:
    """Collects tokens; words that may be part of a number wait in `run` until it ends."""

    language: Language
    start_ms: Sequence[int] = ()
    end_ms: Sequence[int] = ()
    """Of every word, or none: then nothing is known to pause."""
    words: Sequence[str] = ()
    tokens: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    fillers: set[int] = field(default_factory=set)
    breaks: list[int] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    """Both as on the axis."""
    run: list[tuple[str, int]] = field(default_factory=list)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    """Fillers met inside a run; they follow it."""

    def __post_init__(self) -> None:
        self.memory: Memory = memory_of(self.language)
        self.reader = _reader_of(self.language)
        self._inside = self.reader.numerals.inside if self.reader else frozenset()

    def put(self, token: str, first: int, last: int) -> None:
        self.tokens.append(token)
        self.first.append(first)
        self.last.append(last)

    def word(self, raw: str, at: int) -> None:
        """Any word, and the end of the sentence where it ends one."""
        folded = self.memory.remembered.get(raw) or fold_word(raw, self.language)
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
        if kind is Kind.UNIT and not self.run:
            self._take_back(tokens[0])
        if kind is Kind.NUMERIC:
            self._numeric(raw, tokens, at)
        elif kind is Kind.FILLER and not self._is_name(raw):
            self._filler(tokens, at)
        elif self.run and tokens and self._inside.issuperset(tokens):
            self.run.extend([(token, at) for token in tokens])
        else:
            self.flush(tokens[0] if tokens else "")
            for token in tokens:
                self.put(token, at, at)

    def end_sentence(self) -> None:
        if self.run:
            self.flush()
        self.breaks.append(len(self.tokens))

    def flush(self, after: str = "") -> None:
        """Write the open run as numbers and words, then the fillers met in it."""
        if not self.run or self.reader is None:
            return
        run = self.run.copy()
        self.run.clear()
        in_date = self.reader.is_in_date(self.tokens[-1] if self.tokens else "", after)
        for read in self.reader.read(tuple([token for token, _ in run]), in_date=in_date):
            self.put(read.token, run[read.first][1], run[read.last][1])
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            for token, at in waiting:
                self._put_filler(token, at)

    def _is_name(self, raw: str) -> bool:
        """`ER` inside a sentence is a word, not a hesitation; not where all is in capitals."""
        letters = [char for char in raw if char.isalpha()]
        begins = (self.breaks[-1] if self.breaks else 0) == len(self.tokens) and not self.run
        return len(letters) > 1 and raw.isupper() and not begins and self.has_case

    @cached_property
    def has_case(self) -> bool:
        """Some words are not in capitals; of a query's text that is taken for granted."""
        return not self.words or any(map(str.islower, self.words))

    def _filler(self, tokens: Iterable[str], at: int) -> None:
        for token in tokens:
            if self.run:
                self.waiting.append((token, at))
            else:
                self._put_filler(token, at)

    def _put_filler(self, token: str, at: int) -> None:
        self.fillers.add(len(self.tokens))
        self.put(token, at, at)

    def _numeric(self, raw: str, tokens: tuple[str, ...], at: int) -> None:
        if "/" in raw:
            self._apart(tokens, at)
            return
        if not self.run:
            self._take_back(tokens[0])
        elif self._pauses_before(tokens[0], at):
            self.flush()
            self.pauses.append(len(self.tokens))
        self.run.extend([(token, at) for token in tokens])

    def _apart(self, tokens: tuple[str, ...], at: int) -> None:
        """The numbers of `2 1/2` are no digits read out."""
        self.flush()
        for token in tokens:
            self.run.append((token, at))
            self.flush()

    def _pauses_before(self, token: str, at: int) -> bool:
        last, before = self.run[-1]
        if not (self.start_ms and token[0].isdigit() and last[0].isdigit()):
            return False
        return 0 <= self.end_ms[before] <= self.start_ms[at] - _PAUSE_MS

    def _take_back(self, token: str) -> None:
        """`a million` begins with the `a`, `point zero two` with the point."""
        floor, at = self.breaks[-1] if self.breaks else 0, len(self.tokens) - 1
        while at >= floor and at in self.fillers:
            at -= 1
        if at < floor or self.reader is None:
            return
        before = self.tokens[at - 1] if at > floor else ""
        if not self.reader.begins(self.tokens[at], token, before):
            return
        for index in range(at, len(self.tokens)):
            is_filler = index in self.fillers
            taken = self.tokens[index], self.first[index]
            (self.waiting if is_filler else self.run).append(taken)
        self.fillers.difference_update(range(at, len(self.tokens)))
        del self.tokens[at:], self.first[at:], self.last[at:]


_PLAIN = Kind.PLAIN  # asked of every word: to look it up in its class costs more than to compare


def read_axis(transcript: Transcript) -> Axis:
    """The axis of a call: its utterances by start time, one run of one speaker after the other."""
    language = language_of(transcript.language)
    writer = _Writer(language, transcript.start_ms, transcript.end_ms, transcript.words)
    turns: list[int] = []
    current: Speaker | None = None
    turn = 0
    aside: dict[int, Speaker] = {}
    speakers = list(zip(transcript.speakers, transcript.channels, strict=True))
    for utterance in _ordered(transcript):
        low, high = transcript.bounds[utterance], transcript.bounds[utterance + 1]
        words = transcript.words[low:high]
        speaker = speakers[utterance]
        if speaker != current and _has_position(words, writer):
            if current is not None:
                writer.end_sentence()
                turns.extend([turn] * (len(writer.tokens) - len(turns)))
                turn += 1
            else:
                aside = {word: each for word, each in aside.items() if each != speaker}
            current = speaker
        elif speaker != current:
            aside |= dict.fromkeys(range(low, high), speaker)
        _write(writer, words, low)
    writer.flush()
    turns.extend([turn] * (len(writer.tokens) - len(turns)))
    has_turns = any(label is not None for label in (*transcript.speakers, *transcript.channels))
    asides = _NOBODY
    if aside:
        asides = {at: aside[word] for at, word in enumerate(writer.first) if word in aside}
    return _axis(writer, turns, has_turns=has_turns, asides=asides)


def fold_text(words: Sequence[str], language: Language = ENGLISH) -> Axis:
    """The axis of a query's words, folded as a call in that language is; one speaker."""
    writer = _Writer(language)
    _write(writer, words, 0)
    writer.flush()
    return _axis(writer, [0] * len(writer.tokens), has_turns=False, asides=_NOBODY)


def _write(writer: _Writer, words: Sequence[str], offset: int) -> None:
    # The one loop over every word of every call: locals and no call for a plain word.
    plain, run = writer.memory.plain.get, writer.run
    add_token, add_first, add_last = writer.tokens.append, writer.first.append, writer.last.append
    for at, raw in enumerate(words, offset):
        token = plain(raw)
        if token is None or run:
            writer.word(raw, at)
        else:
            add_token(token)
            add_first(at)
            add_last(at)


def _axis(
    writer: _Writer, turns: list[int], *, has_turns: bool, asides: Mapping[int, Speaker]
) -> Axis:
    tokens, left_out = writer.tokens, writer.fillers
    kept, placed = _without(range(len(tokens)), left_out), _without(tokens, left_out)
    repeated = set(_repetitions(placed, kept, writer.breaks))
    if repeated:
        left_out = left_out | repeated
        kept, placed = _without(range(len(tokens)), left_out), _without(tokens, left_out)
    return Axis(
        tokens,
        writer.first,
        writer.last,
        turns,
        kept,
        placed,
        has_turns,
        writer.breaks,
        writer.pauses,
        writer.language,
        asides,
    )


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
    """Tokens that are said again at once, in the same sentence; numbers and masks never count,
    nor what may be half a word where words have no blanks."""
    for at in compress(count(), map(eq, placed, islice(placed, 1, None))):
        token = placed[at]
        if token.startswith(MASK) or is_number(token) or is_blankless(token):
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


def _has_position(words: Sequence[str], writer: _Writer) -> bool:
    """Any word that takes one; never asked of no words."""
    if words[0] in writer.memory.plain:
        return True
    for raw in words:
        folded = writer.memory.remembered.get(raw) or fold_word(raw, writer.language)
        if folded[0] and folded[1] is not Kind.FILLER:
            return True
    return False
