"""What becomes of the recordings of a source's calls: its settings, and what is wanted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import F
from django.utils import timezone

from reviews import audit
from reviews.audit import Who
from reviews.errors import ErrorCode, Refused
from reviews.jobs import ledger
from reviews.models import (
    Audio,
    AudioKind,
    AudioMode,
    AudioState,
    JobKind,
    Source,
    SourceKind,
    Transcript,
    TranscriptState,
)
from reviews.models.rows import as_row, insert
from reviews.models.secret import seal
from reviews.sources.intake import Received
from reviews.sources.normal import SourceTranscript

REDACTED_FOR = timedelta(hours=24)
"""So long the source has a redacted recording."""
TRIED_FOR = timedelta(hours=24)
_REDACTING = "redact_pii_audio"
_OVER = (AudioState.GONE, AudioState.REFUSED, AudioState.EXPIRED)
_NOT_OF_LINKS = frozenset("{}<>\"'`\\ ")
_EXTERNAL_ID, _SECONDS = "{external_id}", "{seconds}"


class LinkRefused(Refused):
    code = ErrorCode.LINK_REFUSED


def check_link(template: str) -> None:
    """Raises LinkRefused where it cannot lead to a call's recording."""
    plain = template.replace(_EXTERNAL_ID, "").replace(_SECONDS, "")
    if not template.isascii() or not template.isprintable() or _NOT_OF_LINKS & set(plain):
        raise _link("characters of no address, or other names in braces")
    try:
        parts = urlsplit(template)
        host = parts.hostname
    except ValueError:
        raise _link("no address") from None
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        raise _link("no address that begins with https:// and a host")
    if "{" in parts.netloc or _EXTERNAL_ID not in template:
        raise _link(f"no {_EXTERNAL_ID} behind its host")


def _link(seen: str) -> LinkRefused:
    example = f"https://recorder.example/calls/{_EXTERNAL_ID}?t={_SECONDS}"
    return LinkRefused("The link is refused", seen, f"Write it as {example}.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a source's recordings are kept; `days` None: as long as their calls."""

    mode: AudioMode
    link: str
    days: int | None
    is_redacted_kept: bool


def set_up(source: Source, wanted: Wanted, *, by: Who) -> None:
    """For calls that come from now on; the days go for what is held, too.

    In the caller's tenant transaction. Raises LinkRefused.
    """
    if wanted.mode == AudioMode.LINK:
        check_link(wanted.link)
    now = timezone.now()
    source.audio_mode, source.audio_days = wanted.mode, wanted.days
    source.audio_link = wanted.link if wanted.mode == AudioMode.LINK else ""
    source.is_redacted_kept = wanted.is_redacted_kept
    source.save(update_fields=["audio_mode", "audio_link", "audio_days", "is_redacted_kept"])
    held = Audio.objects.filter(transcript__source=source, state=AudioState.HELD)
    days = wanted.days
    held.update(purge_at=None if days is None else F("held_at") + timedelta(days=days))
    wake(source, at=now)
    data: dict[str, str | int] = {
        "audio_mode": wanted.mode.value,
        "audio_days": -1 if days is None else days,
        "is_redacted_kept": int(wanted.is_redacted_kept),
    }
    audit.record(event=audit.Event.SOURCE_CHANGED, by=by, target=source, at=now, data=data)


def is_keeping(source: Source) -> bool:
    return source.audio_mode == AudioMode.KEEP or source.is_redacted_kept


def wake(source: Source, *, at: datetime) -> None:
    """The job of the source's recordings, due at `at` at the latest."""
    ledger.wake(tenant_id=source.tenant_id, kind=JobKind.AUDIO, source_id=source.pk, at=at)


def is_ready(source: Source, external_id: str) -> None:
    """The source has made the redacted recording of a call: look now, where it is waited for."""
    now = timezone.now()
    waiting = Audio.objects.filter(
        transcript__source=source,
        transcript__external_id=external_id,
        kind=AudioKind.REDACTED,
        state=AudioState.WANTED,
    )
    if waiting.update(look_at=now):
        wake(source, at=now)


def want(source: Source, row: Transcript, received: Received, fetched: SourceTranscript) -> None:
    """Note which recordings of a call that was stored are to be fetched.

    In the transaction that stores it: so none is forgotten, and none is wanted of no call.
    """
    if row.state != TranscriptState.READY:
        return
    now = timezone.now()
    if source.audio_mode == AudioMode.KEEP and received.audio_url:
        sealed = seal(received.audio_url)
        _want(source, row, AudioKind.ORIGINAL, sealed_url=sealed, until=now + TRIED_FOR, now=now)
    is_redacted = fetched.features.get(_REDACTING) == "present"
    if source.is_redacted_kept and is_redacted and source.kind != SourceKind.FILES:
        _want(source, row, AudioKind.REDACTED, sealed_url=None, until=now + REDACTED_FOR, now=now)


def _want(
    source: Source,
    row: Transcript,
    kind: AudioKind,
    *,
    sealed_url: bytes | None,
    until: datetime,
    now: datetime,
) -> None:
    """Once more where it was given up before; what is held, or was deleted here, stays so."""
    made = Audio(tenant_id=row.tenant_id, transcript=row, kind=kind, sealed_url=sealed_url)
    made.look_at, made.wanted_until = now, until
    if not insert(Audio, [as_row(made)], is_new=False):
        known = Audio.objects.filter(transcript=row, kind=kind)
        known.filter(state__in=(AudioState.WANTED, *_OVER)).update(
            state=AudioState.WANTED, sealed_url=sealed_url, look_at=now, wanted_until=until,
            tries=0, code="", ended_at=None,
        )  # fmt: skip
    wake(source, at=now)
