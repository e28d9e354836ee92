"""Ordinary calls, their words heard as the coarse word that sounds like them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.language.material import bare
from reviews.detection.transcript import Transcript

SOUNDS = {
    "can't": "cunt",
    "cant": "cunt",
    "count": "cunt",
    "sheet": "shit",
    "ship": "shit",
    "shift": "shit",
    "six": "sex",
    "as": "ass",
    "ask": "ass",
    "asked": "ass",
    "pitch": "bitch",
    "beach": "bitch",
    "which": "bitch",
    "fork": "fuck",
    "duck": "fuck",
    "look": "fuck",
    "luck": "fuck",
    "deck": "dick",
    "thick": "dick",
    "clock": "cock",
    "its": "tits",
    "piece": "piss",
    "who's": "whores",
    "hour": "whore",
    "rate": "rape",
    "annual": "anal",
    "he'll": "hell",
    "fax": "fags",
    "speak": "spic",
    "hi": "hoe",
    "math": "meth",
    "gone": "gun",
    "done": "gun",
    "we'd": "weed",
    "bank": "wank",
    "fill": "kill",
    "call": "kill",
    "by": "die",
}


def misheard(calls: Sequence[Transcript]) -> Iterator[tuple[str, Transcript, Transcript, int]]:
    """For each word: a call, the same where every one of it is heard wrong, how many there are."""
    for said, heard in SOUNDS.items():
        for call in calls:
            changed = tuple(heard if bare(word) == said else word for word in call.words)
            count = sum(bare(word) == said for word in call.words)
            if count:
                yield said, call, replace(call, words=changed), count
