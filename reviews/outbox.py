"""What happened, for the tenant's webhooks: rows in the transaction of the act, so that one undone
tells nobody, and one that is kept is told though the process dies at once.

A row of `data` holds ids, numbers and codes: no word of a call, no name, nothing of a person. The
shapes stand here once; what is sent and what is shown as a sample are made of them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from reviews.detection.rubric import Severity
from reviews.jobs import ledger
from reviews.models import EventKind, JobKind
from reviews.models.ids import uuid7
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context

Value = str | int | float | bool | None
_ID = "01990000-0000-7000-8000-00000000000"
_OF_CALL = {"transcript": f"{_ID}1"}
_OF_FINDING = {**_OF_CALL, "evaluation": f"{_ID}2", "rule": "recording_notice"}
SHAPES: Mapping[EventKind, Mapping[str, Value]] = {
    EventKind.TRANSCRIPT_INGESTED: {
        "source": f"{_ID}3",
        "external_id": "t-1",
        "revision": 1,
        "state": "ready",
        "words": 1500,
        "duration_ms": 612_000,
    },
    EventKind.EVALUATION_COMPLETED: {
        **_OF_CALL,
        "transcript_revision": 1,
        "rubric_version": f"{_ID}4",
        "engine_version": "1",
        "verdict": "failed",
        "score": 87.5,
        "risk_flag": True,
        "passed": 14,
        "failed": 2,
        "not_assessable": 0,
        "not_applicable": 3,
    },
    EventKind.EVALUATION_SUPERSEDED: {**_OF_CALL, "by": f"{_ID}5"},
    EventKind.EVALUATION_RESCORED: {**_OF_CALL, "verdict": "passed", "score": 92.5, "was": 87.5},
    EventKind.FINDING_CREATED: {
        **_OF_FINDING,
        "severity": "high",
        "outcome": "absent",
        "is_unsure": False,
        "agent": f"{_ID}6",
    },
    EventKind.FINDING_REVIEWED: {
        **_OF_FINDING,
        "review": f"{_ID}7",
        "verdict": "dismissed",
        "standing": "dismissed",
        "reason": "allowed",
        "severity": "",
    },
    EventKind.FINDING_FORWARDED: {**_OF_FINDING, "severity": "high", "forward": f"{_ID}9"},
    EventKind.DISPUTE_OPENED: {**_OF_FINDING, "finding": f"{_ID}8"},
    EventKind.DISPUTE_ANSWERED: {**_OF_FINDING, "finding": f"{_ID}8", "state": "accepted"},
    EventKind.SOURCE_EXPIRING: {"calls": 12},
    EventKind.SOURCE_UNHEALTHY: {"code": "key_refused"},
    EventKind.PING: {},
}
"""Kind → the names of its data, each with a value as it may be."""
_WANTED = """
SELECT DISTINCT kind FROM reviews_hook, unnest(
    CASE WHEN cardinality(events) = 0 THEN %(kinds)s::text[] ELSE events::text[] END) AS kind
