"""Values with units: how they are read, when they are the same, how they are written."""

import pytest

from reviews.detection.language.types import SlotKind
from reviews.detection.languages.spanish import SPANISH
from reviews.detection.normalize import fold_text
from reviews.detection.values import Value, compares, of_tokens, read


def value(text: str) -> Value:
    seen = read(text)
    assert seen is not None, text
    return seen[1]


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("30 days", SlotKind.DURATION, "30 days"),
        ("thirty days", SlotKind.DURATION, "30 days"),
        ("a month", SlotKind.DURATION, "1 month"),
        ("one and a half years", SlotKind.DURATION, "1.5 years"),
        ("an hour and a half", SlotKind.DURATION, "1.5 hours"),
        ("1 hour 30 minutes", SlotKind.DURATION, "1 hour 30 minutes"),
        ("$35", SlotKind.MONEY, "$35"),
        ("thirty five dollars", SlotKind.MONEY, "$35"),
        ("$1,200.50", SlotKind.MONEY, "$1,200.5"),
        ("fifty cents", SlotKind.MONEY, "50¢"),
        ("£3", SlotKind.MONEY, "£3"),
        ("8.5%", SlotKind.PERCENT, "8.5%"),
        ("eight point five per cent", SlotKind.PERCENT, "8.5%"),
        ("30", SlotKind.NUMBER, "30"),
        ("1", SlotKind.NUMBER, "1"),
        ("5520912345", SlotKind.NUMBER, "another number"),
    ],
)
def test_read_knows_the_kind_and_writes_it_short(text: str, kind: SlotKind, shown: str) -> None:
    seen = read(text)
    assert seen is not None
    assert (seen[0], str(seen[1])) == (kind, shown)


@pytest.mark.parametrize(
    "text", ["", "soon", "30 days or so", "30 days 14 days", "24/7", "-3", "$-5", "#", "￼"]
)
def test_read_refuses_what_is_not_one_value(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("one", "sign", "other", "wanted"),
    [
        ("thirty days", "=", "30 days", True),
        ("2 weeks", "=", "14 days", True),
        ("12 months", "=", "1 year", True),
        ("90 minutes", "=", "an hour and a half", True),
        ("a month", "=", "30 days", False),
        ("24 hours", "=", "1 day", False),
        ("50 cents", "=", "$0.50", True),
        ("$0.50", "=", "50 cents", True),
        ("€0.50", "=", "50 cents", True),
        ("£0.50", "=", "50 cents", False),
        ("£0.50", "=", "50 pence", True),
        ("$35", "=", "€35", False),
        ("$35", "!=", "€35", True),
        ("14 days", "<", "30 days", True),
        ("30 days", "<", "30 days", False),
        ("30 days", "<=", "30 days", True),
        ("5 weeks", ">", "30 days", True),
        ("5 weeks", ">=", "35 days", True),
        ("a month", "<=", "30 days", None),
        ("a month", ">", "30 days", None),
        ("one year and 3 days", ">", "1 year", None),
        ("8.5%", ">", "8%", True),
    ],
)
def test_compares_by_unit(one: str, sign: str, other: str, wanted: bool | None) -> None:
    assert compares(value(one), sign, value(other)) is wanted


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("treinta días", "30 days"),
        ("un mes", "1 month"),
        ("35 dólares", "$35"),
        ("ocho por ciento", "8%"),
        ("dos años y medio", "2.5 years"),
    ],
)
def test_units_are_the_same_in_every_language(spanish: str, english: str) -> None:
    heard = of_tokens(fold_text(spanish.split(), SPANISH).placed, SPANISH)
    assert compares(heard, "=", value(english))
