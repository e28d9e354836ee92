"""Which rows of a list, and which of their fields, are asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from reviews.api import filters
from reviews.models import Tenant
from reviews.queries import feeds
from tests.factories import api, demo

pytestmark = pytest.mark.django_db(transaction=True)
NARROWED = {
    "transcripts": filters.TranscriptFilter,
    "evaluations": filters.EvaluationFilter,
    "findings": filters.FindingFilter,
}


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is still uncommitted is held back."""
    monkeypatch.setattr(feeds, "MARGIN", timedelta(0))


@pytest.fixture
def care() -> Tenant:
    return demo.evaluated(24)["meridian-care"]


@pytest.fixture
def key(care: Tenant) -> str:
    return api.token(care)


@pytest.mark.parametrize("feed", api.FEEDS)
def test_each_filter_leaves_the_rows_that_have_its_value(feed: str, key: str) -> None:
    rows = api.rows(key, feed)
    narrowing = 0
    for name in filters.names(NARROWED[feed]):
        values = {row[name] for row in rows} - {None}
        for value in values:
            found = api.rows(key, feed, limit=2, **{name: value})
            assert found == [row for row in rows if row[name] == value], name
            narrowing += len(found) < len(rows)
    assert narrowing, "none of the filters left a row out"


@pytest.mark.parametrize("feed", api.FEEDS)
def test_every_filter_is_a_field_and_stands_in_the_schema(feed: str, key: str) -> None:
    row = api.rows(key, feed, limit=1)[0]
    assert filters.names(NARROWED[feed]) <= row.keys()
    asked = Client().get("/api/schema/").json()["paths"][f"/api/v1/{feed}"]["get"]["parameters"]
    assert filters.names(NARROWED[feed]) <= {each["name"] for each in asked}


def test_filters_hold_together(key: str) -> None:
    rows = api.rows(key, "findings")
    one = rows[0]
    wanted = {"rule": one["rule"], "transcript": one["transcript"]}
    assert one in api.rows(key, "findings", **wanted)
    assert api.rows(key, "findings", standing="dismissed", **wanted) == []


@pytest.mark.parametrize("fields", ["id", "updated_at,id", "rule,severity,id,id"])
def test_only_the_fields_that_are_asked_for_come(fields: str, key: str) -> None:
    whole = api.rows(key, "findings")
    found = api.rows(key, "findings", fields=fields, limit=3)
    assert found == [{name: row[name] for name in set(fields.split(","))} for row in whole]


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ({"severity": "worst"}, "info, low, medium, high, critical"),
        ({"severity": ""}, "info, low, medium, high, critical"),
        ({"agent": "7"}, "Send an id."),
        ({"rule": "\0"}, "1 to 100 characters"),
        ({"rule": "x" * 101}, "1 to 100 characters"),
        ({"fields": "id,text"}, "standing"),
        ({"fields": ""}, "standing"),
        ({"verdict": "fail"}, "Known here: agent, cursor, fields"),
    ],
)
def test_what_is_no_value_is_refused_by_name(asked: dict[str, Any], remedy: str, key: str) -> None:
    status, _, problem = api.problem(api.get(key, "findings", **asked))
    assert (status, problem["code"]) == (400, "parameter_refused")
    assert f"“{next(iter(asked))}”" in problem["detail"]
    assert remedy in problem["detail"]
