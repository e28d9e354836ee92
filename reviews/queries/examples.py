"""The lines around a finding as an example of its rule has them; personal data is left out."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from reviews.detection.evidence import Mark
from reviews.detection.pii import call as pii
from reviews.detection.transcript import Role
from reviews.detection.transcript import Transcript as Columns
from reviews.errors import ErrorCode, Refused
from reviews.models import BacktestHit, Finding
from reviews.queries import evaluations, transcripts
from reviews.queries.details import masked_text

LINES_AT_MOST = 40
_SPEAKERS = (Role.AGENT, Role.CUSTOMER)


class LinesRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED


_Span = tuple[int, int]
"""First and last utterance."""


def of_finding(finding: Finding) -> str:
    """Of its first place; of an absence, of what came nearest. Raises LinesRefused."""
    row = transcripts.current(finding.transcript_id)
    revision = finding.evaluation.transcript_revision
    return _snippet(*transcripts.shown_of(row, revision=revision), _span_of(finding))


def of_hit(hit: BacktestHit) -> str:
    """Raises LinesRefused."""
    row = transcripts.current(hit.transcript_id)
    shown = transcripts.shown_of(row, revision=hit.transcript_revision)
    return _snippet(*shown, _span(hit.utterance, hit.last_utterance))


def _span_of(finding: Finding) -> _Span | None:
    if finding.utterance is not None:
        return _span(finding.utterance, finding.last_utterance)
    outcome = evaluations.outcome_of(finding.evaluation, finding.rule_code) or {}
    absence: Mapping[str, Any] = outcome.get("absence") or {}
    nearest = (absence.get("nearest") or {}).get("evidence") or {}
    return _span(nearest.get("utterance"), nearest.get("last_utterance"))


def _span(first: int | None, last: int | None) -> _Span | None:
    return None if first is None else (first, first if last is None else last)


def _snippet(columns: Columns, masks: Sequence[Sequence[pii.Mask]], span: _Span | None) -> str:
    """The lines of the span, and the one before and after it."""
    if span is None:
        raise _refused("a finding without a line", "Write an example of it into the rule.")
    first, last = span
    if last - first >= LINES_AT_MOST:
        seen = f"evidence over {last - first + 1} lines"
        raise _refused(seen, f"Copy at most {LINES_AT_MOST} of them into the rule.")
    known = {at for at in range(first, last + 1) if columns.roles[at] in _SPEAKERS}
    if not known:
        remedy = "Say on the call's page who is who; it is evaluated anew."
        raise _refused("lines of which it is not known who says them", remedy)
    bounds = list(pairwise(columns.bounds))
    lines = range(max(0, first - 1), min(len(bounds), last + 2))
    return "\n".join(
        f"{columns.roles[at]}: {masked_text(columns, masks, Mark(at, 0, high - low - 1))}"
        for at in lines
        for low, high in [bounds[at]]
        if low < high and columns.roles[at] in _SPEAKERS
    )


def _refused(seen: str, remedy: str) -> LinesRefused:
    return LinesRefused("The example is not added", seen, remedy)
