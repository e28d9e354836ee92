"""A call as the engine sees it: columns of words, columns of utterances, the call's own facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reviews.detection.analysis import Analysis
from reviews.detection.evidence import NotAssessable


class Role(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    OTHER = "other"
    UNKNOWN = "unknown"


class Timing(StrEnum):
    """How the words' times came about."""

    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    """Some words have theirs from their neighbours', or their ends from the next one's start."""
    CUE = "cue"
    """Only stretches of words were timed, as in captions; within them times are estimated."""
    SYNTHETIC = "synthetic"
    """All words are equally long, as nobody speaks: a text that was given times."""
    NONE = "none"


class CallKind(StrEnum):
    LIVE = "live"
    VOICEMAIL = "voicemail"
    THIRD_PARTY = "third_party"
    NO_CONVERSATION = "no_conversation"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of the call itself; None is not known: a rule that asks is not assessable."""

    call_at: datetime | None = None
    """When the call began, aware."""
    local_zone: str | None = None
    """IANA zone of the customer, for `call.local_time`."""
    direction: Direction | None = None
    kind: CallKind | None = None
    queue: str | None = None
    product: str | None = None
    customer_region: str | None = None
    first_contact: bool | None = None
    notice_before_start: bool | None = None
    """True where a recorded notice was played before the transcript begins."""


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call that began before this one; `call_at` None: it is not known whether it did.

    `found` and `unknown` are codes of rules, as its newest evaluation by the same rubric has them.
    """

    id: str
    call_at: datetime | None = None
    direction: Direction | None = None
    kind: CallKind | None = None
    version: int | None = None
    """Of the rubric, in that evaluation; None: there is none."""
    found: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier calls of the same person and account; None where it is not known whose call it is."""

    subject: tuple[EarlierCall, ...] | None = None
    account: tuple[EarlierCall, ...] | None = None
    is_partial: bool = False
    """There are more than are given, or may be."""


@dataclass(frozen=True, slots=True)
class SafetyLabel:
    """One vendor label on a stretch of the call. `severity` is None for labels that have none."""

    label: str
    confidence: float
    severity: float | None
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class ContentSafety:
    """The vendor's content safety result. `is_available` False: it was asked for and failed."""

    is_available: bool
    labels: tuple[SafetyLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A language model's answer as it came, with the words of the call that it rests on."""

    value: object
    quote: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Columns, index by index. Utterance u holds the words bounds[u] to bounds[u + 1].

    Times are ms from the start of the file, -1 where the source gave none; confidences are 0..1,
    None where the source gave none.
    """

    id: str
    words: tuple[str, ...]
    start_ms: Sequence[int]
    end_ms: Sequence[int]
    confidence: Sequence[float | None]
    bounds: tuple[int, ...]
    speakers: tuple[str | None, ...]
    channels: tuple[str | None, ...]
    roles: tuple[Role, ...]
    language: str | None = None
    """Language code as the source gave it, such as `en_us`."""
    timing: Timing = Timing.MEASURED
    duration_ms: int | None = None
    transcribed_ms: tuple[int, int | None] = (0, None)
    """The part of the file that was transcribed: from, to (None: the end)."""
    is_punctuated: bool = True
    custom_spelling: tuple[tuple[str, str], ...] = ()
    """(as said, as the transcript spells it)."""
    safety: ContentSafety | None = None
    """None: the feature was not asked for."""
    analysis: Analysis = field(default_factory=Analysis)
    """What the source's other features gave."""
    facts: CallFacts = field(default_factory=CallFacts)
    earlier: Earlier = field(default_factory=Earlier)
    """Given only where a rule asks for it."""
    answers: Mapping[str, Answer | NotAssessable] = field(default_factory=dict)
    """Question (`JudgeRule.key`) → its answer, or why there is none; the engine verifies them."""
    refused: NotAssessable | None = None
    """Set where the source has no usable transcript (errored, deleted, refused at intake)."""

    @property
    def utterances(self) -> int:
        return len(self.speakers)
