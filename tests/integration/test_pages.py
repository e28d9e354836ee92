"""The reviewer's pages on the demo's calls: seen, decided, revealed, refused."""

from typing import cast

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import audit
from reviews.demo import build
from reviews.detection.pii import call
from reviews.models import (
    AuditEvent,
    MemberRole,
    QueueItem,
    Standing,
    Tenant,
    Transcript,
    Utterance,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.policies import Action, can
from reviews.queries import transcripts
from reviews.rubrics import publish
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(36)[CARE]


@pytest.fixture
def reviewer(care: Tenant) -> Client:
    return demo.signed_in(MemberRole.REVIEWER)


def queue(client: Client, **query: str) -> tuple[int, str]:
    answer = client.get(reverse("queue-list", args=[CARE]), query)
    return answer.status_code, answer.content.decode()


def open_items(tenant: Tenant) -> list[QueueItem]:
    with tenant_context(tenant.pk):
        rows = QueueItem.objects.filter(standing=Standing.OPEN).select_related("finding")
        return list(rows.order_by("rank", "found_at", "id"))


def test_the_queue_shows_each_open_finding_with_its_evidence(
    reviewer: Client, care: Tenant
) -> None:
    status, page = queue(reviewer)
    assert status == 200
    for item in open_items(care):
        assert reverse("finding-decide", args=[CARE, item.finding_id]) in page
    assert "<mark" in page


def test_every_call_has_its_page(reviewer: Client, care: Tenant) -> None:
    for item in open_items(care):
        answer = reviewer.get(reverse("call-detail", args=[CARE, item.transcript_id]))
        assert answer.status_code == 200
        assert "<svg" in answer.content.decode()


def decide(client: Client, item: QueueItem, verdict: str, sequence: int = 0, **more: str) -> int:
    address = reverse("finding-decide", args=[CARE, item.finding_id])
    answer = client.post(address, {"verdict": verdict, "sequence": sequence, **more})
    return answer.status_code


def test_a_verdict_takes_the_finding_out_of_the_queue_and_undo_brings_it_back(
    reviewer: Client, care: Tenant
) -> None:
    item = open_items(care)[0]
    assert decide(reviewer, item, "upheld") == 302
    assert str(item.pk) not in [str(each.pk) for each in open_items(care)]
    status, page = queue(reviewer, q="is:confirmed")
    assert status == 200
    assert reverse("finding-decide", args=[CARE, item.finding_id]) in page
    assert decide(reviewer, item, "reopened", 1) == 302
    assert item.pk in [each.pk for each in open_items(care)]


def test_a_stale_verdict_is_a_conflict_and_says_what_stands(reviewer: Client, care: Tenant) -> None:
    item = open_items(care)[0]
    assert decide(reviewer, item, "dismissed", reason="allowed") == 302
    address = reverse("finding-decide", args=[CARE, item.finding_id])
    answer = reviewer.post(address, {"verdict": "upheld", "sequence": 0})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Dismissed</b> by reviewer@demo.example" in page
    assert "Open it again" in page


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"verdict": "upheld"},
        {"verdict": "burn", "sequence": 0},
        {"verdict": "upheld", "sequence": -1},
        {"verdict": "upheld", "sequence": "9" * 30},
        {"verdict": "dismissed", "sequence": 0},
        {"verdict": "dismissed", "sequence": 0, "reason": "because"},
        {"verdict": "dismissed", "sequence": 0, "reason": "allowed", "note": "x" * 2001},
    ],
)
def test_a_broken_verdict_is_refused_and_changes_nothing(
    sent: dict[str, object], reviewer: Client, care: Tenant
) -> None:
    item = open_items(care)[0]
    address = reverse("finding-decide", args=[CARE, item.finding_id])
    assert reviewer.post(address, sent).status_code == 400
    assert item.pk in [each.pk for each in open_items(care)]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "is:lost"}, {"q": "sev:red"}, {"q": "colour:red"}, {"q": '"half'},
        {"stands": "lost"}, {"q": "alike:x"}, {"q": "\"...\""},
        {"after": "x"}, {"after": "1.2.3"}, {"after": "-1"},
        {"after": "0.99999999999999999999.0"}, {"after": "1.99999999999999999999.0"},
    ],
)  # fmt: skip
def test_a_broken_filter_or_cursor_is_refused(query: dict[str, str], reviewer: Client) -> None:
    status, page = queue(reviewer, **query)
    assert status == 400
    assert "refused" in page


