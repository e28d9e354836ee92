"""No request reaches another tenant: the whole matrix with both walls, and with each alone.

Then each policy and each function of the door is taken away in turn, and the matrix must see it.
"""

import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

import pytest
from django.conf import settings as configured
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from compliance_app.run.postgres import Server
from reviews import access, policies
from reviews.accounts.keys import PlatformScope, Scope
from reviews.ingest import backfill
from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds, sources
from tests.factories import api
from tests.factories.routes import FIXTURES, METHODS, Fixture, Names, Route, problems_of, routes
from tests.factories.tenants import membership_in
from tests.security import walls
from tests.security.conftest import forget
from tests.security.matrix import (
    LEAKS,
    Actor,
    Place,
    Problem,
    Tally,
    every_place,
    named_places,
    path_places,
    reaching,
    run,
)
from tests.security.worlds import Grown, absent, grown, texts

T = TypeVar("T")
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.timeout(300),
]
ADMIN = MemberRole.TENANT_ADMIN
ROLES = (ADMIN, *(role for role in MemberRole if role != ADMIN))
NOBODY = absent("x")
TAKEN_AWAY = 0.05
ASKED = 0.25
"""Of the routes, in a run of all tests; other seeds take others, `make matrix` takes all."""
SHARE = 0.08
"""Of the routes, where a wall stands alone, or where any name is sent that a form could have."""
METHOD_BY_METHOD = bool(os.environ.get("MATRIX"))
"""Also each method that a route refuses, and HEAD beside GET: six times as many cells."""
OF_PEOPLE = ("memberships_of", "visible_notifications", "get_notification_for")
"""Of the door what finds who somebody is, and what is theirs alone among a tenant's people: no
policy could do it in its place."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Two tenants and a suspended one, and everybody who may ask."""

    server: Server
    a: Grown
    b: Grown
    actors: tuple[Actor, ...]

    @property
    def strongest(self) -> tuple[Actor, Actor]:
        """Who may everything in A: by session, and by key."""
        by_name = {actor.name: actor for actor in self.actors}
        return by_name[ADMIN], by_name["a key with every scope"]


@pytest.fixture
def cast(server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))  # what was made just now is shown
    # The same cookie stays good whatever a cell does.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    a, b, closed = grown("a", server, ROLES), grown("b", server, (ADMIN,)), _suspended(server)
    operator = User.objects.create(email="operator@example.test", is_operator=True)
    outside = Actor("an operator", a.names, b.names, _session(operator), is_signed_in=True)
    actors = (
        Actor("nobody", a.names, b.names),
        *(_member(role, a, b) for role in ROLES),
        outside,
        *(_key(name, a, b) for name in a.tokens),
        _acting(a, b),
        replace(_member(ADMIN, b, a), name="a member of the other tenant"),
        replace(_key("every scope", b, a), name="a key of the other tenant"),
        replace(_member(ADMIN, closed, b), name="a member of a suspended tenant", role=""),
        replace(_key("every scope", closed, b), name="a key of a suspended tenant", scopes=None),
    )
    return Cast(server, a, b, actors)


def _suspended(server: Server) -> Grown:
    closed = grown("s", server, (ADMIN,))
    Tenant.objects.filter(slug=closed.names.slug).update(suspended_at=timezone.now())
    return closed


