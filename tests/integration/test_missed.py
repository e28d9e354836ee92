"""Words are marked as a breach that the machine missed, and a mark is taken back."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from reviews.models import (
    Agent,
    AuditEvent,
    Evaluation,
    ManualFinding,
    ManualFindingNote,
    MemberRole,
    Participant,
    Tenant,
    User,
)
from reviews.models.tenancy import tenant_context
from tests.factories import api
from tests.factories.asking import evaluated, published
from tests.integration.test_whole_call_pages import SAID, call_of, member, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def row(tenant: Tenant) -> Evaluation:
    published(tenant)
    return evaluated(tenant, said=SAID)


@pytest.fixture
def reviewer(tenant: Tenant, row: Evaluation) -> Client:
    return member(tenant)


def mark(client: Client, row: Evaluation, **changed: str) -> int:
    """“cannot fall” breaks the notice, unless something else is given."""
    said = {
        "rule": f"{row.pk}.notice",
        "utterance": "2",
        "first": "1",
        "last": "2",
        "note": "<b>says</b> it cannot",
    }
    address = reverse("call-missed", args=["a", row.transcript_id])
    return client.post(address, said | changed).status_code


def withdraw(client: Client, row: Evaluation) -> int:
    with tenant_context(row.tenant_id):
        finding = ManualFinding.objects.filter(withdraws=None).earliest("at")
    return client.post(reverse("missed-withdraw", args=["a", finding.pk])).status_code


def rows(row: Evaluation) -> list[bool]:
    """Of each in order whether it withdraws another."""
    with tenant_context(row.tenant_id):
        return [each.withdraws_id is not None for each in ManualFinding.objects.order_by("at")]


def scores(page: str) -> list[str]:
    """The machine's and the reviewed score, of 100."""
    return re.findall(r"<b>(\d+)</b>", page)


def test_a_mark_counts_in_the_reviewed_score_once_and_never_in_the_machines(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    assert scores(text(reviewer, call_of(row))) == ["50", "50"]
    assert mark(reviewer, row) == 302
    page = text(reviewer, call_of(row))
    assert scores(page) == ["50", "0"]
    assert '<mark data-mark="manual">cannot fall</mark>' in page
    assert "Marked as missed by Ann" in page
    assert "&lt;b&gt;says&lt;/b&gt; it cannot" in page
    assert mark(reviewer, row, first="0", last="0") == 302
    assert scores(text(reviewer, call_of(row))) == ["50", "0"]
    shown = api.get(api.token(tenant), f"evaluations/{row.pk}").json()
    assert (shown["evaluation"]["score"], shown["reviewed"]["score"]) == (50, 0)
    assert "it cannot" not in str(shown)


def test_the_tour_of_findings_leads_to_it(reviewer: Client, row: Evaluation) -> None:
    mark(reviewer, row)
    page = text(reviewer, call_of(row))
    [stops] = re.findall(r'data-tour="findings" data-at="0" data-stops="([^"]+)"', page)
    assert len(stops.split()) == 2, "the machine's and the person's"
    for anchor in stops.split():
        assert f'id="{anchor}"' in page


def test_a_withdrawal_is_a_new_row_and_brings_the_score_back(
    reviewer: Client, row: Evaluation
) -> None:
    mark(reviewer, row)
    assert withdraw(reviewer, row) == 302
    assert withdraw(reviewer, row) == 302, "twice does nothing more"
    assert rows(row) == [False, True]
    page = text(reviewer, call_of(row))
    assert scores(page) == ["50", "50"]
    assert 'data-mark="manual"' not in page
    assert mark(reviewer, row) == 302, "and it can be marked again"
    with tenant_context(row.tenant_id):
        events = AuditEvent.objects.filter(event__startswith="finding.missed").order_by("at")
        assert [each.event.rpartition("_")[2] for each in events] == [
            "marked", "withdrawn", "marked",
        ]  # fmt: skip
        assert "cannot" not in str([each.data for each in events])


def test_the_note_can_be_erased_and_the_mark_stays(reviewer: Client, row: Evaluation) -> None:
    mark(reviewer, row)
    with tenant_context(row.tenant_id):
        ManualFindingNote.objects.all().delete()
        assert ManualFinding.objects.get().note_sha256 is not None
    assert "Marked as missed by Ann" in text(reviewer, call_of(row))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"rule": "x.notice"}, 400),
        ({"first": "2", "last": "1"}, 400),
        ({"last": "3"}, 400),
        ({"last": "-1"}, 400),
        ({"utterance": "3"}, 400),
        ({"note": "x" * 2001}, 400),
    ],
)
def test_what_the_form_does_not_offer_is_refused(
    reviewer: Client, row: Evaluation, changed: dict[str, str], status: int
) -> None:
    assert mark(reviewer, row, **changed) == status
    assert rows(row) == []


def test_what_the_machine_failed_or_asks_or_nobody_knows_cannot_be_missed(
    reviewer: Client, row: Evaluation
) -> None:
    for code in ("promise", "polite", "none"):
        assert mark(reviewer, row, rule=f"{row.pk}.{code}") == 400
    assert rows(row) == []


def test_words_that_are_marked_for_the_rule_are_not_marked_twice(
    reviewer: Client, row: Evaluation
) -> None:
    assert mark(reviewer, row) == 302
    assert mark(reviewer, row) == 409
    assert mark(reviewer, row, first="2") == 409
    assert rows(row) == [False]


def test_who_took_part_marks_nothing_and_withdraws_nothing(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    mark(reviewer, row)
    lead = member(tenant, MemberRole.LEAD)
    with tenant_context(tenant.pk):
        person = User.objects.get(email=f"{MemberRole.LEAD}@example.test")
        agent = Agent.objects.create(tenant=tenant, external_id="7", user=person)
        Participant.objects.create(
            tenant=tenant, transcript_id=row.transcript_id, revision=1, speaker="X", role="agent",
            agent=agent,
        )  # fmt: skip
    assert mark(lead, row, first="0", last="0") == 409
    assert withdraw(lead, row) == 409
    assert rows(row) == [False]


def test_who_only_looks_sees_the_mark_and_no_form(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    mark(reviewer, row)
    auditor = member(tenant, MemberRole.AUDITOR)
    page = text(auditor, call_of(row) + "?line=2")
    assert "Marked as missed by Ann" in page
    assert 'id="mark"' not in page
    assert mark(auditor, row, first="0", last="0") == withdraw(auditor, row) == 403


def test_another_calls_evaluation_is_not_there(
    reviewer: Client, row: Evaluation, tenant: Tenant
) -> None:
    other = evaluated(tenant, "other", SAID)
    assert mark(reviewer, row, rule=f"{other.pk}.notice") == 404


def test_a_selection_chooses_the_words_of_the_form(reviewer: Client, row: Evaluation) -> None:
    page = text(reviewer, call_of(row) + "?line=2&from=4&to=12")
    assert re.findall(r'<option value="(\d)" selected>\d (\w+)', page) == [
        ("1", "cannot"), ("2", "fall"),
    ]  # fmt: skip
    assert 'id="mark" open' in page
    assert f'value="{row.pk}.notice"' in page
    assert f'value="{row.pk}.promise"' not in page
    assert 'id="mark"' not in text(reviewer, call_of(row) + "?line=9")
