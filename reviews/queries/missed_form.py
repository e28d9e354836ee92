"""The form by which words of one line are marked as a breach that the machine missed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from reviews.detection.rubric import Rule
from reviews.detection.scoring import Result
from reviews.queries.call import CallPage, Line, Scorecard
from reviews.queries.shown import Piece, size_of


@dataclass(frozen=True, slots=True)
class Word:
    """What is chosen: a word, or all of a masked value; `at` and `end` as a browser counts."""

    first: int
    last: int
    text: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Offered:
    rubric: str
    evaluation_id: UUID
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class MissedForm:
    line: Line
    words: tuple[Word, ...]
    offered: tuple[Offered, ...]
    first: int
    last: int
    """What is chosen beforehand."""
    is_open: bool


def form(page: CallPage, here: int, span: tuple[int, int] | None) -> MissedForm | None:
    """`span` is where a selection begins and ends in the line's text. None where the call has no
    such line, the line no words, or no rule is left that the machine judged and did not fail."""
    offered = tuple(filter(None, map(_offered, page.scorecards)))
    line = page.lines[here] if 0 <= here < len(page.lines) else None
    words = tuple(_words(line.pieces)) if line else ()
    if line is None or not offered or not words:
        return None
    low, high = span or (0, words[-1].end)
    chosen = [word for word in words if word.end > low and word.at < high] or list(words)
    return MissedForm(line, words, offered, chosen[0].first, chosen[-1].last, span is not None)


def _offered(card: Scorecard) -> Offered | None:
    rows = [row for row in card.rows if row.result not in (Result.FAILED, Result.ASKED)]
    rules = tuple(row.rule for row in rows)
    return Offered(card.rubric, card.evaluation_id, rules) if rules else None


def _words(pieces: Iterable[Piece]) -> Iterator[Word]:
    at = number = 0
    for piece in pieces:
        texts = piece.text.split(" ")
        if piece.is_masked or len(texts) != piece.words:
            text = f"[{piece.text}]" if piece.is_masked else piece.text
            yield Word(number, number + piece.words - 1, text, at, at + size_of(text))
            at += size_of(text) + 1
        else:
            for place, text in enumerate(texts, number):
                yield Word(place, place, text, at, at + size_of(text))
                at += size_of(text) + 1
        number += piece.words
