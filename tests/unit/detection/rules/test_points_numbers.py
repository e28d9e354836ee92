"""Points 19 to 24: units, the grammar of numbers, digits, homophones, ends, wildcards."""

import pytest

from tests.unit.detection.calls import WORKED, call
from tests.unit.detection.rules.cases import Case, Cases, named, on, paced, refused

PRICES = "agent: It is $35, or thirty five bucks, or 35. Then 8 per cent."
SUM = "agent: So twelve hundred dollars and fifty cents in all, for 30 days."
SOCIAL = "customer: It is five five two oh nine one two three four. Or 552-09-1234. Or 552 09 1234."
EACH_SOCIAL = (
    "0:2 five five two oh nine one two three four. | 0:12 552-09-1234. | 0:14 552 09 1234."
)
RANGE = "agent: In 3-5 days, twenty four seven. Call 24/7."
ONES = "agent: No one wants one of them, wait a second. One dollar, a month, one, 1 year."
IN_FRENCH = call(PRICES, language="fr")

POINTS: dict[str, Cases] = {
    "19": [
        *on(
            PRICES,
            {
                '"35 dollars"': "0:2 $35, | 0:4 thirty five bucks,",
                '"$35"': "0:2 $35, | 0:4 thirty five bucks,",
                '"thirty five dollars"': "0:2 $35, | 0:4 thirty five bucks,",
                "35": "0:2 $35, | 0:4 thirty five | 0:8 35.",
                "dollars": "0:2 $35, | 0:6 bucks,",
                '"8 percent"': "0:10 8 per cent.",
                '"8%"': "0:10 8 per cent.",
                "35 NOT NEAR/0 dollars": "0:8 35.",
                '"36 dollars"': "clear",
                "is NEAR/1 or": "clear",
                "is NEAR/2 or": "0:1 is $35, or",
                '"it is <money> or <money>"': "0:0 It is $35, or thirty five bucks,",
            },
        ),
        *on(
            SUM,
            {
                '"$1,200.50"': "0:1 twelve hundred dollars and fifty cents",
                '"1200.50 dollars"': "0:1 twelve hundred dollars and fifty cents",
                "<money>": "0:1 twelve hundred dollars and fifty cents",
                "so NEAR/2 in": "0:0 So twelve hundred dollars and fifty cents in",
                '"30 <duration>"': "clear",
                '"for <duration>"': "0:9 for 30 days.",
            },
        ),
        *on(IN_FRENCH, {'"35 dollars"': "numbers_unread"}),
    ],
    "20": [
        *on("agent: a hundred and five", {"105": "0:0 a hundred and five", "100": "clear"}),
        *on("agent: two thousand three hundred", {"2,300": "0:0 two thousand three hundred"}),
        *on("agent: five and six", {'"5 and 6"': "0:0 five and six", "11": "clear"}),
        *on("agent: three point one four", {"3.14": "0:0 three point one four"}),
        *on("agent: double five two", {"552": "0:0 double five two"}),
        *on("agent: the third on the 3rd", {"third": "0:1 third | 0:4 3rd", "3": "clear"}),
        *on("agent: in nineteen eighty", {"1980": "0:1 nineteen eighty", "19": "clear"}),
        *on("agent: in twenty twenty four", {"2024": "0:1 twenty twenty four"}),
        *on("agent: nineteen eighty dollars", {"1980": "clear"}),
        *on(
            "agent: at 12:30 sharp", {"12:30": "0:1 12:30", "at NEAR/1 sharp": "0:0 at 12:30 sharp"}
        ),
        *on(
            "agent: half a dozen and a couple",
            {"half": "0:0 half", "12": "clear", "<number>": "clear"},
        ),
        *on("agent: minus 1,200.50", {"1200.5": "0:1 1,200.50"}),
        *on(call("agent: trente", language="fr"), {"30": "numbers_unread"}),
        *on("agent: twenty four seven", {'"24 7"': "0:0 twenty four seven", "247": "clear"}),
    ],
    "21": [
        *on(
            SOCIAL,
            {
                "<digits 9>": EACH_SOCIAL,
                "552-09-1234": EACH_SOCIAL,
                '"552091234"': EACH_SOCIAL,
                "<digits 4>": "clear",
                "<digits 8>": "clear",
                '"5520912"': "clear",
                '"is <digits 9>"': "0:1 is five five two oh nine one two three four.",
            },
        ),
        *on(
            RANGE,
            {
                '"3 5 days"': "0:1 3-5 days,",
                '"35 days"': "clear",
                "5 NEAR/0 days": "0:1 3-5 days,",
                '"24 7"': "0:3 twenty four seven. | 0:7 24/7.",
                '"24/7"': "0:3 twenty four seven. | 0:7 24/7.",
                "247": "clear",
            },
        ),
        *on("agent: four five dollars", {'"5 dollars"': "0:1 five dollars", "45": "clear"}),
        *on("agent: one oh uh two", {"102": "0:0 one oh uh two", "12": "clear"}),
        *on(call(SOCIAL, language="fr"), {"<digits 9>": "numbers_unread"}),
    ],
    "22": [
        *on(
            ONES,
            {
                "1": "0:1 one | 0:3 one | 0:9 One | 0:13 one, | 0:14 1",
                '"no 1"': "0:0 No one",
                "<number>": "0:9 One | 0:14 1",
                "<money>": "0:9 One dollar,",
                "<duration>": "0:7 a second. | 0:11 a month, | 0:14 1 year.",
                "won": "clear",
                "<percent>": "clear",
            },
        ),
        *on(
            "agent: to two for four",
            {"2": "0:1 two", "to": "0:0 to", "too": "clear", "for": "0:2 for"},
        ),
        *on("agent: oh I see, the second time", {"<number>": "clear", "<duration>": "clear"}),
        *on(call(ONES, language="fr"), {"<number>": "numbers_unread"}),
        *on("agent: oh no", {"oh": "0:0 oh", "0": "clear"}),
    ],
    "23": [
        *on("agent: five five. two oh", {"5520": "clear", '"5 5"': "0:0 five five."}),
        *on(
            "agent: I have thirty. Days pass",
            {"<duration>": "clear", '"<number> days"': "0:2 thirty. Days"},
        ),
        *on("agent: twenty\ncustomer: five", {"25": "clear", "20": "0:0 twenty"}),
        *on(
            "agent: four two three\ncustomer: mhm\nagent: one",
            {"4231": "0:0 four two three mhm one", "423": "clear"},
        ),
        *on("agent: 4242 4242\ncustomer: ok\nagent: 4242 4242", {"<digits 16>": "clear"}),
        *on(
            "agent: 4242 4242. 4242 4242",
            {"<digits 16>": "clear", "<digits 8>": "0:0 4242 4242. | 0:2 4242 4242"},
        ),
        *on(
            paced("agent: 4242 4242", 0, 2100),
            {"<digits 8>": "clear", "<digits 4>": "0:0 4242 | 0:1 4242"},
        ),
        *on(paced("agent: 4242 4242", 0, 2099), {"<digits 8>": "0:0 4242 4242"}),
        *on(paced("agent: four two four", 0, 3000, 6000), {"424": "0:0 four two four"}),
        *on(call("agent: 4242 4242", language="fr"), {"<digits 8>": "numbers_unread"}),
    ],
    "24": [
        *on(
            "agent: I can't, I cannot, canned 300 uh #### refunds? 30 hmm",
            {
                "can*": "0:1 can't, | 0:3 cannot, | 0:4 canned",
                "*not": "0:1 can't, | 0:3 cannot,",
                "refund?": "0:8 refunds?",
                "refund??": "clear",
                "re?unds": "0:8 refunds?",
                "th*": "clear",
                "*th": "clear",
                "hm?": "clear",
                "*ned": "0:4 canned",
            },
        ),
        *refused(
            {
                "30*": "1: letters only",
                "a*": "1: at least 2 letters",
                "c*n": "1: refund*",
                "?an": "1: ",
                "**an": "1: ",
                "?": "1: ",
                '"your 3?"': "7: letters only",
            }
        ),
        *on(call("agent: ♪"), {"refund?": "no_words"}),
    ],
    "53": [
        *on(
            WORKED,
            {
                "refund NEAR/3 refund": "clear",
                'COUNT("30 days") = 1': "2:7 thirty days.",
                '(guarantee OR "guarantee a refund") BEFORE/0 after': (
                    "2:3 guarantee a refund after"
                ),
                '"I refund"': "clear",
                "<number>": "2:7 thirty",
                'COUNT("30 days") = 2': "clear",
                '"I want a refund"': "1:3 I want a refund.",
            },
        ),
        *on(call(WORKED, language="fr"), {"<number>": "numbers_unread"}),
        *refused({"agent: refund OR fee": "18: agent: (refund OR fee) | (agent: refund) OR fee"}),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_numbers_are_read_as_their_point_says(case: Case) -> None:
    case.check()
