"""Letters without their accents, as names are compared."""

import unicodedata
from functools import lru_cache

_OTHERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "ß": "ss"})


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.translate(_OTHERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


def unaccented(word: str) -> str:
    return word if word.isascii() else _folded(word)
