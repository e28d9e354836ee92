"""Points 1 to 4: overlapping talk, what a turn is, phrases over speakers, distances over turns."""

from dataclasses import replace

import pytest

from tests.unit.detection.calls import call, unlabelled
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    labelled,
    named,
    of_unknown_role,
    on,
    paced,
)

AT_ONCE = paced(
    "agent: the total fee is ten\ncustomer: no no wait please", 0, 300, 600, 900, 1200, 350, 650,
    950, 1250,
)  # fmt: skip
"""The customer speaks while the agent does."""
LATE = paced("agent: fee tax\ncustomer: toll levy", 1000, 1300, 0, 300)
"""The utterance that is listed second was said first."""
EVEN = replace(
    paced("agent: fee tax\ncustomer: toll levy", 0, 300, 0, 300), channels=("2", "1")
)  # fmt: skip
"""Both begin at once; the channel decides."""
UNTIMED = replace(AT_ONCE, start_ms=[-1] * 9, end_ms=[-1] * 9)
"""The utterances stand as they are listed."""
SPLIT = (
    "agent: We will refund\nagent: the fee.\ncustomer: mhm\nagent: And the tax.\ncustomer: Fine."
)
"""Turn 0 is three utterances, the mhm between them none."""
PARTED = "agent: the terms\nagent: of use\ncustomer: no\nagent: fees\ncustomer: uh\nagent: apply"
PAIR = "agent: refund the\ncustomer: whole fee\nagent: and tax"

POINTS: dict[str, Cases] = {
    "1": [
        *on(
            AT_ONCE,
            {
                '"the total fee is ten"': "0:0 the total fee is ten",
                '"wait please"': "1:2 wait please",
                "ten BEFORE/1 wait": "0:4 ten no no wait",
                "ten BEFORE/0 wait": "clear",
                '"total no"': "clear",
                "wait IN FIRST 1s": "clear",
                "wait IN FIRST 2s": "1:2 wait",
                "fee NEAR/0s wait": "clear",
                "is NEAR/0s wait": "0:3 is ten no no wait",
            },
        ),
        *on(UNTIMED, {"wait IN FIRST 1s": "no_times", "ten BEFORE/1 wait": "0:4 ten no no wait"}),
        *on(LATE, {"levy BEFORE/0 fee": "1:1 levy fee", "tax BEFORE toll": "clear"}),
        *on(EVEN, {"levy BEFORE/0 fee": "1:1 levy fee", "tax BEFORE toll": "clear"}),
    ],
    "2": [
        *on(
            SPLIT,
            {
                "refund SAME TURN tax": "0:2 refund the fee. mhm And the tax.",
                "refund IN FIRST 1t": "0:2 refund",
                "tax IN FIRST 1t": "3:2 tax.",
                "tax NEXT TURN fine": "3:2 tax. Fine.",
                "refund NEAR/1t fine": "0:2 refund the fee. mhm And the tax. Fine.",
                "refund NEAR/0t fine": "clear",
                "fine IN LAST 1t": "4:0 Fine.",
                "fine IN FIRST 1t": "clear",
                "and AT TURN START": "clear",
                "mhm": "2:0 mhm",
                "mhm SAME TURN tax": "clear",
                "mhm NEXT TURN fine": "clear",
                "(mhm OR fee) IN ONE TURN": "1:1 fee.",
            },
        ),
        *on(
            unlabelled(SPLIT),
            {
                "refund SAME TURN tax": "no_turns",
                "tax NEXT TURN fine": "no_turns",
                "we AT TURN START": "no_turns",
                "refund NEAR/1t fine": "no_turns",
                "refund IN LAST 1t": "no_turns",
                "refund IN FIRST 1t": "no_turns",
            },
        ),
        *on("agent: fee\ncustomer: ♪\nagent: tax", {"fee SAME TURN tax": "0:0 fee ♪ tax"}),
    ],
    "3": [
        *on(
            PARTED,
            {
                '"the terms of use"': "0:0 the terms of use",
                '"of use no"': "clear",
                '"use * fees"': "clear",
                '"use fees"': "clear",
                '"fees apply"': "3:0 fees uh apply",
                '~"the terms of use" 100%': "0:0 the terms of use",
                '~"of use no fees" 100%': "clear",
            },
        ),
        *on(of_unknown_role(PARTED), {'agent: "fees apply"': "roles_unknown"}),
        *on("agent: thirty\ncustomer: days", {"<duration>": "clear", '"30 days"': "clear"}),
        *on(unlabelled(PARTED), {'"use no fees"': "1:1 use no fees"}),
        *on(unlabelled("agent: The fee.\ncustomer: Is due"), {'"fee is"': "0:1 fee. Is"}),
    ],
    "4": [
        *on(
            PAIR,
            {
                "refund NEAR/2 fee": "0:0 refund the whole fee",
                "refund BEFORE/4 tax": "0:0 refund the whole fee and tax",
                "refund NEAR/1 fee": "clear",
                "refund NOT NEAR/2 fee": "clear",
                "refund NOT BEFORE/2 fee": "clear",
                "(refund NEAR/2 fee) IN ONE TURN": "clear",
                "(whole NEAR/0 fee) IN ONE TURN": "1:0 whole fee",
                "(refund BEFORE/4 tax) IN ONE TURN": "clear",
                "fee IN ONE TURN": "1:1 fee",
            },
        ),
        *on(unlabelled(PAIR), {"(whole NEAR/0 fee) IN ONE TURN": "no_turns"}),
        *on(call("agent: ♪"), {"(a NEAR/5 b) IN ONE TURN": "no_words"}),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_the_axis_is_read_as_its_point_says(case: Case) -> None:
    case.check()


def test_evidence_keeps_the_vendors_utterance_where_turns_are_others() -> None:
    (said,) = on(labelled(SPLIT, "A", "A", "B", "A", "B"), {"tax": "3:2 tax."})
    said.check()
