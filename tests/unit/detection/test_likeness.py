"""The same audio is recognised in two transcripts of it; two calls from one script are two."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from reviews.detection import likeness
from reviews.detection.likeness import DURATION_MS, SAMPLE, Likeness, are_alike, share
from reviews.detection.transcript import Transcript
from tests.unit.detection.calls import call

KEY = b"one tenant's"
TURN = 12
SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "lu",
    "ma",
    "ne",
    "pi",
    "ro",
    "su",
    "ta",
    "ve",
    "ki",
    "zo",
    "ha",
]


def talk(seed: int, count: int) -> list[str]:
    """Words of a few hundred that mean nothing."""
    chance = random.Random(seed)
    return ["".join(chance.choices(SYLLABLES, k=2)) for _ in range(count)]


def spoken(words: Sequence[str], first: str = "agent") -> Transcript:
    """In turns of TURN words, the speakers one after the other."""
    speakers = (first, "customer" if first == "agent" else "agent")
    turns = [words[at : at + TURN] for at in range(0, len(words), TURN)]
    return call("\n".join(f"{speakers[at % 2]}: {' '.join(t)}" for at, t in enumerate(turns)))


def heard(words: Sequence[str], duration_ms: int = 90_000, *, key: bytes = KEY) -> Likeness:
    made = likeness.signature(spoken(words), key=key)
    assert made is not None
    return Likeness(duration_ms, made)


def misheard(words: Sequence[str], every: int) -> list[str]:
    """One word of `every` is another."""
    return ["misheard" if at % every == 0 else word for at, word in enumerate(words)]


def is_short(words: Sequence[str]) -> bool:
    return likeness.signature(spoken(words), key=KEY) is None


def test_the_same_words_give_the_same_bytes_in_every_process() -> None:
    made = heard(talk(1, 300)).signature
    assert made.hex()[:16] == "00cb677f00d213d6"
    assert len(made) == 4 * SAMPLE


def test_a_signature_is_ascending_and_small_however_long_the_call() -> None:
    made = heard(talk(1, 20_000)).signature
    hashes = [made[at : at + 4] for at in range(0, len(made), 4)]
    assert len(hashes) == SAMPLE
    assert all(low < high for low, high in pairwise(hashes))


@pytest.mark.parametrize("every", [50, 25, 20])
@pytest.mark.parametrize("seed", range(5))
def test_a_few_other_words_leave_two_transcripts_of_a_call_alike(every: int, seed: int) -> None:
    words = talk(seed, 1_000)
    assert are_alike(heard(words), heard(misheard(words, every)))


def test_too_many_other_words_do_not() -> None:
    words = talk(1, 1_000)
    assert not are_alike(heard(words), heard(misheard(words, 5)))


def test_who_said_it_plays_no_part() -> None:
    words = talk(1, 300)
    swapped = likeness.signature(spoken(words, first="customer"), key=KEY)
    assert swapped == heard(words).signature


def test_fillers_case_and_punctuation_play_no_part() -> None:
    words = talk(1, 300)
    written = [f"Um, {word.title()}." if at % 3 == 0 else word for at, word in enumerate(words)]
    assert heard(written).signature == heard(words).signature


@pytest.mark.parametrize(("apart_ms", "is_alike"), [(0, True), (DURATION_MS, True), (1001, False)])
def test_durations_are_nearly_equal(apart_ms: int, is_alike: bool) -> None:
    words = talk(1, 300)
    one, other = heard(words), heard(words, 90_000 + apart_ms)
    assert are_alike(one, other) is are_alike(other, one) is is_alike


def test_two_calls_of_one_script_are_not_alike() -> None:
    """The agent reads the same words; the customers say their own."""
    script = talk(1, 300)

    def one(seed: int) -> list[str]:
        own = talk(seed, 300)
        turns = range(0, 300, TURN)
        return [word for at in turns for word in (*script[at : at + TURN], *own[at : at + TURN])]

    assert 0.1 < share(heard(one(2)).signature, heard(one(3)).signature) < 0.35
    assert not are_alike(heard(one(2)), heard(one(3)))


@pytest.mark.parametrize("words", [[], talk(1, 73), ["hello"] * 500, talk(1, 40) * 10])
def test_what_has_few_words_or_few_different_ones_has_no_signature(words: list[str]) -> None:
    assert is_short(words)


def test_a_call_that_is_just_long_enough_has_one() -> None:
    assert not is_short(talk(1, 74))


def test_of_short_calls_the_share_is_exact_and_of_long_ones_near_it() -> None:
    short, long = talk(1, 100), talk(2, 4_000)
    assert share(heard(short).signature, heard(short[:80]).signature) == 76 / 96
    estimate = share(heard(long).signature, heard(long[:2_000]).signature)
    assert estimate == pytest.approx(0.5, abs=0.12)


def test_under_another_key_nothing_is_in_common() -> None:
    words = talk(1, 300)
    assert share(heard(words).signature, heard(words, key=b"another's").signature) == 0.0


def test_words_of_another_language_are_compared_too() -> None:
    spanish = replace(spoken(talk(1, 300)), language="es")
    assert likeness.signature(spanish, key=KEY) == heard(talk(1, 300)).signature
