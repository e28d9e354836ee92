"""How old somebody is: said, told of a relative, or answered."""

from collections.abc import Iterator, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon, named_with
from reviews.detection.pii.numbers import Run
from reviews.detection.pii.people import PEOPLE
from reviews.detection.pii.span import AGE, Span

_AGED = lexicon("aged age")
_TURNS = lexicon("turn turned turning")
_IN_YEARS = frozenset({("years", "old"), ("year", "old"), ("years", "of", "age")})
_SELF = frozenset({"i'm", "he's", "she's"})
_AM = frozenset({("i", "am"), ("he", "is"), ("she", "is")})
_ROUGHLY = lexicon("about almost already around at just least maybe nearly now only over")
_OWNERS = lexicon("the our this that my your his her their these those")
_GOES_ON = lexicon("and but so now today tomorrow in on this next last when years year soon")
"""What may follow an age; any other word is what the number counts."""
_GROWN = range(13, 110)
_ASKED_WITHIN = 4
_LEAD_IN = named_with("i he she") | lexicon("i'm i am uh um oh sure yeah well just turned is")
_CUES = (
    frozenset({"old"})
    | _AGED
    | _TURNS
    | _SELF
    | named_with(" ".join(PEOPLE))
    | named_with("he she i")
)


def ages(axis: Axis, every: Sequence[Run]) -> Iterator[Span]:
    if not every or axis.vocabulary.isdisjoint(_CUES):
        return
    answers = set(_answers(axis))
    for run in every:
        if len(run.chunks) > 2 or not 1 <= len(run.digits) <= 3 or not 0 < int(run.digits) < 120:
            continue
        if run.first in answers or _is_age(axis, run):
            start, end = axis.bounds(run.first, run.last)
            yield Span(start, end, AGE, 0.8, run.method)


def _answers(axis: Axis) -> Iterator[int]:
    """Where the answer to `how old are you` begins."""
    for at in axis.places(_AGED | {"old"}):
        if axis.words[at] != "old" or axis.words[at - 1] == "how":
            yield axis.answer_to(at, within=_ASKED_WITHIN, lead_in=_LEAD_IN)


def _is_age(axis: Axis, run: Run) -> bool:
    words = axis.words
    after = tuple(words[run.last + 1 : run.last + 4])
    if after[:2] in _IN_YEARS or after in _IN_YEARS:
        return not _is_thing(words, run.first)
    before = words[max(0, run.first - 2) : run.first]
    if not _AGED.isdisjoint(before):
        return after[:1] not in (("percent",), ("dollars",))
    is_told = not _TURNS.isdisjoint(before) or (int(run.digits) in _GROWN and _is_told(words, run))
    return is_told and _is_alone(axis, run.last)


def _is_told(words: Sequence[str], run: Run) -> bool:
    """`I'm`, `she is` or `my mother's` leads into it."""
    first = run.first
    pair = tuple(words[max(0, first - 2) : first])
    if pair in _AM or words[max(0, first - 1)] in _SELF:
        return True
    person = pair[-1].removesuffix("'s") if pair and pair[-1] != "is" else "".join(pair[:1])
    return person in PEOPLE and pair[-1:] != (person,)


def _is_alone(axis: Axis, last: int) -> bool:
    """It counts nothing: a mark or a word such as `and` follows, or nothing."""
    is_end = last + 1 >= len(axis.words) or axis.words[last + 1] in _GOES_ON
    return is_end or not axis.between(last).isspace() or axis.breaks(last)


def _is_thing(words: Sequence[str], first: int) -> bool:
    """`the car is`, `it's`: what is so old is nobody."""
    while first and words[first - 1] in _ROUGHLY:
        first -= 1
    before = words[max(0, first - 3) : first]
    if before[-1:] == ["it's"] or before[-2:] == ["it", "is"]:
        return True
    is_subject = len(before) == 3 and before[0] in _OWNERS and before[2] in ("is", "are", "was")
    return is_subject and before[1] not in PEOPLE
