"""One account of the sandbox: its transcripts, newest first, and what may be done with them."""

import copy
import threading
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Payload = dict[str, Any]

_FIRST_CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_STEPS = ("queued", "processing", "completed")
_GONE = "http://deleted_by_user"
_KEPT_ON_DELETE = ("id", "status", "audio_duration", "language_code", "confidence")
_LIST_ONLY = ("created", "completed")
_SPOKEN = "This call was submitted to the sandbox."


class Account:
    """Safe to use from many threads; every payload handed out is a copy."""

    def __init__(self, payloads: Sequence[Payload]) -> None:
        self._lock = threading.Lock()
        rows = [_strict(payload, number) for number, payload in enumerate(payloads)]
        # Of two created at one time the later given counts as newer.
        numbered = sorted(enumerate(rows), key=lambda row: (_created(row[1]), row[0]))
        self._rows = {row["id"]: row for _, row in reversed(numbered)}

    def get(self, transcript_id: str) -> Payload | None:
        """The object without `created` and `completed`: only the list has them."""
        with self._lock:
            row = self._rows.get(transcript_id)
            if row is None:
                return None
            _advance(row)
            return {key: copy.deepcopy(item) for key, item in row.items() if key not in _LIST_ONLY}

    def page(self, asked: Mapping[str, str], limit: int) -> tuple[list[Payload], bool]:
        """At most `limit` rows newest first, and whether older ones remain.

        `asked` may hold before_id, after_id, created_on and status. An id that is not known
        bounds nothing.
        """
        with self._lock:
            rows = [copy.copy(row) for row in self._rows.values()]
        ids = [row["id"] for row in rows]
        first = ids.index(asked["before_id"]) + 1 if asked.get("before_id") in ids else 0
        last = ids.index(asked["after_id"]) if asked.get("after_id") in ids else len(ids)
        wanted = [row for row in rows[first:last] if _is_wanted(row, asked)]
        return wanted[:limit], len(wanted) > limit

    def delete(self, transcript_id: str) -> Payload | None:
        """Leave the tombstone the vendor leaves: id, status and duration stay."""
        with self._lock:
            row = self._rows.get(transcript_id)
            if row is None:
                return None
            kept = {key: row.get(key) for key in (*_KEPT_ON_DELETE, *_LIST_ONLY)}
            gone = dict.fromkeys(row) | kept | {"text": "Deleted by user."}
            gone |= {"audio_url": _GONE, "webhook_url": _GONE}
            self._rows[transcript_id] = gone
        return self.get(transcript_id)

    def submit(self, request: Payload) -> Payload:
        """A new transcript that moves on by one status each time it is fetched."""
        with self._lock:
            newest = next(iter(self._rows.values()), None)
            number = len(self._rows)
            row = _strict({"id": str(uuid.UUID(int=number + 1, version=4)), **request}, number)
            at = datetime.fromisoformat(_created(newest) if newest else row["created"])
            row |= {"status": _STEPS[0], "created": (at + timedelta(seconds=1)).isoformat()}
            self._rows = {row["id"]: row} | self._rows
            return copy.deepcopy(row)


def _created(row: Payload) -> str:
    return str(row["created"])


def _is_wanted(row: Payload, asked: Mapping[str, str]) -> bool:
    day, status = asked.get("created_on"), asked.get("status")
    return (day is None or _created(row)[:10] == day) and status in (None, row["status"])


def _advance(row: Payload) -> None:
    if row["status"] not in _STEPS[:-1]:
        return
    row["status"] = _STEPS[_STEPS.index(row["status"]) + 1]
    if row["status"] == _STEPS[-1]:
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
        row |= {"text": _SPOKEN, "words": words, "confidence": 0.99, "audio_duration": 3}


def _strict(payload: Payload, number: int) -> Payload:
    """A copy as the vendor's own library wants it: whole numbers, channels as text, both times."""
    row = copy.deepcopy(payload)
    row.setdefault("status", "completed")
    row.setdefault("audio_url", f"https://audio.example/{row['id']}.wav")
    created = (_FIRST_CREATED + timedelta(minutes=number)).replace(tzinfo=None).isoformat()
    row.setdefault("created", created)
    row.setdefault("completed", row["created"])
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
