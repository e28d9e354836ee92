"""An account at a vendor: its limits hold for all who use its key, whichever tenant they are."""

from django.db import models

from reviews.models.ids import uuid7


class VendorAccount(models.Model):
    """Of no tenant, and nothing of a tenant: docs/adr/0014."""

    PERSONAL: frozenset[str] = frozenset()
    SAFE = frozenset(
        {
            "id", "fingerprint", "requests_per_second", "next_request_at", "limited_at",
            "failures", "closed_until", "connected_by",
        }
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.BinaryField(max_length=32, unique=True)
    """HMAC-SHA256 of address and key, under HASH_KEY; nothing leads back to the key."""
    requests_per_second = models.FloatField(default=50)
    next_request_at = models.DateTimeField(null=True, blank=True)
    """The next free moment, shared by all workers and all tenants of the account."""
    limited_at = models.DateTimeField(null=True, blank=True)
    """When the vendor last asked for fewer requests (429)."""
    failures = models.PositiveIntegerField(default=0)
    """Outages in a row."""
    closed_until = models.DateTimeField(null=True, blank=True)
    """Until then nobody asks; then one does, and its answer decides for all."""

    connected_by = models.UUIDField(null=True, blank=True)
    """The source that asks it; a second one is refused, whoever's it is."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(requests_per_second__gt=0), name="account_pace_positive"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
