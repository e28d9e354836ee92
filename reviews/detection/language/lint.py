"""What a query says that its author may not mean. A note is no error: the query is understood."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviews.detection.language.cover import covered
from reviews.detection.language.never import is_never
from reviews.detection.language.parse import PARSER, parse_query
from reviews.detection.language.spots import Sense, Spot, spot_of
from reviews.detection.language.suggest import Vocabulary
from reviews.detection.language.types import (
    ByRole,
    BySpeaker,
    Condition,
    Either,
    Leaf,
    Literal,
    Or,
    Pattern,
    Similar,
)
from reviews.detection.language.written import written

_SHORT = re.compile(r"(w|pre)/(\d+)")
_AUXILIARIES = frozenset((
    *("am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may"),
    *("might", "must", "shall", "should", "was", "were", "will", "would"),
))  # fmt: skip
_PRONOUNS = [
    [Literal(each)] for each in ("he", "i", "it", "she", "that", "they", "this", "we", "you")
]
_SHOWN = 80


class NoteCode(StrEnum):
    DEAD_ALTERNATIVE = "dead_alternative"
    UNUSED_LIST = "unused_list"
    DOUBLED_PHRASE = "doubled_phrase"
    SUBSUMED_PHRASE = "subsumed_phrase"
    POSITIONS = "positions"
    FINAL_QUESTION_MARK = "final_question_mark"
    AUXILIARY = "auxiliary"
    NEVER_FOUND = "never_found"
    NEVER_APPLIES = "never_applies"
    NEVER_VIOLATED = "never_violated"
    NEVER_SAID = "never_said"


@dataclass(frozen=True, slots=True)
class Note:
    """`line` and `column` are 1-based in the query or phrase at `path`, None of a whole entry."""

    code: NoteCode
    seen: str
    remedy: str
    path: str = ""
    """Such as `rules[3].check.query`; "" of a lone query."""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{self.path}{': ' if self.path else ''}{where}{self.seen}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Linted:
    notes: tuple[Note, ...]
    uses: tuple[tuple[str, Sense], ...]
    """Name of each list that the query asks for, and how its phrases count there."""


def lint_query(
    text: str,
    *,
    lists: Mapping[str, Leaf],
    rules: Collection[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> tuple[Note, ...]:
    """What to look at again in a query, in the order of its text. Raises QueryError."""
    return read(text, lists=lists, rules=rules, vocabulary=vocabulary).notes


def read(
    text: str,
    *,
    lists: Mapping[str, Leaf],
    rules: Collection[str] | None,
    vocabulary: Vocabulary | None,
    path: str = "",
) -> Linted:
    """The same, and the lists that the query names. Raises QueryError."""
    condition = parse_query(text, lists=lists, rules=rules)
    spots = list(spot_of(condition, text).all())
    reader = _Reader(text, path)
    notes = [*reader.positions(), *reader.never(spots[0])]
    inner = {
        id(part) for spot in spots if isinstance(spot.node, Or | Either) for part in spot.parts
    }
    for spot in spots:
        if isinstance(spot.node, Or | Either) and id(spot) not in inner:
            notes += reader.alternatives(spot)
        if spot.kind in ("term", "phrase"):
            notes += reader.leaf(spot)
        notes += reader.never_said(spot, vocabulary)
    notes.sort(key=lambda note: (note.line or 0, note.column or 0))
    named = ((spot.source.strip("{} "), spot.sense) for spot in spots if spot.kind == "list")
    return Linted(tuple(notes), tuple(named))


def ends_in_question_mark(text: str) -> bool:
    """A `?` that stands for one letter ends a term or a phrase (the inside of its quotes)."""
    return text.rstrip().endswith("?") and not text.rstrip().endswith("\\?")


def open_auxiliary(readings: Collection[Pattern]) -> str | None:
    """An auxiliary that is all that is asked for, after a pronoun at most.

    Its negation is heard, too. None where a reading says more, or names the negation.
    """
    words = [_auxiliary_of(each) for each in readings]
    negated = {Pattern((*each.steps, Literal("not")), each.is_spoken) for each in readings}
    return words[0] if all(words) and negated.isdisjoint(readings) else None


def _auxiliary_of(reading: Pattern) -> str | None:
    *before, last = reading.steps
    if isinstance(last, Literal) and last.token in _AUXILIARIES:
        return last.token if not before or before in _PRONOUNS else None
    return None


def cut(text: str) -> str:
    """As much of what an author wrote as a note shows."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def question_mark(shown: str) -> tuple[str, str]:
    """What is seen, and what to do."""
    return (
        f"the ? that ends {shown} stands for one more letter",
        "write AS QUESTION after it if you mean a question, else leave it as it is",
    )


