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
    "weed": "weed",
    "we'd": "weed",
    "bank": "wank",
    "fee": "pee",
    "fill": "kill",
    "call": "kill",
    "by": "die",
    "account": "a cunt",
}


def misheard(calls: Sequence[Transcript]) -> Iterator[tuple[str, Transcript, int]]:
    """For each word: the call in which every one of it is heard wrong, and how many there are."""
    for said, heard in SOUNDS.items():
        for call in calls:
            changed = tuple(heard if bare(word) == said else word for word in call.words)
            count = sum(bare(word) == said for word in call.words)
            if count:
                yield f"{said}", replace(call, words=changed), count
