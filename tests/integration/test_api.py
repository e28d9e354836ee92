"""The REST API: who may read what, how it refuses, and that nothing personal gets out."""

import json
import re
import secrets
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from reviews import audit
from reviews.accounts import keys
from reviews.accounts.keys import PlatformScope, Scope
from reviews.detection.pii import call
from reviews.detection.rubric import parse_rubric
from reviews.models import (
    ApiKey,
    AuditEvent,
    Evaluation,
    MemberRole,
    QueueItem,
    Source,
    Standing,
    Tenant,
    Transcript,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import details, feeds, transcripts
from reviews.rubrics import importing
from reviews.rubrics.document import parsed
from tests.factories import api, demo
from tests.factories.tenants import World, world
from tests.unit.rubrics.broken import GOOD

pytestmark = pytest.mark.django_db(transaction=True)
CARE = "meridian-care"
DOCS = Path(__file__).parent.parent.parent / "docs" / "integrator.md"


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests have just written is old enough."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)[CARE]


@pytest.fixture
def other() -> World:
    return world("other")


@pytest.fixture
def alice() -> Tenant:
    """A tenant without rows."""
    return Tenant.objects.create(slug="a", name="A")


def details_of(tenant: Tenant) -> dict[str, str]:
    """Feed → the address of one row whose call holds a card number."""
    with tenant_context(tenant.pk):
        item = QueueItem.objects.select_related("finding").filter(rule_code="card_spoken")[0]
    return {
        "transcripts": f"transcripts/{item.transcript_id}",
        "evaluations": f"evaluations/{item.finding.evaluation_id}",
        "findings": f"findings/{item.finding_id}",
    }


def values_of(tenant: Tenant) -> list[str]:
    """Every value that is masked, in its own words; of one word only long ones."""
    found = []
    with tenant_context(tenant.pk):
        for row in Transcript.objects.all():
            columns = transcripts.columns_of(row)
            for at, masks in enumerate(call.masks(columns)):
                words = columns.words[columns.bounds[at] : columns.bounds[at + 1]]
                found += [" ".join(words[first : last + 1]) for first, last, _ in masks]
    return [value for value in found if len(value) > 8]


def wrong_headers(tenant: Tenant) -> dict[str, str]:
    """Every way to send no key that is in use."""
    good, revoked, expired = (api.made(tenant) for _ in range(3))
    keys.revoke(tenant_id=tenant.pk, prefix=revoked.row.prefix, by=None, now=timezone.now())
    with tenant_context(tenant.pk):
        ApiKey.objects.filter(pk=expired.row.pk).update(expires_at=timezone.now())
    suspended = Tenant.objects.create(slug="s", name="S")
    late = api.token(suspended)
    Tenant.objects.filter(pk=suspended.pk).update(suspended_at=timezone.now())
    own, prefix, secret = tenant.pk.hex, good.row.prefix, good.token.split("_")[4][:64]
    return {
        "nothing": "",
        "the word alone": "Bearer",
        "another scheme": f"Basic {good.token}",
        "no scheme": good.token,
        "not a key": "Bearer x",
        "no ascii": "Bearer vb_live_é",
        "a typo": f"Bearer {good.token[:-1]}{'0' if good.token[-1] != '0' else '1'}",
        "a line end": f"Bearer {good.token}\n",
        "another secret": f"Bearer {api.forged(own, prefix, secrets.token_hex(32))}",
        "an unknown id": f"Bearer {api.forged(own, 'f' * 12, secret)}",
        "an unknown tenant": f"Bearer {api.forged('0' * 32, prefix, secret)}",
        "another tenant": f"Bearer {api.forged(suspended.pk.hex, prefix, secret)}",
        "a revoked key": f"Bearer {revoked.token}",
        "an expired key": f"Bearer {expired.token}",
        "a suspended tenant's": f"Bearer {late}",
    }


def test_every_wrong_key_gets_the_same_401(alice: Tenant) -> None:
    client = Client()
    answers = {
        name: client.get("/api/v1/findings", headers={"Authorization": header})
        for name, header in wrong_headers(alice).items()
    }
    problems = {name: api.problem(answer) for name, answer in answers.items()}
    assert {name for name, each in problems.items() if each != problems["nothing"]} == set()
    status, headers, body = problems["nothing"]
    assert (status, body["code"]) == (401, "key_required")
    assert headers["WWW-Authenticate"] == "Bearer"
    assert headers["Cache-Control"] == "no-store"


def test_a_key_anywhere_but_in_its_header_is_no_key(alice: Tenant) -> None:
    token = api.token(alice)
    nothing = api.problem(Client().get("/api/v1/findings"))
    assert api.problem(Client().get("/api/v1/findings", {"key": token})) == nothing
    assert api.problem(Client().get("/api/v1/findings", headers={"X-Api-Key": token})) == nothing


def test_being_signed_in_is_no_key() -> None:
    demo.tenants()
    answer = demo.signed_in(MemberRole.TENANT_ADMIN).get("/api/v1/findings")
    assert api.problem(answer)[2] == api.problem(Client().get("/api/v1/findings"))[2]


def test_who_is_signed_in_gets_no_cookie_from_the_api() -> None:
    demo.tenants()
    answer = demo.signed_in(MemberRole.TENANT_ADMIN).get("/api/v1/findings")
    assert not answer.cookies
    assert "Vary" not in answer


def test_a_key_that_works_sets_no_cookie_and_is_kept_by_no_cache(alice: Tenant) -> None:
    answer = api.get(api.token(alice), "findings")
    assert (answer.status_code, answer.json()) == (200, {"results": [], "next": None})
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


def test_of_a_key_only_the_hash_is_stored_and_its_making_is_audited(alice: Tenant) -> None:
    made = api.made(alice, Scope.FINDINGS)
    keys.revoke(tenant_id=alice.pk, prefix=made.row.prefix, by=None, now=timezone.now())
    with tenant_context(alice.pk):
        stored = str(list(ApiKey.objects.values()))
        events = list(AuditEvent.objects.order_by("sequence").values_list("event", "target_id"))
    assert made.token.split("_")[4][:64] not in stored
    assert made.token not in repr(made)
    assert events == [
        (audit.Event.KEY_MADE, made.row.pk),
        (audit.Event.KEY_REVOKED, made.row.pk),
    ]


def test_the_use_of_a_key_is_noted_once_a_minute(alice: Tenant) -> None:
    made = api.made(alice)
    header, now = f"Bearer {made.token}", timezone.now()
    noted = []
    for seconds in (0, 59, 60, 61):
        found = keys.find(header, address="", now=now + timedelta(seconds=seconds))
        assert found is not None
        assert found.last_used_at is not None
        noted.append((found.last_used_at - now).seconds)
    assert noted == [0, 0, 60, 60]


def test_a_typo_costs_no_query(alice: Tenant) -> None:
    token = api.token(alice)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert keys.find(f"Bearer {token[:-1]}", address="", now=timezone.now()) is None
        assert keys.find(f"Bearer {token[::-1]}", address="", now=timezone.now()) is None
    assert len(asked) == 0


@pytest.mark.parametrize(
    ("scopes", "days", "name"),
    [
        ((), 30, "x"), (("read:all",), 30, "x"), (("read:findings",), 0, "x"),
        (("read:findings",), 366, "x"), (("read:findings",), 30, ""),
    ],
)  # fmt: skip
def test_a_key_that_says_too_much_or_too_little_is_not_made(
    scopes: tuple[str, ...], days: int, name: str, alice: Tenant
) -> None:
    with pytest.raises(keys.KeyRefused):
        keys.create(
            tenant_id=alice.pk,
            wanted=keys.Wanted(name, scopes, days),
            by=None,
            now=timezone.now(),
        )
    assert keys.listed(alice.pk) == []


def test_the_command_makes_lists_and_revokes(
    alice: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("api_key", "create", "--tenant=a", "--name=crm", "--scopes=read:findings")
    token = capsys.readouterr().out.strip()
    assert api.get(token, "findings").status_code == 200
    call_command("api_key", "list", "--tenant=a")
    listed = capsys.readouterr().out
    assert token.split("_")[4] not in listed
    call_command("api_key", "revoke", "--tenant=a", listed.split()[0])
    assert api.get(token, "findings").status_code == 401
    for refused in (["list", "--tenant=none"], ["revoke", "--tenant=a", listed.split()[0]]):
        with pytest.raises(CommandError):
            call_command("api_key", *refused)


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_opens_its_own_addresses_alone(scope: Scope, care: Tenant) -> None:
    token = api.token(care, scope)
    for feed, address in details_of(care).items():
        expected = 200 if api.FEEDS[feed] is scope else 403
        for each in (feed, address):
            answer = api.get(token, each)
            assert answer.status_code == expected, (scope, each)
            if expected == 403:
                assert api.problem(answer)[2]["code"] == "scope_missing"


def test_another_tenants_row_is_no_row(care: Tenant, other: World) -> None:
    token = api.token(care)
    for feed, address in details_of(care).items():
        foreign = other[feed.removesuffix("s").title()].pk
        absent = str(foreign)[:-12] + "0" * 12
        assert api.get(token, address).status_code == 200
        seen = [api.problem(api.get(token, f"{feed}/{row}")) for row in (foreign, absent)]
        assert seen[0] == seen[1]
        assert seen[0][0] == 404
        assert seen[0][2] == api.problem(api.get(token, f"{feed}/x"))[2]
        assert str(foreign) not in json.dumps(api.rows(token, feed))


def test_no_list_and_no_row_holds_personal_data(care: Tenant) -> None:
    """With a key that might ask for it, and does not."""
    values, token = values_of(care), api.token(care)
    assert len(values) > 3
    answers = []
    for feed in api.FEEDS:
        ids = [row["id"] for row in api.rows(token, feed)]
        answers += [api.get(token, feed).content.decode()]
        answers += [api.get(token, f"{feed}/{each}").content.decode() for each in ids]
    assert len(answers) > 10
    assert [value for value in values if any(value in text for text in answers)] == []
    assert any("[CREDIT_CARD_NUMBER]" in text for text in answers)


@pytest.mark.parametrize("feed", api.FEEDS)
def test_personal_data_is_shown_for_a_reason_and_recorded_before(feed: str, care: Tenant) -> None:
    address, made = details_of(care)[feed], api.made(care)
    asked: dict[str, str | int] = {"unmasked": "true", "reason": "dispute"}
    shown = api.get(made.token, address, **asked)
    assert shown.json()["is_masked"] is False
    assert any(value in shown.content.decode() for value in values_of(care))
    with tenant_context(care.pk):
        row = AuditEvent.objects.get(event=audit.Event.PERSONAL_DATA_REVEALED)
    assert (row.api_key_id, row.by_id, row.target_kind) == (made.row.pk, None, "transcript")
    assert row.data == {"reason": "dispute", "revision": 1}


def test_a_speakers_label_is_shown_only_where_unmasked(care: Tenant) -> None:
    """A source may give a name for a label."""
    token, address = api.token(care), details_of(care)["transcripts"]
    masked = api.get(token, address).json()["utterances"]
    shown = api.get(token, address, unmasked="true", reason="dispute").json()["utterances"]
    assert {each["speaker_label"] for each in masked} == {None}
    assert {each["speaker_label"] for each in shown} >= {"A", "B"}
    assert [each["speaker"] for each in masked] == [each["speaker"] for each in shown]


@pytest.mark.parametrize("feed", api.FEEDS)
def test_personal_data_is_not_shown_without_its_scope(feed: str, care: Tenant) -> None:
    token = api.token(care, api.FEEDS[feed])
    refused = api.get(token, details_of(care)[feed], unmasked="true", reason="dispute")
    assert api.problem(refused)[2]["code"] == "scope_missing"
    with tenant_context(care.pk):
        assert not AuditEvent.objects.filter(event=audit.Event.PERSONAL_DATA_REVEALED).exists()


def test_where_nothing_can_be_recorded_nothing_is_shown(
    care: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, address = api.token(care), details_of(care)["transcripts"]

    def fails(**_: Any) -> None:
        raise RuntimeError(values_of(care)[0])

    monkeypatch.setattr(audit, "record", fails)
    refused = api.get(token, address, unmasked="true", reason="dispute")
    assert api.problem(refused)[0] == 500
    assert not any(value in refused.content.decode() for value in values_of(care))


def test_a_failed_answer_leaves_no_trace_of_a_look(
    care: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details, "transcript", lambda *_, **__: 1 / 0)
    token, address = api.token(care), details_of(care)["transcripts"]
    refused = api.get(token, address, unmasked="true", reason="dispute")
    assert api.problem(refused)[2]["code"] == "failed"
    with tenant_context(care.pk):
        assert not AuditEvent.objects.filter(event=audit.Event.PERSONAL_DATA_REVEALED).exists()


def test_a_dismissed_finding_counts_as_passed_in_what_is_reviewed(care: Tenant) -> None:
    token, address = api.token(care), details_of(care)
    before = api.get(token, address["evaluations"]).json()
    assert before["machine"] == before["reviewed"]
    with tenant_context(care.pk):
        QueueItem.objects.filter(finding_id=address["findings"].split("/")[1]).update(
            standing=Standing.DISMISSED
        )
    after = api.get(token, address["evaluations"]).json()
    assert after["machine"] == before["machine"]
    assert after["reviewed"]["score"] > before["reviewed"]["score"]
    result = api.get(token, address["findings"]).json()["result"]
    assert (result["result"], result["reviewed_result"]) == ("failed", "passed")


def test_every_evaluation_holds_every_rule_with_its_proof(care: Tenant) -> None:
    token, proofs, quotes = api.token(care), 0, 0
    for row in api.rows(token, "evaluations"):
        shown = api.get(token, f"evaluations/{row['id']}").json()
        results = shown["results"]
        counted = {kind: row[kind] for kind in ("passed", "failed", "not_assessable")}
        for kind, count in counted.items():
            assert sum(each["result"] == kind for each in results) == count
        assert shown["machine"]["score"] == row["score"]
        quotes += sum(bool(one["quote"]) for each in results for one in each["evidence"])
        proofs += sum(each["absence"] is not None for each in results)
    assert quotes > 5
    assert proofs > 2


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_the_api_only_reads(method: str, alice: Tenant) -> None:
    header = {"Authorization": f"Bearer {api.token(alice)}"}
    status, headers, body = api.problem(
        getattr(Client(), method)("/api/v1/findings", headers=header)
    )
    assert (status, body["code"], headers["Allow"]) == (405, "method_not_allowed", "GET, HEAD")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/", "/api/v2/findings", "/api/v1/x%0A"])
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_what_is_not_there_is_a_problem_too(path: str, method: str) -> None:
    assert api.problem(getattr(Client(), method)(path))[2]["code"] == "not_found"


@pytest.mark.parametrize("feed", api.FEEDS)
@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"cursor": "x"}, {"updated_since": "now"}, {"tenant": "b"}]
)
def test_a_broken_parameter_is_a_problem_that_names_it(
    query: dict[str, str], feed: str, alice: Tenant
) -> None:
    answer = api.get(api.token(alice), feed, **query)
    status, _, body = api.problem(answer)
    assert (status, body["code"]) == (400, "parameter_refused")
    assert f"“{next(iter(query))}”" in body["detail"]


