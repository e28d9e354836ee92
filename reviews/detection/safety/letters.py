"""A word of the lexicon as one character, so that rules over words are patterns over a string."""

BREAK = "\n"
"""The end of a sentence."""
QUOTE = '"'
NUMBER = "0"
OTHER = "_"
"""A word that no rule knows."""
MASKED = "[profanity]"
"""What a vendor writes for a swear word that it takes out, by our name."""
BLANKED = "[blanked]"
"""Signs alone: a swear word, or a number that was taken out."""

_FIRST = 0x4E00  # letters that mean nothing to a pattern
_LETTERS: dict[str, str] = {}


def letter(word: str) -> str:
    """The word's own character; the same for the life of the process."""
    known = _LETTERS.get(word)
    return known or _LETTERS.setdefault(word, chr(_FIRST + len(_LETTERS)))


def known(word: str) -> str | None:
    return _LETTERS.get(word)
