"""What was submitted here, known again by its nonce when its call or its redacted audio comes.

By whichever way: webhook, poll, backfill and comparison all end in a stored call, and what was told
of it is laid on it in that same transaction.
"""

import structlog
from django.utils import timezone

from reviews.ingest import audio
from reviews.models import RecordingPart, Source, Submission, SubmissionState
from reviews.sources import recordings
from reviews.sources.normal import SourceTranscript
from reviews.sources.told import with_told

log = structlog.get_logger("verbatim.ingest")


def find(source: Source, nonce: str) -> Submission | None:
    """In the tenant's context. No query where it can be no nonce of ours."""
    if not recordings.is_nonce(nonce):
        return None
    return Submission.objects.filter(source=source, nonce=nonce).first()


def with_metadata(
    source: Source, call_url: str | None, fetched: SourceTranscript
) -> SourceTranscript:
    """The call with what its submitter told of it; as it is where nobody here submitted it.

    In the caller's tenant transaction, in which the submission learns its transcript's id.
    """
    row = find(source, recordings.nonce_of(call_url))
    if row is None:
        return fetched
    take(row, fetched.external_id)
    return with_told(fetched, recordings.told_of(row.metadata))


def take(row: Submission, external_id: str) -> None:
    """The source has taken it: what is needed to send it goes. In the caller's transaction."""
    if row.external_id:
        if row.external_id != external_id:
            log.warning("submission_doubled", submission=str(row.pk))
        return
    Submission.objects.filter(pk=row.pk, external_id="").update(
        external_id=external_id,
        state=SubmissionState.TAKEN,
        ended_at=timezone.now(),
        last_error_code="",
        sealed_url=b"",
    )
    RecordingPart.objects.filter(submission=row).delete()


def note_redacted(source: Source, *, nonce: str) -> None:
    """The redacted audio of a submission is ready: it is fetched now, where it is kept.

    Its address is asked for anew then, as always. In the caller's tenant transaction.
    """
    row = find(source, nonce)
    if row is not None:
        row.redacted_audio_at = timezone.now()
        row.save(update_fields=["redacted_audio_at"])
        audio.is_ready(source, row.external_id)
