"""Rules written as words, compiled to patterns over letters.

A line is words with blanks between: `word`, `one/other`, `<name>` (a set of words or lines), `~3`
(up to three words of the sentence, none of them a no); `x?` may be missing, `!x` must not follow,
`=x` must, or the sentence ends, `-x` must not stand before (words alone), `^` and `.` are the ends
of a sentence.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from reviews.detection.safety.inflection import forms
from reviews.detection.safety.letters import BREAK, NUMBER, QUOTE, letter

_NO = "not never no nobody none neither nor without hardly"
NO = frozenset(map(letter, _NO.split()))
_COMMON = """
account after again ago almost already also always am another anyone as away back bad been before
being best better book by call called card check come coming could day days deal did does doing done
down drive eat end every everyone everything face feel few find first found from gave get getting
give given go goes going gone got great guy had hand has hate have having he head hear held help her
here hers high him his hold home hope hour house how keep kind last leave less let life like listen
little live long look looking lot love made make man many may maybe me mean mental might mind
money month months more most much must my name need needs never new next nothing number off office
old one only open or order other ought our out over own part pay people person phone pick place
play please point put quite ran rather ready real really right room run said same saw say see
seen send sent shall she should show since sleep some someone somebody something soon sorry sound
sports start stay still stop such sure take taken talk tell than their them then there these they
thing things think this those though time today together told tomorrow too took town try trying
turn two under until up us use used very wait walk want wants was watch way week well went were
what when where which while who why wife will wish without woman word work working world would
wrong year years yes your
"""
_COMMONEST = (
    "i you a an and the to it is in that for of no not do are be with on can 's we so my me have"
)
_WEIGHTS = {letter(word): 1 for word in _COMMON.split()} | {
    letter(word): 4 for word in _COMMONEST.split()
}
_GAP = f"[^{BREAK}{QUOTE}{''.join(sorted(NO))}]"
_ENDS = {"^": f"(?<![^{BREAK}{QUOTE}])", ".": f"(?![^{BREAK}{QUOTE}])"}
_LOOKS = {"!": "(?!{})", "-": "(?<!{})", "=": f"(?={{}}|{_ENDS['.']})"}

Asker = TypeVar("Asker")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern; `needs` are letters of which any match of it holds one."""

    source: str
    needs: frozenset[str]


@dataclass(frozen=True)
class Search:
    """A line to look for where one of `needs` and one of `also` stands."""

    source: str
    needs: frozenset[str]
    also: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled where it is looked for: all of them take half a second of a process's start."""
        return re.compile(self.source)


class Index(Generic[Asker]):
    """Searches by their letters, each with who asks for it."""

    def __init__(self, searches: Iterable[tuple[Asker, Search]]) -> None:
        self._by_letter: dict[str, list[tuple[Asker, Search]]] = {}
        for asker, search in searches:
            for each in search.needs:
                self._by_letter.setdefault(each, []).append((asker, search))
        self._letters = frozenset(self._by_letter)

    def asked(self, text: str) -> Iterable[tuple[Asker, Search]]:
        """Those that may be in the text, by the letters it holds, each once."""
        held = frozenset(text)
        return {
            id(search): (asker, search)
            for each in sorted(self._letters & held)
            for asker, search in self._by_letter[each]
            if not search.also.isdisjoint(held)
        }.values()


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
    return Piece("".join(piece.source for piece in pieces), next(iter(_rarest(pieces)), _NOTHING))


def searches(text: str, names: Names) -> tuple[Search, ...]:
    """One for each line of a text."""
    return tuple(_search(each, names) for each in text.strip().splitlines())


def _search(text: str, names: Names) -> Search:
    pieces = [_element(each, names) for each in text.split()]
    needs, also, *_ = (*_rarest(pieces), _NOTHING, _NOTHING)
    return Search("".join(piece.source for piece in pieces), needs, also or needs)


def _rarest(pieces: Sequence[Piece]) -> list[frozenset[str]]:
    """What any match holds one of, the rarest first."""
    return sorted((piece.needs for piece in pieces if piece.needs), key=_commonness)


def _commonness(letters: frozenset[str]) -> tuple[int, int]:
    """How often one of them is said, roughly: what a pattern needs should be rare."""
    return sum(_WEIGHTS.get(each, 0) for each in letters), len(letters)


def _element(text: str, names: Names) -> Piece:
    if text in _ENDS:
        return Piece(_ENDS[text], _NOTHING)
    if text.startswith("~"):
        return Piece(f"{_GAP}{{0,{text[1:]}}}?", _NOTHING)
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
