"""What stands inside quotes: words, alternatives, optional and free words, as patterns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, product

from reviews.detection.folding import MASK, Kind, fold_word, is_blankless, is_number
from reviews.detection.language.types import (
    Characters,
    Digits,
    ForeignPatterns,
    Gap,
    Leaf,
    Literal,
    Pattern,
    Slot,
    SlotKind,
    Step,
    Wild,
)
from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.known import FOREIGN
from reviews.detection.languages.language import Language
from reviews.detection.normalize import Axis, fold_text

READINGS_AT_MOST = 2_000
PATTERNS_AT_MOST = 20_000
WORDS_AT_MOST = 100
GAP_AT_MOST = 100
DEPTH_AT_MOST = 32
_REGROUPED_DIGITS = 5


class PhraseError(ValueError):
    """A phrase that is refused; `offset` counts code points from its first character."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooManyReadings(PhraseError):
    """Each phrase may be read; all of them together are too many."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    is_wild: bool


_Item = _Word | Gap | Slot | Characters
_Reading = tuple[_Item, ...]
_TOKEN = re.compile(
    r"(?P<gap>\*(?P<most>\d*)(?=[\s()\[\]|]|$))|(?P<slot><[^<>]*>)|(?P<mark>[()\[\]|<>])"
    r"|(?P<word>(?:\\.|[^\s()\[\]|<>\\])+)|(?P<lost>\\)"
)
_SLOT = re.compile(
    r"([a-z]+)(?:\s+(\d{1,9}|[A-Za-z][A-Za-z0-9_]*))??(?:\s+as\s+([a-z][a-z0-9_]*))?"
)
_DIGITS_AT_MOST = 40
_CLOSING = {"(": ")", "[": "]"}
_WILD = re.compile(r"\*?[^\W\d_](?:[^\W\d_]|\?)*\*?")


def leaf(texts: Iterable[str], *, shown: str, is_term: bool = False) -> Leaf:
    """A leaf of phrases in the syntax of quotes; a term is one word as the vendor cut it.

    Raises PhraseError.
    """
    readings: list[_Reading] = []
    for text in texts:
        readings += _readings(text) if is_term else map(_by_characters, _readings(text))
        if len(readings) > PATTERNS_AT_MOST:
            message = f"{shown} has over {PATTERNS_AT_MOST} readings: split it"
            raise TooManyReadings(message, 0)
    patterns = _patterns(readings, ENGLISH)
    foreign = tuple(
        (language.code, others)
        for language in FOREIGN
        if not _is_alike(readings, language)
        if (others := _patterns(readings, language)) != patterns
    )
    return Leaf(shown, leaf_key(patterns, foreign), patterns, foreign)


def leaf_key(patterns: tuple[Pattern, ...], foreign: ForeignPatterns = ()) -> str:
    """A name for the patterns in all languages, the same wherever they are written."""
    shown = repr((patterns, foreign)).encode("utf-8", "backslashreplace")
    return blake2b(shown, digest_size=16).hexdigest()


def patterns_of(text: str) -> tuple[Pattern, ...]:
    """Every reading of a phrase (the inside of its quotes) in English. Raises PhraseError."""
    return _patterns(_readings(text), ENGLISH)


def _readings(text: str) -> list[_Reading]:
    """Every reading of a phrase (the inside of its quotes). Raises PhraseError."""
    tokens = list(_TOKEN.finditer(text))
    _check_captures(tokens)
    _check_depth(tokens)
    readings, end = _alternatives(tokens, 0, closing="")
    if end < len(tokens):
        raise _refuse(tokens[end], f'"{tokens[end][0]}" has no opening bracket: remove it')
    if any(len(reading) > WORDS_AT_MOST for reading in readings):
        raise PhraseError(f"the phrase has over {WORDS_AT_MOST} words: split it", 0)
    return list(dict.fromkeys(map(_trim, readings)))


def _is_alike(readings: Iterable[_Reading], language: Language) -> bool:
    """Every word folds as it does in English, and to nothing that its neighbours change."""
    items = chain.from_iterable(readings)
    words = {each.text for each in items if isinstance(each, _Word) and not each.is_wild}
    return all(
        fold_word(word, language) == fold_word(word) and fold_word(word).kind is Kind.PLAIN
        for word in words
    )


def _by_characters(reading: _Reading) -> _Reading:
    """In a script without blanks where a word ends is the vendor's guess."""
    words = [item for item in reading if isinstance(item, _Word) and not item.is_wild]
    text = "".join(token for word in words for token in fold_word(word.text).tokens)
    if len(words) < len(reading) or not is_blankless(text):
        return reading
    return (Characters(text),)


