"""Cases of the rule language as tables: a call, queries of it, and what each must come to.

What is wanted is written as
- `0:3 this call | 1:2 that`: found; each evidence by utterance and first word, with its words,
- `unsure 0:3 this call`: found, but only in words under the floor,
- `absent 24`: found by absence, in that many words; behind `, nearest role 2:3 guarantee` or
  `, unsure 0:1 rate` stands what the proof of absence names,
- `clear`, with the same; a proof that is not written is not compared,
- the reason why it is not assessable: `roles_unknown`,
- `error 15: refund NOT NEAR/5 fee | or this`: refused at that column (`2.4`: of line 2), and the
  message holds these texts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pytest

from reviews.detection.engine import evaluate, run_query
from reviews.detection.evidence import Absence, Asked, Clear, Evidence, NotAssessable, Outcome
from reviews.detection.language.canonical import format_query
from reviews.detection.language.errors import QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.phrase import leaf
from reviews.detection.report import Report
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Role, Transcript
from tests.unit.detection.calls import call

PROMISES = {"promises": ["we promise", "for (sure|certain)", "guarantee*"], "fees": ["fee"]}
"""The lists that every query here may name."""
LISTS = {name: leaf(phrases, shown=f"{{{name}}}") for name, phrases in PROMISES.items()}


@dataclass(frozen=True)
class Case:
    """`tell` asks and says what came of it, as `wanted` is written."""

    shown: str
    tell: Callable[[], str]
    wanted: str

    def check(self) -> None:
        told, wanted = self.tell(), self.wanted
        if wanted.startswith("error"):
            place, _, texts = wanted.partition(": ")
            assert told.startswith(f"{place}: "), f"{told} is not at {place}"
            missing = [text for text in texts.split(" | ") if text not in told]
            assert missing == [], f"{told} does not offer {missing}"
            return
        for proof in (", nearest", ", unsure"):
            told = told if proof in wanted else told.split(proof)[0]
        assert told == wanted, f"{told} is not {wanted}"

    @property
    def kind(self) -> str:
        """hit, miss, unknown or error."""
        if self.wanted.startswith("error"):
            return "error"
        if self.wanted.startswith("clear"):
            return "miss"
        is_found = self.wanted[0].isdigit() or self.wanted.split()[0] in ("unsure", "absent")
        return "hit" if is_found or self.wanted == "found" else "unknown"


Cases = list[Case]


def on(said: Transcript | str, wanted: Mapping[str, str], *, floor: float = 0.0) -> Cases:
    """Queries of one call, asked alone."""
    transcript = call(said) if isinstance(said, str) else said
    return [
        Case(query[:60], partial(_asked, query, transcript, floor), told)
        for query, told in wanted.items()
    ]


def ruled(
    said: Transcript | str,
    wanted: Mapping[str, str],
    *,
    others: Sequence[object] = (),
    **rule: object,
) -> Cases:
    """Queries of one call, each as the check of a rule; `others` stand in the rubric beside it."""
    transcript = call(said) if isinstance(said, str) else said
    return [
        Case(f"rule {query}", partial(_judged, query, transcript, others, rule), told)
        for query, told in wanted.items()
    ]


def refused(wanted: Mapping[str, str]) -> Cases:
    """Queries that are errors: `15: what the message offers`."""
    return on("agent: a", {query: f"error {told}" for query, told in wanted.items()})


def rewritten(wanted: Mapping[str, str]) -> Cases:
    """Queries in their canonical form."""
    return [
        Case(f"format {query}", partial(format_query, query, lists=LISTS), told)
        for query, told in wanted.items()
    ]


def named(sections: Mapping[str, Cases]) -> list[object]:
    """Every case as a parameter, its section first in its id."""
    return [
        pytest.param(case, id=f"{section}-{case.shown}-{at}")
        for section, cases in sections.items()
        for at, case in enumerate(cases)
    ]


# Calls with a clock, labels or roles of their own


def paced(text: str, *starts: int, length: int = 100) -> Transcript:
    """Words of `length` ms that start at these ms of the file."""
    return call(text, start_ms=list(starts), end_ms=[start + length for start in starts])


def labelled(text: str, *speakers: str) -> Transcript:
    """The call with these labels of its utterances' speakers."""
    return call(text, speakers=speakers)


def of_unknown_role(text: str) -> Transcript:
    """Speakers are told apart, though not which of them is the agent."""
    whole = call(text)
    return replace(whole, roles=(Role.UNKNOWN,) * whole.utterances)


def heard(text: str, *confidence: float | None) -> Transcript:
    """The words with these confidences."""
    return call(text, confidence=list(confidence))


# What came of it


def _asked(query: str, transcript: Transcript, floor: float) -> str:
    try:
        condition = parse_query(query, lists=LISTS)
    except QueryError as error:
        return _refusal(error)
    return _told(run_query(condition, transcript, floor=floor), transcript)


def _judged(
    query: str, transcript: Transcript, others: Sequence[object], changes: Mapping[str, object]
) -> str:
    rule = {"code": "asked", "title": "asked", "check": {"query": query}, **changes}
    rubric = parse_rubric({"name": "Rules", "lists": PROMISES, "rules": [rule, *others]})
    outcome = evaluate(transcript, rubric).results[0].outcome
    return "not_applicable" if outcome is None else _told(outcome, transcript)


def other_rule(code: str, query: str, **changes: object) -> dict[str, object]:
    return {"code": code, "title": code, "check": {"query": query}, **changes}


def _refusal(error: QueryError) -> str:
    place = f"{error.line}.{error.column}" if error.line > 1 else f"{error.column}"
    return f"error {place}: {error.message}"


def _told(outcome: Outcome, transcript: Transcript) -> str:
    if isinstance(outcome, NotAssessable):
        return outcome.reason.value
    assert not isinstance(outcome, Asked)
    absence = _proof(outcome.absence, transcript) if outcome.absence else ""
    if isinstance(outcome, Clear):
        return "clear" + absence
    parts = [_place(each, transcript) for each in outcome.evidence]
    if outcome.absence:
        parts.append(f"absent {outcome.absence.words}{absence}")
    told = " | ".join(parts) or "found"
    return f"unsure {told}" if outcome.is_unsure else told


def _proof(absence: Absence, transcript: Transcript) -> str:
    nearest = absence.nearest
    told = f", nearest {nearest.cause} {_place(nearest.evidence, transcript)}" if nearest else ""
    unsure = " | ".join(_place(each, transcript) for each in absence.unsure)
    return told + (f", unsure {unsure}" if unsure else "")


def _place(evidence: Evidence, transcript: Transcript) -> str:
    words = " ".join(Report(transcript).words_of(evidence))
    return f"{evidence.utterance}:{evidence.first_word} {words}"
