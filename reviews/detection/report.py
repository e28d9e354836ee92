"""What was heard on a call as the plain JSON types that the command line and the API give out.

The vendor's words are read from the transcript here and nowhere stored: see `wire` for that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from reviews.detection.checks import pii
from reviews.detection.engine import Evaluation, RuleResult
from reviews.detection.evidence import (
    Absence,
    Asked,
    CallRef,
    Clear,
    Evidence,
    Found,
    Mark,
    NearestMiss,
    NotAssessable,
    Outcome,
)
from reviews.detection.pii import candidates, mask
from reviews.detection.pii.call import find_in_call
from reviews.detection.pii.span import is_hidden
from reviews.detection.scoring import Result, Score
from reviews.detection.transcript import Transcript

QUOTED_WHOLE = 60
"""Words; a longer stretch is quoted by its marks."""
_CLOSING = ".,;:?!"
_CODES = {Clear: "clear", NotAssessable: "not_assessable", Asked: "asked"}
_VIOLATION = {Result.FAILED: True, Result.PASSED: False}


@dataclass(frozen=True)
class Report:
    """Writes outcomes on one call down."""

    transcript: Transcript

    def query(self, outcome: Outcome) -> dict[str, Any]:
        """One query's answer: the call is what its only finding is, and there is no score."""
        finding = self.finding(None, outcome, violation=None)
        return {"id": self.transcript.id, "outcome": finding["outcome"], "findings": [finding]}

    def evaluation(self, evaluation: Evaluation) -> dict[str, Any]:
        """`outcome` is passed, failed or not_assessable; `score` 0..100, None if none counted."""
        return {
            "id": self.transcript.id,
            "outcome": evaluation.score.verdict.value,
            "score": percent(evaluation.score),
            "findings": [self._result(each) for each in evaluation.results],
        }

    def spans(self, outcome: Outcome) -> dict[str, Any]:
        """Personal data, of `personal_data`; `spans` is None where the call is not assessable.

        A value said over several utterances has a span in each. `start` and `end` (exclusive)
        are characters of the utterance's words, joined by blanks.
        """
        spans = None
        if not isinstance(outcome, NotAssessable):
            spans = [
                self._span(evidence, part)
                for evidence in evidence_of(outcome)
                for part in evidence.marks
            ]
        return {"id": self.transcript.id, "spans": spans}

    def masked(self, outcome: Outcome) -> list[str]:
        """The text of every utterance with `[ENTITY]` for each value that is not to be shown."""
        values = {
            (part.utterance, part.first_word): (part.last_word, each.label)
            for each in evidence_of(outcome)
            if is_hidden(each.label, each.score or 0.0)
            for part in each.marks
        }
        return [
            mask(self._masked(utterance, values)) for utterance in range(self.transcript.utterances)
        ]

    def finding(
        self, rule: str | None, outcome: Outcome | None, *, violation: bool | None
    ) -> dict[str, Any]:
        """`reason` and `absence` only where there are any; None is a rule that does not apply."""
        written: dict[str, Any] = {
            "rule": rule,
            "outcome": outcome_code(outcome),
            "violation": violation,
        }
        if isinstance(outcome, NotAssessable):
            written["reason"] = outcome.reason.value
        written["evidence"] = [self.evidence(each) for each in evidence_of(outcome)]
        absence = absence_of(outcome)
        if absence is not None:
            written["absence"] = self._absence(absence)
        if calls := calls_of(outcome):
            written["calls"] = [asdict(call) for call in calls]
        return written

    def evidence(self, evidence: Evidence) -> dict[str, Any]:
        """0-based indexes, times in ms (None where the call has none), the vendor's words.

        `label` and `score` where the check knows kinds or degrees; `field` where it stands
        outside the words, which has no indexes.
        """
        is_said = not evidence.field
        written: dict[str, Any] = {"utterance": evidence.utterance if is_said else None}
        if evidence.last_utterance != evidence.utterance:
            written["last_utterance"] = evidence.last_utterance
        words = list(self.words_of(evidence))
        written |= {
            "speaker": evidence.speaker,
            "role": evidence.role,
            "start_ms": _time(evidence.start_ms),
            "end_ms": _time(evidence.end_ms),
            "words": [evidence.first_word, evidence.last_word] if is_said else None,
            "text": " ".join(words),
        }
        if len(words) > QUOTED_WHOLE:
            written["quote"] = self._quote(evidence, words)
        if evidence.label:
            written["label"] = evidence.label
        if evidence.score is not None:
            written["score"] = evidence.score
        if evidence.marks:
            written["marks"] = [_mark(mark) for mark in evidence.marks]
        if evidence.field:
            written["field"] = evidence.field
        return written

    def places(self, evidence: Evidence) -> list[Mark]:
        """The evidence's words by utterance, in the order of the axis."""
        if evidence.field:
            return []
        whole = [evidence.utterance]
        if evidence.last_utterance != evidence.utterance:
            ends = self._ranks[evidence.utterance], self._ranks[evidence.last_utterance]
            whole = self._order[min(ends) : max(ends) + 1]
        return [self._part(evidence, utterance) for utterance in whole]

    def words_of(self, evidence: Evidence) -> Iterator[str]:
        """The vendor's words of an evidence, in the order of the axis."""
        for place in self.places(evidence):
            yield from self._said(place)

    @cached_property
    def _order(self) -> list[int]:
        """Utterances with words, as the axis has them; also those that hold no token."""
        call = self.transcript
        bounds = call.bounds
        spoken = [at for at in range(call.utterances) if bounds[at] < bounds[at + 1]]
        starts = {at: call.start_ms[bounds[at]] for at in spoken}
        if min(starts.values(), default=0) < 0:
            return spoken
        return sorted(spoken, key=lambda at: (starts[at], call.channels[at] or "", at))

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return {utterance: rank for rank, utterance in enumerate(self._order)}

    def _part(self, evidence: Evidence, utterance: int) -> Mark:
        low, high = self.transcript.bounds[utterance : utterance + 2]
        first = evidence.first_word if utterance == evidence.utterance else 0
        is_last = utterance == evidence.last_utterance
        return Mark(utterance, first, evidence.last_word if is_last else high - low - 1)

    def _said(self, place: Mark) -> tuple[str, ...]:
        low = self.transcript.bounds[place.utterance]
        return self.transcript.words[low + place.first_word : low + place.last_word + 1]

    def _span(self, evidence: Evidence, part: Mark) -> dict[str, Any]:
        before = self._said(Mark(part.utterance, 0, part.first_word - 1))
        start = sum(len(word) + 1 for word in before)
        text = " ".join(self._said(part)).rstrip(_CLOSING)
        return {
            "entity": evidence.label,
            "score": evidence.score,
            "utterance": part.utterance,
            "start": start,
            "end": start + len(text),
            "text": text,
            "speaker": self.transcript.speakers[part.utterance],
        }

    def _masked(self, utterance: int, values: Mapping[tuple[int, int], tuple[int, str]]) -> str:
        """`values`: where one begins -> its last word and its label."""
        low, high = self.transcript.bounds[utterance : utterance + 2]
        spoken, masked, at = self.transcript.words[low:high], [], 0
        while at < len(spoken):
            last, label = values.get((utterance, at), (at, ""))
            word = spoken[last]
            masked.append(
                f"[{label.upper()}]{word[len(word.rstrip(_CLOSING)) :]}" if label else word
            )
            at = last + 1
        return " ".join(masked)

    def _quote(self, evidence: Evidence, words: list[str]) -> str:
        marks = dict.fromkeys(evidence.marks)
        if not marks:
            return " ".join([*words[:QUOTED_WHOLE], "…"])
        return " … ".join(" ".join(self._said(mark)) for mark in marks)

    def _absence(self, absence: Absence) -> dict[str, Any]:
        written: dict[str, Any] = {
            "start_ms": absence.start_ms,
            "end_ms": absence.end_ms,
            "roles": list(absence.roles),
            "words": absence.words,
            "below_floor": absence.below_floor,
            "masked": absence.masked,
            "untranscribed_ms": absence.untranscribed_ms,
        }
        if absence.nearest is not None:
            written["nearest"] = self._nearest(absence.nearest)
        if absence.unsure:
            written["unsure"] = [self.evidence(each) for each in absence.unsure]
        if absence.missing:
            written["missing"] = list(absence.missing)
        if absence.parts:
            written["parts"] = [self._absence(part) for part in absence.parts]
        return written

    def _nearest(self, nearest: NearestMiss) -> dict[str, Any]:
        return {
            "cause": nearest.cause,
            "matched": nearest.matched,
            "wanted": nearest.wanted,
            **self.evidence(nearest.evidence),
        }

    def _result(self, each: RuleResult) -> dict[str, Any]:
        return self.finding(each.rule, each.outcome, violation=_VIOLATION.get(each.result))


