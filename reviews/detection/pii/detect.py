"""Personal data in a text: found, and masked."""

from collections.abc import Iterable

from reviews.detection.pii.axis import Axis, axis
from reviews.detection.pii.codes import codes
from reviews.detection.pii.kinds import SHORTEST, numbers
from reviews.detection.pii.mail import mails
from reviews.detection.pii.numbers import Run, runs
from reviews.detection.pii.span import Span


def find(text: str) -> tuple[Span, ...]:
    """Every value of a known kind, in order, none over another."""
    seen = axis(text)
    return find_on(seen, runs(seen))


def find_on(seen: Axis, every: list[Run]) -> tuple[Span, ...]:
    """As `find`, where the words and their runs of digits are known."""
    spans = [*mails(seen), *_numbers(seen, every), *codes(seen, every)]
    return apart(spans) if spans else ()


def security_codes(text: str) -> tuple[tuple[int, int], ...]:
    """Character spans of card security codes and PINs, for intake to remove before any write."""
    return tuple((span.start, span.end) for span in codes(axis(text)))


def mask(text: str) -> str:
    """The text with `[ENTITY]` for every value; masking what is masked changes nothing."""
    masked = text
    # A value taken out may let its neighbour be read; each round takes digits away, so it ends.
    while spans := find(masked):
        masked = _without(masked, spans)
    return masked


def _without(text: str, spans: tuple[Span, ...]) -> str:
    for span in reversed(spans):
        text = f"{text[: span.start]}[{span.entity.upper()}]{text[span.end :]}"
    return text


def _numbers(seen: Axis, every: list[Run]) -> list[Span]:
    long = [(run, digits) for run in every if len(digits := run.digits) >= SHORTEST]
    spans = [span for run, _ in long for span in numbers(seen, run)]
    if not spans:
        return []
    whole = {(span.start, span.end): span for span in spans}
    bounds = [seen.bounds(run.first, run.last) for run, _ in long]
    known = {digits: whole[at] for at, (_, digits) in zip(bounds, long, strict=True) if at in whole}
    return spans + [_again(seen, run, known[digits]) for run, digits in long if digits in known]


def _again(seen: Axis, run: Run, first: Span) -> Span:
    """The same digits elsewhere, read back without a word about what they are."""
    start, end = seen.bounds(run.first, run.last)
    return Span(start, end, first.entity, first.score, run.method)


def apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, and where two overlap the better scored, then the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (-each.score, each.start - each.end, each.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))
