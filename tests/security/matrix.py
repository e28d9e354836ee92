"""The isolation matrix: route × method × actor × where a foreign name stands × whose it is.

Each cell is one request. What it should come to follows from the route's fixture, the view's own
action or scope, and the table of permissions; a foreign name must be answered like an absent one,
and nothing of another tenant may be in any answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import unquote_plus, urlencode

from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from reviews import policies
from reviews.api.auth import scope_of
from reviews.models import MemberRole
from reviews.web.converters import ShortId
from tests.factories.routes import FIXTURES, METHODS, WITH_BODY, Field, Fixture, Names, Route

Whose = Literal["own", "foreign", "absent"]
Kind = Literal["status", "control", "differs", "leak"]
LEAKS: frozenset[Kind] = frozenset({"differs", "leak"})
PLAIN, TENANT, ADDRESS, ANY_QUERY, ANY_BODY = "nowhere", "slug", "address", "any query", "any body"
PLATFORM = "api/v1/platform/"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `other` is the tenant whose names are foreign to `own`'s."""

    name: str
    own: Names
    other: Names
    headers: Mapping[str, str] = field(default_factory=dict)
    is_signed_in: bool = False
    role: str = ""
    """In the own tenant; "" where the actor may not enter it."""
    scopes: frozenset[str] | None = None
    """Of a key that is in use."""
    is_acting: bool = False
    """A platform key that names the own tenant in its header."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name that is not one's own stands; `field` where a fixture says what it means."""

    name: str
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    route: Route
    method: str
    actor: Actor
    place: Place
    whose: Whose

    def __str__(self) -> str:
        return (
            f"{self.method} {self.route.name} by {self.actor.name}, "
            f"{self.whose} in {self.place.name}"
        )


@dataclass(frozen=True, slots=True)
class Asked:
    address: str
    body: str

    @property
    def text(self) -> str:
        return unquote_plus(f"{self.address} {self.body}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, without what differs from one answer to the next."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    kind: Kind
    cell: Cell
    seen: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.cell}: {self.seen}"


@dataclass(slots=True)
class Tally:
    """Of a run: how many cells, and which (route, method) was answered as for who may."""

    cells: int = 0
    succeeded: set[tuple[str, str]] = field(default_factory=set)


def every_place(route: Route, method: str) -> Iterator[Place]:
    """Path, query and body; any names in a body only where it can reach the view.

    HEAD runs what GET does, so it is asked for names in the path alone.
    """
    yield from path_places(route, method)
    if method == "HEAD":
        return
    yield from _fields(route, method)
    yield Place(ANY_QUERY)
    if method in WITH_BODY and method in FIXTURES[route.name].ok:
        yield Place(ANY_BODY)


def named_places(route: Route, method: str) -> Iterator[Place]:
    """Those that the route itself reads."""
    yield from path_places(route, method)
    yield from _fields(route, method)


def _fields(route: Route, method: str) -> Iterator[Place]:
    for each in FIXTURES[route.name].fields:
        is_read = each.method in ("", method)
        if is_read and (each.where == "query" or method in WITH_BODY):
            yield Place(f"{each.where} {each.name}", each)


def path_places(route: Route, _method: str) -> Iterator[Place]:
    """Nowhere, then each name in the path alone, then all of them."""
    yield Place(PLAIN)
    names = [*FIXTURES[route.name].ids, *([TENANT] if route.is_page else [])]
    yield from map(Place, names)
    if len(names) > 1:
        yield Place(ADDRESS)


def reaching(route: Route) -> list[str]:
    """The methods that run the view, reading ones first; HEAD runs what GET does."""
    return [method for method in METHODS if method in FIXTURES[route.name].ok and method != "HEAD"]


def run(
    actors: Iterable[Actor],
    routes: Iterable[Route],
    nobody: Names,
    *,
    tally: Tally,
    methods: Any = lambda route: METHODS,
    places: Any = every_place,
) -> Iterator[Problem]:
    """Every problem, as it is found; what is asked for depends on nothing but the arguments."""
    for route in routes:
        for actor in actors:
            for method in methods(route):
                for place in places(route, method):
                    yield from _tried(route, method, actor, place, nobody, tally)


