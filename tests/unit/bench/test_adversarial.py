"""A seeded part of the hostile rubrics: each is answered or refused by name, in bounded time."""

from bench.language.adversarial.__main__ import MS_AT_MOST, milliseconds, tries_of
from bench.language.adversarial.queries import KINDS_AT_ONCE

ROUNDS = 2
SLOWER = 3
"""A busy machine is that much slower at most."""


def test_hostile_rubrics_are_answered_or_refused_by_name() -> None:
    tries = list(tries_of(0, ROUNDS * KINDS_AT_ONCE))
    assert len({each["kind"] for each in tries}) == KINDS_AT_ONCE
    answers = {name for each in tries for name in each["answer"]}
    assert {"found", "clear", "refused: limit"} <= answers
    failures = ("raised", "ended", "engine_error")
    assert not [name for name in answers if name.startswith(failures)]
    assert max(map(milliseconds, tries)) < SLOWER * MS_AT_MOST
