"""Points 45 to 48, what comes after a rule, near-verbatim texts, confidence, limits; section 10."""

import pytest

from reviews.detection.evidence import Found
from tests.unit.detection.calls import WORKED, ask, call
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    heard,
    named,
    of_unknown_role,
    on,
    other_rule,
    refused,
    ruled,
)

CHECKED = "agent: Your balance. Your name?\ncustomer: Ada.\nagent: Your name is on the balance."
NAMED = [other_rule("named", '"your name"')]
ROLE = [other_rule("named", 'agent: "your name"')]
NEVER = [other_rule("named", '"never said"')]
IN_FRENCH = [other_rule("named", '"your name"', languages=["fr"])]
LONGER = [other_rule("named", '"your name"', applies_when="call.duration >= 1:00:00")]
VALUE = {"code": "named", "title": "n", "check": {"pii": {"entities": ["phone_number"]}}}
READ = "agent: Read this. Then read this out.\ncustomer: Read out this."
SURE = heard("agent: the rate is fixed", 0.9, 0.6, None, 0.59)
DEEP = 32
LONG = " OR ".join(["a"] * 500)

POINTS: dict[str, Cases] = {
    "45": [
        *ruled(
            CHECKED,
            {
                "balance AFTER RULE named": "2:5 balance.",
                "balance NOT AFTER RULE named": "0:1 balance.",
                "name AFTER RULE named": "2:1 name",
                "name NOT AFTER RULE named": "0:3 name?",
                '"your balance" AFTER RULE named': "clear",
                "Ada AFTER RULE named": "1:0 Ada.",
                "COUNT(balance AFTER RULE named) = 1": "2:5 balance.",
                "NOT balance AFTER RULE named": "clear",
            },
            others=NAMED,
        ),
        *ruled(
            CHECKED,
            {
                "balance AFTER RULE named": "clear",
                "balance NOT AFTER RULE named": "0:1 balance. | 2:5 balance.",
            },
            others=NEVER,
        ),
        *ruled(
            call(CHECKED, language="en"), {"Ada AFTER RULE named": "rule_unknown"}, others=IN_FRENCH
        ),
        *ruled(CHECKED, {"Ada NOT AFTER RULE named": "rule_unknown"}, others=LONGER),
        *ruled(of_unknown_role(CHECKED), {"Ada AFTER RULE named": "rule_unknown"}, others=ROLE),
        *ruled(
            "agent: Call 312 555 0142 thanks",
            {"thanks AFTER RULE named": "0:4 thanks", "call AFTER RULE named": "clear"},
            others=[VALUE],
        ),
        *refused({"a AFTER RULE named": "14: rubric"}),
    ],
    "46": [
        *on(
            READ,
            {
                '~"read this out" 100%': "0:3 read this out.",
                '~"read this out" 66%': "0:0 Read this. | 0:3 read this out. | 1:0 Read out",
                '~"read this out" 67%': "0:3 read this out.",
                '~"READ THIS, OUT!" 100%': "0:3 read this out.",
                'customer: ~"read this out" 67%': "clear",
                '~"out this read" 100%': "clear",
                '~"out read out" 66%': "0:3 read this out. | 1:0 Read out",
            },
        ),
        *on("agent: read this\ncustomer: out", {'~"read this out" 100%': "clear"}),
        *on("agent: read #### out", {'~"read this out" 100%': "clear"}),
        *on("agent: I don't read", {'~"do not read" 100%': "0:1 don't read"}),
        *on(of_unknown_role(READ), {'agent: ~"read this out" 100%': "roles_unknown"}),
        *refused(
            {
                '~"read this" 85%': "3: 3 to 100",
                '~"read th* out" 85%': "10: ",
                '~"read <money> out" 85%': "8: ",
                '~"read this out" 0%': "18: 1% to 100%",
                '~"read this out" 101%': "18: 1% to 100%",
                '~"read this out"': "17: 85%",
            }
        ),
    ],
    "47": [
        *on(
            SURE,
            {
                "rate CONF >= 0.6": "0:1 rate",
                "rate CONF >= 0.601": "clear",
                "fixed CONF >= 0.6": "clear",
                "is CONF >= 0.1": "no_confidence",
                '"rate is" CONF >= 0.6': "no_confidence",
                "(rate NEAR/1 fixed) CONF >= 0.59": "0:1 rate is fixed",
                "(rate NEAR/1 fixed) CONF >= 0.6": "clear",
                "the CONF >= 1": "clear",
                "the CONF >= 0": "0:0 the",
                "(the OR fixed) CONF >= 0.6": "0:0 the",
            },
        ),
        *refused(
            {
                "a CONF >= 60": "11: 0 to 1",
                "a CONF >= 1.1": "11: 0 to 1",
                "a CONF >= -1": "11: 0 to 1",
                "a CONF <= 0.6": "8: CONF >= 0.6",
                "a CONF >= high": "11: 0 to 1",
            }
        ),
    ],
    "48": [
        *on(
            "agent: a é",
            {
                "a" + " " * 9_999: "0:0 a",
                "é" * 10_000 + " ": "error 10001: 10000",
                "( " * DEEP + "a" + " )" * DEEP: "0:0 a",
                LONG: "0:0 a",
                '"b ' + "c " * 98 + 'd"': "clear",
            },
        ),
        *refused(
            {
                LONG + " OR a": "2501: 500",
                "(" * 33 + "a" + ")" * 33: "34: 32",
                "NOT " * 33 + "a": "133: 32",
                '"' + "b " * 101 + '"': "2: 100 words",
                "a NEAR/1001 b": "3: 0 to 1000",
                "a NEAR/3601s b": "3: 0 to 3600",
                "a NEAR/501t b": "3: 0 to 500",
                "<digits 41>": "1: 1 to 40",
                '~"' + "b " * 101 + '" 85%': "3: 3 to 100",
            }
        ),
    ],
}
TRAPS: dict[str, Cases] = {
    "traps": [
        *on(
            "agent: 8 percent 5t and 30s at 0:30 w/5 then 24/7. We can't pay $35 by thirty five",
            {
                # The same signs are words, sizes or operators by where they stand.
                "8%": "0:0 8 percent",
                "5t": "0:2 5t",
                "30s IN FIRST 30s": "0:4 30s",
                "0:30 IN 0:00..2:00": "0:6 0:30",
                "24/7": "0:9 24/7.",
                '"w/5"': "0:7 w/5",
                "5t w/2 30s": "0:2 5t and 30s",
                "5t IN FIRST 5t": "0:2 5t",
                "8% IN FIRST 15%": "0:0 8 percent",
                "COUNT(8%) = 1": "0:0 8 percent",
                # One word may be two tokens, and one token several words.
                "not": "0:11 can't",
                "dollars": "0:13 $35",
                "pay NEAR/2 by": "0:12 pay $35 by",
                "by NEAR/0 35": "0:14 by thirty five",
                "35": "0:13 $35 | 0:15 thirty five",
                "agent": "clear",
            },
        ),
        *on(
            "agent: The \N{LATIN SMALL LIGATURE FI}ne Stra\N{LATIN SMALL LETTER SHARP S}e 😀 “fee”",
            {
                "fine": "0:1 \N{LATIN SMALL LIGATURE FI}ne",
                '"fine strasse fee"': "0:1 \N{LATIN SMALL LIGATURE FI}ne "
                "Stra\N{LATIN SMALL LETTER SHARP S}e 😀 “fee”",
                '"the fine"': "0:0 The \N{LATIN SMALL LIGATURE FI}ne",
            },
        ),
        *on(
            "agent: it is $2150 or 2150 dollars",
            {
                '"$2150"': "0:2 $2150 | 0:4 2150 dollars",
                '"2150 dollars"': "0:2 $2150 | 0:4 2150 dollars",
            },
        ),
        *on("agent: ♪", {"8%": "no_words"}),
        *refused({"a AND w/5": '7: "w/5" in quotes', "a NOT b": "3: AND NOT"}),
    ]
}
SECTION_10: dict[str, Cases] = {
    "section 10": [
        *on(
            WORKED,
            {
                'agent: "this call is being recorded" IN FIRST 30s': (
                    "0:3 this call is being recorded."
                ),
                'customer: "I want a refund"': "1:3 I want a refund.",
                '"cannot guarantee"': "2:2 can't guarantee",
                '"can not guarantee"': "2:2 can't guarantee",
                'refund NEAR/3 "30 days"': "2:5 refund after thirty days.",
                "guarantee NOT NEAR/2 (not OR never)": "clear",
                "customer: guarantee": "clear, nearest role 2:3 guarantee",
                'refund BEFORE "being recorded"': "clear",
                'NOT agent: "verify your identity"': "absent 17",
            },
        ),
        *refused({"refund NEAR/5 NOT fee": "15: NEAR needs two span | refund NOT NEAR/5 fee"}),
    ]
}


@pytest.mark.parametrize("case", named(POINTS | TRAPS | SECTION_10))
def test_rules_texts_and_limits_are_as_their_point_says(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("agent: read this out to you", 1.0),
        ("agent: read this out to", 4 / 5),
        ("agent: read well this then out to you", 1.0),
        ("agent: you read this out", 3 / 5),
    ],
)
def test_point_46_the_score_is_the_share_of_the_words_said_in_order(
    said: str, score: float
) -> None:
    outcome = ask('~"read this out to you" 60%', said)
    assert isinstance(outcome, Found)
    assert [each.score for each in outcome.evidence] == [score]
