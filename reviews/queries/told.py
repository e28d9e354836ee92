"""What a source says of a call beside its words: a summary, chapters, highlights, topics."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reviews.detection.analysis import SideText
from reviews.detection.pii.detect import find
from reviews.detection.transcript import Transcript as Columns
from reviews.queries.shown import Piece

TOPICS_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Note:
    """`utterance` is the one in which it begins, None where the source gave no time."""

    pieces: tuple[Piece, ...]
    start_ms: int = -1
    utterance: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One feature that was asked for. `state` is that of sources/assemblyai/features.py."""

    title: str
    state: str
    notes: tuple[Note, ...]


_TEXTS = {
    "summarization": (_("Summary"), re.compile(r"summary")),
    "auto_chapters": (_("Chapters"), re.compile(r"chapters\[\d+\]\.(gist|headline)")),
    "auto_highlights": (
        _("Highlights"),
        re.compile(r"auto_highlights_result\.results\[\d+\]\.text"),
    ),
}
_TOPICS = "iab_categories"


def of(call: Columns, features: Mapping[str, str], *, is_revealed: bool) -> tuple[Told, ...]:
    """Each feature that was asked for, in the order of the page; personal data masked."""
    told = [
        Told(str(title), features.get(name, ""), _notes(call, place, is_revealed=is_revealed))
        for name, (title, place) in _TEXTS.items()
    ]
    told.append(Told(str(_("Topics")), features.get(_TOPICS, ""), tuple(_topics(call))))
    return tuple(each for each in told if each.state not in ("", "absent"))


def _notes(call: Columns, place: re.Pattern[str], *, is_revealed: bool) -> tuple[Note, ...]:
    return tuple(
        Note(
            pieces=(Piece(text.text),) if is_revealed else tuple(_masked(text.text)),
            start_ms=text.start_ms,
            utterance=_utterance(call, text),
        )
        for text in call.analysis.texts
        if place.fullmatch(text.place)
    )


def _masked(text: str) -> Iterator[Piece]:
    at = 0
    for span in find(text):
        if span.is_hidden:
            yield Piece(text[at : span.start].strip())
            yield Piece(span.entity.replace("_", " "), is_masked=True)
            at = span.end
    yield Piece(text[at:].strip())


def _utterance(call: Columns, text: SideText) -> int | None:
    """The last that begins no later."""
    firsts = [call.start_ms[low] for low in call.bounds[:-1]]
    return max(0, bisect_right(firsts, text.start_ms) - 1) if text.start_ms >= 0 else None


def _topics(call: Columns) -> Iterator[Note]:
    """The most relevant first, a topic's own name behind those it belongs to."""
    topics = sorted(call.analysis.topics, key=lambda topic: -topic[1])
    for name, _share in topics[:TOPICS_AT_MOST]:
        yield Note((Piece(" › ".join(name.split(">"))),))
