"""A client that is generated from the schema lists and upserts, without a line written by hand."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from reviews.models import Tenant
from reviews.queries import feeds
from tests.factories import api, demo

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "made_client"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package's function that finds one of its modules."""
    schema, config = tmp_path / "schema.json", tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")
    call_command("spectacular", "--format", "openapi-json", "--file", str(schema))
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    given = ("--path", schema, "--config", config, "--meta", "none", "--output-path")
    subprocess.run(
        [generator, "generate", *given, tmp_path / NAME], check=True, capture_output=True
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda name: importlib.import_module(f"{NAME}.{name}")
    for name in [each for each in sys.modules if each.split(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture
def care(monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def client(generated: Any, care: Tenant, live_server: LiveServer) -> Iterator[Any]:
    made = generated("client").AuthenticatedClient
    with made(base_url=live_server.url, token=api.token(care)) as opened:
        yield opened


def test_it_lists_findings_page_after_page(generated: Any, client: Any, care: Tenant) -> None:
    listing = generated("api.findings.list_findings")
    rows: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = listing.sync(client=client, limit=2, **cursor)
        rows += page.results
        if page.next_ is None:
            break
        cursor = {"cursor": parse_qs(urlsplit(page.next_).query)["cursor"][0]}
    shown = api.rows(api.token(care), "findings")
    assert [(str(row.id), row.standing.value) for row in rows] == [
        (row["id"], row["standing"]) for row in shown
    ]
    assert len(rows) > 2


def test_it_upserts_a_call_and_an_agent(generated: Any, client: Any) -> None:
    body = generated("models.put_call_body").PutCallBody(transcript="Agent: Hello.", queue="sales")
    put = generated("api.calls.put_call")
    outcomes = [put.sync(source="Files", external_id="17", client=client, body=body) for _ in "ab"]
    assert [each.outcome.value for each in outcomes] == ["created", "unchanged"]
    assert outcomes[0].transcript.queue == "sales"
    named = generated("models.put_agent_body").PutAgentBody(name="Ana Reyes")
    agent = generated("api.agents.put_agent").sync(external_id="A-9", client=client, body=named)
    assert (agent.external_id, agent.name) == ("A-9", "Ana Reyes")
    refused = generated("api.calls.get_call").sync(source="Files", external_id="18", client=client)
    assert refused.code == "not_found"
