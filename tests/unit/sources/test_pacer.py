"""The row that paces an account: a turn soon is waited for, a turn far away is left to others."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from reviews.egress import RateLimited, VendorDown
from reviews.ingest import pacer
from reviews.ingest.pacer import FIRST_CLOSED_S, LONGEST_WAIT_S, PROBE_S, CircuitOpen, RowPacer
from reviews.models import VendorAccount

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://api.example.com"


@pytest.fixture
def account() -> VendorAccount:
    made = pacer.account_of(base_url=ADDRESS, key="k")
    made.requests_per_second = 0.5
    made.save()
    return made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass for the pacer."""
    now = timezone.now()
    moment = [now]
    monkeypatch.setattr("reviews.ingest.pacer.timezone.now", lambda: moment[0])

    def pass_by(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return pass_by


def _pacer(account: VendorAccount, slept: list[float]) -> RowPacer:
    return RowPacer(account.pk, sleep=slept.append)


def _put_off(account: VendorAccount, seconds: float) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    VendorAccount.objects.filter(pk=account.pk).update(next_request_at=at)


def _next(account: VendorAccount) -> datetime | None:
    return VendorAccount.objects.get(pk=account.pk).next_request_at


def test_wait_turn_sleeps_until_a_turn_that_is_near(account: VendorAccount) -> None:
    slept: list[float] = []
    _pacer(account, slept).wait_turn()
    assert slept == []
    _pacer(account, slept).wait_turn()
    assert slept == [pytest.approx(2.0, abs=0.5)]


def test_wait_turn_raises_and_takes_nothing_when_the_turn_is_far_away(
    account: VendorAccount,
) -> None:
    _put_off(account, 60)
    before = _next(account)
    slept: list[float] = []
    with pytest.raises(RateLimited) as raised:
        _pacer(account, slept).wait_turn()
    assert raised.value.retry_after == pytest.approx(60, abs=2)
    assert (slept, _next(account)) == ([], before)


def test_wait_turn_raises_when_the_turn_is_further_than_the_caller_can_wait(
    account: VendorAccount,
) -> None:
    _put_off(account, 3)
    slept: list[float] = []
    with pytest.raises(RateLimited):
        _pacer(account, slept).wait_turn(longest=1)
    assert slept == []
    _pacer(account, slept).wait_turn(longest=LONGEST_WAIT_S)
    assert slept == [pytest.approx(3, abs=0.5)]


def test_a_key_has_one_account_whoever_uses_it(account: VendorAccount) -> None:
    assert pacer.account_of(base_url=f"{ADDRESS}/", key="k").pk == account.pk
    assert pacer.account_of(base_url=ADDRESS.upper(), key="k").pk == account.pk
    assert pacer.account_of(base_url=f"{ADDRESS}:443/", key="k").pk == account.pk
    assert pacer.account_of(base_url=ADDRESS, key="another").pk != account.pk
    assert pacer.account_of(base_url="https://eu.example.com", key="k").pk != account.pk
    assert bytes(account.fingerprint) != b"k"
    assert len(bytes(account.fingerprint)) == 32


def test_what_the_vendor_asks_for_holds_for_the_whole_account(account: VendorAccount) -> None:
    pacer.limited(account.pk, wait_s=40)
    with pytest.raises(RateLimited) as raised:
        _pacer(account, []).wait_turn()
    assert raised.value.retry_after == pytest.approx(40, abs=2)


def test_after_three_outages_nobody_asks_and_then_one_does(
    account: VendorAccount, later: Callable[[float], None]
) -> None:
    for _ in range(pacer.FAILURES):
        later(10)
        _pacer(account, []).wait_turn()
        pacer.is_down(account.pk)
    with pytest.raises(VendorDown, match="3 times in a row"):
        _pacer(account, []).wait_turn()
    later(FIRST_CLOSED_S + 1)
    _pacer(account, []).wait_turn()
    with pytest.raises(VendorDown):
        _pacer(account, []).wait_turn()
    pacer.answered(account.pk)
    later(3)
    _pacer(account, []).wait_turn()


def test_an_outage_that_goes_on_is_asked_about_less_and_less(
    account: VendorAccount, later: Callable[[float], None]
) -> None:
    for _ in range(pacer.FAILURES + 2):
        pacer.is_down(account.pk)
    later(2 * FIRST_CLOSED_S)
    with pytest.raises(VendorDown):
        _pacer(account, []).wait_turn()
    later(2 * FIRST_CLOSED_S + 1)
    _pacer(account, []).wait_turn()
    later(PROBE_S + 1)
    _pacer(account, []).wait_turn()


def test_who_probes_goes_on_asking_and_nobody_else_begins(
    account: VendorAccount, later: Callable[[float], None]
) -> None:
    for _ in range(pacer.FAILURES):
        pacer.is_down(account.pk)
    later(FIRST_CLOSED_S + 1)
    probing, other = _pacer(account, []), _pacer(account, [])
    probing.wait_turn()
    later(3)
    with pytest.raises(CircuitOpen):
        other.wait_turn()
    probing.wait_turn()
    later(PROBE_S - 1)
    with pytest.raises(CircuitOpen):
        other.wait_turn()
    later(2)
    other.wait_turn()
    with pytest.raises(CircuitOpen):
        probing.wait_turn()
