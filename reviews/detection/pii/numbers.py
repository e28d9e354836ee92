"""Runs of digits as they are written or read out, with fillers and corrections between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviews.detection.numerals import DIGITS, REPEATS, SMALL, TENS
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import Method

STARTERS = frozenset(DIGITS) | frozenset(SMALL) | frozenset(TENS) | frozenset(REPEATS)
"""Words that may begin a number."""
FILLERS = lexicon(
    "uh um er erm ah hm hmm mm mhm huh and then okay ok yes yeah yep so right sure perfect dash "
    "hyphen space slash dot point got it go ahead please like well alright thanks next keep going "
    "followed by it's that's"
)
REPAIRS = lexicon("no sorry wait correction actually rather oops scratch hang hold")
_REPAIR_COMPANY = lexicon("i mean that that's is it's my mistake not make let me on a sec second")
_BETWEEN = FILLERS | REPAIRS | _REPAIR_COMPANY
LONGEST_GAP = 6
"""Words that may stand between two groups of one number."""
LONGEST_WRITTEN = 19
_FIGURES = frozenset("0123456789")


class Chunk(NamedTuple):
    """One group of digits: words `first` to `last` (inclusive) of the axis."""

    first: int
    last: int
    digits: str
    is_spoken: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Groups with only fillers between; `repairs` are the indexes of groups that correct."""

    chunks: tuple[Chunk, ...]
    repairs: tuple[int, ...] = ()

    @property
    def digits(self) -> str:
        # Most runs are one group; a list is joined faster than what a generator gives.
        chunks = self.chunks
        return chunks[0].digits if len(chunks) == 1 else "".join([each.digits for each in chunks])

    @property
    def first(self) -> int:
        return self.chunks[0].first

    @property
    def last(self) -> int:
        return self.chunks[-1].last

    @property
    def method(self) -> Method:
        return "spoken" if any(chunk.is_spoken for chunk in self.chunks) else "written"

    def part(self, first: int, last: int) -> "Run":
        """The groups `first` to `last` (inclusive) as a run of their own."""
        return Run(self.chunks[first : last + 1])


def runs(axis: Axis) -> list[Run]:
    """Every run of the words, in order."""
    words = axis.words
    found: list[Run] = []
    chunks: list[Chunk] = []
    repairs: list[int] = []
    for chunk in _chunks(axis):
        if chunks and not _joins(words, chunks[-1], chunk):
            found.append(Run(tuple(chunks), tuple(repairs)))
            chunks, repairs = [], []
        elif chunks and not REPAIRS.isdisjoint(words[chunks[-1].last + 1 : chunk.first]):
            repairs.append(len(chunks))
        chunks.append(chunk)
    if chunks:
        found.append(Run(tuple(chunks), tuple(repairs)))
    return found


def _joins(words: Sequence[str], left: Chunk, right: Chunk) -> bool:
    if right.first - left.last > LONGEST_GAP + 1:
        return False
    gap = words[left.last + 1 : right.first]
    # "three of those, it is two" is no correction: its company alone does not bind.
    return _is_filled(gap) or (_BETWEEN.issuperset(gap) and not REPAIRS.isdisjoint(gap))


def _is_filled(gap: Sequence[str]) -> bool:
    # "it is" leads into more digits; a bare "is" may follow the one ("the other one is …").
    return FILLERS.issuperset(gap) or all(
        word in FILLERS or (word == "is" and at > 0 and gap[at - 1] == "it")
        for at, word in enumerate(gap)
    )


def _chunks(axis: Axis) -> Iterator[Chunk]:
    words = axis.words
    end = 0
    figures = {word for word in axis.with_digits if word[0] in _FIGURES}
    for at in axis.places(STARTERS | figures):
        if at < end:
            continue
        word = words[at]
        chunk = _written(word, at) if word[0] in _FIGURES else _spoken(axis, at)
        if chunk is not None:
            end = chunk.last + 1
            yield chunk


def _written(word: str, at: int) -> Chunk | None:
    digits, _, extension = word.partition("x")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_WRITTEN
    if not is_number or (extension and not extension.isdigit()):
        return None
    return Chunk(at, at, digits, is_spoken=False)


def _spoken(axis: Axis, at: int) -> Chunk | None:
    words = axis.words
    word = words[at]
    if word in REPEATS:
        return _repeated(words, at)
    if word in TENS:
        return _tens(axis, at)
    digit = DIGITS.get(word)
    if digit is None:
        return Chunk(at, at, str(SMALL[word]), is_spoken=True)
    following = _word(words, at + 1)
    if following == "hundred":
        return _hundred(axis, at)
    if following == "thousand":
        return Chunk(at, at + 1, digit + "000", is_spoken=True)
    return Chunk(at, at, digit, is_spoken=True)


def _repeated(words: Sequence[str], at: int) -> Chunk | None:
    following = _word(words, at + 1)
    digit = DIGITS.get(following, following)
    if len(digit) != 1 or not digit.isdigit():
        return None
    return Chunk(at, at + 1, digit * REPEATS[words[at]], is_spoken=True)


def _tens(axis: Axis, at: int) -> Chunk:
    words = axis.words
    unit = SMALL.get(_word(words, at + 1), 0)
    # "ninety, two five" is 90 25: a pause keeps the tens apart.
    if 1 <= unit <= 9 and axis.is_close(at):
        return Chunk(at, at + 1, str(TENS[words[at]] + unit), is_spoken=True)
    return Chunk(at, at, str(TENS[words[at]]), is_spoken=True)


def _hundred(axis: Axis, at: int) -> Chunk:
    """ "one hundred [and] twenty three" is 123; before a single digit the hundred stands alone."""
    words = axis.words
    lead = DIGITS[words[at]]
    rest = at + 3 if _word(words, at + 2) == "and" else at + 2
    following = _word(words, rest)
    if following in TENS:
        tail = _tens(axis, rest)
        return Chunk(at, tail.last, lead + tail.digits, is_spoken=True)
    if SMALL.get(following, 0) >= 10:
        return Chunk(at, rest, lead + str(SMALL[following]), is_spoken=True)
    return Chunk(at, at + 1, lead + "00", is_spoken=True)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
