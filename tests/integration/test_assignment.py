"""Which rubrics judge which calls: by the list, tried before it is saved, and told afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from reviews.evaluation import anew, backtest, run
from reviews.models import (
    Agent,
    AssignedCall,
    Assignment,
    AuditEvent,
    Backtest,
    CallKind,
    Direction,
    Evaluation,
    Membership,
    Participant,
    QueueItem,
    RubricVersion,
    Standing,
    Team,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import assignment, assignment_preview, unjudged
from reviews.queries.assignment import AssignmentRow
from reviews.queries.unjudged import Why
from reviews.rubrics import assign, drafts, publish
from reviews.rubrics.drafts import Author
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "agent: we guarantee it"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[Tenant]:
    with tenant_context(tenant.pk):
        yield tenant


def rubric(tenant: Tenant, code: str, query: str = '"guarantee"') -> RubricVersion:
    rule = {"code": "promise", "title": "Promise", "check": {"query": query}}
    document = {"name": code.title(), "rules": [rule]}
    with tenant_context(tenant.pk):
        return publish.publish(
            tenant_id=tenant.pk, code=code, document=document, by=None, now=timezone.now()
        )


@pytest.fixture
def sales(tenant: Tenant) -> RubricVersion:
    return rubric(tenant, "sales")


@pytest.fixture
def care(tenant: Tenant) -> RubricVersion:
    return rubric(tenant, "care")


def to(*versions: RubricVersion, **conditions: Any) -> AssignmentRow:
    return AssignmentRow(rubrics=tuple(str(each.rubric_id) for each in versions), **conditions)


def saved(tenant: Tenant, *rows: AssignmentRow, by: User | None = None) -> Assignment:
    with tenant_context(tenant.pk):
        newest = assignment.newest(tenant.pk)
        author = Author(newest.number if newest else 0, by, timezone.now())
        return assign.save(tenant_id=tenant.pk, rows=rows, author=author)


def kept(tenant: Tenant, name: str, said: str = SAID, **facts: Any) -> Transcript:
    """A call that is stored with these facts, and evaluated."""
    row = stored(tenant, name, said, **facts)
    with tenant_context(tenant.pk):
        run.schedule(row)
    drain()
    return row


def stored(tenant: Tenant, name: str, said: str = SAID, **facts: Any) -> Transcript:
    row = keep_said(tenant, name, said)
    with tenant_context(tenant.pk):
        _forget(row)
        Transcript.objects.filter(pk=row.pk).update(**facts)
        return Transcript.objects.get(pk=row.pk)


def _forget(row: Transcript) -> None:
    """The jobs that were made before the call had its facts."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_job WHERE subject_id = %s", [row.pk])


def judging(row: Transcript) -> set[str]:
    with tenant_context(row.tenant_id):
        rows = Evaluation.objects.filter(transcript=row).select_related("rubric_version__rubric")
        return {each.rubric_version.rubric.code for each in rows}


def reason(row: Transcript) -> unjudged.Unjudged | None:
    with tenant_context(row.tenant_id):
        return unjudged.why(row)


def test_without_a_row_every_rubric_judges_every_call(
    tenant: Tenant, sales: RubricVersion, care: RubricVersion
) -> None:
    row = kept(tenant, "one")
    assert judging(row) == {"sales", "care"}
    saved(tenant, to(sales))
    saved(tenant)
    assert judging(kept(tenant, "two")) == {"sales", "care"}
    with tenant_context(tenant.pk):
        assert AssignedCall.objects.count() == 0


FACTS = {"direction": Direction.OUTBOUND, "kind": CallKind.LIVE, "queue": "Loss Team",
         "product": "Card", "language": "en_us"}  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"direction": ("outbound",)}, True),
        ({"direction": ("inbound",)}, False),
        ({"kind": ("voicemail", "live")}, True),
        ({"kind": ("voicemail",)}, False),
        ({"queue": ("loss team", "billing")}, True),
        ({"queue": ("loss",)}, False),
        ({"product": ("CARD",)}, True),
        ({"product": ("loan",)}, False),
        ({"language": ("en",)}, True),
        ({"language": ("EN-US",)}, True),
        ({"language": ("en_uk",)}, False),
        ({"language": ("e",)}, False),
        ({"direction": ("outbound",), "product": ("loan",)}, False),
        ({"source": (str(UUID(int=1)),)}, False),
        ({"team": (str(UUID(int=1)),)}, False),
    ],
)
def test_a_row_fits_where_all_its_conditions_hold(
    conditions: dict[str, Any], fits: bool, tenant: Tenant, sales: RubricVersion
) -> None:
    listed = saved(tenant, to(sales, **conditions))
    row = stored(tenant, "one", **FACTS)
    with tenant_context(tenant.pk):
        found = assignment.choices(listed, row.pk)
        judged = assignment.judges(listed, row.pk, sales.rubric_id)
    assert (bool(found), judged) == (fits, fits)


