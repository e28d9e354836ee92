"""What reviewers said is not to be flagged again: counted, listed, withdrawn, never deleted."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class SuppressedBy(models.TextChoices):
    PHRASE = "phrase", "These words"
    LINE = "line", "This whole line"


class Suppression(TenantModel):
    """Hits of one rule on the same words are marked suppressed, while it is in force.

    `key` is the keyed hash of the folded words (QueueItem.phrase_key or line_key); the words stand
    in the transcript of `finding`, where it was said. With `agent` it holds for that agent alone.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "finding", "rule_code", "matches", "key", "agent", "reason_code", "by",
            "at", "expires_at", "withdrawn_by", "withdrawn_at",
        }
    )  # fmt: skip

    finding = reference("reviews.Finding", related_name="suppressions")
    rule_code = models.CharField(max_length=100)
    matches = models.CharField(max_length=10, choices=SuppressedBy)
    key = models.BinaryField(max_length=16)
    agent = reference("reviews.Agent", related_name="suppressions", null=True)
    reason_code = models.CharField(max_length=50)
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rule_code", "matches", "key", "agent"],
                condition=models.Q(withdrawn_at=None),
                nulls_distinct=False,
                name="suppression_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "at"], name="suppression_at")]

    def __str__(self) -> str:
        return str(self.id)
