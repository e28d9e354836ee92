"""One account of the sandbox: its transcripts, newest first, and what may be done with them."""

import bisect
import hashlib
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import islice

from reviews.sandbox.behaviour import ALL_DAYS, Behaviour
from reviews.sandbox.clock import Now, utc_now
from reviews.sandbox.rows import (
    AUDIO_KEPT,
    ENDED,
    GONE_URL,
    STEPS,
    Payload,
    Row,
    echoed,
    moment_of,
    spoken,
    strict,
    text_of,
)
from reviews.sandbox.tone import wav

_FIRST_CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SECRET = "webhook_auth_header_value"  # noqa: S105 # the name of a field


class UnknownCursor(LookupError):
    """`before_id` or `after_id` names no transcript."""


class Redacted(Enum):
    """How the redacted audio of a call stands."""

    ABSENT = "none was asked for, or the call is not there"
    PENDING = "it is not ready"
    READY = "it can be fetched"
    EXPIRED = "its 24 hours are over"


@dataclass(frozen=True, slots=True)
class Ended:
    """A transcript that came to its end and has a webhook."""

    id: str
    at: datetime
    status: str
    url: str
    auth: tuple[str, str] | None = field(repr=False)
    audio_at: datetime | None


class Account:
    """Safe to use from many threads; every payload handed out is a copy."""

    def __init__(
        self,
        payloads: Sequence[Payload] = (),
        *,
        now: Now = utc_now,
        behaviour: Behaviour = ALL_DAYS,
        turnaround: timedelta | None = None,
    ) -> None:
        """`turnaround`: what is submitted ends so long after; None: at its second fetch."""
        self.now = now
        self.behaviour = behaviour
        self.turnaround = turnaround
        self.lemur: dict[str, str] = {}
        """Answers of LeMUR by their request, from when there was one."""
        self._lock = threading.RLock()
        self._rows: dict[str, Row] = {}
        self._order: list[Row] = []
        self._uploads: dict[str, tuple[str, bytes]] = {}
        for number, payload in enumerate(payloads):
            default = text_of(_FIRST_CREATED + timedelta(minutes=number))
            row = strict(payload)
            row.setdefault("created", default)
            row.setdefault("completed", row["created"])
            created = moment_of(row["created"])
            self._insert(Row(row, created, number, audio_ready_at=_audio_at(row, created)))

    def _insert(self, row: Row) -> None:
        self._rows[row.id] = row
        bisect.insort(self._order, row, key=lambda each: each.order)

    def add(
        self,
        payload: Payload,
        *,
        created: datetime | None = None,
        begins_at: datetime | None = None,
        completes_at: datetime | None = None,
        expires_at: datetime | None = None,
        audio_ready_at: datetime | None = None,
        audio: bytes = b"",
        project: str = "",
    ) -> str:
        """A transcript that is there from `created` (now), its results from `completes_at` on.

        `payload` is what it ends as, an error included. Without `completes_at` it has ended when
        it comes; without `begins_at` it is queued for the first half. Returns its id.
        """
        created = created or self.now()
        ends = completes_at or created
        row = strict(payload)
        row |= {"created": text_of(created), "completed": text_of(ends)}
        auth = _take_auth(row)
        made = Row(
            row,
            created,
            len(self._rows),
            there_from=created,
            begins_at=begins_at or created + (ends - created) / 2,
            completes_at=ends,
            expires_at=expires_at,
            project=project,
            auth=auth,
            has_hooks=bool(row.get("webhook_url")),
            audio=audio,
            audio_ready_at=_audio_at(row, audio_ready_at or ends),
        )
        with self._lock:
            self._insert(made)
        return made.id

    def submit(self, request: Payload, *, project: str = "", audio: bytes = b"") -> Payload:
        """A new transcript, the newest. Ends as the account's `turnaround` says."""
        with self._lock:
            now = self.now()
            there = (row.created for row in reversed(self._order) if row.is_there(now))
            created = max(now, next(there, now))
            fresh = {"id": _fresh_id(len(self._rows)), **echoed(request)}
            if self.turnaround is not None:
                ends = created + self.turnaround
                self.add(fresh | spoken(), created=created, completes_at=ends, project=project)
            else:
                self._queue(fresh, created, project)
            row = self._rows[str(fresh["id"])]
            row.audio, row.there_from = audio, None
            return row.shown(created)

    def _queue(self, fresh: Payload, created: datetime, project: str) -> None:
        row = strict(fresh | {"status": STEPS[0]})
        row |= {"created": text_of(created), "completed": None}
        auth, has_hooks = _take_auth(row), bool(row.get("webhook_url"))
        made = Row(row, created, len(self._rows), project=project, auth=auth, has_hooks=has_hooks)
        self._insert(made)

    def get(self, transcript_id: str) -> Payload | None:
        """The object without `created` and `completed`, as of now: only the list has them."""
        with self._lock:
            row = self._found(transcript_id)
            if row is None:
                return None
            row.step(self.now())
            return row.tombstone() if row.is_expired(self.now()) else row.shown(self.now())

    def body(self, transcript_id: str) -> bytes | None:
        """What `get` gives, as JSON; quick where it was asked for before."""
        with self._lock:
            row = self._found(transcript_id)
            if row is None or row.is_expired(self.now()):
                return None
            row.step(self.now())
            return row.body(self.now())

    def _found(self, transcript_id: str) -> Row | None:
        row, now = self._rows.get(transcript_id), self.now()
        if row is None or not row.is_there(now):
            return None
        is_gone = row.is_expired(now) and not self.behaviour.is_expired_tombstone
        return None if is_gone else row

    def page(
        self, asked: Mapping[str, str], limit: int, project: str = ""
    ) -> tuple[list[Payload], bool]:
        """At most `limit` rows newest first, and whether older ones remain.

        `asked` may hold before_id, after_id, created_on, status and throttled_only. An id that is
        not known bounds nothing, or raises UnknownCursor, as the behaviour says.
        """
        with self._lock:
            wanted = self._wanted(asked, project)
            if self.behaviour.is_after_id_nearest and "after_id" in asked:
                return [self._item(row) for row in list(wanted)[-limit:]], True
            rows = list(islice(wanted, limit))
            has_older = next(wanted, None) is not None
            return [self._item(row) for row in rows], has_older

    def _wanted(self, asked: Mapping[str, str], project: str) -> Iterator[Row]:
        now, days = self.now(), self.behaviour.list_days
        low, high = self._place(asked.get("after_id")), self._place(asked.get("before_id"))
        rows = self._order[0 if low is None else low + 1 : high]
        for row in reversed(rows):
            is_own = not self.behaviour.is_list_per_project or row.project == project
            if is_own and row.is_listed(now, days) and self._is_asked_for(row, asked):
                yield row

    def _place(self, transcript_id: str | None) -> int | None:
        row = self._rows.get(transcript_id or "")
        if row is not None and not self._is_forgotten(row):
            return bisect.bisect_left(self._order, row.order, key=lambda each: each.order)
        if transcript_id and self.behaviour.is_unknown_cursor_refused:
            raise UnknownCursor
        return None

    def _is_forgotten(self, row: Row) -> bool:
        return self.behaviour.is_expired_cursor_unknown and row.is_expired(self.now())

    def _is_asked_for(self, row: Row, asked: Mapping[str, str]) -> bool:
        day, status = asked.get("created_on"), asked.get("status")
        offset = timedelta(hours=self.behaviour.day_offset_hours)
        if day is not None and (row.created + offset).date().isoformat() != day:
            return False
        if asked.get("throttled_only") == "true":
            return bool(row.payload.get("throttled"))
        return status in (None, row.status(self.now()))

    def _item(self, row: Row) -> Payload:
        status, suffix = row.status(self.now()), self.behaviour.time_suffix
        payload = row.payload if status in ENDED else row.payload | {"completed": None}
        times = {
            key: payload[key] and f"{payload[key]}{suffix}" for key in ("created", "completed")
        }
        error = payload.get("error") if status in ENDED else None
        fields = {"id": row.id, "status": status, "audio_url": payload.get("audio_url")}
        return fields | times | {"error": error}

    def delete(self, transcript_id: str) -> Payload | None:
        """Leave a tombstone; None where there is nothing of this id."""
        with self._lock:
            row = self._found(transcript_id)
            if row is None:
                return None
            row.delete()
            return row.shown(self.now())

    def is_ended(self, transcript_id: str) -> bool | None:
        """None where there is nothing of this id."""
        with self._lock:
            row = self._found(transcript_id)
            return None if row is None else row.status(self.now()) in ENDED

    def vanish(self, transcript_id: str) -> None:
        """As if its retention were over now."""
        with self._lock:
            self._rows[transcript_id].expires_at = self.now()

    def hide(self, transcript_id: str, until: datetime) -> None:
        """Keep it out of the list; it can be fetched."""
        with self._lock:
            self._rows[transcript_id].hidden_until = until

    def ended(self) -> list[Ended]:
        """What has ended by now and has a webhook, in order of its end."""
        now = self.now()
        with self._lock:
            rows = [(row, row.ended_at(now)) for row in self._order if row.has_hooks]
        done = [(at, row) for row, at in rows if at is not None and row.is_there(now)]
        return [_ended(row, at, now) for at, row in sorted(done, key=lambda each: each[0])]

    def answered(self, transcript_id: str, status: int) -> None:
        """What the receiver of its webhook answered; of an id that is not known nothing is kept."""
        with self._lock:
            if transcript_id in self._rows:
                self._rows[transcript_id].change(webhook_status_code=status)

    def redacted(self, transcript_id: str) -> Redacted:
        """How its redacted audio stands now."""
        with self._lock:
            row, now = self._found(transcript_id), self.now()
            if row is None or not row.payload.get("redact_pii_audio"):
                return Redacted.ABSENT
            if row.is_audio_expired(now):
                return Redacted.EXPIRED
            return Redacted.READY if row.is_audio_ready(now) else Redacted.PENDING

    def audio(self, transcript_id: str) -> bytes:
        """The bytes of its redacted audio: those that were given or uploaded, as they are."""
        with self._lock:
            return self._rows[transcript_id].audio or wav()

    def recording(self, transcript_id: str) -> bytes | None:
        """The bytes of what was submitted; None where it is not there, or was deleted."""
        with self._lock:
            row = self._found(transcript_id)
            is_gone = row is None or row.payload.get("audio_url") == GONE_URL
            return None if row is None or is_gone else row.audio or wav()

    def expire_audio(self, transcript_id: str) -> None:
        """As if its 24 hours were over now."""
        with self._lock:
            self._rows[transcript_id].audio_ready_at = self.now() - AUDIO_KEPT

    def keep(self, audio: bytes, project: str = "") -> str:
        """Keep what was uploaded; its name is the SHA-256 of its bytes."""
        name = hashlib.sha256(audio).hexdigest()
        with self._lock:
            self._uploads[name] = (project, audio)
        return name

    def upload(self, name: str) -> tuple[str, bytes] | None:
        """(project, bytes) of what was uploaded under a name."""
        with self._lock:
            return self._uploads.get(name)

    def ids(self) -> list[str]:
        """Of every transcript that is there and can be fetched, newest first."""
        now = self.now()
        with self._lock:
            rows = [row for row in reversed(self._order) if row.is_there(now)]
        return [row.id for row in rows if not row.is_expired(now)]


@dataclass(frozen=True, slots=True)
class Access:
    """What a key opens: an account, as one of its projects."""

    account: Account
    project: str = ""


def _fresh_id(number: int) -> str:
    """The same for the same number; far from ids that count from nothing."""
    return str(uuid.UUID(int=(0x5AB0 << 112) + number, version=4))


def _ended(row: Row, at: datetime, now: datetime) -> Ended:
    audio_at = row.audio_ready_at if row.is_audio_ready(now) else None
    url = str(row.payload["webhook_url"])
    return Ended(row.id, at, row.status(now), url, row.auth, audio_at)


def _take_auth(row: Payload) -> tuple[str, str] | None:
    """The header for its webhooks; the value leaves the row, which is served."""
    name, value = row.get("webhook_auth_header_name"), row.pop(_SECRET, None)
    row["webhook_auth"] = bool(name and value)
    return (str(name), str(value)) if name and value else None


def _audio_at(row: Payload, at: datetime) -> datetime | None:
    return at if row.get("redact_pii_audio") else None