def _patterns(readings: Iterable[_Reading], language: Language) -> tuple[Pattern, ...]:
    patterns = tuple(dict.fromkeys(_pattern(reading, language) for reading in readings))
    if any(not pattern.steps for pattern in patterns):
        raise PhraseError("there is no letter or digit to match: write at least one word", 0)
    if any(not _is_anchored(pattern) for pattern in patterns):
        raise PhraseError(
            "the phrase can be nothing but optional or free words: write at least one word", 0
        )
    return patterns


def captures_of(patterns: Iterable[Pattern]) -> set[str]:
    """The names that values are captured by."""
    steps = (step for pattern in patterns for step in pattern.steps)
    return {step.capture for step in steps if isinstance(step, Slot) and step.capture}


def word_step(text: str) -> Wild:
    """A wildcard word, folded. Raises PhraseError where the wildcard is not one."""
    folded = text.casefold().strip(".,;:!")
    if any(char.isdigit() for char in folded):
        raise PhraseError(f'"{text}": a wildcard stands for letters only: write the number out', 0)
    letters = folded.replace("*", "").replace("?", "")
    if not _WILD.fullmatch(folded) or folded.count("*") > 1:
        raise PhraseError(
            f'"{text}": a wildcard word is letters with one * at its start or end, or ? for a '
            "letter inside or at its end: write refund* or refun?",
            0,
        )
    if len(letters) < 2:
        raise PhraseError(f'"{text}": a wildcard needs at least 2 letters besides: write more', 0)
    return Wild(folded)


def slot_step(text: str) -> Slot:
    """`<money>`, `<digits 16>`, `<masked PERSON_NAME>`, `<money as fee>`. Raises PhraseError."""
    seen = _SLOT.fullmatch(text[1:-1].strip())
    kinds = ", ".join(f"<{kind}>" for kind in SlotKind).replace("<digits>", "<digits 16>")
    if seen is None or seen[1] not in set(SlotKind):
        raise PhraseError(f'there is no slot "{text}": write one of {kinds}', 0)
    kind, given, capture = SlotKind(seen[1]), seen[2] or "", seen[3] or ""
    if kind is SlotKind.DIGITS:
        if not given.isdigit() or not 1 <= int(given) <= _DIGITS_AT_MOST:
            message = f'"{text}" says not how many: write <digits 4>, 1 to {_DIGITS_AT_MOST}'
            raise PhraseError(message, 0)
        return Slot(kind, digits=int(given), capture=capture)
    if given and (kind is not SlotKind.MASKED or given.isdigit()):
        raise PhraseError(f'"{text}": <{kind}> takes no "{given}": write <{kind}>', 0)
    return Slot(kind, label=given.lower(), capture=capture)


def _check_captures(tokens: Iterable[re.Match[str]]) -> None:
    seen: set[str] = set()
    for token in tokens:
        slot = _SLOT.fullmatch(token["slot"][1:-1].strip()) if token["slot"] else None
        if slot is None or not slot[3]:
            continue
        if slot[3] in seen:
            raise _refuse(token, f'two slots are captured as "{slot[3]}": name each otherwise')
        seen.add(slot[3])


def _check_depth(tokens: Iterable[re.Match[str]]) -> None:
    depth = 0
    for token in tokens:
        depth += (token[0] in _CLOSING) - (token[0] in _CLOSING.values())
        if depth > DEPTH_AT_MOST:
            raise _refuse(token, f"brackets are nested over {DEPTH_AT_MOST} deep: write less of it")


def _refuse(token: re.Match[str], message: str) -> PhraseError:
    return PhraseError(message, token.start())


def _alternatives(
    tokens: Sequence[re.Match[str]], at: int, *, closing: str
) -> tuple[list[_Reading], int]:
    """Readings of `a b|c d` up to the closing bracket (or the end), and where that stands."""
    branches: list[list[_Reading]] = []
    while True:
        readings, at = _sequence(tokens, at)
        branches.append(readings)
        if at < len(tokens) and tokens[at][0] == "|":
            if not closing:
                raise _refuse(tokens[at], 'alternatives stand in parentheses: write "(one|other)"')
            at += 1
            continue
        return list(dict.fromkeys(r for branch in branches for r in branch)), at