WHERE tenant_id = %(tenant)s AND state <> 'off'
"""
# What narrows a hook holds for events of findings, which are all that such a one is told.
# The share of the key: a hook that is deleted meanwhile must not fail the act at its commit.
_EMIT = """
WITH said AS (
    SELECT * FROM jsonb_to_recordset(%(said)s::jsonb) AS one (
        at integer, id uuid, kind text, about uuid, hook uuid, data jsonb)
), wanting AS (
    SELECT hook.id AS hook_id, said.id AS event_id FROM reviews_hook hook JOIN said
        ON said.hook = hook.id OR said.hook IS NULL
            AND (cardinality(hook.events) = 0 OR said.kind = ANY (hook.events))
    WHERE hook.tenant_id = %(tenant)s AND hook.state <> 'off' AND (
        said.hook IS NOT NULL
        OR hook.least_severity = '' AND hook.rules = '{}' AND hook.sources = '{}'
        OR EXISTS (
            SELECT FROM reviews_finding finding
            JOIN reviews_transcript transcript ON transcript.id = finding.transcript_id
            WHERE finding.id = said.about
                AND (hook.least_severity = '' OR array_position(%(order)s, finding.severity::text)
                    >= array_position(%(order)s, hook.least_severity::text))
                AND (hook.rules = '{}' OR finding.rule_code = ANY (hook.rules))
                AND (hook.sources = '{}' OR transcript.source_id = ANY (hook.sources))))
    FOR KEY SHARE OF hook
), event AS (
    INSERT INTO reviews_event (id, tenant_id, kind, about_id, sequence, data, created_at)
    SELECT said.id, %(tenant)s, said.kind, said.about,
        row_number() OVER (PARTITION BY said.about ORDER BY said.at) + coalesce((
            SELECT max(earlier.sequence) FROM reviews_event earlier
            WHERE earlier.tenant_id = %(tenant)s AND earlier.about_id = said.about), 0),
        said.data, %(now)s
    FROM said WHERE said.id IN (SELECT event_id FROM wanting)
), delivery AS (
    INSERT INTO reviews_delivery (id, tenant_id, hook_id, event_id, state, tries, due_at, last_code)
    SELECT gen_random_uuid(), %(tenant)s, hook_id, event_id, 'waiting', 0, %(now)s, ''
    FROM wanting
)
SELECT DISTINCT hook_id FROM wanting ORDER BY hook_id
"""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that happened to the row `about`; for `hook` alone, where one is named."""

    kind: EventKind
    about: UUID
    data: Mapping[str, Any]
    hook: UUID | None = None


def wanted(tenant_id: UUID) -> frozenset[EventKind]:
    """What any hook of the tenant wants to hear of: where finding out what to say costs something.

    One SQL query.
    """
    given = {"tenant": tenant_id, "kinds": [each.value for each in EventKind]}
    return frozenset(EventKind(kind) for (kind,) in select(_WANTED, given))


def emit(tenant_id: UUID, said: Sequence[Said], *, at: datetime) -> None:
    """Write what a hook wants to hear of, and a delivery for each that does; nothing for no hook.

    One SQL statement in the caller's transaction. The caller holds the lock of what it happened to
    (its row, or the audit trail's): of two that count the same row's sequence at once the second
    fails. The hooks' jobs are woken once all is committed, so no lock of theirs is held till then.
    """
    if not said:
        return
    written = [
        {
            "at": at_,
            "id": uuid7(),
            "kind": each.kind,
            "about": each.about,
            "hook": each.hook,
            "data": _checked(each),
        }
        for at_, each in enumerate(said)
    ]
    order = [each.value for each in Severity]
    said_ = json.dumps(written, default=str)
    given = {"tenant": tenant_id, "said": said_, "now": at, "order": order}
    hooks = [hook for (hook,) in select(_EMIT, given)]
    if hooks:
        transaction.on_commit(partial(wake, tenant_id, hooks), robust=True)


def wake(tenant_id: UUID, hooks: Iterable[UUID]) -> None:
    """Have the hooks' jobs look now. A wake that is lost costs a minute: they look that often."""
    with tenant_context(tenant_id):
        for hook in hooks:
            ledger.wake(
                tenant_id=tenant_id, kind=JobKind.DELIVER, source_id=hook, at=timezone.now()
            )


def body(*, kind: str, at: datetime, about: UUID, sequence: int, data: Mapping[str, Any]) -> bytes:
    """What is sent: the same bytes for the same event, whenever."""
    return json.dumps(
        {
            "type": str(kind),
            "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "data": {"id": str(about), "sequence": sequence, **data},
        },
        separators=(",", ":"),
    ).encode()


def message_id(event_id: UUID) -> str:
    """The event's id as receivers see it: the same in every try, for every hook."""
    return f"msg_{event_id.hex}"


def sample(kind: EventKind, number: int, *, at: datetime) -> dict[str, Any]:
    """An event as it could be, number 1 the first: for who builds a flow before one happens."""
    about = UUID(f"{_ID}{number}")
    made = body(kind=kind, at=at, about=about, sequence=number, data=SHAPES[kind])
    return {"id": message_id(about), **json.loads(made)}


def _checked(said: Said) -> Mapping[str, Any]:
    """Raises ValueError where the names are not those of the kind."""
    if said.data.keys() != SHAPES[said.kind].keys():
        raise ValueError(
            f"an event {said.kind} was refused: its data has other names than its shape. "
            "Change reviews/outbox.py and docs/integrator/webhooks.md with it."
        )
    return said.data
