"""Every route of the URLconf: how it is asked in a tenant's names, and what success looks like."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews.ingest import backfill
from reviews.models import (
    ApiKey,
    Assignment,
    CrmConnection,
    Delivery,
    Dispute,
    Draft,
    Forward,
    Forwarded,
    Hook,
    Job,
    JobState,
    Membership,
    QueueItem,
    Rubric,
    SignInThrottle,
    Source,
    SourceState,
    Standing,
    Transcript,
)
from reviews.models.ids import uuid7
from reviews.models.secret import seal
from reviews.models.tenancy import tenant_context
from reviews.queries import api_keys
from reviews.web.rule_form import HeadForm
from reviews.web.shown_once import mark_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
API = ("api/v1/", "v1/")


@dataclass(frozen=True, slots=True)
class Names:
    """What requests can name of a tenant. Of an absent tenant the same, and no row behind it."""

    slug: str
    mark: str
    """A canary: every text of the tenant's rows begins with it and the table's name."""
    ids: Mapping[str, UUID]
    """Model → id of a row: Tenant, User and every table with a tenant."""
    email: str
    """Of its admin."""
    rule: str
    """The code of a rule that only this tenant has."""

    @property
    def password(self) -> str:
        return f"correct horse {self.slug}"


Words = Callable[[Names], str]
Body = Callable[[Names], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """A name in the query or the body whose value names something of a tenant.

    `status` is the answer where that is another tenant's or absent; None: as with one's own.
    """

    where: str
    name: str
    value: Words
    status: int | None = None
    method: str = ""
    """The one that reads it; "": each of them."""


@dataclass(frozen=True, slots=True)
class Fixture:
    ok: Mapping[str, int]
    """Method → status for who may; every other method is 405."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Name in the path → model."""
    shows: tuple[str, ...] = ()
    """Models whose canary is in the answer to one's own GET."""
    body: Body = lambda own: {}
    fields: tuple[Field, ...] = ()
    on_unknown: int | None = None
    """Status where the query has names that nobody knows; None: they change nothing."""
    anonymous: Mapping[str, int] = field(default_factory=dict)
    """Where it differs from `ok` for who is not signed in; of routes outside of tenants."""
    homeless: Mapping[str, int] = field(default_factory=dict)
    """The same for who is signed in and belongs to no tenant."""
    is_the_admins: bool = False
    """The row in the path is the admin's own: for everybody else of the tenant it is absent."""
    address: str = ""
    """Of a route that matches many and can name none."""
    makes: str = ""
    """What stands before the id of a row just made, in the address that it leads to."""


@dataclass(frozen=True, slots=True)
class Route:
    """`path` as the URLconf writes it, without its first slash."""

    name: str
    path: str
    kwargs: frozenset[str]
    view: Any

    @property
    def is_page(self) -> bool:
        """One of a tenant's pages."""
        return "slug" in self.kwargs

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)


def routes() -> list[Route]:
    """Every route, by walking the URLconf."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLPattern):
            kwargs = frozenset(each.pattern.converters)
            yield Route(each.name or path, path, kwargs, each.callback)
        else:
            yield from _walk(each, path)


def address_of(route: Route, names: Names) -> str:
    """Where `names`' tenant has the route."""
    fixture = FIXTURES[route.name]
    ids = {name: names.ids[model] for name, model in fixture.ids.items()}
    slug = {"slug": names.slug} if route.is_page else {}
    return fixture.address or reverse(route.name, kwargs={**slug, **ids})


def problems_of(found: list[Route], fixtures: Mapping[str, Fixture]) -> list[str]:
    """Routes that no fixture describes whole, and fixtures of no route, by name."""
    names = {route.name for route in found}
    missing = [f"{name} has no fixture" for name in sorted(names - set(fixtures))]
    left = [f"{name} is no route" for name in sorted(set(fixtures) - names)]
    partly = [
        f"{route.name} takes {name}, which its fixture does not fill"
        for route in found
        if route.name in fixtures and not fixtures[route.name].address
        for name in sorted(route.kwargs - {"slug"} - set(fixtures[route.name].ids))
    ]
    return missing + left + partly


def _queue_cursor(of: Names) -> str:
    return f"0.0.{of.ids['QueueItem'].hex}"


def _cursor(model: str) -> Words:
    return lambda of: f"4000000000000000.{of.ids[model].hex}"


def _feed_cursor(kind: str, model: str) -> Words:
    def cursor(of: Names) -> str:
        place = f"{kind}.0000000000000000.{of.ids[model].hex}"
        return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")

    return cursor


def _queue_page(of: Names) -> str:
    return f"/t/{of.slug}/queue"


def _verdict(own: Names) -> Mapping[str, str]:
    """One that is possible now: each success turns the last one round."""
    with tenant_context(own.ids["Tenant"]):
        item = QueueItem.objects.get(pk=own.ids["QueueItem"])
    verdict = "upheld" if item.standing == Standing.OPEN else "reopened"
    return {"verdict": verdict, "sequence": str(item.sequence)}


def _disputed(own: Names) -> Mapping[str, str]:
    """Nothing: but an answered one can be withdrawn by nobody, and is shown."""
    with tenant_context(own.ids["Tenant"]):
        Dispute.objects.filter(pk=own.ids["Dispute"]).update(state="rejected")
    return {}


def _bulk(own: Names) -> Mapping[str, str]:
    """Assigned to nobody, which it is; counted as left where it is decided."""
    return {"act": "assign", "pick": f"{own.ids['Finding']}:0"}


