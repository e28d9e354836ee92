"""The row that paces a source: a turn soon is waited for, a turn far away is left to others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.egress import RateLimited
from reviews.ingest.pacer import LONGEST_WAIT_S, RowPacer
from reviews.models import Source, SourceKind, Tenant
from reviews.models.tenancy import tenant_context

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source() -> Source:
    tenant = Tenant.objects.create(slug="a", name="A")
    with tenant_context(tenant.pk):
        return Source.objects.create(
            tenant_id=tenant.pk,
            kind=SourceKind.ASSEMBLYAI,
            name="calls",
            base_url="https://api.example.com",
            sealed_key=b"x",
            requests_per_second=0.5,
        )


def _pacer(source: Source, slept: list[float]) -> RowPacer:
    return RowPacer(tenant_id=source.tenant_id, source_id=source.pk, sleep=slept.append)


def _put_off(source: Source, seconds: float) -> None:
    with tenant_context(source.tenant_id):
        at = timezone.now() + timedelta(seconds=seconds)
        Source.objects.filter(pk=source.pk).update(next_request_at=at)


def _next(source: Source) -> object:
    with tenant_context(source.tenant_id):
        return Source.objects.get(pk=source.pk).next_request_at


def test_wait_turn_sleeps_until_a_turn_that_is_near(source: Source) -> None:
    slept: list[float] = []
    _pacer(source, slept).wait_turn()
    assert slept == []
    _pacer(source, slept).wait_turn()
    assert slept == [pytest.approx(2.0, abs=0.5)]


def test_wait_turn_raises_and_takes_nothing_when_the_turn_is_far_away(source: Source) -> None:
    _put_off(source, 60)
    before = _next(source)
    slept: list[float] = []
    with pytest.raises(RateLimited) as raised:
        _pacer(source, slept).wait_turn()
    assert raised.value.retry_after == pytest.approx(60, abs=2)
    assert (slept, _next(source)) == ([], before)


@pytest.mark.parametrize("longest", [-1.0, 0.5])
def test_wait_turn_raises_when_the_caller_has_less_time(source: Source, longest: float) -> None:
    _put_off(source, LONGEST_WAIT_S - 1)
    with pytest.raises(RateLimited):
        _pacer(source, []).wait_turn(longest=longest)
