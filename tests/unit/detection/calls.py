"""Calls for the tests, written as lines of `agent: text`, and a short way to ask a query."""

from collections.abc import Sequence
from dataclasses import replace

from reviews.detection.conditions import Hearing
from reviews.detection.engine import parse, run_query
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome
from reviews.detection.examples import snippet_transcript
from reviews.detection.normalize import read_axis
from reviews.detection.reading import Reading
from reviews.detection.transcript import Role, Transcript

WORKED = """
agent: Thanks for calling, this call is being recorded.
customer: Hi, I uh I want a refund.
agent: Sure. We can't guarantee a refund after thirty days.
"""


def call(text: str = WORKED, **changes: object) -> Transcript:
    """300 ms a word from 0, full confidence; `changes` replace fields of the transcript."""
    return replace(snippet_transcript(text), **changes)  # type: ignore[arg-type]  # tests name fields


def unlabelled(text: str = WORKED) -> Transcript:
    """The same call without speaker labels."""
    whole = call(text)
    nobody = (None,) * whole.utterances
    return replace(whole, speakers=nobody, roles=(Role.UNKNOWN,) * whole.utterances)


def ask(query: str, transcript: Transcript | str = WORKED, *, floor: float = 0.0) -> Outcome:
    whole = call(transcript) if isinstance(transcript, str) else transcript
    return run_query(parse(query), whole, floor=floor)


def state(outcome: Outcome) -> str:
    """`found`, `unsure`, `clear`, or the reason why it is not assessable."""
    if isinstance(outcome, Found):
        return "unsure" if outcome.is_unsure else "found"
    if isinstance(outcome, NotAssessable):
        return outcome.reason.value
    assert isinstance(outcome, Clear)
    return "clear"


def places(outcome: Outcome) -> Sequence[tuple[int, int, int]]:
    """(utterance, first word, last word) of each evidence."""
    assert isinstance(outcome, Found), outcome
    return [(each.utterance, each.first_word, each.last_word) for each in outcome.evidence]


def heard(transcript: Transcript, *, is_absence_asked: bool = False) -> Hearing:
    """The call as a rule without words of its own hears it, down to a confidence of 0.5."""
    axis = read_axis(transcript)
    return Hearing(Reading(transcript, axis, {}), 0.5, 0.2, is_absence_asked)
