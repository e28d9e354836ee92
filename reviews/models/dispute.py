"""Results shown to agents, and what they say to them."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Release(TenantModel):
    """A call whose results its agent and client viewers may see, from then on."""

    SAFE = frozenset({"id", "tenant", "transcript", "by", "at", "acknowledged_at"})

    transcript = reference("reviews.Transcript", related_name="releases")
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    """When its agent said that it was read."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "transcript"], name="release_once")
        ]
        indexes = [models.Index(fields=["tenant", "at"], name="release_at")]

    def __str__(self) -> str:
        return str(self.id)


class DisputeState(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    PARTLY = "partly", "Partly accepted"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Dispute(TenantModel):
    """An appeal against a confirmed finding; another reviewer answers it.

    `was_lowered_to` is the severity of the verdict that it is against: the reviewed score stays
    what it was, the final one goes by the answer.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "finding", "by", "at", "due_at", "state", "was_lowered_to",
            "decided_by", "decided_at",
        }
    )  # fmt: skip

    finding = reference("reviews.Finding", related_name="disputes")
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when it is to be answered, in the tenant's working hours."""
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    was_lowered_to = models.CharField(max_length=10, blank=True)
    decided_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "finding"], name="dispute_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=DisputeState.values), name="dispute_state_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "due_at"], name="dispute_due")]

    def __str__(self) -> str:
        return str(self.id)


class DisputeNote(TenantModel):
    """What was said for it or in answer to it, apart from it so that it can be erased."""

    PERSONAL = frozenset({"text"})
    SAFE = frozenset({"id", "tenant", "dispute", "is_answer"})

    dispute = reference("reviews.Dispute", related_name="notes")
    is_answer = models.BooleanField()
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "dispute", "is_answer"], name="dispute_note_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class DisputeTerms(TenantModel):
    """Until when an agent may appeal, in how many working hours it is answered, how many wait."""

    SAFE = frozenset({"id", "tenant", "window_days", "answer_hours", "open_at_most"})

    window_days = models.PositiveSmallIntegerField()
    """Since the call was released."""
    answer_hours = models.PositiveSmallIntegerField()
    open_at_most = models.PositiveSmallIntegerField()
    """Of one person."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="dispute_terms_once")]

    def __str__(self) -> str:
        return str(self.id)
