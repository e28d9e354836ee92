"""What a request of the API was answered, kept for the same request sent again."""

from django.db import models

from reviews.models.tenancy import TenantModel


class ApiAnswer(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "api_key_id", "name_sha256", "request_sha256", "status", "headers",
            "sealed_body", "created_at",
        }
    )  # fmt: skip

    api_key_id = models.UUIDField()
    """Of a key of the tenant, or of the platform's."""
    name_sha256 = models.BinaryField(max_length=32)
    """Of the `Idempotency-Key`, which the caller chose."""
    request_sha256 = models.BinaryField(max_length=32)
    """Of method, address, kind and body: what the name stands for."""
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    sealed_body = models.BinaryField()
    """It may hold a secret that is shown once."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "api_key_id", "name_sha256"], name="api_answer_once"
            )
        ]
        indexes = [models.Index(fields=["tenant", "created_at"], name="api_answer_age")]

    def __str__(self) -> str:
        return str(self.id)
