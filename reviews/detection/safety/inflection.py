"""The forms of a word, by rule."""

from collections.abc import Iterator

_VOWELS = "aeiou"
_IRREGULAR = {
    "shoot": "shot",
    "beat": "beaten",
    "hang": "hung hanged",
    "burn": "burnt burned",
    "break": "broke broken",
    "cut": "cut",
    "hit": "hit",
    "slit": "slit",
    "steal": "stole stolen",
    "shit": "shat",
    "suck": "sucked",
    "drown": "drowned",
    "put": "put",
    "hurt": "hurt",
    "get": "got gotten",
    "bet": "bet",
}


def forms(entry: str) -> Iterator[str]:
    """`word`, or with signs after a colon: v verb, n noun, r one who does it, a more and most."""
    word, _, signs = entry.partition(":")
    yield word
    if "n" in signs or "v" in signs:
        yield plural(word)
    if "v" in signs:
        yield from past(word)
        yield _joined(word, "ing")
        yield _joined(word, "in")
    if "r" in signs:
        yield _joined(word, "er")
        yield _joined(word, "ers")
    if "a" in signs:
        yield _joined(word, "er")
        yield _joined(word, "est")


def past(word: str) -> list[str]:
    """Past and participle."""
    return _IRREGULAR[word].split() if word in _IRREGULAR else [_joined(word, "ed")]


def plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _joined(word: str, ending: str) -> str:
    if word.endswith("e") and ending[0] in _VOWELS:
        return word[:-1] + ending
    if word.endswith("y") and word[-2] not in _VOWELS and ending[0] == "e":
        return word[:-1] + "i" + ending
    return (word + word[-1] if _is_doubled(word) else word) + ending


def _is_doubled(word: str) -> bool:
    """One short syllable between consonants: stab, stabbing."""
    if len(word) < 3 or len(word) > 4 or word[-1] in _VOWELS + "wxy":
        return False
    return word[-2] in _VOWELS and word[-3] not in _VOWELS
