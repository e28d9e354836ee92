"""What was done, by whom, when. Append-only: the app role has neither UPDATE nor DELETE."""

from django.db import models

from reviews.models.tenancy import TenantModel


class AuditEvent(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "event", "by", "api_key_id", "target_kind", "target_id", "data", "at",
            "sequence", "previous_sha256", "sha256",
        }
    )  # fmt: skip

    event = models.CharField(max_length=50)
    by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """None: the system itself."""
    api_key_id = models.UUIDField(null=True, blank=True)
    target_kind = models.CharField(max_length=50)
    target_id = models.UUIDField()
    data = models.JSONField(default=dict)
    """Ids, codes and numbers; never text of a call or of a person."""
    at = models.DateTimeField()
    sequence = models.PositiveBigIntegerField()
    """1, 2, 3 … within the tenant."""
    previous_sha256 = models.BinaryField(max_length=32)
    sha256 = models.BinaryField(max_length=32)
    """Over the previous hash and this row's content."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sequence"], name="audit_sequence_once")
        ]
        indexes = [models.Index(fields=["tenant", "target_kind", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        return str(self.id)
