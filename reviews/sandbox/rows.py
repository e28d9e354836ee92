"""One transcript of the sandbox: what it is at a given time."""

import copy
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Payload = dict[str, Any]

ENDED = ("completed", "error")
STEPS = ("queued", "processing", "completed")
GONE_URL = "http://deleted_by_user"
_KEPT_ON_DELETE = ("id", "status", "audio_duration", "language_code", "confidence")
_LIST_ONLY = ("created", "completed")
_RESULTS = (
    *("text", "words", "utterances", "confidence", "audio_duration", "error", "summary"),
    *("content_safety_labels", "iab_categories_result", "auto_highlights_result", "chapters"),
    *("sentiment_analysis_results", "entities", "speech_model_used", "webhook_status_code"),
)
AUDIO_KEPT = timedelta(hours=24)
_NOT_ECHOED = frozenset(
    (*_RESULTS, *_LIST_ONLY, "id", "status", "webhook_auth", "content_safety_confidence")
)
_SPOKEN = "This call was submitted to the sandbox."


@dataclass(slots=True)
class Row:
    """`payload` is the object as it is once it has ended; times are aware."""

    payload: Payload
    created: datetime
    number: int
    """In order of arrival: of two created at one time the later one counts as newer."""
    there_from: datetime | None = None
    """Before that nobody knows of it."""
    begins_at: datetime | None = None
    completes_at: datetime | None = None
    """None: it has ended, or moves on by one status each time it is fetched."""
    expires_at: datetime | None = None
    hidden_until: datetime | None = None
    """Until then the list does not show it."""
    audio_ready_at: datetime | None = None
    """When the redacted audio is; None where none was asked for."""
    project: str = ""
    auth: tuple[str, str] | None = None
    """The header that goes with its webhooks."""
    has_hooks: bool = False
    audio: bytes = b""
    _bodies: dict[str, bytes] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def order(self) -> tuple[datetime, int]:
        return self.created, self.number

    def status(self, now: datetime) -> str:
        if self.completes_at is None or now >= self.completes_at:
            return str(self.payload["status"])
        return STEPS[0] if self.begins_at and now < self.begins_at else STEPS[1]

    def ended_at(self, now: datetime) -> datetime | None:
        """When it ended; None while it has not."""
        return (self.completes_at or self.created) if self.status(now) in ENDED else None

    def is_there(self, now: datetime) -> bool:
        return self.there_from is None or self.there_from <= now

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at

    def is_listed(self, now: datetime, days: int | None) -> bool:
        is_old = days is not None and self.created <= now - timedelta(days=days)
        is_hidden = self.hidden_until is not None and now < self.hidden_until
        return self.is_there(now) and not (is_old or is_hidden or self.is_expired(now))

    def is_audio_ready(self, now: datetime) -> bool:
        return self.audio_ready_at is not None and now >= self.audio_ready_at

    def is_audio_expired(self, now: datetime) -> bool:
        return self.audio_ready_at is not None and now >= self.audio_ready_at + AUDIO_KEPT

    def shown(self, now: datetime) -> Payload:
        """The object as a copy, without the times: only the list has them."""
        status = self.status(now)
        whole = self.payload if status in ENDED else unfinished(self.payload, status)
        return {key: copy.deepcopy(item) for key, item in whole.items() if key not in _LIST_ONLY}

    def body(self, now: datetime) -> bytes:
        """The object as JSON, written once for each status."""
        status = self.status(now)
        if status not in self._bodies:
            self._bodies[status] = json.dumps(self.shown(now)).encode()
        return self._bodies[status]

    def change(self, **values: Any) -> None:
        """Other fields of its object from now on."""
        self.payload |= values
        self._bodies.clear()

    def step(self, now: datetime) -> None:
        """On by one status, where no time says when."""
        if self.completes_at is not None or self.payload["status"] in ENDED:
            return
        following = STEPS[STEPS.index(self.payload["status"]) + 1]
        self.change(status=following)
        if following == STEPS[-1]:
            self.change(**spoken(), completed=text_of(now))
            self.completes_at = now
            self.audio_ready_at = now if self.payload.get("redact_pii_audio") else None

    def delete(self) -> None:
        """Leave the tombstone the vendor leaves: id, status and duration stay."""
        self.change(**_tombstone(self.payload))
        self.audio, self.audio_ready_at, self.has_hooks = b"", None, False

    def tombstone(self) -> Payload:
        """The object as a deleted one, the row untouched."""
        gone = self.payload | _tombstone(self.payload)
        return {key: item for key, item in gone.items() if key not in _LIST_ONLY}


def echoed(request: Payload) -> Payload:
    """What of a submission is in the object: not what the vendor itself says there."""
    return {key: item for key, item in request.items() if key not in _NOT_ECHOED}


def unfinished(payload: Payload, status: str) -> Payload:
    """The object before its end: what was asked for, and no result."""
    return payload | dict.fromkeys(key for key in _RESULTS if key in payload) | {"status": status}


def _tombstone(payload: Payload) -> Payload:
    kept = {key: payload.get(key) for key in (*_KEPT_ON_DELETE, *_LIST_ONLY)}
    gone = dict.fromkeys(payload) | kept | {"text": "Deleted by user."}
    return gone | {"audio_url": GONE_URL, "webhook_url": GONE_URL}


def spoken() -> Payload:
    """What is heard in a recording that was submitted: the sandbox knows no audio."""
    words = [
        {
            "text": text,
            "start": at * 300,
            "end": at * 300 + 250,
            "confidence": 0.99,
            "speaker": None,
        }
        for at, text in enumerate(_SPOKEN.split())
    ]
    return {"text": _SPOKEN, "words": words, "confidence": 0.99, "audio_duration": 3}


def strict(payload: Payload) -> Payload:
    """A copy as the vendor's own library wants it: whole numbers, channels as text."""
    row = copy.deepcopy(payload)
    row.setdefault("status", "completed")
    row.setdefault("audio_url", f"https://audio.example/{row['id']}.wav")
    if row.get("audio_duration") is not None:
        row["audio_duration"] = round(row["audio_duration"])
    for said in (row, *(row.get("utterances") or ())):
        for part in (said, *(said.get("words") or ())):
            _strict_part(part)
    return row


def _strict_part(part: Payload) -> None:
    for key in ("start", "end"):
        if isinstance(part.get(key), float):
            part[key] = round(part[key])
    if isinstance(part.get("channel"), int):
        part["channel"] = str(part["channel"])


def text_of(at: datetime) -> str:
    """A time as the vendor writes it: UTC, no zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()


def moment_of(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
