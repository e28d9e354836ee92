"""Where transcripts come from."""

from django.db import models

from reviews.models.tenancy import TenantModel


class SourceKind(models.TextChoices):
    ASSEMBLYAI = "assemblyai", "AssemblyAI"
    FILES = "files", "Files"


class SourceState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


class Source(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "kind", "name", "base_url", "sealed_key", "state", "paused_code",
            "roles", "backfill_cursor", "backfill_pages", "backfill_done_at", "backfilled",
            "upstream_retention_hours", "requests_per_second", "next_request_at", "created_at",
        }
    )  # fmt: skip

    kind = models.CharField(max_length=20, choices=SourceKind)
    name = models.CharField(max_length=200)
    base_url = models.URLField(max_length=500, blank=True)
    """Empty, as the key is, where calls come by files."""
    sealed_key = models.BinaryField()
    state = models.CharField(max_length=10, choices=SourceState, default=SourceState.ACTIVE)
    paused_code = models.CharField(max_length=50, blank=True)
    """Why the source is paused, for people; empty while it is active."""
    roles = models.JSONField(default=dict)
    """Speaker label or channel → role, where it is the same on every call of the source."""
    backfill_cursor = models.CharField(max_length=200, blank=True)
    """The oldest id whose page is committed; the next page lies before it."""
    backfill_pages = models.JSONField(default=list)
    """The cursors of the pages behind us: a list that leads back to one of them is circling."""
    backfill_done_at = models.DateTimeField(null=True, blank=True)
    backfilled = models.PositiveIntegerField(default=0)
    upstream_retention_hours = models.PositiveIntegerField(null=True, blank=True)
    """After how many hours the vendor deletes a transcript; None: not known."""
    requests_per_second = models.FloatField(default=50)
    next_request_at = models.DateTimeField(null=True, blank=True)
    """The pacer's next free moment, shared by all workers."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="source_name_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SourceKind.values), name="source_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=SourceKind.FILES, base_url="", sealed_key=b"")
                | (~models.Q(kind=SourceKind.FILES) & ~models.Q(base_url="")),
                name="source_files_without_address",
            ),
            models.CheckConstraint(
                condition=models.Q(requests_per_second__gt=0), name="source_pace_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SourceState.PAUSED) ^ models.Q(paused_code=""),
                name="source_paused_with_code",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
