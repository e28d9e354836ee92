"""What a source is known to have: one row a call, from the moment its id is heard of.

Every way in (backfill, poll, webhook, reconciliation, submission) ends here, and one job fetches
what is wanted: so nothing that was heard of is lost, and nothing is fetched twice.
"""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class FoundBy(models.TextChoices):
    BACKFILL = "backfill", "Backfill"
    POLL = "poll", "Polling"
    WEBHOOK = "webhook", "Webhook"
    RECONCILIATION = "reconcile", "Reconciliation"
    SUBMISSION = "submit", "Submitted here"


class ListedState(models.TextChoices):
    WANTED = "wanted", "To be fetched"
    HELD = "held", "Here"
    GONE = "gone", "Gone at the source"
    REFUSED = "refused", "Refused"
    QUARANTINED = "quarantined", "Of no tenant, or of two"
    SKIPPED = "skipped", "Left out: its backfill was cancelled"
    ERASED = "erased", "Erased here, to be deleted at the source"


class ListedCall(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "source", "external_id", "status", "found_by", "state", "rank",
            "listed_at", "seen_at", "look_at", "ended_at", "tries", "last_error_code",
            "webhook_status", "routed_to", "erased_at",
        }
    )  # fmt: skip

    source = reference("reviews.Source", related_name="listed")
    external_id = models.CharField(max_length=200)
    status = models.CharField(max_length=20, blank=True)
    """The source's own word, as it was last seen."""
    found_by = models.CharField(max_length=10, choices=FoundBy)
    """By which way it was first heard of."""
    state = models.CharField(max_length=11, choices=ListedState, default=ListedState.WANTED)
    rank = models.PositiveSmallIntegerField()
    """What is fetched first: 0 new calls, 1 asked for by a person, 2 the backfill."""
    listed_at = models.DateTimeField(null=True, blank=True)
    """When the source took the recording: from then on it counts its retention."""
    seen_at = models.DateTimeField()
    look_at = models.DateTimeField()
    """Not fetched before then: a call still in work there, or one that failed."""
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was no longer wanted."""
    tries = models.PositiveIntegerField(default=0)
    last_error_code = models.CharField(max_length=100, blank=True)
    webhook_status = models.PositiveIntegerField(null=True, blank=True)
    """What the receiver of its webhook answered, as the source says."""

    erased_at = models.DateTimeField(null=True, blank=True)
    """When we had it deleted at the source: what is here is the only copy."""
    routed_to = models.ForeignKey(
        "reviews.Tenant", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Of a shared account's call: whose it is. Once that is said, it does not change."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"], name="listed_call_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ListedState.values), name="listed_call_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(found_by__in=FoundBy.values), name="listed_call_way_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ListedState.WANTED) ^ models.Q(ended_at__isnull=False),
                name="listed_call_ended_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "source", "ended_at"],
                condition=models.Q(state="held", erased_at=None),
                name="listed_call_to_erase",
            ),
            models.Index(
                fields=["tenant", "source", "rank", "listed_at"],
                condition=models.Q(state="wanted"),
                name="listed_call_wanted",
            ),
            models.Index(fields=["tenant", "source", "state"], name="listed_call_state"),
            models.Index(fields=["tenant", "source", "ended_at"], name="listed_call_ended"),
        ]

    def __str__(self) -> str:
        return str(self.id)
