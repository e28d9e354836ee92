"""Calls as they should not be: no times, no speakers, out of order, masks, marks, odd scripts."""

from itertools import accumulate

from hypothesis import strategies as st

from reviews.detection.transcript import Role, Transcript

_ODD = ["####", "[PHONE_NUMBER]", "f***", "—", "😀", "\u202e", "\u0000", "退款", "שלום", "uh"]


def wild_calls(*words: str) -> st.SearchStrategy[Transcript]:
    """Calls of those words among odd ones; nothing of a call can be relied on."""
    return st.builds(_call, _lines(words), st.integers(0, 3), st.booleans(), st.integers(0, 2**32))


def _lines(words: tuple[str, ...]) -> st.SearchStrategy[list[tuple[Role, list[str]]]]:
    said = st.lists(st.sampled_from([*words, *words, *_ODD]), max_size=12)
    return st.lists(st.tuples(st.sampled_from(list(Role)), said), max_size=6)


def _call(
    lines: list[tuple[Role, list[str]]], clock: int, has_labels: bool, seed: int
) -> Transcript:
    """`clock`: 0 in order, 1 none, 2 backwards, 3 some words without a time."""
    words = tuple(word for _, said in lines for word in said)
    count = len(words)
    starts = [at * 300 for at in range(count)]
    if clock == 1:
        starts = [-1] * count
    elif clock == 2:
        starts.reverse()
    elif clock == 3:
        starts = [-1 if (seed >> at % 32) & 1 else start for at, start in enumerate(starts)]
    return Transcript(
        id="wild",
        words=words,
        start_ms=starts,
        end_ms=[start if start < 0 else start + 300 for start in starts],
        confidence=[None if (seed >> at % 31) & 1 else (at % 5) / 4 for at in range(count)],
        bounds=tuple(accumulate((len(said) for _, said in lines), initial=0)),
        speakers=tuple(role.value if has_labels else None for role, _ in lines),
        channels=(None,) * len(lines),
        roles=tuple(role for role, _ in lines),
        language=[None, "en", "es", "ja"][seed % 4],
        transcribed_ms=(300, 900) if seed % 7 == 0 else (0, None),
    )
