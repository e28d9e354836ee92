"""Tables of texts side by side, as the tests of each language write them."""

from reviews.detection.languages.language import Language
from reviews.detection.normalize import fold_text


def pairs(table: str, sign: str) -> list[tuple[str, str]]:
    """The two sides of each line."""
    lines = [line.partition(f" {sign} ") for line in table.strip().splitlines()]
    return [(left, right) for left, _, right in lines]


def folded(text: str, language: Language) -> list[str]:
    """The tokens that take a position."""
    return fold_text(text.split(), language).placed