def test_what_the_caller_would_accept_changes_nothing(alice: Tenant) -> None:
    header = {"Authorization": f"Bearer {api.token(alice)}", "Accept": "text/html"}
    answer = Client().get("/api/v1/findings", headers=header)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("feed", api.FEEDS)
def test_a_page_takes_as_many_queries_whatever_it_holds(feed: str, care: Tenant) -> None:
    token = api.token(care)
    api.get(token, feed)
    counted = []
    for limit in (1, 200):
        with CaptureQueriesContext(connection) as asked:
            assert api.get(token, feed, limit=limit).json()["results"]
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 14


@pytest.mark.parametrize("feed", api.FEEDS)
def test_a_row_takes_few_queries(
    feed: str, care: Tenant, django_assert_max_num_queries: Any
) -> None:
    token, address = api.token(care), details_of(care)[feed]
    api.get(token, address)
    with django_assert_max_num_queries(19):
        assert api.get(token, address).status_code == 200


def test_the_schema_is_open_and_names_every_address() -> None:
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    feeds = {f"/api/v1/{feed}{row}" for feed in api.FEEDS for row in ("", "/{row_id}")}
    others = {"imports", "sources", "sources/{row_id}", "jobs", "transcripts/{row_id}/captions"}
    others |= {"submissions", "submissions/{row_id}", "rubrics", "rubrics/{row_id}"}
    others |= {"transcripts/{row_id}/passages"}
    others |= {"platform/tenants", "platform/tenants/{external_id}", "platform/usage"}
    others |= {"hooks", "hooks/{row_id}", "hooks/samples/{event}"}
    others |= {"crm/runs", "crm/runs/{row_id}/records"}
    others |= {"calls/{row_id}/external-ids", "agents/{row_id}/external-ids"}
    others |= {"drops", "drops/{row_id}", "drops/{row_id}/runs", "exports/schema"}
    others |= {"exports/{table}", "exports/{table}/schema", "rubrics/{row_id}/columns"}
    others |= {"exports/evaluation_columns/{row_id}"}
    others |= {"rubric-lint", "rubric-drafts", "rubric-versions", "rubric-versions/{row_id}"}
    others |= {"calls/{source}/{external_id}", "agents", "agents/{external_id}", "audit"}
    others |= {f"rubric-versions/{{row_id}}/{part}" for part in ("phrase-lists", "documents")}
    others |= {"findings/{row_id}/reviews"}
    runs = {"/v1/runs", "/v1/runs/{row_id}", "/v1/kits/schema", "/v1/test"}
    assert set(paths) == runs | feeds | {f"/api/v1/{each}" for each in others}
    asked = [act for path in paths.values() for act in path.values()]
    assert all(act["security"] == [{"key": []}] for act in asked)
    scopes = {str(each) for each in (*Scope, *PlatformScope)}
    named = [re.fullmatch(r"(?s).*`(\S+)`\.", act["description"]) for act in asked]
    assert {found and found[1] for found in named} <= scopes


