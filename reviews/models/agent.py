"""Agents, and who spoke on a call."""

from django.db import models
from django.utils import timezone

from reviews.models.tenancy import TenantModel, reference


class SpeakerRole(models.TextChoices):
    AGENT = "agent", "Agent"
    CUSTOMER = "customer", "Customer"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class Agent(TenantModel):
    PERSONAL = frozenset({"external_id", "name"})
    SAFE = frozenset({"id", "tenant", "team", "user", "updated_at"})

    external_id = models.CharField(max_length=200)
    """The agent's id in the telephone system or CRM."""
    name = models.CharField(max_length=200, blank=True)
    team = reference("reviews.Team", related_name="agents", null=True)
    user = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    updated_at = models.DateTimeField(default=timezone.now)
    """Set anew by a trigger with every change, whoever makes it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "external_id"], name="agent_once")]

    def __str__(self) -> str:
        return str(self.id)


class Participant(TenantModel):
    """Who a speaker label or channel is, from a time on: one call may have two agents."""

    PERSONAL = frozenset({"speaker"})
    SAFE = frozenset(
        {"id", "tenant", "transcript", "revision", "channel", "role", "agent", "from_ms"}
    )

    transcript = reference("reviews.Transcript", related_name="participants")
    revision = models.PositiveIntegerField()
    speaker = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=10, choices=SpeakerRole)
    agent = reference("reviews.Agent", related_name="participations", null=True)
    from_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "transcript", "revision", "speaker", "channel", "from_ms"],
                name="participant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=SpeakerRole.values), name="participant_role_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
