"""English words for numbers, as folding and the spoken-number detectors share them."""

from collections.abc import Mapping

_SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

SMALL: Mapping[str, int] = {word: value for value, word in enumerate(_SMALL)}
"""zero to nineteen."""
TENS: Mapping[str, int] = {word: 20 + 10 * at for at, word in enumerate(_TENS)}
SCALES: Mapping[str, int] = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 10**12,
}
DIGITS: Mapping[str, str] = {word: str(SMALL[word]) for word in _SMALL[:10]} | {"oh": "0", "o": "0"}
"""Words that stand for one digit when digits are read out."""
REPEATS: Mapping[str, int] = {"double": 2, "triple": 3}
