"""The rows of the syntax table that name what is said: words, phrases, lists, slots, texts."""

import pytest

from tests.unit.detection.calls import WORKED, call
from tests.unit.detection.rules.cases import Case, Cases, named, of_unknown_role, on, refused

SILENT = call("agent: ♪")
REFUNDS = "agent: My refund was refunded. Other refunds? Prefund it."
RETURNS = (
    "agent: We guarantee a return. We promise you a return. "
    "We guarantee them a return. We vow a return."
)
CANCEL = (
    "customer: Cancel my old account. Cancel account now. "
    "Cancel uh my big old blue account. Your savings account, your account."
)
PROMISED = "agent: We promise it. We guaranteed it for certain. For now we vow."
VALUES = "agent: The fee is $35, or 8% of 1,200, due in thirty days or on July 4th 2024. Code 1234."
CARD = "agent: 4242 4242 4242 4242"
DISCLOSED = "agent: This call may be recorded for quality, uh, and training purposes."
IN_FRENCH = call(VALUES, language="fr")

ROWS: dict[str, Cases] = {
    "word, prefix, one letter": [
        *on(
            REFUNDS,
            {
                "refund": "0:1 refund",
                "REFUND": "0:1 refund",
                "refund*": "0:1 refund | 0:3 refunded. | 0:5 refunds?",
                "*fund": "0:1 refund | 0:6 Prefund",
                "refun?": "0:1 refund",
                "re?unds": "0:5 refunds?",
                "refun": "clear",
                "refunding*": "clear",
                "*funding": "clear",
            },
        ),
        *on(SILENT, {"refund": "no_words", "refund*": "no_words"}),
        *refused({"r*": "1: at least 2 letters", "re*und": "1: refund*", "*fun*": "1: refund*"}),
    ],
    "phrase": [
        *on(
            WORKED,
            {
                '"this call is being recorded"': "0:3 this call is being recorded.",
                '"THIS CALL"': "0:3 this call",
                '"hi I want"': "1:0 Hi, I uh I want",
                '"sure we can\'t"': "2:0 Sure. We can't",
                '"call this"': "clear",
                '"this is being recorded"': "clear",
                '"recorded hi"': "clear",
                '"thirty days ago"': "clear",
            },
        ),
        *on(SILENT, {'"this call"': "no_words"}),
        *refused({'"this call': "1: close"}),
    ],
    "alternatives and optional words": [
        *on(
            RETURNS,
            {
                '"we (guarantee|promise) [you] a return"': (
                    "0:0 We guarantee a return. | 0:4 We promise you a return."
                ),
                '"we (guarantee|vow) a return"': (
                    "0:0 We guarantee a return. | 0:14 We vow a return."
                ),
                '"we (guarantee [them]|vow) a"': "0:0 We guarantee a | 0:9 We guarantee them a | "
                "0:14 We vow a",
                '"(promise you|vow) a"': "0:5 promise you a | 0:15 vow a",
                '"we [promise] you"': "0:4 We promise you",
                '"we [vow] you"': "clear",
                '"we (pledge|swear) a return"': "clear",
                '"[promise you] a return we"': "0:2 a return. We | 0:7 a return. We | "
                "0:12 a return. We",
            },
        ),
        *on(SILENT, {'"(we|they) [all] agree"': "no_words"}),
        *refused({'"[we]"': "2: at least one word", '"a|b"': "3: (", '"(we|you"': "2: )"}),
    ],
    "free words": [
        *on(
            CANCEL,
            {
                '"your * account"': "0:14 Your savings account,",
                '"cancel *3 account"': "0:0 Cancel my old account. | 0:4 Cancel account",
                '"cancel *4 account"': "0:0 Cancel my old account. | 0:4 Cancel account | "
                "0:7 Cancel uh my big old blue account.",
                '"cancel * * account"': "0:0 Cancel my old account.",
                '"cancel * account"': "clear",
                '"your *3 card"': "clear",
                '"* account now"': "0:4 Cancel account now.",
            },
        ),
        *on("agent: your #### account", {'"your * account"': "0:0 your #### account"}),
        *on("agent: your\ncustomer: own\nagent: account", {'"your * account"': "clear"}),
        *on(SILENT, {'"your * account"': "no_words"}),
        *refused({'"* *3"': "2: at least one word", '"your *s account"': "7: "}),
    ],
    "list": [
        *on(
            PROMISED,
            {
                "{promises}": "0:0 We promise | 0:4 guaranteed | 0:6 for certain.",
                "agent: {promises}": "0:0 We promise | 0:4 guaranteed | 0:6 for certain.",
                "customer: {promises}": "clear",
                "{fees}": "clear",
                "COUNT({promises}) = 3": "0:0 We promise | 0:4 guaranteed | 0:6 for certain.",
                '{promises} INSIDE "we promise it"': "0:0 We promise",
                "{promises} NEAR/0 it": (
                    "0:0 We promise it. | 0:4 guaranteed it | 0:5 it for certain."
                ),
            },
        ),
        *on(of_unknown_role(PROMISED), {"agent: {promises}": "roles_unknown"}),
        *on(SILENT, {"{promises}": "no_words"}),
        *refused({"{nope}": "1: promises", "fee OR {promises": "8: {list name}"}),
    ],
    "slots": [
        *on(
            VALUES,
            {
                "<number>": "0:3 $35, | 0:5 8% | 0:7 1,200, | 0:10 thirty | "
                "0:16 2024. | 0:18 1234.",
                "<money>": "0:3 $35,",
                "<percent>": "0:5 8%",
                "<duration>": "0:10 thirty days",
                "<date>": "0:14 July 4th 2024.",
                "<digits 4>": "0:7 1,200, | 0:16 2024. | 0:18 1234.",
                "<digits 16>": "clear",
            },
        ),
        *on(CARD, {"<digits 16>": "0:0 4242 4242 4242 4242", "<digits 4>": "clear"}),
        *on("agent: The fee is fifty days", {"<money>": "clear", "<percent>": "clear"}),
        *on(IN_FRENCH, {"<money>": "numbers_unread", "<date>": "numbers_unread"}),
        *refused({"<fee>": "1: <number>", "<digits>": "1: <digits 4>"}),
    ],
    "captured slot": [
        *on(
            VALUES,
            {
                "<money as fee>": "0:3 $35,",
                '"the fee is <money as fee>"': "0:0 The fee is $35,",
                "<duration as term>": "0:10 thirty days",
                "<digits 4 as pin> IN LAST 1s": "0:16 2024. | 0:18 1234.",
                "agent: (fee NEAR/3 <money as said>)": "0:1 fee is $35,",
                "<digits 9 as number>": "clear",
                "fee NEAR/3 <percent as rate>": "clear",
                "customer: <money as fee>": "clear",
            },
        ),
        *on(IN_FRENCH, {"<money as fee>": "numbers_unread"}),
        *refused({"<money as Fee>": "1: write", "<money as>": "1: write"}),
    ],
    "read near-verbatim": [
        *on(
            DISCLOSED,
            {
                '~"this call may be recorded for quality and training purposes" 100%': (
                    "0:0 This call may be recorded for quality, uh, and training purposes."
                ),
                '~"this call may be recorded for quality and training reasons" 90%': (
                    "0:0 This call may be recorded for quality, uh, and training"
                ),
                '~"this call may be recorded for quality and training reasons" 91%': "clear",
                '~"training and quality for recorded be may call this" 50%': "clear",
                'customer: ~"this call may be recorded" 85%': "clear",
            },
        ),
        *on(
            "agent: this #### may be recorded",
            {
                '~"this call may be recorded" 80%': "0:0 this #### may be recorded",
                '~"this call may be recorded" 81%': "clear",
            },
        ),
        *on("agent: read x this y out", {'~"read this out" 100%': "0:0 read x this y out"}),
        *on("agent: read v w this y z out", {'~"read this out" 100%': "clear"}),
        *on(SILENT, {'~"this call may be recorded" 85%': "no_words"}),
        *refused({'~"this call" 85%': "3: 3 to 100", '~"this call may" 101%': "18: 1% to 100%"}),
    ],
}


@pytest.mark.parametrize("case", named(ROWS))
def test_what_is_said_is_found_as_its_row_says(case: Case) -> None:
    case.check()
