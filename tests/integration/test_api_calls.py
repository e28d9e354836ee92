"""A call that is put under its id: made, replaced, left as it is, and never twice."""

import json
from typing import Any

import pytest
from django.test import Client

from reviews.accounts.keys import Scope
from reviews.models import Evaluation, Source, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from tests.factories import api, demo
from tests.factories.loop import connected, drain
from tests.factories.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CALL = "Agent: Good morning.\nCustomer: I want my money back.\n"
OTHER = "Agent: Good evening.\nCustomer: Thank you.\n"
ADDRESS = "/api/v1/calls/Files/crm%2F0017"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def key(tenant: Tenant) -> str:
    return api.token(tenant)


def put(key: str, body: object, address: str = ADDRESS, **headers: str) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {key}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    client = Client(raise_request_exception=False)
    return client.put(address, sent, content_type="application/json", headers=given)


def told(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["outcome"], answer["ETag"]


def test_it_is_made_then_left_then_replaced(key: str, tenant: Tenant) -> None:
    assert told(put(key, {"transcript": CALL})) == (201, "created", '"1"')
    assert told(put(key, {"transcript": CALL})) == (200, "unchanged", '"1"')
    answer = put(key, {"transcript": OTHER})
    assert told(answer) == (200, "replaced", '"2"')
    assert answer.json()["transcript"]["external_id"] == "crm/0017"
    with tenant_context(tenant.pk):
        row = Transcript.objects.get()
        assert (row.revision, row.words) == (2, 4)


def test_each_revision_is_evaluated_as_any_other_call() -> None:
    care = demo.evaluated(24)["meridian-care"]
    key = api.token(care)
    for transcript in (CALL, OTHER, OTHER):
        row = put(key, {"transcript": transcript}).json()["transcript"]["id"]
        drain()
    with tenant_context(care.pk):
        found = Evaluation.objects.filter(transcript_id=row)
        assert set(found.values_list("transcript_revision", flat=True)) == {1, 2}


def test_it_is_read_under_the_same_address(key: str) -> None:
    made = put(key, {"transcript": CALL})
    answer = api.get(key, "http://testserver" + ADDRESS)
    assert (answer.status_code, answer["ETag"]) == (200, made["ETag"])
    assert answer.json() == made.json()["transcript"]
    assert made["Location"] == f"/api/v1/transcripts/{answer.json()['id']}"
    assert api.get(key, "calls/Files/none").status_code == 404
    assert api.get(key, "calls/None/crm%2F0017").status_code == 404


def test_what_is_told_beside_it_is_kept_and_new_facts_replace_it(key: str) -> None:
    row = put(key, {"transcript": CALL, "queue": "refunds", "call_id": "17"}).json()["transcript"]
    assert (row["queue"], row["crm_ids"]) == ("refunds", {"call_id": "17"})
    answer = put(key, {"transcript": CALL, "queue": "sales", "call_id": "17"})
    assert (told(answer)[1], answer.json()["transcript"]["queue"]) == ("replaced", "sales")


def test_a_document_in_json_is_taken_as_it_is(key: str) -> None:
    words = [{"text": "Hello", "start": 0, "end": 400, "confidence": 0.9, "speaker": "A"}]
    document = {"id": "crm/0017", "status": "completed", "text": "Hello", "words": words}
    assert told(put(key, {"transcript": document}))[:2] == (201, "created")
    refused = put(key, {"transcript": document}, "/api/v1/calls/Files/other")
    assert refused.status_code == 422
    assert "another id in it" in refused.json()["detail"]


def test_a_write_that_saw_another_state_is_refused(key: str) -> None:
    body = {"transcript": CALL}
    assert put(key, body, If_Match='"1"').status_code == 412, "nothing is there"
    assert put(key, body, If_None_Match="*").status_code == 201
    assert put(key, body, If_None_Match="*").status_code == 412
    changed = {"transcript": OTHER}
    assert told(put(key, changed, If_Match='"1"')) == (200, "replaced", '"2"')
    status, _, problem = api.problem(put(key, body, If_Match='"1"'))
    assert (status, problem["code"]) == (412, "precondition_failed")
    assert '"2"' in problem["detail"]
    assert put(key, body, If_Match="1").status_code == 400


def test_of_twenty_at_once_one_makes_it(key: str, tenant: Tenant) -> None:
    def made() -> int:
        return int(put(key, {"transcript": CALL}, If_None_Match="*").status_code)

    assert sorted(at_once(20, made)) == [201] + [412] * 19
    with tenant_context(tenant.pk):
        assert Transcript.objects.get().revision == 1


def test_what_is_refused_leaves_nothing(key: str, tenant: Tenant) -> None:
    assert put(key, {"transcript": "   "}, "/api/v1/calls/New/1").status_code == 422
    assert put(key, {"transcript": {"id": "2"}}, "/api/v1/calls/New/1").status_code == 422
    with tenant_context(tenant.pk):
        assert not Source.objects.exists()
    name = connected(tenant, "http://127.0.0.1:9").name
    assert put(key, {"transcript": CALL}, f"/api/v1/calls/{name}/1").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b'{"transcript": NaN}', b"[" * 100_000, b'{"transcript": ""}',
        b'{"transcript": 7}', b'{"transcript": ["a"]}', b'{"transcript": "Agent: \\ud800"}',
        b'{"transcript": {"text": "\\ud800", "words": [{}]}}', b'{"transcript": {"words": [1]}}',
        b'{"transcript": "Agent: Hi", "agent": 7}', b'{"transcript": "Agent: Hi", "tenant": "b"}',
        b'{"transcript": "Agent: Hi", "call_at": "soon"}', b"\xff\xfe", b'{"transcript": {}}',
        b'{"transcript": {"words": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_call_is_refused(body: bytes, key: str, tenant: Tenant) -> None:
    status, _, problem = api.problem(put(key, body))
    assert (status, problem["code"]) == (422, "payload_refused")
    with tenant_context(tenant.pk):
        assert not Transcript.objects.exists()


@pytest.mark.parametrize("name", ["x" * 201, "a%00b", "%20"])
def test_an_id_that_is_none_is_refused(name: str, key: str) -> None:
    assert put(key, {"transcript": CALL}, f"/api/v1/calls/Files/{name}").status_code == 400
    assert api.get(key, f"calls/Files/{name}").status_code == 404


def test_it_takes_the_scope_of_imports(tenant: Tenant) -> None:
    key = api.token(tenant, Scope.TRANSCRIPTS)
    assert put(key, {"transcript": CALL}).status_code == 403
