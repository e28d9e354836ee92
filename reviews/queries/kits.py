"""Rubrics as kits: each by a code of eight characters that stays, with what a run of it gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviews import access
from reviews.detection.kinds import kind_of
from reviews.detection.outputs import Output, OutputType
from reviews.detection.rubric import Rubric, Rule
from reviews.models import RubricVersion
from reviews.queries import rubric_versions
from reviews.queries.rubrics import kit_code, rubric_of


@dataclass(frozen=True, slots=True)
class Kit:
    version: RubricVersion
    """With its rubric."""
    rubric: Rubric

    @property
    def code(self) -> str:
        return kit_code(self.version.rubric_id)


def by_code(tenant_id: UUID, code: str, *, now: datetime) -> Kit | None:
    """The rubric's version in force; of two rubrics of the same code the older one's."""
    held = rubric_versions.in_force(tenant_id, now=now)
    version = next((held[each] for each in sorted(held) if kit_code(each) == code), None)
    return by_version(tenant_id, version) if version else None


def by_version(tenant_id: UUID, version_id: UUID) -> Kit | None:
    """Another tenant's is none."""
    row = rubric_versions.version(tenant_id, version_id)
    return Kit(row, rubric_of(tenant_id, row.pk)) if row else None


def in_force(tenant_id: UUID, *, now: datetime) -> list[Kit]:
    """By their rubrics' codes."""
    held = rubric_versions.in_force(tenant_id, now=now).values()
    rows = access.scoped_to(RubricVersion, tenant_id).filter(pk__in=list(held))
    rows = rows.select_related("rubric").order_by("rubric__code")
    return [Kit(row, rubric_of(tenant_id, row.pk)) for row in rows]


@dataclass(frozen=True, slots=True)
class Brick:
    """One value that a run gives: an output, or a rule."""

    key: str
    type: OutputType
    description: str
    choices: tuple[str, ...] = ()


def bricks_of(rubric: Rubric) -> list[Brick]:
    """The outputs, then the rules."""
    made = [_of_output(each) for each in rubric.all_outputs]
    return made + [Brick(key, OutputType.BOOL, rule.title) for key, rule in rules_of(rubric)]


def _of_output(each: Output) -> Brick:
    return Brick(each.key, each.type, each.description, each.choices)


def rules_of(rubric: Rubric) -> Iterator[tuple[str, Rule]]:
    """Each with its key; a question to a person is none."""
    taken = {each.key for each in rubric.all_outputs}
    for rule in rubric.rules:
        if kind_of(rule.check).listens:
            yield f"rule_{rule.code}" if rule.code in taken else rule.code, rule
