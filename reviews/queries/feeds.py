"""Lists for those who keep a copy: in the order of the last change, a page at a time.

No change is skipped, however late it is committed. A row carries the time at which its change was
made, and others see it only after the commit. So a feed ends before the beginning of the oldest
transaction that is still open, less MARGIN, for a time that was taken just before a transaction
and for clocks that differ: whatever is committed later carries a later time than all that was
handed out.

What was erased is in its place among the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from reviews import access
from reviews.models import Evaluation, GoneKind, QueueItem, Tombstone, Transcript
from reviews.models.rows import select

MARGIN = timedelta(seconds=2)
PAGE = 100
PAGE_AT_MOST = 200
Place = tuple[datetime, UUID]
"""A row's time of change and id: where a page ended."""
Paths = Sequence[str]
"""Columns of a row and of what it refers to, as a query names them."""
Narrow = Callable[["QuerySet[Any]"], "QuerySet[Any]"]
"""Leaves the rows that are asked for."""
_OLDEST = """
SELECT min(xact_start) FROM pg_stat_activity
WHERE datname = current_database() AND xact_start IS NOT NULL
"""
"""Sessions of the same role show theirs: web and worker are one role, and nobody else writes."""
UNREAD = ("payload", "features", "removed", "signature")
"""Columns of a transcript that no answer shows, and that are large."""


class NotTracked(RuntimeError):
    """PostgreSQL does not tell which transactions are open, so rows could be skipped unseen."""

    def __init__(self) -> None:
        super().__init__(
            "feeds were refused: pg_stat_activity shows no transaction. Set track_activities = on."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """`since` is included; `after`, where a page ended, is not. `limit` is 1 to PAGE_AT_MOST."""

    since: datetime | None = None
    after: Place | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Rows by the paths that were asked for."""

    rows: Sequence[Mapping[str, Any]]
    gone: Sequence[tuple[int, Place]]
    """Where in the page a row stands that was erased, and which it is."""
    next: Place | None
    """None where nothing more has settled yet."""


def transcripts(tenant_id: UUID, asked: Asked, paths: Paths, narrow: Narrow) -> Page:
    """By the time a revision was received. Three SQL queries, as each feed."""
    rows = narrow(transcript_rows(tenant_id))
    return _page(rows, "id", asked, paths, _gone(tenant_id, GoneKind.TRANSCRIPT))


def evaluations(tenant_id: UUID, asked: Asked, paths: Paths, narrow: Narrow) -> Page:
    """By the time they were made: an evaluation never changes."""
    rows = narrow(evaluation_rows(tenant_id))
    return _page(rows, "id", asked, paths, _gone(tenant_id, GoneKind.EVALUATION))


def findings(tenant_id: UUID, asked: Asked, paths: Paths, narrow: Narrow) -> Page:
    """Queue items by the last change of their standing; each has its finding."""
    rows = narrow(queue_items(tenant_id))
    return _page(rows, "finding_id", asked, paths, _gone(tenant_id, GoneKind.FINDING))


def newest_transcripts(tenant_id: UUID, limit: int, narrow: Narrow) -> Sequence[Any]:
    """The last that were received. One SQL query, as the next two."""
    return _newest(narrow(transcript_rows(tenant_id)), "id", limit)


def newest_evaluations(tenant_id: UUID, limit: int, narrow: Narrow) -> Sequence[Any]:
    return _newest(narrow(evaluation_rows(tenant_id).defer("results")), "id", limit)


def newest_findings(tenant_id: UUID, limit: int, narrow: Narrow) -> Sequence[Any]:
    rows = queue_items(tenant_id).defer("finding__evaluation__results")
    return _newest(narrow(rows), "finding_id", limit)


def _newest(rows: "QuerySet[Any]", id_field: str, limit: int) -> Sequence[Any]:
    return list(rows.order_by("-updated_at", f"-{id_field}")[:limit])


def transcript_rows(tenant_id: UUID) -> "QuerySet[Any]":
    rows = access.scoped_to(Transcript, tenant_id).defer(*UNREAD)
    return rows.annotate(updated_at=F("received_at"))


def evaluation_rows(tenant_id: UUID) -> "QuerySet[Any]":
    """With the rubric each was made by."""
    rows = access.scoped_to(Evaluation, tenant_id).select_related("rubric_version__rubric")
    return rows.annotate(updated_at=F("created_at"))


def queue_items(tenant_id: UUID) -> "QuerySet[Any]":
    """Findings with where they stand, and `updated_at`."""
    rows = access.scoped_to(QueueItem, tenant_id)
    return rows.select_related("finding__evaluation__rubric_version")


def _gone(tenant_id: UUID, kind: GoneKind) -> "QuerySet[Any]":
    """Whatever narrows the rows: of what is gone nothing is known that could be asked for."""
    rows = access.scoped_to(Tombstone, tenant_id).filter(kind=kind)
    return rows.annotate(updated_at=F("deleted_at"))


def _page(
    rows: "QuerySet[Any]", id_field: str, asked: Asked, paths: Paths, gone: "QuerySet[Any]"
) -> Page:
    until = settled()  # read first: the rows' own statements see more
    found: list[tuple[Place, Any]] = _placed(rows, id_field, asked, until, paths)
    erased = [(place, None) for place, _ in _placed(gone, "gone_id", asked, until, ())]
    if erased:
        found = sorted([*found, *erased], key=itemgetter(0))
    shown = found[: asked.limit]
    return Page(
        rows=[row for _, row in shown if row is not None],
        gone=[(at, place) for at, (place, row) in enumerate(shown) if row is None],
        next=shown[-1][0] if len(found) > asked.limit else None,
    )


def _placed(
    rows: "QuerySet[Any]", id_field: str, asked: Asked, until: datetime, paths: Paths
) -> list[tuple[Place, Mapping[str, Any]]]:
    """As many as a page has, and one more, each with its place."""
    rows = rows.filter(updated_at__lt=until)
    if asked.since is not None:
        rows = rows.filter(updated_at__gte=asked.since)
    if asked.after is not None:
        at, row_id = asked.after
        beyond = Q(updated_at__gt=at) | Q(updated_at=at, **{f"{id_field}__gt": row_id})
        rows = rows.filter(beyond, updated_at__gte=at)
    values = rows.values(*dict.fromkeys((*paths, "updated_at", id_field)))
    found = values.order_by("updated_at", id_field)[: asked.limit + 1]
    return [((row["updated_at"], row[id_field]), row) for row in found]


def settled() -> datetime:
    """Every change that carries an earlier time is committed. Raises NotTracked."""
    ((oldest,),) = select(_OLDEST, {})
    if oldest is None:  # not even the transaction that asks
        raise NotTracked
    began: datetime = oldest
    return began - MARGIN
