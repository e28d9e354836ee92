"""Rules written as words, compiled to patterns over letters.

A line is words with blanks between: `word`, `one/other`, `<name>` (a set of words or lines), `~3`
(up to three words, none of them a no), `~~9` (up to nine of any kind, sentences too); `x?` may be
missing, `!x` must not follow, `=x` must, or the sentence ends, `-x` must not stand before (words
alone), `^` and `.` are the ends of a sentence.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviews.detection.safety.inflection import forms
from reviews.detection.safety.letters import BREAK, NUMBER, QUOTE, letter

NO = frozenset(map(letter, "not never no nobody none neither nor without hardly".split()))
_COMMON = """
a all an and any anyone are as at back be been better by come could did do down every everyone find
for from get go going good had has have he her here him his how i if in is it just kind know let
life like live look made make many me more most much must my need new nothing now of off on one
only or our out over part pay people person place put say see send should show so some someone
stop such take talk tell than that the their them then there these they thing think this those
time to too up us use want was watch we were what when where who why will wish with work world
would you your yourself
"""
_COMMON_LETTERS = frozenset(map(letter, _COMMON.split()))
_GAP = f"[^{BREAK}{QUOTE}{''.join(sorted(NO))}]"
_ENDS = {"^": f"(?<![^{BREAK}{QUOTE}])", ".": f"(?![^{BREAK}{QUOTE}])"}
_LOOKS = {"!": "(?!{})", "-": "(?<!{})", "=": f"(?={{}}|{_ENDS['.']})"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern; `needs` are letters of which any match of it holds one."""

    source: str
    needs: frozenset[str]


Names = Mapping[str, Piece]
_NOTHING: frozenset[str] = frozenset()


def one_of(words: Iterable[str]) -> Piece:
    """Any of the words."""
    letters = frozenset(map(letter, words))
    return Piece(f"[{''.join(sorted(letters))}]", letters)


def inflected(entries: str) -> Piece:
    """Any form of the entries, as `inflection.forms` reads them."""
    return one_of(form for entry in entries.split() for form in forms(entry))


def either(pieces: Sequence[Piece]) -> Piece:
    source = "|".join(piece.source for piece in pieces)
    return Piece(f"(?:{source})", frozenset().union(*(piece.needs for piece in pieces)))


def lines(text: str, names: Names) -> Piece:
    """Any of the lines of a text."""
    return either([line(each, names) for each in text.strip().splitlines()])


def line(text: str, names: Names) -> Piece:
    pieces = [_element(each, names) for each in text.split()]
    needed = [piece.needs for piece in pieces if piece.needs]
    rarest = min(needed, key=_commonness, default=_NOTHING)
    return Piece("".join(piece.source for piece in pieces), rarest)


def _commonness(letters: frozenset[str]) -> tuple[int, int]:
    return len(letters & _COMMON_LETTERS), len(letters)


def _element(text: str, names: Names) -> Piece:
    if text in _ENDS:
        return Piece(_ENDS[text], _NOTHING)
    if text.startswith("~"):
        any_word, most = ("[\\s\\S]", text[2:]) if text[1] == "~" else (_GAP, text[1:])
        return Piece(f"{any_word}{{0,{most}}}?", _NOTHING)
    if text[0] in _LOOKS:
        return Piece(_LOOKS[text[0]].format(_words(text[1:], names).source), _NOTHING)
    if text.endswith("?"):
        return Piece(f"(?:{_words(text[:-1], names).source})?", _NOTHING)
    return _words(text, names)


def _words(text: str, names: Names) -> Piece:
    """Words and names with strokes between; `#` is a number in figures."""
    parts = text.split("/")
    plain = [part for part in parts if part != "#" and not part.startswith("<")]
    named = [names[part[1:-1]] for part in parts if part.startswith("<")]
    figures = [Piece(NUMBER, frozenset(NUMBER))] if "#" in parts else []
    pieces = [*named, *figures, *([one_of(plain)] if plain else [])]
    return pieces[0] if len(pieces) == 1 else either(pieces)


def compiled(piece: Piece) -> re.Pattern[str]:
    return re.compile(piece.source)
