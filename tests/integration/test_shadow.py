"""A draft in shadow: tried on every new call, seen on its report alone."""

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest, run
from reviews.jobs import ledger
from reviews.models import (
    AuditEvent,
    Backtest,
    BacktestHit,
    CallKind,
    Evaluation,
    Finding,
    HitKind,
    Job,
    JobKind,
    MemberRole,
    Membership,
    QueueItem,
    Rubric,
    RubricVersion,
    Tenant,
    Transcript,
    User,
    Verdict,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import backtests, feeds
from reviews.queries.assignment import AssignmentRow
from reviews.reviewing.decide import Decision, decide
from reviews.rubrics import assign, drafts, publish, shadows
from reviews.rubrics.drafts import Author
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
RULES: list[dict[str, Any]] = [
    {"code": "promise", "title": "Promise", "check": {"query": '"guarantee"'}},
    {"code": "thanks", "violation_when": "absent", "check": {"query": '"thank you"'}},
]
NEW = {"code": "greeting_wanted", "title": "Greeting wanted", "check": {"query": '"hello"'}}
CALLS = ("agent: we guarantee it thank you", "agent: we promise it thank you", "agent: hello")


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def by(tenant: Tenant) -> User:
    user = User.objects.create(email="lead@example.test", name="Lead")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.TENANT_ADMIN)
    return user


@pytest.fixture
def client_of(by: User) -> Client:
    client = Client()
    client.force_login(by)
    return client


def document(query: str = '"guarantee"', *more: dict[str, Any]) -> dict[str, Any]:
    rules = [*deepcopy(RULES), *more]
    rules[0]["check"]["query"] = query
    return {"name": "Calls", "rules": rules}


WIDER = document('("guarantee" OR "promise")', NEW)


def written(of: dict[str, Any]) -> str:
    return canonical(parse_rubric(of)).decode()


@pytest.fixture
def base(tenant: Tenant) -> RubricVersion:
    return published(tenant, document())


def published(tenant: Tenant, of: dict[str, Any]) -> RubricVersion:
    with tenant_context(tenant.pk):
        return publish.publish(
            tenant_id=tenant.pk, code="calls", document=of, by=None, now=timezone.now()
        )


def begun(rubric: Rubric, of: dict[str, Any] = WIDER) -> Backtest:
    with tenant_context(rubric.tenant_id):
        return shadows.start(rubric=rubric, document=written(of), by=None, now=timezone.now())


def call(tenant: Tenant, *said: str) -> None:
    with tenant_context(tenant.pk):
        count = Transcript.objects.count()
    for at, each in enumerate(said, count):
        keep_said(tenant, f"call-{at}", each)
    drain()


def now_of(row: Backtest) -> Backtest:
    with tenant_context(row.tenant_id):
        return Backtest.objects.get(pk=row.pk)


def report(row: Backtest) -> backtests.Report:
    with tenant_context(row.tenant_id):
        return backtests.report(Backtest.objects.get(pk=row.pk), now=timezone.now())


def test_new_calls_are_judged_beside_the_version_in_force(
    tenant: Tenant, base: RubricVersion
) -> None:
    call(tenant, "agent: hello we promise it thank you")
    row = begun(base.rubric)
    call(tenant, *CALLS)
    shown = report(row)
    assert (shown.row.done, shown.row.calls, shown.row.base_id) == (3, 3, base.pk)
    lines = {line.code: (line.new, line.lost, line.same) for line in shown.rules}
    assert lines == {"promise": (1, 0, 1), "thanks": (0, 0, 1), "greeting_wanted": (1, 0, 0)}
    assert shown.drafted_per_thousand == pytest.approx(4000 / 3)
    assert shown.published_per_thousand == pytest.approx(2000 / 3)
    assert shown.precision is None


def test_precision_is_of_what_people_judged(tenant: Tenant, base: RubricVersion, by: User) -> None:
    row = begun(base.rubric)
    call(tenant, *CALLS)
    with tenant_context(tenant.pk):
        finding = Finding.objects.get(rule_code="promise")
        decide(finding=finding, decision=Decision(Verdict.UPHELD, 0), by=by, now=timezone.now())
    found = report(row).precision
    assert found is not None
    assert (found.hits, found.judged) == (1, 1)


