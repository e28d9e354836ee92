"""Points 38 to 44: three values, roles, no words, absence, unsure words, evidence, counts."""

import pytest

from tests.unit.detection.calls import call, unlabelled
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    heard,
    named,
    of_unknown_role,
    on,
    refused,
    ruled,
)

PARTLY = "agent: The fee.\ncustomer: A tax.\nunknown: My fee and tax."
EMPTY = call("agent: — ♪ …\ncustomer: 😀")
SIX = "agent: fee tax toll ape bee cat"
ONE_FAINT = heard(SIX, 0.3, 0.9, 0.9, 0.9, 0.9, 0.9)
FIVE = "agent: ape bee cat dog elk"
AT_SHARE = heard(FIVE, 0.3, 0.9, 0.9, 0.9, 0.9)
OVER_SHARE = heard(FIVE, 0.3, 0.49, 0.9, 0.9, 0.9)
FEES = "agent: Refund the fee.\ncustomer: No fee today."
PAIRS = "agent: fee tax fee tax"

POINTS: dict[str, Cases] = {
    "38": [
        *on(
            PARTLY,
            {
                "(agent: tax) OR fee": "0:1 fee. | 2:1 fee",
                "(agent: tax) OR toll": "roles_unknown",
                "(agent: tax) NEAR/5 toll": "clear",
                "(agent: tax) NEAR/5 fee": "roles_unknown",
                "(agent: fee) NEAR/0 and": "roles_unknown",
                "(agent: fee) NEAR/0 the": "0:0 The fee.",
                "fee NOT NEAR/9 (agent: tax)": "roles_unknown",
                "toll NOT NEAR/9 (agent: tax)": "clear",
                "(agent: fee) NEAR/9 tax": "0:1 fee. A tax.",
                "COUNT(agent: fee) >= 1": "0:1 fee.",
                "COUNT(agent: fee) >= 2": "roles_unknown",
                "COUNT(agent: fee) < 1": "clear",
                "COUNT(agent: fee) <= 1": "roles_unknown",
                "NOT agent: tax": "roles_unknown",
                "agent: tax AND toll": "clear",
                "agent: tax AND fee": "roles_unknown",
            },
        ),
        *on(
            PARTLY,
            {"COUNT(agent: fee) >= 3": "clear", "COUNT(agent: fee) <= 2": "0:1 fee."},
        ),
    ],
    "39": [
        *on(
            PARTLY,
            {
                "agent: fee": "0:1 fee.",
                "customer: fee": "roles_unknown",
                "customer: tax": "1:1 tax.",
                "agent: tax": "roles_unknown",
                "other: fee": "roles_unknown",
                "agent: a": "clear",
                "agent: toll": "clear",
                "NOT agent: toll": "absent 6",
                "NOT customer: toll": "absent 6",
                "NOT other: toll": "absent 4",
                "(agent: the) IN LAST 1t": "clear",
                'agent: "my fee"': "roles_unknown",
                "customer: (a OR my)": "1:0 A",
            },
        ),
        *on(of_unknown_role(PARTLY), {"agent: the": "roles_unknown", "customer: toll": "clear"}),
        *on(unlabelled(PARTLY), {"agent: the": "roles_unknown"}),
    ],
    "40": on(
        EMPTY,
        {
            "fee": "no_words",
            "NOT fee": "no_words",
            "COUNT(fee) = 0": "no_words",
            "COUNT(fee) >= 1": "no_words",
            "fee OR NOT tax": "no_words",
            "fee AND tax": "no_words",
            "fee NEAR/5 tax": "no_words",
            "agent: fee IN FIRST 30s": "no_words",
            "fee AS QUESTION": "no_words",
            '~"read this out" 90%': "no_words",
            "<money>": "no_words",
            "call.duration >= 1s": "no_words",
            "NOT call.first_contact": "no_words",
        },
    ),
    "41": [
        *on(AT_SHARE, {"NOT fee": "absent 5", "COUNT(fee) = 0": "absent 5"}, floor=0.5),
        *on(
            OVER_SHARE,
            {
                "NOT fee": "low_confidence",
                "fee": "clear",
                "COUNT(fee) = 0": "low_confidence",
                "COUNT(fee) < 2": "low_confidence",
                "COUNT(fee) != 1": "low_confidence",
                "COUNT(fee) >= 1": "clear",
                "NOT cat": "clear",
                "fee OR cat": "0:2 cat",
            },
            floor=0.5,
        ),
        *on(OVER_SHARE, {"NOT fee": "absent 5"}),
        *on("agent: #### said ####", {"NOT fee": "masked", "fee": "clear"}),
        *ruled(
            OVER_SHARE, {"fee": "low_confidence"}, violation_when="absent", confidence_floor=0.5
        ),
        *ruled(OVER_SHARE, {"fee": "clear"}, confidence_floor=0.5),
        *ruled(
            OVER_SHARE,
            {"fee": "clear"},
            violation_when="absent",
            confidence_floor=0.5,
            unsure_share=0.4,
        ),
    ],
    "42": [
        *on(
            ONE_FAINT,
            {
                "fee": "unsure 0:0 fee",
                "NOT fee": "clear, unsure 0:0 fee",
                "fee AND tax": "unsure 0:0 fee | 0:1 tax",
                "fee OR tax": "0:0 fee | 0:1 tax",
                "fee OR levy": "unsure 0:0 fee",
                '"fee tax"': "unsure 0:0 fee tax",
                "fee NEAR/1 toll": "unsure 0:0 fee tax toll",
                "COUNT(fee) >= 1": "unsure 0:0 fee",
                "fee AND NOT levy": "unsure 0:0 fee | absent 6",
                "NOT fee OR tax": "0:1 tax",
                "(fee AND fee) OR (tax AND toll)": "0:0 fee | 0:1 tax | 0:2 toll",
                "NOT levy OR fee": "0:0 fee | absent 6",
                "NOT levy": "absent 6",
                "levy": "clear",
            },
            floor=0.5,
        ),
        *on(
            heard(SIX, 0.9, 0.3, 0.9, 0.9, 0.9, 0.9),
            {"fee NEAR/1 toll": "0:0 fee tax toll"},
            floor=0.5,
        ),
        *on(heard("agent: fee and fee", 0.3, 0.9, 0.9), {"fee": "0:0 fee | 0:2 fee"}, floor=0.5),
        *on(
            call(SIX, roles=(call("unknown: a").roles[0],)),
            {"agent: fee": "roles_unknown"},
            floor=0.5,
        ),
    ],
    "43": [
        *on(
            FEES,
            {
                "refund AND today": "0:0 Refund | 1:2 today.",
                "fee AND fee": "0:2 fee. | 1:1 fee",
                "fee OR fee": "0:2 fee. | 1:1 fee",
                'fee AND "the fee"': "0:1 the fee. | 0:2 fee. | 1:1 fee",
                'fee OR "the fee"': "0:2 fee. | 1:1 fee",
                "today OR refund": "0:0 Refund | 1:2 today.",
                "refund OR tax": "0:0 Refund",
                "NOT tax": "absent 6",
                "COUNT(tax) = 0": "absent 6",
                "refund OR NOT tax": "0:0 Refund | absent 6",
                "refund OR NOT fee": "0:0 Refund",
                "refund AND NOT fee": "clear",
                "NOT customer: refund": "absent 3, nearest role 0:0 Refund",
                "NOT today IN FIRST 1s": "absent 3, nearest window 1:2 today.",
            },
        ),
        *on(
            of_unknown_role(FEES),
            {"(agent: refund) OR fee": "0:2 fee. | 1:1 fee", "agent: fee": "roles_unknown"},
        ),
    ],
    "44": [
        *on(
            PAIRS,
            {
                "COUNT(fee NEAR/0 tax) = 2": "0:0 fee tax | 0:2 fee tax",
                "COUNT(fee NEAR/0 tax) >= 3": "clear",
                "COUNT(fee) != 0": "0:0 fee | 0:2 fee",
                "COUNT(fee) <= 2": "0:0 fee | 0:2 fee",
                "COUNT(fee) > 1": "0:0 fee | 0:2 fee",
                "COUNT(fee) < 3": "0:0 fee | 0:2 fee",
                "COUNT(fee) = 1": "clear",
                "COUNT(toll) = 0": "absent 4",
                "NOT toll": "absent 4",
                "COUNT(toll) != 2": "absent 4",
                "COUNT(fee) = 0": "clear",
                'COUNT(fee OR "fee tax") = 2': "0:0 fee | 0:2 fee",
            },
        ),
        *on(
            ONE_FAINT,
            {
                "COUNT(fee) = 0": "clear, unsure 0:0 fee",
                "COUNT(fee) < 1": "clear, unsure 0:0 fee",
                "NOT fee": "clear, unsure 0:0 fee",
                "COUNT(customer: fee) = 0": "absent 0, nearest role 0:0 fee",
                "NOT customer: fee": "absent 0, nearest role 0:0 fee",
            },
            floor=0.5,
        ),
        *on(of_unknown_role(PAIRS), {"COUNT(agent: fee) = 0": "roles_unknown"}),
        *refused(
            {
                "COUNT(a) >= 0": "13: always true",
                "COUNT(a) < 0": "12: always false",
                "COUNT(a) = 1.5": "12: whole number",
                "COUNT(a) > -1": "12: whole number",
                "COUNT(a AND b) = 1": "7: COUNT",
                "COUNT(a)": "9: comparison",
            }
        ),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_outcomes_are_as_their_point_says(case: Case) -> None:
    case.check()
