"""Submitted recordings as their page and the API show them: the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reviews import access
from reviews.models import Source, Submission, Transcript
from reviews.queries.places import Place, beyond
from reviews.sources.recordings import CALL_ID

PAGE = 50


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    row: Submission
    transcript_id: UUID | None
    """Of the call, once it is here."""

    @property
    def call_id(self) -> str:
        """Its id in the systems of whoever submitted it."""
        told: Mapping[str, Any] = self.row.metadata
        return str(told.get(CALL_ID, ""))


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    rows: Sequence[SubmissionRow]
    next: Place | None


def page(
    tenant_id: UUID, *, source: Source | None = None, after: Place | None, limit: int = PAGE
) -> SubmissionPage:
    """Of one source, or of all. Two SQL queries."""
    rows = _rows(tenant_id).filter(**{"source": source} if source else {})
    if after:
        rows = rows.filter(beyond(after, "created_at"))
    found = list(rows.order_by("-created_at", "-pk")[: limit + 1])
    shown = found[:limit]
    last = (shown[-1].created_at, shown[-1].pk) if len(found) > limit else None
    return SubmissionPage(_with_calls(tenant_id, shown), last)


def one(tenant_id: UUID, row_id: UUID) -> SubmissionRow | None:
    return next(iter(_with_calls(tenant_id, list(_rows(tenant_id).filter(pk=row_id)))), None)


def _rows(tenant_id: UUID) -> "QuerySet[Submission]":
    return access.scoped_to(Submission, tenant_id)


def _with_calls(tenant_id: UUID, rows: Sequence[Submission]) -> Sequence[SubmissionRow]:
    ids = [row.external_id for row in rows if row.external_id]
    calls = access.scoped_to(Transcript, tenant_id).filter(
        source__in={row.source_id for row in rows}, external_id__in=ids
    )
    found = calls.values_list("source_id", "external_id", "pk")
    here = {(source_id, external_id): pk for source_id, external_id, pk in found}
    return [SubmissionRow(row, here.get((row.source_id, row.external_id))) for row in rows]
