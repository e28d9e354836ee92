"""The places that people marked as missed by the machine, and that stand."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from reviews.models import Evaluation, ManualFinding, Transcript


def standing(tenant_id: UUID) -> "QuerySet[ManualFinding]":
    """Neither withdrawn nor a withdrawal."""
    withdrawn = ManualFinding.objects.filter(withdraws=OuterRef("pk"))
    rows = ManualFinding.objects.filter(tenant_id=tenant_id, withdraws=None)
    return rows.filter(~Exists(withdrawn))


def of_call(row: Transcript) -> list[ManualFinding]:
    """Of its current revision, in the order of the call, with their notes. Two SQL queries."""
    rows = standing(row.tenant_id).filter(transcript=row, transcript_revision=row.revision)
    rows = rows.select_related("by").prefetch_related("notes")
    return list(rows.order_by("utterance", "first_word", "pk"))


def codes(row: Evaluation) -> frozenset[str]:
    """The rules that were marked. One SQL query."""
    rows = standing(row.tenant_id).filter(
        transcript=row.transcript_id,
        transcript_revision=row.transcript_revision,
        rubric_version=row.rubric_version_id,
    )
    return frozenset(rows.values_list("rule_code", flat=True))
