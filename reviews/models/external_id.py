"""What other systems call our calls and agents, and the accounts that a call belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.tenancy import TenantModel, reference


class ExternalKind(models.TextChoices):
    CALL = "call", _("Call")
    AGENT = "agent", _("Agent")
    ACCOUNT = "account", _("Account")
    OPPORTUNITY = "opportunity", _("Opportunity")


class ExternalSystem(models.TextChoices):
    SALESFORCE = "salesforce", "Salesforce"
    HUBSPOT = "hubspot", "HubSpot"
    ZENDESK = "zendesk", "Zendesk"
    OTHER = "other", _("Other")


class ExternalId(TenantModel):
    """An id of a call, its account or its opportunity (`transcript`), or of an agent."""

    SAFE = frozenset(
        {"id", "tenant", "kind", "transcript", "agent", "system", "value", "changed_at"}
    )

    kind = models.CharField(max_length=20, choices=ExternalKind)
    transcript = reference("reviews.Transcript", related_name="external_ids", null=True)
    agent = reference("reviews.Agent", related_name="external_ids", null=True)
    system = models.CharField(max_length=20, choices=ExternalSystem)
    value = models.CharField(max_length=100)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "transcript", "kind", "system"],
                condition=models.Q(kind__in=["call", "account", "opportunity"]),
                name="external_id_once_a_call",
            ),
            models.UniqueConstraint(
                fields=["tenant", "agent", "system"],
                condition=models.Q(kind="agent"),
                name="external_id_once_an_agent",
            ),
            # Many calls may be of one account; a call or an agent is there only once.
            models.UniqueConstraint(
                fields=["tenant", "kind", "system", "value"],
                condition=models.Q(kind__in=["call", "agent"]),
                name="external_id_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="agent", agent__isnull=False)
                | models.Q(kind__in=["call", "account", "opportunity"], transcript__isnull=False),
                name="external_id_of_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(system__in=ExternalSystem.values),
                name="external_id_system_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "changed_at"], name="external_id_changed")]

    def __str__(self) -> str:
        return str(self.id)
