"""Typed slots: which values are taken, in words as in figures, and the words that are quoted."""

from collections.abc import Sequence

import pytest

from reviews.detection.evidence import Found
from tests.unit.detection.calls import ask, call, state

ENGLISH: Sequence[tuple[str, str, list[str]]] = [
    ("<number>", "I have one of thirty five and 1 or 22", ["thirty five", "22"]),
    ("<number>", "no one said oh", []),
    ("<number>", "one dollar or one day", ["one", "one"]),
    ("<number>", "the third or 3rd of two thousand", ["two thousand"]),
    ("<number>", "a hundred or a few", ["a hundred"]),
    ("<number>", "two and a half", ["two"]),
    ("<money>", "it is $1,200.50 or 35 bucks", ["$1,200.50", "35 bucks"]),
    (
        "<money>",
        "twelve hundred dollars and fifty cents is due",
        ["twelve hundred dollars and fifty cents"],
    ),
    ("<money>", "fifty cents or $2 million or five", ["fifty cents", "$2 million"]),
    ("<money>", "a dollar for half a dollar", ["a dollar"]),
    ("<money>", "two and a half million dollars", ["two and a half million dollars"]),
    ("<money>", "half a million dollars", []),
    ("<money>", "$5k, $1.2M or US$35", ["$5k", "$1.2M", "US$35"]),
    ("<money>", "a 5k run to the M5", []),
    ("<percent>", "4½% or two and a half per cent", ["4½%", "two and a half per cent"]),
    ("<money>", "two and a half dollars", ["two and a half dollars"]),
    ("<money>", "I had five. Dollars are scarce", []),
    ("<percent>", "8.5% or eight per cent or point five percent",
     ["8.5%", "eight per cent", "point five percent"]),
    ("<percent>", "percent of eight", []),
    ("<duration>", "within thirty days or a month", ["thirty days", "a month"]),
    ("<duration>", "an hour and a half", ["an hour and a half"]),
    ("<duration>", "2 hours 30 minutes", ["2 hours 30 minutes"]),
    ("<duration>", "two hours and thirty minutes", ["two hours and thirty minutes"]),
    ("<duration>", "two and a half hours", ["two and a half hours"]),
    ("<duration>", "30 minutes 2 hours", ["30 minutes", "2 hours"]),
    ("<duration>", "half an hour", []),
    ("<duration>", "a second thing and the second day", ["a second"]),
    ("<duration>", "thirty uh days", ["thirty uh days"]),
    ("<date>", "July 25th, 2012 or the first of May", ["July 25th, 2012", "first of May"]),
    ("<date>", "on march second twenty twenty four", ["march second twenty twenty four"]),
    ("<date>", "12/25/2024 and 2024-12-25 and 25.12.2024 and 7/4/26",
     ["12/25/2024", "2024-12-25", "25.12.2024", "7/4/26"]),
    ("<date>", "in March 2024 we march 2 abreast", ["March 2024", "march 2"]),
    ("<date>", "13/13/2024 or 24/7 or 3-5 days", []),
    ("<date>", "you may one day march on", []),
    ("<date>", "july thirty second", []),
    ("<digits 9>", "552-09-1234", ["552-09-1234"]),
    ("<digits 9>", "five five two oh nine one two three four",
     ["five five two oh nine one two three four"]),
    ("<digits 4>", "552-09-1234", []),
    ("<digits 4>", "pin is double four uh seven one", ["double four uh seven one"]),
    ("<digits 4>", "it ends in 55. 21 is next", []),
    ("<digits 1>", "one of us has 7", ["7"]),
    ("<masked>", "I am [PERSON_NAME] at #### and f***", ["[PERSON_NAME]", "####"]),
    ("<masked PERSON_NAME>", "I am [PERSON_NAME] of [LOCATION]", ["[PERSON_NAME]"]),
    ("<profanity>", "what the f*** is ####", ["f***"]),
    ("<number>", "#### or [MONEY]", []),
    ('"after <duration>"', "refund after thirty five days", ["after thirty five days"]),
    ('"<money> * fee"', "a $35 late fee", ["$35 late fee"]),
]  # fmt: skip
SPANISH: Sequence[tuple[str, str, list[str]]] = [
    ("<number>", "uno de treinta y cinco", ["treinta y cinco"]),
    ("<money>", "son doscientos dólares con cincuenta centavos",
     ["doscientos dólares con cincuenta centavos"]),
    ("<money>", "un dólar o un millón de pesos o 15,50 €",
     ["un dólar", "un millón de pesos", "15,50 €"]),
    ("<percent>", "el 8,5% o diez por ciento", ["8,5%", "diez por ciento"]),
    ("<duration>", "una hora y media o dos horas treinta minutos",
     ["una hora y media", "dos horas treinta minutos"]),
    ("<duration>", "media hora", []),
    ("<date>", "el veinticinco de julio de dos mil doce o 25/12/2024",
     ["veinticinco de julio de dos mil doce", "25/12/2024"]),
    ("<date>", "el primero de mayo", ["primero de mayo"]),
    ("<digits 6>", "es cinco cinco dos eh cero nueve uno",
     ["cinco cinco dos eh cero nueve uno"]),
    ("<masked>", "soy [PERSON_NAME]", ["[PERSON_NAME]"]),
]  # fmt: skip


def quotes(query: str, text: str, language: str) -> list[str]:
    """The words of each evidence."""
    outcome = ask(query, call(f"agent: {text}", language=language))
    words = text.split()
    found = outcome.evidence if isinstance(outcome, Found) else ()
    return [" ".join(words[each.first_word : each.last_word + 1]) for each in found]


def stripped(said: list[str]) -> list[str]:
    return [each.rstrip(".,") for each in said]


@pytest.mark.parametrize(("query", "text", "wanted"), ENGLISH)
def test_slots_quote_the_words_of_each_value(query: str, text: str, wanted: list[str]) -> None:
    assert stripped(quotes(query, text, "en_us")) == wanted


@pytest.mark.parametrize(("query", "text", "wanted"), SPANISH)
def test_slots_quote_spanish_values(query: str, text: str, wanted: list[str]) -> None:
    assert stripped(quotes(query, text, "es")) == wanted


@pytest.mark.parametrize(
    ("gap_ms", "wanted"), [(1_999, "found"), (2_000, "clear"), (60_000, "clear")]
)
@pytest.mark.parametrize("query", ["<digits 9>", '"552091234"'])
def test_written_groups_are_two_numbers_after_a_pause(query: str, gap_ms: int, wanted: str) -> None:
    starts = [0, 300 + gap_ms, 600 + gap_ms]
    ends = [300, 600 + gap_ms, 900 + gap_ms]
    paused = call("agent: 552 09 1234", start_ms=starts, end_ms=ends)
    assert state(ask(query, paused)) == wanted


def test_a_value_does_not_run_from_one_speaker_to_the_other() -> None:
    assert state(ask("<money>", "agent: five\ncustomer: dollars")) == "clear"
    assert state(ask("<digits 4>", "agent: 5 5\ncustomer: 2 1")) == "clear"
