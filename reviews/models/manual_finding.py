"""Words in which a person heard a rule broken that the machine did not flag. Append-only."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class ManualFinding(TenantModel):
    """A place that was marked; with `withdraws` the row takes such a mark back.

    It holds for every evaluation of the revision by the version, as a review of the whole call
    does; the machine's result stays as it is.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "transcript", "transcript_revision", "rubric_version", "evaluation",
            "rule_code", "utterance", "first_word", "last_word", "withdraws", "by", "at",
            "note_sha256",
        }
    )  # fmt: skip

    transcript = reference("reviews.Transcript", related_name="manual_findings")
    transcript_revision = models.PositiveIntegerField()
    rubric_version = reference("reviews.RubricVersion", related_name="manual_findings")
    evaluation = reference("reviews.Evaluation", related_name="manual_findings")
    """The one that was looked at."""
    rule_code = models.CharField(max_length=100)
    utterance = models.PositiveIntegerField()
    first_word = models.PositiveIntegerField()
    last_word = models.PositiveIntegerField()
    withdraws = reference("reviews.ManualFinding", related_name="withdrawn", null=True)
    by = models.ForeignKey("reviews.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note_sha256 = models.BinaryField(max_length=32, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_word__gte=models.F("first_word")),
                name="manual_finding_order",
            ),
            models.UniqueConstraint(
                fields=["tenant", "withdraws"],
                condition=models.Q(withdraws__isnull=False),
                name="manual_finding_withdrawn_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ManualFindingNote(TenantModel):
    """The note of a mark, apart from it: it can be erased, the mark keeps its hash."""

    PERSONAL = frozenset({"text"})
    SAFE = frozenset({"id", "tenant", "finding"})

    finding = reference("reviews.ManualFinding", related_name="notes")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "finding"], name="manual_finding_note_once")
        ]

    def __str__(self) -> str:
        return str(self.id)
