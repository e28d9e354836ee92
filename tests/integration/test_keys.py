"""Keys of the API: two secrets amid a rotation, networks, the end that is told of, revocation."""

import hmac
import re
import secrets
import threading
import time
from datetime import datetime, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from reviews import audit, tasks
from reviews.accounts import keys
from reviews.accounts.keys import Scope
from reviews.jobs import ledger
from reviews.models import (
    ApiAnswer,
    ApiKey,
    AuditEvent,
    Job,
    JobKind,
    KeyUse,
    MemberRole,
    Membership,
    Notification,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.tenants import World, world
from tests.factories.told import told

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HERE = "203.0.113.7"
DOCS = Path(__file__).parents[2] / "docs" / "integrator.md"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def made(tenant: Tenant) -> keys.Made:
    return key(tenant)


def key(tenant: Tenant, *, days: int = 90, networks: tuple[str, ...] = ()) -> keys.Made:
    wanted = keys.Wanted("crm", [Scope.FINDINGS], days, networks)
    return keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=NOW)


def named(of: keys.Made) -> dict[str, Any]:
    return {"tenant_id": of.row.tenant_id, "prefix": of.row.prefix, "by": None}


def rotated(of: keys.Made, *, at: datetime = NOW, hours: int = 24, days: int = 90) -> keys.Made:
    return keys.rotate(**named(of), days=days, overlap_h=hours, now=at)


def is_good(of: keys.Made, *, at: datetime = NOW, address: str = HERE) -> bool:
    return keys.find(f"Bearer {of.token}", address=address, now=at) is not None


def row_of(of: keys.Made) -> ApiKey:
    with tenant_context(of.row.tenant_id):
        return ApiKey.objects.get(pk=of.row.pk)


def hours(count: float) -> datetime:
    return NOW + timedelta(hours=count)


def test_after_a_rotation_both_secrets_are_good_until_the_old_ones_time(made: keys.Made) -> None:
    new = rotated(made, days=30)
    assert (new.row.pk, new.row.expires_at) == (made.row.pk, NOW + timedelta(days=30))
    assert (is_good(made, at=hours(23.9)), is_good(new, at=hours(23.9))) == (True, True)
    assert (is_good(made, at=hours(24)), is_good(new, at=hours(24))) == (False, True)
    assert made.token.split("_")[:4] == new.token.split("_")[:4]


def test_a_rotation_within_the_overlap_ends_the_oldest(made: keys.Made) -> None:
    second = rotated(made)
    third = rotated(second, at=hours(1), hours=168)
    assert [is_good(each, at=hours(2)) for each in (made, second, third)] == [False, True, True]
    assert (is_good(second, at=hours(168.9)), is_good(second, at=hours(169))) == (True, False)


def test_with_no_overlap_the_old_secret_ends_at_once(made: keys.Made) -> None:
    new = rotated(made, hours=0)
    assert (is_good(made), is_good(new)) == (False, True)


def test_a_rotation_makes_no_secret_live_longer_than_it_was_given(tenant: Tenant) -> None:
    old = key(tenant, days=1)
    new = rotated(old, hours=168)
    assert keys.previous_until(new.row, NOW) == hours(24)
    assert (is_good(old, at=hours(24)), is_good(new, at=hours(24))) == (False, True)


def test_revoking_ends_both_secrets(made: keys.Made) -> None:
    new = rotated(made)
    keys.revoke(**named(made), now=NOW)
    assert (is_good(made), is_good(new)) == (False, False)


@pytest.mark.parametrize(("days", "overlap"), [(0, 24), (366, 24), (90, -1), (90, 169)])
def test_a_rotation_beyond_its_bounds_is_refused(days: int, overlap: int, made: keys.Made) -> None:
    with pytest.raises(keys.KeyRefused):
        rotated(made, days=days, hours=overlap)
    assert is_good(made)


def test_a_key_that_ended_is_neither_rotated_nor_changed(made: keys.Made) -> None:
    late = made.row.expires_at
    for act in (lambda: rotated(made, at=late), lambda: tied(made, [HERE], at=late)):
        with pytest.raises(keys.KeyRefused, match="no key that is in use"):
            act()


def tied(of: keys.Made, to: list[str], *, at: datetime = NOW) -> ApiKey:
    return keys.tie(**named(of), to=to, now=at)


def test_every_act_is_on_the_trail_without_secret_or_network(made: keys.Made) -> None:
    new = rotated(made)
    tied(made, [HERE])
    with tenant_context(made.row.tenant_id):
        rows = list(AuditEvent.objects.order_by("sequence"))
        stored = str(list(ApiKey.objects.values()))
    assert [row.event for row in rows] == [
        audit.Event.KEY_MADE, audit.Event.KEY_ROTATED, audit.Event.KEY_NETWORKS_CHANGED,
    ]  # fmt: skip
    assert rows[1].data == {"days": 90, "overlap_h": 24}
    assert HERE not in str([row.data for row in rows])
    for each in (made, new):
        assert each.token.split("_")[4][:64] not in stored


