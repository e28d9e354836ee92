"""Tenants in which every page has something to show, and every text tells whose it is."""

import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from compliance_app.run.postgres import Server
from reviews.accounts import keys
from reviews.demo import build
from reviews.ingest import connect
from reviews.models import (
    AudioKind,
    MemberRole,
    Membership,
    QueueItem,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import assignment
from reviews.queries.assignment import AssignmentRow
from reviews.reviewing.decide import Decision, decide
from reviews.rubrics import publish
from tests.factories import demo, recordings
from tests.factories.loop import drain
from tests.factories.routes import Names
from tests.factories.tenants import make
from tests.security.walls import MODELS

CALL = next(call for call in build.calls(12, seed=1) if call.script == "mc_billing_card")
RULE = "medical_advice"
DECIDED = "closing_offer"
READ_BY_CODE = {
    "Audio": {"media_type"},
    "AuditEvent": {"event", "target_kind"},
    "ApiKey": {"prefix"},
    "Backtest": {"document"},
    "BacktestHit": {"rule_code"},
    "BacktestTally": {"rule_code"},
    "CallReviewAnswer": {"rule_code", "level"},
    "CallReviewRule": {"rule_code"},
    "ManualFinding": {"rule_code"},
    "Coaching": {"rule_code"},
    "CrmConnection": {"address", "object_name", "key_field", "off_code"},
    "CrmRecord": {"code"},
    "CrmRun": {"code"},
    "Delivery": {"last_code"},
    "DismissalReason": {"code"},
    "Dispute": {"was_lowered_to"},
    "Draft": {"document"},
    "Drop": {"tables", "folder", "endpoint", "bucket", "prefix", "region", "access_key_id"},
    "DropRun": {"code"},
    "Evaluation": {"verdict"},
    "Judgement": {"rule_code"},
    "Finding": {"rule_code", "severity"},
    "Forward": {"off_code", "least_severity"},
    "Forwarded": {"last_code"},
    "Hook": {"url", "off_code"},
    "JudgeEndpoint": {"base_url"},
    "QueueItem": {"rule_code", "lowered_to"},
    "Review": {"rule_code", "reason_code", "severity"},
    "RubricVersion": {"document"},
    "SavedView": {"query"},
    "Source": {"audio_link", "base_url", "paused_code"},
    "Suppression": {"rule_code", "reason_code"},
    "Transcript": {"masked_by"},
    "Utterance": {"text"},
    "WorkingHours": {"zone"},
}
"""Columns that the program reads, so nothing may be put before them; `document` and `text` are
marked where they are made."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A tenant, who belongs to it, and its keys."""

    names: Names
    people: dict[MemberRole, User]
    tokens: dict[str, str]
    """Scope → a key with it alone; `every scope` → one with all."""


def grown(letter: str, server: Server, roles: tuple[MemberRole, ...], mark: str = "") -> Grown:
    """A tenant with a row in every table, made by the product where it can make one.

    Every text of it begins with `mark`, a canary where none is given.

    The person of the first role has the call decided, and is the one that Names has.
    """
    mark = mark or f"CANARY-{letter.upper()}"
    tenant = Tenant.objects.create(slug=f"tenant-{letter}", name=f"{mark}-Tenant")
    people = {role: _person(letter, role, mark) for role in roles}
    admin = people[roles[0]]
    _call(tenant, letter, mark)
    rows = _rows(tenant, people, admin)
    tokens = _tokens(tenant)
    _mark(server, tenant, mark)
    _age(server, tenant)
    ids: dict[str, UUID] = {name: row.pk for name, row in rows.items()}
    ids |= {"Tenant": tenant.pk, "User": admin.pk}
    names = Names(tenant.slug, mark, ids, admin.email, f"{RULE}_{letter}")
    admin.set_password(names.password)
    admin.save(update_fields=["password"])
    return Grown(names, people, tokens)


def absent(letter: str) -> Names:
    """The names of a tenant that is not there."""
    ids = {name: uuid4() for name in ("Tenant", "User", *MODELS)}
    email = f"{MemberRole.TENANT_ADMIN.value}-{letter}@example.test"
    return Names(f"tenant-{letter}", f"CANARY-{letter.upper()}", ids, email, f"{RULE}_{letter}")


def _person(letter: str, role: MemberRole, mark: str) -> User:
    return User.objects.create(
        email=f"{role.value}-{letter}@example.test",
        name=f"{mark}-User",
        password=make_password(None),
    )


def _call(tenant: Tenant, letter: str, mark: str) -> None:
    """A rubric, a source, and one call that was evaluated."""
    now = timezone.now()
    with tenant_context(tenant.pk):
        document = _rubric(letter, mark)
        publish.publish(tenant_id=tenant.pk, code="calls", document=document, by=None, now=now)
        connect.connect(
            tenant_id=tenant.pk,
            name="main",
            base_url=f"http://127.0.0.1:9/{mark}-Source",
            key="k",
            by=None,
            now=now,
        )
    demo.keep(tenant, _spoken(mark), is_scheduled=True)
    drain()
    with tenant_context(tenant.pk):
        call = Transcript.objects.get()
    for kind in AudioKind:
        recordings.held(call, kind)


def _rubric(letter: str, mark: str) -> dict[str, Any]:
    document = copy.deepcopy(build.rubric("meridian-care"))
    document["name"] = f"{mark}-Rubric"
    document["pack"] = {"code": "service_quality", "version": 1}
    for rule in document["rules"]:
        rule["title"] = f"{mark}-RubricVersion {rule['title']}"
        rule["code"] = f"{RULE}_{letter}" if rule["code"] == RULE else rule["code"]
    return document


def _spoken(mark: str) -> build.DemoCall:
    """The call with a canary in the place of each utterance's first word."""
    call = copy.deepcopy(CALL)
    for said in call.payload["utterances"]:
        said["words"][0]["text"] = f"{mark}-Utterance"
        said["text"] = " ".join(word["text"] for word in said["words"])
    call.payload["words"] = [word for said in call.payload["utterances"] for word in said["words"]]
    call.payload["text"] = " ".join(word["text"] for word in call.payload["words"])
    return call


def _rows(tenant: Tenant, people: dict[MemberRole, User], admin: User) -> dict[str, Any]:
    with tenant_context(tenant.pk):
        for role, person in people.items():
            Membership.objects.create(tenant=tenant, user=person, role=role)
        # Not the one of RULE: it stays open, so that the queue shows its words whatever is decided.
        item = QueueItem.objects.get(rule_code=DECIDED)
        _decided(item, admin)
        rows = {
            name: model._default_manager.order_by("pk").first() for name, model in MODELS.items()
        }
        rows |= {"QueueItem": item, "Finding": item.finding, "Agent": item.agent}
        rows["Team"] = make("Team", tenant, admin, rows)
        rows["Assignment"] = _assigned(tenant, admin, rows)
        rows |= _tried(tenant, admin, rows)
        for name in (
            "AssignedCall",
            "MembershipTeam",
            "CallReview",
            "CallReviewAnswer",
            "CallReviewComment",
            "CallReviewRule",
            "CallReviewDraft",
            "ManualFinding",
            "ManualFindingNote",
            "SamplingPlan",
            "Draw",
            "DrawnCall",
            "ReviewTask",
            "CalibrationSet",
            "CalibrationCall",
            "CalibrationSeat",
            "Coaching",
            "CoachingMoment",
            "CoachingNote",
            "Notification",
            "Hook",
            "Event",
            "Delivery",
            "Drop",
            "DropRun",
            "CrmConnection",
            "CrmRun",
            "CrmRecord",
            "ExternalId",
            "Forward",
            "Forwarded",
            "ApiKey",
            "ApiAnswer",
            "KeyUse",
            "DismissalReason",
            "Release",
            "Dispute",
            "DisputeNote",
            "DisputeTerms",
            "JudgeEndpoint",
            "ListedCall",
            "Judgement",
            "Submission",
            "RecordingPart",
            "Route",
            "SavedView",
            "Suppression",
            "Tombstone",
            "WorkingHours",
        ):
            rows[name] = make(name, tenant, admin, rows)
        for member in Membership.objects.exclude(pk=rows["CalibrationSeat"].membership_id):
            make("CalibrationSeat", tenant, admin, rows, membership=member)
    return rows


def _assigned(tenant: Tenant, admin: User, rows: dict[str, Any]) -> Any:
    """A list whose one row names a source, a team and a rubric."""
    source, team, rubric = ((str(rows[name].pk),) for name in ("Source", "Team", "Rubric"))
    row = AssignmentRow(source=source, team=team, rubrics=rubric)
    return make("Assignment", tenant, admin, rows, rows=assignment.plain([row]), by=admin)


def _tried(tenant: Tenant, admin: User, rows: dict[str, Any]) -> dict[str, Any]:
    """A draft of the rubric, and a backtest of it that has found what the rubric finds."""
    version = rows["RubricVersion"]
    document = version.document
    shared = {"rubric": rows["Rubric"], "document": document, "base": version}
    made = {"Draft": make("Draft", tenant, admin, rows, **shared)}
    made["Backtest"] = make("Backtest", tenant, admin, rows, rules=[DECIDED], **shared)
    found = rows["Finding"]
    place = ("utterance", "first_word", "last_utterance", "last_word", "start_ms", "end_ms")
    span = {name: getattr(found, name) for name in place} | {"rule_code": DECIDED}
    rows = rows | made
    made["BacktestTally"] = make("BacktestTally", tenant, admin, rows)
    call = {"transcript": found.transcript, "agent": found.agent, "role": found.role}
    made["BacktestHit"] = make("BacktestHit", tenant, admin, rows, **span, **call)
    return made


def _decided(item: QueueItem, admin: User) -> None:
    """Confirmed with a note, and opened again."""
    for sequence, verdict in enumerate((Verdict.UPHELD, Verdict.REOPENED)):
        decision = Decision(verdict, sequence, note="because")
        decide(finding=item.finding, decision=decision, by=admin, now=timezone.now())


def _tokens(tenant: Tenant) -> dict[str, str]:
    wanted = {str(scope): [str(scope)] for scope in keys.Scope}
    wanted["every scope"] = [str(scope) for scope in keys.Scope]
    return {name: _token(tenant, name, scopes) for name, scopes in wanted.items()}


def _token(tenant: Tenant, name: str, scopes: list[str]) -> str:
    wanted = keys.Wanted(name, scopes, days=1)
    return keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now()).token


