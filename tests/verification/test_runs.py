"""A client of the published contract for runs, whose base address alone was changed."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from reviews.accounts.keys import Scope
from reviews.api.compat import answers, body, errors
from reviews.detection import engine
from reviews.errors import ErrorCode, Refused
from reviews.evaluation import at_once
from reviews.models import (
    AuditEvent,
    Evaluation,
    Finding,
    Job,
    JobKind,
    Rubric,
    RubricVersion,
    Tenant,
    Transcript,
)  # fmt: skip
from reviews.models.tenancy import tenant_context
from reviews.queries.rubrics import kit_code
from tests.factories import api
from tests.factories.loop import drain
from tests.factories.runs import kit_of

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "integrator" / "runs.md"
SAID = (
    "Agent: This call is recorded. I guarantee a refund.\nCustomer: My card is 4111 1111 1111 1111."
)
TURNS = [
    {"speaker": "Agent", "text": "This call is recorded. I guarantee a refund."},
    {"speaker": "Customer", "text": "My card is 4111 1111 1111 1111."},
]


class Semarize:
    """What its documentation shows of a client: nothing here knows whose server it is."""

    def __init__(self, key: str | None) -> None:
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def post(self, path: str, sent: Any, **headers: str) -> Any:
        data = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        return Client(raise_request_exception=False).post(
            path, data, content_type="application/json", headers={**self.headers, **headers}
        )

    def get(self, path: str) -> Any:
        return Client(raise_request_exception=False).get(path, headers=self.headers)

    def run(self, kit: str, transcript: Any = SAID, **more: Any) -> Any:
        return self.post("/v1/runs", {"kit_code": kit, "input": {"transcript": transcript}, **more})


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def version(tenant: Tenant) -> RubricVersion:
    return kit_of(tenant)


@pytest.fixture
def kit(version: RubricVersion) -> str:
    return kit_code(version.rubric_id)


@pytest.fixture
def client(tenant: Tenant) -> Semarize:
    return Semarize(api.token(tenant, Scope.RUNS))


def rows(tenant: Tenant, model: Any) -> int:
    with tenant_context(tenant.pk):
        return int(model.objects.count())


def test_a_run_that_is_waited_for_ends_with_its_bricks(
    client: Semarize, kit: str, version: RubricVersion
) -> None:
    answer = client.run(kit, TURNS, mode="sync")
    run = answer.json()
    assert (answer.status_code, run["status"], run["run_type"]) == (200, "succeeded", "api")
    assert (run["kit_version_id"], run["output"]["kit_code"]) == (str(version.pk), kit)
    assert run["duration_ms"] >= 0
    assert set(run) == set(answers.RunSerializer().fields)
    assert set(run["output"]["bricks"]["told"]) == set(answers.BrickSerializer().fields)
    bricks = run["output"]["bricks"]
    assert bricks["risk_flag"]["value"] is True
    assert bricks["promise"]["value"] is False
    assert bricks["promise"]["evidence"] == bricks["risk_flag"]["evidence"] == ["guarantee"]
    (span,) = bricks["promise"]["verbatim"]["spans"]
    assert (span["utterance"], span["words"], span["start_ms"]) == (0, [5, 5], None)
    assert (bricks["told"]["value"], bricks["coaching_priority"]["value"]) == (True, "high")
    assert bricks["what_failed"]["value"] == ["promise"]
    assert bricks["overall_score"]["value"] == pytest.approx(33.333333)
    late = bricks["early"]
    assert (late["value"], late["verbatim"]["reason_code"]) == (None, "no_times")
    assert set(bricks["card"]) >= {"value", "confidence", "reason", "evidence"}
    assert "4111" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_it_evaluated_is_a_call_like_any_other(
    client: Semarize, kit: str, tenant: Tenant
) -> None:
    client.run(kit, mode="sync")
    assert [rows(tenant, each) for each in (Transcript, Evaluation, Finding)] == [1, 1, 2]
    with tenant_context(tenant.pk):
        assert AuditEvent.objects.get(event="call.run_asked").api_key_id
        jobs = Job.objects.filter(kind__in=[JobKind.RUN, JobKind.EVALUATE])
        assert set(jobs.values_list("state", flat=True)) == {"done"}, "nor is it done once more"
    drain()
    assert rows(tenant, Evaluation) == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_not_waited_for_is_polled(client: Semarize, kit: str) -> None:
    answer = client.run(kit)
    begun = answer.json()
    assert (answer.status_code, answer["Retry-After"]) == (202, "1")
    assert (set(begun), begun["status"]) == ({"run_id", "status", "run_type"}, "queued")
    address = f"/v1/runs/{begun['run_id']}"
    assert (client.get(address).json()["status"], client.get(address).json()["output"]) == (
        "queued",
        None,
    )
    drain()
    run = client.get(address).json()
    assert (run["status"], run["output"]["bricks"]["risk_flag"]["value"]) == ("succeeded", True)
    (listed,) = client.get("/v1/runs?limit=1").json()["runs"]
    assert (listed["run_id"], listed["status"]) == (begun["run_id"], "succeeded")


def test_the_same_call_by_the_same_kit_is_the_same_run(client: Semarize, kit: str) -> None:
    first = client.run(kit, mode="sync").json()
    assert client.run(kit, mode="sync").json() == first


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine ends when the test does."""
    end, quick = threading.Event(), engine.evaluate

    def evaluate(*given: Any) -> Any:
        end.wait(5)
        return quick(*given)

    monkeypatch.setattr(at_once, "SECONDS", 0.05)
    monkeypatch.setattr(engine, "evaluate", evaluate)
    yield
    end.set()


