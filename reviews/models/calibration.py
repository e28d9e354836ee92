"""Whole calls that several review apart from each other, to see where they agree."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class CalibrationSet(TenantModel):
    """Until it is closed, nobody sees what the others said before they are done themselves."""

    SAFE = frozenset(
        {
            "id", "tenant", "name", "rubric_version", "due", "alpha_at_least", "made_by",
            "made_at", "closed_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=100)
    rubric_version = reference("reviews.RubricVersion", related_name="calibration_sets")
    due = models.DateField()
    alpha_at_least = models.FloatField(default=0.6)
    """A rule under it is called ambiguous."""
    made_by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="calibration_set_name_once"),
            models.CheckConstraint(
                condition=models.Q(alpha_at_least__gte=0, alpha_at_least__lte=1),
                name="calibration_set_alpha",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CalibrationCall(TenantModel):
    """A call of a set, as it was evaluated. Append-only."""

    SAFE = frozenset({"id", "tenant", "calibration", "evaluation"})

    calibration = reference("reviews.CalibrationSet", related_name="calls")
    evaluation = reference("reviews.Evaluation", related_name="calibration_calls")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "calibration", "evaluation"], name="calibration_call_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class CalibrationSeat(TenantModel):
    """Who reviews the calls of a set. Append-only."""

    SAFE = frozenset({"id", "tenant", "calibration", "membership"})

    calibration = reference("reviews.CalibrationSet", related_name="seats")
    membership = reference("reviews.Membership", related_name="calibration_seats")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "calibration", "membership"], name="calibration_seat_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
