"""A language model is asked where it is turned on, within a budget, about masked words."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from reviews.detection.evidence import Found, NotAssessable, Outcome
from reviews.detection.pii.span import is_hidden
from reviews.detection.report import Report, personal_data
from reviews.detection.transcript import Transcript
from reviews.egress import DestinationRefused
from reviews.evaluation import endpoint, run
from reviews.ingest import connect, store
from reviews.models import AuditEvent, Evaluation, JudgeEndpoint, Source, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries import evaluations, transcripts
from reviews.rubrics import publish
from reviews.sandbox.server import Fault, Sandbox
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from tests.factories.loop import drain, payloads

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sandbox-key"
ASKED = {
    "question": "Does someone here thank somebody for calling, or with pleasure help, today?",
    "answer": "number",
    "found_when": ">= 0",
}
RUBRIC = {"name": "Calls", "rules": [{"code": "asked", "check": {"judge": ASKED}}]}


class Listener(Sandbox):
    """Keeps the questions."""

    def answer(self, method: str, target: str, key: str | None, body: bytes) -> Any:
        self.bodies = [*getattr(self, "bodies", []), body]
        return super().answer(method, target, key, body)


@pytest.fixture
def source() -> Source:
    tenant, now = Tenant.objects.create(slug="a", name="A"), timezone.now()
    with tenant_context(tenant.pk):
        publish.publish(tenant_id=tenant.pk, code="calls", document=RUBRIC, by=None, now=now)
        return connect.connect(
            tenant_id=tenant.pk,
            name="sandbox",
            base_url="http://127.0.0.1:9",
            key=KEY,
            requests_per_second=1000,
            by=None,
            now=now,
        )


@pytest.fixture
def llm(settings: LazySettings) -> Iterator[Listener]:
    with Listener(accounts={KEY: []}) as sandbox:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{sandbox.port}"})
        yield sandbox


def turn_on(source: Source, server: Sandbox, **changes: Any) -> None:
    wanted: dict[str, Any] = {
        "base_url": f"{server.base_url}/v1",
        "model": "small",
        "key": KEY,
        "calls_per_day": 10,
        "tokens_per_day": 1_000_000,
    }
    endpoint.turn_on(
        tenant_id=source.tenant_id,
        wanted=endpoint.Wanted(**wanted | changes),
        by=None,
        now=timezone.now(),
    )


def judged(source: Source, at: int = 0) -> Outcome:
    """What the judge rule comes to on a call."""
    received = receive(json.dumps(payloads(at + 1)[at]).encode())
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        assert row is not None
        run.schedule(row)
    drain()
    with tenant_context(source.tenant_id):
        made = Evaluation.objects.get(transcript_id=UUID(str(row.pk)))
        outcome = evaluations.unpack(made, transcripts.columns_of(row)).results[0].outcome
        assert outcome is not None
        return outcome


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, NotAssessable), outcome
    return outcome.reason


def used(source: Source) -> JudgeEndpoint:
    return endpoint.shown(source.tenant_id)


def test_nobody_is_asked_before_it_is_turned_on(source: Source, llm: Listener) -> None:
    assert reason(judged(source)) == "judge_off"
    assert not hasattr(llm, "bodies")


def test_an_answer_with_words_that_were_said_is_found(source: Source, llm: Listener) -> None:
    turn_on(source, llm)
    outcome = judged(source)
    assert isinstance(outcome, Found)
    assert len(outcome.evidence) == 1
    row = used(source)
    assert (row.calls_used, row.day) == (1, timezone.now().date())
    assert 0 < row.tokens_used < len(llm.bodies[0])


def test_personal_data_does_not_leave(source: Source, llm: Listener) -> None:
    turn_on(source, llm)
    calls = [parse(payload).transcript for payload in payloads(12)]
    said = [
        [span["text"] for span in spans_of(each) if is_hidden(span["entity"], span["score"])]
        for each in calls
    ]
    at = max(range(len(said)), key=lambda each: len(said[each]))
    assert len(said[at]) > 3
    judged(source, at=at)
    sent = json.loads(llm.bodies[0])["messages"][1]["content"]
    assert "[" in sent
    assert not [text for text in said[at] if len(text) > 5 and text in sent]


def spans_of(call: Transcript) -> list[dict[str, Any]]:
    spans = Report(call).spans(personal_data(call))["spans"]
    assert isinstance(spans, list)
    return spans


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"tokens_per_day": 10}, "judge_budget"),
        ({"key": "another"}, "judge_failed"),
        ({"base_url": "http://127.0.0.1:{port}/v2"}, "judge_failed"),
    ],
)
def test_where_it_cannot_be_asked_the_rule_is_not_assessable_by_name(
    source: Source, llm: Listener, changes: dict[str, Any], wanted: str
) -> None:
    made = {
        name: value.format(port=llm.port) if isinstance(value, str) else value
        for name, value in changes.items()
    }
    turn_on(source, llm, **made)
    assert reason(judged(source)) == wanted


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/v1", 500),
        Fault("/v1", 200, body=b"<html>"),
        Fault("/v1", 429, retry_after="600"),
        Fault(
            "/v1",
            200,
            body=json.dumps(
                {"choices": [{"message": {"content": '{"quote": "never said that", "answer": 9}'}}]}
            ).encode(),
        ),
    ],
)
def test_a_reply_that_cannot_be_believed_is_refused(
    source: Source, settings: LazySettings, fault: Fault
) -> None:
    with Sandbox(accounts={KEY: []}, faults=[fault]) as server:
        settings.EGRESS_ALLOW_PRIVATE = frozenset({f"127.0.0.1:{server.port}"})
        turn_on(source, server)
        assert reason(judged(source)) in ("judge_failed", "judge_refused")
        assert server.requests["/v1/chat/completions"] == 1


def test_a_key_that_cannot_be_read_asks_nobody(source: Source, llm: Listener) -> None:
    turn_on(source, llm)
    with tenant_context(source.tenant_id):
        JudgeEndpoint.objects.update(sealed_key=b"sealed by a key that is gone")
    assert reason(judged(source)) == "judge_failed"
    assert not hasattr(llm, "bodies")


def test_the_budget_is_of_the_day(source: Source, llm: Listener) -> None:
    turn_on(source, llm, calls_per_day=1)
    assert isinstance(judged(source), Found)
    assert reason(judged(source, at=1)) == "judge_budget"
    with tenant_context(source.tenant_id):
        JudgeEndpoint.objects.update(day=timezone.now().date() - timedelta(days=1))
    assert not isinstance(judged(source, at=2), NotAssessable)


def test_the_key_is_sealed_and_turning_on_and_off_is_on_record(
    source: Source, llm: Listener
) -> None:
    turn_on(source, llm)
    assert KEY.encode() not in bytes(used(source).sealed_key)
    endpoint.turn_off(tenant_id=source.tenant_id, by=None, now=timezone.now())
    assert reason(judged(source)) == "judge_off"
    with tenant_context(source.tenant_id):
        events = list(AuditEvent.objects.order_by("sequence").values_list("event", flat=True))
    assert events[-2:] == ["judge.on", "judge.off"]


@pytest.mark.parametrize(
    "changes",
    [{"model": " "}, {"key": ""}, {"key": "a\nb"}, {"calls_per_day": 0}, {"tokens_per_day": 0}],
)
def test_a_model_that_cannot_be_asked_is_refused(
    source: Source, llm: Listener, changes: dict[str, Any]
) -> None:
    with pytest.raises(endpoint.EndpointRefused):
        turn_on(source, llm, **changes)


def test_a_private_address_is_refused(source: Source, llm: Listener) -> None:
    with pytest.raises(DestinationRefused):
        turn_on(source, llm, base_url="https://10.0.0.1/v1")


def test_the_command_sets_shows_and_turns_off(
    source: Source, llm: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))

    def said(*words: str) -> str:
        out = io.StringIO()
        call_command("judge", *words, "--tenant", "a", stdout=out)
        return out.getvalue()

    budget = ("--calls", "5", "--tokens", "9000")
    on = said("on", "--url", f"{llm.base_url}/v1", "--model", "small", *budget)
    assert on.startswith("on  ")
    assert "0 of 5 calls, 0 of 9,000 tokens" in said("show")
    assert said("off").startswith("off  ")
    with pytest.raises(CommandError, match="tenant is refused"):
        call_command("judge", "show", "--tenant", "nobody")
