"""Word lists, kept as text so that they read as lists of words."""


def lexicon(words: str) -> frozenset[str]:
    """The words of a text, divided by blanks."""
    return frozenset(words.split())


def named_with(words: str) -> frozenset[str]:
    """As `lexicon`, with `zip's` beside `zip`: a name runs into the `is` that follows it."""
    return frozenset(each for word in words.split() for each in (word, f"{word}'s"))
