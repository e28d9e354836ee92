"""Two walls, each alone: policies without the door, the door without policies. Every policy and
every function of the door, taken away in turn, lets something through, and the probe sees it."""

import pytest
from django.http import Http404

from reviews import access
from reviews.models import Membership
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import World, tenant_models, world
from tests.security.walls import (
    DOOR,
    GETTERS,
    LISTS,
    TABLES,
    model_of,
    no_policy,
    unscoped,
    without,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def leaks(a: World, b: World) -> list[str]:
    """What a member of A reaches of B's, by name of the way. Own rows must be there."""
    found = []
    if [m.pk for m in access.memberships_of(a.user)] != [a["Membership"].pk]:
        found.append("memberships_of")
    with tenant_context(a.tenant.pk, user_id=a.user.pk):
        found += [name for name in GETTERS if _reached(name, a, b)]
        found += [name for name in LISTS if _listed(name, a, b)]
        for model in tenant_models():
            rows = access.scoped_to(model, a.tenant.pk)
            assert rows.filter(pk=a[model.__name__].pk).exists()
            if rows.filter(pk=b[model.__name__].pk).exists():
                found.append(model.__name__)
    return found


def _reached(getter: str, a: World, b: World) -> bool:
    get = getattr(access, getter)
    membership = a["Membership"]
    assert get(membership, a[model_of(getter)].pk).pk == a[model_of(getter)].pk
    try:
        get(membership, b[model_of(getter)].pk)
    except Http404:
        return False
    return True


def _listed(name: str, a: World, b: World) -> bool:
    rows = getattr(access, name)(a["Membership"])
    assert rows.filter(pk=a[model_of(name)].pk).exists()
    return bool(rows.filter(pk=b[model_of(name)].pk).exists())


@pytest.fixture
def a() -> World:
    return world("a")


@pytest.fixture
def b() -> World:
    return world("b")


def test_nothing_leaks_with_both_walls(a: World, b: World) -> None:
    assert leaks(a, b) == []


def test_policies_alone_hold(a: World, b: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "scoped_to", unscoped)
    assert leaks(a, b) == []


@pytest.mark.usefixtures("past_policies")
def test_the_door_alone_holds(a: World, b: World) -> None:
    assert Membership.objects.count() == 2, "the policies still bind"
    assert leaks(a, b) == []


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_policy_is_caught_without_the_door(
    name: str, a: World, b: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "scoped_to", unscoped)
    with no_policy(type(a[name])._meta.db_table):
        assert name in leaks(a, b)


@pytest.mark.usefixtures("past_policies")
@pytest.mark.parametrize("name", sorted(DOOR))
def test_a_missing_door_function_is_caught_without_policies(
    name: str, a: World, b: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, name, without(name))
    assert leaks(a, b) != []
