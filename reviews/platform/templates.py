"""What tenants are made from: files of the operator's, and one that comes with the product."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from reviews.accounts import keys, networks
from reviews.accounts.keys import Scope
from reviews.accounts.keys import Wanted as WantedKey
from reviews.detection.document import RubricError, Section, refuse, section
from reviews.errors import ErrorCode, Refused
from reviews.platform.written import (
    Person,
    line,
    people_of,
    quotas_of,
    settings_of,
)
from reviews.rubrics import packs
from reviews.rubrics.document import RubricFileRefused, parsed, read_text

DEFAULT = "default"
_OWN = Path(__file__).parent / f"{DEFAULT}.yaml"
_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_ENDINGS = (".yaml", ".yml", ".json")
_KEYS_AT_MOST, _DAYS_AT_MOST = 20, 36_500


class TemplateRefused(Refused):
    code = ErrorCode.TEMPLATE_REFUSED


@dataclass(frozen=True, slots=True)
class Routing:
    """Calls of the shared account with the tenant's own name of this kind as their tag are its."""

    account: str
    tag: str


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    quotas: Mapping[str, int | None] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    keeps_recordings: bool = False
    recordings_days: int | None = None
    """None: as long as their calls."""
    routing: Routing | None = None
    keys: tuple[WantedKey, ...] = ()


def template(code: str) -> Template:
    """The operator's file of this name, else the product's own. Raises TemplateRefused."""
    path = _path(code)
    what = f"The template {code} is refused"
    try:
        return _template(code, section(parsed(read_text(path)), "template"))
    except RubricFileRefused as error:
        raise TemplateRefused(what, error.seen, "Mend the operator's file.") from None
    except RubricError as error:
        raise TemplateRefused(what, str(error), "Mend the operator's file.") from None
    except Refused as error:
        raise TemplateRefused(what, f"{error.what}: {error.seen}", error.remedy) from None


def _path(code: str) -> Path:
    found = _files().get(code) if _CODE.fullmatch(code) and len(code) <= 63 else None
    if found is None:
        known = ", ".join(sorted(_files()))
        raise TemplateRefused("The template is refused", repr(code[:63]), f"Name one of {known}.")
    return found


def _files() -> Mapping[str, Path]:
    """Code → file."""
    folder = settings.TENANT_TEMPLATES_DIR
    own = Path(folder).iterdir() if folder and Path(folder).is_dir() else ()
    return {DEFAULT: _OWN} | {each.stem: each for each in own if each.suffix in _ENDINGS}


def _template(code: str, given: Section) -> Template:
    retention = given.section("retention")
    made = Template(
        code,
        settings=settings_of(given.section("settings")),
        quotas=quotas_of(given.section("quotas")),
        packs=_packs(given),
        people=people_of(given, "roles"),
        keeps_recordings=retention.has("recordings_days"),
        recordings_days=_days(retention),
        routing=_routing(given.section("routing")) if given.has("routing") else None,
        keys=tuple(_key(each) for each in given.sections("keys", most=_KEYS_AT_MOST)),
    )
    retention.close()
    given.close()
    return made


def _packs(given: Section) -> tuple[str, ...]:
    codes = given.choices("packs", packs.pack_codes())
    for code in codes:
        if documents := packs.pack(code).sample_documents:
            refuse(
                given.at("packs"),
                f"{code!r} has documents with made-up values ({', '.join(documents)}): "
                "replace them in each tenant and publish it there",
            )
    return codes


def _days(given: Section) -> int | None:
    if given.data.get("recordings_days") is None:
        given.take("recordings_days")
        return None
    return given.whole("recordings_days", default=1, least=1, most=_DAYS_AT_MOST)


def _routing(given: Section) -> Routing:
    made = Routing(
        line(given, "account", most=150),
        given.choice("tag", ("external_id", "slug"), default="external_id"),
    )
    given.close()
    return made


def _key(given: Section) -> WantedKey:
    made = WantedKey(
        name=line(given, "name", most=keys.NAME_AT_MOST),
        scopes=given.choices("scopes", [str(each) for each in Scope]),
        days=given.whole("days", default=keys.DAYS, least=1, most=keys.DAYS_AT_MOST),
        networks=tuple(networks.parsed(given.texts("networks", most=networks.AT_MOST))),
    )
    if not made.scopes:
        refuse(given.at("scopes"), "nothing is written: write at least one")
    given.close()
    return made
