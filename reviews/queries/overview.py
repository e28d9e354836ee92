"""One tenant at a glance: how far the work is, what was found, one quote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, When

from reviews.detection.evidence import Evidence, Found, quote
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.detection.scoring import Verdict
from reviews.models import (
    Evaluation,
    Finding,
    FindingOutcome,
    Job,
    JobKind,
    JobState,
    QueueItem,
    Source,
    Standing,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, transcripts

QUOTE_AMONG = 20
CONTEXT = 8


@dataclass(frozen=True, slots=True)
class Progress:
    transcripts: int
    evaluations: int
    live_jobs: int
    dead_jobs: tuple[str, ...]
    """`kind: last error code` of each dead letter."""
    is_backfilled: bool
    paused_code: str

    @property
    def is_done(self) -> bool:
        return self.is_backfilled and not self.live_jobs


@dataclass(frozen=True, slots=True)
class Quote:
    rule: str
    speaker: str
    role: str
    start_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Overview:
    transcripts: int
    assessed: int
    """Transcripts that passed or failed: a rule without weight alone says nothing of that."""
    findings: Mapping[str, int]
    """Rule code → findings."""
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    result: str
    quotes: tuple[str, ...]


def progress(tenant_id: UUID) -> Progress:
    """Five short counts."""
    with tenant_context(tenant_id):
        jobs = Job.objects.all()
        dead = jobs.filter(state=JobState.DEAD).values_list("kind", "last_error_code")
        sources = list(Source.objects.values_list("backfill_done_at", "paused_code"))
        return Progress(
            transcripts=Transcript.objects.count(),
            evaluations=Evaluation.objects.filter(round=0).count(),
            live_jobs=jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
            .exclude(kind__in=[JobKind.POLL, JobKind.RECONCILE, JobKind.AUDIO])
            .count(),
            dead_jobs=tuple(f"{kind}: {code or 'no code'}" for kind, code in dead),
            is_backfilled=bool(sources) and all(done for done, _ in sources),
            paused_code="".join(code for _, code in sources),
        )


def overview(tenant_id: UUID) -> Overview:
    with tenant_context(tenant_id):
        stand = QueueItem.objects.exclude(standing=Standing.SUPERSEDED)
        by_rule = stand.values_list("rule_code").annotate(count=Count("pk"))
        known = Evaluation.objects.exclude(verdict=Verdict.NOT_ASSESSABLE)
        return Overview(
            transcripts=Transcript.objects.filter(duplicate_of=None).count(),
            assessed=known.values("transcript").distinct().count(),
            findings=dict(by_rule.order_by("-count", "rule_code")),
            quote=_quote(),
        )


def results(tenant_id: UUID) -> dict[str, dict[str, RuleOutcome]]:
    """External id of each evaluated call → rule code → what came out, with the quotes."""
    with tenant_context(tenant_id):
        rows = Evaluation.objects.order_by("created_at").select_related("transcript")
        rows = rows.defer("transcript__payload")
        return {row.transcript.external_id: _rules(row) for row in rows}


def _rules(row: Evaluation) -> dict[str, RuleOutcome]:
    call = transcripts.columns_of(row.transcript, revision=row.transcript_revision)
    return {
        each.rule: RuleOutcome(
            result=each.result.value,
            quotes=tuple(quote(call, evidence) for evidence in each.outcome.evidence)
            if isinstance(each.outcome, Found)
            else (),
        )
        for each in evaluations.unpack(row, call).results
    }


def _quote() -> Quote | None:
    """The gravest finding that has words of the call, none of them personal data."""
    gravest = Case(*(When(severity=name, then=rank) for rank, name in enumerate(GRAVEST_FIRST)))
    found = Finding.objects.filter(outcome=FindingOutcome.FOUND, is_unsure=False)
    rows = found.select_related("evaluation").order_by(gravest, "transcript__call_at", "rule_code")
    quotes = (_quoted(row) for row in rows[:QUOTE_AMONG])
    return next((one for one in quotes if one is not None), None)


def _quoted(row: Finding) -> Quote | None:
    """The finding's first place in its context; None where it shows personal data."""
    call = transcripts.columns_of(
        transcripts.current(row.transcript_id), revision=row.evaluation.transcript_revision
    )
    results = evaluations.unpack(row.evaluation, call).results
    outcome = next(each.outcome for each in results if each.rule == row.rule_code)
    if not isinstance(outcome, Found) or outcome.evidence[0].label:
        return None
    found = outcome.evidence[0]
    return Quote(
        rule=row.rule_code,
        speaker=found.speaker or "?",
        role=found.role,
        start_ms=found.start_ms,
        text=_in_context(call.words, call.bounds, found),
    )


def _in_context(words: Sequence[str], bounds: Sequence[int], found: Evidence) -> str:
    """The hit in brackets, with a few words of its utterances on either side."""
    first = bounds[found.utterance] + found.first_word
    last = bounds[found.last_utterance] + found.last_word
    low = max(first - CONTEXT, bounds[found.utterance])
    high = min(last + 1 + CONTEXT, bounds[found.last_utterance + 1])
    hit = " ".join(words[first : last + 1])
    return " ".join([*words[low:first], f"[{hit}]", *words[last + 1 : high]])
