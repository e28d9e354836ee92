"""The reviewers' queue: one row a finding, the only part of it that changes."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Standing(models.TextChoices):
    OPEN = "open", "Open"
    UPHELD = "upheld", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"
    ESCALATED = "escalated", "Escalated"
    SECOND = "second", "Second opinion"
    SUPPRESSED = "suppressed", "Suppressed"
    SUPERSEDED = "superseded", "Superseded"


UNDECIDED = (Standing.OPEN, Standing.ESCALATED, Standing.SECOND)
"""What waits for somebody."""


class QueueItem(TenantModel):
    """What of a finding the queue is ordered and filtered by, and where its reviews stand.

    Made with its finding. `sequence` is the last review's; whoever decides says which one was
    seen, so that of two reviewers at once only one writes.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "finding", "transcript", "rubric", "agent", "rule_code", "rank",
            "standing", "sequence", "found_at", "decided_by", "decided_at", "updated_at",
            "carried_from", "level", "due_at", "held_until", "assigned_to", "claimed_by",
            "claimed_until", "asked_by", "lowered_to", "phrase_key", "line_key", "suppression",
        }
    )  # fmt: skip

    finding = reference("reviews.Finding", related_name="queue_items")
    transcript = reference("reviews.Transcript", related_name="queue_items")
    rubric = reference("reviews.Rubric", related_name="queue_items")
    agent = reference("reviews.Agent", related_name="queue_items", null=True)
    rule_code = models.CharField(max_length=100)
    rank = models.PositiveSmallIntegerField()
    """Of the severity, the gravest first: 0 critical … 4 info."""
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.OPEN)
    sequence = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    """When it was found, decided, reopened or superseded last: what feeds go by."""
    decided_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    carried_from = reference("reviews.Finding", related_name="carried_to", null=True)
    """The finding of an earlier evaluation whose verdict holds here, or did until this one."""

    level = models.PositiveSmallIntegerField(default=0)
    """How far it was escalated: 1 to the leads, 2 to who answers for the rubric; 0 not."""
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when it is to be decided, in the tenant's working hours; null where no rule says."""
    held_until = models.DateTimeField(null=True, blank=True)
    """It waits until then, out of the reviewers' way."""
    assigned_to = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    claimed_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """Who asked for a second opinion, which is another's then."""
    lowered_to = models.CharField(max_length=10, blank=True)
    """The severity that a reviewer gave it in place of the rule's; "" where it stays."""
    phrase_key = models.BinaryField(max_length=16, null=True, blank=True)
    """Keyed hash of the words that its first place holds: the same words, the same key."""
    line_key = models.BinaryField(max_length=16, null=True, blank=True)
    """The same of the whole utterance around them."""
    suppression = reference("reviews.Suppression", related_name="queue_items", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "finding"], name="queue_item_once"),
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values), name="queue_item_standing_known"
            ),
        ]
        indexes = [
            # `held_until` beside the key: the counts of views read no row, the index alone.
            models.Index(
                fields=["tenant", "standing", "rank", "found_at", "id"],
                include=["held_until"],
                name="queue_item_order",
            ),
            models.Index(
                fields=["tenant", "rank", "found_at", "id"],
                include=["held_until"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_undecided",
            ),
            # Not by `assigned_to`: what is null gives an index no order of what follows.
            models.Index(
                fields=["tenant", "rank", "found_at", "id"],
                include=["held_until"],
                condition=models.Q(standing__in=UNDECIDED, assigned_to=None),
                name="queue_item_unassigned",
            ),
            models.Index(
                fields=["tenant", "standing", "rule_code", "rank", "found_at", "id"],
                name="queue_item_rule",
            ),
            models.Index(fields=["tenant", "transcript"], name="queue_item_transcript"),
            models.Index(fields=["tenant", "updated_at", "finding"], name="queue_item_updated"),
            models.Index(
                fields=["tenant", "assigned_to", "rank", "found_at", "id"],
                include=["held_until"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_assigned",
            ),
            models.Index(
                fields=["tenant", "transcript", "rank", "found_at", "id"],
                include=["held_until", "standing"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_call",
            ),
            models.Index(
                fields=["tenant", "agent", "rank", "found_at", "id"],
                include=["held_until", "standing"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_agent",
            ),
            models.Index(
                fields=["tenant", "due_at", "id"],
                include=["held_until"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_due",
            ),
            models.Index(
                fields=["tenant", "rule_code", "phrase_key"],
                condition=models.Q(standing__in=UNDECIDED),
                name="queue_item_phrase",
            ),
            models.Index(
                fields=["tenant", "decided_by", "decided_at", "id"],
                include=["standing", "held_until"],
                name="queue_item_decided",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