def test_a_rubric_that_was_never_published_runs_in_shadow(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        draft = drafts.create(
            tenant_id=tenant.pk, code="calls", name="Calls", by=None, now=timezone.now()
        )
    row = begun(draft.rubric)
    call(tenant, *CALLS)
    with tenant_context(tenant.pk):
        assert Evaluation.objects.count() == 0
        kinds = set(BacktestHit.objects.values_list("kind", flat=True))
    assert (now_of(row).done, kinds) == (3, {HitKind.NEW})
    with tenant_context(tenant.pk):
        drafts.discard(draft, Author(draft.revision, None, timezone.now()))
    assert now_of(row).ended_at is not None, "nothing else would show it"


def test_each_call_counts_once_whatever_dies_and_however_it_changes(
    tenant: Tenant, base: RubricVersion
) -> None:
    row = begun(base.rubric)
    real = ledger.finish
    died: list[ledger.Claim] = []

    def dying(claim: ledger.Claim) -> None:
        if claim.kind == JobKind.SHADOW and len(died) < 2:
            died.append(claim)
            raise ConnectionError
        real(claim)

    with patch.object(ledger, "finish", dying):
        call(tenant, CALLS[0])
        for _ in range(3):
            with tenant_context(tenant.pk):
                Job.objects.filter(kind=JobKind.SHADOW, state="queued").update(
                    due_at=timezone.now()
                )
            drain()
    assert len(died) == 2
    with tenant_context(tenant.pk):
        Transcript.objects.update(revision=2)
        run.schedule(Transcript.objects.get())
    drain()
    with tenant_context(tenant.pk):
        assert Job.objects.filter(kind=JobKind.SHADOW).count() == 1
        assert BacktestHit.objects.count() == 1
    assert now_of(row).done == 1


def test_one_that_is_stopped_keeps_its_report_and_takes_no_call(
    tenant: Tenant, base: RubricVersion, by: User
) -> None:
    row = begun(base.rubric)
    call(tenant, CALLS[0])
    keep_said(tenant, "waits", CALLS[0])
    with tenant_context(tenant.pk):
        shadows.stop(row, by=by, now=timezone.now())
        shadows.stop(row, by=by, now=timezone.now())
    call(tenant, CALLS[0])
    stopped = now_of(row)
    assert (stopped.done, stopped.ended_at == stopped.until) == (1, True)
    assert report(row).rules[0].drafted == 1
    with tenant_context(tenant.pk):
        events = AuditEvent.objects.filter(event__startswith="shadow.").order_by("sequence")
        assert [(each.event, each.by, each.data) for each in events] == [
            ("shadow.started", None, {"rules": 3}), ("shadow.stopped", by, {"calls": 1})
        ]  # fmt: skip


def test_there_is_one_shadow_a_rubric_and_it_has_to_differ(
    tenant: Tenant, base: RubricVersion
) -> None:
    with pytest.raises(shadows.ShadowRefused, match="no rule differs"):
        begun(base.rubric, document())
    first = begun(base.rubric)
    with pytest.raises(shadows.ShadowRefused, match="in shadow already"):
        begun(base.rubric)
    with tenant_context(tenant.pk):
        shadows.stop(first, by=None, now=timezone.now())
    begun(base.rubric)


def test_publishing_the_same_document_stops_it_and_another_does_not(
    tenant: Tenant, base: RubricVersion
) -> None:
    row = begun(base.rubric)
    published(tenant, document('"warrant"'))
    assert now_of(row).ended_at is None
    published(tenant, WIDER)
    assert now_of(row).ended_at is not None
    call(tenant, CALLS[0])
    assert now_of(row).done == 0


def test_a_retired_rubric_has_no_shadow_and_feeds_none(tenant: Tenant, base: RubricVersion) -> None:
    row = begun(base.rubric)
    with tenant_context(tenant.pk):
        drafts.retire(base.rubric, by=None, now=timezone.now())
    call(tenant, CALLS[0])
    assert now_of(row).done == 0
    with tenant_context(tenant.pk):
        shadows.stop(row, by=None, now=timezone.now())
        retired = Rubric.objects.get()
    with pytest.raises(shadows.ShadowRefused, match="a retired rubric"):
        begun(retired)


def test_it_is_fed_the_calls_that_its_rubric_judges(tenant: Tenant, base: RubricVersion) -> None:
    row = begun(base.rubric)
    wanted = AssignmentRow(kind=(CallKind.VOICEMAIL,), rubrics=(str(base.rubric_id),))
    with tenant_context(tenant.pk):
        author = Author(0, None, timezone.now())
        assign.save(tenant_id=tenant.pk, rows=[wanted], author=author)
    call(tenant, *CALLS)
    assert now_of(row).done == 0
    kept = keep_said(tenant, "voicemail", CALLS[0])
    with tenant_context(tenant.pk):
        Transcript.objects.filter(pk=kept.pk).update(kind=CallKind.VOICEMAIL, revision=2)
        run.schedule(Transcript.objects.get(pk=kept.pk))
    drain()
    assert now_of(row).done == 1


def seen(client: Client, token: str, address: str) -> str:
    """What a page or a feed holds, but for what differs each time it is asked for."""
    answer = client.get(address, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, address
    text = re.sub(r'(nonce|value)="[\w-]{20,}"', "", answer.content.decode())
    return re.sub(r'csrf[^>]*>|"X-CSRFToken[^}]*}', "", text)


def test_nobody_sees_what_it_finds_but_on_its_report(
    tenant: Tenant, base: RubricVersion, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queue, scores, calls and API before and after a shadow found three times as much."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))
    wanted = keys.Wanted("crm", [str(each) for each in keys.Scope], days=1)
    with tenant_context(tenant.pk):
        made = keys.create(tenant_id=tenant.pk, wanted=wanted, by=None, now=timezone.now())
    row = begun(base.rubric)
    with patch.object(backtest, "try_on", side_effect=ConnectionError):
        call(tenant, *CALLS)
    with tenant_context(tenant.pk):
        ids = list(Transcript.objects.order_by("pk").values_list("pk", flat=True))
        evaluation = Evaluation.objects.order_by("pk").values_list("pk", flat=True)[0]
        tables = (QueueItem, Evaluation, Finding)
        before = [list(each.objects.order_by("pk").values()) for each in tables]
    addresses = [
        reverse("queue-list", args=["a"]),
        reverse("call-list", args=["a"]),
        *(reverse("call-detail", args=["a", each]) for each in ids),
        reverse("rubric-quality", args=["a", base.rubric_id]),
        *(reverse(f"api-{name}-list") for name in ("transcript", "evaluation", "finding")),
        reverse("api-evaluation-detail", args=[evaluation]),
    ]
    pages = [seen(client_of, made.token, address) for address in addresses]
    with tenant_context(tenant.pk):
        assert BacktestHit.objects.count() == 0
        Job.objects.filter(kind=JobKind.SHADOW).update(due_at=timezone.now())
    drain()
    assert now_of(row).done == 3
    with tenant_context(tenant.pk):
        assert BacktestHit.objects.filter(kind=HitKind.NEW).count() == 2
        assert [list(each.objects.order_by("pk").values()) for each in tables] == before
    for address, page in zip(addresses, pages, strict=True):
        assert seen(client_of, made.token, address) == page, address
    assert not any("greeting_wanted" in page or "Greeting wanted" in page for page in pages)
    shown = client_of.get(reverse("backtest-detail", args=["a", base.rubric_id, row.pk]))
    assert "Greeting wanted" in shown.content.decode()


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_it_is_run_seen_and_stopped_by_its_pages(
    tenant: Tenant, base: RubricVersion, client_of: Client, by: User
) -> None:
    draft_page = reverse("draft-detail", args=["a", base.rubric_id])
    begin = reverse("shadow-begin", args=["a", base.rubric_id])
    with tenant_context(tenant.pk):
        draft = drafts.begin(base.rubric, by=by, now=timezone.now())
        drafts.save(draft, WIDER, Author(draft.revision, by, timezone.now()))
    assert "Run in shadow" in text(client_of.get(draft_page))
    address = client_of.post(begin).headers["Location"]
    page = text(client_of.get(address))
    assert ("Shadow of Calls" in page, "0 new calls judged" in page) == (True, True)
    assert 'hx-trigger="every' not in page
    assert client_of.post(begin).status_code == 409
    page = text(client_of.get(draft_page))
    assert ("A draft of this rubric runs in shadow" in page, "Run in shadow" in page) == (
        True,
        False,
    )
    call(tenant, *CALLS)
    published(tenant, document('"warrant"'))
    page = text(client_of.get(address))
    assert "3 new calls judged" in page
    assert "this goes on beside version 1" in page
    assert 'Different <span class="count">2</span>' in page
    client_of.post(address + "/cancel")
    page = text(client_of.get(address))
    assert "3 new calls judged, stopped" in page
    assert "cancel" not in page
    detail = text(client_of.get(reverse("rubric-detail", args=["a", base.rubric_id])))
    assert "in shadow, 3 calls, stopped" in detail


def test_a_reader_may_see_it_and_not_stop_it(tenant: Tenant, base: RubricVersion) -> None:
    row = begun(base.rubric)
    reader = User.objects.create(email="reader@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=reader, role=MemberRole.AUDITOR)
    client = Client()
    client.force_login(reader)
    address = reverse("backtest-detail", args=["a", base.rubric_id, row.pk])
    assert "Stop" not in text(client.get(address))
    assert client.post(address + "/cancel").status_code == 403
    assert client.post(reverse("shadow-begin", args=["a", base.rubric_id])).status_code == 403
    assert now_of(row).ended_at is None
