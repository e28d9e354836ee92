"""What a check may answer: found, clear or not assessable, each with what it rests on.

Or that it is not the engine's to answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Reason(StrEnum):
    """Why a rule could not be assessed; stable codes, shown to people with a text."""

    TRANSCRIPT_PENDING = "transcript_pending"
    TRANSCRIPT_ERRORED = "transcript_errored"
    TRANSCRIPT_DELETED = "transcript_deleted"
    TRANSCRIPT_REFUSED = "transcript_refused"
    NO_WORDS = "no_words"
    NO_TURNS = "no_turns"
    NO_TIMES = "no_times"
    NO_CONFIDENCE = "no_confidence"
    NO_PUNCTUATION = "no_punctuation"
    NUMBERS_UNREAD = "numbers_unread"
    RULE_UNKNOWN = "rule_unknown"
    ROLES_UNKNOWN = "roles_unknown"
    ONE_SPEAKER = "one_speaker"
    WINDOW_NOT_TRANSCRIBED = "window_not_transcribed"
    LOW_CONFIDENCE = "low_confidence"
    MASKED = "masked"
    LANGUAGE = "language"
    FACT_MISSING = "fact_missing"
    ONE_CHANNEL = "one_channel"
    HISTORY_UNKNOWN = "history_unknown"
    FEATURE_ABSENT = "feature_absent"
    FEATURE_UNAVAILABLE = "feature_unavailable"
    JUDGE_OFF = "judge_off"
    JUDGE_BUDGET = "judge_budget"
    JUDGE_FAILED = "judge_failed"
    JUDGE_REFUSED = "judge_refused"
    ENGINE_LIMIT = "engine_limit"
    ENGINE_ERROR = "engine_error"


@dataclass(frozen=True, slots=True)
class Mark:
    """One leaf match inside an evidence: words first..last (inclusive, 0-based) of an utterance."""

    utterance: int
    first_word: int
    last_word: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of the call, by index; the quote is read from the transcript when it is shown.

    With a `field` it stands outside the words, as `outside` makes it, and quotes nothing.
    """

    utterance: int
    last_utterance: int
    first_word: int
    """0-based, inclusive, in `utterance`."""
    last_word: int
    """0-based, inclusive, in `last_utterance`."""
    speaker: str | None
    role: str
    start_ms: int
    end_ms: int
    is_unsure: bool = False
    label: str = ""
    """What was found, where the check knows kinds: a PII entity, a safety label."""
    score: float | None = None
    """0..1, where the check gives one."""
    marks: tuple[Mark, ...] = ()
    field: str = ""
    """A place of the source's document, such as `chapters[0].gist`."""


def outside(
    field: str, *, label: str, score: float | None = None, times_ms: tuple[int, int] = (-1, -1)
) -> Evidence:
    """Evidence that rests on no words, but on a field of the source's document."""
    return Evidence(
        utterance=0,
        last_utterance=0,
        first_word=0,
        last_word=-1,
        speaker=None,
        role="unknown",
        start_ms=times_ms[0],
        end_ms=times_ms[1],
        label=label,
        score=score,
        field=field,
    )


@dataclass(frozen=True, slots=True)
class NearestMiss:
    """The best partial match of what was required: how many words, where, and why it missed."""

    evidence: Evidence
    matched: int
    wanted: int
    cause: str
    """`words`, or of the right words: `window` (outside it), `role` (another's), `place` (not
    where they count: in a turn, in a question, after a rule, said clearly enough), `order` (not
    in its turn) or `time` (left too soon)."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Proof of absence: what was searched, how much of it could be heard, and the nearest miss."""

    start_ms: int
    end_ms: int
    roles: tuple[str, ...]
    words: int
    below_floor: int
    masked: int
    untranscribed_ms: int = 0
    nearest: NearestMiss | None = None
    unsure: tuple[Evidence, ...] = ()
    """Words that stood against the absence, though none of them is sure."""
    missing: tuple[str, ...] = ()
    """Codes of the topics that were not covered; their nearest miss bears its topic's code."""
    parts: "tuple[Absence, ...]" = ()
    """Of several missing topics the proof for each, in the order of `missing`."""


@dataclass(frozen=True, slots=True)
class CallRef:
    """Another call that a finding rests on."""

    id: str
    version: int | None
    """Of the rubric, by whose evaluation of that call; None where it has none."""


@dataclass(frozen=True, slots=True)
class Found:
    evidence: tuple[Evidence, ...]
    is_unsure: bool = False
    absence: Absence | None = None
    """Where something was found to be absent (`NOT …`), the proof."""
    calls: tuple[CallRef, ...] = ()
    """Earlier calls that show it."""


@dataclass(frozen=True, slots=True)
class Clear:
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class NotAssessable:
    reason: Reason
    text: str
    """One sentence for people; never words of the transcript."""
    evidence: tuple[Evidence, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing was listened for: a person is asked."""


Outcome = Found | Clear | NotAssessable | Asked


class HasWords(Protocol):
    """What a quote is read from: all words, and where each utterance begins in them."""

    @property
    def words(self) -> Sequence[str]: ...
    @property
    def bounds(self) -> Sequence[int]: ...


def quote(transcript: HasWords, evidence: Evidence) -> str:
    """The vendor's own words of an evidence, joined by blanks.

    Between two utterances only the words in the order of the transcript are taken.
    """
    if evidence.field:
        return ""
    first = transcript.bounds[evidence.utterance] + evidence.first_word
    last = transcript.bounds[evidence.last_utterance] + evidence.last_word
    return " ".join(transcript.words[min(first, last) : max(first, last) + 1])
