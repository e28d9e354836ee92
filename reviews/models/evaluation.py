"""What a rubric version said of a transcript revision. Append-only: spans and codes, no text."""

from django.db import models

from reviews.models.agent import SpeakerRole
from reviews.models.tenancy import TenantModel, reference


class Evaluation(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "transcript_revision", "rubric_version",
            "engine_version", "round", "results", "verdict", "score", "passed", "failed",
            "not_assessable", "not_applicable", "created_at",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="evaluations")
    transcript_revision = models.PositiveIntegerField()
    rubric_version = reference("reviews.RubricVersion", related_name="evaluations")
    engine_version = models.CharField(max_length=20)
    round = models.PositiveIntegerField(default=0)
    """0 is the first; later ones asked again what earlier calls left open."""
    results = models.BinaryField()
    """Every rule's result with its spans, compressed JSON: reviews/detection/wire.py."""
    verdict = models.CharField(max_length=20)
    score = models.FloatField(null=True, blank=True)
    """0..100; null where no applicable rule could be assessed."""
    passed = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    not_assessable = models.PositiveIntegerField()
    not_applicable = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "tenant", "transcript", "transcript_revision", "rubric_version",
                    "engine_version", "round",
                ],
                name="evaluation_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "created_at"], name="evaluation_created_at")]

    def __str__(self) -> str:
        return str(self.id)


class FindingOutcome(models.TextChoices):
    FOUND = "found", "Found"
    ABSENT = "absent", "Not found"


class Finding(TenantModel):
    """A failed rule on one call; its spans are in the evaluation, the first of them here."""

    SAFE = frozenset(
        {
            "id", "tenant", "evaluation", "transcript", "rule_code", "severity", "outcome",
            "is_unsure", "role", "agent", "utterance", "last_utterance", "first_word", "last_word",
            "start_ms", "end_ms", "spans", "created_at",
        }
    )  # fmt: skip

    evaluation = reference("reviews.Evaluation", related_name="findings")
    transcript = reference("reviews.Transcript", related_name="findings")
    rule_code = models.CharField(max_length=100)
    severity = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10, choices=FindingOutcome)
    is_unsure = models.BooleanField()
    """Found on words under the rule's confidence floor."""
    role = models.CharField(max_length=10, choices=SpeakerRole)
    agent = reference("reviews.Agent", related_name="findings", null=True)
    utterance = models.PositiveIntegerField(null=True, blank=True)
    last_utterance = models.PositiveIntegerField(null=True, blank=True)
    first_word = models.PositiveIntegerField(null=True, blank=True)
    last_word = models.PositiveIntegerField(null=True, blank=True)
    start_ms = models.IntegerField(null=True, blank=True)
    end_ms = models.IntegerField(null=True, blank=True)
    spans = models.PositiveIntegerField()
    """How many places the evidence has; 0 for an absence."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "evaluation", "rule_code"], name="finding_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=FindingOutcome.values), name="finding_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "rule_code", "created_at"], name="finding_rule"),
            models.Index(fields=["tenant", "transcript"], name="finding_transcript"),
        ]

    def __str__(self) -> str:
        return str(self.id)
