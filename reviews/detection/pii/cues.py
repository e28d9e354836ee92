"""What the words around a number say it is."""

from collections.abc import Sequence
from enum import StrEnum


class Cue(StrEnum):
    CARD = "card"
    SOCIAL = "social"
    PHONE = "phone"
    OTHER = "other"
    """Named as something else: an account, an order, a date."""


_WORDS = {
    Cue.CARD: "card cards cc visa mastercard amex discover debit credit",
    Cue.SOCIAL: "social ssn socials",
    Cue.PHONE: "phone phones telephone mobile cell cellphone call calling callback contact text "
    "texts reach dial fax whatsapp messages sms desk office landline voicemail registered",
    Cue.OTHER: "account acct order policy claim reference confirmation license licence member "
    "membership id ids booking tracking invoice zip zipcode postcode routing iban case ticket "
    "serial ip group passport npi medicare code pin balance date born birth vin transaction",
}
_CUES = {word: cue for cue, words in _WORDS.items() for word in words.split()}
BEFORE = 14
AFTER = 5
_LETTERS = frozenset("bcdefghjklmnpqrstuvwxyz")


def cue(words: Sequence[str], first: int, last: int) -> Cue | None:
    """The nearest cue before word `first`, else the nearest after word `last`."""
    before = words[max(0, first - BEFORE) : first]
    for word in reversed(before):
        if word in _CUES:
            return _CUES[word]
    for word in words[last + 1 : last + 1 + AFTER]:
        if word in _CUES:
            return _CUES[word]
    return None


def is_lettered(words: Sequence[str], first: int) -> bool:
    """True where a spelled letter leads into the number: an IBAN, a booking code."""
    return first > 0 and words[first - 1] in _LETTERS
