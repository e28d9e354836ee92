"""Two tenants, and one row in every table of each."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from reviews import access
from reviews.models import MemberRole, Membership, Tenant, User
from reviews.models.ids import uuid7
from reviews.models.tenancy import TenantModel, tenant_context

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HASH = hashlib.sha256(b"x").digest()


@dataclass(frozen=True, slots=True)
class World:
    """One tenant with a row in every table, by model name."""

    tenant: Tenant
    user: User
    rows: dict[str, TenantModel]

    def __getitem__(self, name: str) -> Any:
        return self.rows[name]


def membership_in(slug: str, user: User) -> Membership | None:
    """As the tenant middleware finds it."""
    rows = access.memberships_of(user)
    return next((row for row in rows if row.tenant.slug == slug), None)


def tenant_models() -> list[Any]:
    """Every model with a tenant, found by its field, not by its base."""
    return [model for model in apps.get_app_config("reviews").get_models() if _has_tenant(model)]


def world(slug: str) -> World:
    """A tenant, its user, and a row in each of its tables."""
    tenant = Tenant.objects.create(slug=slug, name=slug)
    user = User.objects.create_user(f"{slug}@example.test")
    rows: dict[str, TenantModel] = {}
    with tenant_context(tenant.pk):
        for name in ORDER:
            rows[name] = make(name, tenant, user, rows)
    return World(tenant, user, rows)


def make(name: str, tenant: Tenant, user: User, rows: dict[str, Any], /, **changes: Any) -> Any:
    """A saved row of the model `name`; references go to `rows`."""
    values = FIELDS[name](rows, user) | changes
    return apps.get_model("reviews", name).objects.create(tenant=tenant, **values)


Rows = dict[str, Any]
FIELDS: dict[str, Callable[[Rows, User], dict[str, Any]]] = {
    "Team": lambda rows, user: {"name": "Team"},
    "Membership": lambda rows, user: {"user": user, "role": MemberRole.REVIEWER},
    "MembershipTeam": lambda rows, user: {"membership": rows["Membership"], "team": rows["Team"]},
    "Agent": lambda rows, user: {"external_id": "7", "team": rows["Team"]},
    "Source": lambda rows, user: {
        "kind": "assemblyai",
        "name": "main",
        "base_url": "http://127.0.0.1:9",
        "sealed_key": b"",
    },
    "ListedCall": lambda rows, user: {
        "source": rows["Source"],
        "external_id": "t-2",
        "found_by": "backfill",
        "rank": 2,
        "seen_at": NOW,
        "look_at": NOW,
    },
    "Submission": lambda rows, user: {
        "source": rows["Source"],
        "nonce": "n" * 32,
        "audio_hmac": HASH,
        "is_again": True,
        "state": "taken",
        "external_id": "t-3",
        "hook_url": "http://127.0.0.1:9",
        "created_at": NOW,
    },
    "RecordingPart": lambda rows, user: {
        "submission": rows["Submission"],
        "number": 0,
        "sealed": b"",
    },
    "Route": lambda rows, user: {
        "source": rows["Source"],
        "kind": "tag",
        "value": "north",
        "to_id": rows["Source"].tenant_id,
        "created_at": NOW,
    },
    "JudgeEndpoint": lambda rows, user: {
        "base_url": "http://127.0.0.1:9",
        "model": "small",
        "sealed_key": b"",
        "calls_per_day": 1,
        "tokens_per_day": 1,
        "updated_at": NOW,
    },
    "Transcript": lambda rows, user: {
        "source": rows["Source"],
        "external_id": "t-1",
        "state": "ready",
        "payload_hmac": HASH,
        "payload": b"",
        "received_at": NOW,
    },
    "Audio": lambda rows, user: {
        "transcript": rows["Transcript"],
        "kind": "original",
        "state": "gone",
    },
    "Participant": lambda rows, user: {
        "transcript": rows["Transcript"],
        "revision": 1,
        "speaker": "A",
        "role": "agent",
        "agent": rows["Agent"],
    },
    "Utterance": lambda rows, user: {
        "transcript": rows["Transcript"],
        "revision": 1,
        "index": 0,
        "role": "agent",
        "text": "hello",
        "packed": b"",
    },
    "CallWords": lambda rows, user: {
        "transcript": rows["Transcript"],
        "revision": 1,
        "at": NOW,
        "words": SearchVector(Value("hello"), config="simple"),
    },
    "Rubric": lambda rows, user: {"code": "calls", "name": "Calls"},
    "RubricVersion": lambda rows, user: {
        "rubric": rows["Rubric"],
        "number": 1,
        "document": "{}",
        "sha256": HASH,
        "effective_from": NOW,
    },
    "Draft": lambda rows, user: {
        "rubric": rows["Rubric"],
        "document": "{}",
        "base": rows["RubricVersion"],
        "changed_at": NOW,
    },
    "Assignment": lambda rows, user: {"number": 1, "at": NOW},
    "AssignedCall": lambda rows, user: {
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "assignment": rows["Assignment"],
        "at": NOW,
    },
    "Backtest": lambda rows, user: {
        "rubric": rows["Rubric"],
        "document": "{}",
        "sha256": HASH,
        "base": rows["RubricVersion"],
        "assignment": rows["Assignment"],
        "since": NOW - timedelta(days=30),
        "until": NOW,
        "began_at": NOW,
    },
    "BacktestTally": lambda rows, user: {"backtest": rows["Backtest"], "rule_code": "notice"},
    "BacktestHit": lambda rows, user: {
        "backtest": rows["Backtest"],
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "rule_code": "notice",
        "kind": "new",
        "role": "agent",
    },
    "Judgement": lambda rows, user: {
        "rubric": rows["Rubric"],
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "rule_code": "notice",
        "is_violation": True,
        "origin": "backtest",
        "at": NOW,
    },
    "Evaluation": lambda rows, user: {
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "rubric_version": rows["RubricVersion"],
        "engine_version": "1",
        "results": b"",
        "verdict": "failed",
        "passed": 0,
        "failed": 1,
        "not_assessable": 0,
        "not_applicable": 0,
    },
    "Finding": lambda rows, user: {
        "evaluation": rows["Evaluation"],
        "transcript": rows["Transcript"],
        "rule_code": "notice",
        "severity": "high",
        "outcome": "absent",
        "is_unsure": False,
        "role": "unknown",
        "agent": rows["Agent"],
        "spans": 0,
    },
    "QueueItem": lambda rows, user: {
        "finding": rows["Finding"],
        "transcript": rows["Transcript"],
        "rubric": rows["Rubric"],
        "agent": rows["Agent"],
        "rule_code": "notice",
        "rank": 1,
        "standing": "upheld",
        "sequence": 1,
        "found_at": NOW,
        "updated_at": NOW,
    },
    "Release": lambda rows, user: {"transcript": rows["Transcript"], "by": user, "at": NOW},
    "Dispute": lambda rows, user: {"finding": rows["Finding"], "by": user, "at": NOW},
    "DisputeNote": lambda rows, user: {
        "dispute": rows["Dispute"],
        "is_answer": False,
        "text": "because",
    },
    "DisputeTerms": lambda rows, user: {
        "window_days": 14,
        "answer_hours": 8,
        "open_at_most": 100,
    },
    "Suppression": lambda rows, user: {
        "finding": rows["Finding"],
        "rule_code": "notice",
        "matches": "phrase",
        "key": HASH[:16],
        "reason_code": "allowed",
        "by": user,
        "at": NOW,
        "expires_at": NOW + timedelta(days=3650),
    },
    "WorkingHours": lambda rows, user: {
        "zone": "UTC",
        "weekdays": [1],
        "opens_min": 0,
        "closes_min": 60,
        "due_hours": {},
        "changed_at": NOW,
    },
    "DismissalReason": lambda rows, user: {"code": "allowed", "label": "Allowed", "position": 0},
    "SavedView": lambda rows, user: {
        "name": "Mine",
        "query": "is:open",
        "made_by": user,
        "made_at": NOW,
    },
    "Review": lambda rows, user: {
        "evaluation": rows["Evaluation"],
        "finding": rows["Finding"],
        "rule_code": "notice",
        "sequence": 1,
        "verdict": "upheld",
        "by": user,
        "at": NOW,
    },
    "ReviewNote": lambda rows, user: {"review": rows["Review"], "text": "note"},
    "CallReview": lambda rows, user: {
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "rubric_version": rows["RubricVersion"],
        "evaluation": rows["Evaluation"],
        "sequence": 1,
        "by": user,
        "started_at": NOW,
        "ended_at": NOW + timedelta(minutes=5),
    },
    "SamplingPlan": lambda rows, user: {
        "name": "Weekly",
        "rubric": rows["Rubric"],
        "share": 10.0,
        "seed": "seed",
        "changed_at": NOW,
    },
    "Draw": lambda rows, user: {
        "plan": rows["SamplingPlan"],
        "week": date(2026, 10, 26),
        "terms": {"seed": "seed", "stratum": "none"},
        "calls": 1,
        "is_random": True,
        "at": NOW,
    },
    "DrawnCall": lambda rows, user: {
        "draw": rows["Draw"],
        "transcript": rows["Transcript"],
        "place": 1,
        "is_double": False,
    },
    "ReviewTask": lambda rows, user: {
        "drawn": rows["DrawnCall"],
        "reviewer": user,
        "due_at": NOW,
        "made_at": NOW,
    },
    "CalibrationSet": lambda rows, user: {
        "name": "Spring",
        "rubric_version": rows["RubricVersion"],
        "due": date(2026, 11, 8),
        "made_by": user,
        "made_at": NOW,
        "closed_at": NOW,
    },
    "CalibrationCall": lambda rows, user: {
        "calibration": rows["CalibrationSet"],
        "evaluation": rows["Evaluation"],
    },
    "CalibrationSeat": lambda rows, user: {
        "calibration": rows["CalibrationSet"],
        "membership": rows["Membership"],
    },
    "Coaching": lambda rows, user: {
        "agent": rows["Agent"],
        "rubric": rows["Rubric"],
        "rule_code": "notice",
        "by": user,
        "due": date(2026, 11, 8),
        "at": NOW,
    },
    "CoachingMoment": lambda rows, user: {
        "coaching": rows["Coaching"],
        "finding": rows["Finding"],
    },
    "CoachingNote": lambda rows, user: {"coaching": rows["Coaching"], "text": "note"},
    "Notification": lambda rows, user: {
        "user": user,
        "kind": "source_stopped",
        "about_id": rows["Source"].pk,
        "created_at": NOW,
    },
    "CallReviewAnswer": lambda rows, user: {
        "call_review": rows["CallReview"],
        "rule_code": "notice",
        "level": "yes",
        "share": 1.0,
    },
    "CallReviewComment": lambda rows, user: {
        "answer": rows["CallReviewAnswer"],
        "text": "comment",
    },
    "CallReviewRule": lambda rows, user: {
        "call_review": rows["CallReview"],
        "rule_code": "notice",
        "was_failed": True,
        "is_violation": True,
    },
    "ManualFinding": lambda rows, user: {
        "transcript": rows["Transcript"],
        "transcript_revision": 1,
        "rubric_version": rows["RubricVersion"],
        "evaluation": rows["Evaluation"],
        "rule_code": "notice",
        "utterance": 0,
        "first_word": 0,
        "last_word": 0,
        "by": user,
        "at": NOW,
    },
    "ManualFindingNote": lambda rows, user: {"finding": rows["ManualFinding"], "text": "note"},
    "CallReviewDraft": lambda rows, user: {
        "transcript": rows["Transcript"],
        "evaluation": rows["Evaluation"],
        "by": user,
        "began_at": NOW,
        "changed_at": NOW,
    },
    "ApiKey": lambda rows, user: {
        "name": "crm",
        "prefix": "abcd",
        "secret_sha256": HASH,
        "scopes": ["read"],
        "expires_at": NOW + timedelta(days=30),
    },
    "KeyUse": lambda rows, user: {"api_key": rows["ApiKey"], "minute_at": NOW, "requests": 1},
    "ApiAnswer": lambda rows, user: {
        "api_key_id": rows["ApiKey"].pk,
        "name_sha256": HASH,
        "request_sha256": HASH,
        "status": 200,
        "sealed_body": b"sealed",
        "created_at": NOW,
    },
    "AuditEvent": lambda rows, user: {
        "event": "source.connected",
        "target_kind": "source",
        "target_id": rows["Source"].pk,
        "at": NOW,
        "sequence": 1,
        "previous_sha256": bytes(32),
        "sha256": HASH,
    },
    "Hook": lambda rows, user: {
        "name": "flow",
        "url": "http://127.0.0.1:9/hook",
        "sealed_secret": b"",
        "state": "off",
        "off_code": "gone",
        "origin": "page",
        "created_by": user,
        "created_at": NOW,
    },
    "Event": lambda rows, user: {
        "kind": "ping",
        "about_id": rows["Hook"].pk,
        "sequence": 1,
        "created_at": NOW,
    },
    "Delivery": lambda rows, user: {
        "hook": rows["Hook"],
        "event": rows["Event"],
        "state": "failed",
        "due_at": NOW,
    },
    "Drop": lambda rows, user: {
        "name": "warehouse",
        "tables": ["calls"],
        "form": "ndjson",
        "every_hours": 6,
        "target": "folder",
        "folder": "nightly",
        "is_on": False,
        "next_at": NOW,
        "created_by": user,
        "created_at": NOW,
    },
    "DropRun": lambda rows, user: {
        "drop": rows["Drop"],
        "until": NOW,
        "schema_version": 1,
        "code": "target_refused",
        "began_at": NOW,
    },
    "CrmConnection": lambda rows, user: {
        "name": "crm",
        "system": "salesforce",
        "sign_in": "client",
        "address": "http://127.0.0.1:9",
        "client_id": "c",
        "sealed_secret": b"",
        "object_name": "Evaluation__c",
        "key_field": "Ext_Id__c",
        "mapping": {"score": "Score__c"},
        "off_code": "sign_in_refused",
        "cursor_at": NOW,
        "cursor_id": rows["Evaluation"].pk,
        "created_by": user,
        "created_at": NOW,
    },
    "CrmRun": lambda rows, user: {
        "connection": rows["CrmConnection"],
        "started_at": NOW,
        "finished_at": NOW,
        "code": "rate_limited",
    },
    "CrmRecord": lambda rows, user: {
        "connection": rows["CrmConnection"],
        "evaluation": rows["Evaluation"],
        "run": rows["CrmRun"],
        "state": "failed",
        "due_at": NOW,
        "code": "rejected",
    },
    "ExternalId": lambda rows, user: {
        "kind": "account",
        "transcript": rows["Transcript"],
        "system": "other",
        "value": "a-1",
        "changed_at": NOW,
    },
    "Forward": lambda rows, user: {
        "name": "channel",
        "state": "off",
        "trigger": "created",
        "way": "slack",
        "sealed_address": b"sealed",
        "created_by": user,
        "created_at": NOW,
    },
    "Forwarded": lambda rows, user: {
        "forward": rows["Forward"],
        "about_id": rows["Finding"].pk,
        "state": "failed",
        "due_at": NOW,
        "created_at": NOW,
    },
    "Tombstone": lambda rows, user: {
        "kind": "evaluation",
        "gone_id": uuid7(),
        "deleted_at": NOW,
    },
    "Job": lambda rows, user: {
        "kind": "evaluate",
        "key": "k",
        "subject_id": rows["Transcript"].pk,
        "due_at": NOW,
    },
}
ORDER = list(FIELDS)


def _has_tenant(model: Any) -> bool:
    return any(field.name == "tenant" for field in model._meta.local_fields)
