"""The audit trail: one row an act, in the transaction of the act, chained by hash per tenant."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Model

from reviews.models import ApiKey, AuditEvent, User, locks
from reviews.models.tenancy import current_tenant

Who = User | ApiKey | None
"""Who acts: a person, a program by its key, or the installation itself."""
FIRST = bytes(32)
"""What the first row of a tenant has as its previous hash."""


class Event(StrEnum):
    TENANT_MADE = "tenant.made"
    SOURCE_CONNECTED = "source.connected"
    SOURCE_DISCONNECTED = "source.disconnected"
    SOURCE_PAUSED = "source.paused"
    RECORDING_SUBMITTED = "recording.submitted"
    CALLS_IMPORTED = "calls.imported"
    RUN_ASKED = "call.run_asked"
    SOURCE_RESUMED = "source.resumed"
    SOURCE_KEY_CHANGED = "source.key_changed"
    SOURCE_CHANGED = "source.changed"
    ROUTE_ADDED = "route.added"
    ROUTE_REMOVED = "route.removed"
    HOOK_ROTATED = "source.hook_rotated"
    CALL_ERASED = "source.call_erased"
    BACKFILL_STARTED = "source.backfill_started"
    COMPARISON_STARTED = "source.comparison_started"
    FETCHED_FIRST = "source.fetched_first"
    JOB_RETRIED = "job.retried"
    BACKFILL_CANCELLED = "source.backfill_cancelled"
    BACKTEST_STARTED = "backtest.started"
    SHADOW_STARTED = "shadow.started"
    SHADOW_STOPPED = "shadow.stopped"
    HIT_JUDGED = "backtest.hit_judged"
    DRAFT_BEGUN = "draft.begun"
    DRAFT_CHANGED = "draft.changed"
    DRAFT_DISCARDED = "draft.discarded"
    PUBLISHING_ASKED = "draft.publishing_asked"
    ASSIGNMENT_CHANGED = "rubric.assignment_changed"
    EVALUATED_ANEW = "rubric.evaluated_anew"
    RUBRIC_RETIRED = "rubric.retired"
    RUBRIC_REVIVED = "rubric.revived"
    RUBRIC_PUBLISHED = "rubric.published"
    GRADES_IMPORTED = "rubric.grades_imported"
    ROLES_ASSIGNED = "call.roles_assigned"
    FINDING_UPHELD = "finding.upheld"
    FINDING_DISMISSED = "finding.dismissed"
    FINDING_ESCALATED = "finding.escalated"
    FINDING_REOPENED = "finding.reopened"
    FINDING_SECOND = "finding.second_opinion"
    FINDING_ASSIGNED = "finding.assigned"
    FINDING_HELD = "finding.held"
    FINDING_TAKEN_OVER = "finding.taken_over"
    MISSED_MARKED = "finding.missed_marked"
    MISSED_WITHDRAWN = "finding.missed_withdrawn"
    SUPPRESSION_MADE = "suppression.made"
    SUPPRESSION_WITHDRAWN = "suppression.withdrawn"
    CALL_FORGOTTEN = "call.forgotten"
    CALL_RELEASED = "call.released"
    CALL_ACKNOWLEDGED = "call.acknowledged"
    DISPUTE_RAISED = "dispute.raised"
    DISPUTE_ANSWERED = "dispute.answered"
    DISPUTE_WITHDRAWN = "dispute.withdrawn"
    DISPUTE_TERMS_CHANGED = "dispute.terms_changed"
    HOURS_CHANGED = "work.hours_changed"
    REASONS_CHANGED = "work.reasons_changed"
    VIEW_SAVED = "view.saved"
    VIEW_DELETED = "view.deleted"
    CALL_REVIEW_BEGUN = "call_review.begun"
    CALL_REVIEW_FINISHED = "call_review.finished"
    CALL_REVIEW_DISCARDED = "call_review.discarded"
    PLAN_SAVED = "sampling.plan_saved"
    CALLS_DRAWN = "sampling.calls_drawn"
    TASKS_GIVEN = "sampling.tasks_given"
    TASK_SKIPPED = "sampling.task_skipped"
    TASK_REPLACED = "sampling.task_replaced"
    TASK_DONE = "sampling.task_done"
    CALIBRATION_MADE = "calibration.made"
    CALIBRATION_CLOSED = "calibration.closed"
    COACHING_GIVEN = "coaching.given"
    COACHING_ACKNOWLEDGED = "coaching.acknowledged"
    PERSONAL_DATA_REVEALED = "personal_data.revealed"
    RECORDING_HEARD = "recording.heard"
    JUDGE_ON = "judge.on"
    JUDGE_OFF = "judge.off"
    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.changed"
    MEMBER_SIGNED_IN = "member.signed_in"
    MEMBER_FACTOR_ADDED = "member.factor_added"
    MEMBER_FACTOR_REMOVED = "member.factor_removed"
    MEMBER_CODES_MADE = "member.codes_made"
    MEMBER_PROVIDER_BOUND = "member.provider_bound"
    MEMBER_PROVIDER_UNBOUND = "member.provider_unbound"
    MEMBER_PASSWORD_CHANGED = "member.password_changed"  # noqa: S105 # an event's name
    MEMBER_DEACTIVATED = "member.deactivated"
    MEMBER_ACTIVATED = "member.activated"
    AGENT_CHANGED = "agent.changed"
    AGENT_LINKED = "agent.linked"
    AGENT_UNLINKED = "agent.unlinked"
    TENANT_CHANGED = "tenant.changed"
    TENANT_SUSPENDED = "tenant.suspended"
    TENANT_RESUMED = "tenant.resumed"
    TENANT_DELETION_ASKED = "tenant.deletion_asked"
    TENANT_DELETED = "tenant.deleted"
    WEBHOOK_MADE = "webhook.made"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_ROTATED = "webhook.rotated"
    WEBHOOK_PAUSED = "webhook.paused"
    WEBHOOK_RESUMED = "webhook.resumed"
    WEBHOOK_OFF = "webhook.off"
    WEBHOOK_TESTED = "webhook.tested"
    WEBHOOK_REDELIVERED = "webhook.redelivered"
    WEBHOOK_DELETED = "webhook.deleted"
    DROP_MADE = "drop.made"
    DROP_RUN = "drop.run"
    DROP_ON = "drop.on"
    DROP_OFF = "drop.off"
    DROP_DELETED = "drop.deleted"
    CRM_CONNECTED = "crm.connected"
    CRM_CHANGED = "crm.changed"
    CRM_ON = "crm.on"
    CRM_OFF = "crm.off"
    CRM_CHECKED = "crm.checked"
    CRM_QUOTES_ON = "crm.quotes_on"
    CRM_QUOTES_OFF = "crm.quotes_off"
    CRM_WRITTEN_AGAIN = "crm.written_again"
    CRM_DELETED = "crm.deleted"
    EXTERNAL_IDS_SET = "external_ids.set"
    FORWARD_MADE = "forward.made"
    FORWARD_CHANGED = "forward.changed"
    FORWARD_SWITCHED_ON = "forward.switched_on"
    FORWARD_SWITCHED_OFF = "forward.switched_off"
    FORWARD_OFF = "forward.off"
    FORWARD_TESTED = "forward.tested"
    FORWARD_SENT_AGAIN = "forward.sent_again"
    FORWARD_DELETED = "forward.deleted"
    KEY_MADE = "api_key.made"
    KEY_ROTATED = "api_key.rotated"
    KEY_NETWORKS_CHANGED = "api_key.networks_changed"
    KEY_REVOKED = "api_key.revoked"


class NoTenant(RuntimeError):
    """An act was to be recorded outside a tenant's transaction."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"audit event {event} was refused outside a tenant: open tenant_context")


