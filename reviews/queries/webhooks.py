"""Webhooks as their pages and the API show them: each with what waits, and the log of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from reviews import access
from reviews.models import Delivery, DeliveryState, EventKind, Hook, Source

PAGE = 50


class Shown(TextChoices):
    """What of a log is shown."""

    ALL = "", _("All")
    WAITING = "waiting", _("Waiting")
    FAILED = "failed", _("Failed")


@dataclass(frozen=True, slots=True)
class LogPage:
    rows: Sequence[Delivery]
    next: UUID | None
    """The event that the next page begins after."""


def rows(tenant_id: UUID) -> "QuerySet[Any]":
    """Each hook with how many are `waiting` and `failed`, and when one was last `delivered_at`.

    One SQL query, each number from an index.
    """
    own = Delivery.objects.filter(hook=OuterRef("pk"))
    of = {"waiting": DeliveryState.WAITING, "failed": DeliveryState.FAILED}
    counts = {name: Coalesce(Subquery(_count(own, state)), 0) for name, state in of.items()}
    newest = own.filter(state=DeliveryState.DELIVERED).order_by("-event")
    last = Subquery(newest.values("delivered_at")[:1])
    return access.scoped_to(Hook, tenant_id).annotate(**counts, delivered_at=last).order_by("name")


def _count(own: "QuerySet[Delivery]", state: DeliveryState) -> "QuerySet[Any, Any]":
    counted = own.filter(state=state).order_by().values("hook")
    return counted.annotate(n=Count("pk")).values("n")


def log(hook: Hook, *, shown: Shown, after: UUID | None) -> LogPage:
    """The newest event first. One SQL query."""
    found = access.scoped_to(Delivery, hook.tenant_id).filter(hook=hook).select_related("event")
    if shown is not Shown.ALL:
        found = found.filter(state=shown.value)
    if after:
        found = found.filter(event__lt=after)
    listed = list(found.order_by("-event")[: PAGE + 1])
    return LogPage(listed[:PAGE], listed[PAGE - 1].event_id if len(listed) > PAGE else None)


def kinds(hook: Hook) -> list[str]:
    """The events that it is told, as they are called; none named: all."""
    return [str(EventKind(each).label) for each in hook.events]


def sources(hook: Hook) -> list[str]:
    """Names of those that it is told of; none: all."""
    found = access.scoped_to(Source, hook.tenant_id).filter(pk__in=hook.sources)
    return list(found.order_by("name").values_list("name", flat=True))
