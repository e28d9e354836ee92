"""Drops: a tenant's tables, put as files where its warehouse takes them, every few hours."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.tenancy import TenantModel, reference


class DropForm(models.TextChoices):
    PARQUET = "parquet", "Parquet"
    NDJSON = "ndjson", "NDJSON"


class DropTarget(models.TextChoices):
    FOLDER = "folder", _("A folder of the installation")
    BUCKET = "bucket", _("An S3-compatible bucket")


class Drop(TenantModel):
    """Which tables go where, and up to when they have gone."""

    SAFE = frozenset(
        {
            "id", "tenant", "name", "tables", "rubrics", "form", "every_hours", "target", "folder",
            "endpoint", "bucket", "prefix", "region", "access_key_id", "sealed_secret", "is_on",
            "next_at", "since", "created_by", "created_at",
        }
    )  # fmt: skip

    name = models.CharField(max_length=200)
    tables = ArrayField(models.CharField(max_length=40))
    rubrics = ArrayField(models.UUIDField(), default=list)
    """Those whose wide tables go, too."""
    form = models.CharField(max_length=10, choices=DropForm)
    every_hours = models.PositiveIntegerField()
    target = models.CharField(max_length=10, choices=DropTarget)
    folder = models.CharField(max_length=60, blank=True)
    """One name, under the tenant's own directory of the operator's."""
    endpoint = models.CharField(max_length=500, blank=True)
    bucket = models.CharField(max_length=63, blank=True)
    prefix = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=40, blank=True)
    access_key_id = models.CharField(max_length=128, blank=True)
    sealed_secret = models.BinaryField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    """When the next run begins; it takes everything up to then."""
    since = models.DateTimeField(null=True, blank=True)
    """Where the last run ended; null before the first, which takes all there is."""
    created_by = models.ForeignKey(
        "reviews.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="drop_name_once"),
            models.CheckConstraint(
                condition=models.Q(form__in=DropForm.values), name="drop_form_known"
            ),
            models.CheckConstraint(
                condition=models.Q(target__in=DropTarget.values), name="drop_target_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DropRun(TenantModel):
    """One window of a drop, and the files that it has become; done with its manifest.

    Whatever fails, a run is tried until it is done: no window is skipped.
    """

    SAFE = frozenset(
        {
            "id", "tenant", "drop", "since", "until", "schema_version", "files", "place", "rows",
            "code", "began_at", "ended_at",
        }
    )  # fmt: skip

    drop = reference("reviews.Drop", related_name="runs")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField()
    """Not included."""
    schema_version = models.PositiveIntegerField()
    files = models.JSONField(default=list)
    """What lies there so far: table, name, rows, bytes, SHA-256."""
    place = models.JSONField(null=True, blank=True)
    """Table and row that the next file begins after; null at the first table's begin."""
    rows = models.PositiveBigIntegerField(default=0)
    code = models.CharField(max_length=50, blank=True)
    """Why the last try failed; empty where it did not."""
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "drop"],
                condition=models.Q(ended_at=None),
                name="drop_run_one_at_once",
            )
        ]
        indexes = [models.Index(fields=["drop", "began_at"], name="drop_run_log")]

    def __str__(self) -> str:
        return str(self.id)