def test_the_schema_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "openapi: 3" in capsys.readouterr().out


def test_the_reference_alone_may_show_the_icons_in_its_style_sheet() -> None:
    policies = [
        Client().get(path)["Content-Security-Policy"] for path in ("/api/reference/", "/login")
    ]
    icons = "img-src 'self' data:;"
    assert [icons in f"{policy};" for policy in policies] == [True, False]
    assert policies[0].replace(" data:", "") == policies[1]


def test_the_commands_of_the_integrators_page_work(
    care: Tenant, live_server: LiveServer, tmp_path: Path
) -> None:
    commands = re.findall(r"```sh\n(curl .*?)```", DOCS.read_text(), re.DOTALL)
    token, addresses = api.token(care, *api.FEEDS.values()), details_of(care)
    given = {
        "BASE": live_server.url,
        "KEY": token,
        "UNMASKED_KEY": api.token(care),
        "IMPORT_KEY": api.token(care, Scope.IMPORT),
        "SOURCES_KEY": api.token(care, Scope.SOURCES),
        "SUBMIT_KEY": api.token(care, Scope.SUBMIT),
        "RUBRICS_KEY": api.token(care, Scope.RUBRICS),
        "WRITE_RUBRICS_KEY": api.token(care, Scope.WRITE_RUBRICS),
        "RUBRIC_FILE": str(tmp_path / "rubric.yaml"),
        **draft_of(care),
        "SOURCE": source_of(care),
        "FILE": str(tmp_path / "call.txt"),
        "NEXT": live_server.url + re.sub(r"^http://[^/]+", "", next_of(token)),
        "FINDING": addresses["findings"].split("/")[1],
        "EVALUATION": addresses["evaluations"].split("/")[1],
        "TRANSCRIPT": addresses["transcripts"].split("/")[1],
    }
    (tmp_path / "call.txt").write_text("Agent: Hello.")
    (tmp_path / "rubric.yaml").write_text(GOOD)
    answers = [curl(command, given) for command in commands]
    assert len(answers) == 21
    assert [each["red_examples"] for each in answers if "red_examples" in each] == [[], []]
    assert [each["number"] for each in answers if "number" in each] == [1]
    assert [each["state"] for each in answers if "state" in each][-2:] == ["waiting"] * 2
    assert [list(each) for each in answers if "captions" in each] == [["captions"]]
    assert [each["accepted"] for each in answers if "accepted" in each] == [1]
    assert [each for each in answers if "code" in each] == []
    assert len(answers[0]["results"]) == 2
    assert [each["is_masked"] for each in answers if "is_masked" in each][-1] is False


