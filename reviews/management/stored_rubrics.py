"""`manage.py rubric export`, `import` and `diff`: a rubric between a tenant and a file."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews.accounts import keys
from reviews.detection.document import RubricError
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.errors import Refused
from reviews.models import Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries import rubric_versions, rubrics
from reviews.rubrics import importing, packs
from reviews.rubrics.document import RubricFileRefused, parsed, read_text
from reviews.rubrics.written import yaml_of

_VERSIONS = re.compile(r"(\d{1,9})\.\.(\d{1,9})")
_TENANT = "the tenant's short name"


class FileRefused(Exception):
    """A file with why it is refused; the text names both."""


def add_export(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, help=_TENANT)
    parser.add_argument("code", metavar="CODE", help="the rubric's code")
    parser.add_argument("--version", type=int, metavar="N", help="the newest one if not given")
    parser.add_argument("-o", "--output", metavar="FILE", help="standard output if not given")


def add_import(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, help=_TENANT)
    parser.add_argument("code", metavar="CODE", help="the rubric's code; a new one makes a rubric")
    parser.add_argument("file", metavar="FILE", help="a rubric as YAML")
    parser.add_argument("--publish", action="store_true", help="in force at once; needs --note")
    parser.add_argument("--note", default="", metavar="TEXT", help="what changed, in a line")
    parser.add_argument(
        "--over", type=int, default=0, metavar="REVISION", help="the draft that it replaces"
    )


def add_diff(parser: CommandParser) -> None:
    parser.add_argument("--tenant", help=_TENANT + "; then A is a rubric's code and B is N..M")
    parser.add_argument("one", metavar="A", help="a rubric as YAML, or a code")
    parser.add_argument("other", metavar="B", help="a rubric as YAML, or two versions: N..M")
    parser.add_argument("--json", action="store_true", help="one JSON object per change")


def add_pack(parser: CommandParser) -> None:
    parser.add_argument("code", metavar="PACK", help="one of " + ", ".join(packs.pack_codes()))
    parser.add_argument("-o", "--output", metavar="FILE", help="standard output if not given")


def exported(options: dict[str, Any]) -> str:
    """The version as YAML. Raises Refused."""
    tenant = keys.tenant_of(options["tenant"])
    with tenant_context(tenant.pk):
        row = rubric_versions.rubric_of(tenant.pk, options["code"])
        version = rubric_versions.version_of(row, options["version"])
        return yaml_of(rubrics.rubric_of(tenant.pk, version.pk))


def taken_in(options: dict[str, Any]) -> str:
    """What became of the file, in a line. Raises Refused, and FileRefused where it is broken."""
    if options["note"] and not options["publish"]:
        raise Refused("--note is refused", "a draft", "Write it with --publish.")
    tenant = keys.tenant_of(options["tenant"])
    rubric = read(options["file"])
    now = timezone.now()
    with tenant_context(tenant.pk), refusing(options["file"]):
        draft = importing.put_draft(
            tenant_id=tenant.pk,
            code=options["code"],
            rubric=rubric,
            seen=options["over"],
            by=None,
            now=now,
        )
        if not options["publish"]:
            return f"{options['code']}: the draft is the file's, revision {draft.revision}."
        made = importing.put_version(
            draft, note=options["note"], seen=draft.revision, by=None, now=now
        )
        return f"{options['code']}: version {made.number} is in force."


def both(options: dict[str, Any]) -> tuple[Rubric, Rubric]:
    """The two that `diff` names. Raises Refused and FileRefused."""
    if options["tenant"] is None:
        return read(options["one"]), read(options["other"])
    numbers = _VERSIONS.fullmatch(options["other"])
    if numbers is None:
        seen = repr(options["other"][:60])
        raise Refused("The versions are refused", seen, "Write two numbers, such as 3..4.")
    tenant = keys.tenant_of(options["tenant"])
    with tenant_context(tenant.pk):
        one, other = (_version(tenant, options["one"], int(each)) for each in numbers.groups())
    return one, other


def read(name: str) -> Rubric:
    """Raises FileRefused with the file's name, the path in it, and the reason."""
    with refusing(name):
        return parse_rubric(parsed(read_text(Path(name))))


def write(name: str, data: bytes) -> None:
    """Raises FileRefused where the file cannot be written."""
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        refusal = RubricFileRefused(
            "The file is not written", error.strerror or "no file", "Name one that can be."
        )
        raise FileRefused(f"{name}: {refusal}") from None


def _version(tenant: Tenant, code: str, number: int) -> Rubric:
    row = rubric_versions.rubric_of(tenant.pk, code)
    return rubrics.rubric_of(tenant.pk, rubric_versions.version_of(row, number).pk)


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Name the file in what is refused of it. Raises FileRefused."""
    try:
        yield
    except (RubricError, RubricFileRefused) as refused:
        raise FileRefused(f"{name}: {refused}") from None
