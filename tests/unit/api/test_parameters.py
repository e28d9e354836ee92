"""What callers write after the question mark: read, or refused by name."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from reviews.api import parameters
from reviews.api.parameters import ParameterRefused

AT = datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=UTC)
ID = UUID("01890000-0000-7000-8000-000000000001")


@given(micros=st.integers(-(10**15), 10**15), row_id=st.uuids())
def test_a_cursor_comes_back_as_the_place_it_was_made_of(micros: int, row_id: UUID) -> None:
    at = AT + timedelta(microseconds=micros)
    made = parameters.cursor((at, row_id), "findings")
    assert parameters.feed(QueryDict(f"cursor={made}"), "findings", ()).after == (at, row_id)


@given(text=st.text(max_size=300), name=st.sampled_from(["cursor", "limit", "updated_since"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    query = QueryDict(mutable=True)
    query[name] = text
    with suppress(ParameterRefused):
        assert 1 <= parameters.feed(query, "findings", ()).limit <= 200


def test_a_time_is_taken_with_its_zone() -> None:
    asked = parameters.feed(QueryDict("updated_since=2026-01-31T09:00:00.123456%2B01:00"), "x", ())
    assert asked.since == AT


@pytest.mark.parametrize(
    "query",
    [
        "updated_since=", "updated_since=2026-01-31", "updated_since=2026-01-31T08:00:00",
        "updated_since=2026-02-31T08:00:00Z", "updated_since=0001-01-01T00:00:00%2B14:00",
        "updated_since=2026-01-31T08:00:00+01:00", "limit=0", "limit=201", "limit=-1", "limit=1e2",
        "limit=%D9%A1", "limit=1&limit=2", "cursor=", "cursor=x", "cursor=%00", "page=2",
        "unmasked=true", "tenant=b", f"cursor={parameters.cursor((AT, ID), 'transcripts')}",
        f"cursor={parameters.cursor((AT, ID), 'findings')}&updated_since=2026-01-31T08:00:00Z",
    ],
)  # fmt: skip
def test_a_broken_parameter_of_a_list_is_refused(query: str) -> None:
    with pytest.raises(ParameterRefused):
        parameters.feed(QueryDict(query), "findings", ())


@pytest.mark.parametrize(
    "query",
    [
        "unmasked=1", "unmasked=true", "unmasked=true&reason=", "unmasked=true&reason=curious",
        "reason=dispute", "unmasked=false&reason=dispute", "limit=1",
    ],
)  # fmt: skip
def test_a_broken_parameter_of_a_row_is_refused(query: str) -> None:
    with pytest.raises(ParameterRefused):
        parameters.masking(QueryDict(query))


def test_personal_data_is_left_out_unless_asked_for_with_a_reason() -> None:
    assert parameters.masking(QueryDict("")).reason is None
    assert parameters.masking(QueryDict("unmasked=false")).reason is None
    assert parameters.masking(QueryDict("unmasked=true&reason=dispute")).reason == "dispute"