def _session(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = configured.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={client.cookies[name].value}"}


def _member(role: MemberRole, own: Grown, other: Grown) -> Actor:
    headers = _session(own.people[role])
    return Actor(role, own.names, other.names, headers, is_signed_in=True, role=role)


def _key(name: str, own: Grown, other: Grown) -> Actor:
    headers = {"Authorization": f"Bearer {own.tokens[name]}"}
    scopes = frozenset(map(str, Scope)) if name == "every scope" else frozenset([name])
    return Actor(f"a key with {name}", own.names, other.names, headers, scopes=scopes)


def _acting(own: Grown, other: Grown) -> Actor:
    """A platform key with every scope there is, acting for `own`."""
    headers = {
        "Authorization": f"Bearer {api.platform().token}",
        "Verbatim-Tenant": own.names.slug,
    }
    scopes = frozenset(map(str, (*PlatformScope, *Scope)))
    return Actor("a platform key", own.names, other.names, headers, scopes=scopes, is_acting=True)


@dataclass(frozen=True, slots=True)
class Found:
    problems: list[Problem]
    changed: list[str]
    """Tenants whose rows are not as they were, by their slug."""
    tally: Tally

    @property
    def all(self) -> list[str]:
        return [*map(str, self.problems[:20]), *self.changed]


def whole(cast: Cast, chosen: Sequence[Route] = (), **narrowed: Any) -> Found:
    """Every actor's cells, on the routes `chosen` or on all.

    The rows of the tenants that an actor is not of stay as they are.
    """
    found = Found([], [], Tally())
    everyone = {actor.own.slug: actor.own for actor in cast.actors}
    for slug, own in everyone.items():
        actors = [actor for actor in cast.actors if actor.own is own]
        others = [other for other in everyone.values() if other is not own]
        _end_jobs(cast.server)
        before = [_rows(cast.server, other) for other in others]
        asked = run(actors, chosen or routes(), NOBODY, tally=found.tally, **narrowed)
        found.problems.extend(asked)
        after = [_rows(cast.server, other) for other in others]
        if before != after:
            found.changed.append(f"rows were changed by an actor of {slug}")
    return found


def _end_jobs(server: Server) -> None:
    """How long jobs wait is in an answer, so it may not change between two of them."""
    with server.connect() as admin:
        admin.execute("UPDATE reviews_job SET state = 'done'")


def _rows(server: Server, of: Names) -> list[Any]:
    """A hash of the tenant's rows in each table."""
    with server.connect() as admin:
        return [_hash(admin, model._meta.db_table, of) for model in walls.MODELS.values()]


def _hash(admin: Any, table: str, of: Names) -> Any:
    statement = (
        f"SELECT count(*), md5(string_agg(row::text, ' ' ORDER BY id)) FROM {table} AS row "  # noqa: S608 # a name of our own
        "WHERE tenant_id = %s"
    )
    return admin.execute(statement, [of.ids["Tenant"]]).fetchone()


def seen_by_strongest(
    cast: Cast, *names: str, methods: Callable[[Route], list[str]] = reaching
) -> Iterator[Problem]:
    """Problems of who may everything in A, as they are found; on the routes `names`, or on all.

    Only what reaches a view is asked for, and foreign names stand in the path alone.
    """
    forget()
    chosen = [route for route in routes() if _is_of_tenants(route)]
    chosen = [route for route in chosen if route.name in names or not names]
    return run(cast.strongest, chosen, NOBODY, tally=Tally(), methods=methods, places=path_places)


def leaks(cast: Cast, *names: str) -> str:
    return "\n".join(str(each) for each in seen_by_strongest(cast, *names) if each.kind in LEAKS)


def red(cast: Cast) -> list[str]:
    """The first problem, which is enough and says what it is; only by reading.

    What is written past a wall would be there still when the wall is back.
    """
    return [str(each) for each in islice(seen_by_strongest(cast, methods=reading), 1)]


def reading(route: Route) -> list[str]:
    return [method for method in reaching(route) if method == "GET"]


def _is_of_tenants(route: Route) -> bool:
    return route.is_page or route.is_api or route.name == "home"


def stub_door(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in walls.DOOR:
        if name not in OF_PEOPLE:
            monkeypatch.setattr(access, name, walls.without(name))


Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints also where the test passes: the figures belong in the log."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end=" ")

    return say


def test_every_route_has_a_fixture_and_every_fixture_a_route() -> None:
    assert problems_of(routes(), FIXTURES) == []


def test_a_route_without_a_fixture_fails_by_its_name() -> None:
    planted = Route("rule-burn", "t/<slug:slug>/burn", frozenset({"slug"}), None)
    assert problems_of([*routes(), planted], FIXTURES) == ["rule-burn has no fixture"]
    assert problems_of(routes(), {**FIXTURES, "gone": Fixture({})}) == ["gone is no route"]
    partial = {**FIXTURES, "rubric-detail": Fixture({})}
    assert problems_of(routes(), partial) == [
        "rubric-detail takes rubric_id, which its fixture does not fill"
    ]


def test_every_text_of_a_tenant_tells_whose_it_is(cast: Cast) -> None:
    mark = cast.b.names.mark
    unmarked = []
    with tenant_context(cast.b.names.ids["Tenant"]):
        for name, model in walls.MODELS.items():
            columns = [each.name for each in texts(model)]
            columns += {"Utterance": ["text"], "RubricVersion": ["document"]}.get(name, [])
            rows = list(model._default_manager.values(*columns, "id"))
            assert rows, name
            unmarked += [(name, c) for row in rows for c in columns if mark not in row[c]]
    assert unmarked == []


@pytest.mark.timeout(1_800 if METHOD_BY_METHOD else 900)
def test_no_request_reaches_another_tenant(cast: Cast, say: Say) -> None:
    began = time.monotonic()
    methods = (lambda _: METHODS) if METHOD_BY_METHOD else reaching
    chosen = some_of(routes(), ASKED)
    all_over = {route.name for route in some_of(chosen, SHARE / ASKED)}

    def places(route: Route, method: str) -> Iterator[Place]:
        return (every_place if route.name in all_over else named_places)(route, method)

    found = whole(cast, chosen, methods=methods, places=places)
    assert found.all == []
    wanted = {
        (route.name, method)
        for route in chosen
        for method in methods(route)
        if method in FIXTURES[route.name].ok
    }
    assert found.tally.succeeded == wanted, "what nobody was allowed proves nothing"
    _summed_up(say, "both walls", found, began, len(chosen))


def _summed_up(say: Say, mode: str, found: Found, began: float, count: int) -> None:
    cells, seconds = found.tally.cells, time.monotonic() - began
    say(f"matrix, {mode}: {count} routes, {cells:,} cells, 0 leaks, {seconds:.0f} s")


def test_policies_alone_hold(cast: Cast, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    stub_door(monkeypatch)
    began = time.monotonic()
    chosen = some_of(routes(), SHARE)
    found = whole(cast, chosen, methods=reaching, places=named_places)
    assert found.all == []
    _summed_up(say, "policies alone", found, began, len(chosen))


def test_the_door_alone_holds(cast: Cast, past_policies: None, say: Say) -> None:
    assert Membership.objects.count() == len(ROLES) + 2, "the policies still bind"
    began = time.monotonic()
    chosen = some_of(routes(), SHARE)
    found = whole(cast, chosen, methods=reaching, places=named_places)
    assert found.all == []
    _summed_up(say, "the door alone", found, began, len(chosen))


@pytest.mark.timeout(600)  # it asks a part of the matrix anew for every table
def test_each_policy_taken_away_is_seen(
    cast: Cast, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub_door(monkeypatch)
    assert red(cast) == []
    by_route, by_probe = [], []
    names = some_of(sorted(walls.MODELS), TAKEN_AWAY)
    for name in names:
        assert not _sees_row(cast, name)
        with _untraced(cast), walls.no_policy(walls.MODELS[name]._meta.db_table):
            if red(cast):
                by_route.append(name)
            elif _sees_row(cast, name):
                by_probe.append(name)
    assert red(cast) == [], "what was red was so for another reason"
    _counted(say, "policies", names, by_route, by_probe)


@contextmanager
def _untraced(cast: Cast) -> Iterator[None]:
    """Who looks at a foreign row past a wall has that in their audit trail; not after this."""
    began = timezone.now()
    yield
    with cast.server.connect() as admin:
        admin.execute("DELETE FROM reviews_auditevent WHERE at >= %s", [began])


def some_of(every: Sequence[T], share: float) -> list[T]:
    """In their order, by the run's seed, which pytest prints; all of them by `make matrix`."""
    count = len(every) if METHOD_BY_METHOD else math.ceil(share * len(every))
    return [every[at] for at in sorted(random.sample(range(len(every)), count))]


def _sees_row(cast: Cast, name: str) -> bool:
    """Past the door, whether A reads B's row."""
    with tenant_context(cast.a.names.ids["Tenant"]):
        rows = walls.unscoped(walls.MODELS[name], None)
        return bool(rows.filter(pk=cast.b.names.ids[name]).exists())


def _counted(
    say: Say, what: str, every: list[str], by_route: list[str], by_probe: list[str]
) -> None:
    seen = len(by_route) + len(by_probe)
    say(f"{what} {seen} of {len(every)}: by route {', '.join(by_route)}")
    say(f"  by probe, for no route's answer hangs on it alone: {', '.join(by_probe) or 'none'}")
    assert sorted(by_route + by_probe) == sorted(every)


def test_each_function_of_the_door_taken_away_is_seen(
    cast: Cast, past_policies: None, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert red(cast) == []
    by_route, by_probe = [], []
    names = some_of(sorted(walls.DOOR), TAKEN_AWAY)
    for name in names:
        with _untraced(cast), monkeypatch.context() as taken:
            taken.setattr(access, name, walls.without(name))
            if red(cast):
                by_route.append(name)
            elif _reaches_row(cast, name):
                by_probe.append(name)
        assert not _reaches_row(cast, name)
    assert red(cast) == [], "what was red was so for another reason"
    _counted(say, "door functions", names, by_route, by_probe)


def _reaches_row(cast: Cast, name: str) -> bool:
    """Past the policies, whether the door gives A's admin B's row, or a place in B."""
    a, b = cast.a, cast.b.names
    if name not in walls.GETTERS + walls.LISTS:
        return membership_in(b.slug, a.people[ADMIN]) is not None
    row_id = b.ids[walls.model_of(name)]
    membership = membership_in(a.names.slug, a.people[ADMIN])
    if name in walls.LISTS:
        return bool(getattr(access, name)(membership).filter(pk=row_id).exists())
    try:
        return bool(getattr(access, name)(membership, row_id))
    except Http404:
        return False


@pytest.fixture
def watched(cast: Cast) -> Cast:
    """Nothing is wrong before a fault is planted."""
    assert red(cast) == []
    return cast


def test_a_page_that_shows_another_tenants_row_is_seen(
    watched: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    b = watched.b
    membership = membership_in(b.names.slug, b.people[ADMIN])
    assert membership is not None
    with tenant_context(membership.tenant_id):
        rows = sources.source_rows(membership, now=timezone.now())
    monkeypatch.setattr(sources, "source_rows", lambda _membership, now: rows)
    assert "CANARY-B is in the answer" in leaks(watched, "source-list")


def test_a_foreign_row_that_is_refused_otherwise_than_an_absent_one_is_seen(
    watched: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = access.get_source_for

    def telling(membership: Membership, source_id: Any) -> Any:
        if source_id == watched.b.names.ids["Source"]:
            raise PermissionDenied
        return get(membership, source_id)

    monkeypatch.setattr(access, "get_source_for", telling)
    assert "403 and 404" in leaks(watched, "source-detail")


def test_a_write_into_another_tenant_is_seen(
    watched: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_id = watched.b.names.ids["Source"]

    def straying(_source: Any) -> None:
        with watched.server.connect() as admin:
            admin.execute("UPDATE reviews_source SET name = 'x' WHERE id = %s", [row_id])

    monkeypatch.setattr(backfill, "start", straying)
    narrow = replace(watched, actors=(watched.strongest[0], _member(ADMIN, watched.b, watched.a)))
    assert whole(narrow, methods=reaching, places=path_places).changed == [
        "rows were changed by an actor of tenant-a"
    ]


def test_a_product_that_lets_nobody_in_is_seen(
    watched: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "memberships_of", lambda _user: [])
    problems = _problems(watched, watched.strongest[0])
    pages = {route.name for route in routes() if route.is_page}
    assert {each.cell.route.name for each in problems if each.kind == "status"} >= pages


def test_a_permission_that_nobody_asks_for_is_seen(
    watched: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = next(actor for actor in watched.actors if actor.role == MemberRole.AGENT)
    assert _problems(watched, agent) == []
    monkeypatch.setattr(policies, "check_can", lambda _role, _action: None)
    assert {each.kind for each in _problems(watched, agent)} == {"status"}


def _problems(cast: Cast, actor: Actor) -> list[Problem]:
    return list(run([actor], routes(), NOBODY, tally=Tally(), methods=reaching, places=path_places))
