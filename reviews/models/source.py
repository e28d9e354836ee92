"""Where transcripts come from."""

from django.db import models

from reviews.models.tenancy import TenantModel
from reviews.models.tenant import INSTANCE_ID


class SourceKind(models.TextChoices):
    ASSEMBLYAI = "assemblyai", "AssemblyAI"
    FILES = "files", "Files"
    ROUTED = "routed", "Shared account"
    """A tenant's share of an account that the installation asks: docs/adr/0017."""


class SourceState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"


class AudioMode(models.TextChoices):
    """What becomes of the recordings of a source's calls."""

    NONE = "none", "Not kept"
    LINK = "link", "Linked: they stay in a recorder of yours"
    KEEP = "keep", "Kept here: fetched, or uploaded beside the transcript"


_UNASKED = [SourceKind.FILES, SourceKind.ROUTED]
"""Their calls are brought, not fetched: they have no address and no key."""


class Source(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "kind", "name", "base_url", "sealed_key", "account", "state",
            "paused_code", "roles", "backfill_cursor", "backfill_pages", "backfill_listed_at",
            "backfill_done_at", "poll_every_s", "poll_overlap_h", "poll_cursor", "poll_top_at",
            "poll_seen_at", "polled_at", "reconcile_day", "reconcile_cursor", "reconciled_at",
            "reconciled_found", "sealed_hook_secret", "sealed_hook_previous",
            "hook_previous_until", "hook_seen_at", "upstream_retention_hours", "created_at",
            "is_shared", "routed_from", "profile", "audio_mode", "audio_link", "audio_days",
            "is_redacted_kept", "audio_swept_at", "erase_after_h",
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
    account = models.ForeignKey(
        "reviews.VendorAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Whose limits it shares; null where it is not asked over a network."""
    backfill_cursor = models.CharField(max_length=200, blank=True)
    """The oldest id of the last page that is noted; the next page lies before it."""
    backfill_pages = models.JSONField(default=list)
    """The cursors of the pages behind us: a list that leads back to one of them is circling."""
    backfill_listed_at = models.DateTimeField(null=True, blank=True)
    """When the list was walked to its end: from then on the total is known."""
    backfill_done_at = models.DateTimeField(null=True, blank=True)
    """When all that it listed was here, gone or refused."""
    poll_every_s = models.PositiveIntegerField(null=True, blank=True, default=60)
    """Null: it is not polled."""
    poll_overlap_h = models.PositiveIntegerField(default=24)
    """So far before the checkpoint a poll looks: calls complete out of order."""
    poll_cursor = models.CharField(max_length=200, blank=True)
    """Of a poll that is under way: the next page lies before it."""
    poll_top_at = models.DateTimeField(null=True, blank=True)
    """Of the newest call that it saw: the next checkpoint."""
    poll_seen_at = models.DateTimeField(null=True, blank=True)
    """The checkpoint: every call that was submitted before is noted."""
    polled_at = models.DateTimeField(null=True, blank=True)
    """When a poll last came to its end."""
    reconcile_day = models.DateField(null=True, blank=True)
    """The next day to compare with the source's list; null: none is under way."""
    reconcile_cursor = models.CharField(max_length=200, blank=True)
    """Of that day: the next page lies before it."""
    reconciled_at = models.DateTimeField(null=True, blank=True)
    reconciled_found = models.PositiveIntegerField(default=0)
    """How many calls the last comparison found that nothing else had."""
    sealed_hook_secret = models.BinaryField(null=True, blank=True)
    """What the source sends with its webhooks; null: it sends none."""
    sealed_hook_previous = models.BinaryField(null=True, blank=True)
    hook_previous_until = models.DateTimeField(null=True, blank=True)
    """Until then the secret before the last rotation is good, too."""
    hook_seen_at = models.DateTimeField(null=True, blank=True)
    upstream_retention_hours = models.PositiveIntegerField(null=True, blank=True)
    """After how many hours the vendor deletes a transcript; None: not known."""
    profile = models.JSONField(default=dict)
    """The features that recordings are submitted with; empty: those of request.DEFAULT."""
    erase_after_h = models.PositiveIntegerField(null=True, blank=True)
    """So long after a call is here it is deleted at the source; null: it is not."""
    is_shared = models.BooleanField(default=False)
    """Its account serves several tenants: each call is stored where its route leads."""
    routed_from = models.UUIDField(null=True, blank=True)
    """The shared source whose calls come in here; a row of the installation's own tenant."""
    audio_mode = models.CharField(max_length=10, choices=AudioMode, default=AudioMode.NONE)
    audio_link = models.CharField(max_length=500, blank=True)
    """Where a call's recording is heard: {external_id}, {seconds}; empty where none is linked."""
    audio_days = models.PositiveIntegerField(null=True, blank=True, default=30)
    """So long recordings are kept; null: as long as their calls."""
    is_redacted_kept = models.BooleanField(default=False)
    """Whether the recordings that the source redacts are fetched, which it keeps for 24 hours."""
    audio_swept_at = models.DateTimeField(null=True, blank=True)
    """When files that no row names were last looked for."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="source_name_once"),
            models.CheckConstraint(
                condition=models.Q(audio_mode__in=AudioMode.values), name="source_audio_known"
            ),
            models.CheckConstraint(
                condition=models.Q(audio_mode=AudioMode.LINK) ^ models.Q(audio_link=""),
                name="source_audio_linked",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=SourceKind.values), name="source_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=_UNASKED, base_url="", sealed_key=b"")
                | (~models.Q(kind__in=_UNASKED) & ~models.Q(base_url="")),
                name="source_unasked_without_address",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SourceState.PAUSED) ^ models.Q(paused_code=""),
                name="source_paused_with_code",
            ),
            models.CheckConstraint(
                condition=models.Q(is_shared=False) | models.Q(tenant=INSTANCE_ID),
                name="source_shared_by_the_instance",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=SourceKind.ROUTED) ^ models.Q(routed_from=None),
                name="source_routed_from_one",
            ),
            models.UniqueConstraint(fields=["tenant", "routed_from"], name="source_routed_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
