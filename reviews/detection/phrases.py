"""Phrases as the search over calls takes them: the same folded tokens for words and for what is
asked. What is personal data has no token, and no phrase goes over it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from reviews.detection.folding import MASK, fold_word, is_blankless
from reviews.detection.pii.call import Mask

LONGEST_TOKEN = 40
"""Of a longer one its beginning counts."""
PLACES_AT_MOST = 255
LAST_PLACE = 16_382
"""What a tsvector can hold of one lexeme, and how far its positions go, counted from 0."""
PART_TOKENS = 4_000
"""A tsvector has at most 1 MB; so many tokens, each alone and with the next, stay under it."""
ROLES: Mapping[str, str] = {"agent": "a", "customer": "c"}
OTHER = "o"
"""Who says it, as the first letter of a lexeme; OTHER for every further role."""
Lexemes = Mapping[str, Sequence[int]]
"""Lexeme → the utterances that it is said in, ascending."""


def tokens_of(text: str) -> list[str]:
    """What a phrase asks for; none where it has no word."""
    return [token for word in text.split() for token in _tokens(word) if token]


def lexemes_of(tokens: Sequence[str]) -> list[str]:
    """What the index is asked for: the word, or each word with its next."""
    if len(tokens) == 1:
        return list(tokens)
    return [f"{one} {after}" for one, after in pairwise(tokens)]


def spans(
    tokens: Sequence[str], words: Sequence[str], masks: Iterable[Mask]
) -> Iterator[tuple[int, int]]:
    """First and last word of each place where the phrase is said, personal data left out."""
    said = list(_said(words, masks))
    size = len(tokens)
    for at in range(len(said) - size + 1):
        run = said[at : at + size]
        if all(token == wanted for (token, _), wanted in zip(run, tokens, strict=True)):
            yield run[0][1], run[-1][1]


def parts(utterances: Iterable[tuple[str, Sequence[str], Iterable[Mask]]]) -> Iterator[Lexemes]:
    """A call's index, in as many parts as it needs; each utterance has its role, words and masks.

    Each token stands for itself and, with the one after it in its utterance, for the two.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    room = PART_TOKENS
    for at, (role, words, masks) in enumerate(utterances):
        letter, place = ROLES.get(role, OTHER), min(at, LAST_PLACE)
        tokens = [token for token, _ in _said(words, masks)]
        low = 0
        while low < len(tokens):
            high = min(low + room, len(tokens))
            _put(places, _lexemes(letter, tokens, low, high), place)
            room -= high - low
            low = high
            if not room:
                yield places
                places, room = defaultdict(list), PART_TOKENS
    if places:
        yield places


def _lexemes(letter: str, tokens: Sequence[str], low: int, high: int) -> Iterable[str]:
    """Of the tokens from `low` to before `high`, each once."""
    first = max(low, 1)
    alone = [f"{letter} {token}" for token in tokens[low:high] if token]
    pairs = zip(tokens[first - 1 : high - 1], tokens[first:high], strict=True)
    together = [f"{letter} {one} {after}" for one, after in pairs if one and after]
    return dict.fromkeys(alone + together)


def _put(places: Mapping[str, list[int]], lexemes: Iterable[str], at: int) -> None:
    for lexeme in lexemes:
        known = places[lexeme]
        if len(known) < PLACES_AT_MOST and (not known or known[-1] != at):
            known.append(at)


def _said(words: Sequence[str], masks: Iterable[Mask]) -> Iterator[tuple[str, int]]:
    """Each token and its word; an empty one in the place of what is personal data."""
    hidden = {at for first, last, _ in masks for at in range(first, last + 1)}
    for at, word in enumerate(words):
        if at in hidden:
            yield "", at
            continue
        for token in _remembered(word) if len(word) <= LONGEST_TOKEN else _tokens(word):
            yield token, at


@lru_cache(maxsize=50_000)
def _remembered(word: str) -> tuple[str, ...]:
    return tuple(_tokens(word))


def _tokens(word: str) -> Iterator[str]:
    for token in fold_word(word).tokens:
        if is_blankless(token):
            yield from token
        elif token[0] == MASK:
            yield ""
        else:
            yield token[:LONGEST_TOKEN]
