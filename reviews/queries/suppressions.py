"""What is not flagged again: on which words, until when, and how much it has marked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from reviews import access
from reviews.models import Membership, Standing, Suppression
from reviews.queries import lines
from reviews.queries.lines import Said
from reviews.queries.queue import TO_ITS_END

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    rule_code: str
    matches: str
    said: Said | None
    """Where it was said first, personal data left out."""
    transcript_id: UUID
    finding_id: UUID
    agent: str
    by: str
    at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    is_in_force: bool
    marked: int


def rows(membership: Membership, now: datetime) -> list[Row]:
    """The newest first. Two SQL queries."""
    shown = access.visible_transcripts(membership).values("pk")
    found = (
        access.scoped_to(Suppression, membership.tenant_id)
        .filter(finding__transcript__in=shown)
        .select_related("finding__evaluation", "finding__transcript", "agent", "by")
        .annotate(marked=Count("queue_items", filter=Q(queue_items__standing=Standing.SUPPRESSED)))
        .order_by(F("withdrawn_at").desc(nulls_first=True), "-at")[:AT_MOST]
    )
    listed = list(found)
    said = lines.said(membership.tenant_id, [_wanted(row) for row in listed])
    return [_row(row, line, now) for row, line in zip(listed, said, strict=True)]


def _wanted(row: Suppression) -> lines.Wanted | None:
    finding = row.finding
    if finding.utterance is None:
        return None
    goes_on = finding.last_utterance != finding.utterance
    last = TO_ITS_END if goes_on else finding.last_word or 0
    return lines.Wanted(
        finding.transcript,
        int(finding.evaluation.transcript_revision),
        finding.utterance,
        (finding.first_word or 0, last, "hit"),
    )


def _row(row: Any, said: Said | None, now: datetime) -> Row:
    return Row(
        id=row.pk,
        rule_code=row.rule_code,
        matches=row.get_matches_display(),
        said=said,
        transcript_id=row.finding.transcript_id,
        finding_id=row.finding_id,
        agent=(row.agent.name or row.agent.external_id) if row.agent else "",
        by=row.by.name or row.by.email,
        at=row.at,
        expires_at=row.expires_at,
        withdrawn_at=row.withdrawn_at,
        is_in_force=row.withdrawn_at is None and row.expires_at > now,
        marked=row.marked,
    )
