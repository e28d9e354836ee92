"""Times that nobody measured: of words within a stretch that was, by how long they are written."""

from collections.abc import Sequence
from itertools import accumulate, groupby

from reviews.sources.files.foreign import Word


def spread(words: Sequence[Word], start_ms: int, end_ms: int) -> None:
    """Give every word its share of the stretch, by its characters. Without a stretch: nothing."""
    if start_ms < 0 or end_ms < start_ms:
        return
    ends = list(accumulate(len(word["text"]) + 1 for word in words))
    total = ends[-1] if ends else 1
    edges = [start_ms + (end_ms - start_ms) * end // total for end in (0, *ends)]
    for word, low, high in zip(words, edges, edges[1:], strict=False):
        word["start"], word["end"] = low, high


def fill(words: Sequence[Word], start_ms: int, end_ms: int) -> bool:
    """Give the words without times those between their neighbours'; True where there were any.

    The stretch stands for the neighbours that the first and the last word lack; -1: there is none.
    """
    is_filled, before = False, start_ms
    runs = [list(run) for _, run in groupby(words, key=_is_timed)]
    for at, run in enumerate(runs):
        if _is_timed(run[0]):
            before = run[-1]["end"]
            continue
        after = runs[at + 1][0]["start"] if at + 1 < len(runs) else end_ms
        spread(run, before, max(before, after) if after >= 0 else -1)
        is_filled = True
    return is_filled


def end_at_next(words: Sequence[Word], end_ms: int) -> None:
    """Where only starts are known, each word ends at the next one's; the last at `end_ms`."""
    starts = [word["start"] for word in words[1:]]
    for word, end in zip(words, [*starts, end_ms], strict=False):
        word["end"] = max(word["start"], end)


def _is_timed(word: Word) -> bool:
    return bool(word["start"] >= 0 and word["end"] >= 0)
