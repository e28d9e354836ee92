"""What agents see of their calls, and their appeals against findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet

from reviews import access
from reviews.detection.rubric import below
from reviews.models import (
    Dispute,
    DisputeNote,
    DisputeState,
    DisputeTerms,
    Evaluation,
    Membership,
    Release,
    Standing,
    Transcript,
)
from reviews.queries import lines
from reviews.queries.lines import Said
from reviews.queries.queue import TO_ITS_END
from reviews.queries.reviewed import Stands
from reviews.queries.rubrics import rubric_of

AT_MOST = 200
ANSWERED = (DisputeState.ACCEPTED, DisputeState.PARTLY)


@dataclass(frozen=True, slots=True)
class Terms:
    window_days: int = 14
    answer_hours: int = 24
    open_at_most: int = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """An appeal with what was said on either side."""

    id: UUID
    state: DisputeState
    by: str
    at: datetime
    due_at: datetime | None
    why: str
    answer: str
    decided_by: str
    decided_at: datetime | None
    was_lowered_to: str


@dataclass(frozen=True, slots=True)
class Row:
    shown: Shown
    finding_id: UUID
    transcript_id: UUID
    title: str
    severity: str
    lower: tuple[str, ...]
    said: Said | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Was:
    """Where a finding stood before an appeal against it was answered."""

    standing: str
    lowered_to: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A released call on its agent's page."""

    row: Transcript
    release: Release
    passed: int
    confirmed: int
    disputed: int


def terms(tenant_id: UUID) -> Terms:
    """The tenant's, or the usual ones. One SQL query."""
    row = access.scoped_to(DisputeTerms, tenant_id).first()
    return Terms(row.window_days, row.answer_hours, row.open_at_most) if row else Terms()


def of_findings(evaluations: Iterable[Evaluation]) -> dict[UUID, Shown]:
    """Finding → the appeal against it. Two SQL queries; one where there is none."""
    rows = Dispute.objects.filter(finding__evaluation__in=list(evaluations))
    return {row.finding_id: _shown(row) for row in _with_notes(rows)}


def before(items: Mapping[str, Stands], disputes: Mapping[str, Shown]) -> Mapping[str, Stands]:
    """The findings by rule as they stood before their appeals were answered."""
    answered = {code: each for code, each in disputes.items() if each.state in ANSWERED}
    return {
        code: Was(Standing.UPHELD, answered[code].was_lowered_to) if code in answered else item
        for code, item in items.items()
    }


def listed(membership: Membership, state: DisputeState, now: datetime) -> list[Row]:
    """Those that the member may see; open ones in the order of their terms. Three SQL queries."""
    rows = access.scoped_to(Dispute, membership.tenant_id).filter(
        state=state, finding__transcript__in=access.visible_transcripts(membership)
    )
    order = F("due_at").asc(nulls_last=True) if state == DisputeState.OPEN else F("at").desc()
    found = list(
        _with_notes(rows)
        .select_related("finding__evaluation", "finding__transcript", "by", "decided_by")
        .order_by(order, "id")[:AT_MOST]
    )
    said = lines.said(membership.tenant_id, [_wanted(row) for row in found])
    return [_row(row, line, now) for row, line in zip(found, said, strict=True)]


def one(membership: Membership, dispute: Dispute, now: datetime) -> Row:
    """Three SQL queries."""
    rows = access.scoped_to(Dispute, membership.tenant_id).filter(pk=dispute.pk)
    row = _with_notes(rows).select_related("finding__evaluation", "finding__transcript").get()
    said = next(iter(lines.said(membership.tenant_id, [_wanted(row)])))
    return _row(row, said, now)


def mine(membership: Membership) -> list[Mine]:
    """The released calls of one's own, the newest first. Three SQL queries at most."""
    rows = access.scoped_to(Release, membership.tenant_id).filter(
        transcript__in=access.visible_transcripts(membership)
    )
    upheld = Q(transcript__queue_items__standing=Standing.UPHELD)
    counted = rows.select_related("transcript").annotate(
        confirmed=Count("transcript__queue_items", filter=upheld, distinct=True),
        disputed=Count("transcript__findings__disputes", distinct=True),
    )
    found = list(counted.order_by("-at", "-id")[:AT_MOST])
    passed = _passed([row.transcript_id for row in found])
    return [
        Mine(row.transcript, row, passed.get(row.transcript_id, 0), row.confirmed, row.disputed)
        for row in found
    ]


def _passed(ids: list[UUID]) -> dict[UUID, int]:
    """Transcript → rules passed in its newest evaluation."""
    newest = (
        Evaluation.objects.filter(transcript__in=ids, transcript_revision=F("transcript__revision"))
        .order_by("transcript", "-created_at")
        .distinct("transcript")
    )
    return dict(newest.values_list("transcript_id", "passed"))


def _with_notes(rows: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    notes = Prefetch("notes", DisputeNote.objects.all())
    return rows.select_related("by", "decided_by").prefetch_related(notes)


def _shown(row: Dispute) -> Shown:
    notes = {note.is_answer: note.text for note in row.notes.all()}
    who = row.decided_by
    return Shown(
        id=row.pk,
        state=DisputeState(row.state),
        by=row.by.name or row.by.email,
        at=row.at,
        due_at=row.due_at,
        why=notes.get(False, ""),
        answer=notes.get(True, ""),
        decided_by=(who.name or who.email) if who else "",
        decided_at=row.decided_at,
        was_lowered_to=row.was_lowered_to,
    )


def _row(row: Dispute, said: Said | None, now: datetime) -> Row:
    finding = row.finding
    rubric = rubric_of(row.tenant_id, finding.evaluation.rubric_version_id)
    title = next(rule.title for rule in rubric.rules if rule.code == finding.rule_code)
    is_late = row.state == DisputeState.OPEN and row.due_at is not None and row.due_at < now
    return Row(
        shown=_shown(row),
        finding_id=finding.pk,
        transcript_id=finding.transcript_id,
        title=title,
        severity=finding.severity,
        lower=below(finding.severity),
        said=said,
        is_late=is_late,
    )


def _wanted(row: Dispute) -> lines.Wanted | None:
    finding = row.finding
    if finding.utterance is None:
        return None
    last = TO_ITS_END if finding.last_utterance != finding.utterance else finding.last_word or 0
    hit = (finding.first_word or 0, last, "hit")
    revision = int(finding.evaluation.transcript_revision)
    return lines.Wanted(finding.transcript, revision, finding.utterance, hit)
