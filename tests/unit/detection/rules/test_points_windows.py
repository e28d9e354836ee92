"""Points 34 to 37: edges of windows, what was not transcribed, turns, questions."""

from dataclasses import replace

import pytest

from tests.unit.detection.calls import call, unlabelled
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    named,
    of_unknown_role,
    on,
    paced,
    refused,
    ruled,
)

EDGES = paced("agent: ape bee cat dog", 0, 900, 1000, 9900)
PARTED = paced("agent: fee tax toll\ncustomer: levy ape", 0, 5000, 10_000, 4000, 20_000)
"""What lies between two words on the axis may have been said at another time."""
LONGER = replace(EDGES, duration_ms=100_000)
SHORTER = replace(EDGES, duration_ms=5_000)
TIMELESS = replace(EDGES, start_ms=[-1] * 4, end_ms=[-1] * 4)
BEGUN_LATE = replace(EDGES, transcribed_ms=(950, None))
ENDED_EARLY = replace(EDGES, transcribed_ms=(0, 9_000), duration_ms=20_000)
TURNS = "agent: Uh your name\ncustomer: Ada uh\nagent: Thanks.\ncustomer: Yes"
ASKED = "agent: Is it due? It is. And (why?) then\ncustomer: Really? so"

POINTS: dict[str, Cases] = {
    "34": [
        *on(
            EDGES,
            {
                "bee IN FIRST 1s": "0:1 bee",
                "cat IN FIRST 1s": "clear",
                "cat IN 0:01..0:02": "0:2 cat",
                "bee IN 0:01..0:02": "clear",
                "dog IN FIRST 3600s": "0:3 dog",
                "ape IN LAST 3600s": "0:0 ape",
                "dog IN LAST 1%": "0:3 dog",
                "cat IN LAST 89%": "clear",
                "cat IN LAST 90%": "0:2 cat",
                "cat IN 0:00:01..1:00:00": "0:2 cat",
            },
        ),
        *on(
            LONGER,
            {
                "dog IN LAST 90s": "clear",
                "dog IN FIRST 10%": "0:3 dog",
                "dog IN LAST 91s": "0:3 dog",
            },
        ),
        *on(
            PARTED,
            {
                '"fee tax" IN FIRST 2s': "clear",
                "(fee BEFORE tax) IN FIRST 6s": "0:0 fee tax",
                "(fee BEFORE tax) IN FIRST 5s": "clear",
                "(tax BEFORE levy) IN 0:04..0:06": "0:1 tax toll levy",
                "toll IN 0:04..0:06": "clear",
            },
        ),
        *on(SHORTER, {"dog IN LAST 1s": "0:3 dog", "dog IN FIRST 50%": "clear"}),
        *on(TIMELESS, {"ape IN FIRST 1s": "no_times", "ape IN LAST 5%": "no_times"}),
        *refused(
            {
                "a IN 1:00..1:00": "6: earlier",
                "a IN FIRST 0%": "12: 1 to 100",
                "a IN LAST 101%": "11: 1 to 100",
                "a IN 30..60": "6: 0:30..2:00",
                "a IN FIRST 1.5s": "12: 30s",
            }
        ),
    ],
    "35": [
        *on(
            BEGUN_LATE,
            {
                "cat IN FIRST 2s": "0:2 cat",
                "tax IN FIRST 2s": "window_not_transcribed",
                "NOT tax": "window_not_transcribed",
                "tax IN 0:01..0:02": "clear",
                "NOT tax IN 0:01..0:02": "absent 1",
                "tax": "clear",
            },
        ),
        *on(
            ENDED_EARLY,
            {
                "tax IN LAST 5s": "window_not_transcribed",
                "tax IN FIRST 5s": "clear",
                "ape IN FIRST 95%": "0:0 ape",
                "COUNT(tax) = 0": "window_not_transcribed",
                "(tax IN LAST 5s) OR ape": "0:0 ape",
            },
        ),
        *ruled(BEGUN_LATE, {"tax": "window_not_transcribed"}, violation_when="absent"),
    ],
    "36": [
        *on(
            TURNS,
            {
                "customer: Ada IN FIRST 2t": "1:0 Ada",
                "customer: yes IN FIRST 2t": "clear",
                "customer: Ada IN LAST 2t": "clear",
                "thanks IN LAST 2t": "2:0 Thanks.",
                "yes IN FIRST 500t": "3:0 Yes",
                "your AT TURN START": "0:1 your",
                "Ada AT TURN END": "1:0 Ada",
                "name AT TURN START": "clear",
                "(your BEFORE Ada) AT TURN START": "0:1 your name Ada",
                "(your BEFORE Ada) AT TURN END": "0:1 your name Ada",
                "(name BEFORE yes) AT TURN START": "clear",
            },
        ),
        *on(unlabelled(TURNS), {"your AT TURN START": "no_turns", "Ada IN LAST 1t": "no_turns"}),
        *on(of_unknown_role(TURNS), {"agent: name IN FIRST 1t": "roles_unknown"}),
    ],
    "37": [
        *on(
            ASKED,
            {
                "due AS QUESTION": "0:2 due?",
                "is AS QUESTION": "0:0 Is",
                '"is it due" AS QUESTION': "0:0 Is it due?",
                '"due it" AS QUESTION': "clear",
                "then AS QUESTION": "clear",
                "so AS QUESTION": "clear",
                "really AS QUESTION": "1:0 Really?",
                "(is NEAR/0 due) AS QUESTION": "clear",
                "(is NEAR/1 due) AS QUESTION": "0:0 Is it due?",
            },
        ),
        *on(call(ASKED, is_punctuated=False), {"due AS QUESTION": "no_punctuation"}),
        *on("agent: is it due", {"due AS QUESTION": "no_punctuation", "tax AS QUESTION": "clear"}),
        *on(
            "agent: Is it due\ncustomer: now?",
            {"due AS QUESTION": "clear", "now AS QUESTION": "1:0 now?"},
        ),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_windows_and_places_are_read_as_their_point_says(case: Case) -> None:
    case.check()
