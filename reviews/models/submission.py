"""Recordings that were given to us to be transcribed, and what is told of their calls."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class SubmissionState(models.TextChoices):
    WAITING = "waiting", "To be sent"
    SENT = "sent", "Sent; not known yet whether it was taken"
    TAKEN = "taken", "Taken by the source"
    REFUSED = "refused", "Refused by the source"


class Submission(TenantModel):
    PERSONAL = frozenset({"metadata", "sealed_url"})
    SAFE = frozenset(
        {
            "id", "tenant", "source", "nonce", "audio_hmac", "is_again", "profile", "hook_url",
            "size", "state", "external_id", "last_error_code", "created_at", "posted_at",
            "ended_at", "redacted_audio_at",
        }
    )  # fmt: skip

    source = reference("reviews.Source", related_name="submissions")
    nonce = models.CharField(max_length=50)
    """In the query of its webhook address, which the source repeats wherever it shows the call."""
    audio_hmac = models.BinaryField(max_length=32)
    """Keyed hash of the bytes, or of the address without what signs it."""
    is_again = models.BooleanField(default=False)
    """Somebody wanted it although the same recording had been submitted."""
    metadata = models.JSONField(default=dict)
    """What is told of the call: the names of reviews/sources/metadata.py, and external_id."""
    profile = models.JSONField(default=dict)
    """The features it was or will be asked for with, as they were when it came."""
    hook_url = models.CharField(max_length=500)
    """Our address for its webhooks, without a query."""
    sealed_url = models.BinaryField(default=b"")
    """Where the recording is, until it is taken; empty where its bytes were sent to us."""
    size = models.PositiveBigIntegerField(null=True, blank=True)
    """Bytes that were sent to us; null where the recording is at an address."""
    state = models.CharField(max_length=10, choices=SubmissionState)
    external_id = models.CharField(max_length=200, blank=True)
    """The transcript's id at the source, once it is taken."""
    last_error_code = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, blank=True)
    """When it was last sent; committed before the first byte leaves."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was taken or refused."""
    redacted_audio_at = models.DateTimeField(null=True, blank=True)
    """When the source said that the redacted audio is ready; it keeps it for 24 hours."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "nonce"], name="submission_nonce_once"),
            models.UniqueConstraint(
                fields=["tenant", "audio_hmac"],
                condition=models.Q(is_again=False) & ~models.Q(state="refused"),
                name="submission_audio_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SubmissionState.values), name="submission_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SubmissionState.TAKEN) ^ models.Q(external_id=""),
                name="submission_taken_with_id",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "source", "created_at"], name="submission_newest"),
            models.Index(fields=["tenant", "source", "external_id"], name="submission_call"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RecordingPart(TenantModel):
    """A piece of a recording that was sent to us, encrypted; gone once the source has taken it."""

    PERSONAL = frozenset({"sealed"})
    SAFE = frozenset({"id", "tenant", "submission", "number"})

    submission = reference("reviews.Submission", related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "submission", "number"], name="recording_part_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
