"""Rows by one statement come out as they went in."""

from typing import Any

import pytest
from django.db import DataError, IntegrityError, ProgrammingError

from reviews.models import Agent, Tenant, Utterance
from reviews.models.ids import uuid7
from reviews.models.rows import insert
from reviews.models.tenancy import tenant_context
from tests.factories.tenants import World, world

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = [
    "",
    'a "quoted" \\ back\nslash',
    "%s %(a)s",
    "naïve – 你好 🎧",
    "\x01\u2028\ufffd",
    "\\x00",
    "\\u0000",
    "\\\\u0000",
]


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def agent(tenant: Tenant, external_id: str) -> dict[str, Any]:
    made = {"id": uuid7(), "tenant_id": tenant.pk, "external_id": external_id, "name": ""}
    return made | {"updated_at": "2026-11-02T00:00:00Z"}


def utterance(one: World, at: int, text: str) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "tenant_id": one.tenant.pk,
        "transcript_id": one["Transcript"].pk,
        "revision": 9,
        "index": at,
        "speaker": "A",
        "role": "agent",
        "channel": "",
        "start_ms": None,
        "end_ms": -1,
        "text": text,
        "confidence": 0.1 + 0.2,
        "masks": [[0, 1, text]],
        "packed": text.encode(),
    }


def test_every_kind_of_value_comes_out_as_it_went_in() -> None:
    one = world("a")
    rows = [utterance(one, at, text) for at, text in enumerate(TEXTS)]
    with tenant_context(one.tenant.pk):
        assert insert(Utterance, rows) == len(rows)
        stored = list(Utterance.objects.filter(revision=9).order_by("index").values(*rows[0]))
    assert [{**each, "packed": bytes(each["packed"])} for each in stored] == rows


@pytest.mark.parametrize("text", ["a\x00b", "\\\x00"])
def test_a_text_with_nul_is_refused_without_being_quoted(text: str) -> None:
    one = world("a")
    with pytest.raises(DataError, match=r"^a row was refused: a text with NUL in it"):  # noqa: SIM117 # the context is left by the error
        with tenant_context(one.tenant.pk):
            insert(Utterance, [utterance(one, 0, text)])


def test_a_row_that_is_there_is_refused_or_left_out(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        assert insert(Agent, [agent(tenant, "7")]) == 1
        both = [agent(tenant, "7"), agent(tenant, "8")]
        assert insert(Agent, both, is_new=False) == 1
    with pytest.raises(IntegrityError), tenant_context(tenant.pk):
        insert(Agent, [agent(tenant, "7")])


def test_another_tenants_row_is_refused_by_the_database(tenant: Tenant) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    with pytest.raises(ProgrammingError, match="row-level security"), tenant_context(tenant.pk):
        insert(Agent, [agent(other, "7")])