@pytest.mark.parametrize("rank", [-(10**30), -1, 5, 10**30])
def test_a_cursor_beyond_every_severity_is_a_page_like_any(rank: int, reviewer: Client) -> None:
    status, _ = queue(reviewer, after=f"{rank}.0.{uuid7().hex}")
    assert status == 200


def test_pages_of_the_queue_hold_every_finding_once(
    reviewer: Client, care: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.queries.queue.PAGE", 4)
    seen: list[str] = []
    after = ""
    while True:
        answer = reviewer.get(reverse("queue-list", args=[CARE]), {"after": after})
        seen += [str(row.finding_id) for row in answer.context["page"].rows]
        after = answer.context["page"].next
        if not after:
            break
    assert seen == [str(item.finding_id) for item in open_items(care)]
    assert len(seen) > 8


def with_card(care: Tenant) -> tuple[Transcript, list[str]]:
    """A call in which a card number is said, and every masked value in its own words."""
    item = next(item for item in open_items(care) if item.rule_code == "card_spoken")
    with tenant_context(care.pk):
        row = Transcript.objects.get(pk=item.transcript_id)
        columns = transcripts.columns_of(row)
    values = [
        " ".join(columns.words[columns.bounds[at] :][first : last + 1])
        for at, masks in enumerate(call.masks(columns))
        for first, last, _ in masks
    ]
    return row, values


def reveal(client: Client, row: Transcript, reason: str = "check_finding") -> HttpResponse:
    address = reverse("call-reveal", args=[CARE, row.pk])
    return cast("HttpResponse", client.post(address, {"reason": reason}))


def revealed(care: Tenant) -> list[AuditEvent]:
    with tenant_context(care.pk):
        return list(AuditEvent.objects.filter(event="personal_data.revealed"))


def test_personal_data_is_not_in_the_pages_until_it_is_revealed(
    reviewer: Client, care: Tenant
) -> None:
    row, values = with_card(care)
    assert len(values) > 1
    page = reviewer.get(reverse("call-detail", args=[CARE, row.pk])).content.decode()
    assert not [value for value in values if value in page or value in queue(reviewer)[1]]
    shown = reveal(reviewer, row)
    assert not [value for value in values if value not in shown.content.decode()]
    assert "no-store" in shown.headers["Cache-Control"]
    (event,) = revealed(care)
    assert (event.target_id, event.data["reason"]) == (row.pk, "check_finding")


def test_masks_of_an_older_version_are_found_anew(reviewer: Client, care: Tenant) -> None:
    row, values = with_card(care)
    with tenant_context(care.pk):
        Transcript.objects.filter(pk=row.pk).update(masked_by="0")
        Utterance.objects.filter(transcript=row).update(masks="[]")
    page = reviewer.get(reverse("call-detail", args=[CARE, row.pk])).content.decode()
    assert not [value for value in values if value in page or value in queue(reviewer)[1]]


def test_a_reveal_is_refused_without_permission_reason_or_audit(
    reviewer: Client, care: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, values = with_card(care)
    refused = [
        (reveal(demo.signed_in(MemberRole.AUDITOR), row), 403),
        (reveal(reviewer, row, "curious"), 400),
    ]

    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    reviewer.raise_request_exception = False
    refused.append((reveal(reviewer, row), 500))
    for answer, status in refused:
        assert answer.status_code == status
        assert not [value for value in values if value in answer.content.decode()]
    assert revealed(care) == []


@pytest.mark.parametrize("role", MemberRole)
def test_each_role_gets_the_pages_of_its_permissions(role: MemberRole, care: Tenant) -> None:
    client = demo.signed_in(role)
    for action, name in (
        (Action.SEE_QUEUE, "queue-list"),
        (Action.SEE_CALLS, "call-list"),
        (Action.SEE_RUBRICS, "rubric-list"),
        (Action.SEE_JOBS, "job-list"),
        (Action.SEE_JOBS, "source-list"),
        (Action.MANAGE_SOURCES, "source-connect"),
    ):
        status = client.get(reverse(name, args=[CARE])).status_code
        assert status == (200 if can(role, action) else 403), name
    assert client.get("/").status_code == 200, "three tenants to choose from"


def test_who_may_not_decide_is_refused(care: Tenant) -> None:
    item = open_items(care)[0]
    assert decide(demo.signed_in(MemberRole.AUDITOR), item, "upheld") == 403
    assert item.pk in [each.pk for each in open_items(care)]


def test_a_foreign_and_an_absent_address_answer_alike(reviewer: Client, care: Tenant) -> None:
    foreign = reviewer.get(reverse("call-detail", args=["harbor-wealth", with_card(care)[0].pk]))
    absent = reviewer.get(reverse("call-detail", args=[CARE, uuid7()]))
    nowhere = reviewer.get("/t/none/queue")
    assert {foreign.status_code, absent.status_code, nowhere.status_code} == {404}
    assert foreign.content == absent.content == nowhere.content


def table_queries(client: Client, address: str) -> int:
    """SQL that reads a table; what sets the tenant or begins a transaction does not."""
    client.get(address)  # rubrics stay in memory
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    texts = [" ".join(each["sql"].split()) for each in captured.captured_queries]
    return sum(" FROM " in text for text in texts)


def test_a_page_takes_few_queries_however_much_it_shows(reviewer: Client, care: Tenant) -> None:
    item = open_items(care)[0]
    assert table_queries(reviewer, reverse("queue-list", args=[CARE])) <= 6
    assert table_queries(reviewer, reverse("call-detail", args=[CARE, item.transcript_id])) <= 10
    assert table_queries(reviewer, reverse("call-list", args=[CARE])) <= 6


def test_what_was_heard_too_unclearly_to_count_is_linked() -> None:
    care = next(tenant for tenant in demo.tenants() if tenant.slug == CARE)
    rule = {
        "code": "no_refund",
        "title": "No refund is spoken of",
        "severity": "low",
        "check": {"query": "NOT refund*"},
        "section": "one",
        "weight": 1,
        "violation_when": "absent",
        "confidence_floor": 0.6,
    }
    document = {"name": "Unclear", "sections": [{"code": "one", "title": "One"}], "rules": [rule]}
    with tenant_context(care.pk):
        publish.publish(tenant_id=care.pk, code="x", document=document, by=None, now=timezone.now())
    payload = dict(build.calls(1, seed=1)[0].payload)
    texts = ["I", "want", "a", "refund", "please."]
    words = [
        {"text": text, "start": at * 500, "end": at * 500 + 400, "speaker": "A",
         "confidence": 0.3 if text == "refund" else 0.9}
        for at, text in enumerate(texts)
    ]  # fmt: skip
    said = {"text": " ".join(texts), "start": 0, "end": 2400, "speaker": "A", "confidence": 0.8}
    payload |= {"text": said["text"], "words": words, "utterances": [said | {"words": words}]}
    demo.keep_payload(care, payload)
    with tenant_context(care.pk):
        [row] = Transcript.objects.all()
    client = demo.signed_in(MemberRole.REVIEWER)
    page = client.get(reverse("call-detail", args=[CARE, row.pk])).content.decode()
    assert "Heard, but not clearly enough to count" in page


def test_what_stands_outside_the_words_is_shown_by_its_place(
    reviewer: Client, care: Tenant
) -> None:
    item = next(each for each in open_items(care) if each.rule_code == "spoken_language")
    page = reviewer.get(reverse("call-detail", args=[CARE, item.transcript_id]))
    assert "<span>language es in language_code</span>" in page.content.decode()
    status, rows = queue(reviewer)
    assert status == 200
    assert "<p>language es in language_code</p>" in rows
