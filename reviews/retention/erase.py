"""A call is erased, because somebody asked for it: every revision, every row that refers to it, its
recordings. What stays is a tombstone of its ids, one row of the audit trail, and numbers that were
counted before. docs/adr/0023.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.jobs import ledger
from reviews.models import (
    ApiAnswer,
    Audio,
    Coaching,
    CoachingNote,
    Evaluation,
    Finding,
    GoneKind,
    Job,
    JobKind,
    ListedCall,
    ListedState,
    QueueItem,
    RecordingPart,
    Source,
    Standing,
    Submission,
    Tombstone,
    Transcript,
)
from reviews.models.rows import as_row, insert, select
from reviews.models.sealed_file import remove
from reviews.models.secret import SecretUnreadable, unseal_bytes
from reviews.models.tombstone import hmac_of_call

log = structlog.get_logger("verbatim.retention")
REASONS = {
    "subject_request": _("Somebody who speaks in it asks for it"),
    "mistake": _("It should not have come here"),
    "retention": _("It need not be kept any longer"),
    "test": _("It was a test"),
}
"""Why a call is erased; the code is kept in the audit trail."""
Freed = Callable[[Transcript], None]
"""A call that was the same audio as an erased one, and stands for itself now."""
_SWEPT_AFTER = timedelta(hours=1, minutes=5)
"""By then a file without a row counts as left behind: reviews/ingest/audio_files.py."""
_RUN_AT_MOST = timedelta(hours=1)
_NOW, _LATER = "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"


class NoReason(Refused):
    code = ErrorCode.REASON_REFUSED


class Gone(Refused):
    code = ErrorCode.NOT_FOUND


class Busy(Refused):
    code = ErrorCode.IN_PROGRESS


def call(*, row: Transcript, reason: str, by: audit.Who, now: datetime, freed: Freed) -> None:
    """In the caller's tenant transaction; the files go after it. Lock: the call's queue items, then
    its row, so that who decides on it or stores it comes before or finds nothing.

    Raises NoReason; Gone where another was first; Busy where somebody wrote to the call meanwhile.
    """
    _check(reason)
    try:
        with transaction.atomic():
            files = _erase(row.pk, reason, by, now, freed)
            _check_references()
    except (IntegrityError, OperationalError) as error:
        log.warning("call_not_erased", call=str(row.pk), error=type(error.__cause__).__name__)
        raise Busy(
            "Erasing the call is refused",
            "somebody, or a job, writes to it at this moment",
            "Try again in a few seconds.",
        ) from None
    transaction.on_commit(lambda: _remove(files))


def _check(reason: str) -> None:
    if reason not in REASONS:
        raise NoReason(
            "Erasing the call is refused",
            "no reason of the list",
            f"Give one of {', '.join(REASONS)}.",
        )


def _erase(
    transcript_id: UUID, reason: str, by: audit.Who, now: datetime, freed: Freed
) -> Sequence[Path]:
    """Gives the files that are to be removed once this is committed."""
    list(QueueItem.objects.select_for_update().filter(transcript=transcript_id).values_list("pk"))
    rows = Transcript.objects.select_for_update(of=("self",)).select_related("source")
    row = rows.defer("payload").filter(pk=transcript_id).first()
    if row is None:
        raise Gone("Erasing the call is refused", "it is not there any more", "Nothing to do.")
    counted = _bury(row, now)
    _bring_back(row, now)
    files = [each.path for each in Audio.objects.filter(transcript=row).exclude(file=None)]
    coached = list(Coaching.objects.filter(moments__finding__transcript=row).values_list("pk"))
    _forget_answers(row)
    _unlist(row, now)
    rows_gone = int(select("SELECT erase_call(%s)", [row.pk])[0][0])
    _end_coachings([pk for (pk,) in coached])
    _free(row, now, freed)
    if files:
        _have_swept(row.source, now)
    data: dict[str, str | int] = {"reason": reason, "rows": rows_gone, **counted}
    audit.record(event=audit.Event.CALL_FORGOTTEN, by=by, target=row, at=now, data=data)
    return files


def _bury(row: Transcript, now: datetime) -> dict[str, int]:
    """The tombstones, which feeds hand on and `erase_call` asks for; how many of what."""
    gone: dict[GoneKind, Sequence[UUID]] = {
        GoneKind.TRANSCRIPT: [row.pk],
        GoneKind.EVALUATION: _ids(Evaluation.objects.filter(transcript=row)),
        GoneKind.FINDING: _ids(Finding.objects.filter(transcript=row)),
    }
    made = [
        Tombstone(tenant_id=row.tenant_id, kind=kind, gone_id=gone_id, deleted_at=now)
        for kind, ids in gone.items()
        for gone_id in ids
    ]
    made[0].call_hmac = hmac_of_call(row.source_id, row.external_id)
    insert(Tombstone, [as_row(each) for each in made])
    return {f"{kind.value}s": len(gone[kind]) for kind in (GoneKind.EVALUATION, GoneKind.FINDING)}


def _ids(rows: Any) -> list[UUID]:
    return list(rows.values_list("pk", flat=True))


def _bring_back(row: Transcript, now: datetime) -> None:
    """What a suppression marked on other calls: the words that it rests on go with this one."""
    marked = QueueItem.objects.filter(suppression__finding__transcript=row)
    others = marked.exclude(transcript=row)
    others.filter(standing=Standing.SUPPRESSED).update(standing=Standing.OPEN, updated_at=now)
    marked.update(suppression=None)


def _forget_answers(row: Transcript) -> None:
    """Answers that programs were given to runs of the call: they hold quotes of it."""
    runs = list(Job.objects.filter(kind=JobKind.RUN, subject_id=row.pk))
    if not runs:
        return
    since = min(each.created_at for each in runs) - _RUN_AT_MOST
    marks = [str(each.pk).encode() for each in runs]
    kept = ApiAnswer.objects.filter(created_at__gte=since)
    named = [each.pk for each in kept.iterator() if _is_of(each, marks)]
    ApiAnswer.objects.filter(pk__in=named).delete()


def _is_of(answer: ApiAnswer, marks: Sequence[bytes]) -> bool:
    try:
        body = unseal_bytes(bytes(answer.sealed_body))
    except SecretUnreadable:
        return True  # nobody can be given it again
    return any(mark in body for mark in marks)


def _unlist(row: Transcript, now: datetime) -> None:
    """What is kept of it beside references: its jobs, how it was sent, that its source has it.

    Where its source is to delete what is here, it is asked to do it now.
    """
    kinds = (JobKind.EVALUATE, JobKind.RUN, JobKind.SHADOW)
    Job.objects.filter(kind__in=kinds, subject_id=row.pk).delete()
    sent = Submission.objects.filter(source=row.source, external_id=row.external_id)
    RecordingPart.objects.filter(submission__in=sent).delete()
    sent.delete()
    listed = ListedCall.objects.filter(source=row.source, external_id=row.external_id)
    there = listed.filter(state=ListedState.HELD, erased_at=None)
    if row.source.erase_after_h is None or not there.update(state=ListedState.ERASED):
        listed.delete()
        return
    ledger.wake(tenant_id=row.tenant_id, kind=JobKind.ERASE, source_id=row.source_id, at=now)


def _end_coachings(pks: Sequence[UUID]) -> None:
    """Of those that had a moment of the call, the ones that have none left."""
    empty = _ids(Coaching.objects.filter(pk__in=pks, moments=None))
    CoachingNote.objects.filter(coaching__in=empty).delete()
    Coaching.objects.filter(pk__in=empty).delete()


def _free(row: Transcript, now: datetime, freed: Freed) -> None:
    """One after another: the first may be what the next are the same as."""
    held = Transcript.objects.select_for_update().defer("payload").filter(duplicate_of=row.pk)
    for each in held.order_by("received_at", "id"):
        each.duplicate_of_id, each.received_at = None, now  # feeds go by the time
        each.save(update_fields=["duplicate_of", "received_at"])
        freed(each)


def _have_swept(source: Source, now: datetime) -> None:
    """A server that dies before the files are gone leaves them, without their keys, for this."""
    Source.objects.filter(pk=source.pk).update(audio_swept_at=None)
    at = now + _SWEPT_AFTER
    ledger.wake(tenant_id=source.tenant_id, kind=JobKind.AUDIO, source_id=source.pk, at=at)


def _check_references() -> None:
    """Now, not at the commit, where nobody could be told. Raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        cursor.execute(_LATER)


def _remove(files: Sequence[Path]) -> None:
    for each in files:
        remove(each)