def test_every_wrong_key_compares_two_secrets(
    made: keys.Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def compare(a: bytes, b: bytes) -> bool:
        seen.append(len(a))
        return hmac.compare_digest(a, b)

    monkeypatch.setattr("reviews.accounts.keys.compare_digest", compare)
    own, prefix = made.row.tenant_id.hex, made.row.prefix
    new = rotated(made)
    for token in (
        made.token,
        new.token,
        api.forged(own, prefix, secrets.token_hex(32)),
        api.forged(own, "f" * 12, secrets.token_hex(32)),
        api.forged("0" * 32, prefix, secrets.token_hex(32)),
    ):
        seen.clear()
        keys.find(f"Bearer {token}", address=HERE, now=NOW)
        assert seen == [32, 32]


def test_a_key_is_taken_from_its_networks_alone_and_the_refusal_is_noted(tenant: Tenant) -> None:
    of = key(tenant, networks=("203.0.113.0/24", "2001:db8::/32"))
    assert all(is_good(of, address=each) for each in (HERE, "2001:db8::5", f"::ffff:{HERE}"))
    assert row_of(of).last_refused_at is None
    noted = []
    for seconds in (1, 59, 61, 62):
        at = NOW + timedelta(seconds=seconds)
        assert not is_good(of, address="198.51.100.1", at=at)
        noted.append((row_of(of).last_refused_at or NOW) - NOW)
    assert [each.seconds for each in noted] == [1, 1, 61, 61]
    assert row_of(of).last_used_at == NOW


def test_a_wrong_secret_from_elsewhere_is_not_noted(tenant: Tenant) -> None:
    of = key(tenant, networks=(HERE,))
    wrong = api.forged(tenant.pk.hex, of.row.prefix, secrets.token_hex(32))
    assert keys.find(f"Bearer {wrong}", address="198.51.100.1", now=NOW) is None
    assert row_of(of).last_refused_at is None


def test_a_key_from_elsewhere_is_answered_like_no_key(tenant: Tenant) -> None:
    of = key(tenant, networks=(HERE,))
    sent = {"Authorization": f"Bearer {of.token}"}
    nothing = api.problem(Client().get("/api/v1/findings"))
    assert api.problem(Client().get("/api/v1/findings", headers=sent)) == nothing
    # What a caller says of itself is no address.
    said = sent | {"X-Forwarded-For": HERE, "Forwarded": f"for={HERE}", "X-Real-IP": HERE}
    assert api.problem(Client().get("/api/v1/findings", headers=said)) == nothing
    here = Client(REMOTE_ADDR=HERE).get("/api/v1/findings", headers=sent)
    assert here.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_key_revoked_in_another_connection_is_refused_at_its_next_request(
    tenant: Tenant,
) -> None:
    of = key(tenant)
    client = Client(headers={"Authorization": f"Bearer {of.token}"})
    assert client.get("/api/v1/findings").status_code == 200

    def revoke() -> None:
        keys.revoke(**named(of), now=timezone.now())
        connection.close()

    elsewhere = threading.Thread(target=revoke)
    elsewhere.start()
    elsewhere.join()
    began = time.monotonic()
    assert client.get("/api/v1/findings").status_code == 401
    assert time.monotonic() - began < 1


@pytest.fixture
def a() -> World:
    """Its user is the admin, a lead is there, and no key yet."""
    made, lead = world("a"), User.objects.create_user("lead@a.test")
    with tenant_context(made.tenant.pk):
        Membership.objects.update(role=MemberRole.TENANT_ADMIN)
        Membership.objects.create(tenant=made.tenant, user=lead, role=MemberRole.LEAD)
        ApiAnswer.objects.all().delete()
        KeyUse.objects.all().delete()
        ApiKey.objects.all().delete()
    return made


def look(of: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The job at that time; when it looks next."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    tenant_id = of.tenant.pk
    with tenant_context(tenant_id):
        ledger.wake(tenant_id=tenant_id, kind=JobKind.KEYS, source_id=tenant_id, at=at)
        job = Job.objects.get(kind=JobKind.KEYS)
        Job.objects.filter(pk=job.pk).update(due_at=at)
    claim = ledger.claim(tenant_id=of.tenant.pk, job_id=job.pk)
    assert claim is not None
    tasks.work(claim)
    with tenant_context(of.tenant.pk):
        job.refresh_from_db()
    assert (job.last_error_code, job.state) == ("", "queued" if job.due_at > at else "done")
    return job.due_at


def read(of: World) -> None:
    with tenant_context(of.tenant.pk):
        Notification.objects.update(read_at=timezone.now())


def ends(of: World) -> int:
    """How many unread notifications of it the tenant's people have: its one admin's."""
    assert {who for who, kind in told(of.tenant) if kind == "key_ends"} <= {"a"}
    return told(of.tenant).count(("a", "key_ends"))


def test_admins_are_told_once_of_a_used_key_fourteen_days_before_its_end(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = key(a.tenant, days=40)
    near = NOW + timedelta(days=26)
    with tenant_context(a.tenant.pk):
        assert Job.objects.get(kind=JobKind.KEYS).due_at == near
    assert is_good(of, at=NOW + timedelta(days=1))
    assert look(a, near - timedelta(hours=1), monkeypatch) == near
    assert ends(a) == 0
    look(a, near, monkeypatch)
    assert ends(a) == 1
    read(a)
    look(a, near + timedelta(days=1), monkeypatch)
    assert ends(a) == 0


def test_a_key_that_nobody_uses_is_looked_at_again_each_day(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = key(a.tenant, days=60)
    near = NOW + timedelta(days=46)
    assert is_good(of, at=NOW + timedelta(days=15))  # 31 days before
    assert look(a, near, monkeypatch) == near + timedelta(days=1)
    assert ends(a) == 0
    assert is_good(of, at=near + timedelta(hours=3))
    look(a, near + timedelta(days=1), monkeypatch)
    assert ends(a) == 1


def test_the_next_end_is_told_of_anew_and_a_revoked_key_never(
    a: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, other = key(a.tenant, days=15), key(a.tenant, days=15)
    assert is_good(of, at=NOW)
    assert is_good(other, at=NOW)
    keys.revoke(**named(other), now=NOW)
    look(a, hours(48), monkeypatch)
    assert ends(a) == 1
    read(a)
    rotated(of, at=hours(50), days=20)
    assert look(a, hours(51), monkeypatch) == hours(50) + timedelta(days=6)
    assert ends(a) == 0
    look(a, hours(50) + timedelta(days=6), monkeypatch)
    assert ends(a) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_keys_from_before_are_watched_in_every_tenant() -> None:
    worlds = [world("a"), world("b")]
    migration: Any = import_module("reviews.migrations.0050_api_keys")
    owner = SimpleNamespace(connection=connections["owner"])
    for statements, count in (([migration.WATCH], 1), (migration.FORGET, 0)):
        with transaction.atomic(using="owner"):
            migration.in_each_tenant(*statements)(None, owner)
        for one in worlds:
            with tenant_context(one.tenant.pk):
                assert Job.objects.filter(kind=JobKind.KEYS).count() == count


def run(*arguments: str, whose: str = "--tenant=north") -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("api_key", *arguments, whose, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def test_the_command_rotates_and_ties_a_key_to_networks(made: keys.Made) -> None:
    own = made.row.prefix
    token, said = run("rotate", own, "--days=30", "--overlap-hours=48")
    assert "the secret before until" in said
    found = keys.find(f"Bearer {token}", address=HERE, now=timezone.now())
    assert found is not None
    assert found.pk == made.row.pk
    listed, _ = run("networks", own, "--networks=2001:db8::/32, 203.0.113.7")
    assert listed.endswith("from 203.0.113.7/32,2001:db8::/32")
    assert not is_good(made, address="198.51.100.1")
    assert "refused from elsewhere" in run("list")[0]
    assert "from " not in run("networks", own)[0].split("before until")[1].split("refused")[0]
    assert is_good(made, address="198.51.100.1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rotate", "none"], "Rotating the key is refused: an id of no key"),
        (["rotate", "OWN", "--overlap-hours=169"], "The overlap is refused: 169 hours. Choose 0"),
        (["rotate", "OWN", "--days=0"], "lifetime is refused: 0 days. Choose 1 to 365."),
        (["networks", "none"], "Changing the key's networks is refused: an id of no key"),
        (
            ["networks", "OWN", "--networks=10.0.0.1/8"],
            "networks are refused: '10.0.0.1/8'. Bits are set beyond its length: write 10.0.0.0/8",
        ),
        (
            ["create", "--name=x", "--scopes=read:findings", "--networks=home"],
            "networks are refused: 'home'. Write an address",
        ),
    ],
)
def test_the_command_refuses_in_three_parts(
    arguments: list[str], said: str, made: keys.Made
) -> None:
    own = [made.row.prefix if each == "OWN" else each for each in arguments]
    with pytest.raises(CommandError, match=re.escape(said)):
        run(*own)
    assert row_of(made).secret_sha256 == made.row.secret_sha256


def published() -> "re.Pattern[str]":
    """The expression that the integrator's guide gives to secret scanners."""
    (found,) = re.findall(r"^\s*(\S*vb_live_\[0-9a-f\]\S*)$", DOCS.read_text(), re.MULTILINE)
    return re.compile(found)


def test_the_published_expression_finds_every_key_and_nothing_else(tenant: Tenant) -> None:
    scanner = published()
    for made in (key(tenant) for _ in range(20)):
        for text in (
            f"KEY={made.token}\n",
            f'{{"key": "{made.token}"}}',
            f"curl -H 'Authorization: Bearer {made.token}'",
            f"https://example.test/?k={made.token}&x=1",
        ):
            assert scanner.findall(text) == [made.token]
    body, last = made.token[:-1], made.token[-1]
    for text in (body, made.token.upper(), f"x{made.token}", f"{made.token}0", f"{body}g{last}"):
        assert scanner.findall(text) == []
    assert scanner.findall("vb_live_<tenant>_<id>_<secret>") == []
