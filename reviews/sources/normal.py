"""The normal form of a fetched call: what every source gives, whoever transcribed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reviews.detection.transcript import Transcript
from reviews.sources.metadata import CallMetadata


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
    warnings: tuple[str, ...] = ()
    """What was left out or does not fit, by field name; never a value."""

    @property
    def is_final(self) -> bool:
        return self.status in ("completed", "error")
