"""The rows of the syntax table that join what is said: in words, seconds, turns, in number."""

import pytest

from tests.unit.detection.calls import WORKED, call, unlabelled
from tests.unit.detection.rules.cases import Case, Cases, named, of_unknown_role, on, paced, refused

SILENT = call("agent: ♪")
FEES = "agent: Refund the fee.\ncustomer: No fee today."
APART = "agent: The refund and its small fee apply."
TURNS = "agent: refund\ncustomer: yes\nagent: fee"
TALK = """
agent: Your name please?
customer: Ada. My credit card was charged. I want credit.
agent: Your card, Ada?
"""
TIMELESS = call(APART, start_ms=[-1] * 7, end_ms=[-1] * 7)
NO_NO = "agent: No. No refund, no. Fee fee.\ncustomer: No."

ROWS: dict[str, Cases] = {
    "OR, AND, NOT": [
        *on(
            FEES,
            {
                "refund OR fee": "0:0 Refund | 0:2 fee. | 1:1 fee",
                "refund OR tax": "0:0 Refund",
                "refund AND fee": "0:0 Refund | 0:2 fee. | 1:1 fee",
                "refund AND tax": "clear",
                "NOT tax": "absent 6",
                "NOT fee": "clear",
                "NOT (refund AND tax)": "absent 6",
                "refund AND NOT tax": "0:0 Refund | absent 6",
                "(refund OR tax) AND NOT fee": "clear",
                "tax OR levy": "clear",
            },
        ),
        *on(
            of_unknown_role(FEES),
            {
                "agent: refund OR tax": "error 18: agent: (refund OR tax)",
                "(agent: refund) OR tax": "roles_unknown",
                "(agent: refund) AND tax": "clear",
                "(agent: refund) OR fee": "0:2 fee. | 1:1 fee",
            },
        ),
        *refused({"refund -fee": "8: AND NOT fee", "refund NOT fee": "8: AND NOT"}),
    ],
    "NEAR": [
        *on(
            APART,
            {
                "refund NEAR/3 fee": "0:1 refund and its small fee",
                "fee NEAR/3 refund": "0:1 refund and its small fee",
                "refund NEAR/2 fee": "clear",
                "fee NEAR/2 refund": "clear",
                "refund NEAR/3 tax": "clear",
            },
        ),
        *on(
            paced("agent: refund fee", 0, 10_100),
            {"refund NEAR/10s fee": "0:0 refund fee", "fee NEAR/9s refund": "clear"},
        ),
        *on(TURNS, {"refund NEAR/2t fee": "0:0 refund yes fee", "refund NEAR/1t fee": "clear"}),
        *on(unlabelled(TURNS), {"refund NEAR/2t fee": "no_turns"}),
        *on(
            TIMELESS,
            {"refund NEAR/9s fee": "no_times", "refund NEAR/3 fee": "0:1 refund and its small fee"},
        ),
        *refused({"refund NEAR fee": "8: NEAR/5"}),
    ],
    "BEFORE": [
        *on(
            WORKED,
            {
                "recorded BEFORE want": "0:7 recorded. Hi, I uh I want",
                "want BEFORE recorded": "clear",
                "refund BEFORE/0 after": "2:5 refund after",
                "after BEFORE/0 refund": "clear",
                "a BEFORE/3 days": "2:4 a refund after thirty days.",
                "a BEFORE/2 days": "clear",
                "want BEFORE/1 refund": "1:4 want a refund.",
                "refund BEFORE sure": "1:6 refund. Sure.",
            },
        ),
        *on(
            paced("agent: refund fee", 0, 5_100),
            {"refund BEFORE/5s fee": "0:0 refund fee", "refund BEFORE/4s fee": "clear"},
        ),
        *on(TURNS, {"refund BEFORE/2t fee": "0:0 refund yes fee", "fee BEFORE/2t refund": "clear"}),
        *on(unlabelled(TURNS), {"refund BEFORE/2t fee": "no_turns"}),
    ],
    "SAME TURN, NEXT TURN": [
        *on(
            TALK,
            {
                "credit SAME TURN charged": "1:2 credit card was charged. | "
                "1:5 charged. I want credit.",
                "charged SAME TURN Ada": "1:0 Ada. My credit card was charged.",
                "name SAME TURN credit": "clear",
                "name NEXT TURN Ada": "0:1 name please? Ada.",
                "please NEXT TURN card": "0:2 please? Ada. My credit card",
                "name NEXT TURN want": "0:1 name please? Ada. My credit card was charged. I want",
                "Ada NEXT TURN name": "clear",
                "name NEXT TURN please": "clear",
            },
        ),
        *on(
            unlabelled(TALK),
            {"name SAME TURN please": "no_turns", "name NEXT TURN Ada": "no_turns"},
        ),
        *refused({"a SAME TURN b NEXT TURN c": "15: parentheses"}),
    ],
    "INSIDE, CONTAINING": [
        *on(
            TALK,
            {
                'credit INSIDE "credit card"': "1:2 credit",
                'credit NOT INSIDE "credit card"': "1:8 credit.",
                'card NOT INSIDE ("credit card" OR "your card")': "clear",
                '"credit card" CONTAINING card': "1:2 credit card",
                '"credit card" CONTAINING charged': "clear",
                'name INSIDE "credit card"': "clear",
                "(my NEAR/3 charged) CONTAINING card": "1:1 My credit card was charged.",
                'name NOT INSIDE "credit card"': "0:1 name",
            },
        ),
        *on(of_unknown_role(TALK), {'card INSIDE (agent: "your card")': "roles_unknown"}),
        *on(SILENT, {"credit INSIDE card": "no_words"}),
        *refused({"a INSIDE NOT b": "10: a NOT INSIDE b"}),
    ],
    "NOT NEAR": [
        *on(
            APART,
            {
                "refund NOT NEAR/2 fee": "0:1 refund",
                "refund NOT NEAR/3 fee": "clear",
                "fee NOT NEAR/3 refund": "clear",
                "fee NOT NEAR/9 tax": "0:5 fee",
                "tax NOT NEAR/1 fee": "clear",
            },
        ),
        *on(
            paced("agent: refund fee", 0, 10_100),
            {"refund NOT NEAR/10s fee": "clear", "refund NOT NEAR/9s fee": "0:0 refund"},
        ),
        *on(TURNS, {"refund NOT NEAR/1t fee": "0:0 refund", "refund NOT NEAR/2t fee": "clear"}),
        *on(unlabelled(TURNS), {"refund NOT NEAR/1t fee": "no_turns"}),
        *on(of_unknown_role(APART), {"refund NOT NEAR/1 (agent: its)": "roles_unknown"}),
    ],
    "COUNT": [
        *on(
            NO_NO,
            {
                "COUNT(no) >= 3": "0:0 No. | 0:1 No | 0:3 no. | 1:0 No.",
                "COUNT(no) = 4": "0:0 No. | 0:1 No | 0:3 no. | 1:0 No.",
                "COUNT(no) > 4": "clear",
                "COUNT(no) < 4": "clear",
                "COUNT(fee) = 1": "0:5 fee.",
                "COUNT(no) = 0": "clear",
                'COUNT("no no") >= 1': "0:0 No. No",
                "COUNT(customer: no) = 1": "1:0 No.",
            },
        ),
        *on(FEES, {"COUNT(tax) = 0": "absent 6", "COUNT(tax) < 1": "absent 6"}),
        *on(
            of_unknown_role(NO_NO),
            {"COUNT(agent: no) >= 1": "roles_unknown", "COUNT(agent: no) = 0": "roles_unknown"},
        ),
        *refused({"COUNT(a) >= 0": "13: always true", "COUNT(NOT a) > 1": "7: COUNT"}),
    ],
}


@pytest.mark.parametrize("case", named(ROWS))
def test_operators_join_as_their_row_says(case: Case) -> None:
    case.check()