def _tried(
    route: Route, method: str, actor: Actor, place: Place, nobody: Names, tally: Tally
) -> Iterator[Problem]:
    """One place: own, foreign and absent, and the last two against each other."""
    given: dict[Whose, Names] = {"own": actor.own, "foreign": actor.other, "absent": nobody}
    answers: dict[Whose, Answer] = {}
    for whose in _whose(place):
        cell = Cell(route, method, actor, place, whose)
        asked = _asked(cell, given[whose])
        answers[whose] = _answer(cell, asked)
        tally.cells += 1
        yield from _judged(cell, asked, answers[whose], tally)
    if "absent" in answers:
        foreign = _blanked(answers["foreign"], actor.other)
        if foreign != _blanked(answers["absent"], nobody):
            cell = Cell(route, method, actor, place, "foreign")
            statuses = f"{answers['foreign'].status} and {answers['absent'].status}"
            yield Problem("differs", cell, f"foreign and absent are not alike: {statuses}")


def _whose(place: Place) -> tuple[Whose, ...]:
    """Own names in the path alone are the plain request, which is sent once."""
    if place.name == PLAIN:
        return ("own",)
    is_path = place.field is None and place.name not in (ANY_QUERY, ANY_BODY)
    return ("foreign", "absent") if is_path else ("own", "foreign", "absent")


def _asked(cell: Cell, named: Names) -> Asked:
    fixture, place, own = FIXTURES[cell.route.name], cell.place, cell.actor.own
    query: dict[str, str] = _any_names(named, fixture) if place.name == ANY_QUERY else {}
    body = dict(fixture.body(own)) if cell.method in fixture.ok else {}
    if place.name == ANY_BODY:
        body = _any_names(named, fixture) | body
    if place.field:
        target = query if place.field.where == "query" else body
        target[place.field.name] = place.field.value(named)
    address = fixture.address or _address(cell, named)
    sent = urlencode(body) if cell.method in WITH_BODY else ""
    return Asked(f"{address}?{urlencode(query)}" if query else address, sent)


def _address(cell: Cell, named: Names) -> str:
    own, place = cell.actor.own, cell.place.name
    kwargs: dict[str, Any] = {
        name: (named if place in (name, ADDRESS) else own).ids[model]
        for name, model in FIXTURES[cell.route.name].ids.items()
    }
    if cell.route.is_page:
        kwargs["slug"] = (named if place in (TENANT, ADDRESS) else own).slug
    return reverse(cell.route.name, kwargs=kwargs)


def _any_names(of: Names, fixture: Fixture) -> dict[str, str]:
    """Every name that a form could have for something of a tenant, but those it does have."""
    known = {each.name for each in fixture.fields}
    made = {"slug": of.slug}
    for model, row_id in of.ids.items():
        made |= {model.lower(): str(row_id), f"{model.lower()}_id": str(row_id)}
    return {name: made[name] for name in sorted(made) if name not in known}


@cache
def _handler() -> ClientHandler:
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


def _answer(cell: Cell, asked: Asked) -> Answer:
    request = RequestFactory().generic(
        cell.method, asked.address, asked.body, FORM, headers=dict(cell.actor.headers)
    )
    response: Any = _handler()(request.environ)
    return Answer(response.status_code, _steady(response, FIXTURES[cell.route.name].makes))


_FLEETING = re.compile(
    r"""nonce-[^'"]+|nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*\""""
    r"""|id="secret">[^<]*|good until <time[^<]*|<time[^<]*\xa0(?:s|min|h|d)</time>"""
    r"|urn:uuid:[0-9a-f-]{36}|(?:Expires|RateLimit-Re\w+): [^\n]*"
)


def _steady(response: Any, makes: str) -> str:
    """Headers, names of cookies, content; without nonce, token, secret, date, ids made for
    this answer, and how long ago something was.
    """
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.headers.items()))
    cookies = " ".join(sorted(response.cookies))
    content = b"".join(response) if response.streaming else response.content
    text = f"{headers}\n{cookies}\n{content.decode(errors='replace')}"
    if makes:
        text = re.sub(rf"({makes})(?:[0-9a-f-]{{36}}|[0-9A-Za-z]{{22}})", r"\1", text)
    return _FLEETING.sub("", text)


