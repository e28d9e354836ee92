"""The queue as reviewers work in it: views, the line of text, many at once, what is silenced."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from reviews.demo import build
from reviews.models import (
    AuditEvent,
    DismissalReason,
    MemberRole,
    Membership,
    QueueItem,
    Standing,
    Suppression,
    Tenant,
    Utterance,
    WorkingHours,
)
from reviews.models.tenancy import tenant_context
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
RULE = "medical_advice"


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(30)[CARE]


def items(care: Tenant, **wanted: object) -> list[QueueItem]:
    with tenant_context(care.pk):
        rows = QueueItem.objects.filter(**wanted).select_related("finding", "transcript")
        return list(rows.order_by("rank", "found_at", "id"))


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"{reverse('queue-list', args=[CARE])}?q={quote(query)}")
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, /, *ids: object, **sent: object) -> int:
    return client.post(reverse(name, args=[CARE, *ids]), sent).status_code


def said_with(care: Tenant, phrase: str, rows: list[QueueItem]) -> int:
    """How many of the findings are of calls on which it is said."""
    with tenant_context(care.pk):
        lines = Utterance.objects.filter(text__icontains=phrase)
        calls = set(lines.values_list("transcript_id", flat=True))
    assert 0 < len(calls) < len({row.transcript_id for row in rows})
    return sum(row.transcript_id in calls for row in rows)


def test_the_form_and_the_line_say_the_same(care: Tenant) -> None:
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    address = reverse("queue-list", args=[CARE])
    answer = reviewer.get(
        address, {"stands": "undecided", "severity": ">=high", "rule": RULE, "is_absent": "on"}
    )
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)["q"]
    assert query == [f"is:undecided is:absent rule:{RULE} sev:>=high"]
    shown = page(reviewer, f"rule:{RULE} sev:>=high")
    assert f'<option value="{RULE}" selected>' in shown
    assert '<option value="&gt;=high" selected>' in shown


def test_each_part_of_the_line_narrows(care: Tenant) -> None:
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    open_rows = items(care, standing=Standing.OPEN)
    of_rule = [row for row in open_rows if row.rule_code == RULE]
    assert 0 < len(of_rule) < len(open_rows)
    for query, count in (
        ("", len(open_rows)),
        (f"rule:{RULE}", len(of_rule)),
        ("age:>1h", 0),
        ("age:<1h", len(open_rows)),
        ("is:overdue", 0),
        ("is:held", 0),
        ("assignee:me", 0),
        ("is:undecided assignee:none", len(open_rows)),
        ("is:absent", sum(row.finding.outcome == "absent" for row in open_rows)),
        ("team:nobody", 0),
        ('"you can skip the"', said_with(care, "you can skip the", open_rows)),
        ('"nobody says these words"', 0),
        ("source:sandbox", len(open_rows)),
        (f"alike:{of_rule[0].finding_id}",
         sum(row.phrase_key == of_rule[0].phrase_key for row in of_rule)),
    ):  # fmt: skip
        assert page(reviewer, query).count("data-item") == count, query
    assert all(row.due_at for row in open_rows if row.finding.severity != "info")


def test_many_are_dismissed_assigned_and_put_off_with_guards(care: Tenant) -> None:
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    rows = items(care, standing=Standing.OPEN)
    one_rule = [row for row in rows if row.rule_code == RULE]
    everything = [f"{row.finding_id}:{row.sequence}" for row in rows]
    of_rule = [f"{row.finding_id}:{row.sequence}" for row in one_rule]
    assert post(reviewer, "queue-bulk", act="dismiss", reason="allowed", pick=everything) == 409
    assert post(reviewer, "queue-bulk", act="dismiss", reason="", pick=of_rule) == 400
    assert post(reviewer, "queue-bulk", act="uphold", pick=of_rule) == 409
    with tenant_context(care.pk):
        lead = Membership.objects.get(role=MemberRole.LEAD)
        auditor = Membership.objects.get(role=MemberRole.AUDITOR)
    assert post(reviewer, "queue-bulk", act="assign", to=lead.pk, pick=everything) == 302
    assert len(items(care, assigned_to=lead.user_id)) == len(rows)
    post(reviewer, "queue-bulk", act="assign", to=auditor.pk, pick=everything)
    assert items(care, assigned_to=auditor.user_id) == [], "an auditor decides nothing"
    assert post(reviewer, "queue-bulk", act="hold", hours=24, pick=of_rule) == 302
    assert page(reviewer).count("data-item") == len(rows) - len(one_rule)
    assert page(reviewer, "is:held").count("data-item") == len(one_rule)
    assert post(reviewer, "queue-bulk", act="dismiss", reason="allowed", pick=of_rule) == 302
    assert len(items(care, standing=Standing.DISMISSED)) == len(one_rule)
    count = len(rows) - len(one_rule)
    stale = {"act": "escalate", "is_all": "on", "q": "", "count": count + 1}
    assert post(reviewer, "queue-bulk", **stale) == 409
    assert post(reviewer, "queue-bulk", **stale | {"count": count}) == 302
    assert len(items(care, standing=Standing.ESCALATED, level=1)) == count


def test_what_is_not_to_be_flagged_again_is_marked_counted_and_brought_back(care: Tenant) -> None:
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    first = items(care, standing=Standing.OPEN, rule_code=RULE)[0]
    sent = {"verdict": "dismissed", "sequence": 0, "reason": "allowed", "silence": "phrase 90"}
    answer = reviewer.post(reverse("finding-decide", args=[CARE, first.finding_id]), sent)
    assert answer.status_code == 302
    with tenant_context(care.pk):
        silenced = Suppression.objects.get()
        assert bytes(silenced.key) == bytes(first.phrase_key or b"")
    said = first.transcript.external_id
    same = next(each for each in build.calls(30, seed=1) if each.payload["id"] == said)
    again = {**same.payload, "id": "again", "audio_duration": 999}
    demo.keep_payload(care, again)
    marked = items(care, standing=Standing.SUPPRESSED)
    assert [row.suppression_id for row in marked] == [silenced.pk]
    assert page(reviewer, "is:suppressed").count("data-item") == 1
    listed = reviewer.get(reverse("suppression-list", args=[CARE])).content.decode()
    assert "<mark" in listed
    assert ">1</a>" in listed
    assert post(reviewer, "suppression-withdraw", silenced.pk) == 302
    assert post(reviewer, "suppression-withdraw", silenced.pk) == 302, "twice is once"
    assert items(care, standing=Standing.SUPPRESSED) == []
    assert items(care, pk=marked[0].pk)[0].standing == Standing.OPEN
    with tenant_context(care.pk):
        assert AuditEvent.objects.filter(event="suppression.withdrawn").count() == 1


def test_views_are_ones_own_or_the_teams(care: Tenant) -> None:
    reviewer, lead = demo.signed_in(MemberRole.REVIEWER), demo.signed_in(MemberRole.LEAD)
    assert post(reviewer, "view-save", name="Grave", query="sev:>=high") == 302
    assert post(reviewer, "view-save", name="Ours", query="", is_shared="on") == 409
    assert post(lead, "view-save", name="Ours", query=f"rule:{RULE}", is_shared="on") == 302
    assert post(reviewer, "view-save", name="Broken", query="colour:red") == 400
    assert "Grave" in page(reviewer)
    assert "Ours" in page(reviewer)
    assert "Grave" not in page(lead)
    gone = {"is_gone": "on"}
    assert post(lead, "view-save", name="Grave", **gone) == 302, "none of one's own by that name"
    assert "Grave" in page(reviewer)
    assert post(reviewer, "view-save", name="Ours", is_shared="on", **gone) == 409
    assert post(reviewer, "view-save", name="Grave", **gone) == 302
    assert "Grave" not in page(reviewer)


def test_a_tenant_has_its_own_hours_and_reasons(care: Tenant) -> None:
    lead, reviewer = demo.signed_in(MemberRole.LEAD), demo.signed_in(MemberRole.REVIEWER)
    assert reviewer.get(reverse("work-change", args=[CARE])).status_code == 403
    hours = {
        "zone": "America/Chicago", "weekdays": ["1", "2"], "opens": "08:00", "closes": "16:00",
        "days_off": "2026-12-25", "due_high": "2",
    }  # fmt: skip
    assert post(lead, "work-change", **hours | {"zone": "Mars"}) == 422
    assert post(lead, "work-change", **hours | {"closes": "07:00"}) == 400
    assert post(lead, "work-change", **hours) == 302
    assert post(lead, "work-change", code=["allowed", ""], label=["Fine here", "Joking"]) == 302
    shown = lead.get(reverse("work-change", args=[CARE])).content.decode()
    assert 'value="Joking"' in shown
    with tenant_context(care.pk):
        assert WorkingHours.objects.get().due_hours == {"high": 2}
        assert set(DismissalReason.objects.values_list("code", flat=True)) == {"allowed", "own_1"}
    finding = items(care, standing=Standing.OPEN)[0].finding_id
    gone = {"verdict": "dismissed", "sequence": 0, "reason": "misheard"}
    assert post(reviewer, "finding-decide", finding, **gone) == 400
    assert post(reviewer, "finding-decide", finding, **gone | {"reason": "own_1"}) == 302


def test_how_many_came_is_said_and_the_page_stays(care: Tenant) -> None:
    reviewer = demo.signed_in(MemberRole.REVIEWER)
    address = reverse("queue-new", args=[CARE])
    assert reviewer.get(address).status_code == 302, "no page of its own"
    reviewer.defaults["HTTP_HX_REQUEST"] = "true"
    before = reviewer.get(address, {"since": "2020-01-01T00:00:00+00:00"}).content.decode()
    assert f"{len(items(care, standing=Standing.OPEN))} new findings" in before
    assert reviewer.get(address).content.decode().strip() == ""
    assert reviewer.get(address, {"since": "never", "q": "is:lost"}).status_code == 200
