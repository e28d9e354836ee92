"""A backtest as its page shows it: what would be found, how right that was, what would change."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from reviews import access
from reviews.detection.proportion import Proportion, Recall
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.models import (
    Backtest,
    BacktestHit,
    BacktestTally,
    HitKind,
    MemberScope,
    Membership,
    Review,
    Team,
    Verdict,
)
from reviews.models.rows import select
from reviews.queries import lines, recall, verdicts
from reviews.queries.lines import Said
from reviews.queries.queue import TO_ITS_END
from reviews.queries.queue_query import FilterRefused
from reviews.queries.verdicts import Count, Known

PAGE = 50
TRIED = (HitKind.NEW, HitKind.SAME)
BASE = (HitKind.LOST, HitKind.SAME)
DIFFERENT = (HitKind.NEW, HitKind.LOST)
DAYS_OF_WORK = 30
PAUSE_S = 300
"""A longer time between two verdicts of one person is no time spent on the second."""
GAPS_NEEDED = 20
_GAPS = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) FROM (
    SELECT extract(epoch FROM at - lag(at) OVER (PARTITION BY by_id ORDER BY at)) AS gap
    FROM reviews_review WHERE tenant_id = %(tenant)s AND at >= %(since)s
) gaps WHERE gap > 0 AND gap <= %(pause)s
"""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule; precision is None where nobody judged."""

    code: str
    title: str
    drafted: int
    published: int
    new: int
    lost: int
    same: int
    not_assessable: int
    unsure: int
    precision: Proportion | None
    before: Proportion | None
    teams: tuple[tuple[str, int, Proportion | None], ...]
    """Of each team: its name, the hits of its agents, and how right they were."""


@dataclass(frozen=True, slots=True)
class Report:
    row: Backtest
    rubric: Rubric
    rules: tuple[RuleLine, ...]
    drafted: int
    published: int
    not_assessable: int
    precision: Proportion | None
    before: Proportion | None
    recall: Recall | None
    """None until every call is tried."""
    decided_a_day: float
    days: float
    """Of the calls that were tried, from the first day on; at least one."""
    seconds_a_verdict: float | None
    """The median that reviewers took; None where too few were given one after another."""

    @property
    def is_over(self) -> bool:
        return self.row.ended_at is not None

    @property
    def percent(self) -> int:
        return min(100, 100 * self.row.done // self.row.calls) if self.row.calls else 100

    def per_thousand(self, hits: int) -> float | None:
        return 1000 * hits / self.row.done if self.row.done else None

    @property
    def drafted_per_thousand(self) -> float | None:
        return self.per_thousand(self.drafted)

    @property
    def published_per_thousand(self) -> float | None:
        return self.per_thousand(self.published) if self.row.base_id else None

    @property
    def verdicts_a_day(self) -> float:
        return self._a_day(self.drafted)

    @property
    def minutes_a_day(self) -> float | None:
        """What the change adds to the reviewers' day."""
        if self.seconds_a_verdict is None:
            return None
        return self._a_day(self.drafted - self.published) * self.seconds_a_verdict / 60

    @property
    def is_over_budget(self) -> bool:
        return self.verdicts_a_day > self.decided_a_day

    def _a_day(self, findings: int) -> float:
        """As many as all the calls would give, by those that were tried so far."""
        return findings / self.days * (self.row.calls / self.row.done if self.row.done else 1)


@dataclass(frozen=True, slots=True)
class HitRow:
    hit: BacktestHit
    title: str
    said: Said | None
    known: Known | None

    @property
    def is_wanted(self) -> bool:
        """Nobody judged it wrong, so its lines are something to be found."""
        return self.known is None or self.known.is_right


@dataclass(frozen=True, slots=True)
class HitPage:
    rows: tuple[HitRow, ...]
    next: str


def report(row: Backtest, *, now: datetime) -> Report:
    """Of as many calls as were tried so far."""
    rubric = parse_rubric(json.loads(row.document))
    counted = verdicts.counts(row)
    tallies = {each.rule_code: each for each in BacktestTally.objects.filter(backtest=row)}
    titles = {rule.code: rule.title for rule in rubric.rules}
    teams = {team.pk: team.name for team in Team.objects.filter(tenant_id=row.tenant_id)}
    rules = tuple(
        _line(code, titles.get(code, code), tallies.get(code), _of(counted, code), teams)
        for code in row.rules
    )
    decided, gap = _work(row.tenant_id, now)
    return Report(
        row=row,
        rubric=rubric,
        rules=rules,
        drafted=sum(rule.drafted for rule in rules),
        published=sum(rule.published for rule in rules),
        not_assessable=sum(rule.not_assessable for rule in rules),
        precision=verdicts.precision(counted, of=TRIED),
        before=verdicts.precision(counted, of=BASE),
        recall=recall.of_backtest(row) if row.ended_at and not row.cancelled_at else None,
        decided_a_day=decided,
        days=max(1.0, ((row.until or now) - row.since) / timedelta(days=1)),
        seconds_a_verdict=gap,
    )


