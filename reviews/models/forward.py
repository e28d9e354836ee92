"""Forwarding rules: which findings people are sent, where to, and what came of sending each."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.hook import DeliveryState
from reviews.models.tenancy import TenantModel, reference


class Trigger(models.TextChoices):
    CREATED = "created", _("A finding was made")
    UPHELD = "upheld", _("A reviewer upheld a finding")


class ForwardWay(models.TextChoices):
    SLACK = "slack", _("A message to a Slack channel")
    MAIL = "mail", _("A mail to members, with counts and links")
    WEBHOOK = "webhook", _("An event to a webhook")
    CRM = "crm", _("The call's evaluation to a CRM")


class ForwardState(models.TextChoices):
    ACTIVE = "active", _("On")
    OFF = "off", _("Off")


class Forward(TenantModel):
    """A forwarding rule: all of its conditions that are given must hold."""

    SAFE = frozenset(
        {
            "id", "tenant", "name", "state", "off_code", "trigger", "least_severity", "rules",
            "score_below", "agents", "sources", "first_in_days", "way", "sealed_address",
            "has_quote", "mail_roles", "mail_to", "mail_hour", "mail_minutes", "hook", "crm",
            "quiet_until", "created_by", "created_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ForwardState, default=ForwardState.OFF)
    off_code = models.CharField(max_length=50, blank=True)
    """Why it went off by itself; empty where a person turned it off."""
    trigger = models.CharField(max_length=10, choices=Trigger)
    least_severity = models.CharField(max_length=10, blank=True)
    rules = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    """Codes; empty, as the next two: any."""
    agents = ArrayField(models.UUIDField(), default=list, blank=True)
    sources = ArrayField(models.UUIDField(), default=list, blank=True)
    score_below = models.FloatField(null=True, blank=True)
    """Of the finding's evaluation, 0..100."""
    first_in_days = models.PositiveIntegerField(null=True, blank=True)
    way = models.CharField(max_length=10, choices=ForwardWay)
    sealed_address = models.BinaryField(null=True, blank=True)
    """Of Slack's incoming webhook: who has it can post there."""
    has_quote = models.BooleanField(default=False)
    """The masked words and the agent's name go along."""
    mail_roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    mail_to = ArrayField(models.UUIDField(), default=list, blank=True)
    """People besides those of the roles."""
    mail_hour = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    """Once a day then; null: at once, a mail each `mail_minutes` at most."""
    mail_minutes = models.PositiveIntegerField(default=60)
    hook = reference("reviews.Hook", related_name="forwards", null=True)
    crm = reference("reviews.CrmConnection", related_name="forwards", null=True)
    """As the hook null once it is deleted; then the rule is off."""
    quiet_until = models.DateTimeField(null=True, blank=True)
    """Nothing is sent before: the last mail is new, or the other side is away or off."""
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="forward_name_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=ForwardState.values), name="forward_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(trigger__in=Trigger.values), name="forward_trigger_known"
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=ForwardWay.values), name="forward_way_known"
            ),
            models.CheckConstraint(
                condition=models.Q(way=ForwardWay.SLACK) ^ models.Q(sealed_address=None),
                name="forward_slack_with_address",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ForwardState.OFF)
                | (models.Q(way=ForwardWay.WEBHOOK) ^ models.Q(hook=None))
                & (models.Q(way=ForwardWay.CRM) ^ models.Q(crm=None)),
                name="forward_on_with_target",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Forwarded(TenantModel):
    """One finding that a forwarding rule sends, once; without `about_id` a test."""

    SAFE = frozenset(
        {
            "id", "tenant", "forward", "about_id", "state", "tries", "due_at", "tried_at",
            "last_status", "last_ms", "last_code", "delivered_at", "created_at",
        }
    )  # fmt: skip

    forward = reference("reviews.Forward", related_name="forwarded")
    about_id = models.UUIDField(null=True, blank=True)
    """The finding; it may be gone since."""
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveIntegerField(null=True, blank=True)
    last_ms = models.PositiveIntegerField(null=True, blank=True)
    last_code = models.CharField(max_length=50, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "forward", "about_id"], name="forwarded_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="forwarded_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["forward", "due_at"],
                name="forwarded_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["forward", "state", "id"], name="forwarded_log"),
        ]

    def __str__(self) -> str:
        return str(self.id)
