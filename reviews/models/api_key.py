"""Keys of the REST API: `vb_live_<tenant>_<id>_<secret>`; only the secret's hash is kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reviews.models.tenancy import TenantModel
from reviews.models.tenant import INSTANCE_ID


class ApiKey(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "name", "prefix", "secret_sha256", "scopes", "expires_at",
            "last_used_at", "revoked_at", "created_by", "created_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=20)
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=50))
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "prefix"], name="api_key_prefix_once"),
            models.CheckConstraint(
                condition=~models.Q(tenant=INSTANCE_ID), name="api_key_not_of_the_instance"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
