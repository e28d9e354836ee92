"""Words as they stand in a transcript, read as letters: disguises are seen through."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reviews.detection.safety.letters import (
    BLANKED,
    BREAK,
    MASKED,
    NUMBER,
    OTHER,
    QUOTE,
    known,
    letter,
)
from reviews.detection.safety.lexicon import MASKABLE, NAMES, SHORT
from reviews.detection.safety.pattern import compiled, lines

_LONGEST = 40
"""Characters; what is longer is no word."""
_QUOTES = '"“”«»„'
_OPENING = _QUOTES + "'‘(<{"
_CLOSING = _QUOTES + "'’)>},.;:?!…-–—"
_ENDS = frozenset(".?!;…")
_SIGNS = str.maketrans("4@3!10$57|", "aaeiiosstl")
_ELLS = str.maketrans("1!|", "lll")
_STRETCHED = re.compile(r"(.)\1{2,}")
_JOINTS = re.compile(r"[-./_]+")
_HIDDEN = re.compile(r"[a-z]+(?:[*#_-]+[a-z]*)+")
SINGLES = "".join(map(letter, "abcdefghijklmnopqrstuvwxyz"))
SPELLED = re.compile(f"[{SINGLES}]{{4}}")
"""Where letters are read out one by one."""
_SPELLING = compiled(lines("<spelling>", NAMES))
_NAMED_BEFORE = 6
_NEGATED = re.compile(r"(.+)n'?t")


@lru_cache(maxsize=1 << 16)
def read(raw: str) -> str:
    """The letters of a word, with the ends of quotations and of the sentence."""
    raw = raw if raw.isascii() else _plain(raw)
    if len(raw) > _LONGEST:
        return OTHER + (BREAK if raw[-1] in _ENDS else "")
    opened = raw.lstrip(_OPENING)
    core = opened.rstrip(_CLOSING)
    if not core:
        return QUOTE if any(mark in raw for mark in _QUOTES) else ""
    before, after = raw[: len(raw) - len(opened)], opened[len(core) :]
    return _quotes(before) + _core(core.lower().replace("’", "'")) + _closing(after)


def _plain(raw: str) -> str:
    """Without accents and signs that nobody sees; wide and styled letters as plain ones."""
    if len(raw) > _LONGEST:
        return raw
    apart = unicodedata.normalize("NFKD", raw)
    return "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))


def _quotes(marks: str) -> str:
    return QUOTE if any(mark in marks for mark in _QUOTES) else ""


def _closing(marks: str) -> str:
    return _quotes(marks) + (BREAK if any(mark in _ENDS for mark in marks) else "")


def _core(word: str) -> str:
    plain = known(word)
    if plain is not None:
        return plain
    return _short(word) or _disguised(word) or _parts(word) or _number(word)


def _number(word: str) -> str:
    return NUMBER if any(map(str.isdigit, word)) else OTHER


def _short(word: str) -> str:
    """A contraction as the words it stands for; of a possessive, whose it is."""
    if word in SHORT:
        return "".join(known(each) or OTHER for each in SHORT[word].split())
    negated = _NEGATED.fullmatch(word)
    if negated and "'" in word and known(negated[1]):
        return f"{known(negated[1])}{known('not')}"
    base, mark, _ = word.partition("'")
    if not (mark and base):
        return ""
    return (known(base) or OTHER) + (known("'s") or "")


def _disguised(word: str) -> str:
    """The letter of the word that is meant, or nothing."""
    if word.isalpha():
        return _squeezed(word)
    found = "[" in word and _vendor_mask(word)
    return found or _joined(word) or _masked(word) or _leet(word) or ""


def _squeezed(word: str) -> str:
    """Fuuuck: a letter said on."""
    if not _STRETCHED.search(word):
        return ""
    return known(_STRETCHED.sub(r"\1", word)) or known(_STRETCHED.sub(r"\1\1", word)) or ""


def _vendor_mask(word: str) -> str:
    return known(MASKED) or "" if word.strip("[]_ ") in ("profanity", "expletive") else ""


def _joined(word: str) -> str:
    """f.u.c.k, mother-fucker."""
    joined = _JOINTS.sub("", word)
    if joined == word or (len(joined) < 4 and len(joined) * 2 > len(word)):
        return ""
    return known(joined) or "" if joined in MASKABLE else ""


def _masked(word: str) -> str:
    """f***, sh*t, f--k; and signs alone."""
    if not word.strip("*"):
        return known(BLANKED) or "" if len(word) > 2 else ""
    if not _HIDDEN.fullmatch(word):
        return ""
    shape = re.compile(re.sub(r"[*#_-]+", lambda run: f"[a-z]{{{len(run[0])}}}", word))
    for each in MASKABLE:
        if len(each) > 3 and shape.fullmatch(each):
            return known(each) or ""
    return known(MASKED) or "" if word.count("*") > 1 else ""


def _leet(word: str) -> str:
    """Signs for letters, fewer figures than letters: sh1t is a word, a55 is a code."""
    figures = sum(map(str.isdigit, word))
    if figures * 2 >= len(word) or not any(map(str.isalpha, word)):
        return ""
    return known(word.translate(_SIGNS)) or known(word.translate(_ELLS).translate(_SIGNS)) or ""


def _parts(word: str) -> str:
    """The words of a joined one."""
    parts = [part for part in _JOINTS.split(word) if part]
    return "".join(map(_core, parts)) if len(parts) > 1 else ""


def is_disguised(raw: str) -> bool:
    """True where the word as it stands is not the word that it is read as."""
    bare = (
        (raw if raw.isascii() else _plain(raw))
        .lstrip(_OPENING)
        .rstrip(_CLOSING)
        .lower()
        .replace("’", "'")
    )
    return not known(bare) and not _short(bare) and bool(_disguised(bare))


def spelled(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First and last word of each that is spelled out, four letters or more, and its letter."""
    run: list[int] = []
    for at, word in enumerate((*words, "")):
        if len(word.strip(".,-")) == 1 and word[0].isalpha():
            run.append(at)
            continue
        yield from _spelled_in(words, run)
        run = []


def _is_name(words: Sequence[str], first: int, last: int) -> bool:
    """A name or a code: the words before say so, or figures stand beside."""
    before = "".join(map(read, words[max(0, first - _NAMED_BEFORE) : first]))
    after = "".join(map(read, words[last + 1 : last + 2]))
    return bool(_SPELLING.search(before)) or NUMBER in before[-1:] + after[:1]


def _spelled_in(words: Sequence[str], run: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """The whole run, or the run after an `I` or `a` that is a word; not where a name is spelled."""
    if not run or _is_name(words, run[0], run[-1]):
        return
    for skipped in (0, 1):
        text = "".join(words[at][0] for at in run[skipped:]).lower()
        meant = known(text) if 4 <= len(text) <= _LONGEST else None
        if meant and (not skipped or words[run[0]].lower() in ("i", "a")):
            yield run[skipped], run[-1], meant
            return
