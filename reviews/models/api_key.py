"""Keys of the REST API: `vb_live_<tenant>_<id>_<secret>`; only the secrets' hashes are kept.

Those of the installation's own tenant are platform keys: docs/adr/0022.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reviews.models.tenancy import TenantModel
from reviews.models.tenant import INSTANCE_ID

PLATFORM_SCOPES = ["read:platform", "write:platform"]
"""What concerns the installation; no tenant's key has one."""


class ApiKey(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "name", "prefix", "secret_sha256", "previous_sha256", "previous_until",
            "scopes", "networks", "expires_at", "told_of", "last_used_at", "last_refused_at",
            "revoked_at", "created_by", "created_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=20)
    secret_sha256 = models.BinaryField(max_length=32)
    previous_sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    """Of the secret before the last rotation, good until `previous_until`."""
    previous_until = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=50))
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    """From where it may be used; empty: from everywhere."""
    expires_at = models.DateTimeField()
    told_of = models.DateTimeField(null=True, blank=True)
    """The end that the tenant's admins have been told of."""
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_refused_at = models.DateTimeField(null=True, blank=True)
    """When it was right, but came from none of `networks`."""
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "prefix"], name="api_key_prefix_once"),
            models.CheckConstraint(
                condition=models.Q(tenant=INSTANCE_ID) | ~models.Q(scopes__overlap=PLATFORM_SCOPES),
                name="api_key_platform_of_the_instance",
            ),
            models.CheckConstraint(
                condition=~models.Q(tenant=INSTANCE_ID) | models.Q(networks__len__gt=0),
                name="api_key_of_the_instance_tied",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
