"""The normal form of a fetched call: what every source gives, whoever transcribed it.

The limits are those of the database's columns, in characters: every reader keeps to them, so that
one odd call is stored without a field and never ends a backfill.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reviews.detection.transcript import CallFacts, Transcript

LONGEST_EXTERNAL_ID = 200
LONGEST_AGENT = 200
LONGEST_LANGUAGE = 20
LONGEST_REGION = 20
LONGEST_QUEUE = 100
LONGEST_PRODUCT = 100
LONGEST_ZONE = 50
LONGEST_SPEAKER = 100
LONGEST_CHANNEL = 20
LONGEST_ROLES_HOW = 100
LONGEST_NAME = 200
"""Of a subject, an account or a label that somebody named; none of them is stored as it is."""
LONGEST_MS = 2_000_000_000
"""23 days; fits a signed 32-bit column with room to add."""
EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
LONGEST_OFFSET = timedelta(hours=15, minutes=59)
_TELLING = 8
"""Characters of the hash that keeps labels apart once they are cut."""


def fitted(label: str, longest: int) -> str:
    """`label`, cut where it is longer; labels that differ still differ, equal ones are equal."""
    if len(label) <= longest:
        return label
    digest = hashlib.sha256(label.encode(errors="surrogatepass")).hexdigest()
    return f"{label[: longest - _TELLING - 1]}~{digest[:_TELLING]}"


def is_storable(at: datetime) -> bool:
    """True for an aware time within 1900 to 2200, its offset in whole minutes and under 16 h."""
    offset = at.utcoffset()
    return (
        offset is not None
        and EARLIEST_YEAR <= at.year <= LATEST_YEAR
        and abs(offset) <= LONGEST_OFFSET
        and not offset % timedelta(minutes=1)
    )


@dataclass(frozen=True, slots=True)
class CallMetadata:
    """What the call's own address said. `subject`, `account`, `agent` are personal: never log."""

    facts: CallFacts
    subject: str | None = None
    account: str | None = None
    agent: str | None = None
    """The agent's own id in the customer's systems."""
    agent_speaker: str | None = None
    customer_speaker: str | None = None
    warnings: tuple[str, ...] = ()
    """Names of the fields whose values could not be read and were left out."""


@dataclass(frozen=True, slots=True)
class SourceTranscript:
    external_id: str
    status: str
    """As the source says it; `completed` and `error` are final."""
    error: str | None
    """The source's own reason, without the query of any address in it."""
    transcript: Transcript
    metadata: CallMetadata
    roles_how: str
    """One line: where the roles come from."""
    features: Mapping[str, str]
    """Feature → absent | unavailable | empty | present."""
    features_hash: str
    """Hex SHA-256 of `features`; the same features give the same hash."""
    created_at: datetime | None = None
    """When it was submitted (aware); not when the call was."""
    audio_duration: float | None = None
    """Seconds."""
    is_tombstone: bool = False
    """Deleted at the source: a copy that is already held must not be overwritten by it."""
    webhook_status_code: int | None = None
    crm_ids: Mapping[str, str] = field(default_factory=dict)
    """System → the call's id there."""
    told: str = ""
    """A digest of all that was told beside the document; "" where nothing was."""
    warnings: tuple[str, ...] = ()
    """What was left out or does not fit, by field name; never a value."""

    @property
    def is_final(self) -> bool:
        return self.status in ("completed", "error")
