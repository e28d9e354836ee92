"""Passwords and answers to security questions, by what was asked or said before them."""

from collections.abc import Iterator, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.span import PIN, Span

_SINGLE = lexicon("password passcode passphrase passwords")
_PHRASES = tuple(
    tuple(phrase.split(" "))
    for phrase in (
        "security answer",
        "security word",
        "secret word",
        "secret answer",
        "memorable word",
        "mother's maiden name",
        "maiden name",
        "security question",
        "first pet",
        "favorite teacher",
        "first school",
    )
)
_HEADS = _SINGLE | frozenset(phrase[-1] for phrase in _PHRASES)
_COPULAS = lexicon("is was it's be are")
_LEAD_IN = lexicon(
    "yes yeah sure okay ok um uh it's it is was that's that the my of course answer would be hers "
    "name i think so all right um"
)
_STOPS = lexicon(
    """
    and but so or because not no for to in on at with from by of what why when where how who which
    correct wrong right the a an my your his her their please thanks thank reset changed change
    expired incorrect required needed working protected again still already very too here there
    yes yeah sure okay ok you i we they he she it can could would will do does did don't didn't
    can't cannot forgot know knew
    """
)
_ASKING = lexicon("what what's your which tell give have confirm provide may can could")
_ASKING_WITHIN = 8
_MARKS = frozenset(".,;:!?\n")
_LONGEST = 4
_ASKED_WITHIN = 6
"""Words between the question and the end of its turn."""


def secrets(axis: Axis) -> Iterator[Span]:
    words = axis.words
    for at in axis.places(_HEADS):
        if words[at] not in _SINGLE and not _ends_phrase(words, at):
            continue
        first = _told(axis, at) or _answered(axis, at)
        last = _last(axis, first) if first else -1
        if first and last >= first:
            start, end = axis.bounds(first, last)
            yield Span(start, end, PIN, 0.7, "spoken")


def _ends_phrase(words: Sequence[str], at: int) -> bool:
    return any(tuple(words[max(0, at - len(p) + 1) : at + 1]) == p for p in _PHRASES)


def _told(axis: Axis, at: int) -> int:
    """Where the value begins that `my password is` leads to; 0 where none does."""
    words = axis.words
    is_led = words[at + 1 : at + 2] != [] and words[at + 1] in _COPULAS
    if not is_led or axis.breaks(at) or axis.breaks(at + 1):
        return 0
    return at + 2 if at + 2 < len(words) else 0


def _answered(axis: Axis, at: int) -> int:
    """Where the answer begins, in the turn after the one that asked; 0 where there is none."""
    first = axis.answer_to(at, within=_ASKED_WITHIN, lead_in=_LEAD_IN)
    asked = axis.words[max(0, at - _ASKING_WITHIN) : at]
    return first if not _ASKING.isdisjoint(asked) else 0


def _last(axis: Axis, first: int) -> int:
    last = first - 1
    while last + 1 < len(axis.words) and last - first + 1 < _LONGEST:
        if axis.words[last + 1] in _STOPS:
            break
        last += 1
        if not _MARKS.isdisjoint(axis.between(last)):
            break
    return last