@pytest.mark.django_db(transaction=True)
def test_a_run_that_takes_too_long_goes_on_in_the_queue(
    client: Semarize, kit: str, tenant: Tenant, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.run(kit, mode="sync")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert rows(tenant, Evaluation) == 0
    monkeypatch.undo()
    drain()
    run = client.get(f"/v1/runs/{answer.json()['run_id']}").json()
    assert (run["status"], run["output"]["bricks"]["told"]["value"]) == ("succeeded", True)


def test_a_sandbox_run_leaves_nothing_that_anybody_sees(
    client: Semarize, kit: str, tenant: Tenant
) -> None:
    begun = client.run(kit, type="sandbox").json()
    assert begun["run_type"] == "sandbox"
    run = client.get(f"/v1/runs/{begun['run_id']}").json()
    assert (run["status"], run["output"]["bricks"]["risk_flag"]["value"]) == ("succeeded", True)
    waited = client.run(kit, type="sandbox", mode="sync").json()
    assert waited["output"] == run["output"]
    assert [rows(tenant, each) for each in (Transcript, Evaluation, Finding, Job)] == [0, 0, 0, 1]
    assert client.get("/v1/runs").json() == {"runs": []}
    other = Semarize(api.token(tenant, Scope.RUNS))
    assert other.get(f"/v1/runs/{begun['run_id']}").status_code == 404, "the key's own alone"


def test_a_text_in_which_nobody_is_named_is_taken_and_roles_are_not_guessed(
    client: Semarize, kit: str
) -> None:
    bricks = client.run(kit, "This call is recorded. I guarantee it.", mode="sync").json()[
        "output"
    ]["bricks"]
    assert bricks["promise"]["value"] is None
    assert bricks["promise"]["verbatim"]["reason_code"] == "roles_unknown"
    assert bricks["risk_flag"]["value"] is None, "never a silent pass"


def test_a_version_goes_before_a_code_and_keeps_judging_as_it_did(
    client: Semarize, tenant: Tenant, version: RubricVersion, kit: str
) -> None:
    newer = kit_of(tenant, promise="agent: refund")
    sent = {"kit_code": kit, "kit_version_id": str(version.pk), "mode": "sync"}
    old = client.post("/v1/runs", {**sent, "input": {"transcript": TURNS}}).json()
    new = client.run(kit, TURNS, mode="sync").json()
    assert (old["kit_version_id"], new["kit_version_id"]) == (str(version.pk), str(newer.pk))
    assert old["output"]["bricks"]["promise"]["evidence"] == ["guarantee"]
    assert new["output"]["bricks"]["promise"]["evidence"] == ["refund."]


def test_the_shape_of_a_kit_is_told_and_a_run_can_be_tried(
    client: Semarize, kit: str, tenant: Tenant
) -> None:
    (shown,) = client.get("/v1/kits/schema").json()["kits"]
    types = {each["key"]: each["type"] for each in shown["bricks"]}
    run = client.run(kit, type="sandbox", mode="sync").json()
    assert set(types) == set(run["output"]["bricks"])
    assert (types["overall_score"], types["coaching_priority"]) == ("number", "enum")
    tried = client.post("/v1/test", {"kit_code": kit, "input": {"transcript": TURNS}})
    assert (tried.status_code, tried.json()["valid"], tried.json()["words"]) == (200, True, 15)
    assert tried.json()["kit"] == shown
    assert rows(tenant, Transcript) == 0


def test_a_request_that_is_sent_twice_is_done_once(client: Semarize, kit: str) -> None:
    sent = {"kit_code": kit, "input": {"transcript": SAID}, "type": "sandbox", "mode": "sync"}
    named = {"Idempotency-Key": "k" * 254, "X-Request-Id": "req-1"}
    first, second = (client.post("/v1/runs", sent, **named) for _ in range(2))
    assert first.json() == second.json()
    assert (second["Idempotent-Replayed"], second["X-Request-Id"]) == ("true", "req-1")
    other = client.post("/v1/runs", sent | {"mode": "async"}, **named)
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_key_conflict")
    longer = client.post("/v1/runs", sent, **{"Idempotency-Key": "k" * 255})
    assert (longer.status_code, longer.json()["error"]) == (400, "invalid_request")


def test_a_key_that_may_not_is_refused_in_the_contracts_words(tenant: Tenant, kit: str) -> None:
    for key, status, error in (
        (None, 401, "missing_bearer_token"),
        ("vb_live_nothing", 401, "invalid_api_key"),
        (api.token(tenant, Scope.FINDINGS), 403, "scope_missing"),
    ):
        answer = Semarize(key).run(kit)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.json()["message"]


@pytest.mark.django_db(transaction=True)
def test_another_tenants_kit_and_run_are_absent(client: Semarize, kit: str) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    theirs = kit_of(other)
    foreign = Semarize(api.token(other, Scope.RUNS))
    run = foreign.run(kit_code(theirs.rubric_id), mode="sync").json()
    for sent in ({"kit_code": kit_code(theirs.rubric_id)}, {"kit_version_id": str(theirs.pk)}):
        answer = client.post("/v1/runs", {**sent, "input": {"transcript": SAID}})
        assert (answer.status_code, answer.json()["error"]) == (404, "kit_not_found")
    assert client.get(f"/v1/runs/{run['run_id']}").status_code == 404
    assert client.get("/v1/runs").json() == {"runs": []}


GOOD = {"transcript": SAID}


MALFORMED: list[tuple[Any, int, str]] = [
    ("", 400, "invalid_request"),
    ("[1]", 400, "invalid_request"),
    ("[" * 100_000, 400, "invalid_request"),
    ('{"input": ' + '{"a":' * 200 + "1" + "}" * 200 + "}", 400, "invalid_request"),
    ('{"input": {"transcript": "x"}, "input": {}}', 400, "invalid_request"),
    ('{"input": NaN}', 400, "invalid_request"),
    ('{"input": {"a": 1e400}}', 400, "invalid_request"),
    (b'{"input": "\xff"}', 400, "invalid_request"),
    ({"input": GOOD}, 400, "kit_code_or_kit_version_id_required"),
    ({"kit_code": "short", "input": GOOD}, 404, "kit_not_found"),
    ({"kit_code": 7, "input": GOOD}, 404, "kit_not_found"),
    ({"kit_version_id": "x", "input": GOOD}, 404, "kit_not_found"),
    ({"kit_code": "AAAAAAAA", "input": GOOD}, 404, "kit_not_found"),
    ({"kit_code": "AAAAAAAA", "input": SAID}, 400, "input_must_be_object"),
    ({"kit_code": "AAAAAAAA", "input": GOOD, "type": "live"}, 400, "invalid_run_type"),
    ({"kit_code": "AAAAAAAA", "input": GOOD, "mode": 7}, 400, "invalid_run_mode"),
    ({"kit_code": "AAAAAAAA", "input": {}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": {"transcript": []}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": {"transcript": [7]}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": {"transcript": "a\0b"}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": {"transcript": "\ud800"}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": GOOD | {"call_at": 7}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": GOOD | {"call_at": "now"}}, 400, "invalid_request"),
    ({"kit_code": "AAAAAAAA", "input": GOOD, "colour": "red"}, 400, "invalid_request"),
]


def test_what_is_malformed_is_refused_by_its_field(client: Semarize) -> None:
    for sent, status, error in MALFORMED:
        for path in ("/v1/runs", "/v1/test"):
            answer = client.post(path, sent)
            assert (answer.status_code, answer.json()["error"]) == (status, error), sent
            assert answer.json()["message"].count(".") >= 1


@pytest.mark.parametrize("size", [body.LONGEST + 1, 33_000_000])
def test_a_body_that_is_too_large_is_refused(client: Semarize, size: int) -> None:
    answer = client.post("/v1/runs", b"x" * size)
    assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")


def test_a_call_without_a_word_is_refused(client: Semarize, kit: str, tenant: Tenant) -> None:
    for said in ([{"speaker": "Agent", "text": " "}], '{"segments": []}'):
        for path in ("/v1/runs", "/v1/test"):
            answer = client.post(path, {"kit_code": kit, "input": {"transcript": said}})
            assert (answer.status_code, answer.json()["error"]) == (422, "run_request_failed")
    assert rows(tenant, Transcript) == 0


@pytest.mark.parametrize("address", ["/v1/runs?limit=0", "/v1/runs?limit=101", "/v1/runs?page=2"])
def test_a_list_that_cannot_be_is_refused(client: Semarize, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_address_that_is_none_says_so(client: Semarize) -> None:
    assert client.get("/v1/none").json()["error"] == "not_found"
    assert client.post("/v1/kits/schema", {}).json()["error"] == "method_not_allowed"


def test_the_flow_of_the_guide_ends_in_the_right_branch(client: Semarize, kit: str) -> None:
    """Make's router: `risk_flag` true goes to Slack, with the quotes; all else to the CRM."""
    sent = {"kit_code": kit, "mode": "sync", "input": {"transcript": SAID}}
    bricks = client.post("/v1/runs", sent).json()["output"]["bricks"]
    branch = "slack" if bricks["risk_flag"]["value"] is True else "crm"
    evidence = bricks["risk_flag"]["evidence"]
    assert (branch, evidence) == ("slack", ["guarantee"])
    assert all(isinstance(each["evidence"], list) for each in bricks.values())


@pytest.mark.django_db(transaction=True)
def test_a_rubric_that_judges_no_call_by_itself_judges_the_run(
    client: Semarize, kit: str, tenant: Tenant
) -> None:
    with tenant_context(tenant.pk):
        Rubric.objects.update(retired_at="2020-01-01T00:00Z")
    assert client.run(kit).json()["error"] == "kit_not_found"
    with tenant_context(tenant.pk):
        version = RubricVersion.objects.get()
        assert Job.objects.filter(kind=JobKind.RUN).count() == 0
    sent = {"kit_version_id": str(version.pk), "input": {"transcript": SAID}}
    begun = client.post("/v1/runs", sent).json()
    drain()
    assert client.get(f"/v1/runs/{begun['run_id']}").json()["status"] == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_page_work(tenant: Tenant, kit: str, live_server: LiveServer) -> None:
    sent, got, kits, tried = re.findall(r"```sh\n(curl .*?)```", PAGE.read_text(), re.DOTALL)
    given = {"BASE": live_server.url, "KEY": api.token(tenant, Scope.RUNS), "KIT": kit}
    run = curl(sent, given)
    assert run["status"] == "succeeded"
    assert curl(got, given | {"RUN": run["run_id"]}) == run
    assert [each["kit_code"] for each in curl(kits, given)["kits"]] == [kit]
    assert curl(tried, given)["valid"] is True


def curl(command: str, given: dict[str, str]) -> Any:
    done = subprocess.run(
        ["bash", "-c", command], env=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_the_page_names_every_refusal() -> None:
    page = PAGE.read_text()
    published = {"rate_limited", "idempotency_key_conflict", "input_must_be_object"}
    ours = {error for _, error in errors._CODES.values()} | {error for *_, error in MALFORMED}
    assert {each for each in published | ours if f"`{each}`" not in page} == set()


def test_a_kit_is_asked_to_wait_in_the_contracts_words() -> None:
    class Busy(Refused):
        code = ErrorCode.TOO_MANY_TRIES

    answer = errors.respond(Busy("The run is refused", "too many", "Wait."), {})
    assert (answer.status_code, answer["Retry-After"]) == (429, "10")
    assert answer.data["error"] == "rate_limited"
    assert answer.data["retry_after_seconds"] == 10
