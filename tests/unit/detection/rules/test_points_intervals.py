"""Points 5 to 11: what OR keeps, chains, precedence, and scopes or suffixes on one side only."""

import pytest

from tests.unit.detection.calls import call
from tests.unit.detection.rules.cases import Case, Cases, named, of_unknown_role, on, refused

CARD = "agent: A credit card please. The credit is due."
CHAIN = "agent: The total is a fee and tax or fee tax."
MIXED = "agent: The fee is due.\ncustomer: Okay. The refund is not due, the fee is.\nagent: Okay."
SILENT = call("agent: ♪")

POINTS: dict[str, Cases] = {
    "5": [
        *on(
            CARD,
            {
                'credit NOT INSIDE ("credit card" OR card)': "0:5 credit",
                'credit NOT INSIDE (card OR "credit card")': "0:5 credit",
                '("credit card" OR credit) NEAR/0 please': "0:1 credit card please.",
                '"(credit card|credit)" NEAR/0 please': "0:1 credit card please.",
                '"credit [card]" NEAR/0 please': "0:1 credit card please.",
                '"credit card" OR credit': "0:1 credit | 0:5 credit",
                '("credit card" OR credit) INSIDE "a credit card"': "0:1 credit",
                'please NEAR/0 (credit OR "credit card")': "0:1 credit card please.",
                "credit NOT NEAR/0 (card OR is)": "clear",
                "credit NOT NEAR/0 (card OR the)": "clear",
                "credit NOT NEAR/0 (card OR due)": "0:5 credit",
            },
        ),
        *on(of_unknown_role(CARD), {"(agent: credit) OR (agent: card)": "roles_unknown"}),
    ],
    "6": [
        *on(
            CHAIN,
            {
                "total BEFORE/9 fee BEFORE/0 tax": "0:1 total is a fee and tax or fee tax.",
                "(total BEFORE/9 fee) BEFORE/0 tax": "clear",
                "total BEFORE/2 fee BEFORE/1 tax": "0:1 total is a fee and tax",
                "total BEFORE/2 fee BEFORE/0 tax": "clear",
                "total BEFORE fee BEFORE tax": "0:1 total is a fee and tax",
                "(total BEFORE/2 fee) BEFORE/1 tax": "0:1 total is a fee and tax",
                "fee BEFORE/9 total BEFORE/9 tax": "clear",
            },
        ),
        *on(SILENT, {"total BEFORE/9 fee BEFORE/0 tax": "no_words"}),
        *refused(
            {
                "a NEAR/5 b NEAR/5 c": "12: (a NEAR/5 b) NEAR/5 c | a NEAR/5 b AND b NEAR/5 c",
                "a BEFORE/5 b NEAR/5 c": "14: (a BEFORE/5 b) NEAR/5 c",
                "a INSIDE b INSIDE c": "12: (a INSIDE b) INSIDE c",
            }
        ),
    ],
    "7": [
        *on(
            MIXED,
            {
                # AND before OR; a scope takes one primary; NOT after the operators of level 4.
                "fee OR tax AND toll": "0:1 fee | 1:7 fee",
                "toll AND tax OR fee": "0:1 fee | 1:7 fee",
                "(fee OR tax) AND toll": "clear",
                "NOT fee NEAR/1 refund": "absent 14",
                "NOT refund NEAR/5 fee": "clear",
                "NOT toll AND refund": "1:2 refund | absent 14",
                "okay NEAR/3 refund OR tax": "1:0 Okay. The refund",
                "agent: fee IN FIRST 1t": "0:1 fee",
                "agent: okay IN FIRST 1t": "clear",
                "(agent: fee) NEAR/5 okay": "0:1 fee is due. Okay.",
                "okay IN LAST 2t IN FIRST 2t": "1:0 Okay.",
                "okay IN LAST 1t IN FIRST 2t": "clear",
            },
        ),
        *on(of_unknown_role(MIXED), {"(agent: fee) NEAR/5 okay": "roles_unknown"}),
        *refused(
            {
                "agent: fee NEAR/5 okay": "19: agent: (fee NEAR/5 okay) | (agent: fee) NEAR/5 okay",
                "a NOT b": "3: AND NOT",
                "a NOT SAME TURN b": "3: AND NOT",
                "a NOT CONTAINING b": "3: AND NOT",
                "a NOT IN FIRST 3s": "3: AND NOT",
            }
        ),
    ],
    "8": [
        *refused(
            {
                "agent: a OR b": "13: agent: (a OR b) | (agent: a) OR b",
                "a OR agent: b": "1: agent: (a OR b) | a OR (agent: b)",
                "agent: a NEAR/5 b": "17: agent: (a NEAR/5 b) | (agent: a) NEAR/5 b",
                "agent: a BEFORE b": "17: agent: (a BEFORE b)",
                "speaker(A): a INSIDE b": "22: speaker(A): (a INSIDE b)",
                "customer: a NEXT TURN b": "23: customer: (a NEXT TURN b)",
                "agent: a NOT NEAR/5 b": "21: agent: (a NOT NEAR/5 b)",
            }
        ),
        *on(
            MIXED,
            {
                "agent: fee OR agent: okay": "0:1 fee | 2:0 Okay.",
                "agent: okay NEXT TURN customer: fee": "clear",
                "agent: fee AND refund": "0:1 fee | 1:2 refund",
                "agent: refund AND fee": "clear",
                "NOT agent: refund": "absent 5",
                "(agent: fee) OR refund": "0:1 fee | 1:2 refund",
                "agent: (fee OR refund)": "0:1 fee",
            },
        ),
        *on(of_unknown_role(MIXED), {"agent: fee AND refund": "roles_unknown"}),
    ],
    "9": [
        *refused(
            {
                "a OR b IN FIRST 30s": "6: (a OR b) IN FIRST 30s | a OR (b IN FIRST 30s)",
                "a NEAR/5 b IN FIRST 30s": "10: (a NEAR/5 b) IN FIRST 30s",
                "a BEFORE b AT TURN START": "10: (a BEFORE b) AT TURN START",
                "a OR b AS QUESTION": "6: (a OR b) AS QUESTION",
                "a OR b CONF >= 0.6": "6: (a OR b) CONF >= 0.6",
                "a AND b OR c IN FIRST 3s": "12: (a AND b OR c) IN FIRST 3s",
                "a INSIDE b IN ONE TURN": "10: (a INSIDE b) IN ONE TURN",
            }
        ),
        *on(
            MIXED,
            {
                "(fee OR okay) IN FIRST 1t": "0:1 fee",
                "fee OR (okay IN FIRST 1t)": "0:1 fee | 1:7 fee",
                "fee IN FIRST 1t OR okay": "0:1 fee | 1:0 Okay. | 2:0 Okay.",
                "fee AND okay IN LAST 1t": "0:1 fee | 1:7 fee | 2:0 Okay.",
                "fee AND refund IN LAST 1t": "clear",
                "(fee OR refund) IN LAST 1t": "clear",
            },
        ),
    ],
    "10": [
        *on(
            MIXED,
            {
                "agent: (due BEFORE/8 okay)": "clear",
                "agent: (due BEFORE/9 okay)": (
                    "0:3 due. Okay. The refund is not due, the fee is. Okay."
                ),
                "customer: (refund NOT NEAR/2 not)": "clear",
                "agent: (due NOT NEAR/9 not)": "0:3 due.",
                "agent: due NOT NEAR/9 agent: not": "0:3 due.",
                'customer: (fee NOT INSIDE "the fee is due")': "1:7 fee",
                'agent: (fee NOT INSIDE "the fee is")': "clear",
                "agent: (fee NEAR/9 refund)": "clear",
                "agent: (agent: fee)": "0:1 fee",
                "agent: speaker(agent): fee": "0:1 fee",
                "agent: speaker(customer): fee": "clear",
            },
        ),
        *on(of_unknown_role(MIXED), {"agent: (fee NEAR/1 due)": "roles_unknown"}),
        *refused({"agent: customer: a": "1: ", "agent: (customer: a)": "1: "}),
    ],
    "11": [
        *refused(
            {
                "agent: (a AND b)": "8: (agent: A) AND (agent: B)",
                "agent: (NOT a)": "8: ",
                "agent: NOT a": "8: NOT agent: a",
                "agent: COUNT(a) > 1": "8: ",
                "(a AND b) IN FIRST 5s": "1: (A IN FIRST 5s) AND (B IN FIRST 5s)",
                "(NOT a) AS QUESTION": "1: ",
                "COUNT(a) = 1 IN FIRST 5s": "1: ",
                "speaker(A): (a AND b)": "13: (speaker(A): A) AND (speaker(A): B)",
            }
        ),
        *on(
            MIXED,
            {
                "(agent: fee) AND (agent: okay)": "0:1 fee | 2:0 Okay.",
                "(agent: fee) AND (agent: refund)": "clear",
                "NOT agent: refund": "absent 5",
                "COUNT(agent: fee) = 1": "0:1 fee",
            },
        ),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_stretches_are_kept_and_refused_as_their_point_says(case: Case) -> None:
    case.check()
