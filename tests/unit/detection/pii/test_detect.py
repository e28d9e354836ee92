import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.detection.pii import find, mask, security_codes

CARD = "credit_card_number"
CODE = "credit_card_cvv"
SOCIAL = "us_social_security_number"
PHONE = "phone_number"
EMAIL = "email_address"
PIECES = (
    *("4242 4242 4242 4242", "four two four two", "forty two forty two", "double four", "uh"),
    *("no sorry", "card", "987-65-4320", "social", "555-0147", "call me", "jo at example dot com"),
    *("a@example.com", "cvv", "123", "on the back", "digits", "pin", "4471", "or", ",", ".", "?"),
    *("one hundred twenty", "plus", "İ", "$35", "12:30", "x12", "okay", "12/27", "code", "oh"),
    *(
        "GB29 NWBK 6016 1331 9268 19",
        "g b two nine",
        "b as in boy",
        "AB51 ABC",
        "my name is",
        "Ada Lovelace",
        "1EG4-TE5-MK73",
        "www dot example dot com",
        "10.0.0.1",
        "zip",
        "routing",
    ),
    *(
        "born",
        "march third nineteen eighty",
        "12 Main Street",
        "license",
        "ending in",
        "mr",
        "\u202e",
        "年",
        "fifty dollars",
        "years old",
        "::1",
        "https://example.org/a",
    ),
)


def values(text: str) -> list[tuple[str, str]]:
    return [(span.entity, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("it is 4242-4242-4242-4242 ok", CARD, "4242-4242-4242-4242"),
        ("use 378282246310005", CARD, "378282246310005"),
        ("my ssn is 219-09-9999.", SOCIAL, "219-09-9999"),
        ("for my records 219-09-9999", SOCIAL, "219-09-9999"),
        ("write to pat.doe+x@example.org please", EMAIL, "pat.doe+x@example.org"),
        ("that was (415) 555-0132", PHONE, "(415) 555-0132"),
        ("dial +44 20 7946 0958 then", PHONE, "+44 20 7946 0958"),
        ("call 415-555-0132 x77", PHONE, "415-555-0132 x77"),
    ],
)
def test_find_names_the_value_when_it_is_written(text: str, entity: str, value: str) -> None:
    assert values(text) == [(entity, value)]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("four two four two four two four two four two four two four two four two", CARD),
        ("double four, uh, 55, forty four fifty five", ""),
        ("forty two forty two, forty two forty two, um, forty two forty two 4242", CARD),
        ("four two four two, four two nine nine, no sorry, four two four two, okay, "
         "four two four two, four two four two", CARD),
        ("my social is nine eight seven sixty five four three two oh", SOCIAL),
        ("reach me at two one two, triple five, oh one four three", PHONE),
        ("my cell is eight hundred five five five oh one nine nine", PHONE),
        ("it is pat dot doe underscore nine at example dot co dot uk", EMAIL),
    ],
)  # fmt: skip
def test_find_names_the_value_when_it_is_spoken(text: str, entity: str) -> None:
    found = find(text)
    assert [span.entity for span in found] == ([entity] if entity else [])
    assert all(span.method == "spoken" for span in found)


@pytest.mark.parametrize(
    "text",
    [
        "I said one or two things, three at most, oh and four people came",
        "card 4242 4242 4242 4241",
        "order number 415 555 0132",
        "my policy is nine eight seven six five four three two one",
        "look at example dot com, and meet us at noon",
        "it was version 4.2 at 12:30, 50% of 24/7, about 9,192,631,770 times",
        "g b four nine four two four two four two four two four two four two four two four two",
        "on the back of the lot there are 123 cars",
        "enter the area code 415 first",
    ],
)
def test_find_is_silent_when_the_talk_is_ordinary(text: str) -> None:
    assert find(text) == ()


def test_find_scores_a_card_higher_when_it_is_called_one() -> None:
    (named,), (bare,) = find("card 4242424242424242"), find("use 4242424242424242")
    assert named.score > bare.score


def test_find_knows_the_same_digits_when_they_are_read_back() -> None:
    text = "my social is 987 65 4320. So that was nine eight seven six five four three two oh"
    assert [span.entity for span in find(text)] == [SOCIAL, SOCIAL]


def test_mask_leaves_no_value_when_there_are_several() -> None:
    masked = mask("card 4242 4242 4242 4242 12 27 123, a@example.com, call 555-0147")
    assert masked == (
        "card [CREDIT_CARD_NUMBER] 12 27 [CREDIT_CARD_CVV], [EMAIL_ADDRESS], call [PHONE_NUMBER]"
    )


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_mask_changes_nothing_when_done_twice(text: str) -> None:
    masked = mask(text)
    assert mask(masked) == masked
    assert [span for span in find(masked) if span.is_hidden] == []
    assert security_codes(masked) == ()


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("\n".join))
def test_find_keeps_spans_apart_and_inside_when_given_anything(text: str) -> None:
    spans = find(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize(
    "piece",
    [
        *("1 ", "pin 1 a ", "four ", "no 4 ", "a at dot ", "4242 ", "+(", "x@", "1.", "a1 ", "::"),
        *("b 1 ", "March ", "street ", "1 Main ", "name ", "Ada ", "dot com ", "http://a.", "$1 "),
        *("born 1 ", "zip 12345 ", "[A] ", "1-", "GB29", "0:", "fifty dollars and "),
    ],
)
def test_find_ends_soon_when_the_text_is_hostile(piece: str) -> None:
    assert len(find(piece * 20_000)) <= 40_000
