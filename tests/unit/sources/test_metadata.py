"""Facts in the query of the webhook address: read, or left out and named."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.detection.transcript import CallFacts, CallKind, Direction
from reviews.sources.metadata import parse_metadata


def _url(**fields: str) -> str:
    return f"https://hooks.example/in?{urlencode(fields)}"


def test_parse_metadata_reads_every_field() -> None:
    found = parse_metadata(
        _url(
            call_at="2026-02-03T10:00:00+02:00",
            direction="inbound",
            kind="voicemail",
            queue="claims",
            product="home",
            region="US-NY",
            zone="America/New_York",
            subject="s-1",
            account="a-1",
            first_contact="true",
            notice="false",
            agent="g-7",
            agent_speaker="A",
            customer_speaker="2",
            nonce="ignored",
        )
    )
    assert found.facts == CallFacts(
        call_at=datetime(2026, 2, 3, 8, 0, tzinfo=UTC),
        local_zone="America/New_York",
        direction=Direction.INBOUND,
        kind=CallKind.VOICEMAIL,
        queue="claims",
        product="home",
        customer_region="US-NY",
        first_contact=True,
        notice_before_start=False,
    )
    assert (found.subject, found.account, found.agent) == ("s-1", "a-1", "g-7")
    assert (found.agent_speaker, found.customer_speaker) == ("A", "2")
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("call_at", "2026-02-03T10:00:00"),
        ("call_at", "yesterday"),
        ("direction", "sideways"),
        ("kind", "party"),
        ("zone", "Mars/Base"),
        ("zone", "../../etc/hosts"),
        ("zone", "/etc/hosts"),
        ("first_contact", "yes"),
        ("notice", "1"),
        ("queue", "a\x00b"),
        ("queue", "a\nb"),
        ("subject", "x" * 201),
        ("account", "x" * 201),
        ("agent", "x" * 201),
        ("agent_speaker", "x" * 201),
        ("queue", "x" * 101),
        ("region", "x" * 21),
        ("zone", "x" * 51),
        ("call_at", "0001-01-01T00:00:00+14:00"),
        ("call_at", "9999-12-31T23:59:59-12:00"),
        ("call_at", "2026-02-03T10:00:00+01:00:30"),
        ("agent", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1") + "\x1b"),
    ],
)
def test_parse_metadata_leaves_a_bad_value_out_and_names_its_field(name: str, value: str) -> None:
    found = parse_metadata(_url(**{name: value, "product": "home"}))
    assert found.warnings == (name,)
    assert found.facts == CallFacts(product="home")
    assert (found.subject, found.agent) == (None, None)


def test_parse_metadata_keeps_what_just_fits() -> None:
    given = {"queue": "q" * 100, "product": "p" * 100, "region": "r" * 20, "agent": "a" * 200}
    found = parse_metadata(_url(**given))
    assert (found.facts.queue, found.facts.product) == (given["queue"], given["product"])
    assert (found.facts.customer_region, found.agent) == (given["region"], given["agent"])
    assert parse_metadata(_url(product="p" * 101)).warnings == ("product",)


def test_parse_metadata_keeps_the_first_of_a_field_given_twice_and_says_so() -> None:
    found = parse_metadata("https://hooks.example/?queue=a&queue=b")
    assert (found.facts.queue, found.warnings) == ("a", ("queue",))


@pytest.mark.parametrize("plus", ["%2B", "+"])
def test_parse_metadata_reads_an_offset_whose_plus_was_not_escaped(plus: str) -> None:
    found = parse_metadata(f"https://hooks.example/?call_at=2026-02-03T10:00:00{plus}02:00")
    assert found.facts.call_at == datetime(2026, 2, 3, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("url", [None, 3, "", "x", "http://deleted_by_user", [], "http://h/?a=b"])
def test_parse_metadata_finds_nothing_where_nothing_is(url: object) -> None:
    assert parse_metadata(url).facts == CallFacts()
    assert parse_metadata(url).warnings == ()


@pytest.mark.parametrize("url", ["http://[::1/?queue=a", "http://h/?" + "a=b&" * 101])
def test_parse_metadata_names_an_address_it_cannot_read(url: str) -> None:
    assert parse_metadata(url).warnings == ("webhook_url",)


@settings(deadline=None)
@given(st.text())
def test_parse_metadata_never_fails(text: str) -> None:
    assert parse_metadata(f"http://h/?call_at={text}&zone={text}&queue={text}") is not None
