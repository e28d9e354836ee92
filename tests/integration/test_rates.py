"""How many requests a key may send in a minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reviews.accounts import rates
from reviews.models import KeyUse, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 2, 9, 30, 17, tzinfo=UTC)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer["RateLimit-Limit"], answer["RateLimit-Remaining"]


def test_every_answer_says_how_many_are_left(tenant: Tenant, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 50
    key = api.token(tenant)
    assert told(api.get(key, "findings")) == (200, "50", "49")
    refused = api.get(key, "findings", limit="none")
    assert told(refused) == (400, "50", "48"), "what is refused is counted"
    assert 0 < int(refused["RateLimit-Reset"]) <= rates.WINDOW_S
    assert "RateLimit-Limit" not in api.get("vb_live_none", "findings")


def test_what_is_too_much_is_told_to_wait(tenant: Tenant, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 1
    key, other = api.token(tenant), api.token(tenant)
    api.get(key, "findings")
    refused = api.get(key, "findings")
    status, _, problem = api.problem(refused)
    assert (status, problem["code"]) == (429, "too_many_requests")
    assert refused["Retry-After"] == refused["RateLimit-Reset"]
    assert refused["RateLimit-Remaining"] == "0"
    assert api.get(other, "findings").status_code == 200, "another key has its own count"


def test_a_minute_begins_anew(tenant: Tenant) -> None:
    row = api.made(tenant).row
    seconds = [0, 42, 43]
    counted = [rates.count(row, now=AT + timedelta(seconds=each)) for each in seconds]
    assert [each.requests for each in counted] == [1, 2, 1]
    assert [each.reset_s for each in counted] == [43, 1, 60]


def test_none_is_lost_of_many_at_once(tenant: Tenant) -> None:
    row = api.made(tenant).row
    at_once(8, lambda: [rates.count(row, now=AT) for _ in range(5)])
    with tenant_context(tenant.pk):
        assert KeyUse.objects.get().requests == 40
