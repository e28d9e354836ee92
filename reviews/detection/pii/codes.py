"""Card security codes and PINs, by what was asked or said around them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviews.detection.pii.axis import Axis, masked_word
from reviews.detection.pii.kinds import SHORTEST_CARD, card_end, is_amount
from reviews.detection.pii.lexicon import lexicon, named_with
from reviews.detection.pii.numbers import FILLERS, LONGEST_GAP, Run, runs
from reviews.detection.pii.span import CARD_CODE, PIN, Span

ANSWER_WITHIN = 30
"""Words between the question and the digits that answer it."""
_READ_BACK_WITHIN = 60
_NAMED_AFTER = 5
_SINGLE = {
    **dict.fromkeys(named_with("cvv cvc cvv2 cvc2 cvvs cv2 csc"), CARD_CODE),
    **dict.fromkeys(named_with("pin pins"), PIN),
}
_PHRASES = tuple(
    (tuple(phrase.split()), entity)
    for phrase, entity in (
        ("security code", CARD_CODE),
        ("security number on the back", CARD_CODE),
        ("card verification", CARD_CODE),
        ("verification value", CARD_CODE),
        ("c v v", CARD_CODE),
        ("c v c", CARD_CODE),
        ("c v two", CARD_CODE),
        ("three digit code", CARD_CODE),
        ("3 digit code", CARD_CODE),
        ("signature strip", CARD_CODE),
        ("signature panel", CARD_CODE),
        ("code", CARD_CODE),
        ("on the back", CARD_CODE),
        ("on back", CARD_CODE),
        ("on the front", CARD_CODE),
        ("on the reverse", CARD_CODE),
        ("personal identification number", PIN),
        ("p i n", PIN),
    )
)
_CARDS = lexicon("card visa mastercard amex expires expiration exp expiry")
_CARD_WITHIN = 15
_DIGITS_WITHIN = 6
_OTHER_CODES = lexicon("zip area country postal promo confirmation access verification discount")
_TAILS = frozenset({3, 7})
"""Digits left behind a card: the code alone, or four of an expiry date and the code."""
_EXPIRY = FILLERS | lexicon("exp expires expiry expiration expiring is date the code")
_LONGEST = 8
_DIGITS_SAID = lexicon("digit digits number numbers code")
_LENGTHS = {CARD_CODE: (3, 4), PIN: (4, 5, 6)}
_SHORTEST = 3
_ELSEWHERE = lexicon(
    "exp expires expiry expiration expire zip zipcode postal date birthday born year ending "
    "digits digit amount total dollars street address apartment extension"
    " balance account order claim policy reference"
)
_ELSEWHERE_WITHIN = 3
_OF_TIME = lexicon("in since until by of")
_UNITS = lexicon(
    "dollars dollar bucks percent minutes minute hours hour days day weeks months years seconds "
    "digits digit business times people of"
)
_MASKED = frozenset({masked_word(CARD_CODE), masked_word(PIN)})


@dataclass(frozen=True, slots=True)
class _Cue:
    first: int
    last: int
    entity: str


def codes(axis: Axis, found: Sequence[Run] | None = None) -> list[Span]:
    """Security codes and PINs in context, in order; `found` are the runs where they are known."""
    every = runs(axis) if found is None else found
    taken = {run.first: (run, entity) for run, entity in _named(axis, every)}
    for run in _behind_cards(axis.words, every):
        taken.setdefault(run.first, (run, CARD_CODE))
    return [_span(axis, run, entity) for _, (run, entity) in sorted(taken.items())]


def _named(axis: Axis, every: Sequence[Run]) -> Iterator[tuple[Run, str]]:
    # A shorter run has no part that is as long as a code.
    long = [run for run in every if len(run.digits) >= _SHORTEST]
    if not long:
        return
    firsts = [run.first for run in long]
    for cue in _cues(axis):
        near = long[
            bisect_left(firsts, cue.first - _NAMED_AFTER - _LONGEST) : bisect_right(
                firsts, cue.last + _READ_BACK_WITHIN
            )
        ]
        parts = [part for run in near for part in _parts(axis, run, _LENGTHS[cue.entity])]
        yield from _answers(axis.words, cue, parts)


def _cues(axis: Axis) -> Iterator[_Cue]:
    words, said = axis.words, axis.vocabulary
    phrases = [each for each in _PHRASES if said.issuperset(each[0])]
    heads = {phrase[0] for phrase, _ in phrases} | said.intersection(_SINGLE)
    for at in axis.places(heads) if heads else ():
        word = words[at]
        if word in _SINGLE:
            yield _Cue(at, at, _SINGLE[word])
            continue
        for phrase, entity in phrases:
            last = at + len(phrase) - 1
            if word == phrase[0] and tuple(words[at : last + 1]) == phrase and _is_meant(words, at):
                yield _Cue(at, last, entity)


def _is_meant(words: Sequence[str], at: int) -> bool:
    """Digits or a code must be named before "on the back", and a card before a bare "code"."""
    before = words[max(0, at - _CARD_WITHIN) : at]
    if words[at] == "on":
        return not _DIGITS_SAID.isdisjoint(before[-_DIGITS_WITHIN:])
    if words[at] == "code":
        return not _CARDS.isdisjoint(before) and _OTHER_CODES.isdisjoint(before[-2:])
    return True


def _parts(axis: Axis, run: Run, lengths: tuple[int, ...]) -> list[Run]:
    """The run if it is as long as a code, else its parts between pauses, else a code said twice."""
    digits = run.digits
    if len(digits) in lengths:
        return [] if is_amount(axis, run) else [run]
    starts = [at for at in range(len(run.chunks)) if at == 0 or _is_pause(axis, run, at)]
    ends = [*starts[1:], len(run.chunks)]
    between = [run.part(start, end - 1) for start, end in zip(starts, ends, strict=True)]
    parts = [part for part in between if len(part.digits) in lengths and not is_amount(axis, part)]
    half = digits[: len(digits) // 2]
    return [run] if not parts and len(half) in lengths and half + half == digits else parts


def _is_pause(axis: Axis, run: Run, at: int) -> bool:
    """Words or a mark and a blank between two groups; a lone mark (28.02, 10,000) binds them."""
    left, right = run.chunks[at - 1], run.chunks[at]
    _, end = axis.bounds(left.last, left.last)
    start, _ = axis.bounds(right.first, right.first)
    return start - end > 1 or axis.text[end] == "\n"


def _answers(words: Sequence[str], cue: _Cue, near: Sequence[Run]) -> Iterator[tuple[Run, str]]:
    before = [run for run in near if _is_named_after(words, run, cue)]
    after = [run for run in near if run.first > cue.last]
    answer = before[-1] if before else _first_answer(words, cue, after)
    if answer is None:
        return
    yield answer, cue.entity
    for run in after:
        if run.first > answer.last and _goes_with(words, answer, run):
            yield run, cue.entity


def _first_answer(words: Sequence[str], cue: _Cue, after: Sequence[Run]) -> Run | None:
    for run in after:
        if run.first > cue.last + ANSWER_WITHIN or _is_masked(words[cue.last : run.first]):
            return None
        if not _is_elsewhere(words, cue, run):
            return run
    return None


def _goes_with(words: Sequence[str], answer: Run, run: Run) -> bool:
    """The same digits read back, or a second guess ("it is 4471 or 4417")."""
    is_other = list(words[answer.last + 1 : run.first]) == ["or"]
    return run.digits == answer.digits or (is_other and len(run.digits) == len(answer.digits))


def _behind_cards(words: Sequence[str], every: Sequence[Run]) -> Iterator[Run]:
    """Three digits read out after a card number, with or without an expiry date between."""
    for at, run in enumerate(every):
        last = card_end(run) if len(run.digits) >= SHORTEST_CARD else None
        if last is None:
            continue
        tail = run.part(last + 1, len(run.chunks) - 1)
        following = every[at + 1] if at + 1 < len(every) else None
        if len(tail.digits) in _TAILS:
            yield from _last_three(tail)
        elif not tail.chunks and following is not None and _is_code_after(words, run, following):
            yield following


def _last_three(tail: Run) -> Iterator[Run]:
    for at in range(len(tail.chunks)):
        part = tail.part(at, len(tail.chunks) - 1)
        if len(part.digits) == 3:
            yield part


def _is_code_after(words: Sequence[str], card: Run, run: Run) -> bool:
    between = words[card.last + 1 : run.first]
    is_near = len(between) <= LONGEST_GAP and len(run.digits) == 3
    return is_near and all(word in _EXPIRY or "/" in word for word in between)


def _is_masked(between: Sequence[str]) -> bool:
    """True where the answer was taken out already: the next digits are something else."""
    return any(word in _MASKED or word[0] == "#" for word in between)


def _is_elsewhere(words: Sequence[str], cue: _Cue, run: Run) -> bool:
    # What stands before the cue is part of its own name ("your four digit pin").
    before = words[max(cue.last, run.first - _ELSEWHERE_WITHIN) : run.first]
    if _OF_TIME.issuperset(before[-1:]):
        return True
    after = words[run.last + 1 : run.last + 2]
    return not (_ELSEWHERE.isdisjoint(before) and _UNITS.isdisjoint(after))


def _is_named_after(words: Sequence[str], run: Run, cue: _Cue) -> bool:
    """ "one two three is the security code": digits, then "is" and the name."""
    between = words[run.last + 1 : cue.first]
    is_near = run.last < cue.first and len(between) <= _NAMED_AFTER
    return is_near and bool(between) and between[0] in ("is", "that's")


def _span(axis: Axis, run: Run, entity: str) -> Span:
    start, end = axis.bounds(run.first, run.last)
    return Span(start, end, entity, 0.9, run.method)