def _roles(own: Names) -> Mapping[str, str]:
    """As they are now, of the newest revision."""
    with tenant_context(own.ids["Tenant"]):
        row = Transcript.objects.defer("payload").get(pk=own.ids["Transcript"])
    return {"revision": str(row.revision)}


def _source(_own: Names) -> Mapping[str, str]:
    """A new one: neither its name nor its account may be taken."""
    new = uuid7()
    return {"name": f"new {new}", "base_url": "http://127.0.0.1:9", "key": new.hex}


def _keyed(_own: Names) -> Mapping[str, str]:
    """Of an account that nobody has."""
    return {"key": uuid7().hex}


def _resumed(own: Names) -> Mapping[str, str]:
    """Nothing: but a source can be paused only while it is active, and has a key."""
    with tenant_context(own.ids["Tenant"]):
        Source.objects.filter(pk=own.ids["Source"]).update(
            state=SourceState.ACTIVE, paused_code="", sealed_key=seal("key")
        )
    return {}


def _begun(own: Names) -> Mapping[str, str]:
    """Nothing: but only a backfill that is under way can be cancelled."""
    _resumed(own)
    with tenant_context(own.ids["Tenant"]):
        backfill.start(Source.objects.get(pk=own.ids["Source"]))
    return {}


def _compared(own: Names) -> Mapping[str, str]:
    return {**_resumed(own), "days": "3"}


def _watching(_own: Names) -> Mapping[str, str]:
    return {"poll_every_s": "60", "poll_overlap_h": "24", "retention": "unknown"}


def _recordings(_own: Names) -> Mapping[str, str]:
    """As they are: what is held stays to be heard."""
    return {"mode": "keep", "days": "30"}


def _made(own: Names) -> Mapping[str, str]:
    """The secret that is there, which the page shows a mark of."""
    with tenant_context(own.ids["Tenant"]):
        return {"made": mark_of(Source.objects.get(pk=own.ids["Source"]).sealed_hook_secret)}


def _key(own: Names) -> Mapping[str, str]:
    """One more than the page showed."""
    with tenant_context(own.ids["Tenant"]):
        newest = api_keys.newest(own.ids["Tenant"])
    return {"name": "New", "scopes": "read:findings", "days": "30", "newest": newest}


def _key_again(own: Names) -> Mapping[str, str]:
    """Of a key that is in use; its networks are taken away."""
    with tenant_context(own.ids["Tenant"]):
        ApiKey.objects.filter(pk=own.ids["ApiKey"]).update(revoked_at=None)
        row = ApiKey.objects.filter(pk=own.ids["ApiKey"]).first()
    return {"days": "30", "overlap_h": "24", "made": mark_of(row.secret_sha256) if row else ""}


def _hooked(own: Names) -> Mapping[str, str]:
    """A new one, in place of the one before: its name may not be taken."""
    with tenant_context(own.ids["Tenant"]):
        Hook.objects.filter(name="new").delete()
    return {"name": "new", "url": "https://flow.example/hook", "events": "source.expiring"}


def _dropped(_own: Names) -> Mapping[str, str]:
    return {
        "name": "new",
        "tables": "calls",
        "form": "ndjson",
        "every_hours": "6",
        "target": "folder",
        "folder": "new",
    }


def _signed(own: Names) -> Mapping[str, str]:
    """The secret that is there, which the page shows a mark of."""
    with tenant_context(own.ids["Tenant"]):
        row = Hook.objects.filter(pk=own.ids["Hook"]).first()
        return {"made": mark_of(row.sealed_secret) if row else "none"}


def _failed(own: Names) -> Mapping[str, str]:
    """Nothing: but only what does not wait can be sent again."""
    with tenant_context(own.ids["Tenant"]):
        Delivery.objects.filter(pk=own.ids["Delivery"]).update(state="failed")
    return {}


_CRM_FORM = {
    "environment": "production",
    "sign_in": "client",
    "address": "https://acme.my.salesforce.com",
    "client_id": "c",
    "secret": "s",
    "object_name": "Evaluation__c",
    "key_field": "Ext_Id__c",
    "since": "2026-11-01",
    "to_score": "Score__c",
}


def _connected(own: Names) -> Mapping[str, str]:
    """A new one, in place of the one before: its name may not be taken."""
    with tenant_context(own.ids["Tenant"]):
        CrmConnection.objects.filter(name="new").delete()
    return _CRM_FORM | {"name": "new"}


def _changed(own: Names) -> Mapping[str, str]:
    return _CRM_FORM | {"name": f"{own.mark}-CrmConnection"}


def _forwarding(own: Names) -> Mapping[str, str]:
    """A new one, in place of the one before: its name may not be taken."""
    with tenant_context(own.ids["Tenant"]):
        Forward.objects.filter(name="new").exclude(pk=own.ids["Forward"]).delete()
    address = "https://hooks.slack.com/services/T/B/x"
    return {"name": "new", "trigger": "created", "way": "slack", "address": address}


def _forwarding_still(own: Names) -> Mapping[str, str]:
    """The one that is there, under its name."""
    return {**_forwarding(own), "name": f"{own.mark}-Forward"}


def _not_sent(own: Names) -> Mapping[str, str]:
    """Nothing: but only what does not wait can be sent again."""
    with tenant_context(own.ids["Tenant"]):
        Forwarded.objects.filter(pk=own.ids["Forwarded"]).update(state="failed")
    return {}


