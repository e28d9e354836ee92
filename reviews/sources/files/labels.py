"""The speaker that stands before what he says: `[SPEAKER_00]: …`, `Name: …`."""

import re

from reviews.detection.transcript import Role
from reviews.sources.roles import role_word

_BRACKETED = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*:?\s*(.*)", re.DOTALL)
_PLAIN = re.compile(r"\s*([^\W\d_][^:\n\[\]<>]{0,40}?)\s*:(?:\s+(.*)|$)", re.DOTALL)
_NAME = re.compile(r"[^\W\d_][\w.'’&/()#-]*|#?\d+|&")
_MOST_WORDS = 4
_CLOCK = re.compile(r"\s*[\[(]?(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?[\])]?\s*(?:-\s+)?")
"""As transcripts that people read are stamped."""


def label_in(text: str) -> tuple[str | None, str]:
    """The label before a text, and the rest of it; None where it has none.

    `[noise]` is none: a label in brackets has a colon behind it, or is numbered as machines do.
    """
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed and (_has_colon(text) or _is_machine(bracketed[1])):
        return bracketed[1].strip(), bracketed[2].strip()
    plain = _PLAIN.fullmatch(text)
    if plain and is_name(plain[1]):
        return plain[1].strip(), (plain[2] or "").strip()
    return None, text.strip()


def without_clock(text: str) -> tuple[str, bool]:
    """The text without the time it may begin with, and whether it did."""
    found = _CLOCK.match(text)
    if not found or found.end() == len(text):
        return text, False
    return text[found.end() :], True


def is_name(text: str) -> bool:
    """Whether it is how a speaker is called: one word, a role, or a few, each with a capital."""
    parts = text.split()
    if role_word(text) is not Role.UNKNOWN:
        return True
    if not 1 <= len(parts) <= _MOST_WORDS or not all(map(_NAME.fullmatch, parts)):
        return False
    return len(parts) == 1 or all(part[0].isupper() or not part[0].isalpha() for part in parts)


def _has_colon(text: str) -> bool:
    return text.partition("]")[2].lstrip().startswith(":")


def _is_machine(label: str) -> bool:
    return bool(re.fullmatch(r"(?:speaker|spk)[\s_-]?\w{1,3}", label.strip(), re.IGNORECASE))
