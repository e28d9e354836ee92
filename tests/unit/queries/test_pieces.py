"""Words in runs that look alike, against what each word is by itself."""

import random
from itertools import groupby

from reviews.queries.shown import pieces

KINDS, MARKS = ("", "card_number", "person_name"), ("hit", "near")


def look(at: int, spans: list[tuple[int, int, str]]) -> str:
    """The last that lies on the word."""
    return next((what for first, last, what in reversed(spans) if first <= at <= last), "")


def test_the_runs_are_those_of_the_words_one_by_one() -> None:
    chance = random.Random(11)
    for _ in range(2_000):
        count = chance.randrange(9)
        words = [f"w{at}" for at in range(count)]
        span = [
            [(first := chance.randrange(9), first + chance.randrange(4)) for _ in range(size)]
            for size in (chance.randrange(3), chance.randrange(3), chance.randrange(2))
        ]
        masks = [(*each, chance.choice(KINDS[1:])) for each in span[0]]
        hits = [(*each, chance.choice(MARKS)) for each in span[1]]
        wanted = []
        for at in range(count):
            mark = look(at, hits)
            is_found = any(first <= at <= last for first, last in span[2])
            wanted.append((look(at, masks), f"{mark} found".strip() if is_found else mark))
        shown = pieces(words, masks, hits, span[2])
        assert [(each.is_masked, each.mark, each.words) for each in shown] == [
            (bool(kind), mark, len(list(run))) for (kind, mark), run in groupby(wanted)
        ]
        assert sum(each.words for each in shown) == count
        said = [word for each in shown if not each.is_masked for word in each.text.split()]
        assert said == [word for word, (kind, _) in zip(words, wanted, strict=True) if not kind]
