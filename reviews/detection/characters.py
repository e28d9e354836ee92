"""Phrases in scripts without blanks: characters in a row, wherever the vendor cut the words."""

import re
from collections.abc import Iterator
from itertools import groupby

from reviews.detection.normalize import Axis


def in_a_row(text: str, axis: Axis) -> Iterator[tuple[int, int]]:
    """First and last token of each stretch of one turn that holds `text`, overlapping ones too."""
    if not axis.distinct_characters.issuperset(text):
        return
    everywhere = re.compile(f"(?={re.escape(text)})")
    for _, tokens in groupby(axis.kept, key=axis.turns.__getitem__):
        spoken = [(at, char) for at in tokens for char in axis.tokens[at]]
        for hit in everywhere.finditer("".join(char for _, char in spoken)):
            yield spoken[hit.start()][0], spoken[hit.start() + len(text) - 1][0]
