"""Evidence for people: a line with time, speaker, role and the words heard, the hit marked."""

from collections.abc import Callable, Iterator
from itertools import groupby

from reviews.detection.evidence import Absence, Evidence, Mark, NotAssessable, Outcome
from reviews.detection.report import QUOTED_WHOLE, Report, absence_of, calls_of, evidence_of
from reviews.detection.transcript import Transcript

_AROUND = 8
"""Words of the same utterance that are shown before and after."""
_NEAR = 3
"""The same about each mark of a stretch too long to be shown whole."""
_SHOWN = 5
"""Hits of one rule."""
_CAUSES = {
    "window": "said outside the window",
    "role": "said by somebody else",
    "place": "said where it does not count",
    "order": "said out of order",
    "time": "said, but left too soon",
    "words": "{matched} of {wanted} words",
}

Emphasis = Callable[[str], str]
_Place = tuple[int, int]
"""Utterance and word."""


def line(report: Report, evidence: Evidence, emphasis: Emphasis) -> str:
    """`0:12  A (agent)  … words [hit] words …`, or the place where it is no words."""
    if evidence.field:
        return f"in {printable(evidence.field)}"
    words = _words(report, evidence, emphasis)
    unsure = "  (unsure)" if evidence.is_unsure else ""
    return f"{clock(evidence.start_ms)}  {_voice(evidence)}  {words}{unsure}"


def absence_text(report: Report, absence: Absence, emphasis: Emphasis) -> str:
    """What was searched without being heard, and the nearest miss."""
    whose = " or ".join(absence.roles) or "anyone"
    text = (
        f"not heard from {clock(absence.start_ms)} to {clock(absence.end_ms)} "
        f"in {absence.words:,} words of {whose}"
    )
    if absence.missing:
        text = f"{text}; missing: {', '.join(absence.missing)}"
    nearest = absence.nearest
    if nearest is None:
        return text
    why = _CAUSES[nearest.cause].format(matched=nearest.matched, wanted=nearest.wanted)
    return f"{text}; nearest, {why}: {line(report, nearest.evidence, emphasis)}"


def reasons(report: Report, outcome: Outcome | None, emphasis: Emphasis) -> Iterator[str]:
    """Why an outcome is what it is: a few of its hits, what was not heard, what is not known."""
    if isinstance(outcome, NotAssessable):
        yield reason_text(outcome)
    hits = evidence_of(outcome)
    for each in hits[:_SHOWN]:
        yield f"{f'{printable(each.label)}: ' if each.label else ''}{line(report, each, emphasis)}"
    if len(hits) > _SHOWN:
        yield f"and {len(hits) - _SHOWN:,} more"
    for call in calls_of(outcome):
        yield f"earlier call {call.id}, rubric version {call.version or 'none'}"
    absence = absence_of(outcome)
    if absence is not None:
        yield absence_text(report, absence, emphasis)


def reason_text(outcome: NotAssessable) -> str:
    return f"not assessable, {outcome.reason.value}: {outcome.text}"


def clock(ms: int) -> str:
    """m:ss, with hours from the first on; -:-- where the call has no times."""
    if ms < 0:
        return "-:--"
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def printable(text: str) -> str:
    """Without the control characters by which a transcript could steer a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _voice(evidence: Evidence) -> str:
    return printable(f"{evidence.speaker or 'unlabelled'} ({evidence.role})")


def _words(report: Report, evidence: Evidence, emphasis: Emphasis) -> str:
    call = report.transcript
    within = report.places(evidence)
    hits = set(_places(evidence.marks or within))
    shown = list(_places([_before(within[0]), *within, _after(within[-1], call)]))
    if sum(mark.last_word - mark.first_word + 1 for mark in within) > QUOTED_WHOLE:
        near = {(at, word + by) for at, word in hits for by in range(-_NEAR, _NEAR + 1)}
        shown = [place for place in shown if place in near]
    pieces, last = [], shown[0]
    for is_hit, run in _runs(shown, hits):
        said = _said(call, run)
        pieces += [_between(last, run[0]), emphasis(f"[{said}]") if is_hit else said]
        last = run[-1]
    begin = "… " if shown[0][1] > 0 else ""
    return f"{begin}{''.join(pieces).strip()}{_end(call, last)}"


def _before(first: Mark) -> Mark:
    return Mark(first.utterance, max(0, first.first_word - _AROUND), first.first_word - 1)


def _after(last: Mark, call: Transcript) -> Mark:
    low, high = call.bounds[last.utterance : last.utterance + 2]
    stop = min(last.last_word + _AROUND, high - low - 1)
    return Mark(last.utterance, last.last_word + 1, stop)


def _end(call: Transcript, last: _Place) -> str:
    low, high = call.bounds[last[0] : last[0] + 2]
    return " …" if last[1] < high - low - 1 else ""


def _places(marks: "list[Mark] | tuple[Mark, ...]") -> Iterator[_Place]:
    for mark in marks:
        for word in range(mark.first_word, mark.last_word + 1):
            yield mark.utterance, word


def _runs(shown: list[_Place], hits: set[_Place]) -> Iterator[tuple[bool, list[_Place]]]:
    """Neighbours that are hits or are not, of one utterance each."""
    for (is_hit, _), run in groupby(shown, key=lambda place: (place in hits, place[0])):
        yield is_hit, list(run)


def _said(call: Transcript, run: list[_Place]) -> str:
    pieces, last = [], run[0]
    for place in run:
        pieces += [_between(last, place), call.words[call.bounds[place[0]] + place[1]]]
        last = place
    return printable("".join(pieces).strip())


def _between(last: _Place, place: _Place) -> str:
    """… where words are left out, / where another utterance begins."""
    if place[0] != last[0]:
        return " / "
    return " … " if place[1] > last[1] + 1 else " "
