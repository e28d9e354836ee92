"""Word lists, kept as text so that they read as lists of words."""


def lexicon(words: str) -> frozenset[str]:
    """The words of a text, divided by blanks."""
    return frozenset(words.split())
