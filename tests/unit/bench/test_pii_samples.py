"""Sentences made anew from a seed: the figures of personal data, kind by kind, in every run."""

import pytest

from bench.pii import samples
from bench.pii.finders import ours
from bench.pii.tally import tally

LEAST_PERSON = 0.6
"""Without a model."""


@pytest.mark.parametrize("is_spoken", [False, True])
@pytest.mark.parametrize("seed", [11, 12])
def test_nearly_every_value_of_every_kind_is_found(seed: int, is_spoken: bool) -> None:
    texts = samples.texts(samples.KINDS, each=20, seed=seed, is_spoken=is_spoken)
    tallies = tally(texts, ours(), [kind.name for kind in samples.KINDS])
    recalls = {kind: counted.recall for kind, counted in tallies.items()}
    assert recalls.pop("PERSON") >= LEAST_PERSON
    assert {kind: recall for kind, recall in recalls.items() if recall < 0.95} == {}
    assert sum(counted.spurious for counted in tallies.values()) <= 2


def test_a_seed_gives_the_same_sentences_again() -> None:
    made = [samples.texts(samples.KINDS, each=3, seed=5, is_spoken=True) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != samples.texts(samples.KINDS, each=3, seed=6, is_spoken=True)
    for text in made[0]:
        (value,) = text.values
        assert text.text[value.start : value.end].strip()
