"""Hostile rubrics, each made from its number alone: every construct at its widest, and broken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase
from typing import Any

from bench.language.adversarial.calls import COMMON, KINDS, LENGTHS
from bench.language.adversarial.mixed import mixed
from bench.language.chance import seeded

Document = dict[str, Any]
_WIDE = ("/1000", "/3600s", "/500t", "/0", "/5", "/10s", "/2t")
_SUFFIXES = (
    *("IN FIRST 3600s", "IN LAST 90%", "IN FIRST 500t", "IN 0:00..99:59", "IN ONE TURN"),
    *("AT TURN START", "AT TURN END", "AS QUESTION", "CONF >= 0.1"),
)
_SLOTS = (
    *("<number>", "<money>", "<percent>", "<duration>", "<date>", "<digits 4>", "<digits 40>"),
    *("<masked>", "<profanity>", "<money as fee>"),
)


@dataclass(frozen=True, slots=True)
class Hostile:
    kind: str
    document: Document
    call: str
    words: int


def hostile(number: int) -> Hostile:
    random = seeded(number)
    kind = list(_MAKERS)[number % len(_MAKERS)]
    made = _MAKERS[kind](random)
    document = made if isinstance(made, dict) else _rubric(random, [made])
    return Hostile(kind, document, random.choice(KINDS), random.choice(LENGTHS))


def _rubric(random: Random, queries: Sequence[str], **lists: list[str]) -> Document:
    rules = [
        {
            "code": f"r{at}",
            "violation_when": random.choice(("absent", "found")),
            "check": {"query": query},
        }
        for at, query in enumerate(queries)
    ]
    return {"name": "hostile", "lists": lists, "rules": rules}


def _many(random: Random, most: int) -> int:
    """Mostly the most, now and then a little more than that."""
    return random.choice((most, most, most // 2, random.randint(1, most + most // 10)))


def _words(random: Random, count: int) -> str:
    return " ".join(random.choices(COMMON, k=count))


def _either(random: Random, most: int = 12) -> str:
    """Frequent words, as an expression."""
    words = random.sample(COMMON, random.randint(1, most))
    return "(" + " OR ".join(words) + ")"


def _wild(random: Random) -> str:
    return random.choice(("th*", "*th", "t?e*", "y?u", "*at", "an*", "to?", "in?", "qx*", "*es"))


def _nested(random: Random) -> str:
    opening, closing = random.choice(
        (("(", ")"), ("NOT ", ""), ("agent: ", ""), ("agent: (", ")"), ("NOT (the AND ", ")"),
         ("COUNT(", ") >= 1"), ("(the OR ", ")"), ("speaker(A): (", ")"))
    )  # fmt: skip
    depth = random.choice((16, 31, 32, 33, 500))
    return opening * depth + "the" + closing * depth


def _nested_near(random: Random) -> str:
    query = _either(random)
    for _ in range(_many(random, 30)):
        operator = random.choice(("NEAR", "BEFORE", "NOT NEAR", "NOT BEFORE"))
        query = f"({query} {operator}{random.choice(_WIDE)} {_either(random)})"
    return query


def _near(random: Random) -> str:
    operator = random.choice(("NEAR", "NEAR", "BEFORE", "NOT NEAR", "NOT BEFORE"))
    return f"{_either(random)} {operator}{random.choice(_WIDE[:3])} {_either(random)}"


def _seconds(random: Random) -> str:
    operator = random.choice(
        ("NEAR/0s", "NEAR/3600s", "BEFORE/1s", "NOT NEAR/0s", "NOT BEFORE/3600s")
    )
    return f"agent: {_either(random)} {operator} customer: {_either(random)}"


def _chain(random: Random) -> str:
    distance = random.choice(("", *_WIDE))
    return f" BEFORE{distance} ".join(_either(random, 4) for _ in range(_many(random, 120)))


def _or(random: Random) -> str:
    terms = random.choices([*COMMON, *map(str, range(90))], k=_many(random, 500))
    return " OR ".join(terms)


def _and(random: Random) -> str:
    terms = random.choices(COMMON, k=_many(random, 500))
    return " AND ".join(random.choice(("", "NOT ")) + f"agent: {term}" for term in terms)


def _wildcards(random: Random) -> str:
    letters = ("".join(random.choices(ascii_lowercase, k=2)) for _ in range(_many(random, 480)))
    return " OR ".join(random.choice(("{}*", "*{}", "{}?*")).format(each) for each in letters)


def _wild_phrase(random: Random) -> str:
    return '"' + " ".join(_wild(random) for _ in range(_many(random, 100))) + '"'


def _gaps(random: Random) -> str:
    """Free words by the hundred between words that stand everywhere."""
    gap = random.choice(("*100", "*100", "*99 *100", "* *100"))
    anchors = (random.choice((*COMMON[:3], _wild(random))) for _ in range(_many(random, 40)))
    return '"' + f" {gap} ".join(anchors) + '"'


def _gap_readings(random: Random) -> str:
    parts = (f"[{word}] *100" for word in random.choices(COMMON, k=random.randint(4, 12)))
    return f'"the {" ".join(parts)} to"'


def _readings(random: Random) -> str:
    parts = (f"({'|'.join(random.sample(COMMON, 3))})" for _ in range(random.randint(4, 40)))
    return f'"{" ".join(parts)}"'


def _brackets(random: Random) -> str:
    opening, closing = random.choice(("()", "[]"))
    depth = random.choice((50, 500, 4_000))
    return f'"to {opening * depth}the{closing * depth}"'


def _list(random: Random) -> Document:
    count = _many(random, 5_000)
    entries = [_words(random, random.randint(1, 8)) + f" {at}" * (at % 2) for at in range(count)]
    query = random.choice(
        (
            "{l}",
            "agent: {l} IN LAST 1%",
            "{l} NEAR/1000 {l}",
            "{l} NOT INSIDE {l}",
            "COUNT({l}) > 99",
        )
    )
    return _rubric(random, [query], l=entries)


def _list_of_readings(random: Random) -> Document:
    parts = " ".join(
        f"({'|'.join(random.sample(COMMON, 4))})" for _ in range(random.choice((2, 5)))
    )
    count = random.choice((9, 100, 5_000))
    return _rubric(
        random, ["{l} BEFORE/1000 {l}"], l=[f"{parts} {_rare(at)}" for at in range(count)]
    )


def _list_of_gaps(random: Random) -> Document:
    entries = [
        f"{_words(random, 1)} *100 {_words(random, 2)} *100 {_rare(at)}" for at in range(5_000)
    ]
    return _rubric(random, ["{l}"], l=entries[: random.choice((10, 500, 5_000))])


def _list_of_wilds(random: Random) -> Document:
    entries = [f"{_rare(at)[:2]}{_rare(at // 7)[1:]}*" for at in range(random.choice((500, 5_000)))]
    return _rubric(random, ["{l} NEAR/5 {l}"], l=entries)


def _rare(at: int) -> str:
    return "".join(ascii_lowercase[at // 26**place % 26] for place in range(3))


def _similar(random: Random) -> str:
    return f'~"{_words(random, _many(random, 100))}" {random.choice((1, 30, 50, 85, 100))}%'


def _similars(random: Random) -> str:
    return random.choice((" OR ", " AND ")).join(
        _similar(random) for _ in range(random.randint(2, 24))
    )


def _slots(random: Random) -> str:
    steps = random.choices((*_SLOTS, *COMMON[:2]), k=_many(random, 40))
    gap = random.choice((" ", " *100 ", " *3 "))
    return f'"{gap.join(steps)}"'


def _slots_near(random: Random) -> str:
    left, right = random.sample(_SLOTS[:8], 2)
    return f"{left} {random.choice(('NEAR', 'NOT NEAR'))}{random.choice(_WIDE)} {right}"


def _count(random: Random) -> str:
    inner = random.choice((_near, _either, _gaps, _chain, _slots))(random)
    return (
        f"COUNT({inner}) {random.choice(('>=', '<', '=', '!='))} {random.choice((0, 1, 999_999))}"
    )


def _turns(random: Random) -> str:
    operator = random.choice(("SAME TURN", "NEXT TURN"))
    return f"({_near(random)}) {operator} {_either(random)}"


def _inside(random: Random) -> str:
    operator = random.choice(("INSIDE", "NOT INSIDE", "CONTAINING"))
    return f"({_near(random)}) {operator} ({_chain(random)})"


def _suffixes(random: Random) -> str:
    return f"{_either(random)} {' '.join(random.choices(_SUFFIXES, k=random.choice((3, 30, 600))))}"


def _after(random: Random) -> Document:
    count = random.choice((3, 50, 500))
    words = [
        f"{_either(random)} {random.choice(('', 'NOT '))}AFTER RULE r{at}" for at in range(count)
    ]
    return _rubric(random, [random.choice(("the", *words)), *words])


def _rules(random: Random) -> Document:
    return _rubric(random, [_near(random) for _ in range(random.choice((5, 50, 2_001)))])


def _broken(random: Random) -> str:
    """A query with pieces cut out, doubled and put elsewhere."""
    text = mixed(random)
    for _ in range(random.randint(1, 8)):
        low, high = sorted(random.choices(range(len(text) + 1), k=2))
        text = random.choice(
            (text[:low] + text[high:], text[high:] + text[:low], text[:high] + text[low:],
             text[:low] + random.choice('()"~{}<>*|[]\\/%:=#\0\u202eİ٣') + text[low:])
        )  # fmt: skip
    return text


def _too_much(random: Random) -> str:
    return random.choice(
        ("the NEAR/1001 to", "the NEAR/99999999999 to", "the IN FIRST 101%", '"the *101 to"',
         "the " * 2_501, f"{'a' * 10_001}", f'"{_words(random, 101)}"', "w/1001 to", "<digits 41>",
         "the CONF >= 1.0001", "COUNT(the) > 1000000", f'~"{_words(random, 101)}" 50%', "#" * 9_999,
         '"' + "\\" * 9_000, "(" * 10_000, " OR ".join(["the"] * 501), "{" + "l" * 9_000 + "}")
    )  # fmt: skip


_MAKERS: dict[str, Callable[[Random], str | Document]] = {
    function.__name__.removeprefix("_"): function
    for function in (
        *(
            _nested,
            _nested_near,
            _near,
            _seconds,
            _chain,
            _or,
            _and,
            _wildcards,
            _wild_phrase,
            _gaps,
        ),
        *(_gap_readings, _readings, _brackets, _list, _list_of_readings, _list_of_gaps),
        *(_list_of_wilds, _similar, _similars, _slots, _slots_near, _count, _turns, _inside),
        *(_suffixes, _after, _rules, mixed, _broken, _too_much),
    )
}
KINDS_AT_ONCE = len(_MAKERS)
"""So many numbers in a row are of a kind each."""
