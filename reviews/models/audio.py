"""A call's recordings: what is wanted of them, and where what is held lies."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import models

from reviews.models.tenancy import TenantModel, reference


class AudioKind(models.TextChoices):
    ORIGINAL = "original", "Recording"
    REDACTED = "redacted", "Redacted recording"


class AudioState(models.TextChoices):
    WANTED = "wanted", "To be fetched"
    HELD = "held", "Here"
    GONE = "gone", "Gone at the source"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Not fetched in time"
    ERASED = "erased", "Deleted: its time was over"


class Audio(TenantModel):
    """The file of one that is held is `path`, encrypted; without `sealed_key` nobody can read it.

    The file is there before the row says so, and goes after the row has lost its key.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "kind", "state", "code", "sealed_url", "wanted_until",
            "look_at", "tries", "file", "sealed_key", "size", "media_type", "content_hmac",
            "held_at", "purge_at", "ended_at",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="audio")
    kind = models.CharField(max_length=10, choices=AudioKind)
    state = models.CharField(max_length=10, choices=AudioState, default=AudioState.WANTED)
    code = models.CharField(max_length=50, blank=True)
    """Of the last failure."""
    sealed_url = models.BinaryField(null=True, blank=True)
    """Where it can be fetched, which may open it to whoever knows; only while it is wanted."""
    wanted_until = models.DateTimeField(null=True, blank=True)
    """Tries end then."""
    look_at = models.DateTimeField(null=True, blank=True)
    """The next try."""
    tries = models.PositiveIntegerField(default=0)
    file = models.UUIDField(null=True, blank=True)
    """The file's name; null where there is none."""
    sealed_key = models.BinaryField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    """Bytes of the recording itself."""
    media_type = models.CharField(max_length=30, blank=True)
    content_hmac = models.BinaryField(max_length=32, null=True, blank=True)
    """HMAC-SHA256 of the bytes as received, under HASH_KEY: docs/adr/0007."""
    held_at = models.DateTimeField(null=True, blank=True)
    purge_at = models.DateTimeField(null=True, blank=True)
    """Null: it is kept for as long as the call is."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "transcript", "kind"], name="audio_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=AudioKind.values), name="audio_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AudioState.values), name="audio_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=AudioState.HELD) ^ models.Q(sealed_key__isnull=True),
                name="audio_held_with_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state=AudioState.WANTED, look_at__isnull=False)
                | (~models.Q(state=AudioState.WANTED) & models.Q(sealed_url__isnull=True)),
                name="audio_wanted_with_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "look_at"],
                condition=models.Q(state="wanted"),
                name="audio_wanted",
            ),
            models.Index(
                fields=["tenant", "purge_at"],
                condition=models.Q(state="held"),
                name="audio_to_purge",
            ),
            models.Index(fields=["tenant", "file"], name="audio_file"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def path(self) -> Path:
        """Of its file. Raises ValueError where it has none."""
        if self.file is None:
            raise ValueError(f"audio {self.pk} was refused: it has no file. Look at its state.")
        return path_of(self.tenant_id, self.file)

    @property
    def about(self) -> bytes:
        """What its file is bound to: neither file nor key can be moved to another row."""
        return f"{self.tenant_id}|audio|{self.pk}".encode()


def folder_of(tenant_id: UUID) -> Path:
    """Where a tenant's files are, in folders by the end of their names."""
    return Path(settings.AUDIO_DIR) / tenant_id.hex


def path_of(tenant_id: UUID, file: UUID) -> Path:
    return folder_of(tenant_id) / file.hex[-2:] / file.hex
