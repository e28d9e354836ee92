"""Check digits: numbers that the schemes publish as examples, and the same with a digit changed."""

from collections.abc import Callable

import pytest

from reviews.detection.pii import checksums


@pytest.mark.parametrize(
    ("is_valid", "number"),
    [
        (checksums.is_luhn, "4242424242424242"),
        (checksums.is_iban, "GB82WEST12345698765432"),
        (checksums.is_routing, "011000015"),
        (checksums.is_npi, "1234567893"),
        (checksums.is_nhs, "9434765919"),
        (checksums.is_dea, "AB1234563"),
        (checksums.is_vin, "1M8GDM9AXKP042788"),
    ],
)
def test_one_digit_changed_is_noticed(is_valid: Callable[[str], bool], number: str) -> None:
    assert is_valid(number)
    for at, char in enumerate(number):
        if char.isdigit() and at > 1:
            changed = number[:at] + str((int(char) + 1) % 10) + number[at + 1 :]
            assert not is_valid(changed), changed


@pytest.mark.parametrize("number", ["912701234", "900500000"])
def test_a_taxpayer_has_a_group_that_is_given_out(number: str) -> None:
    assert checksums.is_itin(number)
    assert not checksums.is_itin(number[:3] + "89" + number[5:])
    assert not checksums.is_itin("1" + number[1:])


@pytest.mark.parametrize(
    "number", ["000121234", "666121234", "900121234", "123001234", "123450000"]
)
def test_a_social_security_number_is_none_where_a_part_is_never_given_out(number: str) -> None:
    assert not checksums.is_social(number)
    assert checksums.is_social("219099999")


def test_the_length_of_an_iban_is_its_countrys() -> None:
    assert (checksums.iban_length("gb"), checksums.iban_length("NO")) == (22, 15)
    assert checksums.iban_length("ZZ") == 0
