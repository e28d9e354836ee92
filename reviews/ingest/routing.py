"""Whose a call of a shared account is: by its tag, its registered id, its recording's folder.

The first kind that says anything decides. What says nothing, says two things, or names nobody that
is known goes to the quarantine: docs/adr/0017.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q

from reviews.models import ListedCall, ListedState, Route, RouteKind, Source, Tenant, locks
from reviews.sources import routes
from reviews.sources.intake import Received

_LONGEST = 500


class Unrouted(StrEnum):
    """Why nobody gets a call. Stable: on rows and in logs."""

    NO_ROUTE = "no_route"
    UNKNOWN_TAG = "unknown_tag"
    UNREADABLE_TAG = "unreadable_tag"
    TWO_TENANTS = "two_tenants"
    TENANT_SUSPENDED = "tenant_suspended"
    QUOTA_REACHED = "quota_reached"
    """Its tenant may take in no more; it is asked for again until there is room."""
    ROUTED_OTHERWISE = "routed_otherwise"
    """It was of another tenant before."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the call's own addresses say; of a call that did not come they say nothing."""

    tags: tuple[str, ...] | None = ()
    """None: that cannot be told for sure."""
    folders: tuple[str, ...] = ()


def said(received: Received) -> Said:
    return Said(routes.tags(received.call_url), routes.folders(received.value.get("audio_url")))


def lock(source: Source, *, is_shared: bool) -> None:
    """Until the transaction ends no route of the source changes; alone: none is gone by, either.

    So a call is decided by the routes before a change and fetched again by who makes it, or by
    those after it. Taken before any row.
    """
    locks.hold(f"routes {source.pk}", is_shared=is_shared)


def quarantined(source: Source) -> dict[str, int]:
    """Reason's code → how many calls nobody has for it. In the installation's transaction."""
    rows = ListedCall.objects.filter(source=source, state=ListedState.QUARANTINED)
    counts = rows.values_list("last_error_code").annotate(count=Count("pk"))
    return dict(counts.order_by("last_error_code"))


def tenants_of(source: Source) -> list[UUID]:
    """Every tenant that has calls of the source, or a route. In the installation's transaction."""
    led = set(Route.objects.filter(source=source).values_list("to_id", flat=True))
    listed = ListedCall.objects.filter(source=source, routed_to__isnull=False)
    return sorted(led | set(listed.values_list("routed_to_id", flat=True).distinct()))


def decide(row: ListedCall, said: Said) -> UUID | Unrouted:
    """The tenant of a call, or why there is none. In the installation's transaction.

    Who had it before keeps it where nothing else is said, and is asked for where another is.
    """
    found = _by_routes(row, said)
    if row.routed_to_id is None or found == row.routed_to_id:
        return found
    if found is not Unrouted.NO_ROUTE:
        return Unrouted.ROUTED_OTHERWISE if isinstance(found, UUID) else found
    return _unless_suspended(row.routed_to_id)


def _by_routes(row: ListedCall, said: Said) -> UUID | Unrouted:
    if said.tags is None:
        return Unrouted.UNREADABLE_TAG
    found = _found(row, said)
    if said.tags:
        is_known = set(found[RouteKind.TAG]) == set(said.tags)
        return _only(found[RouteKind.TAG]) if is_known else Unrouted.UNKNOWN_TAG
    return _only(found[RouteKind.EXTERNAL_ID] or found[RouteKind.AUDIO])


def _found(row: ListedCall, said: Said) -> Mapping[str, dict[str, UUID]]:
    """Kind → value → tenant, of the routes that the call meets: one SQL query."""
    asked = {
        RouteKind.TAG: _storable(said.tags or ()),
        RouteKind.EXTERNAL_ID: [row.external_id],
        RouteKind.AUDIO: _storable(said.folders),
    }
    meets = Q()
    for kind, values in asked.items():
        meets |= Q(kind=kind, value__in=values)
    rows = Route.objects.filter(meets, source_id=row.source_id)
    found: defaultdict[str, dict[str, UUID]] = defaultdict(dict)
    for rule in rows:
        found[rule.kind][rule.value] = rule.to_id
    return found


def _storable(values: tuple[str, ...]) -> list[str]:
    """Those that a route can have; a database refuses to be asked for some of the others."""
    return [each for each in values if each.isprintable() and len(each) <= _LONGEST]


def _only(found: Mapping[str, UUID]) -> UUID | Unrouted:
    tenants = set(found.values())
    if len(tenants) != 1:
        return Unrouted.TWO_TENANTS if tenants else Unrouted.NO_ROUTE
    return _unless_suspended(tenants.pop())


def _unless_suspended(tenant_id: UUID) -> UUID | Unrouted:
    is_open = Tenant.objects.filter(pk=tenant_id, suspended_at=None).exists()
    return tenant_id if is_open else Unrouted.TENANT_SUSPENDED
