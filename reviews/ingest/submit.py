"""Take in a recording to be transcribed: checked, known from others, kept until it is sent.

It is sent by a job (reviews/ingest/sending.py). What is needed for that is kept encrypted, and only
until the source has taken it.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from reviews import audit, policies
from reviews.audit import Who
from reviews.errors import ErrorCode, Refused
from reviews.ingest import hooks, quota, store
from reviews.ingest.upload import MOST_BYTES, TooLarge
from reviews.jobs import ledger
from reviews.models import (
    JobKind,
    RecordingPart,
    Source,
    Submission,
    SubmissionState,
    User,
)
from reviews.models.secret import seal, seal_bytes
from reviews.sources import recordings
from reviews.sources.assemblyai import request
from reviews.sources.assemblyai.request import Profile
from reviews.sources.recordings import RecordingRefused

PART_BYTES = 1_000_000
LONGEST_PROFILE = 100_000
"""Characters of a profile as text."""


class AlreadySubmitted(Refused):
    code = ErrorCode.ALREADY_SUBMITTED

    def __init__(self, submission: Submission) -> None:
        super().__init__(
            "The recording is refused",
            f"the same one was submitted on {submission.created_at:%Y-%m-%d}: {submission.pk}",
            "Nothing to do; to have it transcribed once more, submit it again on purpose.",
        )
        self.submission = submission


@dataclass(frozen=True, slots=True)
class Recording:
    """An address, or bytes that can be read twice; one of them."""

    url: str = field(default="", repr=False)
    file: BinaryIO | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    recording: Recording
    metadata: Mapping[str, object] = field(default_factory=dict, repr=False)
    is_again: bool = False
    """Also where the same recording was submitted before."""


def submit(*, source: Source, wanted: Wanted, origin: str, by: Who, now: datetime) -> Submission:
    """Keep the recording and queue its sending; in the caller's tenant transaction.

    `origin`: scheme and host under which the source reaches us. Raises NotPossible where the source
    takes none, RecordingRefused for what cannot be sent, AlreadySubmitted, TooLarge,
    ProfileRefused, QuotaReached. Of two at once with the same recording one is refused.
    """
    policies.check_can_submit(source)
    policies.check_has_key(source)
    quota.room(source.tenant_id, now=now).check()
    metadata = recordings.check_metadata(wanted.metadata)
    row = _row(source, wanted.recording, now)
    row.metadata, row.is_again = metadata, wanted.is_again
    row.hook_url = origin.rstrip("/") + reverse("source-hook", args=[source.tenant_id, source.pk])
    _insert(row)
    _keep(row, wanted.recording)
    if source.sealed_hook_secret is None:
        hooks.rotate(source, by=by)
    ledger.enqueue(
        tenant_id=source.tenant_id,
        kind=JobKind.SUBMIT,
        key=str(row.pk),
        subject_id=source.pk,
        against_id=row.pk,
        now=now,
    )
    event = audit.Event.RECORDING_SUBMITTED
    audit.record(event=event, by=by, target=row, at=now)
    return row


def _row(source: Source, recording: Recording, now: datetime) -> Submission:
    if bool(recording.url) == (recording.file is not None):
        raise RecordingRefused(
            "The recording is refused", "an address and a file, or neither", "Give one of them."
        )
    if recording.file is not None:
        size, content = _measured(recording.file)
        known_by = ("bytes", content)
    else:
        size, known_by = None, ("address", recordings.identity(_checked(recording.url)))
    return Submission(
        tenant_id=source.tenant_id,
        source=source,
        nonce=secrets.token_urlsafe(24),
        audio_hmac=store.keyed(source.tenant_id, *known_by),
        profile=request.body(profile_of(source)),
        sealed_url=seal(recording.url) if recording.url else b"",
        size=size,
        state=SubmissionState.WAITING,
        created_at=now,
    )


def _checked(url: str) -> str:
    return recordings.check_address(url.strip())


def _measured(file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256. Raises TooLarge, RecordingRefused."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        size += len(piece)
        if size > MOST_BYTES:
            seen = f"more than {MOST_BYTES:,} bytes"
            raise TooLarge("The recording is refused", seen, "Give its address instead.")
        digest.update(piece)
    if not size:
        raise RecordingRefused("The recording is refused", "an empty file", "Send its bytes.")
    return size, digest.hexdigest()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PART_BYTES):
        yield piece


def _insert(row: Submission) -> None:
    """Raises AlreadySubmitted."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        same = Submission.objects.filter(audio_hmac=row.audio_hmac, is_again=False)
        raise AlreadySubmitted(same.exclude(state=SubmissionState.REFUSED).get()) from None


def _keep(row: Submission, recording: Recording) -> None:
    if recording.file is None:
        return
    for number, piece in enumerate(_pieces(recording.file)):
        RecordingPart.objects.create(
            tenant_id=row.tenant_id, submission=row, number=number, sealed=seal_bytes(piece)
        )


def profile_of(source: Source) -> Profile:
    """Raises ProfileRefused where what was saved is no longer known."""
    return request.parse(source.profile) if source.profile else request.DEFAULT


def parse_profile(text: str) -> Profile:
    """Of what a person wrote. Raises ProfileRefused, RecordingRefused."""
    try:
        value = json.loads(text) if len(text) <= LONGEST_PROFILE else None
    except (ValueError, RecursionError):
        value = None
    if value is None:
        seen = f"{len(text):,} characters that are no JSON"
        raise RecordingRefused("The profile is refused", seen, "Write one JSON object.")
    return request.parse(value)


def set_profile(source: Source, profile: Profile, *, by: User | None) -> None:
    """From now on; what was submitted keeps the one it came with. In the tenant's transaction."""
    source.profile = request.body(profile)
    source.save(update_fields=["profile"])
    data: dict[str, str | int] = {"profile": digest(source.profile)}
    audit.record(
        event=audit.Event.SOURCE_CHANGED, by=by, target=source, at=timezone.now(), data=data
    )


def digest(profile: Mapping[str, Any]) -> str:
    """Tells one profile from another: the beginning of its SHA-256."""
    return hashlib.sha256(json.dumps(profile, sort_keys=True).encode()).hexdigest()[:12]
