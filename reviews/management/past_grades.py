"""`manage.py rubric grades`: past grades from a table, by a mapping that is written first."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from reviews import access
from reviews.accounts import keys
from reviews.management.stored_rubrics import FileRefused, refusing
from reviews.models import Transcript
from reviews.models.tenancy import tenant_context
from reviews.queries import rubric_versions, rubrics
from reviews.rubrics import grades, grading, grading_file
from reviews.rubrics.document import parsed, read_text
from reviews.rubrics.grades import Outcome, Taken
from reviews.rubrics.grading import Dates, Grading
from reviews.sources.files import table

_WORDS = {
    Outcome.ACCEPTED: "accepted",
    Outcome.HERE: "already here",
    Outcome.LEFT_OUT: "left out",
    Outcome.REFUSED: "refused",
}


def add_grades(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, help="the tenant's short name")
    parser.add_argument("code", metavar="CODE", help="the rubric's code")
    parser.add_argument("file", metavar="CSV", help="a row for each answer to a question")
    parser.add_argument(
        "--map", metavar="YAML", help="what the table means; without it one is written to fill in"
    )


def read_table(name: str) -> table.Table:
    """Raises FileRefused and TableRefused."""
    try:
        return table.read(Path(name).read_bytes())
    except OSError as error:
        seen = error.strerror or "no file"
        message = f"{name}: The table is refused: {seen}. Name a CSV file that can be read."
        raise FileRefused(message) from None


def unfilled(options: dict[str, Any], read: table.Table) -> str:
    """The table's own mapping, with what is known of it. Raises Refused."""
    tenant, columns = keys.tenant_of(options["tenant"]), grading.columns_of(read)
    with tenant_context(tenant.pk):
        row = rubric_versions.rubric_of(tenant.pk, options["code"])
        rubric = rubrics.rubric_of(tenant.pk, rubric_versions.version_of(row).pk)
    has_needed = all(getattr(columns, name) for name in grading.NEEDED)
    asked = grading.asked_of(read, columns) if has_needed else ()
    questions = grading.suggested(asked, rubric)
    return grading_file.written(Grading(columns, Dates.YEAR_FIRST, questions), asked)


def taken(options: dict[str, Any], read: table.Table) -> Taken:
    """Raises Refused and FileRefused; then nothing is kept."""
    with refusing(options["map"]):
        mapping = grading_file.read_mapping(parsed(read_text(Path(options["map"]))))
    tenant = keys.tenant_of(options["tenant"])
    with tenant_context(tenant.pk):
        row = rubric_versions.rubric_of(tenant.pk, options["code"])
        version = rubric_versions.version_of(row)
        grading.check(mapping, rubrics.rubric_of(tenant.pk, version.pk))
        return grades.take(
            rubric=row,
            table=read,
            grading=mapping,
            calls=access.scoped_to(Transcript, tenant.pk),
            by=None,
            now=timezone.now(),
        )


def told(made: Taken) -> Iterator[str]:
    """How many rows came to what, and which of them are refused for what; 20 lines of each."""
    counts = ", ".join(f"{made.counts[each]:,} {word}" for each, word in _WORDS.items())
    yield f"{sum(made.counts.values()):,} rows: {counts}."
    reasons: Counter[str] = Counter()
    for each in made.refused:
        reasons[each.reason] += 1
        if reasons[each.reason] <= 20:
            yield f"line {each.line}: {each.reason}"
    for reason, count in reasons.items():
        if count > 20:
            yield f"{count - 20:,} more: {reason}"