def test_source_and_team_are_those_of_the_call(tenant: Tenant, sales: RubricVersion) -> None:
    row = stored(tenant, "one")
    with tenant_context(tenant.pk):
        team = Team.objects.create(tenant=tenant, name="North")
        agent = Agent.objects.create(tenant=tenant, external_id="7", team=team)
        Participant.objects.filter(transcript=row, role="agent").update(agent=agent)
    listed = saved(tenant, to(sales, team=(str(team.pk),), source=(str(row.source_id),)))
    with tenant_context(tenant.pk):
        assert assignment.choices(listed, row.pk)[0].rubrics == [sales.rubric_id]
        Transcript.objects.filter(pk=row.pk).update(revision=2)
        assert assignment.choices(listed, row.pk) == (), "who spoke in an earlier revision"


def test_the_first_row_that_fits_is_the_last_unless_it_goes_on(
    tenant: Tenant, sales: RubricVersion, care: RubricVersion
) -> None:
    live = {"kind": ("live",)}
    saved(tenant, to(sales, **live), to(care))
    assert judging(kept(tenant, "one", kind=CallKind.LIVE)) == {"sales"}
    assert judging(kept(tenant, "two", kind=CallKind.VOICEMAIL)) == {"care"}
    saved(tenant, to(sales, goes_on=True, **live), to(care), to(sales))
    assert judging(kept(tenant, "three", kind=CallKind.LIVE)) == {"sales", "care"}
    assert judging(kept(tenant, "four", kind=CallKind.VOICEMAIL)) == {"care"}
    saved(tenant, to(goes_on=True), to(sales, care), to())
    assert judging(kept(tenant, "five")) == {"sales", "care"}


def test_why_no_rubric_judged_a_call_stays_known(tenant: Tenant) -> None:
    early = kept(tenant, "early")
    assert [getattr(reason(early), "why", None)] == [Why.NO_RUBRIC]
    sales = rubric(tenant, "sales")
    first = saved(tenant, to(sales, kind=("live",)), to(kind=("voicemail",)))
    none = kept(tenant, "none", kind=CallKind.THIRD_PARTY)
    told = kept(tenant, "told", kind=CallKind.VOICEMAIL)
    live = kept(tenant, "live", kind=CallKind.LIVE)
    with tenant_context(tenant.pk):
        drafts.retire(sales.rubric, by=None, now=timezone.now())
    retired = kept(tenant, "retired", kind=CallKind.LIVE)
    saved(tenant)
    found = {row.external_id: reason(row) for row in (none, told, live, retired)}
    assert found["live"] is None
    assert {name: each.why for name, each in found.items() if each} == {
        "none": Why.NO_ROW, "told": Why.NOT_NAMED, "retired": Why.NOT_HELD
    }  # fmt: skip
    assert found["told"] is not None
    assert (found["told"].record.assignment, found["told"].places) == (first, "2")


def test_each_evaluation_stays_and_a_new_revision_goes_by_the_list_of_its_day(
    tenant: Tenant, sales: RubricVersion, care: RubricVersion
) -> None:
    row = kept(tenant, "one")
    saved(tenant, to(care))
    assert judging(row) == {"sales", "care"}
    with tenant_context(tenant.pk):
        assert set(QueueItem.objects.values_list("standing", flat=True)) == {Standing.OPEN}
        Transcript.objects.filter(pk=row.pk).update(revision=2)
        row.refresh_from_db()
        run.schedule(row)
    drain()
    with tenant_context(tenant.pk):
        again = Evaluation.objects.filter(transcript=row, transcript_revision=2)
        assert [each.rubric_version for each in again] == [care]
        items = QueueItem.objects.filter(rubric=sales.rubric)
        assert [item.standing for item in items] == [Standing.SUPERSEDED]


def test_a_call_that_waits_is_not_judged_by_what_is_taken_from_it(
    tenant: Tenant, sales: RubricVersion, care: RubricVersion
) -> None:
    row = keep_said(tenant, "one", SAID)
    saved(tenant, to(care))
    drain()
    assert judging(row) == {"care"}


