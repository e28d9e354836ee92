"""The languages that are known, and the one of a call."""

from collections.abc import Mapping

from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.language import Language
from reviews.detection.languages.spanish import SPANISH

KNOWN: Mapping[str, Language] = {
    **dict.fromkeys(("en", "eng", "english"), ENGLISH),
    **dict.fromkeys(("es", "spa", "spanish"), SPANISH),
}
OTHER = Language("")
"""Any other: words are folded, but it has no fillers, no contractions and no numbers."""

FOREIGN = (SPANISH, OTHER)
"""In which a query's words can fold otherwise than in English."""


def language_of(code: str | None) -> Language:
    """By a code such as `en_us` or `es-MX`; a call whose language nobody gave is English."""
    if code is None:
        return ENGLISH
    return KNOWN.get(code.lower().replace("_", "-").partition("-")[0], OTHER)


def is_covered(languages: tuple[str, ...], language: str | None) -> bool:
    """`en` covers `en_us`; a call whose language nobody gave is not refused for it."""
    if not languages or language is None:
        return True
    spoken = language.lower().replace("-", "_")
    asked = {each.lower().replace("-", "_") for each in languages}
    return spoken in asked or spoken.split("_")[0] in asked
