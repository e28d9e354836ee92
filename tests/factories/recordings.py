"""Recordings that are held, without a source that has them."""

from datetime import datetime

from django.utils import timezone

from reviews.ingest import audio, audio_files
from reviews.ingest.audio import Wanted
from reviews.models import Audio, AudioKind, AudioMode, Source, Transcript
from reviews.models.sealed_file import read
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.sandbox.tone import wav

KEEP = Wanted(AudioMode.KEEP, "", days=30, is_redacted_kept=False)


def keeping(source: Source, wanted: Wanted = KEEP) -> Source:
    """The source as it is set up anew."""
    with tenant_context(source.tenant_id):
        fresh = Source.objects.get(pk=source.pk)
        audio.set_up(fresh, wanted, by=None)
        return fresh


def held(
    call: Transcript, kind: AudioKind = AudioKind.ORIGINAL, data: bytes = b"", days: int = 30
) -> Audio:
    """A recording of the call; a tone where none is given."""
    now: datetime = timezone.now()
    with tenant_context(call.tenant_id):
        row = Audio.objects.create(
            tenant_id=call.tenant_id, transcript=call, kind=kind, look_at=now
        )
        with audio_files.taking(row) as taken:
            taken.write(data or wav())
        audio_files.keep(row, taken, days=days, now=now)
        return Audio.objects.get(pk=row.pk)


def heard(row: Audio) -> bytes:
    """What its file holds."""
    key = bytes.fromhex(unseal(bytes(row.sealed_key or b"")))
    return b"".join(read(row.path, key=key, about=row.about, size=row.size or 0))
