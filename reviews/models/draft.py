"""A rubric on its way to its next version: the one thing of it that changes."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Draft(TenantModel):
    """One a rubric. It may be broken: what cannot be read is refused when it is used."""

    SAFE = frozenset(
        {
            "id", "tenant", "rubric", "document", "revision", "base", "changed_by", "changed_at",
            "asked_by", "asked_note", "asked_from",
        }
    )  # fmt: skip

    rubric = reference("reviews.Rubric", related_name="drafts")
    document = models.TextField()
    """The rubric's document as JSON, as its authors left it."""
    revision = models.PositiveIntegerField(default=1)
    """Rises with every change; who changes it says which one was seen."""
    base = reference("reviews.RubricVersion", related_name="drafts", null=True)
    """The version that it began from; null where the rubric has none."""
    changed_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    changed_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """Who wants it published, where a second person has to agree; a change takes it back."""
    asked_note = models.CharField(max_length=500, blank=True)
    asked_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "rubric"], name="draft_one_a_rubric")
        ]

    def __str__(self) -> str:
        return str(self.id)
