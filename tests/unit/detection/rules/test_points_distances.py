"""Points 12 to 18: forms and measure of distances, what overlaps, nesting, turns, evidence."""

import pytest

from reviews.detection.engine import parse, run_query
from reviews.detection.evidence import Found
from reviews.detection.report import Report
from tests.unit.detection.calls import call, unlabelled
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    named,
    of_unknown_role,
    on,
    paced,
    refused,
    rewritten,
)

FEE = "agent: Refund uh the fee.\ncustomer: The tax fee?"
POLICY = "agent: Our refund policy has no refund today. Refund refunds."
NEST = "agent: A credit card fee.\ncustomer: Credit."
TURNS = """
agent: Your name please?
customer: Ada.
agent: Thanks.
customer: Your name?
agent: Bo.
"""
CROSSED = paced("agent: fee x tax\ncustomer: toll levy", 0, 3000, 6000, 1100, 5000)
"""The customer speaks inside the agent's pauses; the agent's words come first on the axis."""
TIMELESS = call(FEE, start_ms=[-1] * 7, end_ms=[-1] * 7)
LONG = f"agent: Refund. {'so ' * 3}and\ncustomer: okay {'well yes ' * 30} today."

POINTS: dict[str, Cases] = {
    "12": [
        *on(
            FEE,
            {
                "refund NEAR/1 fee": "0:0 Refund uh the fee.",
                "refund BEFORE fee": "0:0 Refund uh the fee.",
                "refund NEAR/0 the": "0:0 Refund uh the",
                "fee NOT BEFORE/1 the": "1:2 fee?",
                "fee NOT BEFORE/0 the": "1:2 fee?",
                "fee NOT NEAR/0 the": "1:2 fee?",
                "refund NOT BEFORE/9 fee": "clear",
                "refund NOT BEFORE/0 fee": "0:0 Refund",
                "tax NOT BEFORE/9 refund": "1:1 tax",
            },
        ),
        *refused(
            {
                "a NEAR b": "3: NEAR/5",
                "a NOT NEAR b": "3: NOT NEAR/5",
                "a NOT BEFORE b": "3: NOT BEFORE/5",
                "a NEAR/5x b": "3: /10s",
                "a NEAR/1.5s b": "3: /10s",
                "a NEAR /5": "3: NEAR/5",
                "a NEAR/1001 b": "3: 1000",
            }
        ),
        *on(TIMELESS, {"refund NOT BEFORE/5s fee": "no_times"}),
    ],
    "13": [
        *on(
            FEE,
            {
                "refund NEAR/4 tax": "0:0 Refund uh the fee. The tax",
                "refund NEAR/3 tax": "0:0 Refund uh the fee. The tax",
                "refund NEAR/2 tax": "clear",
                "fee NEAR/0 the": "0:2 the fee. | 0:3 fee. The",
                "refund NEAR/0t tax": "clear",
                "refund NEAR/1t tax": "0:0 Refund uh the fee. The tax",
                "refund NEAR/0t fee": "0:0 Refund uh the fee.",
            },
        ),
        *on(
            CROSSED,
            {
                "fee NEAR/1s toll": "0:0 fee x tax toll",
                "fee NEAR/0s toll": "clear",
                "toll NEAR/1s x": "clear",
                "toll NEAR/2s x": "0:1 x tax toll",
                "levy NEAR/0s tax": "clear",
                "levy NEAR/1s tax": "0:2 tax toll levy",
                "tax BEFORE/1s levy": "0:2 tax toll levy",
            },
        ),
        *on(
            paced("agent: one two\ncustomer: three", 0, 900, 500, length=600),
            {"one NEAR/0s three": "0:0 one two three", "two NEAR/0s three": "0:1 two three"},
        ),
        *on(
            paced("agent: fee tax\ncustomer: tax", 0, 9000, 500),
            {"fee NEAR/1s tax": "0:0 fee tax tax", "fee BEFORE/0s tax": "clear"},
        ),
        *on(
            "agent: fee\ncustomer: tax\nagent: toll",
            {
                "(fee BEFORE tax) NEAR/1t toll": "0:0 fee tax toll",
                "(fee BEFORE tax) NEAR/0t toll": "clear",
            },
        ),
        *on(TIMELESS, {"refund NEAR/5s fee": "no_times"}),
    ],
    "14": [
        *on(
            POLICY,
            {
                "refund NEAR/5 refund*": "0:1 refund policy has no refund | "
                "0:5 refund today. Refund | 0:7 Refund refunds.",
                'policy NEAR/5 "refund policy"': "clear",
                'refund NEAR/2 "refund policy"': "0:1 refund policy has no refund",
                "policy NEAR/5 policy": "clear",
                'refund NOT NEAR/1 "no refund"': "0:1 refund",
                'refund NOT BEFORE/0 "refund policy"': "0:1 refund | 0:5 refund | 0:7 Refund",
                'policy BEFORE "refund policy"': "clear",
                'policy SAME TURN "refund policy"': "clear",
                "policy SAME TURN policy": "clear",
                "refund NOT NEAR/0 refund": "clear",
            },
        ),
        *on("agent: we can't", {"can NEAR/0 can": "clear", "we NEAR/0 not": "clear"}),
        *on(of_unknown_role(POLICY), {"agent: (policy NEAR/0 has)": "roles_unknown"}),
    ],
    "15": [
        *on(
            NEST,
            {
                '"credit card" INSIDE "credit card"': "0:1 credit card",
                '"credit card" CONTAINING "credit card"': "0:1 credit card",
                '"credit card" NOT INSIDE "credit card"': "clear",
                'credit INSIDE "a credit card"': "0:1 credit",
                '"a credit card" CONTAINING credit': "0:0 A credit card",
                '"a credit card" INSIDE credit': "clear",
                'credit NOT INSIDE "credit card"': "1:0 Credit.",
                "credit NOT NEAR/0 card": "1:0 Credit.",
                "credit NOT BEFORE/1 fee": "1:0 Credit.",
                "(a NEAR/1 card) CONTAINING credit": "0:0 A credit card",
                "credit INSIDE (a NEAR/9 fee)": "0:1 credit",
            },
        ),
        *on(call("agent: ♪"), {"credit INSIDE card": "no_words"}),
    ],
    "16": [
        *on(
            TURNS,
            {
                "please SAME TURN your": "0:0 Your name please?",
                "name SAME TURN Ada": "clear",
                "please NEXT TURN Ada": "0:2 please? Ada.",
                "name NEXT TURN Bo": "3:1 name? Bo.",
                "name NEXT TURN (Ada OR Bo)": "0:1 name please? Ada. | 3:1 name? Bo.",
                "name NEXT TURN thanks": "clear",
                "Ada NEXT TURN please": "clear",
                "(name BEFORE Ada) NEXT TURN thanks": "0:1 name please? Ada. Thanks.",
                "name NEXT TURN (Ada NEAR/0 thanks)": "clear",
                '"your name" SAME TURN please': "0:0 Your name please?",
            },
        ),
        *on(
            unlabelled(TURNS),
            {"please NEXT TURN Ada": "no_turns", "name SAME TURN your": "no_turns"},
        ),
    ],
    "17": [
        *on(
            "agent: refund one small fee",
            {
                "refund w/3 fee": "0:0 refund one small fee",
                "refund w/2 fee": "clear",
                "fee w/3 refund": "0:0 refund one small fee",
                "refund pre/3 fee": "0:0 refund one small fee",
                "fee pre/3 refund": "clear",
                "refund w/1 one": "0:0 refund one",
            },
        ),
        *refused({"a w/0 b": "3: w/1", "a pre/0 b": "3: pre/1", "a w/5 b w/5 c": "9: (a w/5 b)"}),
        *rewritten({"a w/5 b": "a NEAR/4 b", "a pre/5 b": "a BEFORE/4 b", "a w/1 b": "a NEAR/0 b"}),
        *on(call("agent: ♪"), {"a w/5 b": "no_words"}),
    ],
    "18": [
        *on(
            TURNS,
            {
                "please BEFORE thanks": "0:2 please? Ada. Thanks.",
                "name": "0:1 name | 3:1 name?",
                "your BEFORE please": "0:0 Your name please?",
                "(Bo OR Ada)": "1:0 Ada. | 4:0 Bo.",
                "Bo OR Ada": "1:0 Ada. | 4:0 Bo.",
                "thanks BEFORE please": "clear",
                "Ada BEFORE Bo": "1:0 Ada. Thanks. Your name? Bo.",
                "name BEFORE Ada": "0:1 name please? Ada.",
            },
        ),
        *on(
            "agent: fee tax toll levy",
            {
                'fee BEFORE ("tax toll levy" OR toll)': "0:0 fee tax toll",
                '("fee tax" OR tax) BEFORE levy': "0:1 tax toll levy",
            },
        ),
        *on(
            paced("agent: b1 b2\ncustomer: a1 a2", 500, 900, 0, 300),
            {"a2 BEFORE b1": "1:1 a2 b1", "a1 BEFORE b2": "1:0 a1 a2 b1 b2"},
        ),
        *on(of_unknown_role(TURNS), {"agent: (your BEFORE please)": "roles_unknown"}),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_distances_and_their_evidence_are_as_their_point_says(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("said", "query", "wanted"),
    [
        (
            TURNS,
            "please BEFORE thanks",
            {"utterance": 0, "last_utterance": 2, "words": [2, 0], "speaker": "agent"},
        ),
        (TURNS, "Ada", {"utterance": 1, "words": [0, 0], "role": "customer", "text": "Ada."}),
        (
            TURNS,
            "name NEXT TURN Bo",
            {
                "marks": [{"utterance": 3, "words": [1, 1]}, {"utterance": 4, "words": [0, 0]}],
                "role": "customer",
            },
        ),
        (TURNS, '"your name"', {"marks": [{"utterance": 0, "words": [0, 1]}]}),
        (LONG, "refund BEFORE today", {"quote": "Refund. … today."}),
        (LONG, "refund BEFORE today", {"text": " ".join(call(LONG).words)}),
    ],
)
def test_point_18_one_object_for_each_shortest_stretch(
    said: str, query: str, wanted: dict[str, object]
) -> None:
    outcome = run_query(parse(query), call(said))
    assert isinstance(outcome, Found)
    written = Report(call(said)).evidence(outcome.evidence[0])
    assert {name: written[name] for name in wanted} == wanted
    assert ("last_utterance" in written) == (
        outcome.evidence[0].utterance != outcome.evidence[0].last_utterance
    )