def _sequence(tokens: Sequence[re.Match[str]], at: int) -> tuple[list[_Reading], int]:
    readings: list[_Reading] = [()]
    while at < len(tokens) and tokens[at][0] not in (")", "]", "|"):
        items, at = _item(tokens, at)
        if len(readings) * len(items) > READINGS_AT_MOST:
            raise _refuse(
                tokens[at - 1],
                f"the phrase has over {READINGS_AT_MOST} readings: split it with OR",
            )
        readings = [before + after for before, after in product(readings, items)]
    return readings, at


def _item(tokens: Sequence[re.Match[str]], at: int) -> tuple[list[_Reading], int]:
    token = tokens[at]
    opening = token[0]
    if opening in _CLOSING:
        inner, end = _alternatives(tokens, at + 1, closing=_CLOSING[opening])
        if end >= len(tokens) or tokens[end][0] != _CLOSING[opening]:
            raise _refuse(token, f'"{opening}" is not closed: close it with {_CLOSING[opening]}')
        if opening == "(" and () in inner:
            raise _refuse(token, "an alternative is empty: write optional words as [word]")
        return ([*inner, ()] if opening == "[" else inner), end + 1
    if token["gap"]:
        return [(_gap(token),)], at + 1
    if token["slot"]:
        try:
            return [(slot_step(opening),)], at + 1
        except PhraseError as error:
            raise _refuse(token, error.message) from None
    if token["lost"] or token["mark"]:
        raise _refuse(
            token, f'"{opening}" has no meaning in a phrase here: write a backslash before it'
        )
    return [(_word(token),)], at + 1


def _gap(token: re.Match[str]) -> Gap:
    if not token["most"]:
        return Gap(1, 1)
    most = int(token["most"][:6])
    if not 1 <= most <= GAP_AT_MOST:
        raise _refuse(token, f'"{token[0]}": free words go from *1 to *{GAP_AT_MOST}')
    return Gap(0, most)


def _word(token: re.Match[str]) -> _Word:
    raw = token["word"]
    bare = re.sub(r"\\.", "", raw)
    text = re.sub(r"\\(.)", r"\1", raw)
    if "*" not in bare and "?" not in bare:
        return _Word(text, is_wild=False)
    try:
        return _Word(word_step(text).text, is_wild=True)
    except PhraseError as error:
        raise _refuse(token, error.message) from None


def _trim(reading: _Reading) -> _Reading:
    """Free words at an end that need not be there do not count."""
    items = list(reading)
    while items and isinstance(items[-1], Gap) and not items[-1].minimum:
        items.pop()
    while items and isinstance(items[0], Gap) and not items[0].minimum:
        items.pop(0)
    return tuple(items)


def _pattern(reading: _Reading, language: Language) -> Pattern:
    steps: list[Step] = []
    words: list[str] = []
    is_spoken = False
    for item in (*reading, None):
        if isinstance(item, _Word) and not item.is_wild:
            if item.text != "#":  # a mark here; in a transcript it stands for what was masked
                words.append(item.text)
            continue
        axis = fold_text(words, language)
        is_spoken = is_spoken or _names_unplaced(axis)
        steps.extend(_literals(axis.tokens))
        words = []
        if item is not None:
            steps.append(Wild(item.text) if isinstance(item, _Word) else item)
    return Pattern(tuple(steps), is_spoken)


def _names_unplaced(axis: Axis) -> bool:
    return len(axis.kept) < len(axis.tokens) or not axis.language.fillers.isdisjoint(axis.tokens)


def _literals(tokens: Sequence[str]) -> list[Step]:
    steps: list[Step] = []
    at = 0
    while at < len(tokens):
        if tokens[at].startswith(MASK):
            raise PhraseError("a masked word matches no ordinary term: remove it", 0)
        end = at
        while end < len(tokens) and tokens[end].isdigit():
            end += 1
        digits = "".join(tokens[at:end])
        if len(digits) >= _REGROUPED_DIGITS and all(is_number(t) for t in tokens[at:end]):
            steps.append(Digits(digits))
            at = end
        else:
            steps.append(Literal(tokens[at]))
            at += 1
    return steps


def _is_anchored(pattern: Pattern) -> bool:
    return any(not isinstance(step, Gap) for step in pattern.steps)
