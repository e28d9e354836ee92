"""The networks that a key may be used from: one form for each, and who is in them."""

import pytest

from reviews.accounts import networks

WRITTEN = {
    "203.0.113.7": ["203.0.113.7/32"],
    " 203.0.113.0/24 ": ["203.0.113.0/24"],
    "2001:DB8:0::/32": ["2001:db8::/32"],
    "::1": ["::1/128"],
    "::ffff:203.0.113.7": ["203.0.113.7/32"],
    "::ffff:203.0.113.0/120": ["203.0.113.0/24"],
    "": [],
}


@pytest.mark.parametrize(("text", "kept"), WRITTEN.items())
def test_a_network_is_kept_in_one_form(text: str, kept: list[str]) -> None:
    assert networks.parsed([text]) == kept


def test_each_is_kept_once_and_in_order() -> None:
    given = ["2001:db8::/32", "203.0.113.9", "10.0.0.0/8", "203.0.113.9/32"]
    assert networks.parsed(given) == ["10.0.0.0/8", "203.0.113.9/32", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("203.0.113.7/24", "write 203.0.113.0/24, or the address alone"),
        ("2001:db8::1/32", "write 2001:db8::/32, or"),
        ("office", "as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"),
        ("10.0.0.1-10.0.0.9", "Write an address or a network"),
        ("010.0.0.1", "Write an address or a network"),
        ("fe80::1%eth0", "from % on"),
        ("203.0.113.7/33", "Write an address or a network"),
    ],
)
def test_what_is_no_network_is_refused_with_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(networks.NetworkRefused, match="networks are refused") as refused:
        networks.parsed(["203.0.113.9", text])
    assert repr(text) in refused.value.seen
    assert remedy in refused.value.remedy


def test_more_than_fifty_are_refused() -> None:
    many = [f"10.0.0.{each}" for each in range(51)]
    assert len(networks.parsed(many[1:])) == 50
    with pytest.raises(networks.NetworkRefused, match="51 of them"):
        networks.parsed(many)


@pytest.mark.parametrize(
    ("address", "is_in"),
    [
        ("203.0.113.255", True),
        ("::ffff:203.0.113.1", True),
        ("2001:db8:ffff::1", True),
        ("203.0.114.0", False),
        ("2001:db9::1", False),
        ("::203.0.113.1", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_who_is_in_a_network(address: str, is_in: bool) -> None:
    assert networks.holds(["203.0.113.0/24", "2001:db8::/32"], address) is is_in
    assert networks.holds([], address)