def _buried(own: Names) -> Mapping[str, str]:
    """Nothing: but only a dead letter can be tried again."""
    with tenant_context(own.ids["Tenant"]):
        Job.objects.filter(pk=own.ids["Job"]).update(state=JobState.DEAD)
    return {}


def _pasted(_own: Names) -> Mapping[str, str]:
    """A transcript in the field for one, as a page without files sends it."""
    return {"text": "Agent: Hello.\nCustomer: Hi."}


def _recording(own: Names) -> Mapping[str, str]:
    """One that nobody has submitted yet."""
    return {**_resumed(own), "audio_url": f"https://recorder.example/{uuid7()}.wav"}


def _submission(own: Names) -> Mapping[str, str]:
    return {**_recording(own), "source": str(own.ids["Source"])}


def _revision(own: Names) -> str:
    """Of one's own draft; an absent tenant's is as good as any."""
    with tenant_context(own.ids["Tenant"]):
        row = Draft.objects.filter(rubric_id=own.ids["Rubric"]).first()
    return str(row.revision if row else 1)


def _seen(own: Names) -> Mapping[str, str]:
    return {"seen": _revision(own)}


def _named(own: Names) -> Mapping[str, str]:
    return {"name": "New", "code": f"new-{uuid7()}"}


def _headed(own: Names) -> Mapping[str, str]:
    """With its lists and sections as the demo has them, else its rules could not be read."""
    with tenant_context(own.ids["Tenant"]):
        row = Draft.objects.filter(rubric_id=own.ids["Rubric"]).first()
    document = json.loads(row.document) if row else {}
    head = HeadForm.of(document) | {"name": f"{own.mark}-Rubric"}
    return {name: str(value) for name, value in head.items()} | {"seen": _revision(own)}


def _tried(own: Names) -> Mapping[str, str]:
    return {
        "act": "try", "code": "tried", "severity": "low", "weight": "1", "section": _section(own),
        "violation_when": "found", "query": '"hello"', "seen": _revision(own),
    }  # fmt: skip


def _section(own: Names) -> str:
    with tenant_context(own.ids["Tenant"]):
        row = Draft.objects.filter(rubric_id=own.ids["Rubric"]).first()
    sections = json.loads(row.document).get("sections", ()) if row else ()
    return str(sections[0]["code"]) if sections else ""


def _days(own: Names) -> Mapping[str, str]:
    return {"days": "30", "rule": own.rule}


def _example(_own: Names) -> Mapping[str, str]:
    return {"kind": "must_match"}


def _assigned(own: Names) -> Mapping[str, str]:
    """One row, over the list as it is now."""
    with tenant_context(own.ids["Tenant"]):
        rows = Assignment.objects.filter(tenant_id=own.ids["Tenant"])
        newest = rows.order_by("-number").first()
    return {"act": "save", "rows": "1", "seen": str(newest.number if newest else 0)}


def _planned(own: Names) -> Mapping[str, str]:
    """Under a name that no plan has yet, for a rubric that is in force."""
    with tenant_context(own.ids["Tenant"]):
        Rubric.objects.filter(pk=own.ids["Rubric"]).update(retired_at=None)
    return {
        "name": f"plan {uuid7()}", "rubric": str(own.ids["Rubric"]), "share": "5",
        "stratum": "none", "way": "turns", "due_days": "7", "seed": "s",
    }  # fmt: skip


def _replanned(own: Names) -> Mapping[str, str]:
    """Under the name that it has."""
    return {**_planned(own), "name": f"{own.mark}-SamplingPlan"}


def _features(_own: Names) -> Mapping[str, str]:
    return {"profile": '{"speech_models": ["universal-2"]}'}


def _sign_in(own: Names) -> Mapping[str, str]:
    """With no tries behind it, so that no answer comes from the throttle."""
    SignInThrottle.objects.all().delete()
    return {"email": own.email, "password": own.password}


def _rights(own: Names) -> Mapping[str, str]:
    """As they are."""
    with tenant_context(own.ids["Tenant"]):
        row = Membership.objects.get(pk=own.ids["Membership"])
    return {"role": row.role, "scope": row.scope, "agent": ""}


def _feed(kind: str, model: str, *shows: str) -> Fixture:
    return Fixture(
        _SAFE,
        shows=(model, *shows),
        fields=(Field("query", "cursor", _feed_cursor(kind, model)),),
        on_unknown=400,
    )


def _row(model: str, *shows: str) -> Fixture:
    return Fixture(_SAFE, ids={"row_id": model}, shows=shows, on_unknown=400)


_SAFE = {"GET": 200, "HEAD": 200}
_UNASKED = {"GET": 400, "HEAD": 400}
_POST = {"POST": 302}
_NEXT = Field("body", "next", _queue_page)
_TO_HOOK = Field("body", "hook", lambda of: str(of.ids["Hook"]), 422)
_FINDING, _CALL = {"finding_id": "Finding"}, {"transcript_id": "Transcript"}
_RUBRIC, _SOURCE = {"rubric_id": "Rubric"}, {"source_id": "Source"}
_FORWARD = {"forward_id": "Forward"}
_HOOK = {"hook_id": "Hook"}
_DROP = {"drop_id": "Drop"}
_CRM = {"connection_id": "CrmConnection"}
_BACKTEST, _VERSION = (
    _RUBRIC | {"backtest_id": "Backtest"},
    _RUBRIC | {"version_id": "RubricVersion"},
)
_KEY = {"key_id": "ApiKey"}
_PLAN = {"plan_id": "SamplingPlan"}
_DRAW = _PLAN | {"draw_id": "Draw"}
_OTHER = {"other_id": "RubricVersion"}
_AWAY = {"GET": 302, "HEAD": 302}

