"""Recordings on the disk: taken in, kept by a row, deleted, and looked for where no row has them.

A file is written whole before a row names it, and loses its key before it is deleted. So a crash
leaves at most a file that nobody can read, and `sweep` takes that away.
"""

import hashlib
import hmac
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews.errors import ErrorCode, Refused
from reviews.ingest import audio
from reviews.models import Audio, AudioKind, AudioMode, AudioState, Source, Transcript
from reviews.models.audio import folder_of, path_of
from reviews.models.ids import uuid7
from reviews.models.rows import as_row, insert
from reviews.models.sealed_file import Writer, new_key, remove
from reviews.models.secret import seal
from reviews.sources import media

ORPHAN_AFTER = timedelta(hours=1)
"""A younger file may be one that is just being taken in."""
PURGED_AT_ONCE = 500


class NotAudio(Refused):
    code = ErrorCode.NOT_AUDIO


class TooLarge(Refused):
    code = ErrorCode.TOO_LARGE


def most_bytes() -> int:
    """Of one recording."""
    return int(settings.AUDIO_MAX_MB) * 1_000_000


@dataclass(slots=True)
class Taking:
    """A file that is being written; `size`, `media_type` and `digest` once it is whole."""

    file: UUID
    key: bytes = field(repr=False)
    writer: Writer
    hash: Any
    head: bytes = field(default=b"", repr=False)

    def write(self, data: bytes) -> None:
        """Raises NotAudio as soon as the first bytes tell, and TooLarge."""
        if len(self.head) < media.HEAD:
            self.head = (self.head + data)[: media.HEAD]
            if len(self.head) == media.HEAD:
                self.media_type()
        self.hash.update(data)
        self.writer.write(data)
        if self.writer.size > most_bytes():
            seen = f"more than {most_bytes():,} bytes"
            raise TooLarge("The recording is refused", seen, "Raise AUDIO_MAX_MB, or compress it.")

    def media_type(self) -> str:
        """Raises NotAudio."""
        found = media.media_type(self.head)
        if found is None:
            seen = "a file that begins as no recording does"
            remedy = "Give WAV, MP3, MP4, AAC, OGG, FLAC, WebM or AMR."
            raise NotAudio("The recording is refused", seen, remedy)
        return found


@contextmanager
def taking(row: Audio) -> Iterator[Taking]:
    """`with taking(row) as taken: taken.write(data)`, then `keep(row, taken)`.

    At the end of the block the file is there, under a name that no row has yet; after an error it
    is not. Raises NotAudio and TooLarge.
    """
    file, key = uuid7(), new_key()
    about = f"{row.tenant_id}|audio|".encode()
    with Writer(path_of(row.tenant_id, file), key=key, about=row.about) as writer:
        started = hmac.new(settings.HASH_KEY.encode(), about, hashlib.sha256)
        taken = Taking(file, key, writer, started)
        yield taken
        taken.media_type()


def keep(row: Audio, taken: Taking, *, days: int | None, now: datetime) -> bool:
    """The row has the file from now on; False, and the file goes, where it is wanted no longer.

    In the caller's tenant transaction. Lock: the row.
    """
    wanted = Audio.objects.filter(pk=row.pk, state=AudioState.WANTED)
    is_kept = wanted.update(
        state=AudioState.HELD,
        code="",
        sealed_url=None,
        file=taken.file,
        sealed_key=seal(taken.key.hex()),
        size=taken.writer.size,
        media_type=taken.media_type(),
        content_hmac=taken.hash.digest(),
        held_at=now,
        purge_at=None if days is None else now + timedelta(days=days),
        ended_at=now,
    )
    if not is_kept:
        remove(path_of(row.tenant_id, taken.file))
    return bool(is_kept)


def take_beside(source: Source, row: Transcript, data: bytes) -> bool:
    """Keep a recording that came beside its transcript; False where the source keeps none.

    One that is held stays, and one that was deleted here stays deleted. In the caller's tenant
    transaction. Raises NotAudio and TooLarge.
    """
    if source.audio_mode != AudioMode.KEEP:
        return False
    now = timezone.now()
    made = Audio(tenant_id=row.tenant_id, transcript=row, kind=AudioKind.ORIGINAL, look_at=now)
    insert(Audio, [as_row(made)], is_new=False)
    known = Audio.objects.select_for_update().get(transcript=row, kind=AudioKind.ORIGINAL)
    if known.state in (AudioState.HELD, AudioState.ERASED):
        return True
    Audio.objects.filter(pk=known.pk).update(state=AudioState.WANTED, look_at=now)
    with taking(known) as taken:
        taken.write(data)
    keep(known, taken, days=source.audio_days, now=now)
    audio.wake(source, at=now)
    return True


def purge(source: Source, *, now: datetime) -> list[Audio]:
    """Take the keys of recordings whose time is over; then `remove_files` of what this gives.

    In the caller's tenant transaction.
    """
    held = Audio.objects.filter(transcript__source=source, state=AudioState.HELD)
    rows = list(held.filter(purge_at__lte=now).select_for_update(of=("self",))[:PURGED_AT_ONCE])
    Audio.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=AudioState.ERASED, sealed_key=None, file=None, ended_at=now
    )
    return rows


def remove_files(rows: list[Audio]) -> None:
    """After the transaction that took their keys."""
    for row in rows:
        remove(row.path)


def sweep(tenant_id: UUID, *, now: datetime, deadline: float) -> int:
    """Delete files that no row has; how many. In the caller's tenant transaction.

    Begins with another folder each time, so that one that does not come to its end by `deadline`
    (of time.monotonic) comes to all of them in time.
    """
    root, removed = folder_of(tenant_id), 0
    folders = [each for each in root.iterdir() if each.is_dir()] if root.is_dir() else []
    random.shuffle(folders)
    for folder in folders:
        if time.monotonic() > deadline:
            break
        removed += _sweep(folder, now - ORPHAN_AFTER)
    return removed


def _sweep(folder: Path, latest: datetime) -> int:
    with os.scandir(folder) as entries:
        old = [each.name for each in entries if each.stat().st_mtime < latest.timestamp()]
    by_file = {name: _file_of(name) for name in old}
    names = [file for file in by_file.values() if file]
    known = set(Audio.objects.filter(file__in=names).values_list("file", flat=True))
    orphans = [name for name, file in by_file.items() if file not in known]
    for name in orphans:
        (folder / name).unlink(missing_ok=True)
    return len(orphans)


def _file_of(name: str) -> UUID | None:
    """None of a name that a killed write left."""
    try:
        return UUID(hex=name)
    except ValueError:
        return None
