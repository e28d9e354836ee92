"""Words as people may see them: hits marked, personal data left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reviews.detection.pii.call import Mask

Hit = tuple[int, int, str]
"""First and last word (0-based, inclusive), and how they are marked: see Piece."""
AROUND = 14
"""Words shown on either side of a hit where an utterance is long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that look alike. Of personal data `text` is the kind, never the words."""

    text: str
    mark: str = ""
    """`hit` for what broke a rule, `good` for what one asked for, `near` for a near miss,
    `found` for what a search looked for."""
    is_masked: bool = False


def pieces(words: Sequence[str], masks: Iterable[Mask], hits: Iterable[Hit]) -> tuple[Piece, ...]:
    """An utterance's words in order; of a value that is masked only its kind, however long."""
    kinds = _spread(len(words), masks)
    marked = _spread(len(words), hits)
    runs = groupby(range(len(words)), key=lambda at: (kinds[at], marked[at]))
    return tuple(_piece(words, list(places), *key) for key, places in runs)


def around(shown: tuple[Piece, ...], most: int = AROUND) -> tuple[Piece, ...]:
    """The pieces with the words cut that lie far from every hit."""
    hits = [at for at, piece in enumerate(shown) if piece.mark]
    if not hits:
        return shown
    before = _last_words(shown[: hits[0]], most)
    after = _first_words(shown[hits[-1] + 1 :], most)
    return (*before, *shown[hits[0] : hits[-1] + 1], *after)


def _spread(count: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Per word what lies on it, "" where nothing does."""
    on = [""] * count
    for first, last, what in spans:
        on[first : last + 1] = [what] * (min(last, count - 1) - first + 1)
    return on


def _piece(words: Sequence[str], places: Sequence[int], kind: str, marked: str) -> Piece:
    text = kind.replace("_", " ") if kind else " ".join(words[at] for at in places)
    return Piece(text, marked, is_masked=bool(kind))


def _first_words(shown: Sequence[Piece], most: int) -> list[Piece]:
    kept: list[Piece] = []
    for piece in shown:
        words = piece.text.split(" ")
        if len(words) > most and not piece.is_masked:
            return [*kept, Piece(" ".join(words[:most]) + " …")]
        kept.append(piece)
        most -= len(words)
    return kept


def _last_words(shown: Sequence[Piece], most: int) -> list[Piece]:
    kept: list[Piece] = []
    for piece in reversed(shown):
        words = piece.text.split(" ")
        if len(words) > most and not piece.is_masked:
            return [Piece("… " + " ".join(words[max(0, len(words) - most) :])), *kept]
        kept.insert(0, piece)
        most -= len(words)
    return kept
