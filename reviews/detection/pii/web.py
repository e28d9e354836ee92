"""Web addresses and numeric ones, written and read out (`www dot example dot com slash help`)."""

import re
from collections.abc import Iterator, Sequence

from reviews.detection.pii.axis import Axis
from reviews.detection.pii.lexicon import lexicon
from reviews.detection.pii.numbers import Chunk, Run
from reviews.detection.pii.span import IP, URL, Span

_GENERIC = (
    "com net org edu gov mil info biz io app dev site shop store online health bank tech club tv"
)
_COUNTRIES = (
    "uk ca au de fr es it nl pl hu pt ch se dk fi at be ie nz jp br mx cz ru eu us co cy za"
)
_SURE = re.compile(
    r"(?:https?://(?:[\w-]+\.)+|(?<![\w@./])www\.(?:[\w-]+\.)+)[^\W\d_][\w-]+"
    r"(?::\d+)?(?:[/?#][^\s\"'<>]*)?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    rf"\.(?:{'|'.join(_GENERIC.split())}|(?:co|com|org|ac|gov|net)\.[a-z]{{2}})"
    rf"(?:/[^\s\"'<>]*)?(?![\w-])",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*$")
_LONGEST_HOST = 80
_TRAILING = ".,;:!?)]}"
_DOTS = frozenset({"dot", "period", "point"})
_SAID_ENDINGS = lexicon(f"{_GENERIC} {_COUNTRIES}")
_SURE_ENDINGS = lexicon("com net org edu gov io co")
_NOT_HOSTS = lexicon(
    "the a an of or and to in on is it's that this any your my our their some every no at was by"
)
_SCHEME = ("colon", "slash", "slash")
_LONGEST_SAID = 8
_IP_PARTS = 4


def addresses(axis: Axis, every: Sequence[Run]) -> Iterator[Span]:
    yield from _written(axis.text)
    if not _DOTS.isdisjoint(axis.vocabulary):
        yield from _said(axis)
        for run in every:
            yield from _said_numbers(axis, run)


def _written(text: str) -> Iterator[Span]:
    if "://" in text or "www." in text.lower():
        for found in _SURE.finditer(text):
            yield Span(
                found.start(), found.start() + len(found[0].rstrip(_TRAILING)), URL, 0.95, "written"
            )
    for found in _ENDING.finditer(text):
        host = _HOST.search(text, max(0, found.start() - _LONGEST_HOST), found.start())
        if host and text[host.start() - 1 : host.start()] not in ("@", "/"):
            end = found.start() + len(found[0].rstrip(_TRAILING))
            yield Span(host.start(), end, URL, 0.85, "written")


def _said(axis: Axis) -> Iterator[Span]:
    words, end = axis.words, -1
    for at in axis.places(_DOTS):
        if at <= end or not 0 < at < len(words) - 1:
            continue
        first, last = _host_start(words, at), _host_end(words, at)
        if last is None or first is None:
            continue
        end = _path_end(words, last)
        start, stop = axis.bounds(_scheme_start(words, first), end)
        yield Span(start, stop, URL, 0.8, "spoken")


def _host_start(words: Sequence[str], dot: int) -> int | None:
    """The host's first word; None behind an `at`, where it is an address of mail."""
    first = dot - 1
    if words[first] in _NOT_HOSTS or words[first] in _DOTS:
        return None
    return None if first > 0 and words[first - 1] == "at" else first


def _host_end(words: Sequence[str], dot: int) -> int | None:
    """The last word of `a dot b dot com`; None where it ends in nothing that hosts end in."""
    last: int | None = None
    at = dot
    while at + 1 < len(words) and at - dot < _LONGEST_SAID and words[at] in _DOTS:
        is_first = last is None and at == dot
        endings = _SURE_ENDINGS if is_first and words[dot - 1] != "www" else _SAID_ENDINGS
        if words[at + 1] in endings:
            last = at + 1
        elif last is not None:
            break
        at += 2
    return last


def _path_end(words: Sequence[str], last: int) -> int:
    while words[last + 1 : last + 2] == ["slash"]:
        is_named = last + 2 < len(words) and words[last + 2] not in _NOT_HOSTS
        last = last + 2 if is_named else last + 1
    return last


def _scheme_start(words: Sequence[str], first: int) -> int:
    is_said = first >= len(_SCHEME) + 1 and tuple(words[first - 3 : first]) == _SCHEME
    return first - 4 if is_said and words[first - 4] in ("http", "https") else first


def _said_numbers(axis: Axis, run: Run) -> Iterator[Span]:
    """Four numbers up to 255 with a dot between each."""
    parts: list[list[Chunk]] = [[]]
    for at, chunk in enumerate(run.chunks):
        if at and axis.words[run.chunks[at - 1].last + 1 : chunk.first] == ["dot"]:
            parts.append([])
        parts[-1].append(chunk)
    if len(parts) != _IP_PARTS:
        return
    first, last = _fitting(parts[0][::-1]), _fitting(parts[-1])
    if first and last and all(_is_byte(_digits(part)) for part in parts[1:-1]):
        start, end = axis.bounds(first[-1].first, last[-1].last)
        yield Span(start, end, IP, 0.85, run.method)


def _fitting(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """As many chunks from the first on as are one number up to 255, read either way."""
    fitting: list[Chunk] = []
    for chunk in chunks:
        taken = sorted([*fitting, chunk], key=lambda each: each.first)
        if not _is_byte(_digits(taken)):
            break
        fitting.append(chunk)
    return fitting


def _digits(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.digits for chunk in chunks)


def _is_byte(digits: str) -> bool:
    return len(digits) <= 3 and int(digits) <= 255
