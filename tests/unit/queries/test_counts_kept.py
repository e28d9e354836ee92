"""The statement that is kept is the one that the ORM writes, for whoever asks and whenever."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviews.models import MemberRole, MemberScope, Membership, Tenant
from reviews.models.ids import uuid7
from reviews.queries import queue_items
from reviews.queries.queue_query import Filters, Sort, parse

VIEWS = [
    Filters(),
    parse("is:undecided assignee:me age:>2d"),
    replace(parse("is:decided by:me"), sort=Sort.DECIDED),
    parse("is:overdue"),
    parse("is:held"),
]


@pytest.mark.parametrize("scope", MemberScope)
@pytest.mark.parametrize("role", [MemberRole.LEAD, MemberRole.AGENT])
def test_it_asks_for_the_member_and_the_moment(scope: MemberScope, role: MemberRole) -> None:
    for at in (datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2027, 5, 2, 10, tzinfo=UTC)):
        ids = {"pk": uuid7(), "tenant_id": uuid7(), "user_id": uuid7()}
        member = Membership(scope=scope, role=role, **ids)
        rows = Tenant.objects.filter(pk=member.tenant_id)
        rows = rows.values_list(*queue_items.counted(member, VIEWS, at))
        sql, parameters = rows.query.sql_with_params()
        kept, given = queue_items.statement(member, VIEWS, at)
        assert (kept, given) == (sql, list(parameters))
