"""One written word to its folded tokens, the same for transcripts and for queries."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple
from unicodedata import category

from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.language import Language

MASK = "\x00"
"""First character of a masked word's token; no query can hold it, so no term equals one."""
PROFANITY = MASK + "profanity"

FILLERS = ENGLISH.fillers


class Kind(IntEnum):
    """How a word is read when it stands among others."""

    PLAIN = 0
    """Exactly one token that no neighbour can change."""
    NUMERIC = 1
    """May be part of a number."""
    FILLER = 2
    UNIT = 3
    """Changes after a number: dollar, bucks, per cent."""
    OTHER = 4
    """None, several or masked tokens."""


class Folded(NamedTuple):
    tokens: tuple[str, ...]
    kind: Kind
    ends: bool
    """The word ends a sentence."""


_QUOTES = {ord(char): "'" for char in "’‘ʼ`´"}
_INVISIBLE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPLIT = re.compile(
    r"(?:[\s/\-\u2010-\u2015\u2212]|\.{2,}|(?<=[^\W\d_])[,;:!?()\"“”]+(?=[^\W\d_]))+"
)
"""Marks between letters, too: `thanks,bye` is two words whose blank was lost."""
_CLOSERS = "\"'”’)]»"
QUESTION_MARKS = "?？؟⁇⁈⁉"
_SENTENCE_ENDS = (".", "!", "。", "！", "।", *QUESTION_MARKS)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w\s.,:'⁄%]+(?=\d)")
_DOTTED_GROUPS = re.compile(r"\d{3,}(?:\.\d{3,}){2,}")
"""`555.123.4567`, as a telephone number is written."""
_LIST_COMMA = re.compile(r"(?<=\d),(?!\d{3}(?!\d))(?=\d)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MASKED_LABEL = re.compile(r"\[([A-Z][A-Z0-9_]*)\]")
_MASKED_HASHES = re.compile(r"[^\w#]*#[#\W]*(?:'s\W*)?")
_PROFANITY = re.compile(r"\W*[^\W\d_]\*{2,}\w*\W*|\W*[^\W\d_]\*\W*")
_MARKS = "".join(char for char in map(chr, range(0x300, 0x2000)) if category(char)[0] == "M")
"""Vowels and tones of Thai, Hindi, Arabic and others: a letter without them is another one."""
_KEPT = rf"\w$£€¥¢%{_MARKS}"
_BEFORE = re.compile(rf"[^{_KEPT}.]*")
_AFTER = re.compile(rf"[^{_KEPT}']*")
"""Read from the end of the word backwards."""
_WHOSE = re.compile(r"[a-z]{1,2}(?=\$\.?\d)")
"""Whose dollars: `US$35`."""
_SCALED = re.compile(r"([\d.,]*\d)([a-z]{1,2})")
_MIXED_HALF = re.compile(r"(?<=\d)½")
_FIGURE = re.compile(r"\.?\d")
_BLANKLESS = re.compile(
    "[\u0e00-\u0e7f\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_NOISE = re.compile(rf"[^\w'&@.:⁄{_MARKS}]|_")


@dataclass(frozen=True, slots=True)
class Memory:
    """Short words of one language, already folded; cleared when full."""

    remembered: dict[str, Folded] = field(default_factory=dict)
    """Read it for speed, fill it by `fold_word`."""
    plain: dict[str, str] = field(default_factory=dict)
    """Of those, the one token of each word that is plain and ends no sentence: most of any call."""


_MEMORIES: defaultdict[str, Memory] = defaultdict(Memory)
REMEMBERED = _MEMORIES[ENGLISH.code].remembered
PLAIN = _MEMORIES[ENGLISH.code].plain
_LONE_SIGNS = frozenset("%€¢")
"""Units also where a blank parts them from their number: `35 €`."""
_REMEMBERED_AT_MOST = 100_000
_REMEMBERED_LENGTH = 40


def fold_word(raw: str, language: Language = ENGLISH) -> Folded:
    """The tokens of one word as the vendor wrote it. Short words are remembered."""
    memory = memory_of(language)
    folded = memory.remembered.get(raw)
    if folded is not None:
        return folded
    folded = _fold(raw, language)
    if len(raw) <= _REMEMBERED_LENGTH:
        if len(memory.remembered) >= _REMEMBERED_AT_MOST:
            memory.remembered.clear()
            memory.plain.clear()
        memory.remembered[raw] = folded
        if folded.kind is Kind.PLAIN and not folded.ends:
            memory.plain[raw] = folded.tokens[0]
    return folded


def memory_of(language: Language) -> Memory:
    return _MEMORIES[language.code]


def is_blankless(text: str) -> bool:
    """Thai, Japanese or Chinese, which are written without blanks between words."""
    return bool(_BLANKLESS.fullmatch(text))


def is_number(token: str) -> bool:
    return token[0].isdigit() and bool(_NUMBER.fullmatch(token))


def _fold(raw: str, language: Language) -> Folded:
    bare = raw.rstrip(_CLOSERS)
    ends = bare.endswith(_SENTENCE_ENDS) and not bare.endswith("..")  # three dots hesitate
    masked = _masked(raw)
    if masked:
        return Folded((masked,), Kind.OTHER, ends)
    pieces = _SPLIT.split(_normalise(_with_half(raw, language)))
    tokens = tuple(token for piece in pieces if piece for token in _fold_piece(piece, language))
    return Folded(tokens, _kind(tokens, language), ends)


def _masked(raw: str) -> str | None:
    """A word with any part masked is masked: what is left of it is not what was said."""
    if "#" in raw and ("##" in raw or _MASKED_HASHES.fullmatch(raw)):
        return MASK
    if "[" in raw and (label := _MASKED_LABEL.search(raw)):
        return MASK + label[1].lower()
    return PROFANITY if "*" in raw and _PROFANITY.fullmatch(raw) else None


def _with_half(raw: str, language: Language) -> str:
    """`2½` as it is said, `2 and a half`; one half alone is the word."""
    if "½" not in raw or language.numerals is None:
        return raw
    joined = " ".join(language.numerals.halves[0])
    return _MIXED_HALF.sub(f" {joined} ", raw).replace("½", joined.rpartition(" ")[2])


def _kind(tokens: tuple[str, ...], language: Language) -> Kind:
    if tokens and all(token in language.fillers for token in tokens):
        return Kind.FILLER
    numerals = language.numerals
    if numerals and any(token in numerals.starters or token[0].isdigit() for token in tokens):
        return Kind.NUMERIC
    if len(tokens) != 1:
        return Kind.OTHER
    is_unit = numerals is not None and numerals.units.get(tokens[0], tokens[0]) != tokens[0]
    return Kind.UNIT if is_unit else Kind.PLAIN


def _normalise(raw: str) -> str:
    """NFKC, case fold, NFKC, straight apostrophes; invisible characters removed.

    Quotes come first: NFKC would turn an acute accent into a blank.
    """
    if raw.isascii():
        return raw.lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", raw.translate(_QUOTES)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return "".join(
        char for char in _INVISIBLE.sub("", text) if char.isascii() or category(char) != "Cf"
    )


def _fold_piece(piece: str, language: Language) -> list[str]:
    text = _WHOSE.sub("", _stripped(piece))
    if text in _LONE_SIGNS and text in language.symbols:
        return [language.symbols[text]]
    if text[:1] in language.symbols and _FIGURE.match(text, 1):
        return [*_fold_amount(text[1:], language), language.symbols[text[0]]]
    if text[-1:] in language.symbols and _FIGURE.match(text):
        return [*_fold_bare(text[:-1], language), language.symbols[text[-1]]]
    return _fold_bare(text, language)


def _fold_amount(text: str, language: Language) -> list[str]:
    """`1.2m` of `$1.2m` as it is said; without a sign, `5k` is a run."""
    scaled = _SCALED.fullmatch(text)
    if scaled is None or scaled[2] not in language.scale_signs:
        return _fold_bare(text, language)
    return [*_fold_bare(scaled[1], language), language.scale_signs[scaled[2]]]


def _stripped(piece: str) -> str:
    """Without the punctuation around it; an apostrophe at the end stays if none opens it."""
    begun = piece[_BEFORE.match(piece).end() :]  # type: ignore[union-attr]  # matches nothing, too
    tail = _AFTER.match(begun[::-1]).end()  # type: ignore[union-attr]  # likewise
    text = begun[: len(begun) - tail]
    return text.rstrip("'") if piece[0] == "'" else text


def _fold_bare(text: str, language: Language) -> list[str]:
    """A piece without unit: words, numbers, or several numbers joined by stray punctuation."""
    if text.isalpha():
        return list(_expand(text, language))
    if language.splits_lists and _DOTTED_GROUPS.fullmatch(text):
        return text.split(".")
    text = _BETWEEN_DIGITS.sub(" ", text)
    parts = (_LIST_COMMA.sub(" ", text) if language.splits_lists else text).split()
    return [token for part in parts for token in _fold_part(part, language)]


def _fold_part(part: str, language: Language) -> tuple[str, ...]:
    figures = language.written(part.rstrip(".,:'%"))
    if figures:
        return (figures,)
    word = _NOISE.sub("", part).strip(".&@:⁄")
    if language.drops_possessive and len(word) > 2 and word.endswith(("'s", "s'")):
        word = word[:-1] if word.endswith("ss'") else word[:-2]
    word = word.strip("'.&@:⁄")
    return _expand(word, language) if any(char.isalnum() for char in word) else ()


def _expand(word: str, language: Language) -> tuple[str, ...]:
    if word in language.contractions:
        return language.contractions[word]
    if "'" in word:
        for ending, long_form in language.endings:
            if word.endswith(ending) and len(word) > len(ending):
                return (word[: -len(ending)], long_form)
    return (word,)
