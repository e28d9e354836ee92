"""Findings of a big tenant as rows for COPY, after the pattern of what the product found itself."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import zstandard

from bench.copying import Row, Rows
from bench.spoken import PER_CALL, WORDS, Call
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.models import Evaluation, Finding, QueueItem
from reviews.models.ids import uuid7

STANDINGS: Mapping[str, float] = {
    "open": 0.124, "escalated": 0.006, "second": 0.004, "upheld": 0.22, "dismissed": 0.45,
    "suppressed": 0.036, "superseded": 0.16,
}  # fmt: skip
PHRASES = 2_000
"""So many different texts are found."""
_WAITS = ("open", "escalated", "second")
_EVALUATIONS = (
    "id, tenant_id, transcript_id, transcript_revision, rubric_version_id, engine_version, round, "
    "results, verdict, score, passed, failed, not_assessable, not_applicable, created_at"
)
_FINDINGS = (
    "id, tenant_id, evaluation_id, transcript_id, rule_code, severity, outcome, is_unsure, role, "
    "agent_id, utterance, last_utterance, first_word, last_word, start_ms, end_ms, spans, "
    "created_at"
)
_ITEMS = (
    "id, tenant_id, finding_id, transcript_id, rubric_id, agent_id, rule_code, rank, standing, "
    "sequence, found_at, updated_at, decided_by_id, decided_at, level, due_at, held_until, "
    "assigned_to_id, lowered_to, phrase_key, line_key"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """An evaluation of the product's own with its findings; spans stand within every call."""

    evaluation: Evaluation
    results: bytes
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all findings share. `now`: when the tenant is made."""

    tenant: UUID
    rubric: UUID
    people: Sequence[UUID]
    now: datetime


def patterns() -> list[Pattern]:
    return [_pattern(row) for row in Evaluation.objects.prefetch_related("findings").order_by("pk")]


def _pattern(row: Evaluation) -> Pattern:
    stored = msgspec.json.decode(zstandard.decompress(bytes(row.results)))
    results = zstandard.compress(msgspec.json.encode(_within(stored)))
    return Pattern(row, results, list(row.findings.order_by("pk")))


def _within(stored: Any) -> Any:
    """With every place in the calls of bench.spoken, whose lines have WORDS[0] words the least."""
    if isinstance(stored, list):
        return [_within(each) for each in stored]
    if not isinstance(stored, dict):
        return stored
    most = {"first_word": WORDS[0] - 1, "last_word": WORDS[0] - 1}
    most |= {"utterance": PER_CALL - 1, "last_utterance": PER_CALL - 1}
    return {name: _least(most.get(name), _within(value)) for name, value in stored.items()}


def _least(most: int | None, value: Any) -> Any:
    return value if most is None or value is None else min(most, value)


def of(
    dice: random.Random, ground: Ground, calls: Sequence[Call], known: Sequence[Pattern], each: int
) -> tuple[int, list[Rows]]:
    """About `each` of every call, by engines that followed each other; how many they are."""
    evaluations: list[Row] = []
    findings: list[Row] = []
    items: list[Row] = []
    for call in calls:
        count, engine = 0, 0
        while count < each:
            pattern, engine = dice.choice(known), engine + 1
            made = uuid7()
            evaluations.append(_evaluation(ground, call, pattern, made, engine))
            for found in pattern.findings[: each - count]:
                count += 1
                findings.append(_finding(ground, call, found, made, uuid7()))
                items.append(_item(dice, ground, call, findings[-1]))
    return len(findings), [
        Rows(Evaluation, _EVALUATIONS, evaluations),
        Rows(Finding, _FINDINGS, findings),
        Rows(QueueItem, _ITEMS, items),
    ]


def _evaluation(ground: Ground, call: Call, like: Pattern, made: UUID, engine: int) -> Row:
    row = like.evaluation
    return (
        made, ground.tenant, call.id, 1, row.rubric_version_id, f"bench-{engine}", 0, like.results,
        row.verdict, row.score, row.passed, row.failed, row.not_assessable, row.not_applicable,
        call.at + timedelta(minutes=engine),
    )  # fmt: skip


def _finding(ground: Ground, call: Call, like: Finding, evaluation: UUID, made: UUID) -> Row:
    spans = _within({name: getattr(like, name) for name in _SPAN})
    return (
        made, ground.tenant, evaluation, call.id, like.rule_code, like.severity, like.outcome,
        like.is_unsure, like.role, call.agent, *spans.values(), like.start_ms, like.end_ms,
        like.spans, call.at,
    )  # fmt: skip


_SPAN = ("utterance", "last_utterance", "first_word", "last_word")


def _item(dice: random.Random, ground: Ground, call: Call, finding: Row) -> Row:
    standing = dice.choices(list(STANDINGS), list(STANDINGS.values()))[0]
    found = call.at + timedelta(seconds=dice.randint(60, 3600))
    waits, is_decided = standing in _WAITS, standing in ("upheld", "dismissed")
    moved = found + timedelta(hours=dice.randint(1, 100)) if is_decided else found
    return (
        uuid7(), ground.tenant, finding[0], call.id, ground.rubric, call.agent, finding[4],
        GRAVEST_FIRST.index(finding[5]), standing, int(is_decided), found, moved,
        dice.choice(ground.people) if is_decided else None, moved if is_decided else None,
        int(standing == "escalated"),
        ground.now + timedelta(hours=dice.randint(-99, 99)) if waits and dice.random() < 0.4
        else None,
        ground.now + timedelta(days=dice.randint(1, 9)) if waits and dice.random() < 0.02 else None,
        dice.choice(ground.people) if waits and dice.random() < 0.4 else None,
        "", dice.randint(0, PHRASES).to_bytes(16), dice.randint(0, 99 * PHRASES).to_bytes(16),
    )  # fmt: skip
