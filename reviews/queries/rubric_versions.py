"""A tenant's rubrics and their versions: in force, and by code and number for commands and API."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviews import access
from reviews.errors import ErrorCode, Refused
from reviews.models import Draft, Rubric, RubricVersion
from reviews.models.rows import select

CODE = re.compile(r"[A-Za-z0-9_-]{1,100}")
_IN_FORCE = """
SELECT DISTINCT ON (version.rubric_id) version.rubric_id, version.id
FROM reviews_rubricversion version JOIN reviews_rubric rubric ON rubric.id = version.rubric_id
WHERE rubric.tenant_id = %(tenant)s AND (rubric.retired_at IS NULL OR rubric.retired_at > %(now)s)
    AND version.effective_from <= %(now)s
ORDER BY version.rubric_id, version.effective_from DESC, version.number DESC
"""


class RubricNotFound(Refused):
    code = ErrorCode.NOT_FOUND


class CodeRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Listed:
    """A rubric with its newest version and its draft, None where it has none."""

    rubric: Rubric
    newest: RubricVersion | None
    draft: Draft | None


def in_force(tenant_id: UUID, *, now: datetime) -> dict[UUID, UUID]:
    """Each of the tenant's rubrics that is not retired, and its newest effective version."""
    return dict(select(_IN_FORCE, {"tenant": tenant_id, "now": now}))


def check_code(code: str) -> None:
    """Raises CodeRefused."""
    if not CODE.fullmatch(code):
        raise CodeRefused(
            "The rubric's code is refused",
            repr(code[:60]),
            "Write 1 to 100 letters, digits, - and _.",
        )


def rubric_of(tenant_id: UUID, code: str) -> Rubric:
    """In the tenant's transaction. Raises RubricNotFound."""
    row = access.scoped_to(Rubric, tenant_id).filter(code=code).first()
    if row is None:
        rows = access.scoped_to(Rubric, tenant_id).order_by("code")
        known = ", ".join(rows.values_list("code", flat=True)[:20]) or "none is there yet"
        raise RubricNotFound("The rubric is refused", repr(code[:60]), f"Write one of: {known}.")
    return row


def version_of(rubric: Rubric, number: int | None = None) -> RubricVersion:
    """The newest one where no number is given. Raises RubricNotFound."""
    newest = rubric.versions.order_by("-number").first()
    if newest is None:
        raise RubricNotFound(
            "The version is refused", "a rubric that was never published", "Publish it first."
        )
    if number in (None, newest.number):
        return newest
    row = rubric.versions.filter(number=number).first()
    if row is None:
        remedy = f"Write a number from 1 to {newest.number}."
        raise RubricNotFound("The version is refused", str(number), remedy)
    return row


def listed(tenant_id: UUID) -> tuple[Listed, ...]:
    """By code, in three queries."""
    rows = access.scoped_to(Rubric, tenant_id).order_by("code")
    versions = access.scoped_to(RubricVersion, tenant_id).order_by("rubric_id", "-number")
    newest = {each.rubric_id: each for each in versions.distinct("rubric_id")}
    drafts = {each.rubric_id: each for each in access.scoped_to(Draft, tenant_id)}
    return tuple(Listed(row, newest.get(row.pk), drafts.get(row.pk)) for row in rows)


def one(tenant_id: UUID, rubric_id: UUID) -> Listed | None:
    return next((row for row in listed(tenant_id) if row.rubric.pk == rubric_id), None)


def versions_of(tenant_id: UUID, rubric_id: UUID) -> list[RubricVersion]:
    """The newest first."""
    rows = access.scoped_to(RubricVersion, tenant_id).filter(rubric_id=rubric_id)
    return list(rows.order_by("-number"))


def version(tenant_id: UUID, version_id: UUID) -> RubricVersion | None:
    rows = access.scoped_to(RubricVersion, tenant_id).select_related("rubric")
    return rows.filter(pk=version_id).first()
