"""Who is measured: each says of a text whether it is abuse, and by which characters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.language.timing import Prepare
from bench.safety.corpora import said
from reviews.detection.safety.call import find_in_call
from reviews.detection.safety.span import Category
from reviews.detection.transcript import Transcript

HATE = frozenset({Category.SLUR, Category.THREAT, Category.HARASSMENT})
ABUSE = HATE | {Category.PROFANITY, Category.SEXUAL}

Places = list[tuple[int, int]]
"""First character, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Contender:
    """`marks` is None where only whole texts are judged; `on_calls` is what it finds in a call."""

    name: str
    is_hate: Callable[[str], bool]
    is_abuse: Callable[[str], bool]
    marks: Callable[[str], Places] | None
    on_call: Callable[[Transcript], int]
    prepare: Callable[[Sequence[Transcript]], Prepare]


def ours() -> list[Contender]:
    """What is sure; and what is sure and aimed at people for what they are."""
    whole = Contender("ours", _is_hate, _is_abuse, _marks, _on_call, _prepare)
    return [whole, Contender("ours, at a group", _is_at_group, _is_abuse, None, _on_call, _prepare)]


def _is_hate(text: str) -> bool:
    return any(span.category in HATE and not span.is_unsure for span in find_in_call(said(text)[0]))


def _is_at_group(text: str) -> bool:
    return any(
        span.category in HATE and span.aim == "group" and not span.is_unsure
        for span in find_in_call(said(text)[0])
    )


def _is_abuse(text: str) -> bool:
    return bool(_marks(text))


def _marks(text: str) -> Places:
    spoken, places = said(text)
    return [
        (places[span.first_word][0], places[span.last_word][1])
        for span in find_in_call(spoken)
        if span.category in ABUSE and not span.is_unsure
    ]


def _on_call(call: Transcript) -> int:
    return sum(not span.is_unsure for span in find_in_call(call))


def _prepare(calls: Sequence[Transcript]) -> Prepare:
    return lambda: [partial(find_in_call, each) for each in calls]
