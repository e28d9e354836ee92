"""What a source is known to have, as its page counts and lists it: a number and its list agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from reviews import access
from reviews.models import FoundBy, ListedCall, ListedState, Membership, Source
from reviews.queries import places

PAGE = 50
UNANSWERED = Q(webhook_status__isnull=False) & ~Q(webhook_status__range=(200, 299))
COMPARED = Q(found_by=FoundBy.RECONCILIATION)
STATES = tuple(state for state in ListedState if state != ListedState.QUARANTINED)
"""What becomes of a tenant's own calls; in quarantine are those of no tenant."""


@dataclass(frozen=True, slots=True)
class Listed:
    row: ListedCall
    transcript_id: UUID | None
    """Where the call is here, and may be seen."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    rows: Sequence[Listed]
    next: str
    """The next page's cursor, "" at the end."""


def today(now: datetime) -> Q:
    """First heard of since midnight, in the zone that the page shows its times in."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Q(seen_at__gte=midnight)


def kinds(now: datetime) -> Mapping[str, Q]:
    """Name of a list → what is in it."""
    states = {str(state.value): Q(state=state) for state in STATES}
    return {
        "all": Q(), "today": today(now), **states, "compared": COMPARED, "unanswered": UNANSWERED,
    }  # fmt: skip


def calls(source: Source) -> "QuerySet[ListedCall]":
    return access.scoped_to(ListedCall, source.tenant_id).filter(source=source)


def page(membership: Membership, rows: "QuerySet[ListedCall]", after: str) -> ListedPage:
    """The newest first. Two SQL queries. Raises FilterRefused where the cursor is none of ours."""
    place = places.parsed(after)
    if place:
        rows = rows.filter(places.beyond(place, "seen_at"))
    found = list(rows.order_by("-seen_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    last = (shown[-1].seen_at, shown[-1].pk) if len(found) > PAGE else None
    here = _here(membership, shown)
    return ListedPage(
        rows=[Listed(row, here.get((row.source_id, row.external_id))) for row in shown],
        next=places.cursor(last),
    )


def _here(membership: Membership, rows: Sequence[ListedCall]) -> Mapping[tuple[UUID, str], UUID]:
    transcripts = access.visible_transcripts(membership).filter(
        source__in={row.source_id for row in rows},
        external_id__in=[row.external_id for row in rows],
    )
    found = transcripts.values_list("source_id", "external_id", "pk")
    return {(source_id, external_id): pk for source_id, external_id, pk in found}
