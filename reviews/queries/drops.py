"""Drops as their page and the API show them: each with its newest run."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from reviews import access
from reviews.models import Drop, DropRun

RUNS = 30


def rows(tenant_id: UUID) -> "QuerySet[Any]":
    """Two SQL queries: each drop with `newest`, a list of its last run, or of none."""
    last = DropRun.objects.order_by("drop", "-began_at").distinct("drop")
    newest = Prefetch("runs", queryset=last, to_attr="newest")
    return access.scoped_to(Drop, tenant_id).prefetch_related(newest).order_by("name")


def runs(drop: Drop) -> "QuerySet[DropRun]":
    """The newest first."""
    rows = access.scoped_to(DropRun, drop.tenant_id).filter(drop=drop)
    return rows.order_by("-began_at")[:RUNS]
