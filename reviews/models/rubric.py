"""Rubrics and their versions. A version never changes: the app role may only insert one."""

from django.db import models

from reviews.models.tenancy import TenantModel, reference


class Rubric(TenantModel):
    SAFE = frozenset({"id", "tenant", "code", "name", "retired_at", "created_at"})

    code = models.SlugField(max_length=100)
    name = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="rubric_code_once")]

    def __str__(self) -> str:
        return str(self.id)


class RubricVersion(TenantModel):
    SAFE = frozenset(
        {
            "id", "tenant", "rubric", "number", "document", "sha256", "effective_from",
            "published_by", "published_at", "note", "approved_by",
        }
    )  # fmt: skip

    rubric = reference("reviews.Rubric", related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    """The canonical JSON document."""
    sha256 = models.BinaryField(max_length=32)
    """Of the canonical document's bytes."""
    effective_from = models.DateTimeField()
    published_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=500, blank=True)
    """What changed, in a line, for those who answer for it."""
    approved_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    """The second person, where the tenant wants one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "rubric", "number"], name="rubric_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
