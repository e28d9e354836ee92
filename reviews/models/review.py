"""What people decided. Append-only: a change of mind is a new review."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Verdict(models.TextChoices):
    UPHELD = "upheld", "Upheld"
    DISMISSED = "dismissed", "Dismissed"
    ESCALATED = "escalated", "Escalated"
    REOPENED = "reopened", "Reopened"
    SECOND = "second", "Second opinion asked"


class Review(TenantModel):
    """A person's verdict on one rule's result on one call; `finding` where that rule failed."""

    SAFE = frozenset(
        {
            "id", "tenant", "evaluation", "finding", "rule_code", "sequence", "verdict",
            "reason_code", "severity", "note_sha256", "by", "at",
        }
    )  # fmt: skip

    evaluation = reference("reviews.Evaluation", related_name="reviews")
    finding = reference("reviews.Finding", related_name="reviews", null=True)
    rule_code = models.CharField(max_length=100)
    sequence = models.PositiveIntegerField()
    """1, 2, 3 … for one result: two reviewers cannot both write the same number."""
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason_code = models.CharField(max_length=50, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    """Of one upheld in part: the severity that it has in place of its rule's."""
    note_sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "evaluation", "rule_code", "sequence"], name="review_once"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="review_verdict_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "at"], name="review_at")]

    def __str__(self) -> str:
        return str(self.id)


class ReviewNote(TenantModel):
    """The note of a review, apart from it: it can be erased while the review keeps its hash."""

    PERSONAL = frozenset({"text"})
    SAFE = frozenset({"id", "tenant", "review"})

    review = reference("reviews.Review", related_name="notes")
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "review"], name="note_once")]

    def __str__(self) -> str:
        return str(self.id)
