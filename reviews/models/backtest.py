"""A rubric tried on calls: what it would find, beside the version in force."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Backtest(TenantModel):
    """Its rubric is a copy, so that the draft may change or be published meanwhile.

    One in shadow is tried on each new call until a person stops it; no reviewer sees what it finds
    as a finding, and no score counts it.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "rubric", "document", "sha256", "base", "rules", "since", "until",
            "team", "agent", "source", "assignment", "calls", "left_out", "done", "began_at",
            "ended_at", "cancelled_at", "is_shadow", "by",
        }
    )  # fmt: skip

    rubric = reference("reviews.Rubric", related_name="backtests")
    document = models.TextField()
    """The canonical JSON document that is tried."""
    sha256 = models.BinaryField(max_length=32)
    base = reference("reviews.RubricVersion", related_name="backtests", null=True)
    """What it is compared with; null: with nothing."""
    rules = models.JSONField(default=list)
    """Codes of the rules that are tried; those that differ are all that need be."""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    """Null: in shadow, and not stopped yet."""
    team = reference("reviews.Team", related_name="backtests", null=True)
    agent = reference("reviews.Agent", related_name="backtests", null=True)
    source = reference("reviews.Source", related_name="backtests", null=True)
    assignment = reference("reviews.Assignment", related_name="backtests", null=True)
    """Only calls that the rubric judges by this list; null: whichever there are."""
    calls = models.PositiveIntegerField(default=0)
    """How many there are to try; in shadow, how many were."""
    left_out = models.PositiveIntegerField(default=0)
    """How many others there were, which the rubric does not judge."""
    done = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    is_shadow = models.BooleanField(default=False)
    by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rubric"],
                condition=models.Q(is_shadow=True, ended_at=None),
                name="backtest_one_shadow",
            ),
            models.CheckConstraint(
                condition=models.Q(is_shadow=True) | models.Q(until__isnull=False),
                name="backtest_until_known",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "rubric", "began_at"], name="backtest_newest")]

    def __str__(self) -> str:
        return str(self.id)


class BacktestTally(TenantModel):
    """Of one rule, how its calls came out so far."""

    SAFE = frozenset(
        {
            "id", "tenant", "backtest", "rule_code", "drafted", "published", "not_assessable",
            "not_applicable", "unsure",
        }
    )  # fmt: skip

    backtest = reference("reviews.Backtest", related_name="tallies")
    rule_code = models.CharField(max_length=100)
    drafted = models.PositiveIntegerField(default=0)
    """Calls on which the rule fails as it is tried."""
    published = models.PositiveIntegerField(default=0)
    """Calls on which it fails in the version it is compared with."""
    not_assessable = models.PositiveIntegerField(default=0)
    not_applicable = models.PositiveIntegerField(default=0)
    unsure = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "rule_code"], name="backtest_tally_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class HitKind(models.TextChoices):
    NEW = "new", "New"
    LOST = "lost", "Lost"
    SAME = "same", "Same"


class BacktestHit(TenantModel):
    """A call on which a rule fails, as it is tried or as it was published."""

    SAFE = frozenset(
        {
            "id", "tenant", "backtest", "transcript", "transcript_revision", "rule_code", "kind",
            "agent", "is_unsure", "is_absence", "role", "utterance", "first_word",
            "last_utterance", "last_word", "start_ms", "end_ms",
        }
    )  # fmt: skip

    backtest = reference("reviews.Backtest", related_name="hits")
    transcript = reference("reviews.Transcript", related_name="backtest_hits")
    transcript_revision = models.PositiveIntegerField()
    rule_code = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=HitKind)
    agent = reference("reviews.Agent", related_name="backtest_hits", null=True)
    is_unsure = models.BooleanField(default=False)
    is_absence = models.BooleanField(default=False)
    """What was to be said was not: it has no place."""
    role = models.CharField(max_length=10)
    utterance = models.PositiveIntegerField(null=True, blank=True)
    first_word = models.PositiveIntegerField(null=True, blank=True)
    last_utterance = models.PositiveIntegerField(null=True, blank=True)
    last_word = models.PositiveIntegerField(null=True, blank=True)
    start_ms = models.IntegerField(null=True, blank=True)
    end_ms = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "backtest", "transcript", "rule_code", "kind"],
                name="backtest_hit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=HitKind.values), name="backtest_hit_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "backtest", "kind", "id"], name="backtest_hit_kind")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Origin(models.TextChoices):
    BACKTEST = "backtest", "Judged in a backtest"
    IMPORTED = "imported", "Imported grade"


class Judgement(TenantModel):
    """Whether a rule is broken on a call, said outside the queue. A change of mind is a new row."""

    PERSONAL = frozenset({"grader"})
    SAFE = frozenset(
        {
            "id", "tenant", "rubric", "transcript", "rule_code", "is_violation", "origin",
            "transcript_revision", "is_absence", "utterance", "first_word", "last_utterance",
            "last_word", "by", "at",
        }
    )  # fmt: skip

    rubric = reference("reviews.Rubric", related_name="judgements")
    transcript = reference("reviews.Transcript", related_name="judgements")
    transcript_revision = models.PositiveIntegerField()
    rule_code = models.CharField(max_length=100)
    is_violation = models.BooleanField()
    origin = models.CharField(max_length=10, choices=Origin)
    is_absence = models.BooleanField(default=False)
    utterance = models.PositiveIntegerField(null=True, blank=True)
    """The place that was judged; null: the whole call, or an absence."""
    first_word = models.PositiveIntegerField(null=True, blank=True)
    last_utterance = models.PositiveIntegerField(null=True, blank=True)
    last_word = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    grader = models.CharField(max_length=200, blank=True)
    """Of an imported grade, who gave it there."""
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values), name="judgement_origin_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "rubric", "rule_code"], name="judgement_rule"),
            models.Index(fields=["tenant", "transcript"], name="judgement_transcript"),
        ]

    def __str__(self) -> str:
        return str(self.id)
