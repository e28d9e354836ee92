"""Any whole number, spelled out by the rules of the language, is the number in figures."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.detection.languages.english import ENGLISH
from reviews.detection.languages.spanish import SPANISH
from tests.unit.detection.languages.tables import folded

TO_NINETEEN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TO_VEINTINUEVE = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
DECENAS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
CENTENAS = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]
NUMBERS = st.one_of(st.integers(0, 99_999), st.integers(0, 999_999_999))


def english(value: int, joint: str) -> str:
    """`joint`: "and" or nothing, after hundreds."""
    for size, name in ((1_000_000, "million"), (1_000, "thousand")):
        if value >= size:
            rest = f" {english(value % size, joint)}" if value % size else ""
            return f"{english(value // size, joint)} {name}{rest}"
    if value >= 100:
        rest = f" {joint} {english(value % 100, joint)}" if value % 100 else ""
        return f"{TO_NINETEEN[value // 100]} hundred{rest}"
    if value < 20:
        return TO_NINETEEN[value]
    return TENS[value // 10 - 2] + (f" {TO_NINETEEN[value % 10]}" if value % 10 else "")


def spanish(value: int) -> str:
    if value >= 1_000_000:
        name = "un millón" if value < 2_000_000 else f"{spanish(value // 1_000_000)} millones"
        return name + (f" {spanish(value % 1_000_000)}" if value % 1_000_000 else "")
    if value >= 1_000:
        name = "mil" if value < 2_000 else f"{spanish(value // 1_000)} mil"
        return name + (f" {spanish(value % 1_000)}" if value % 1_000 else "")
    if value == 100:
        return "cien"
    if value > 100:
        rest = f" {spanish(value % 100)}" if value % 100 else ""
        return f"{CENTENAS[value // 100 - 1]}{rest}"
    if value < 30:
        return TO_VEINTINUEVE[value]
    return DECENAS[value // 10 - 3] + (f" y {TO_VEINTINUEVE[value % 10]}" if value % 10 else "")


@settings(max_examples=400, deadline=None)
@given(NUMBERS, st.sampled_from(["and", ""]))
@example(1_001_001, "and")
@example(100_100_100, "")
def test_english_numbers_spelled_out_are_their_figures(value: int, joint: str) -> None:
    spelled = f"it is {english(value, joint)} in all"
    assert folded(spelled, ENGLISH) == folded(f"it is {value:,} in all", ENGLISH)


@settings(max_examples=400, deadline=None)
@given(NUMBERS)
@example(1_001_001)
@example(100_100_100)
@example(21_000)
def test_spanish_numbers_spelled_out_are_their_figures(value: int) -> None:
    spelled = f"son {spanish(value)} en total"
    assert folded(spelled, SPANISH) == folded(f"son {value} en total", SPANISH)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9_999), st.integers(0, 99))
def test_money_spelled_out_is_its_figures(whole: int, hundredths: int) -> None:
    cents = f" and {english(hundredths, '')} cents" if hundredths else ""
    spelled = f"pay {english(whole, 'and')} dollars{cents} now"
    assert folded(spelled, ENGLISH) == folded(f"pay ${whole:,}.{hundredths:02} now", ENGLISH)
