"""What a template's file and a request's body say of a tenant, read strictly; paths in errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reviews.accounts import colours
from reviews.accounts.first import check_email, check_slug
from reviews.accounts.tenants import IDLE_MINUTES
from reviews.detection.document import RubricError, Section, refuse, section
from reviews.errors import ErrorCode, Refused
from reviews.models import MemberRole
from reviews.rubrics.document import RubricFileRefused, parsed_json

LONGEST = 50_000
NAME_AT_MOST = 200
PEOPLE_AT_MOST = 50
_PER_DAY, _BYTES = 2_000_000_000, 10**15
QUOTAS: Mapping[str, int] = {
    "calls_per_day": _PER_DAY,
    "minutes_per_day": _PER_DAY,
    "stored_bytes": _BYTES,
}
"""Name → the most that can be set."""
_FLAGS = ("needs_factor", "second_person")
SETTINGS = (*_FLAGS, "idle_minutes", "colour")
Read = TypeVar("Read")


class TenantRefused(Refused):
    code = ErrorCode.TENANT_REFUSED


@dataclass(frozen=True, slots=True)
class Person:
    """Who is invited."""

    email: str
    role: MemberRole
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a tenant; what is None, or not in a mapping, is not said and stays as it is."""

    slug: str | None = None
    name: str | None = None
    template: str | None = None
    is_suspended: bool | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    quotas: Mapping[str, int | None] = field(default_factory=dict)
    people: tuple[Person, ...] = ()


def wanted(body: bytes) -> Wanted:
    """Raises TenantRefused, which names the field."""
    if len(body) > LONGEST:
        raise _refused(f"more than {LONGEST:,} bytes", "Send less.")
    try:
        given = parsed_json(body.decode())
        return _wanted(section(_object(given), "body"))
    except UnicodeDecodeError:
        raise _refused("a body that is not UTF-8", "Send JSON in UTF-8.") from None
    except RubricFileRefused as error:
        raise _refused(error.seen, "Send a JSON object of plain values.") from None
    except RubricError as error:
        raise _refused(str(error), "Read docs/operator/platform.md.") from None
    except Refused as error:
        raise _refused(f"{error.what}: {error.seen}", error.remedy) from None


def _object(given: object) -> Mapping[str, object]:
    if not isinstance(given, dict):
        refuse("body", "this is no JSON object: write {…}")
    return given


def _wanted(given: Section) -> Wanted:
    made = Wanted(
        slug=_if_there(given, "slug", lambda: _slug(given)),
        name=_if_there(given, "name", lambda: line(given, "name", most=NAME_AT_MOST)),
        template=_if_there(given, "template", lambda: line(given, "template", most=63)),
        is_suspended=_if_there(given, "suspended", lambda: _flag(given, "suspended")),
        settings=settings_of(given.section("settings")),
        quotas=quotas_of(given.section("quotas")),
        people=people_of(given, "members"),
    )
    given.close()
    return made


def _if_there(given: Section, key: str, read: Callable[[], Read]) -> Read | None:
    return read() if given.has(key) else None


def line(given: Section, key: str, *, most: int) -> str:
    text = given.text(key, most=most)
    if not text.isprintable() or text != text.strip():
        refuse(given.at(key), "this is no single plain line: write one without blanks around it")
    return text


def _slug(given: Section) -> str:
    text = line(given, "slug", most=100)
    check_slug(text)
    return text


def _flag(given: Section, key: str) -> bool:
    if given.data.get(key) is None:
        refuse(given.at(key), "nothing is not yes or no: write true or false")
    return given.yes_no(key)


def settings_of(given: Section) -> dict[str, Any]:
    """Those that are written, by the names of the tenant's columns. Raises RubricError, Refused."""
    made: dict[str, Any] = {name: _flag(given, name) for name in _FLAGS if given.has(name)}
    if given.has("idle_minutes"):
        least, most = IDLE_MINUTES
        made["idle_minutes"] = _whole_or_none(given, "idle_minutes", least, most)
    if given.has("colour"):
        made["colour"] = given.text("colour", default="", most=7).lower()
        if made["colour"]:
            colours.shades(made["colour"])
    given.close()
    return made


def quotas_of(given: Section) -> dict[str, int | None]:
    """Those that are written; None: no bound. Raises RubricError."""
    made = {
        name: _whole_or_none(given, name, 0, most)
        for name, most in QUOTAS.items()
        if given.has(name)
    }
    given.close()
    return made


def _whole_or_none(given: Section, key: str, least: int, most: int) -> int | None:
    if given.data[key] is None:
        given.take(key)
        return None
    return given.whole(key, default=least, least=least, most=most)


def people_of(given: Section, key: str) -> tuple[Person, ...]:
    """Raises RubricError, Refused."""
    return tuple(_person(each) for each in given.sections(key, most=PEOPLE_AT_MOST))


def _person(given: Section) -> Person:
    address = line(given, "email", most=254).lower()
    check_email(address)
    made = Person(
        email=address,
        role=MemberRole(given.choice("role", MemberRole.values, default=MemberRole.REVIEWER)),
        name=line(given, "name", most=NAME_AT_MOST) if given.has("name") else "",
    )
    given.close()
    return made


def _refused(seen: str, remedy: str) -> TenantRefused:
    return TenantRefused("The tenant is refused", seen, remedy)