def draft_of(tenant: Tenant) -> dict[str, str]:
    with tenant_context(tenant.pk):
        draft = importing.put_draft(
            tenant_id=tenant.pk,
            code="other",
            rubric=parse_rubric(parsed(GOOD)),
            by=None,
            now=timezone.now(),
        )
    return {"RUBRIC": str(draft.rubric_id), "REVISION": str(draft.revision)}


def source_of(tenant: Tenant) -> str:
    with tenant_context(tenant.pk):
        return str(Source.objects.get().pk)


def next_of(token: str) -> str:
    return str(api.get(token, "findings", limit=2).json()["next"])


def curl(command: str, given: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        ["bash", "-c", command], env=given, capture_output=True, text=True, check=True
    )
    if " --> " in done.stdout:
        return {"captions": done.stdout}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_integrators_page_names_every_scope_reason_and_code() -> None:
    page = DOCS.read_text()
    codes = [
        "parameter_refused",
        "key_required",
        "scope_missing",
        "not_found",
        "failed",
        "too_large",
    ]
    for each in [*Scope, *codes, *Standing.values, "method_not_allowed"]:
        assert f"`{each}`" in page, each


def test_an_evaluation_of_an_older_revision_is_read_as_it_was(care: Tenant) -> None:
    token, address = api.token(care), details_of(care)["evaluations"]
    before = api.get(token, address).json()["results"]
    with tenant_context(care.pk):
        row = Evaluation.objects.get(pk=address.split("/")[1]).transcript
        Transcript.objects.filter(pk=row.pk).update(revision=2)
    assert api.get(token, address).json()["results"] == before


def test_evidence_outside_the_words_has_a_field_and_no_indexes(care: Tenant) -> None:
    with tenant_context(care.pk):
        item = QueueItem.objects.filter(rule_code="spoken_language")[0]
    shown = api.get(api.token(care), f"findings/{item.finding_id}").json()
    (evidence,) = shown["result"]["evidence"]
    assert (evidence["field"], evidence["label"]) == ("language_code", "language es")
    names = ("utterance", "last_utterance", "first_word", "last_word", "start_ms", "end_ms")
    assert [evidence[name] for name in names] == [None] * len(names)
    finding = shown["finding"]
    assert (finding["outcome"], finding["utterance"]) == ("found", None)
