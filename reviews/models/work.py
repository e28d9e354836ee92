"""How a tenant's reviewers work: their hours, their reasons, their saved views."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reviews.models.tenancy import TenantModel, reference


class WorkingHours(TenantModel):
    """When the tenant's reviewers work, and in how many of those hours a finding is due."""

    SAFE = frozenset(
        {
            "id", "tenant", "zone", "weekdays", "opens_min", "closes_min", "days_off", "due_hours",
            "changed_at",
        }
    )  # fmt: skip

    zone = models.CharField(max_length=60)
    """Of the IANA list."""
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    """1 is Monday, 7 Sunday."""
    opens_min = models.PositiveSmallIntegerField()
    closes_min = models.PositiveSmallIntegerField()
    """Minutes since midnight."""
    days_off = ArrayField(models.DateField(), default=list)
    due_hours = models.JSONField()
    """Severity → working hours, whole; one that is not there is never due."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="working_hours_once"),
            models.CheckConstraint(
                condition=models.Q(opens_min__lt=models.F("closes_min"), closes_min__lte=1440),
                name="working_hours_open_first",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DismissalReason(TenantModel):
    """A reason of the tenant's own; one that was given is retired, never deleted."""

    SAFE = frozenset({"id", "tenant", "code", "label", "position", "retired_at"})

    code = models.SlugField(max_length=50)
    label = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="dismissal_reason_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class SavedView(TenantModel):
    """A query of the queue under a name; without a membership it is the whole team's."""

    PERSONAL = frozenset({"name", "query"})
    SAFE = frozenset({"id", "tenant", "membership", "made_by", "made_at"})

    membership = reference("reviews.Membership", related_name="views", null=True)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    made_by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "name"],
                nulls_distinct=False,
                name="saved_view_name_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
