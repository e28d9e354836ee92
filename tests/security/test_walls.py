"""Two walls, each alone: policies without the door, the door without policies. Every policy and
every function of the door, taken away in turn, lets something through, and the probe sees it."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.http import Http404

from compliance_app.run.postgres import Server
from reviews import access
from reviews.models import Membership
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import World, tenant_models, world

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

DOOR = {
    name: function
    for name, function in inspect.getmembers(access, inspect.isfunction)
    if function.__module__ == access.__name__ and not name.startswith("_")
}
GETTERS = [name for name in DOOR if name.startswith("get_")]
TABLES = [model.__name__ for model in tenant_models()]


def leaks(a: World, b: World) -> list[str]:
    """What a member of A reaches of B's, by name of the way. Own rows must be there."""
    found = [] if access.find_membership(user=a.user, slug="b") is None else ["find_membership"]
    if [m.pk for m in access.memberships_of(a.user)] != [a["Membership"].pk]:
        found.append("memberships_of")
    with tenant_context(a.tenant.pk, user_id=a.user.pk):
        found += [name for name in GETTERS if _reached(name, a, b)]
        for model in tenant_models():
            rows = access.scoped_to(model, a.tenant.pk)
            assert rows.filter(pk=a[model.__name__].pk).exists()
            if rows.filter(pk=b[model.__name__].pk).exists():
                found.append(model.__name__)
    return found


def _reached(getter: str, a: World, b: World) -> bool:
    get = getattr(access, getter)
    membership = a["Membership"]
    assert get(membership, a[_model_of(getter)].pk).pk == a[_model_of(getter)].pk
    try:
        get(membership, b[_model_of(getter)].pk)
    except Http404:
        return False
    return True


def _model_of(getter: str) -> str:
    return "".join(part.title() for part in getter.removeprefix("get_")[:-4].split("_"))


def _unscoped(model: Any, _tenant_id: object) -> Any:
    return model._default_manager.all()


def _without(name: str) -> Callable[..., Any]:
    """The door's function `name` with its check taken out."""
    if name == "scoped_to":
        return _unscoped
    if name == "find_membership":
        return lambda *, user, slug: Membership.objects.filter(tenant__slug=slug).first()
    if name == "memberships_of":
        return lambda user: list(Membership.objects.all())
    model = {m.__name__: m for m in tenant_models()}[_model(name)]
    if name.startswith("visible_"):
        return lambda membership: model._default_manager.all()
    return lambda membership, row_id: model._default_manager.get(pk=row_id)


def _model(name: str) -> str:
    return _model_of(name) if name in GETTERS else name.removeprefix("visible_")[:-1].title()


@pytest.fixture
def a() -> World:
    return world("a")


@pytest.fixture
def b() -> World:
    return world("b")


@pytest.fixture
def past_policies(server: Server) -> Iterator[None]:
    """The app's connection under a role that row-level security does not bind."""
    with server.connect() as admin:
        admin.execute("DROP ROLE IF EXISTS bypassing")
        admin.execute("CREATE ROLE bypassing LOGIN BYPASSRLS PASSWORD 'x' IN ROLE verbatim_app")
    settings = connection.settings_dict
    before = (settings["USER"], settings["PASSWORD"])
    connection.close()
    settings["USER"], settings["PASSWORD"] = "bypassing", "x"
    yield
    connection.close()
    settings["USER"], settings["PASSWORD"] = before


@contextmanager
def no_policy(table: str) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def test_nothing_leaks_with_both_walls(a: World, b: World) -> None:
    assert leaks(a, b) == []


def test_policies_alone_hold(a: World, b: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "scoped_to", _unscoped)
    assert leaks(a, b) == []


@pytest.mark.usefixtures("past_policies")
def test_the_door_alone_holds(a: World, b: World) -> None:
    assert Membership.objects.count() == 2, "the policies still bind"
    assert leaks(a, b) == []


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_policy_is_caught_without_the_door(
    name: str, a: World, b: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "scoped_to", _unscoped)
    with no_policy(type(a[name])._meta.db_table):
        assert name in leaks(a, b)


@pytest.mark.usefixtures("past_policies")
@pytest.mark.parametrize("name", sorted(DOOR))
def test_a_missing_door_function_is_caught_without_policies(
    name: str, a: World, b: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, name, _without(name))
    assert leaks(a, b) != []
