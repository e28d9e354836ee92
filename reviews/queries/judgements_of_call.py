"""Every evaluation of a call; which versions held on its day; what another version would say.

Four SQL queries for the page, two or three more to judge by a version. Nothing is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from reviews import access
from reviews.detection import engine
from reviews.detection.scoring import Result, Score
from reviews.models import Evaluation, Membership, Rubric, RubricVersion, Transcript
from reviews.queries import evaluations, history, transcripts
from reviews.queries.call import Marker, Row, row_of
from reviews.queries.rubrics import rubric_of

EVALUATIONS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """An evaluation; one of each rubric stands: the newest version's of the newest words."""

    row: Evaluation
    stands: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A rubric, and its version that was in force when the call was made; None: not yet any."""

    rubric: Rubric
    version: RubricVersion | None


@dataclass(frozen=True, slots=True)
class AsIf:
    """The call judged by a version, unstored; each row with its result as it stands."""

    version: RubricVersion
    score: Score
    rows: tuple[tuple[Row, Result | None], ...]
    differing: int
    """Rules that come out otherwise than as it stands."""


@dataclass(frozen=True, slots=True)
class Judgements:
    row: Transcript
    judged: tuple[Judged, ...]
    versions: tuple[RubricVersion, ...]
    held: tuple[Held, ...]
    """Empty where the call has no time."""


def judgements(membership: Membership, transcript_id: UUID) -> Judgements:
    """Raises Http404 where `membership` may not see the call."""
    row = access.get_transcript_for(membership, transcript_id)
    versions = access.scoped_to(RubricVersion, membership.tenant_id).select_related("rubric")
    known = tuple(versions.defer("document").order_by("rubric__name", "rubric_id", "-number"))
    return Judgements(
        row=row,
        judged=_judged(membership, row),
        versions=known,
        held=tuple(_held(known, row.call_at)) if row.call_at else (),
    )


def _judged(membership: Membership, row: Transcript) -> tuple[Judged, ...]:
    """The newest first."""
    rows = access.visible_evaluations(membership).filter(transcript=row).defer("results")
    newest = rows.select_related("rubric_version__rubric").order_by("-created_at", "-id")
    made = list(newest[:EVALUATIONS_AT_MOST])
    standing: dict[UUID, Evaluation] = {}
    for each in sorted(made, key=lambda one: (one.rubric_version.number, one.created_at)):
        if each.transcript_revision == row.revision:
            standing[each.rubric_version.rubric_id] = each
    kept = {each.pk for each in standing.values()}
    return tuple(Judged(each, each.pk in kept) for each in made)


def _held(versions: Iterable[RubricVersion], at: datetime) -> Iterable[Held]:
    """As the evaluation of a call chooses them: the latest in force, of two the higher number."""
    rubrics = {each.rubric_id: each.rubric for each in versions}
    held: dict[UUID, RubricVersion] = {}
    for each in sorted(versions, key=lambda one: (one.effective_from, one.number)):
        if each.effective_from <= at:
            held[each.rubric_id] = each
    return [Held(rubric, held.get(rubric_id)) for rubric_id, rubric in rubrics.items()]


def as_if(shown: Judgements, version: RubricVersion, *, now: datetime) -> AsIf:
    """Judged by `version`, of which no language model is asked."""
    rubric = rubric_of(version.tenant_id, version.pk)
    columns = transcripts.columns_of(shown.row)
    if asked := history.asked_of(rubric):
        earlier = history.earlier(shown.row, version.rubric_id, asked, before=now)
        columns = replace(columns, earlier=earlier)
    outcome = engine.evaluate(columns, rubric)
    marker, standing = Marker(columns), _standing(shown.judged, version)
    rows = [
        (row_of(rule, result, (part, part), marker), standing.get(rule.code))
        for rule, result, part in zip(
            rubric.rules, outcome.results, outcome.score.parts, strict=True
        )
    ]
    differing = sum(stood is not None and stood is not row.result for row, stood in rows)
    return AsIf(version, outcome.score, tuple(rows), differing)


def _standing(judged: Sequence[Judged], version: RubricVersion) -> Mapping[str, Result]:
    """Rule → its result in the evaluation that stands of the version's rubric."""
    for each in judged:
        if each.stands and each.row.rubric_version.rubric_id == version.rubric_id:
            return evaluations.results_of(each.row.results)
    return {}
