"""Which findings the queue's text stands for, in which order, from where on, and how many."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F, Func, IntegerField, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable, RawSQL

from reviews import access
from reviews.detection import phrases
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.models import FindingOutcome, Membership, QueueItem, Tenant
from reviews.queries.queue_query import ME, NOBODY, STANDINGS, FilterRefused, Filters, Sort

COUNT_AT_MOST = 1_000
CALLS_AT_MOST = 5_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDERS: Mapping[Sort, tuple[str, ...]] = {
    Sort.GRAVEST: ("rank", "found_at", "id"),
    Sort.DUE: ("due_at", "id"),
    Sort.DECIDED: ("decided_at", "id"),
}
_NEWEST_FIRST = frozenset({Sort.DECIDED})

Items = QuerySet[QueueItem]


def matching(membership: Membership, filters: Filters, now: datetime) -> Items:
    """Those that `membership` may see, in no order. Raises FilterRefused."""
    rows = access.visible_queue_items(membership).filter(standing__in=STANDINGS[filters.stands])
    for narrow in (_narrowed_by_rule, _narrowed_by_people, _narrowed_by_time):
        rows = narrow(rows, filters, membership, now)
    if filters.phrase:
        rows = rows.filter(transcript__in=_calls_with(filters.phrase))
    if filters.is_unsure:
        rows = rows.filter(finding__is_unsure=True)
    if filters.is_absent:
        rows = rows.filter(finding__outcome=FindingOutcome.ABSENT)
    return rows


def ordered(rows: Items, filters: Filters) -> Items:
    """In the order of the text, after its cursor. Raises FilterRefused where that is none."""
    order = _ORDERS[filters.sort]
    sign = "-" if filters.sort in _NEWEST_FIRST else ""
    return _after(rows, filters).order_by(*(f"{sign}{name}" for name in order))


def counts(membership: Membership, views: Sequence[Filters], now: datetime) -> list[int]:
    """Of each view how many, COUNT_AT_MOST at most. One SQL query; none where there is no view."""
    if not views:
        return []
    rows = Tenant.objects.filter(pk=membership.tenant_id)
    return list(rows.values_list(*counted(membership, views, now)).get())


def counted(membership: Membership, views: Sequence[Filters], now: datetime) -> list[Combinable]:
    """The same as columns for somebody else's statement.

    The order makes each count walk an index of its own; else it may read every finding there is.
    """
    return [
        _Count(ordered(matching(membership, view, now), view).values("pk")[:COUNT_AT_MOST])
        for view in views
    ]


def found_since(membership: Membership, filters: Filters, since: datetime, now: datetime) -> int:
    """How many of them were found after `since`, COUNT_AT_MOST at most. One SQL query."""
    newer = matching(membership, filters, now).filter(found_at__gt=since)
    return newer.values("pk")[:COUNT_AT_MOST].count()


def statement(
    membership: Membership, views: Sequence[Filters], now: datetime
) -> tuple[str, list[Any]]:
    """The same counts as a statement of their own, and its parameters; one row.

    The ORM takes longer to write it than the database to answer, so what was written is kept with
    stand-ins for who asks and when.
    """
    sql, parameters = written(tuple(views), membership.scope, membership.role)
    given = {_TENANT: membership.tenant_id, _USER: membership.user_id, _MEMBER: membership.pk}
    return sql, [
        now + (each - _EPOCH) if isinstance(each, datetime) else given.get(each, each)
        for each in parameters
    ]


_TENANT, _USER, _MEMBER = (UUID(int=number) for number in (1, 2, 3))


@lru_cache(maxsize=64)
def written(views: tuple[Filters, ...], scope: str, role: str) -> tuple[str, tuple[Any, ...]]:
    """The statement with stand-ins: nothing of a tenant's or a person's is kept."""
    member = Membership(pk=_MEMBER, tenant_id=_TENANT, user_id=_USER, scope=scope, role=role)
    rows = Tenant.objects.filter(pk=_TENANT).values_list(*counted(member, views, _EPOCH))
    return rows.query.sql_with_params()


class _Count(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _narrowed_by_rule(rows: Items, wanted: Filters, member: Membership, now: datetime) -> Items:
    if wanted.rule:
        rows = rows.filter(rule_code=wanted.rule)
    if wanted.severities:
        rows = rows.filter(rank__in=[GRAVEST_FIRST.index(each) for each in wanted.severities])
    if wanted.alike:
        like = (
            access.visible_queue_items(member)
            .filter(finding=_id(wanted.alike))
            .values_list("rule_code", "phrase_key")
        )
        found = like.first()
        rows = rows.filter(rule_code=found[0], phrase_key=found[1]) if found else rows.none()
    return rows


def _narrowed_by_people(rows: Items, wanted: Filters, member: Membership, now: datetime) -> Items:
    if wanted.agent:
        named = Q(agent__name__iexact=wanted.agent) | Q(agent__external_id=wanted.agent)
        rows = rows.filter(named)
    if wanted.team:
        rows = rows.filter(agent__team__name__iexact=wanted.team)
    if wanted.source:
        rows = rows.filter(transcript__source__name__iexact=wanted.source)
    if wanted.assignee:
        rows = rows.filter(_person("assigned_to", wanted.assignee, member))
    if wanted.by:
        rows = rows.filter(_person("decided_by", wanted.by, member))
    return rows


def _narrowed_by_time(rows: Items, wanted: Filters, member: Membership, now: datetime) -> Items:
    waited = wanted.waited()
    if waited:
        way, length = waited
        rows = rows.filter(**{f"found_at__{'lt' if way == '>' else 'gt'}": now - length})
    if wanted.is_overdue:
        rows = rows.filter(due_at__lt=now)
    if wanted.is_held:
        return rows.filter(held_until__gt=now)
    return rows.filter(Q(held_until=None) | Q(held_until__lte=now))


_FOUND = "SELECT transcript_id FROM find_calls(%s::text[], %s, NULL, NULL, %s)"
"""Found as the list of calls finds them: docs/adr/0019."""


def _calls_with(phrase: str) -> RawSQL:
    """The newest CALLS_AT_MOST on which it is said. Raises FilterRefused where it has no word."""
    tokens = phrases.tokens_of(phrase)
    if not tokens:
        raise FilterRefused(
            "The query was refused", "a phrase without a word", "Write what is said."
        )
    speakers = "".join((*phrases.ROLES.values(), phrases.OTHER))
    wanted = [phrases.lexemes_of(tokens), speakers, CALLS_AT_MOST]
    return RawSQL(_FOUND, wanted)  # noqa: S611 # a statement of our own, its values apart


def _person(name: str, who: str, member: Membership) -> Q:
    if who == ME:
        return Q(**{name: member.user_id})
    return Q(**{name: None}) if who == NOBODY else Q(**{f"{name}__email": who.lower()})


def _after(rows: Items, filters: Filters) -> Items:
    """Compared as one row, which the index answers without a look at those before."""
    order = _ORDERS[filters.sort]
    if filters.sort is not Sort.GRAVEST:
        rows = rows.exclude(**{order[0]: None})
    if not filters.after:
        return rows
    row = Func(*map(F, order), function="ROW", output_field=TextField())
    place = Func(*map(Value, _parsed(filters)), function="ROW", output_field=TextField())
    way = "lt" if filters.sort in _NEWEST_FIRST else "gt"
    return rows.alias(row=row).filter(**{f"row__{way}": place})


def cursor_of(item: QueueItem, sort: Sort) -> str:
    """Where the page after this item begins."""
    return ".".join(_plain(getattr(item, name)) for name in _ORDERS[sort])


def _plain(value: int | datetime | UUID | None) -> str:
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return value.hex if isinstance(value, UUID) else str(value)


def _parsed(filters: Filters) -> list[Any]:
    """Raises FilterRefused."""
    given = filters.after.split(".")
    try:
        *rank, micros, item_id = given if len(given) == len(_ORDERS[filters.sort]) else ("", "")
        at = _EPOCH + timedelta(microseconds=int(micros))
        ranks = [min(max(int(each), 0), len(GRAVEST_FIRST)) for each in rank]
        return [*ranks, at, UUID(item_id)]
    except (ValueError, OverflowError):
        raise FilterRefused(
            "The page is refused", "an “after” that is no place in the queue",
            "Begin at the first page.",
        ) from None  # fmt: skip


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise FilterRefused(
            "The query was refused", "an “alike:” that is no finding's id", "Follow the link again."
        ) from None
