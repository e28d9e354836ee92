"""Transcripts: the vendor's payload, the call's own facts, and the utterances."""

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models

from reviews.models.agent import SpeakerRole
from reviews.models.tenancy import TenantModel, reference
from reviews.models.tenant import INSTANCE_ID


class TranscriptState(models.TextChoices):
    READY = "ready", "Ready"
    PENDING = "pending", "In work at the source"
    ERRORED = "errored", "Errored at the source"
    DELETED = "deleted", "Deleted at the source"
    REFUSED = "refused", "Refused at intake"


class CallKind(models.TextChoices):
    LIVE = "live", "Live conversation"
    VOICEMAIL = "voicemail", "Voicemail"
    THIRD_PARTY = "third_party", "Third party"
    NO_CONVERSATION = "no_conversation", "No conversation"


class Direction(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class Timing(models.TextChoices):
    """How the words' times came about: reviews/detection/transcript.py."""

    MEASURED = "measured", "Measured"
    INTERPOLATED = "interpolated", "Estimated for some words"
    CUE = "cue", "Estimated from captions"
    SYNTHETIC = "synthetic", "Made up: all words are equally long"
    NONE = "none", "None"


class Transcript(TenantModel):
    PERSONAL = frozenset(
        {"payload", "source_error", "safety", "analysis", "custom_spelling", "signature"}
    )
    SAFE = frozenset(
        {
            "id", "tenant", "source", "external_id", "revision", "state", "state_code",
            "payload_hmac", "removed", "features", "feature_fingerprint", "language",
            "duration_ms", "words", "confidence", "transcribed_from_ms", "transcribed_to_ms",
            "is_punctuated", "roles_by", "submitted_at", "received_at",
            "call_at", "call_zone", "direction", "kind", "queue", "product", "customer_region",
            "customer_zone", "subject_hash", "account_hash", "first_contact",
            "notice_before_start", "paused_ms", "masked_by", "duplicate_of",
            "timing", "told_hmac", "crm_ids",
        }
    )  # fmt: skip

    source = reference("reviews.Source", related_name="transcripts")
    external_id = models.CharField(max_length=200)
    revision = models.PositiveIntegerField(default=1)
    """Rises when the words, the roles or the facts change; evaluations are pinned to it."""
    state = models.CharField(max_length=10, choices=TranscriptState)
    state_code = models.CharField(max_length=50, blank=True)
    """The reason's code where the state is not ready."""
    source_error = models.TextField(blank=True)

    payload_hmac = models.BinaryField(max_length=32)
    """HMAC-SHA256 of the bytes as received, under HASH_KEY: docs/adr/0007."""
    payload = models.BinaryField()
    """The payload as JSON after codes and PINs were removed, compressed (Zstandard)."""
    removed = models.JSONField(default=list)
    """What intake cleaned or removed: place, kind, count."""
    features = models.JSONField(default=dict)
    feature_fingerprint = models.CharField(max_length=64, blank=True)
    safety = models.JSONField(null=True, blank=True)
    """The vendor's content safety labels by time; null where the feature was not asked for."""
    analysis = models.JSONField(null=True, blank=True)
    """What its other features gave, as reviews/detection/analysis.py writes it; null: nothing."""
    language = models.CharField(max_length=20, blank=True)
    timing = models.CharField(max_length=20, choices=Timing, default=Timing.MEASURED)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    words = models.PositiveIntegerField(default=0)
    confidence = models.FloatField(null=True, blank=True)
    """Mean of the words' confidences, 0..1."""
    transcribed_from_ms = models.PositiveIntegerField(default=0)
    transcribed_to_ms = models.PositiveIntegerField(null=True, blank=True)
    is_punctuated = models.BooleanField(default=True)
    custom_spelling = models.JSONField(default=list)
    roles_by = models.CharField(max_length=100, blank=True)
    """Which rule gave the speakers their roles."""
    submitted_at = models.DateTimeField(null=True, blank=True)
    """When the source took the recording; not the time of the call."""
    received_at = models.DateTimeField()

    call_at = models.DateTimeField(null=True, blank=True)
    call_zone = models.CharField(max_length=50, blank=True)
    direction = models.CharField(max_length=10, choices=Direction, blank=True)
    kind = models.CharField(max_length=20, choices=CallKind, blank=True)
    queue = models.CharField(max_length=100, blank=True)
    product = models.CharField(max_length=100, blank=True)
    customer_region = models.CharField(max_length=20, blank=True)
    customer_zone = models.CharField(max_length=50, blank=True)
    subject_hash = models.BinaryField(max_length=32, null=True, blank=True)
    """Keyed hash of who the call is about; the value itself is not kept."""
    account_hash = models.BinaryField(max_length=32, null=True, blank=True)
    crm_ids = models.JSONField(default=dict)
    """System → the call's id there, as who imported it told; held to the form of an id."""
    told_hmac = models.BinaryField(max_length=32, default=b"")
    """HMAC-SHA256 of all that was told beside the payload; empty where nothing was."""
    first_contact = models.BooleanField(null=True, blank=True)
    notice_before_start = models.BooleanField(null=True, blank=True)
    masked_by = models.CharField(max_length=20, blank=True)
    """The version of the detector that marked the utterances' personal data; "" where none did."""
    paused_ms = ArrayField(IntegerRangeField(), default=list)
    """Stretches in which the recording was paused."""
    signature = models.BinaryField(max_length=512, null=True, blank=True)
    """A sample of keyed hashes of its words: reviews/detection/likeness.py; null: too short."""
    duplicate_of = reference("reviews.Transcript", related_name="duplicates", null=True)
    """The same audio under the id that was there first, which never is a duplicate itself."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"], name="transcript_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TranscriptState.values), name="transcript_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(timing__in=Timing.values), name="transcript_timing_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["", *CallKind.values]), name="transcript_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=["", *Direction.values]),
                name="transcript_direction_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(tenant=INSTANCE_ID), name="transcript_not_of_the_instance"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "call_at"], name="transcript_call_at"),
            models.Index(fields=["tenant", "received_at"], name="transcript_received_at"),
            models.Index(fields=["tenant", "direction", "kind"], name="transcript_kind"),
            models.Index(fields=["tenant", "queue"], name="transcript_queue"),
            models.Index(fields=["tenant", "product"], name="transcript_product"),
            models.Index(fields=["tenant", "customer_region"], name="transcript_region"),
            models.Index(fields=["tenant", "first_contact"], name="transcript_first_contact"),
            models.Index(fields=["tenant", "notice_before_start"], name="transcript_notice"),
            models.Index(fields=["tenant", "subject_hash"], name="transcript_subject"),
            models.Index(fields=["tenant", "account_hash"], name="transcript_account"),
            models.Index(
                fields=["tenant", "duration_ms"],
                condition=models.Q(
                    state="ready", duplicate_of__isnull=True, signature__isnull=False
                ),
                name="transcript_original",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Utterance(TenantModel):
    PERSONAL = frozenset({"text", "packed", "speaker"})
    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "revision", "index", "role", "channel",
            "start_ms", "end_ms", "confidence", "masks",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="utterances")
    revision = models.PositiveIntegerField()
    index = models.PositiveIntegerField()
    speaker = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=10, choices=SpeakerRole)
    channel = models.CharField(max_length=20, blank=True)
    start_ms = models.IntegerField(null=True, blank=True)
    end_ms = models.IntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    """The words joined by blanks."""
    confidence = models.FloatField(null=True, blank=True)
    masks = models.JSONField(default=list)
    """Personal data that was said: [first word, last word, entity], 0-based, inclusive."""
    packed = models.BinaryField()
    """The words' lengths, times and confidences: reviews/detection/packing.py."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "transcript", "revision", "index"], name="utterance_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
