"""Which calls are reviewed whole, and by whom: plans, what they drew, and the reviewers' tasks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Stratum(models.TextChoices):
    """What calls are told apart by, so that each kind is among those drawn."""

    NONE = "none", "Nothing: each call by chance alone"
    RULE = "rule", "The gravest rule that failed"
    BAND = "band", "The machine score"
    RISK = "risk", "Whether a high or critical rule failed"


class Way(models.TextChoices):
    TURNS = "turns", "In turn"
    LOAD = "load", "To who has the fewest open reviews"


class SamplingPlan(TenantModel):
    """How many of a week's calls are drawn, and how they are given out. A draw keeps its terms."""

    SAFE = frozenset(
        {
            "id", "tenant", "name", "rubric", "share", "per_agent", "stratum", "seed", "way",
            "reviewers", "quota", "double_share", "due_days", "is_weekly", "changed_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=100)
    rubric = reference("reviews.Rubric", related_name="sampling_plans")
    share = models.FloatField(null=True, blank=True)
    """Of the week's calls, in per cent; null where it is so many an agent."""
    per_agent = models.PositiveIntegerField(null=True, blank=True)
    stratum = models.CharField(max_length=10, choices=Stratum, default=Stratum.NONE)
    seed = models.CharField(max_length=40)
    way = models.CharField(max_length=10, choices=Way, default=Way.TURNS)
    reviewers = ArrayField(models.UUIDField(), default=list, blank=True)
    """Users; none: every reviewer and lead."""
    quota = models.PositiveIntegerField(null=True, blank=True)
    """Reviews that one reviewer is given a week, by this plan, at most."""
    double_share = models.FloatField(default=0)
    """Of the drawn calls, in per cent, that two review without seeing each other's answers."""
    due_days = models.PositiveIntegerField(default=7)
    is_weekly = models.BooleanField(default=True)
    """Drawn each Monday of the week before; else by its button alone."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="sampling_plan_name_once"),
            models.CheckConstraint(
                condition=models.Q(share__isnull=True, per_agent__gt=0)
                | models.Q(share__gt=0, share__lte=100, per_agent__isnull=True),
                name="sampling_plan_one_size",
            ),
            models.CheckConstraint(
                condition=models.Q(double_share__gte=0, double_share__lte=100),
                name="sampling_plan_double_share",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Draw(TenantModel):
    """One run of a plan for a week. The same terms and calls give the same draw. Append-only."""

    SAFE = frozenset({"id", "tenant", "plan", "week", "terms", "calls", "is_random", "by", "at"})

    plan = reference("reviews.SamplingPlan", related_name="draws")
    week = models.DateField()
    """Its Monday."""
    terms = models.JSONField(default=dict)
    """The plan's seed, size, stratum and share of doubles, as they were."""
    calls = models.PositiveIntegerField()
    """How many it was drawn from."""
    is_random = models.BooleanField()
    """Every call of the week was as likely as another: its reviews stand for all calls."""
    by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """Null: the weekly schedule."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "plan", "week"], name="draw_once_a_week")
        ]

    def __str__(self) -> str:
        return str(self.id)


class DrawnCall(TenantModel):
    """A call of a draw. Append-only."""

    SAFE = frozenset({"id", "tenant", "draw", "transcript", "place", "stratum", "is_double"})

    draw = reference("reviews.Draw", related_name="drawn")
    transcript = reference("reviews.Transcript", related_name="draws")
    place = models.PositiveIntegerField()
    """1, 2, 3 … in the order in which they were drawn."""
    stratum = models.CharField(max_length=100, blank=True)
    is_double = models.BooleanField()
    """Two review it, neither sees the other's answers before the own are given."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "draw", "transcript"], name="drawn_call_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class TaskState(models.TextChoices):
    OPEN = "open", "To do"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    REPLACED = "replaced", "Given to another"


class ReviewTask(TenantModel):
    """A drawn call that a reviewer is to review whole."""

    SAFE = frozenset(
        {
            "id", "tenant", "drawn", "reviewer", "is_second", "state", "reason_code", "due_at",
            "made_at", "ended_at", "call_review",
        }
    )  # fmt: skip

    drawn = reference("reviews.DrawnCall", related_name="tasks")
    reviewer = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    is_second = models.BooleanField(default=False)
    """Reviewed for comparison: it changes no finding."""
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    reason_code = models.CharField(max_length=20, blank=True)
    """Why it was skipped or given to another."""
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    call_review = reference("reviews.CallReview", related_name="tasks", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "drawn", "reviewer"], name="review_task_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TaskState.values), name="review_task_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") ^ models.Q(ended_at__isnull=False),
                name="review_task_ended_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "reviewer", "state", "due_at"], name="review_task_own")
        ]

    def __str__(self) -> str:
        return str(self.id)
