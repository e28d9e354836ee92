"""Rubric versions as the engine reads them, and as their pages show them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from reviews import access
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.models import Membership, RubricVersion

CACHED = 64


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A rubric's newest version."""

    version: RubricVersion
    rubric: Rubric


@lru_cache(maxsize=CACHED)
def rubric_of(tenant_id: UUID, version_id: UUID) -> Rubric:
    """The version's rubric; read under its own tenant. Raises RubricVersion.DoesNotExist.

    A version never changes, so it may stay in memory.
    """
    version = RubricVersion.objects.get(tenant_id=tenant_id, pk=version_id)
    return parse_rubric(json.loads(version.document))


def rubric_rows(membership: Membership) -> tuple[RubricRow, ...]:
    versions = access.scoped_to(RubricVersion, membership.tenant_id).select_related("rubric")
    newest = versions.order_by("rubric_id", "-number").distinct("rubric_id")
    rows = sorted(newest, key=lambda version: version.rubric.name.casefold())
    return tuple(RubricRow(each, rubric_of(each.tenant_id, each.pk)) for each in rows)


def rubric_row(membership: Membership, rubric_id: UUID) -> RubricRow:
    """Raises Http404."""
    row = access.get_rubric_for(membership, rubric_id)
    version = row.versions.select_related("rubric").order_by("-number").first()
    if version is None:
        raise RubricVersion.DoesNotExist
    return RubricRow(version, rubric_of(version.tenant_id, version.pk))
