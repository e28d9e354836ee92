"""The two walls, to be taken away: the door's functions by their code, the policies by table."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.http import Http404

from reviews import access
from reviews.models import Membership
from tests.factories.tenants import tenant_models

DOOR = {
    name: function
    for name, function in inspect.getmembers(access, inspect.isfunction)
    if function.__module__ == access.__name__ and not name.startswith("_")
}
GETTERS = [name for name in DOOR if name.startswith("get_")]
LISTS = [name for name in DOOR if name.startswith("visible_")]
MODELS = {model.__name__: model for model in tenant_models()}
TABLES = list(MODELS)


def model_of(name: str) -> str:
    """`get_rubric_version_for` → `RubricVersion`, `visible_findings` → `Finding`."""
    bare = name[len("get_") : -len("_for")] if name in GETTERS else name[len("visible_") : -1]
    return "".join(part.title() for part in bare.split("_"))


def unscoped(model: Any, _tenant_id: object) -> Any:
    """`scoped_to` with its check taken out."""
    return model._default_manager.all()


def without(name: str) -> Callable[..., Any]:
    """The door's function `name` with its check taken out; an absent row is absent still."""
    if name == "scoped_to":
        return unscoped
    if name == "memberships_of":
        return lambda user: list(Membership.objects.select_related("tenant"))
    model = MODELS[model_of(name)]
    if name in LISTS:
        return lambda membership: model._default_manager.all()
    return lambda membership, row_id: _any_row(model, row_id)


def _any_row(model: Any, row_id: object) -> Any:
    row = model._default_manager.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


@contextmanager
def no_policy(table: str) -> Iterator[None]:
    """`table` without row-level security."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
