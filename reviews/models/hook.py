"""Outgoing webhooks: who is told of what, what happened, and what came of telling it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.tenancy import TenantModel, reference


class EventKind(models.TextChoices):
    """What happens, as a receiver reads it in `type`. A name is never changed."""

    TRANSCRIPT_INGESTED = "transcript.ingested", _("A transcript came in, or changed")
    EVALUATION_COMPLETED = "evaluation.completed", _("A call was evaluated")
    EVALUATION_SUPERSEDED = "evaluation.superseded", _("An evaluation was replaced by a newer one")
    EVALUATION_RESCORED = "evaluation.rescored", _("A verdict changed a call's reviewed score")
    FINDING_CREATED = "finding.created", _("A finding was made")
    FINDING_REVIEWED = "finding.reviewed", _("A reviewer gave a verdict on a finding")
    FINDING_FORWARDED = "finding.forwarded", _("A forwarding rule sent a finding to this webhook")
    DISPUTE_OPENED = "dispute.opened", _("An agent appealed against a finding")
    DISPUTE_ANSWERED = "dispute.answered", _("An appeal was answered")
    SOURCE_EXPIRING = "source.expiring", _("A source will soon delete calls that are not here yet")
    SOURCE_UNHEALTHY = "source.unhealthy", _("A source stopped")
    PING = "ping", _("A test, sent by hand")


class HookState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    OFF = "off", _("Off")


class HookOrigin(models.TextChoices):
    PAGE = "page", _("by hand")
    API = "api", _("by a program")


class Hook(TenantModel):
    """An address of the tenant's that is told what happens."""

    SAFE = frozenset(
        {
            "id", "tenant", "name", "url", "events", "sealed_secret", "sealed_previous",
            "previous_until", "state", "failures", "failing_since", "paused_until", "off_code",
            "origin", "created_by", "created_at", "least_severity", "rules", "sources",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=40, choices=EventKind), default=list)
    """The kinds that it is told; empty: all."""
    least_severity = models.CharField(max_length=10, blank=True, default="")
    """Of the findings that it is told of; so are the next two. Empty: of any."""
    rules = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    sources = ArrayField(models.UUIDField(), default=list, blank=True)
    sealed_secret = models.BinaryField()
    """`whsec_…`, sealed."""
    sealed_previous = models.BinaryField(null=True, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    """Until then the secret before the last rotation signs, too."""
    state = models.CharField(max_length=10, choices=HookState, default=HookState.ACTIVE)
    failures = models.PositiveIntegerField(default=0)
    """Rounds in a row that went wrong: ADR 0021."""
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    """Null while it is paused: until somebody resumes it."""
    off_code = models.CharField(max_length=50, blank=True)
    """Why it is off; empty while it is not."""
    origin = models.CharField(max_length=10, choices=HookOrigin)
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=HookState.values), name="hook_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=HookOrigin.values), name="hook_origin_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=HookState.OFF) ^ models.Q(off_code=""),
                name="hook_off_with_code",
            ),
            models.CheckConstraint(
                condition=models.Q(state=HookState.PAUSED) | models.Q(paused_until=None),
                name="hook_paused_until",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Event(TenantModel):
    """Something that happened and a hook wants to hear of: ids, numbers and codes, nothing else.

    Append-only. Written in the transaction in which it happened: reviews/outbox.py.
    """

    SAFE = frozenset({"id", "tenant", "kind", "about_id", "sequence", "data", "created_at"})

    kind = models.CharField(max_length=40, choices=EventKind)
    about_id = models.UUIDField()
    """The row that it happened to; its table is the first part of the kind."""
    sequence = models.PositiveIntegerField()
    """Rises from 1 with each event of the same row, so that a receiver can drop a stale one."""
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "about_id", "sequence"], name="event_sequence_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=EventKind.values), name="event_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "created_at"], name="event_age")]

    def __str__(self) -> str:
        return str(self.id)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Too old, not sent")


class Delivery(TenantModel):
    """One event for one hook. Of the receiver's answer its status and its time are kept."""

    SAFE = frozenset(
        {
            "id", "tenant", "hook", "event", "state", "tries", "due_at", "tried_at", "last_status",
            "last_ms", "last_code", "delivered_at",
        }
    )  # fmt: skip

    hook = reference("reviews.Hook", related_name="deliveries")
    event = reference("reviews.Event", related_name="deliveries")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    """The next try of one that waits."""
    tried_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveIntegerField(null=True, blank=True)
    last_ms = models.PositiveIntegerField(null=True, blank=True)
    last_code = models.CharField(max_length=50, blank=True)
    """Why the last try failed; empty where none has."""
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "hook", "event"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["hook", "due_at"],
                name="delivery_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["hook", "state", "event"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return str(self.id)
