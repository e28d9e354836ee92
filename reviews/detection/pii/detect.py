"""Personal data in a text: found, and masked."""

from bisect import bisect_left
from collections.abc import Iterable

from reviews.detection.pii.abroad import abroad
from reviews.detection.pii.ages import ages
from reviews.detection.pii.amounts import amounts
from reviews.detection.pii.axis import Axis, axis
from reviews.detection.pii.bare import readings
from reviews.detection.pii.codes import codes
from reviews.detection.pii.context import Context
from reviews.detection.pii.dates import dates
from reviews.detection.pii.homes import homes
from reviews.detection.pii.kinds import SHORTEST, SHORTEST_NAMED, numbers
from reviews.detection.pii.mail import mails
from reviews.detection.pii.names import names
from reviews.detection.pii.numbers import Run, runs
from reviews.detection.pii.secrets import secrets
from reviews.detection.pii.shapes import shapes
from reviews.detection.pii.span import Span
from reviews.detection.pii.spelled import spelled
from reviews.detection.pii.web import addresses


def find(text: str) -> tuple[Span, ...]:
    """Every value of a known kind, in order, none over another."""
    seen = axis(text)
    return find_on(seen, runs(seen))


def find_numbers(text: str) -> tuple[Span, ...]:
    """As `find`, of what is read out in digits and letters alone."""
    seen = axis(text)
    every = runs(seen)
    spelling = spelled(seen, every, Context(seen.folded))
    return apart([*_numbers(seen, every), *codes(seen, every), *spelling])


def find_on(seen: Axis, every: list[Run]) -> tuple[Span, ...]:
    """As `find`, where the words and their runs of digits are known."""
    context = Context(seen.folded)
    spans = [*mails(seen), *_numbers(seen, every), *codes(seen, every), *shapes(seen, context)]
    spans += [*spelled(seen, every, context), *addresses(seen, every)]
    spans += [
        *dates(seen, every, context),
        *ages(seen, every),
        *amounts(seen),
        *names(seen),
        *homes(seen),
        *abroad(seen),
        *secrets(seen, every),
    ]
    return apart(spans) if spans else ()


def candidates(text: str) -> tuple[Span, ...]:
    """As `find`, and of a number that stands alone every kind that it may be; these overlap."""
    seen = axis(text)
    found = find_on(seen, runs(seen))
    known = {(span.start, span.end, span.entity) for span in found}
    alone = (span for span in shapes(seen, Context(seen.folded)) if _is_alone(text, span))
    others = [*readings(text), *alone]
    return tuple(sorted({*found, *(o for o in others if (o.start, o.end, o.entity) not in known)}))


def _is_alone(text: str, span: Span) -> bool:
    """Nothing else stands on its line."""
    return not (
        text[: span.start].rpartition("\n")[2] + text[span.end :].partition("\n")[0]
    ).strip()


def security_codes(text: str) -> tuple[tuple[int, int], ...]:
    """Character spans of card security codes and PINs, for intake to remove before any write."""
    return tuple((span.start, span.end) for span in codes(axis(text)))


def mask(text: str) -> str:
    """The text with `[ENTITY]` for every value; masking what is masked changes nothing."""
    masked = text
    # A value taken out may let its neighbour be read; each round leaves fewer words, so it ends.
    while spans := tuple(span for span in find(masked) if span.is_hidden):
        masked = _without(masked, spans)
    return masked


def _without(text: str, spans: tuple[Span, ...]) -> str:
    for span in reversed(spans):
        text = f"{text[: span.start]}[{span.entity.upper()}]{text[span.end :]}"
    return text


def _numbers(seen: Axis, every: list[Run]) -> list[Span]:
    long = [(run, digits) for run in every if len(digits := run.digits) >= SHORTEST_NAMED]
    spans = [span for run, _ in long for span in numbers(seen, run)]
    if not spans:
        return []
    whole = {(span.start, span.end): span for span in spans}
    bounds = [seen.bounds(run.first, run.last) for run, _ in long]
    known = {digits: whole[at] for at, (_, digits) in zip(bounds, long, strict=True) if at in whole}
    return spans + [
        _again(seen, run, known[digits])
        for run, digits in long
        if digits in known and len(digits) >= SHORTEST
    ]


def _again(seen: Axis, run: Run, first: Span) -> Span:
    """The same digits elsewhere, read back without a word about what they are."""
    start, end = seen.bounds(run.first, run.last)
    return Span(start, end, first.entity, first.score, run.method)


def apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, and where two overlap the better scored, then the longer."""
    kept: list[Span] = []  # ascending, none over another: their ends ascend, too
    for span in sorted(spans, key=lambda each: (-each.score, each.start - each.end, each.start)):
        at = bisect_left(kept, span.end, key=lambda other: other.start)
        if not at or kept[at - 1].end <= span.start:
            kept.insert(at, span)
    return tuple(kept)
