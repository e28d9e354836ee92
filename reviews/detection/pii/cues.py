"""What the words around a number say it is."""

from collections.abc import Sequence
from enum import StrEnum

from reviews.detection.pii.lexicon import named_with


class Cue(StrEnum):
    CARD = "card"
    SOCIAL = "social"
    PHONE = "phone"
    ACCOUNT = "account"
    ROUTING = "routing"
    LICENCE = "licence"
    PASSPORT = "passport"
    RECORD = "record"
    PROVIDER = "provider"
    HEALTH_SERVICE = "health service"
    TAXPAYER = "taxpayer"
    POSTAL = "postal"
    VEHICLE = "vehicle"
    OTHER = "other"
    """Named as something else: an order, a claim, a date."""


_WORDS = {
    Cue.CARD: "card cards cc visa mastercard amex discover debit credit",
    Cue.SOCIAL: "social ssn socials ssns ss",
    Cue.PHONE: "phone phones telephone mobile cell cellphone call calling callback contact text "
    "texts reach dial fax whatsapp messages sms desk office landline voicemail registered ph",
    Cue.ACCOUNT: "account acct checking savings ac a/c",
    Cue.ROUTING: "routing aba transit",
    Cue.LICENCE: "license licence licenses licences driver's drivers dl",
    Cue.PASSPORT: "passport passports",
    Cue.RECORD: "mrn chart patient medicare medicaid medical health subscriber member",
    Cue.PROVIDER: "npi provider prescriber",
    Cue.HEALTH_SERVICE: "nhs",
    Cue.TAXPAYER: "itin taxpayer",
    Cue.POSTAL: "zip zipcode postcode postal",
    Cue.VEHICLE: "vin plate plates tag registration chassis",
    Cue.OTHER: "order policy claim reference confirmation membership id ids booking "
    "tracking invoice iban case ticket serial ip group code pin balance date born birth birthday "
    "dob transaction extension amount total",
}
_CUES = {word: cue for cue, words in _WORDS.items() for word in named_with(words)}
_SPELLED = frozenset({"ss", "ssn", "itin", "npi", "mrn", "dob", "aba", "vin", "nhs", "iban", "pin"})
"""Names that are read out letter by letter: `s s n`."""
_SOCIABLE = frozenset({"media", "network", "networks", "team", "worker"})
"""What is social and no number."""
_GENERAL = named_with("code id ids group case")
"""Behind another cue they are part of its name: a zip code."""
_OF_PAIRS = {("insurance", "id"): Cue.RECORD, ("in", "case"): None}
_DIALLED = frozenset({"area", "country", "dialing"})
"""Before a code they speak of a telephone's."""
BEFORE = 14
AFTER = 5
_LETTERS = frozenset("bcdefghjklmnpqrstuvwxyz")


def cue(words: Sequence[str], first: int, last: int) -> Cue | None:
    """The nearest cue before word `first`, else the nearest after word `last`."""
    for at in range(first - 1, max(0, first - BEFORE) - 1, -1):
        if said := _cue_at(words, at):
            return said
    for at in range(last + 1, min(last + 1 + AFTER, len(words))):
        if said := _cue_at(words, at):
            return said
    return None


def _cue_at(words: Sequence[str], at: int) -> Cue | None:
    word = words[at]
    if len(word) == 1:
        return _CUES.get(_spelled(words, at))
    said = _CUES.get(word)
    if word == "social" and _SOCIABLE.issuperset(words[at + 1 : at + 2]) and at + 1 < len(words):
        return None
    if said is None or word not in _GENERAL or not at:
        return said
    return _OF_PAIRS.get(
        (words[at - 1], word),
        _CUES.get(words[at - 1], None if words[at - 1] in _DIALLED else said),
    )


def _spelled(words: Sequence[str], at: int) -> str:
    """The name whose last letter is word `at`; "" where none is spelled."""
    for size in (4, 3, 2):
        name = "".join(words[max(0, at - size + 1) : at + 1])
        if len(name) == size and name in _SPELLED and len(words[at - size + 1]) == 1:
            return name
    return ""


def is_right_before(words: Sequence[str], first: int, cue: Cue, *, within: int) -> bool:
    """The cue's word is one of the few before word `first`."""
    return any(_CUES.get(word) is cue for word in words[max(0, first - within) : first])


def is_lettered(words: Sequence[str], first: int) -> bool:
    """True where a spelled letter leads into the number: an IBAN, a booking code."""
    is_letter = first > 0 and words[first - 1] in _LETTERS
    return is_letter and not _spelled(words, first - 1)
