"""Tenants, their teams, and who may do what in them."""

from datetime import datetime
from uuid import UUID

from django.db import models

from reviews.models.ids import uuid7
from reviews.models.tenancy import TenantModel, reference

INSTANCE_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The tenant of the installation itself: it holds the accounts that serve several tenants, and no
person and no call (docs/adr/0017), and the platform's keys (docs/adr/0022)."""
INSTANCE_SLUG = "_instance"
"""No slug that a person may choose."""


class Tenant(models.Model):
    PERSONAL: frozenset[str] = frozenset()
    SAFE = frozenset(
        {
            "id", "slug", "name", "suspended_at", "created_at", "second_person", "needs_factor",
            "needs_provider", "idle_minutes", "colour", "logo", "logo_sha256",
            "external_id", "template", "erased_at", "calls_per_day", "minutes_per_day",
            "stored_bytes",
        }
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    second_person = models.BooleanField(default=False)
    """Whether a change to a rule of high or critical severity is published by two people."""
    needs_factor = models.BooleanField(default=False)
    """Whether a member without a second factor sees nothing but how to set one up."""
    needs_provider = models.BooleanField(default=False)
    """Whether members come in through a provider of OpenID Connect alone."""
    idle_minutes = models.PositiveIntegerField(null=True, blank=True)
    """After so long without a page a member is signed out; null: as the installation has it."""
    colour = models.CharField(max_length=7, blank=True)
    """As #rrggbb; the shade for the dark theme follows from it."""
    logo = models.BinaryField(blank=True, default=bytes)
    """A PNG that was drawn anew from what was uploaded; empty: none."""
    logo_sha256 = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    """The platform's own name of it; null: it was not made by the API."""
    template = models.CharField(max_length=63, blank=True)
    """What it was made from."""
    erased_at = models.DateTimeField(null=True, blank=True)
    """When its deletion was asked for: from then on it is suspended, and its rows go."""
    calls_per_day = models.PositiveIntegerField(null=True, blank=True)
    minutes_per_day = models.PositiveIntegerField(null=True, blank=True)
    stored_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    """Quotas: new calls are taken in until one is reached; null: no bound."""

    def __str__(self) -> str:
        return self.slug


def instance(now: datetime) -> Tenant:
    """The tenant of the installation, made where it is not there yet: nobody signs in to it."""
    given = {"slug": INSTANCE_SLUG, "name": "Installation", "suspended_at": now}
    return Tenant.objects.get_or_create(pk=INSTANCE_ID, defaults=given)[0]


class Team(TenantModel):
    SAFE = frozenset({"id", "tenant", "name"})

    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return str(self.id)


class MemberRole(models.TextChoices):
    REVIEWER = "reviewer", "Reviewer"
    LEAD = "lead", "Lead"
    RUBRIC_AUTHOR = "rubric_author", "Rubric author"
    TENANT_ADMIN = "tenant_admin", "Tenant admin"
    AUDITOR = "auditor", "Auditor"
    INTEGRATOR = "integrator", "Integrator"
    AGENT = "agent", "Agent"
    CLIENT_VIEWER = "client_viewer", "Client viewer"


class MemberScope(models.TextChoices):
    TENANT = "tenant", "All calls of the tenant"
    TEAMS = "teams", "Calls of own teams"
    OWN = "own", "Own calls"


class Membership(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "user", "role", "scope", "created_at", "is_active", "seen_at",
            "invite_sha256", "invite_until",
        }
    )  # fmt: skip

    user = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=MemberRole)
    scope = models.CharField(max_length=10, choices=MemberScope, default=MemberScope.TENANT)
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    """Whether the member may enter; one who is invited may once the invitation is taken."""
    seen_at = models.DateTimeField(null=True, blank=True)
    """When the member last asked for a page of the tenant, give or take some minutes."""
    invite_sha256 = models.BinaryField(max_length=32, null=True, blank=True)
    """Of the secret in the link of an invitation that was not taken yet."""
    invite_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=MemberScope.values), name="membership_scope_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(tenant=INSTANCE_ID), name="membership_not_of_the_instance"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MembershipTeam(TenantModel):
    """The teams of a membership whose scope is `teams`."""

    SAFE = frozenset({"id", "tenant", "membership", "team"})

    membership = reference("reviews.Membership", related_name="team_links")
    team = reference("reviews.Team", related_name="membership_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "team"], name="membership_team_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