def record(
    *,
    event: Event,
    by: Who,
    target: Model,
    at: datetime,
    data: Mapping[str, str | int] | None = None,
) -> AuditEvent:
    """Append an event.

    `data` holds ids, codes and numbers only.

    Lock: one per tenant until the transaction ends, so that the chain has no fork.
    """
    tenant_id = current_tenant()
    if tenant_id is None:
        raise NoTenant(event)
    hold(tenant_id)
    last = AuditEvent.objects.filter(tenant_id=tenant_id).order_by("-sequence").first()
    row = AuditEvent(
        tenant_id=tenant_id,
        event=event,
        by=person(by),
        api_key_id=by.pk if isinstance(by, ApiKey) else None,
        target_kind=target._meta.model_name or "",
        target_id=target.pk,
        data=dict(data or {}),
        at=at,
        sequence=last.sequence + 1 if last else 1,
        previous_sha256=bytes(last.sha256) if last else FIRST,
    )
    row.sha256 = digest(row)
    row.save(force_insert=True)
    return row


def hold(tenant_id: UUID) -> None:
    """The lock of `record`, for who follows on what acts that are recorded do."""
    locks.hold(f"audit {tenant_id}")


def person(by: Who) -> User | None:
    """None where it is no person."""
    return by if isinstance(by, User) else None


def digest(row: AuditEvent) -> bytes:
    """SHA-256 over the previous hash and the row's content as canonical JSON."""
    content = {
        "tenant": str(row.tenant_id),
        "sequence": row.sequence,
        "event": row.event,
        "by": _text(row.by_id),
        "api_key": _text(row.api_key_id),
        "target": [row.target_kind, str(row.target_id)],
        "data": row.data,
        "at": row.at.astimezone(UTC).isoformat(),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(bytes(row.previous_sha256) + canonical).digest()


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
