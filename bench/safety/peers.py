"""A word list and a linear classifier that users of Python install for this."""

from collections.abc import Sequence
from functools import partial

import profanity_check  # type: ignore[import-not-found]  # peers are installed apart, for this alone
from better_profanity import (  # type: ignore[import-not-found]  # as above
    profanity,
)

from bench.language.timing import Prepare
from bench.safety.contenders import Contender, Places
from bench.safety.corpora import said
from reviews.detection.transcript import Transcript


def peers() -> list[Contender]:
    profanity.load_censor_words()
    return [
        Contender("better-profanity", _lists, _lists, _listed, _lists_in, _prepare_list),
        Contender("alt-profanity-check", _predicts, _predicts, None, _predicts_in, _prepare_model),
    ]


def _lists(text: str) -> bool:
    return bool(profanity.contains_profanity(text))


def _listed(text: str) -> Places:
    """It says no places: each word is asked by itself."""
    words, places = said(text)
    return [place for word, place in zip(words.words, places, strict=True) if _lists(word)]


def _lists_in(call: Transcript) -> int:
    return sum(map(_lists, _utterances(call)))


def _predicts(text: str) -> bool:
    return bool(profanity_check.predict([text])[0])


def _predicts_in(call: Transcript) -> int:
    return int(sum(profanity_check.predict(_utterances(call))))


def _utterances(call: Transcript) -> list[str]:
    bounds = call.bounds
    return [" ".join(call.words[bounds[at] : bounds[at + 1]]) for at in range(call.utterances)]


def _prepare_list(calls: Sequence[Transcript]) -> Prepare:
    return lambda: [partial(_lists_in, each) for each in calls]


def _prepare_model(calls: Sequence[Transcript]) -> Prepare:
    return lambda: [partial(_predicts_in, each) for each in calls]
