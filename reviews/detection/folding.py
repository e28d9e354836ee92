"""One written word to its folded tokens, the same for transcripts and for queries."""

import re
import unicodedata
from enum import IntEnum
from typing import NamedTuple

from reviews.detection.numerals import REPEATS, SCALES, SMALL, TENS

MASK = "\x00"
"""First character of a masked word's token; no query can hold it, so no term equals one."""
PROFANITY = MASK + "profanity"

FILLERS = frozenset(["um", "uh", "hmm", "hm", "mhm", "ah", "huh", "er"])


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


UNITS = {"dollar": "dollars", "buck": "dollars", "bucks": "dollars"}
_UNIT_WORDS = frozenset(UNITS) | {"cent"}
_NUMBER_WORDS = frozenset(SMALL) | frozenset(TENS) | frozenset(SCALES) | frozenset(REPEATS)
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_QUOTES = {ord(char): "'" for char in "’‘ʼ`´"}
_INVISIBLE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPLIT = re.compile(r"[\s/\-\u2010-\u2015\u2212]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w\s.,:'⁄%]+(?=\d)")
_LIST_COMMA = re.compile(r"(?<=\d),(?!\d{3}(?!\d))(?=\d)")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_MASKED_LABEL = re.compile(r"\W*\[([A-Z][A-Z0-9_]*)\](?:\W|'s)*")
_MASKED_HASHES = re.compile(r"[^\w#]*#[#\W]*(?:'s\W*)?")
_PROFANITY = re.compile(r"\W*\w\*{2,}\w*\W*|\W*\w\*\W*")
_STRIP = re.compile(r"^[^\w$£€.]+|[^\w%']+$")
_NOISE = re.compile(r"[^\w'&@.:⁄]|_")
_IRREGULAR = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "i'm": ("i", "am"),
}
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ll", "will"), ("'ve", "have"))
REMEMBERED: dict[str, Folded] = {}
"""Short words already folded; cleared when full. Read it for speed, fill it by `fold_word`."""
PLAIN: dict[str, str] = {}
"""Of those, the one token of each word that is plain and ends no sentence: most of any call."""
_REMEMBERED_AT_MOST = 100_000
_REMEMBERED_LENGTH = 40


def fold_word(raw: str) -> Folded:
    """The tokens of one word as the vendor wrote it. Short words are remembered."""
    folded = REMEMBERED.get(raw)
    if folded is not None:
        return folded
    folded = _fold(raw)
    if len(raw) <= _REMEMBERED_LENGTH:
        if len(REMEMBERED) >= _REMEMBERED_AT_MOST:
            REMEMBERED.clear()
            PLAIN.clear()
        REMEMBERED[raw] = folded
        if folded.kind is Kind.PLAIN and not folded.ends:
            PLAIN[raw] = folded.tokens[0]
    return folded


def is_number(token: str) -> bool:
    return token[0].isdigit() and bool(_NUMBER.fullmatch(token))


def _fold(raw: str) -> Folded:
    ends = raw.rstrip("\"'”’)]").endswith((".", "?", "!"))
    masked = _masked(raw)
    if masked:
        return Folded((masked,), Kind.OTHER, ends)
    pieces = _SPLIT.split(_normalise(raw))
    tokens = tuple(token for piece in pieces if piece for token in _fold_piece(piece))
    return Folded(tokens, _kind(tokens), ends)


def _masked(raw: str) -> str | None:
    if "#" in raw and _MASKED_HASHES.fullmatch(raw):
        return MASK
    if "[" in raw and (label := _MASKED_LABEL.fullmatch(raw)):
        return MASK + label[1].lower()
    return PROFANITY if "*" in raw and _PROFANITY.fullmatch(raw) else None


def _kind(tokens: tuple[str, ...]) -> Kind:
    if tokens and all(token in FILLERS for token in tokens):
        return Kind.FILLER
    if any(token in _NUMBER_WORDS or token[0].isdigit() for token in tokens):
        return Kind.NUMERIC
    if len(tokens) != 1:
        return Kind.OTHER
    return Kind.UNIT if tokens[0] in _UNIT_WORDS else Kind.PLAIN


def _normalise(raw: str) -> str:
    """NFKC, case fold, NFKC, straight apostrophes; invisible characters removed.

    Quotes come first: NFKC would turn an acute accent into a blank.
    """
    if raw.isascii():
        return raw.lower().replace("`", "'")
    text = unicodedata.normalize("NFKC", raw.translate(_QUOTES)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return "".join(
        char
        for char in _INVISIBLE.sub("", text)
        if char.isascii() or unicodedata.category(char) != "Cf"
    )


def _fold_piece(piece: str) -> list[str]:
    stripped = _STRIP.sub("", piece)
    if len(stripped) > 1 and stripped[0] in _CURRENCIES:
        return [*_fold_bare(stripped[1:]), _CURRENCIES[stripped[0]]]
    if len(stripped) > 1 and stripped[-1] == "%":
        return [*_fold_bare(stripped[:-1]), "percent"]
    return _fold_bare(stripped)


def _fold_bare(text: str) -> list[str]:
    """A piece without unit: words, numbers, or several numbers joined by stray punctuation."""
    if text.isalpha():
        return list(_expand(text))
    parts = _LIST_COMMA.sub(" ", _BETWEEN_DIGITS.sub(" ", text)).split()
    return [token for part in parts for token in _fold_part(part)]


def _fold_part(part: str) -> tuple[str, ...]:
    digits = part.rstrip(".,:'%")
    if digits and _NUMBER.fullmatch(digits):
        return (_canonical(digits),)
    word = _NOISE.sub("", part).strip(".&@:⁄")
    if len(word) > 2 and (word.endswith(("'s", "s'"))):
        word = word[:-2]
    word = word.strip("'.&@:⁄")
    return _expand(word) if any(char.isalnum() for char in word) else ()


def _canonical(digits: str) -> str:
    """`1,200.50` as `1200.5`; leading zeros are kept, they are part of what was read out."""
    plain = digits.replace(",", "")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" + plain if plain.startswith(".") else plain or "0"


def _expand(word: str) -> tuple[str, ...]:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if "'" not in word or word == "ain't":
        return (word,)
    for ending, long_form in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)], long_form)
    return (word,)
