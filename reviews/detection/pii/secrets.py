"""Passwords and answers to security questions, by what was asked or said before them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon, named_with
from reviews.detection.pii.numbers import Run
from reviews.detection.pii.span import PIN, Span

_LIKED = "teacher color colour movie book food team singer band sport"
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
        "first school",
        "first car",
        "first job",
        "elementary school",
        "best friend",
        "childhood friend",
        "childhood nickname",
        "grow up on",
        "grew up on",
        "grow up in",
        "you born in",
        "parents meet",
        *(f"{liked} {what}" for liked in ("favorite", "favourite") for what in _LIKED.split()),
    )
)
_ENDED_BY = {
    last: [phrase for phrase in _PHRASES if phrase[-1] == last]
    for last in {phrase[-1] for phrase in _PHRASES}
}
"""Phrases by their last word."""
_HEADS = _SINGLE | _ENDED_BY.keys()
_COPULAS = lexicon("is was it's be are")
_LEAD_IN = lexicon(
    "yes yeah sure okay ok um uh it's it is was that's that the my of course answer would be hers "
    "name i think so all right um"
)
_STOPS = lexicon(
    """
    and but so or because not no for to in on at with from by of what why when where how who which
    case correct wrong right the a an my your his her their please thanks thank reset changed change
    expired incorrect required needed working protected again still already very too here there
    yes yeah sure okay ok you i we they he she it can could would will do does did don't didn't
    can't cannot forgot know knew
    """
)
_ASKING = lexicon(
    "what what's your which where who tell give have confirm verify provide state enter may can "
    "could please"
)
_ASKING_WITHIN = 8
_BRIEF = 2
"""Words before the last of a phrase that is all of its turn: it asks without saying so."""
_MARKS = frozenset(".,;:!?\n")
_LONGEST = 4
_LEAST = 4
"""Characters of a value that follows the word itself."""
_CODES = named_with("code passcode otp")
_SENT = lexicon(
    "verification verify one-time time texted text sent send emailed login authentication "
    "authenticator authorization otp passcode"
)
_SENT_BEFORE, _SENT_AFTER = 4, 7
_OTHER_CODES = lexicon("zip area postal country promo discount coupon error order tracking")
_CODE_LENGTHS = range(4, 9)
_TOLD_WITHIN = 12
_ASKED_WITHIN = 6
"""Words between the question and the end of its turn."""


def secrets(axis: Axis, every: Sequence[Run]) -> Iterator[Span]:
    words = axis.words
    for run in _one_time(axis, every):
        start, end = axis.bounds(run.first, run.last)
        yield Span(start, end, PIN, 0.8, run.method)
    numbers = {run.first: run for run in every}
    for at in axis.places(_HEADS):
        if words[at] not in _SINGLE and not _ends_phrase(words, at):
            continue
        first = _told(axis, at) or _answered(axis, at) or _figures(axis, at, numbers)
        number = numbers.get(first) if first else None
        last = _last(axis, first) if first else -1
        last = max(last, number.last) if number else last
        if first and last >= first:
            start, end = axis.bounds(first, last)
            yield Span(start, end, PIN, 0.7, "spoken")


def _ends_phrase(words: Sequence[str], at: int) -> bool:
    ended = _ENDED_BY[words[at]]
    return any(tuple(words[max(0, at - len(p) + 1) : at + 1]) == p for p in ended)


def _told(axis: Axis, at: int) -> int:
    """Where the value begins that `my password is` leads to; 0 where none does."""
    words = axis.words
    _, end = axis.bounds(at, at)
    if axis.text[end : end + 1] == ":" and at + 1 < len(words) and not axis.breaks(at):
        return at + 1
    is_led = words[at + 1 : at + 2] != [] and words[at + 1] in _COPULAS
    if not is_led or axis.breaks(at) or axis.breaks(at + 1):
        return 0
    return at + 2 if at + 2 < len(words) else 0


def _figures(axis: Axis, at: int, numbers: Mapping[int, Run]) -> int:
    """Where `password 20149395` and `passcode four one one nine` begin; 0 where none does."""
    if at + 1 >= len(axis.words) or axis.breaks(at):
        return 0
    number = numbers.get(at + 1)
    is_long = len(number.digits) >= _LEAST if number else _is_mixed(axis, at + 1)
    return at + 1 if is_long else 0


def _is_mixed(axis: Axis, at: int) -> bool:
    return len(axis.words[at]) >= _LEAST and axis.words[at] in axis.with_digits


def _answered(axis: Axis, at: int) -> int:
    """Where the answer begins, in the turn after the one that asked; 0 where there is none."""
    first = axis.answer_to(at, within=_ASKED_WITHIN, lead_in=_LEAD_IN)
    asked = axis.words[max(0, at - _ASKING_WITHIN) : at + 2]
    is_brief = at < _BRIEF or any(axis.breaks(each) for each in range(at - _BRIEF, at))
    return first if first and (is_brief or not _ASKING.isdisjoint(asked)) else 0


def _one_time(axis: Axis, every: Sequence[Run]) -> Iterator[Run]:
    """Digits that were sent to prove who somebody is: `the code you texted me is …`."""
    words = axis.words
    firsts = [run.first for run in every]
    for at in axis.places(_CODES) if every else ():
        near = words[max(0, at - _SENT_BEFORE) : at + _SENT_AFTER]
        following = bisect_left(firsts, at)
        if _SENT.isdisjoint(near) or words[at - 1] in _OTHER_CODES or following == len(every):
            continue
        run = every[following]
        if run.first - at <= _TOLD_WITHIN and len(run.digits) in _CODE_LENGTHS:
            yield run


def _last(axis: Axis, first: int) -> int:
    last = first - 1
    while last + 1 < len(axis.words) and last - first + 1 < _LONGEST:
        if axis.words[last + 1] in _STOPS:
            break
        last += 1
        if not _MARKS.isdisjoint(axis.between(last)):
            break
    return last