FIXTURES: Mapping[str, Fixture] = {
    "health-live": Fixture(_SAFE),
    "health-ready": Fixture(_SAFE),
    "home": Fixture(_AWAY, anonymous=_AWAY, homeless=_SAFE),
    "sign-in": Fixture(
        _SAFE | _POST,
        body=_sign_in,
        fields=(
            _NEXT,
            Field("query", "next", _queue_page),
            Field("body", "email", lambda of: of.email, 422),
        ),
    ),
    "sign-out": Fixture(_POST),
    "tenant-list": Fixture(_SAFE, anonymous=_AWAY),
    "stay": Fixture(_POST, anonymous={"POST": 401}, fields=(_NEXT,)),
    # No sign-in waits for it, and no provider is there; tests/integration/test_factors.py.
    "sign-in-second": Fixture(_AWAY | _POST),
    "openid_connect_login": Fixture({"GET": 404, "HEAD": 404}, ids={"provider_id": "User"}),
    "openid_connect_callback": Fixture({"GET": 404, "HEAD": 404}, ids={"provider_id": "User"}),
    "profile": Fixture(
        _SAFE | _POST,
        body=lambda own: {"density": "usual", "name": f"{own.mark}-User"},
        anonymous=_AWAY | _POST,
    ),
    "security": Fixture(_SAFE | {"POST": 200}, anonymous=_AWAY | _POST),
    "theme-set": Fixture(_POST, fields=(_NEXT,)),
    "tenant-home": Fixture(_AWAY),
    "queue-list": Fixture(
        _SAFE,
        shows=(
            *("Utterance", "RubricVersion", "Agent", "Tenant"),
            *("SavedView", "User"),
        ),
        fields=(Field("query", "after", _queue_cursor),),
    ),
    "jump": Fixture(
        _SAFE,
        fields=(
            Field("query", "q", lambda of: of.mark),
            Field("query", "q", lambda of: str(of.ids["Transcript"])),
        ),
    ),
    "notification-list": Fixture(_SAFE),
    "notification-open": Fixture(
        _POST, ids={"notification_id": "Notification"}, is_the_admins=True
    ),
    "notification-read": Fixture(_POST),
    "own-list": Fixture(_SAFE),
    "dispute-list": Fixture(_SAFE, shows=("DisputeNote", "User")),
    "dispute-answer": Fixture(
        _SAFE | {"POST": 422}, ids={"dispute_id": "Dispute"}, shows=("DisputeNote",)
    ),
    "dispute-withdraw": Fixture({"POST": 409}, ids={"dispute_id": "Dispute"}, body=_disputed),
    "terms-change": Fixture(
        _SAFE | _POST,
        body=lambda own: {"window_days": "14", "answer_hours": "8", "open_at_most": "9"},
    ),
    # Refused, for an appeal was made already; tests/integration/test_disputes.py makes some.
    "finding-dispute": Fixture(_SAFE | {"POST": 409}, ids=_FINDING),
    "call-release": Fixture(_POST, ids=_CALL),
    "call-acknowledge": Fixture({"POST": 409}, ids=_CALL),
    "queue-new": Fixture(_AWAY),
    "queue-bulk": Fixture(
        _POST,
        body=_bulk,
        fields=(
            Field("body", "pick", lambda of: f"{of.ids['Finding']}:0", 409),
            Field("body", "to", lambda of: str(of.ids["Membership"]), 404),
        ),
    ),
    "view-save": Fixture(_POST, body=lambda own: {"name": "New", "query": "is:open"}),
    "suppression-list": Fixture(_SAFE, shows=("User",)),
    # Refused: the machine failed this rule itself. tests/integration/test_missed.py marks one.
    "call-missed": Fixture(
        {"POST": 400},
        ids=_CALL,
        body=lambda own: {
            "rule": f"{own.ids['Evaluation']}.{own.rule}",
            "utterance": "0",
            "first": "0",
            "last": "0",
        },
        fields=(Field("body", "rule", lambda of: f"{of.ids['Evaluation']}.{of.rule}", 404),),
    ),
    "missed-withdraw": Fixture(_POST, ids={"manual_id": "ManualFinding"}),
    "suppression-withdraw": Fixture(_POST, ids={"suppression_id": "Suppression"}),
    "work-change": Fixture(
        _SAFE | _POST,
        body=lambda own: {"code": "allowed", "label": f"{own.mark}-DismissalReason"},
        shows=("DismissalReason",),
    ),
    "finding-hand": Fixture(
        _POST, ids=_FINDING, body=lambda own: {"act": "release"}, fields=(_NEXT,)
    ),
    "finding-decide": Fixture(_POST, ids=_FINDING, body=_verdict, fields=(_NEXT,)),
    "finding-evidence": Fixture(
        _SAFE, ids=_FINDING, shows=("Rubric", "RubricVersion", "ReviewNote", "User")
    ),
    # Refused, as these rows fit no draft; tests/integration/test_example_pages.py adds some.
    "finding-example": Fixture({"POST": 409}, ids=_FINDING, body=_example),
    "call-list": Fixture(
        _SAFE,
        shows=("Transcript", "Rubric"),
        fields=(
            Field("query", "after", _cursor("Transcript")),
            Field("query", "agent", lambda of: str(of.ids["Agent"]), 400),
            Field("query", "phrase", lambda of: f"{of.mark} Utterance"),
        ),
    ),
    "call-detail": Fixture(
        _SAFE,
        ids=_CALL,
        shows=("Transcript", "Utterance", "Rubric", "RubricVersion", "ReviewNote", "User"),
    ),
    "call-erase": Fixture(_SAFE | {"POST": 400}, ids=_CALL, shows=("Transcript",)),
    "call-reveal": Fixture({"POST": 200}, ids=_CALL, body=lambda own: {"reason": "dispute"}),
    "call-srt": Fixture(_SAFE, ids=_CALL, shows=("Utterance",)),
    "call-vtt": Fixture(_SAFE, ids=_CALL, shows=("Utterance",)),
    "call-audio": Fixture(_SAFE, ids=_CALL),
    "call-redacted-audio": Fixture(_SAFE, ids=_CALL),
    "call-roles": Fixture(_POST, ids=_CALL, body=_roles),
    "call-review": Fixture(
        _SAFE | _POST,
        ids=_CALL | {"evaluation_id": "Evaluation"},
        body=lambda own: {"act": "begin"},
        shows=("Utterance", "Rubric"),
    ),
    "task-list": Fixture(_SAFE),
    # Without a reason; tests/integration/test_sampling_pages.py gives one.
    "task-skip": Fixture({"POST": 400}, ids={"task_id": "ReviewTask"}),
    "task-replace": Fixture(
        {"POST": 400},
        ids={"task_id": "ReviewTask"},
        body=lambda own: {"reviewer": str(own.ids["User"])},
        fields=(Field("body", "reviewer", lambda of: str(of.ids["User"])),),
    ),
    "sampling-list": Fixture(_SAFE, shows=("SamplingPlan", "Rubric")),
    "plan-new": Fixture(_SAFE | _POST, body=_planned, shows=("Rubric", "User"), makes="/sampling/"),
    "plan-detail": Fixture(_SAFE, ids=_PLAN, shows=("SamplingPlan", "Rubric", "User")),
    "plan-change": Fixture(
        _SAFE | _POST,
        ids=_PLAN,
        body=_replanned,
        shows=("SamplingPlan", "Rubric", "User"),
        fields=(
            Field("body", "rubric", lambda of: str(of.ids["Rubric"]), 422),
            Field("body", "reviewers", lambda of: str(of.ids["User"]), 422),
        ),
    ),
    # A week that has not ended: each other can be drawn once alone.
    "plan-draw": Fixture({"POST": 409}, ids=_PLAN, body=lambda own: {"week": "2999-01-07"}),
    "draw-detail": Fixture(_SAFE, ids=_DRAW, shows=("SamplingPlan", "Transcript", "User")),
    "draw-assign": Fixture(_POST, ids=_DRAW),
    "calibration-list": Fixture(_SAFE, shows=("CalibrationSet", "Rubric")),
    # Nobody is chosen; tests/integration/test_calibration.py makes some.
    "calibration-new": Fixture(_SAFE | {"POST": 422}, ids=_RUBRIC, shows=("Rubric", "User")),
    "calibration-detail": Fixture(
        _SAFE, ids={"set_id": "CalibrationSet"}, shows=("CalibrationSet", "Rubric")
    ),
    "calibration-close": Fixture({"POST": 409}, ids={"set_id": "CalibrationSet"}),
    "coaching-list": Fixture(_SAFE, shows=("Agent", "User")),
    "coaching-new": Fixture(_SAFE | {"POST": 422}, ids=_RUBRIC | {"agent_id": "Agent"}),
    "coaching-detail": Fixture(
        _SAFE, ids={"coaching_id": "Coaching"}, shows=("Agent", "CoachingNote", "User")
    ),
    # Another agent's; tests/integration/test_coaching.py acknowledges one.
    "coaching-acknowledge": Fixture({"POST": 409}, ids={"coaching_id": "Coaching"}),
    "call-judgements": Fixture(
        _SAFE,
        ids=_CALL,
        shows=("Rubric",),
        fields=(Field("query", "version", lambda of: str(of.ids["RubricVersion"]), 404),),
    ),
    "rubric-list": Fixture(_SAFE, shows=("Rubric",)),
    "assignment-detail": Fixture(_SAFE, shows=("Rubric", "User")),
    "assignment-change": Fixture(
        _SAFE | _POST,
        body=_assigned,
        shows=("Source", "Team", "Rubric"),
        fields=(
            Field("body", "0-source", lambda of: str(of.ids["Source"]), 422),
            Field("body", "0-team", lambda of: str(of.ids["Team"]), 422),
            Field("body", "0-rubrics", lambda of: str(of.ids["Rubric"]), 422),
        ),
    ),
    # Without a phrase there is nothing to begin; tests/integration/test_search.py has one.
    "phrase-rule": Fixture(_AWAY | _POST),
    "rubric-grades": Fixture(_SAFE | {"POST": 422}, ids=_RUBRIC, shows=("Rubric",)),
    "rubric-new": Fixture(_SAFE | _POST, body=_named, makes="/rubrics/"),
    "rubric-scorecard": Fixture(_SAFE | {"POST": 422}),
    "rubric-detail": Fixture(_SAFE, ids=_RUBRIC, shows=("RubricVersion", "Rubric")),
    "rubric-quality": Fixture(_SAFE, ids=_RUBRIC, shows=("RubricVersion", "Rubric")),
    "rubric-release": Fixture(_SAFE | _POST, ids=_RUBRIC, shows=("Rubric",), body=_seen),
    "rubric-retire": Fixture(_POST, ids=_RUBRIC),
    "draft-begin": Fixture(_POST, ids=_RUBRIC),
    "draft-detail": Fixture(_SAFE | _POST, ids=_RUBRIC, body=_headed, shows=("Rubric",)),
    "draft-rule": Fixture(
        _SAFE | {"POST": 200},
        ids=_RUBRIC,
        body=_tried,
        shows=("Rubric",),
        fields=(
            Field("query", "code", lambda of: of.rule),
            Field("body", "call", lambda of: str(of.ids["Transcript"])),
        ),
    ),
    "draft-document": Fixture(
        _SAFE | {"POST": 200},
        ids=_RUBRIC,
        body=lambda own: {"act": "rows", "code": "terms"},
        shows=("Rubric",),
    ),
    # Refused, each in its own way, so that the draft is there for the next who asks.
    "draft-discard": Fixture({"POST": 409}, ids=_RUBRIC, body=lambda own: {"seen": "0"}),
    "draft-rebase": Fixture(_POST, ids=_RUBRIC, body=_seen),
    "draft-publish": Fixture({"POST": 422}, ids=_RUBRIC, body=_seen),
    "draft-agree": Fixture({"POST": 409}, ids=_RUBRIC, body=_seen),
    "backtest-begin": Fixture(
        _POST,
        ids=_RUBRIC,
        body=_days,
        fields=(
            Field("body", "team", lambda of: str(of.ids["Team"]), 404),
            Field("body", "agent", lambda of: str(of.ids["Agent"]), 404),
            Field("body", "source", lambda of: str(of.ids["Source"]), 404),
        ),
        makes="/backtests/",
    ),
    "shadow-begin": Fixture({"POST": 409}, ids=_RUBRIC),
    "backtest-detail": Fixture(
        _SAFE,
        ids=_BACKTEST,
        shows=("Rubric", "RubricVersion"),
        fields=(
            Field("query", "after", lambda of: str(of.ids["BacktestHit"]), 400),
            Field("query", "rule", lambda of: of.rule),
        ),
    ),
    "backtest-cancel": Fixture(_POST, ids=_BACKTEST),
    "hit-judge": Fixture(
        _POST, ids=_BACKTEST | {"hit_id": "BacktestHit"}, body=lambda own: {"verdict": "right"}
    ),
    "hit-example": Fixture({"POST": 409}, ids=_BACKTEST | {"hit_id": "BacktestHit"}, body=_example),
    "version-restore": Fixture(_POST, ids=_VERSION),
    "version-compare": Fixture(_SAFE, ids=_VERSION | _OTHER, shows=("Rubric", "RubricVersion")),
    "version-try": Fixture({"POST": 409}, ids=_VERSION | _OTHER, body=_days),
    "rubric-language": Fixture(_SAFE),
    "rubric-cheat-sheet": Fixture(_SAFE),
    "rubric-checks": Fixture(_SAFE),
    "rubric-facts": Fixture(_SAFE),
    "source-list": Fixture(_SAFE, shows=("Source",)),
    "source-connect": Fixture(_SAFE | _POST, body=_source, makes="/sources/"),
    "source-import": Fixture(_SAFE | {"POST": 200}, body=_pasted),
    "source-detail": Fixture(_SAFE, ids=_SOURCE, shows=("Source",)),
    "source-submit": Fixture(
        _SAFE | _POST,
        ids=_SOURCE,
        shows=("Source", "Submission"),
        body=_recording,
        fields=(Field("query", "after", _cursor("Submission")),),
    ),
    "source-profile": Fixture(_POST, ids=_SOURCE, body=_features),
    "source-test": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-disconnect": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-backfill": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-cancel": Fixture(_POST, ids=_SOURCE, body=_begun),
    "source-pause": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-resume": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-key": Fixture(_POST, ids=_SOURCE, body=_keyed),
    "source-watch": Fixture(_POST, ids=_SOURCE, body=_watching),
    "source-audio": Fixture(_POST, ids=_SOURCE, body=_recordings),
    "source-first": Fixture(_POST, ids=_SOURCE, body=_resumed),
    "source-compare": Fixture(_POST, ids=_SOURCE, body=_compared),
    "source-secret": Fixture({"POST": 200}, ids=_SOURCE, body=_made),
    "source-listed": Fixture(
        _SAFE,
        ids=_SOURCE,
        shows=("Source", "ListedCall"),
        fields=(Field("query", "after", _cursor("ListedCall")),),
    ),
    # Nobody here has the source's secret; tests/integration/test_watching.py does.
    "source-hook": Fixture(
        {"POST": 404},
        ids={"tenant_id": "Tenant", "source_id": "Source"},
        anonymous={"POST": 404},
        homeless={"POST": 404},
    ),
    "audit-list": Fixture(
        _SAFE, shows=("User",), fields=(Field("query", "by", lambda of: str(of.ids["User"]), 400),)
    ),
    "audit-table": Fixture(
        _SAFE, shows=("User",), fields=(Field("query", "by", lambda of: str(of.ids["User"]), 400),)
    ),
    "crm-list": Fixture(_SAFE, shows=("CrmConnection",)),
    "crm-new": Fixture(_SAFE | _POST, body=_connected, makes="/settings/crm/"),
    "crm-detail": Fixture(_SAFE, ids=_CRM, shows=("CrmConnection",)),
    "crm-edit": Fixture(_SAFE | _POST, ids=_CRM, shows=("CrmConnection",), body=_changed),
    "crm-preview": Fixture(_SAFE, ids=_CRM, shows=("CrmConnection",)),
    "crm-change": Fixture(_POST, ids=_CRM, body=lambda own: {"act": "off"}),
    "crm-run": Fixture(_SAFE, ids={"run_id": "CrmRun"}, shows=("CrmConnection",)),
    "forward-list": Fixture(_SAFE, shows=("Forward",)),
    "forward-new": Fixture(
        _SAFE | _POST, body=_forwarding, makes="/settings/forwards/", fields=(_TO_HOOK,)
    ),
    "forward-detail": Fixture(_SAFE, ids=_FORWARD, shows=("Forward",)),
    "forward-edit": Fixture(
        _SAFE | _POST, ids=_FORWARD, body=_forwarding_still, fields=(_TO_HOOK,)
    ),
    "forward-change": Fixture(_POST, ids=_FORWARD, body=lambda own: {"act": "on"}),
    "forward-again": Fixture(_POST, ids={"forwarded_id": "Forwarded"}, body=_not_sent),
    "webhook-list": Fixture(_SAFE, shows=("Hook",)),
    "webhook-new": Fixture(_SAFE | {"POST": 200}, body=_hooked, makes="/settings/webhooks/"),
    "webhook-detail": Fixture(_SAFE, ids=_HOOK, shows=("Hook",)),
    "webhook-edit": Fixture(
        _SAFE | _POST, ids=_HOOK, shows=("Hook",), body=lambda own: {"rules": ""}
    ),
    "webhook-change": Fixture(_POST, ids=_HOOK, body=lambda own: {"act": "resume"}),
    "webhook-secret": Fixture({"POST": 200}, ids=_HOOK, body=_signed),
    "webhook-redeliver": Fixture(_POST, ids={"delivery_id": "Delivery"}, body=_failed),
    "drop-list": Fixture(_SAFE, shows=("Drop",)),
    # No folder is open here; tests/integration/test_drops.py has one.
    "drop-new": Fixture(_SAFE | {"POST": 422}, body=_dropped),
    "drop-change": Fixture(_POST, ids=_DROP, body=lambda own: {"act": "off"}),
    "tenant-settings": Fixture(
        _SAFE | _POST, shows=("Tenant",), body=lambda own: {"name": f"{own.mark}-Tenant"}
    ),
    "key-list": Fixture(_SAFE, shows=("ApiKey",)),
    "key-new": Fixture(_SAFE | {"POST": 200}, body=_key, makes="/settings/keys/"),
    "key-detail": Fixture(_SAFE, ids=_KEY, shows=("ApiKey",)),
    "key-rotate": Fixture({"POST": 200}, ids=_KEY, body=_key_again),
    "key-networks": Fixture(_POST, ids=_KEY, body=_key_again),
    "key-revoke": Fixture(_POST, ids=_KEY, body=_key_again),
    # No tenant here has one; tests/integration/test_tenant_settings.py.
    "tenant-logo": Fixture({"GET": 204, "HEAD": 204}),
    "tenant-style": Fixture(_SAFE),
    "help": Fixture(_SAFE, anonymous=_AWAY),
    "help-guide": Fixture({"GET": 404, "HEAD": 404}, ids={"name": "User"}, anonymous=_AWAY),
    "people-list": Fixture(
        _SAFE | {"POST": 422},
        shows=("User",),
        body=lambda own: {"email": own.email, "role": "lead", "scope": "tenant"},
        fields=(Field("body", "teams", lambda of: str(of.ids["Team"])),),
    ),
    "people-roles": Fixture(_SAFE),
    "people-detail": Fixture(
        _SAFE | _POST,
        ids={"member_id": "Membership"},
        shows=("User", "Agent"),
        body=_rights,
        fields=(
            Field("body", "agent", lambda of: str(of.ids["Agent"]), 422),
            Field("body", "teams", lambda of: str(of.ids["Team"]), 422),
        ),
    ),
    # Nobody here has a link's secret; tests/integration/test_people.py does.
    "welcome": Fixture(
        {"GET": 404, "HEAD": 404, "POST": 404},
        ids={"tenant_id": "Tenant", "member_id": "Membership", "secret": "User"},
    ),
    "job-list": Fixture(_SAFE, shows=("Job",), fields=(Field("query", "after", _cursor("Job")),)),
    "job-retry": Fixture(_POST, ids={"job_id": "Job"}, body=_buried),
    "api-transcript-list": _feed("transcripts", "Transcript"),
    "api-transcript-detail": _row("Transcript", "Transcript", "Utterance"),
    "api-transcript-captions": _row("Transcript", "Utterance"),
    "api-transcript-passages": _row("Transcript", "Utterance"),
    "api-evaluation-list": _feed("evaluations", "Evaluation"),
    "api-evaluation-detail": _row("Evaluation", "Evaluation", "RubricVersion"),
    "api-finding-list": _feed("findings", "Finding"),
    "api-finding-detail": _row("Finding", "RubricVersion"),
    # A form is no verdict: tests/integration/test_api_reviews.py.
    "api-finding-reviews": Fixture(
        _SAFE | {"POST": 422}, ids={"row_id": "Finding"}, on_unknown=400
    ),
    "api-agent-list": Fixture(_SAFE, shows=("Agent",), on_unknown=400),
    "api-agent-detail": Fixture(
        {"GET": 404, "HEAD": 404, "PUT": 400},
        address="/api/v1/agents/none",
        on_unknown=400,
    ),
    "api-audit-list": Fixture(_SAFE, on_unknown=400),
    "api-phrase-lists": _row("RubricVersion"),
    "api-documents": _row("RubricVersion"),
    # By names, which say nothing elsewhere: tests/integration/test_api_calls.py.
    "api-call-detail": Fixture(
        {"GET": 404, "HEAD": 404, "PUT": 422, "DELETE": 400},
        address="/api/v1/calls/none/none",
        on_unknown=400,
    ),
    "api-source-list": Fixture(_SAFE, shows=("Source",), on_unknown=400),
    "api-source-detail": _row("Source", "Source"),
    "api-job-list": Fixture(
        _SAFE,
        shows=("Job",),
        fields=(Field("query", "cursor", _feed_cursor("jobs", "Job")),),
        on_unknown=400,
    ),
    # A form that is no file: refused after key, scope and method, before anything is read of it.
    "api-import": Fixture({"POST": 422}, on_unknown=400),
    "api-submission-list": Fixture(
        _SAFE | {"POST": 202},
        shows=("Submission",),
        body=_submission,
        fields=(
            Field("query", "cursor", _feed_cursor("submissions", "Submission"), method="GET"),
            Field("body", "source", lambda of: str(of.ids["Source"]), 404),
        ),
        on_unknown=400,
        makes='"id":"|/submissions/',
    ),
    # A form is no subscription, and the row is a person's: tests/integration/test_hook_api.py.
    "api-hook-list": Fixture(_SAFE | {"POST": 422}, shows=("Hook",), on_unknown=400),
    "api-hook-detail": Fixture(
        _SAFE | {"PATCH": 409, "DELETE": 409},
        ids={"row_id": "Hook"},
        shows=("Hook",),
        on_unknown=400,
    ),
    # An id is no event; tests/integration/test_hook_api.py has each of them.
    "api-hook-samples": Fixture({"GET": 404, "HEAD": 404}, ids={"event": "User"}, on_unknown=400),
    "api-export-schema": Fixture(_SAFE, on_unknown=400),
    # An id is no table; tests/integration/test_exports.py has each of them.
    "api-export": Fixture({"GET": 404, "HEAD": 404}, ids={"table": "User"}, on_unknown=400),
    "api-export-table-schema": Fixture(
        {"GET": 404, "HEAD": 404}, ids={"table": "User"}, on_unknown=400
    ),
    # A form is no JSON object: tests/integration/test_drops.py.
    "api-drop-list": Fixture(_SAFE | {"POST": 422}, shows=("Drop",), on_unknown=400),
    # A person made it.
    "api-drop-detail": Fixture(
        _SAFE | {"DELETE": 409}, ids={"row_id": "Drop"}, shows=("Drop",), on_unknown=400
    ),
    # The drop is off.
    "api-drop-run": Fixture({"POST": 422}, ids={"row_id": "Drop"}, on_unknown=400),
    "api-export-rubric": _row("Rubric", "Rubric"),
    "api-rubric-columns": _row("Rubric"),
    "api-call-external-ids": Fixture(
        # A form is no object: tests/integration/test_external_ids.py.
        _SAFE | {"PUT": 422},
        ids={"row_id": "Transcript"},
        on_unknown=400,
    ),
    "api-agent-external-ids": Fixture(
        _SAFE | {"PUT": 422}, ids={"row_id": "Agent"}, on_unknown=400
    ),
    "api-crm-run-list": Fixture(
        _SAFE,
        shows=("CrmConnection",),
        fields=(Field("query", "cursor", _feed_cursor("crmruns", "CrmRun")),),
        on_unknown=400,
    ),
    "api-crm-record-list": Fixture(_SAFE, ids={"row_id": "CrmRun"}, on_unknown=400),
    "api-rubric-list": Fixture(_SAFE, shows=("Rubric",), on_unknown=400),
    "api-rubric-detail": _row("Rubric", "Rubric", "RubricVersion"),
    "api-rubric-version-detail": _row("RubricVersion", "RubricVersion"),
    # A form is no rubric: refused after key, scope and method. tests/integration/test_rubric_api.py
    "api-rubric-lint": Fixture({"POST": 422}, on_unknown=400),
    "api-rubric-draft": Fixture({"POST": 400}, on_unknown=400),
    "api-rubric-publish": Fixture({"POST": 422}, on_unknown=400),
    "api-submission-detail": _row("Submission", "Submission"),
    "api-reference": Fixture(_SAFE | {"OPTIONS": 200}),
    # Refused to who acts for a tenant; tests/integration/test_tenants_by_api.py asks for itself.
    "api-tenant-list": Fixture(_UNASKED),
    "api-usage-list": Fixture(_UNASKED),
    "api-tenant-detail": Fixture(
        _UNASKED | {"PUT": 400, "DELETE": 400}, ids={"external_id": "Tenant"}
    ),
    # A form is no run: refused after key, scope and method. tests/verification/test_runs.py
    "api-run-list": Fixture(_SAFE | {"POST": 400}, on_unknown=400),
    "api-run-detail": Fixture({"GET": 404, "HEAD": 404}, ids={"row_id": "Job"}, on_unknown=400),
    "api-kit-schema": Fixture(_SAFE, shows=("RubricVersion",), on_unknown=400),
    "api-run-test": Fixture({"POST": 400}, on_unknown=400),
    "api-run-missing": Fixture(dict.fromkeys(METHODS, 404), address="/v1/none"),
    "api-schema": Fixture(_SAFE | {"OPTIONS": 200}),
    "api-missing": Fixture(dict.fromkeys(METHODS, 404), address="/api/none"),
}
"""Route → its fixture. `slug` needs none: it is the tenant's."""
