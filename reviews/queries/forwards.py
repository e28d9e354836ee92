"""Forwarding rules as their pages show them, what one would have sent, and what it says of a
finding."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reviews import access
from reviews.condition import holds
from reviews.forwarding import condition_of, seen_of
from reviews.models import (
    Agent,
    CrmConnection,
    DeliveryState,
    Finding,
    Forward,
    Forwarded,
    Hook,
    Membership,
    QueueItem,
    Source,
    Standing,
    Trigger,
)
from reviews.queries import details
from reviews.queries.rubrics import rubric_of
from reviews.queries.webhooks import PAGE, Shown

TRIED = 100
"""Findings that a rule is tried on."""


Named = Mapping[UUID, Mapping[str, Any]]
"""Finding → ids and codes of it."""


@dataclass(frozen=True, slots=True)
class LogPage:
    rows: Sequence[Any]
    """Each with the finding's `rule_code` and `transcript_id`, None for a test or where it is
    gone."""
    next: UUID | None


@dataclass(frozen=True, slots=True)
class Trial:
    """Of the newest `tried` findings it would have sent `sent`; `rules` counts them by theirs."""

    tried: int
    sent: int
    rules: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of a finding; `agent` and `quote` only where words may go along."""

    finding_id: UUID
    transcript_id: UUID
    rule: str
    severity: str
    score: float | None
    source: str
    rubric: str
    agent: str = ""
    quote: str = ""


def rows(tenant_id: UUID) -> "QuerySet[Any]":
    """Each rule with how many wait, have failed, and when it last sent one. One SQL query."""
    own = Forwarded.objects.filter(forward=OuterRef("pk"))
    of = {"waiting": DeliveryState.WAITING, "failed": DeliveryState.FAILED}
    counts = {name: Coalesce(Subquery(_count(own, state)), 0) for name, state in of.items()}
    newest = own.filter(state=DeliveryState.DELIVERED).order_by("-id")
    last = Subquery(newest.values("delivered_at")[:1])
    found = access.scoped_to(Forward, tenant_id).annotate(**counts, delivered_at=last)
    return found.select_related("hook", "crm").order_by("name")


def _count(own: "QuerySet[Forwarded]", state: DeliveryState) -> "QuerySet[Any, Any]":
    counted = own.filter(state=state).order_by().values("forward")
    return counted.annotate(n=Count("pk")).values("n")


def log(row: Forward, *, shown: Shown, after: UUID | None) -> LogPage:
    """The newest first. One SQL query."""
    own = Finding.objects.filter(tenant=row.tenant_id, pk=OuterRef("about_id"))
    found = access.scoped_to(Forwarded, row.tenant_id).filter(forward=row)
    found = found.annotate(
        rule_code=Subquery(own.values("rule_code")[:1]),
        transcript_id=Subquery(own.values("transcript")[:1]),
    )
    if shown is not Shown.ALL:
        found = found.filter(state=shown.value)
    if after:
        found = found.filter(pk__lt=after)
    listed = list(found.order_by("-id")[: PAGE + 1])
    return LogPage(listed[:PAGE], listed[PAGE - 1].pk if len(listed) > PAGE else None)


def trial(row: Forward) -> Trial:
    """Two SQL queries."""
    trigger = Trigger(row.trigger)
    found = _last(row.tenant_id, trigger)
    seen = seen_of(row.tenant_id, found, trigger=trigger, days=row.first_in_days or 0)
    condition, rules = condition_of(row), dict[str, int]()
    for each in seen.values():
        if holds(condition, each):
            rules[each.rule] = rules.get(each.rule, 0) + 1
    return Trial(len(seen), sum(rules.values()), dict(sorted(rules.items())))


def _last(tenant_id: UUID, trigger: Trigger) -> list[UUID]:
    if trigger is Trigger.CREATED:
        made = access.scoped_to(Finding, tenant_id).order_by("-id")
        return list(made.values_list("pk", flat=True)[:TRIED])
    upheld = access.scoped_to(QueueItem, tenant_id).filter(standing=Standing.UPHELD)
    return list(upheld.order_by("-updated_at").values_list("finding_id", flat=True)[:TRIED])


def said_of(tenant_id: UUID, finding_id: UUID, *, has_quote: bool) -> Said | None:
    """None where the finding is gone. The words are masked."""
    items = access.scoped_to(QueueItem, tenant_id).filter(finding=finding_id)
    item = items.select_related(
        "agent", "finding__evaluation__rubric_version__rubric", "transcript__source"
    ).first()
    if item is None:
        return None
    finding, evaluation = item.finding, item.finding.evaluation
    rubric, quote = rubric_of(tenant_id, evaluation.rubric_version_id), ""
    if has_quote:
        known = details.finding(details.queue_item(tenant_id, finding_id), is_revealed=False)
        quote = " … ".join(each.quote for each in known.result.evidence[:3])
    return Said(
        finding_id=finding.pk,
        transcript_id=finding.transcript_id,
        rule=next(rule.title for rule in rubric.rules if rule.code == finding.rule_code),
        severity=item.lowered_to or finding.severity,
        score=evaluation.score,
        source=item.transcript.source.name,
        rubric=evaluation.rubric_version.rubric.name,
        agent=(item.agent.name or item.agent.external_id) if has_quote and item.agent else "",
        quote=quote,
    )


def named(tenant_id: UUID, findings: Collection[UUID]) -> Named:
    """Those that are there, for other programs. One SQL query."""
    lowered = QueueItem.objects.filter(tenant=tenant_id, finding=OuterRef("pk")).exclude(
        lowered_to=""
    )
    rows = access.scoped_to(Finding, tenant_id).filter(pk__in=findings)
    rows = rows.annotate(now=Coalesce(Subquery(lowered.values("lowered_to")[:1]), "severity"))
    names = ("pk", "transcript_id", "evaluation_id", "rule_code", "now")
    return {
        pk: {"transcript": call, "evaluation": evaluation, "rule": rule, "severity": severity}
        for pk, call, evaluation, rule, severity in rows.values_list(*names)
    }


def hooks(tenant_id: UUID) -> list[Hook]:
    """For a choice."""
    return list(access.scoped_to(Hook, tenant_id).order_by("name"))


def to_hook(hook: Hook) -> list[Forward]:
    """Rules that send to it."""
    return list(access.scoped_to(Forward, hook.tenant_id).filter(hook=hook).order_by("name"))


def connections(tenant_id: UUID) -> list[CrmConnection]:
    """For a choice."""
    return list(access.scoped_to(CrmConnection, tenant_id).order_by("name"))


def sources(tenant_id: UUID) -> list[tuple[str, str]]:
    """For a choice: id and name."""
    found = access.scoped_to(Source, tenant_id).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


def agents_of(row: Forward) -> list[str]:
    """Their ids as the telephone system has them."""
    found = access.scoped_to(Agent, row.tenant_id).filter(pk__in=row.agents)
    return list(found.order_by("external_id").values_list("external_id", flat=True))


def people_of(row: Forward) -> list[str]:
    """Their addresses."""
    found = access.scoped_to(Membership, row.tenant_id).filter(user__in=row.mail_to)
    return list(found.order_by("user__email").values_list("user__email", flat=True))
