"""Words as people may see them: hits marked, personal data left out."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from reviews.detection.pii.call import Mask

Hit = tuple[int, int, str]
"""First and last word (0-based, inclusive), and how they are marked: see Piece."""
FOUND = "found"
"""The mark of what a search looked for."""
AROUND = 14
"""Words shown on either side of a hit where an utterance is long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that look alike. Of personal data `text` is the kind, never the words."""

    text: str
    mark: str = ""
    """`hit` for what broke a rule, `manual` where a person says so, `good` for what one asked
    for, `near` for a near miss, `found` for what a search looked for, alone or after one of the
    others."""
    is_masked: bool = False
    words: int = 0
    """How many of the utterance's words it stands for."""


def pieces(
    words: Sequence[str],
    masks: Iterable[Mask],
    hits: Iterable[Hit],
    found: Iterable[tuple[int, int]] = (),
) -> tuple[Piece, ...]:
    """An utterance's words in order; of a value that is masked only its kind, however long."""
    masks, hits, found = list(masks), list(hits), list(found)
    kinds = _spread(len(words), masks)
    marked = _spread(len(words), hits)
    for first, last in found:
        marked[first : last + 1] = [_also_found(mark) for mark in marked[first : last + 1]]
    # Not word by word: an hour has thousands, and most lines are one run.
    spans = [*((first, last) for first, last, _ in (*masks, *hits)), *found]
    cuts = {0, *(cut for first, last in spans for cut in (first, last + 1))}
    begins = sorted(at for at in cuts if at < len(words))
    runs = [at for at in begins if not at or (kinds[at], marked[at]) != _before(at, kinds, marked)]
    return tuple(
        _piece(words, range(begin, end), kinds[begin], marked[begin])
        for begin, end in pairwise((*runs, len(words)))
    )


def _before(at: int, kinds: Sequence[str], marked: Sequence[str]) -> tuple[str, str]:
    return kinds[at - 1], marked[at - 1]


def unclear(words: Sequence[str], shown: Iterable[Piece], low: Set[int]) -> tuple[int, ...]:
    """Where the words of `low` stand in the text of the pieces, joined by blanks: of each its
    place and its length, as a browser counts them. What is masked is passed over."""
    spans: list[int] = []
    at = place = 0
    for piece in shown:
        if piece.is_masked:
            place += size_of(f"[{piece.text}]") + 1
        for word in () if piece.is_masked else range(at, at + piece.words):
            size = size_of(words[word])
            spans += (place, size) if word in low else ()
            place += size + 1
        at += piece.words
    return tuple(spans)


def size_of(text: str) -> int:
    """In UTF-16 units, by which a browser counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _also_found(mark: str) -> str:
    return mark if FOUND in mark else f"{mark} {FOUND}".strip()


def around(shown: tuple[Piece, ...], most: int = AROUND) -> tuple[Piece, ...]:
    """The pieces with the words cut that lie far from every hit."""
    hits = [at for at, piece in enumerate(shown) if piece.mark]
    if not hits:
        return shown
    before = _last_words(shown[: hits[0]], most)
    after = first_words(shown[hits[-1] + 1 :], most)
    return (*before, *shown[hits[0] : hits[-1] + 1], *after)


def _spread(count: int, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Per word what lies on it, "" where nothing does."""
    on = [""] * count
    for first, last, what in spans:
        on[first : last + 1] = [what] * (min(last, count - 1) - first + 1)
    return on


def _piece(words: Sequence[str], places: range, kind: str, marked: str) -> Piece:
    text = kind.replace("_", " ") if kind else " ".join(words[places.start : places.stop])
    return Piece(text, marked, is_masked=bool(kind), words=len(places))


def first_words(shown: Sequence[Piece], most: int) -> list[Piece]:
    """The pieces up to so many words."""
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