def auxiliary(shown: str, word: str) -> tuple[str, str]:
    return (
        f'{shown} is found in its negation, too ("{word} not")',
        "write NOT NEAR/0 not after it if the negation does not count",
    )


def never_said(word: str, other: str, count: int) -> tuple[str, str]:
    return (
        f'"{word}" was never said in these calls',
        f'did you mean "{other}", which was said {count:,} times?',
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    path: str

    def positions(self) -> Iterator[Note]:
        for token in PARSER.lex(self.text):
            short = _SHORT.fullmatch(token) if token.type == "INFIX" else None
            if short is None:
                continue
            name, number = ("NEAR" if short[1] == "w" else "BEFORE"), int(short[2])
            seen = f"{token} counts positions, so {number - 1} words at most stand between"
            remedy = f"write {name}/{number - 1}, or {name}/{number} if one more may"
            yield self._note(NoteCode.POSITIONS, (seen, remedy), token.start_pos or 0)

    def never(self, spot: Spot) -> Iterator[Note]:
        """The smallest parts that can never be found."""
        within = [note for part in spot.parts for note in self.never(part)]
        yield from within
        if not within and is_never(spot.node):
            seen = f"{_shown(spot.node)} is found in no call"
            remedy = "mend what contradicts itself, or leave it out"
            yield self._note(NoteCode.NEVER_FOUND, (seen, remedy), spot.at)

    def alternatives(self, spot: Spot) -> Iterator[Note]:
        for dead, other in _dead(list(_operands(spot)), is_shortest=spot.sense.is_shortest):
            is_same = dead.node == other.node
            why = "stands here twice" if is_same else f"is found only where {_shown(other.node)} is"
            said = f"{_shown(dead.node)} {why}", "leave it out, or write what else you mean"
            yield self._note(NoteCode.DEAD_ALTERNATIVE, said, dead.at)

    def leaf(self, spot: Spot) -> Iterator[Note]:
        source = spot.source
        shown = cut(source)
        if ends_in_question_mark(source[1:-1] if spot.kind == "phrase" else source):
            yield self._note(NoteCode.FINAL_QUESTION_MARK, question_mark(shown), spot.at)
        word = open_auxiliary(spot.node.patterns) if isinstance(spot.node, Leaf) else None
        if word and not spot.sense.is_guarded:
            yield self._note(NoteCode.AUXILIARY, auxiliary(shown, word), spot.at)

    def never_said(self, spot: Spot, vocabulary: Vocabulary | None) -> Iterator[Note]:
        """Of a list its own phrases are looked at, once."""
        if vocabulary is None or spot.kind == "list":
            return
        for found in vocabulary.meant(_patterns(spot.node)):
            yield self._note(NoteCode.NEVER_SAID, never_said(*found), spot.at)

    def _note(self, code: NoteCode, said: tuple[str, str], at: int) -> Note:
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return Note(code, *said, self.path, line, column)


def _patterns(node: Condition) -> tuple[Pattern, ...]:
    if isinstance(node, Similar):
        return (Pattern(tuple(map(Literal, node.tokens))),)
    return node.patterns if isinstance(node, Leaf) else ()


def _operands(spot: Spot) -> Iterator[Spot]:
    """Of an OR, and of an OR that is one of them."""
    for part in spot.parts:
        if isinstance(part.node, Or | Either):
            yield from _operands(part)
        else:
            yield part


def _dead(operands: list[Spot], *, is_shortest: bool) -> Iterator[tuple[Spot, Spot]]:
    """Each operand that another one makes idle, and that one."""
    seen: list[Spot] = []
    for spot in operands:
        same = next((each for each in seen if each.node == spot.node), None)
        if same is not None and not isinstance(spot.node, Leaf):
            yield spot, same
        seen.append(spot)
    said = [(spot, *_scoped(spot.node)) for spot in operands]
    for scope in dict.fromkeys(scope for _, scope, leaf in said if leaf):
        # What anyone says is heard wherever one side says it.
        pool = [each for each in said if each[2] and each[1] in ((), scope)]
        pool.sort(key=lambda each: each[1] == scope)
        leaves = [leaf.patterns for _, _, leaf in pool if leaf]
        for dead, other in covered(leaves, is_shortest=is_shortest).items():
            if pool[dead][1] == scope:
                yield pool[dead][0], pool[other][0]


def _scoped(node: Condition) -> tuple[tuple[str, ...], Leaf | None]:
    """Whose words, and which; None where it is more than words."""
    if isinstance(node, ByRole | BySpeaker):
        name = node.role if isinstance(node, ByRole) else f"speaker({node.label})"
        scopes, leaf = _scoped(node.operand)
        return (name, *scopes), leaf
    return (), node if isinstance(node, Leaf) else None


def _shown(node: Condition) -> str:
    return cut(written(node))