def texts(model: Any) -> list[Any]:
    """The columns of free text, which are to hold a canary."""
    kept = READ_BY_CODE.get(model.__name__, set())
    return [
        each
        for each in model._meta.local_fields
        if isinstance(each, models.CharField | models.TextField)
        and not each.choices
        and each.name not in kept
    ]


MADE_AT = {
    "Transcript": "received_at",
    "Evaluation": "created_at",
    "QueueItem": "found_at",
    "Review": "at",
}
"""When a row was made or changed; feeds hold back what is some seconds old."""


def _age(server: Server, tenant: Tenant) -> None:
    """Make the rows an hour older, so that feeds have them."""
    with server.connect() as admin:
        for name, column in MADE_AT.items():
            admin.execute(
                f"UPDATE {MODELS[name]._meta.db_table} SET {column} = {column} - interval '1 hour' "  # noqa: S608 # names of our own model
                "WHERE tenant_id = %s",
                [tenant.pk],
            )


def _mark(server: Server, tenant: Tenant, mark: str) -> None:
    """Begin every free text with a canary; as superuser, for some tables only take inserts."""
    with server.connect() as admin:
        for name, model in MODELS.items():
            changes = ", ".join(
                f"{each.column} = left(concat_ws(' ', %(mark)s::text, {each.column}), "
                f"{each.max_length or 1_000_000})"
                for each in texts(model)
            )
            if changes:
                admin.execute(
                    f"UPDATE {model._meta.db_table} SET {changes} WHERE tenant_id = %(tenant)s",  # noqa: S608 # names of our own model
                    {"mark": f"{mark}-{name}", "tenant": tenant.pk},
                )
