"""A text read near-verbatim, as it is written: `~"the text" 85%`."""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from reviews.detection.language.phrase import WORDS_AT_MOST, PhraseError
from reviews.detection.language.types import Similar
from reviews.detection.languages.known import FOREIGN
from reviews.detection.normalize import fold_text

WORDS_AT_LEAST = 3
_WRITTEN = re.compile(r'~\s*["“”]((?:\\.|[^"“”\\])*)["“”](?:\s*([\d.]+)\s*%)?', re.DOTALL)
_MARKS = re.compile(r"(?<!\\)[()\[\]|*?<>]")


def similar(written: str) -> Similar:
    """The text with its share. Raises PhraseError with the offset in `written`."""
    seen = _WRITTEN.fullmatch(written)
    if seen is None or seen[2] is None:
        message = f"{written[:40]} says not how near: write the share of its words, such as 85%"
        raise PhraseError(message, len(written))
    text, share = seen[1], seen[2]
    if not share.isdigit() or not 1 <= int(share) <= 100:
        raise PhraseError(f'"{share}%" is no share: write 1% to 100%', seen.start(2))
    if mark := _MARKS.search(text):
        message = f'"{mark[0]}" has no meaning in a text that is compared: leave it out'
        raise PhraseError(message, seen.start(1) + mark.start())
    words = re.sub(r"\\(.)", r"\1", text).split()
    axis = fold_text(words)
    if not WORDS_AT_LEAST <= len(axis.placed) <= WORDS_AT_MOST:
        message = (
            f"the text has {len(axis.placed)} words: write {WORDS_AT_LEAST} to {WORDS_AT_MOST}"
        )
        raise PhraseError(message, seen.start(1))
    tokens = tuple(axis.placed)
    foreign = tuple((code, each) for code, each in _foreign(words) if each and each != tokens)
    key = blake2b(repr((tokens, foreign, share)).encode(), digest_size=16).hexdigest()
    return Similar(f'~"{" ".join(text.split())}" {share}%', key, tokens, int(share), foreign)


def _foreign(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for language in FOREIGN:
        yield language.code, tuple(fold_text(words, language).placed)
