"""Moments of an agent's calls, bundled by a lead for the agent to learn from."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Coaching(TenantModel):
    """Confirmed findings of one rule, with a note, until when."""

    SAFE = frozenset(
        {"id", "tenant", "agent", "rubric", "rule_code", "by", "due", "at", "acknowledged_at"}
    )

    agent = reference("reviews.Agent", related_name="coachings")
    rubric = reference("reviews.Rubric", related_name="coachings")
    rule_code = models.CharField(max_length=100)
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    """When the agent said that it was read: what comes before and after is compared."""

    class Meta:
        indexes = [models.Index(fields=["tenant", "agent", "at"], name="coaching_agent")]

    def __str__(self) -> str:
        return str(self.id)


class CoachingMoment(TenantModel):
    """A finding of a coaching. Append-only."""

    SAFE = frozenset({"id", "tenant", "coaching", "finding"})

    coaching = reference("reviews.Coaching", related_name="moments")
    finding = reference("reviews.Finding", related_name="coaching_moments")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "coaching", "finding"], name="coaching_moment_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CoachingNote(TenantModel):
    """What the lead wrote, apart from it so that it can be erased."""

    PERSONAL = frozenset({"text"})
    SAFE = frozenset({"id", "tenant", "coaching"})

    coaching = reference("reviews.Coaching", related_name="notes")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "coaching"], name="coaching_note_once")
        ]

    def __str__(self) -> str:
        return str(self.id)