def over_budget(rubric_id: UUID, document: str, *, now: datetime) -> Report | None:
    """The newest whole backtest of a canonical document, where it asks for more verdicts a day than
    are decided; None else."""
    tried = Backtest.objects.filter(
        rubric_id=rubric_id,
        sha256=hashlib.sha256(document.encode()).digest(),
        ended_at__isnull=False,
        cancelled_at=None,
        is_shadow=False,
    )
    row = tried.order_by("-began_at").first()
    shown = report(row, now=now) if row else None
    return shown if shown and shown.is_over_budget else None


def _of(counted: Sequence[Count], code: str) -> list[Count]:
    return [each for each in counted if each.rule == code]


def _line(
    code: str,
    title: str,
    tally: BacktestTally | None,
    counted: Sequence[Count],
    teams: dict[UUID, str],
) -> RuleLine:
    tally = tally or BacktestTally()
    kinds = {kind: sum(each.hits for each in counted if each.kind == kind) for kind in HitKind}
    by_team = sorted({each.team for each in counted if each.team}, key=lambda pk: teams.get(pk, ""))
    return RuleLine(
        code=code,
        title=title,
        drafted=tally.drafted,
        published=tally.published,
        new=kinds[HitKind.NEW],
        lost=kinds[HitKind.LOST],
        same=kinds[HitKind.SAME],
        not_assessable=tally.not_assessable,
        unsure=tally.unsure,
        precision=verdicts.precision(counted, of=TRIED),
        before=verdicts.precision(counted, of=BASE),
        teams=tuple(
            _team(teams.get(pk, ""), [c for c in counted if c.team == pk]) for pk in by_team
        ),
    )


def _team(name: str, counted: Sequence[Count]) -> tuple[str, int, Proportion | None]:
    hits = sum(each.hits for each in counted if each.kind in TRIED)
    return name, hits, verdicts.precision(counted, of=TRIED)


def _work(tenant_id: UUID, now: datetime) -> tuple[float, float | None]:
    """Verdicts a day of the last 30, and the seconds that one takes."""
    since = now - timedelta(days=DAYS_OF_WORK)
    given = Review.objects.filter(
        tenant_id=tenant_id, at__gte=since, verdict__in=[Verdict.UPHELD, Verdict.DISMISSED]
    )
    asked = {"tenant": tenant_id, "since": since, "pause": PAUSE_S}
    ((gaps, median),) = select(_GAPS, asked)
    return given.count() / DAYS_OF_WORK, float(median) if gaps >= GAPS_NEEDED else None


def hits(
    membership: Membership, row: Backtest, *, kinds: Sequence[HitKind], rule: str, after: str
) -> HitPage:
    """A page of hits on calls that `membership` may see. Raises FilterRefused."""
    rows = access.scoped_to(BacktestHit, membership.tenant_id).filter(backtest=row, kind__in=kinds)
    if membership.scope != MemberScope.TENANT:
        rows = rows.filter(transcript__in=access.visible_transcripts(membership))
    if rule:
        rows = rows.filter(rule_code=rule)
    if after:
        rows = rows.filter(pk__gt=_cursor(rows, after))
    joined = rows.select_related("transcript", "agent").defer("transcript__payload")
    shown = list(joined.order_by("pk")[: PAGE + 1])
    own = shown[:PAGE]
    titles = {r.code: r.title for r in parse_rubric(json.loads(row.document)).rules}
    said = lines.said(membership.tenant_id, [_wanted(each) for each in own])
    known = verdicts.known(row, [each.pk for each in own])
    return HitPage(
        rows=tuple(
            HitRow(hit, titles.get(hit.rule_code, hit.rule_code), line, known.get(hit.pk))
            for hit, line in zip(own, said, strict=True)
        ),
        next=str(own[-1].pk) if len(shown) > PAGE else "",
    )


def _cursor(rows: "QuerySet[BacktestHit]", after: str) -> UUID:
    """The hit that the page before ended with: of this list, and nobody else's."""
    try:
        return rows.values_list("pk", flat=True).get(pk=UUID(after))
    except (ValueError, BacktestHit.DoesNotExist):
        raise FilterRefused(
            "The page is refused", "an “after” that is no place in the list",
            "Begin at the first page.",
        ) from None  # fmt: skip


def _wanted(hit: BacktestHit) -> lines.Wanted | None:
    if hit.utterance is None:
        return None
    goes_on = hit.last_utterance != hit.utterance
    last = TO_ITS_END if goes_on else hit.last_word or 0
    mark = (hit.first_word or 0, last, "good" if hit.kind == HitKind.LOST else "hit")
    return lines.Wanted(hit.transcript, hit.transcript_revision, hit.utterance, mark)
