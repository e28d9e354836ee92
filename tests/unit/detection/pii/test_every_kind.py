"""Every kind of personal data: written, spoken, named by what was asked, and what is none of it."""

from collections.abc import Sequence

import pytest

from reviews.detection.pii import candidates, find
from reviews.detection.pii.span import OPEN_KINDS

HITS: Sequence[tuple[str, str, str]] = [
    # letters and digits
    ("iban", "send it to GB29 NWBK 6016 1331 9268 19 please", "GB29 NWBK 6016 1331 9268 19"),
    ("iban", "it is g b two nine n w b k six oh one six one three three one nine two six eight one "
     "nine", "g b two nine n w b k six oh one six one three three one nine two six eight one nine"),
    ("us_mbi", "my medicare number is 1EG4-TE5-MK73", "1EG4-TE5-MK73"),
    ("us_mbi", "medicare is one e g four t e five m k seven three",
     "one e g four t e five m k seven three"),
    ("us_dea_number", "the prescriber is AB1234563", "AB1234563"),
    ("uk_nino", "national insurance QQ is wrong, it is AB 12 34 56 C", "AB 12 34 56 C"),
    ("uk_nino", "my national insurance number is a b one two three four five six c",
     "a b one two three four five six c"),
    ("uk_postcode", "the postcode is SW1A 1AA", "SW1A 1AA"),
    ("uk_postcode", "my postcode is s w one a one a a", "s w one a one a a"),
    ("vehicle_id", "the car is AB51 ABC", "AB51 ABC"),
    ("vehicle_id", "vin 1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
    ("vehicle_id", "my plate is a b five one a for alpha b as in boy c",
     "a b five one a for alpha b as in boy c"),
    ("passport_number", "passport number is C12345678", "C12345678"),
    ("passport_number", "my passport is nine one two eight oh three four five six",
     "nine one two eight oh three four five six"),
    ("drivers_license", "my driver's license number is D1234567", "D1234567"),
    ("drivers_license", "license number d one two three four five six seven",
     "d one two three four five six seven"),
    # digits that are named
    ("us_bank_routing_number", "the routing number is 011000015", "011000015"),
    ("us_bank_routing_number", "routing oh one one oh oh oh oh one five",
     "oh one one oh oh oh oh one five"),
    ("account_number", "my account number is 93418043", "93418043"),
    ("account_number", "What is your account number?\nnine three four one eight oh four three",
     "nine three four one eight oh four three"),
    ("us_itin", "my itin is 912-70-1234", "912-70-1234"),
    ("us_npi", "the npi is 1234567893", "1234567893"),
    ("uk_nhs_number", "my nhs number is nine four three four seven six five nine one nine",
     "nine four three four seven six five nine one nine"),
    ("healthcare_number", "the patient's chart number is 448201", "448201"),
    ("zip_code", "my zip code is nine oh two one oh", "nine oh two one oh"),
    ("zip_code", "Seattle, WA 98103", "98103"),
    ("us_social_security_number", "Your social?\n219 09 9999", "219 09 9999"),
    ("us_social_security_number_partial", "last four of your social?\n9999", "9999"),
    ("credit_card_number_partial", "the card ending in four two four two", "four two four two"),
    ("account_number_partial", "the account ending in 8764", "8764"),
    ("account_number_partial", "Can you give me the last four of your account, so I know I've got "
     "the right person?\nYeah, it's, um, four four zero nine.", "four four zero nine"),
    # dates and ages
    ("date_of_birth", "date of birth is march third nineteen eighty five",
     "march third nineteen eighty five"),
    ("date_of_birth", "Your birthday?\noh three twelve nineteen eighty five",
     "oh three twelve nineteen eighty five"),
    ("date_of_birth", "I was born 6/24/1991", "6/24/1991"),
    ("credit_card_expiration", "it expires oh four twenty seven", "oh four twenty seven"),
    ("credit_card_expiration", "expiration is 04/27", "04/27"),
    ("date", "come on the twenty third of july two thousand and five",
     "the twenty third of july two thousand and five"),
    ("date", "see you 2026-04-12", "2026-04-12"),
    ("date", "it was July 4th, 2012", "July 4th, 2012"),
    ("person_age", "he is forty five years old", "forty five"),
    ("person_age", "I'll turn 23", "23"),
    # addresses of the web
    ("url", "see https://example.org/help.", "https://example.org/help"),
    ("url", "at www.example.museum today", "www.example.museum"),
    ("url", "go to www dot example dot com slash help", "www dot example dot com slash help"),
    ("ip_address", "it is 10.0.0.1.", "10.0.0.1"),
    ("ip_address", "it is 2001:db8::1", "2001:db8::1"),
    ("ip_address", "one ninety two dot one sixty eight dot one dot ten",
     "one ninety two dot one sixty eight dot one dot ten"),
    ("mac_address", "the device is 00:1A:2B:3C:4D:5E", "00:1A:2B:3C:4D:5E"),
    ("crypto_address", "pay 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ now",
     "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"),
    # money
    ("money_amount", "it is $1,200.50 now", "$1,200.50"),
    ("money_amount", "twelve hundred dollars and fifty cents",
     "twelve hundred dollars and fifty cents"),
    # named by what runs into the value, is spelled out, or is answered
    ("passport_number", "my passport’s five three three oh nine one two seven six",
     "five three three oh nine one two seven six"),
    ("us_social_security_number", "my s s n is five one two four four eight nine six one",
     "five one two four four eight nine six one"),
    ("healthcare_number", "the insurance id is eight eight four two one oh three",
     "eight eight four two one oh three"),
    ("phone_number", "A callback number in case of a cut?\nIt's 312-684-9917", "312-684-9917"),
    ("phone_number", "plus four four seven nine one one one two three four five six",
     "plus four four seven nine one one one two three four five six"),
    ("credit_card_number", "my card is four one one one one one one one hang on one one one one "
     "one one one one", "four one one one one one one one hang on one one one one one one one one"),
    ("credit_card_cvv", "the three digit code is 482", "482"),
    ("credit_card_expiration", "it is good through oh six twenty nine", "oh six twenty nine"),
    ("credit_card_expiration", "it expires november twenty thirty", "november twenty thirty"),
    ("date_of_birth", "my d o b is oh four fourteen sixty three", "oh four fourteen sixty three"),
    ("iban", "it is g b three zero l o y d three zero nine six seven two one two three four five "
     "six seven eight", "g b three zero l o y d three zero nine six seven two one two three four "
     "five six seven eight"),
    ("uk_postcode", "it's LS6 2AB", "LS6 2AB"),
    ("vehicle_id", "what's the plate\nHGT 4471", "HGT 4471"),
    ("email_address", "it's mary beth lee at gmail dot com", "mary beth lee at gmail dot com"),
    ("email_address", "for you?\nb as in boy e a n at live dot com",
     "b as in boy e a n at live dot com"),
    ("person_age", "How old are you?\nFifty two.", "Fifty two"),
    ("person_age", "my mother is eighty three and alone", "eighty three"),
    ("person_name", "what's your last name\nsure it's f as in frank i n c h",
     "f as in frank i n c h"),
    ("person_name", "can i have your name\nluis fernando castillo", "luis fernando castillo"),
    ("street_address", "it's three twenty one west forty second street",
     "three twenty one west forty second street"),
    ("person_name", "Hello, Shanice speaking.", "Shanice"),
    ("person_age", "my dad's eighty one", "eighty one"),
    ("zip_code", "my zip code's six oh six two two", "six oh six two two"),
    ("password", "my pin's two oh four four", "two oh four four"),
    ("person_name", "who am i talking to\nhyacinth bouquet", "hyacinth bouquet"),
    ("street_address", "send it to PSC 0413, Box 8144\nAPO AA 42323",
     "PSC 0413, Box 8144\nAPO AA 42323"),
    ("street_address", "Her office is Augsburger Strasse 36.", "Augsburger Strasse 36"),
    ("street_address", "It is in Via Nazario Sauro 112, ground floor", "Via Nazario Sauro 112"),
    ("street_address", "the address is 5500 Highway 61 South", "5500 Highway 61 South"),
    # secrets
    ("password", "Password: Tr0ub4dor", "Tr0ub4dor"),
    ("password", "enter your four digit pin\none seven seven four", "one seven seven four"),
    ("password", "what street did you grow up on\nlarkspur", "larkspur"),
    ("password", "the code you texted me is six oh three one one eight",
     "six oh three one one eight"),
    ("password", "ok password 20149395", "20149395"),
    ("password", "the passcode is six oh three one one eight", "six oh three one one eight"),
    ("credit_card_number", "card: four one one one one one one one one one one one one one one two",
     "four one one one one one one one one one one one one one one two"),
    ("credit_card_number_partial", "card number is 8723", "8723"),
    ("password", "secret word\nmarmalade", "marmalade"),
    ("password", "my password is ravip", "ravip"),
    ("password", "What was your mother's maiden name?\nIt was Okonkwo.", "Okonkwo"),
    ("password", "can you tell me your security word\nsure it's blue heron please", "blue heron"),
    ("password", "the password is Sun flower 9", "Sun flower 9"),
    # people and homes
    ("person_name", "My name is Brosca Erdos.", "Brosca Erdos"),
    ("person_name", "my name is ada lovelace and", "ada lovelace"),
    ("person_name", "This is Priya speaking.", "Priya"),
    ("person_name", "I'd like Mr. Leiva to call", "Mr. Leiva"),
    ("person_name", "May I have your name please?\nSure, it's Kwame Mensah.", "Kwame Mensah"),
    ("person_name", "the contact is Svetlana, right", "Svetlana"),
    ("street_address", "I live at 123 Main Street apartment four b",
     "123 Main Street apartment four b"),
    ("street_address", "my address is twelve forty two north oak avenue",
     "twelve forty two north oak avenue"),
    ("street_address", "it goes to P.O. box 4521", "P.O. box 4521"),
]  # fmt: skip
ORDINARY = [
    "This is correct, and I am happy with it. It's fine.",
    "You may march on one day, or two, in may or not.",
    "Will you mark the bill? Grant it, and hope for the best.",
    "There are 3 ways to run 2 lines, and one road out.",
    "Turn right on the first street and drive for five minutes.",
    "I have been a member for twenty years and paid ten percent.",
    "I need an a or a b, and i have one and two",
    "The dot com years were odd, look at that dot.",
    "Call me when the order 12345678 is in, ok?",
    "as in the first case, b is better than c",
    "my account has been wrong for 30 days",
    "the last four years, the card has 12 months left",
    "It is $5k off, I said. 50/50, 24/7.",
    "done.Thanks for that.",
    "my password is not working, and the password is required",
    "Please change the password.\nOkay, I did.",
    "who is this, what is your name or number, please",
    "the car is ten years old, it's about four years old, turn twenty degrees",
    "my doctor said to wait and i miss the old ones",
    "i live in charlotte, not in san francisco",
    "I called Marriott and the plan is called Premium Plus.",
    "B2, 4th floor, member since two thousand eleven, my name was removed",
    "the promo code you sent is 4471, the names don't match",
    "i saw it on social media in 2019 and it is good till friday",
    "I'm twenty minutes early and he's fifty percent owner",
]


@pytest.mark.parametrize(("entity", "text", "value"), HITS)
def test_the_value_is_found(entity: str, text: str, value: str) -> None:
    assert (entity, value) in [(span.entity, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_talk_holds_none(text: str) -> None:
    kept = [span for span in find(text) if span.entity not in OPEN_KINDS]
    assert [(span.entity, text[span.start : span.end]) for span in kept] == []


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("011000015", {"us_bank_routing_number", "passport_number",
                       "account_number", "drivers_license"}),
        ("order 011000015", set()),
        ("C12345678", {"passport_number", "drivers_license"}),
    ],
)  # fmt: skip
def test_a_value_alone_is_given_every_kind_that_it_may_be(text: str, entities: set[str]) -> None:
    assert entities <= {span.entity for span in candidates(text)}
    assert bool(entities) == bool(candidates(text))