def test_anew_takes_the_calls_that_the_rubric_judges(
    tenant: Tenant, care: RubricVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a whole batch is left out before one is taken."""
    monkeypatch.setattr(anew, "BATCH", 1)
    for kind in CallKind:
        kept(tenant, kind, kind=kind)
    sales = rubric(tenant, "sales")
    saved(tenant, to(sales, care, kind=("voicemail", "no_conversation")), to(care))
    with tenant_context(tenant.pk):
        anew.start(sales, days=30, by=None, now=timezone.now())
    drain()
    with tenant_context(tenant.pk):
        rows = Evaluation.objects.filter(rubric_version=sales).select_related("transcript")
        judged = {row.transcript.external_id for row in rows}
    assert judged == {"voicemail", "no_conversation"}


def tried(version: RubricVersion, document: str) -> Backtest:
    with tenant_context(version.tenant_id):
        row = backtest.start(
            rubric=version.rubric,
            document=document,
            base=None,
            scope=backtest.Scope(days=30),
            by=None,
            now=timezone.now(),
        )
    drain()
    with tenant_context(version.tenant_id):
        row.refresh_from_db()
    return row


def test_a_backtest_tries_the_calls_that_the_rubric_judges_and_counts_the_others(
    tenant: Tenant,
    sales: RubricVersion,
    care: RubricVersion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backtest, "BATCH", 1)
    for kind in CallKind:
        kept(tenant, kind, kind=kind)
    listed = saved(tenant, to(sales, kind=("live", "voicemail")))
    row = tried(sales, sales.document)
    assert (row.calls, row.done, row.left_out, row.assignment_id) == (2, 2, 2, listed.pk)
    unused = tried(care, care.document)
    assert (unused.calls, unused.left_out, unused.assignment_id) == (4, 0, None)


def test_of_two_at_once_the_second_is_told_and_each_change_is_on_record(
    tenant: Tenant, sales: RubricVersion
) -> None:
    by = User.objects.create(email="lead@example.test", name="Lead")
    first = saved(tenant, to(sales), by=by)
    with tenant_context(tenant.pk):
        with pytest.raises(assign.AssignmentChanged, match="Lead changed the assignment"):
            assign.save(tenant_id=tenant.pk, rows=[], author=Author(0, None, timezone.now()))
        assert [each.number for each in Assignment.objects.all()] == [1]
        event = AuditEvent.objects.get(event="rubric.assignment_changed")
    assert (event.by, event.target_id, event.data) == (by, first.pk, {"number": 1, "rows": 1})


@pytest.mark.parametrize(
    "rows", [[AssignmentRow()] * 51, [AssignmentRow(queue=tuple(map(str, range(51))))]]
)
def test_a_list_over_a_limit_is_refused_by_name(rows: list[AssignmentRow], inside: Tenant) -> None:
    with pytest.raises(assign.AssignmentRefused, match=r"5[01]"):
        assign.save(tenant_id=inside.pk, rows=rows, author=Author(0, None, timezone.now()))
    assert Assignment.objects.count() == 0


def previewed(tenant: Tenant, *rows: AssignmentRow) -> assignment_preview.Preview:
    user = User.objects.get_or_create(email="a@example.test")[0]
    with tenant_context(tenant.pk):
        member = Membership.objects.get_or_create(
            tenant=tenant, user=user, defaults={"role": "tenant_admin"}
        )[0]
        return assignment_preview.preview(member, rows, now=timezone.now())


def test_a_preview_counts_as_the_list_would_have_chosen(
    tenant: Tenant, sales: RubricVersion, care: RubricVersion
) -> None:
    for kind in CallKind:
        stored(tenant, kind, kind=kind)
    stored(tenant, "old", call_at=timezone.now() - timedelta(days=31))
    rows = [
        to(sales, care, kind=("live",), goes_on=True),
        to(sales, kind=("live", "voicemail")),
        to(kind=("third_party",)),
    ]
    found = previewed(tenant, *rows)
    assert (found.calls, found.none.calls) == (4, 2)
    assert {each.name: each.calls for each in found.rubrics} == {"Sales": 2, "Care": 1}
    assert found.rows == {1: 1, 2: 2, 3: 1}
    assert {row.external_id for row in found.none.newest} == {"third_party", "no_conversation"}
    everything = previewed(tenant)
    assert [each.calls for each in everything.rubrics] == [4, 4]
    assert (everything.none.calls, everything.rows) == (0, {})
    with tenant_context(tenant.pk):
        assert Evaluation.objects.count() == 0


def test_a_preview_counts_no_rubric_that_does_not_hold(
    tenant: Tenant, sales: RubricVersion
) -> None:
    stored(tenant, "one")
    with tenant_context(tenant.pk):
        drafts.retire(sales.rubric, by=None, now=timezone.now())
    found = previewed(tenant, to(sales))
    assert (found.rubrics, found.none.calls) == ((), 1)