def personal_data(transcript: Transcript) -> Outcome:
    """Every value of every kind in a call, whoever said it."""
    values = find_in_call(transcript)
    every_kind = pii.PiiRule(tuple({value.entity for value in values}), minimum_score=0.0)
    return transcript.refused or pii.outcome(every_kind, transcript, values)


def text_spans(text: str) -> list[dict[str, Any]]:
    """Personal data in a bare text; `start` and `end` (exclusive) are its characters."""
    return [
        {
            "entity": span.entity,
            "score": span.score,
            "utterance": None,
            "start": span.start,
            "end": span.end,
            "text": text[span.start : span.end],
            "speaker": None,
        }
        for span in candidates(text)
    ]


def outcome_code(outcome: Outcome | None) -> str:
    """found, found_unsure, clear, not_assessable, asked, or not_applicable for None."""
    if outcome is None:
        return "not_applicable"
    if isinstance(outcome, Found):
        return "found_unsure" if outcome.is_unsure else "found"
    return _CODES[type(outcome)]


def evidence_of(outcome: Outcome | None) -> tuple[Evidence, ...]:
    return outcome.evidence if isinstance(outcome, Found | NotAssessable) else ()


def absence_of(outcome: Outcome | None) -> Absence | None:
    return outcome.absence if isinstance(outcome, Found | Clear) else None


def calls_of(outcome: Outcome | None) -> tuple[CallRef, ...]:
    return outcome.calls if isinstance(outcome, Found) else ()


def percent(score: Score) -> float | None:
    """0..100 without the hair that shares of a hundred lack when they are added up."""
    return None if score.percent is None else round(score.percent, 6)


def _time(ms: int) -> int | None:
    return None if ms < 0 else ms


def _mark(mark: Mark) -> dict[str, Any]:
    return {"utterance": mark.utterance, "words": [mark.first_word, mark.last_word]}
