"""Which tenant a call of a shared account belongs to: one row a rule, kept by the installation."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class RouteKind(models.TextChoices):
    TAG = "tag", "Tag in the call's webhook address"
    EXTERNAL_ID = "external_id", "Id of the call, registered beforehand"
    AUDIO = "audio", "Folder of the recording's address"


class Route(TenantModel):
    SAFE = frozenset({"id", "tenant", "source", "kind", "value", "to", "created_at"})

    source = reference("reviews.Source", related_name="routes")
    kind = models.CharField(max_length=11, choices=RouteKind)
    value = models.CharField(max_length=500)
    """Compared as it is, letter by letter; a folder ends with a slash."""
    to = models.ForeignKey("reviews.Tenant", on_delete=models.PROTECT, related_name="+")
    """By id: a tenant that is renamed keeps its calls, and its old name stays its own."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "value"], name="route_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=RouteKind.values), name="route_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
