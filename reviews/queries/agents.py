"""A tenant's agents, for programs that keep them in step."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from reviews import access
from reviews.models import Agent


def rows(tenant_id: UUID) -> "QuerySet[Agent]":
    """Each with its team."""
    return access.scoped_to(Agent, tenant_id).select_related("team")


def page(tenant_id: UUID, *, after: UUID | None, limit: int) -> tuple[Sequence[Agent], bool]:
    """As they were made, the first first, and whether there are more. One SQL query."""
    asked = rows(tenant_id).order_by("pk")
    if after is not None:
        asked = asked.filter(pk__gt=after)
    found = list(asked[: limit + 1])
    return found[:limit], len(found) > limit
