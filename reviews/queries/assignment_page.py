"""The list that assigns rubrics, in the words of its page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from reviews import access
from reviews.models import Assignment, CallKind, Direction, Membership, Rubric, Source, Team
from reviews.queries.assignment import CONDITIONS, AssignmentRow

HISTORY = 20
LABELS = {
    "source": _("Source"),
    "team": _("Team"),
    "direction": _("Direction"),
    "kind": _("Kind"),
    "queue": _("Line"),
    "product": _("Product"),
    "language": _("Language"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """Of each field whose values are chosen, they and their names."""

    source: Mapping[str, str]
    team: Mapping[str, str]
    rubrics: Mapping[str, str]
    direction: Mapping[str, str]
    kind: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownRow:
    conditions: tuple[tuple[str, tuple[str, ...]], ...]
    """Label and values of each that has any."""
    rubrics: tuple[str, ...]
    goes_on: bool


def named(membership: Membership) -> Named:
    """Three SQL queries."""
    tenant_id = membership.tenant_id
    return Named(
        source=_names(access.scoped_to(Source, tenant_id).order_by("name")),
        team=_names(access.scoped_to(Team, tenant_id).order_by("name")),
        rubrics=_names(access.scoped_to(Rubric, tenant_id).order_by("name")),
        direction={str(value): str(label) for value, label in Direction.choices},
        kind={str(value): str(label) for value, label in CallKind.choices},
    )


def _names(rows: Iterable[Source | Team | Rubric]) -> dict[str, str]:
    return {str(row.pk): row.name for row in rows}


def shown(rows: Iterable[AssignmentRow], of: Named) -> tuple[ShownRow, ...]:
    return tuple(
        ShownRow(
            conditions=tuple(
                (str(LABELS[name]), _told(getattr(row, name), getattr(of, name, {})))
                for name in CONDITIONS
                if getattr(row, name)
            ),
            rubrics=_told(row.rubrics, of.rubrics),
            goes_on=row.goes_on,
        )
        for row in rows
    )


def _told(values: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(value, value) for value in values)


def history(membership: Membership) -> list[Assignment]:
    """The newest lists, the newest first."""
    rows = access.scoped_to(Assignment, membership.tenant_id).select_related("by")
    return list(rows.order_by("-number")[:HISTORY])


def numbered(membership: Membership, number: str) -> Assignment:
    """Raises Http404 where there is no list of this number."""
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    rows = access.scoped_to(Assignment, membership.tenant_id)
    row = rows.select_related("by").filter(number=int(number)).first() if is_number else None
    if row is None:
        raise Http404
    return row
