import pytest

from reviews.detection.pii import find, security_codes


def taken(text: str) -> list[str]:
    return [text[start:end] for start, end in security_codes(text)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("the cvv is 123", ["123"]),
        ("and the C V V please\nuh, it is four five six", ["four five six"]),
        ("three digits on the back?\nokay, one twenty three", ["one twenty three"]),
        ("one two three is the security code", ["one two three"]),
        ("security code? expires oh four twenty eight and it is nine oh two", ["nine oh two"]),
        ("cvc 123\nokay so that's one two three, thank you", ["123", "one two three"]),
        ("security code?\nseven oh one\nseven oh one, thanks", ["seven oh one", "seven oh one"]),
        ("my pin is either 4471 or 4417", ["4471", "4417"]),
        ("4242 4242 4242 4242 12 27 123", ["123"]),
        ("4242 4242 4242 4242 expires 12/27, 123", ["123"]),
        ("the card ends in 4242 and the code is 1234", ["1234"]),
    ],
)  # fmt: skip
def test_security_codes_takes_the_code_when_it_is_asked_or_named(
    text: str, codes: list[str]
) -> None:
    assert taken(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "put a pin in that for 30 days and call me in 2026",
        "a security code matters, said 300 people",
        "your zip code is 021 39",
        "we talked about pins, and the balance is 4471",
        "[CREDIT_CARD_CVV] cvv [CREDIT_CARD_CVV] and 456 apples",
        "the security code? ### ##### thanks, and 456 apples",
        "the account ends in 123",
        "your pin please?\nit is 28.02.1980 and 10,000 strong",
    ],
)
def test_security_codes_is_empty_when_digits_are_something_else(text: str) -> None:
    assert taken(text) == []


def test_find_names_card_codes_and_pins_when_both_are_said() -> None:
    text = "cvv 123 and the atm pin is 4471"
    assert [span.entity for span in find(text)] == ["credit_card_cvv", "password"]