def _judged(cell: Cell, asked: Asked, answer: Answer, tally: Tally) -> Iterator[Problem]:
    wanted = expected(cell)
    fixture = FIXTURES[cell.route.name]
    if answer.status != wanted:
        yield Problem("status", cell, f"{answer.status} instead of {wanted}")
    elif cell.whose == "own" and fixture.ok.get(cell.method) == wanted:
        tally.succeeded.add((cell.route.name, cell.method))
        yield from _shown(cell, fixture, answer)
    sent = asked.text
    for trace in traces(cell.actor.other):
        if trace in answer.text and trace not in sent:
            yield Problem("leak", cell, f"{trace} is in the answer")


def _shown(cell: Cell, fixture: Fixture, answer: Answer) -> Iterator[Problem]:
    """What an own page must have, else nobody would see another's either; ids in the API alone."""
    if cell.method != "GET" or cell.place.name != PLAIN:
        return
    own = cell.actor.own
    for model in fixture.shows:
        is_named = cell.route.is_api and str(own.ids[model]) in answer.text
        if not is_named and f"{own.mark}-{model}" not in answer.text:
            yield Problem("control", cell, f"nothing of {model} is shown")


def expected(cell: Cell) -> int:
    if cell.route.is_page:
        return _of_page(cell)
    return _of_api(cell) if cell.route.is_api else _of_open(cell)


def _of_page(cell: Cell) -> int:
    """Sign-in first, then membership, method, permission, and the row last."""
    actor, place = cell.actor, cell.place.name
    is_elsewhere = place in (TENANT, ADDRESS) and cell.whose != "own"
    action = getattr(cell.route.view, "action", None)
    if not actor.is_signed_in:
        return 302
    if is_elsewhere or not actor.role:
        return 404
    if cell.method not in FIXTURES[cell.route.name].ok:
        return 405
    if action and not policies.can(actor.role, action):
        return 403
    if FIXTURES[cell.route.name].is_the_admins and actor.role != MemberRole.TENANT_ADMIN:
        return 404
    return _of_row(cell)


def _of_api(cell: Cell) -> int:
    """Key first, then scope, method, and the row last."""
    scopes = cell.actor.scopes
    if scopes is None:
        return 401
    if cell.actor.is_acting and cell.route.path.startswith(PLATFORM):
        return 400
    if scope_of(cell.route.view.cls, cell.method) not in scopes:
        return 403
    if cell.method not in FIXTURES[cell.route.name].ok:
        return 405
    return _of_row(cell)


def _of_row(cell: Cell) -> int:
    """For who may."""
    fixture = FIXTURES[cell.route.name]
    if cell.place.name == ANY_QUERY and fixture.on_unknown:
        return fixture.on_unknown
    if cell.whose != "own" and cell.place.name in (*fixture.ids, ADDRESS):
        return 404
    if cell.whose != "own" and cell.place.field and cell.place.field.status:
        return cell.place.field.status
    return fixture.ok[cell.method]


def _of_open(cell: Cell) -> int:
    fixture, actor = FIXTURES[cell.route.name], cell.actor
    if cell.method not in fixture.ok:
        return 405
    if not actor.is_signed_in:
        return fixture.anonymous.get(cell.method, _of_row(cell))
    return _of_row(cell) if actor.role else fixture.homeless.get(cell.method, _of_row(cell))


@cache
def _traces(key: tuple[str, ...], ids: tuple[Any, ...]) -> tuple[str, ...]:
    forms = [form for each in ids for form in (str(each), each.hex, ShortId().to_url(each))]
    return (*key, *forms)


def traces(of: Names) -> tuple[str, ...]:
    """What would tell of the tenant: its canary, names, and ids in every form."""
    return _traces((of.mark, of.slug, of.email, of.rule), tuple(of.ids.values()))


def _blanked(answer: Answer, named: Names) -> Answer:
    """The answer without the names that were sent and come back in it."""
    text = answer.text
    for trace in traces(named):
        if trace in text:
            text = text.replace(trace, "…")
    return Answer(answer.status, text)
