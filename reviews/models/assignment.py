"""Which rubrics judge which calls: an ordered list, and what it chose for each call."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Assignment(TenantModel):
    """The whole list as it was saved. A change is a new row; the one of the highest number holds.

    Append-only: the app role may only insert one.
    """

    SAFE = frozenset({"id", "tenant", "number", "rows", "by", "at"})

    number = models.PositiveIntegerField()
    """1, 2, 3 … within the tenant."""
    rows = models.JSONField(default=list)
    """Its rows in their order, as reviews/queries/assignment.py writes them; empty: no list holds,
    and every rubric judges every call."""
    by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="assignment_number_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class AssignedCall(TenantModel):
    """What chose the rubrics of a call when it came to be evaluated; the newest one holds.

    Append-only. A call that every rubric judges, because no list is there, has none.
    """

    SAFE = frozenset(
        {"id", "tenant", "transcript", "transcript_revision", "assignment", "fitting", "rubrics",
         "at"}
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="assigned")
    transcript_revision = models.PositiveIntegerField()
    assignment = reference("reviews.Assignment", related_name="calls", null=True)
    """Null: there was no list, and no rubric held."""
    fitting = models.JSONField(default=list)
    """Places in the list, from 1, of the rows that gave it their rubrics."""
    rubrics = models.PositiveIntegerField(default=0)
    """How many of those rubrics held, and so judge it."""
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "transcript", "id"], name="assigned_call_newest")]

    def __str__(self) -> str:
        return str(self.id)
