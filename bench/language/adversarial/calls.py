"""Calls that no vendor sends twice: of one word, of numbers alone, all said at the same time."""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from random import Random

from bench.language.chance import seeded
from reviews.detection.transcript import CallFacts, CallKind, Role, Transcript

COMMON = ("the", "to", "you", "and", "of", "that", "it", "is", "we", "in", "so", "for")
"""The words that calls and queries share, the most frequent first."""
_A_TURN = 15
_WORD_MS = 300
LENGTHS = (1_500, 1_500, 1_500, 10_000, 40_000)


@cache
def call(kind: str, words: int) -> Transcript:
    return _transcript(kind, _KINDS[kind](seeded(words), words))


def _transcript(kind: str, words: Sequence[str]) -> Transcript:
    turn = {"ping_pong": 1, "monologue": len(words)}.get(kind, _A_TURN)
    turns = -(-len(words) // turn)
    is_known = kind != "unlabelled"
    starts = _starts(kind, len(words))
    return Transcript(
        id=kind,
        words=tuple(words),
        start_ms=starts,
        end_ms=[-1 if at < 0 else at + _WORD_MS * (9 if kind == "at_once" else 1) for at in starts],
        confidence=[at % 10 / 10 for at in range(len(words))],
        bounds=(0, *accumulate(min(turn, len(words) - turn * at) for at in range(turns))),
        speakers=tuple("AB"[at % 2] if is_known else None for at in range(turns)),
        channels=(None,) * turns,
        roles=tuple((Role.AGENT, Role.CUSTOMER)[at % 2] if is_known else Role.UNKNOWN
                    for at in range(turns)),
        language="en",
        facts=CallFacts(kind=CallKind.LIVE),
    )  # fmt: skip


def _starts(kind: str, words: int) -> list[int]:
    if kind == "untimed":
        return [-1] * words
    if kind == "at_once":  # both talk all the time: each turn runs over the next five
        return [at // _A_TURN * _A_TURN * 50 + at % _A_TURN * _WORD_MS for at in range(words)]
    return [at * _WORD_MS for at in range(words)]


def _spoken(random: Random, count: int) -> list[str]:
    """The n-th most frequent word n times as rare as the first, with sentences."""
    rare = [_rare(at) for at in range(2_000)]
    vocabulary = [*COMMON, *rare]
    weights = [1 / at for at in range(1, len(vocabulary) + 1)]
    words = random.choices(vocabulary, weights, k=count)
    return [word + "." if at % 11 == 10 else word for at, word in enumerate(words)]


def _rare(at: int) -> str:
    return "qxzj"[at % 4] + "".join(
        "aeioubcdfghklmnprst"[at // 19**place % 19] for place in range(3)
    )


def _of(*words: str) -> Callable[[Random, int], list[str]]:
    return lambda _, count: [words[at % len(words)] for at in range(count)]


_KINDS: dict[str, Callable[[Random, int], list[str]]] = {
    **dict.fromkeys(
        ("spoken", "ping_pong", "monologue", "unlabelled", "at_once", "untimed"), _spoken
    ),
    "one_word": _of("the."),
    "stutter": _of("the"),
    "few_words": _of("the", "to", "you"),
    "numbers": _of("thirty", "five", "hundred", "and", "two"),
    "digits": _of("four", "7", "oh", "552-09", "one"),
    "money": _of("$35", "8%", "a", "month", "$1,200.50", "million"),
    "fillers": _of("um", "uh", "the", "ah", "er"),
    "masked": _of("####", "[PERSON_NAME]", "f***", "the"),
    "distinct": lambda _, count: [_rare(at) + "abcdefghij"[at // 6859 % 10] for at in range(count)],
    "long_words": _of("the" * 300, "to", "you", "can't"),
    "questions": _of("the?", "to.", "you!"),
}
KINDS = tuple(_KINDS)
