"""How many requests a key sent in the minute that it was last seen in."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class KeyUse(TenantModel):
    SAFE = frozenset({"id", "tenant", "api_key", "minute_at", "requests"})

    api_key = reference("reviews.ApiKey", related_name="+")
    minute_at = models.DateTimeField()
    requests = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "api_key"], name="key_use_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
