"""Queries of any constructs in any order, most of them good ones."""

from random import Random

from bench.language.adversarial.calls import COMMON

_DISTANCES = ("/0", "/5", "/1000", "/0s", "/30s", "/3600s", "/0t", "/500t")
_SUFFIXES = (
    *("IN FIRST 30s", "IN LAST 10%", "IN FIRST 5t", "IN 0:30..90:00", "IN ONE TURN"),
    *("AT TURN START", "AT TURN END", "AS QUESTION", "CONF >= 0.6"),
)
_LEAVES = (
    *COMMON[:6],
    *('"the to"', '"the * you"', '"the *100 and"', '"(the|to) [you] and"', "th*", "*at", "t?e"),
    *('"<number> dollars"', "<money>", "<digits 4>", "<masked>", "<duration>", "um", '"the the"'),
    *('~"the to you and of that" 50%', "can't", "24/7", "$35", "35", "8%"),
)
_SCOPES = ("agent", "customer", "other", "speaker(A)")


def mixed(random: Random) -> str:
    """A condition; some are refused, for a scope under a contrary one, say."""
    return _condition(random, random.randint(0, 3))


def _condition(random: Random, depth: int) -> str:
    kind = random.choice(("and", "or", "not", "count", "span", "span")) if depth else "span"
    if kind in ("and", "or"):
        operands = (_condition(random, depth - 1) for _ in range(random.randint(2, 4)))
        return "(" + f" {kind.upper()} ".join(operands) + ")"
    if kind == "not":
        return f"NOT {_condition(random, depth - 1)}"
    span = _span(random, random.randint(0, 5))
    return f"COUNT({span}) {random.choice(('>=', '<', '='))} {random.randint(1, 9)}" if (
        kind == "count"
    ) else span  # fmt: skip


def _span(random: Random, depth: int) -> str:
    if not depth:
        return random.choice(_LEAVES)
    inner = _span(random, depth - 1)
    match random.randrange(6):
        case 0:
            return f"({inner} OR {_span(random, depth - 1)})"
        case 1:
            return f"{random.choice(_SCOPES)}: ({inner})"
        case 2:
            return f"(({inner}) {random.choice(_SUFFIXES)})"
        case 3:
            operator = random.choice(
                ("SAME TURN", "NEXT TURN", "INSIDE", "NOT INSIDE", "CONTAINING")
            )
            return f"({inner} {operator} ({_span(random, depth - 1)}))"
    operator = random.choice(("NEAR", "BEFORE", "NOT NEAR", "NOT BEFORE"))
    return f"({inner} {operator}{random.choice(_DISTANCES)} ({_span(random, depth - 1)}))"
