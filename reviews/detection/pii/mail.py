"""E-mail addresses, written and read out ("j dot smith at example dot com")."""

import re
from collections.abc import Iterator, Sequence

from reviews.detection.numerals import SCALES
from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.numbers import STARTERS
from reviews.detection.pii.span import EMAIL, Span

# The lookbehind keeps a long run of letters from being tried from each of its characters.
_WRITTEN = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}", re.IGNORECASE
)
_JOINTS = lexicon("dot period underscore dash hyphen plus minus")
_DOTS = frozenset({"dot", "period", "point"})
_ENDINGS = lexicon(
    "com net org edu gov mil info biz io co us uk ca au de fr es it nl pl hu pt ch se no dk fi at "
    "be ie nz in jp br mx cz ru eu health bank"
)
_TELLING = _DOTS | lexicon("com net org edu gov")
"""Without one of these nothing is spelled out as an address."""
_NAMED = lexicon("email mail emails")
_NOT_NAMES = lexicon(
    "look looking looks us me it you them him her page site website online shop order available "
    "visit go here there find found see check back stay arrive start buy sold store person team "
    "work works out up stop is are was were be support help information info's"
)
_NAME_BREAKS = lexicon(
    "is it's its address mail email e my your the to at this on or and that's uh um an a so okay "
    "yes sure spelled"
)
_LEADS = lexicon("is it's to use address email the yes yeah sure okay um uh so yep")
_LONGEST_DOMAIN = 4
_LONGEST_NAME = 4
_NAMED_WITHIN = 12


def mails(axis: Axis) -> Iterator[Span]:
    if "@" in axis.text:
        for found in _WRITTEN.finditer(axis.text):
            yield Span(found.start(), found.end(), EMAIL, 0.95, "written")
    if not _TELLING.isdisjoint(axis.vocabulary):
        yield from _spoken(axis)


def _spoken(axis: Axis) -> Iterator[Span]:
    words = axis.words
    for at in axis.places({"at"}):
        last = _domain_end(words, at + 1)
        if at == 0 or last is None or not _is_address(words, at):
            continue
        start, end = axis.bounds(_name_start(axis, at - 1), last)
        yield Span(start, end, EMAIL, 0.85, "spoken")


def _domain_end(words: Sequence[str], first: int) -> int | None:
    """Last word of a domain that begins at `first`; None where none does."""
    last: int | None = None
    for at in range(first, min(first + _LONGEST_DOMAIN, len(words) - 1)):
        if words[at] in _DOTS:
            break
        if words[at + 1] in _DOTS:
            last = _ending(words, at + 1)
            break
        if words[at + 1] in _ENDINGS and len(words[at + 1]) == 3 and at == first:
            # "at example.com": the dot was written and has become a blank.
            return at + 1
    return last


def _ending(words: Sequence[str], dot: int) -> int | None:
    """Follow "dot com dot au" from the first dot; None unless it ends as domains end."""
    last = None
    while dot + 1 < len(words) and words[dot] in _DOTS:
        if words[dot + 1] in _ENDINGS:
            last = dot + 1
        dot += 2
    return last


def _is_address(words: Sequence[str], at: int) -> bool:
    if not _NAMED.isdisjoint(words[max(0, at - _NAMED_WITHIN) : at]):
        return words[at - 1] not in _NAME_BREAKS
    return words[at - 1] not in _NOT_NAMES and words[at - 1] not in _NAME_BREAKS


def _name_start(axis: Axis, last: int) -> int:
    """First word of the name part that ends at `last`."""
    at = last
    while (step := _step(axis.words, at, last)) and not axis.breaks(at - 1):
        at -= step
    return _told(axis, at)


def _step(words: Sequence[str], at: int, last: int) -> int:
    """How many words before the name part's word `at` belong to it, too."""
    if _is_example(words, at):
        return 3
    before = words[at - 1] if at else ""
    is_spelled = len(before) == 1 and len(words[at]) == 1
    if not before or (before in _NAME_BREAKS | _NOT_NAMES and not is_spelled):
        return 0
    if before in _JOINTS and at > 1:
        return 2
    return int(_is_small(words[at]) or (_is_small(before) and at < last))


def _is_example(words: Sequence[str], at: int) -> bool:
    """`b as in boy`, from its last word."""
    return at > 2 and words[at - 2 : at] == ["as", "in"] and words[at - 3] == words[at][0]


def _told(axis: Axis, first: int) -> int:
    """Further words of the name part, as far as one that leads into it: `it's jo lee at …`."""
    words = axis.words
    for at in range(first, max(-1, first - _LONGEST_NAME), -1):
        if at == 0 or words[at - 1] in _LEADS or axis.breaks(at - 1):
            return at
        if words[at - 1] in _NAME_BREAKS or words[at - 1] in _NOT_NAMES:
            break
    return first


def _is_small(word: str) -> bool:
    """A letter, figures or a number word: part of a name that goes on to the left."""
    return len(word) == 1 or word.isdigit() or word in STARTERS or word in SCALES
