"""The rows of the syntax table that say by whom, when and where in the call; and of the call."""

from datetime import UTC, datetime

import pytest

from reviews.detection.transcript import CallFacts, CallKind
from tests.unit.detection.calls import WORKED, call, unlabelled
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    heard,
    labelled,
    named,
    of_unknown_role,
    on,
    other_rule,
    paced,
    refused,
    ruled,
)

TRIO = "agent: Refund fee.\ncustomer: Refund tax.\nother: Refund toll."
TWO = labelled("agent: Refund fee.\ncustomer: Refund tax.", "A", "B")
CLOCK = paced("agent: one two\ncustomer: three four", 0, 9_900, 10_000, 19_900)
"""20 s: half a call to each speaker."""
ASKED = "agent: Is the fee due? No, the fee is not due.\ncustomer: The fee? Fine"
PLAIN = call(ASKED, is_punctuated=False)
CHECKED = "agent: Your balance. Your name?\ncustomer: Ada.\nagent: Your balance again."
IDENTITY = [other_rule("identity_check", 'agent: "your name"')]
SURE = heard("agent: the rate is fixed", 0.9, 0.6, 0.59, 0.9)
KNOWN = call(
    facts=CallFacts(
        call_at=datetime(2026, 1, 5, 15, 30, tzinfo=UTC),
        local_zone="America/New_York",
        kind=CallKind.LIVE,
        first_contact=True,
    )
)

ROWS: dict[str, Cases] = {
    "scopes": [
        *on(
            TRIO,
            {
                "agent: refund": "0:0 Refund",
                "customer: (fee OR tax)": "1:1 tax.",
                "other: refund": "2:0 Refund",
                "customer: (refund NEAR/0 tax)": "1:0 Refund tax.",
                "customer: fee": "clear",
                "agent: (fee NEAR/5 tax)": "clear",
                "other: (fee OR tax)": "clear",
            },
        ),
        *on(TWO, {"speaker(B): refund": "1:0 Refund", "speaker(C): refund": "clear"}),
        *on(of_unknown_role(TRIO), {"agent: refund": "roles_unknown", "agent: price": "clear"}),
        *on(
            call("agent: fee\ncustomer: refund", speakers=("A", None)),
            {"speaker(A): refund": "roles_unknown", "speaker(A): fee": "0:0 fee"},
        ),
        *on(unlabelled(TRIO), {"speaker(A): refund": "roles_unknown"}),
        *refused({"agent: (a AND b)": "8: (agent: A) AND (agent: B)"}),
    ],
    "windows": [
        *on(
            CLOCK,
            {
                "one IN FIRST 30s": "0:0 one",
                "two IN FIRST 10s": "0:1 two",
                "two IN FIRST 9s": "clear",
                "four IN LAST 10%": "1:1 four",
                "three IN LAST 10%": "clear",
                "two IN FIRST 1t": "0:1 two",
                "three IN FIRST 1t": "clear",
                "three IN 0:10..0:11": "1:0 three",
                "three IN 0:11..2:00": "clear",
                "(two NEAR/0 three) IN 0:09..0:11": "0:1 two three",
            },
        ),
        *on(unlabelled(WORKED), {"refund IN FIRST 5t": "no_turns"}),
        *on(
            call("agent: one two", start_ms=[-1, -1], end_ms=[-1, -1]),
            {"one IN FIRST 30s": "no_times", "three IN FIRST 30s": "clear"},
        ),
        *refused({"a IN FIRST 3": "12: 30s"}),
    ],
    "place in the turn, question": [
        *on(
            ASKED,
            {
                "is AT TURN START": "0:0 Is",
                "fee AT TURN START": "clear",
                "fine AT TURN END": "1:2 Fine",
                "fee AT TURN END": "clear",
                "fee AS QUESTION": "0:2 fee | 1:1 fee?",
                '"is not due" AS QUESTION': "clear",
                "fine AS QUESTION": "clear",
                '"the fee" AT TURN START': "1:0 The fee?",
            },
        ),
        *on(PLAIN, {"fee AS QUESTION": "no_punctuation"}),
        *on(unlabelled(ASKED), {"is AT TURN START": "no_turns", "fine AT TURN END": "no_turns"}),
    ],
    "AFTER RULE": [
        *ruled(
            CHECKED,
            {
                "balance AFTER RULE identity_check": "2:1 balance",
                "balance NOT AFTER RULE identity_check": "0:1 balance.",
                "Ada AFTER RULE identity_check": "1:0 Ada.",
                "name AFTER RULE identity_check": "clear",
                "agent: balance AFTER RULE identity_check": "2:1 balance",
                "Ada NOT AFTER RULE identity_check": "clear",
            },
            others=IDENTITY,
        ),
        *ruled(
            "agent: Your balance.",
            {
                "balance AFTER RULE identity_check": "clear",
                "balance NOT AFTER RULE identity_check": "0:1 balance.",
            },
            others=IDENTITY,
        ),
        *ruled(
            of_unknown_role(CHECKED),
            {"balance AFTER RULE identity_check": "rule_unknown"},
            others=IDENTITY,
        ),
        *refused({"a AFTER RULE identity_check": "14: rubric"}),
    ],
    "CONF": [
        *on(
            SURE,
            {
                "rate CONF >= 0.6": "0:1 rate",
                "is CONF >= 0.6": "clear",
                "is CONF >= 0.59": "0:2 is",
                '"the rate" CONF >= 0.6': "0:0 the rate",
                '"rate is" CONF >= 0.6': "clear",
                "(rate NEAR/1 fixed) CONF >= 0.6": "0:1 rate is fixed",
                "tax CONF >= 0.1": "clear",
            },
        ),
        *on(heard("agent: the rate", None, None), {"rate CONF >= 0.6": "no_confidence"}),
        *refused({"a CONF >= 60": "11: 0 to 1", "a CONF > 0.6": "8: CONF >= 0.6"}),
    ],
    "facts of the call": [
        *on(
            KNOWN,
            {
                "call.kind = live": "found",
                "call.kind = voicemail": "clear",
                "call.duration >= 7s": "found",
                "call.duration >= 20s": "clear",
                "call.local_time NOT IN 8:00..21:00": "clear",
                "call.local_time IN 10:00..11:00": "found",
                "call.first_contact": "found",
                "call.first_contact AND customer: refund": "1:6 refund.",
                "NOT call.first_contact": "clear",
            },
        ),
        *on(
            WORKED,
            {
                "call.kind = live": "fact_missing",
                "call.local_time NOT IN 8:00..21:00": "fact_missing",
                "NOT call.first_contact": "fact_missing",
                "call.kind = live AND tax": "clear",
            },
        ),
        *refused({"call.colour = red": "1: call.kind", "call.kind = foo": "13: voicemail"}),
    ],
}


@pytest.mark.parametrize("case", named(ROWS))
def test_places_speakers_and_facts_are_read_as_their_row_says(case: Case) -> None:
    case.check()
