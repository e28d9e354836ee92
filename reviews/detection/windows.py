"""Windows of a call: their edges, what lies in them, what of them was transcribed."""

from bisect import bisect_left, bisect_right
from typing import cast

from reviews.detection.evidence import Reason
from reviews.detection.intervals import Stretch
from reviews.detection.language.types import ClockWindow, EdgeWindow, Unit, Window
from reviews.detection.reading import Reading, Said

Doubt = tuple[Reason, str]
"""Why nothing can be said, with one sentence for people."""

NO_TIMES: Doubt = (Reason.NO_TIMES, "the words have no times, so no window can be applied")
NO_TURNS: Doubt = (Reason.NO_TURNS, "the call has no speaker labels, so there are no turns")
NOT_TRANSCRIBED: Doubt = (
    Reason.WINDOW_NOT_TRANSCRIBED,
    "part of the stretch that was searched was not transcribed",
)


def edges_ms(window: Window, reading: Reading) -> tuple[int, int]:
    """Start and end in ms of the file; a window in turns spans the turns' words."""
    key = ("edges", window)
    if key not in reading.remembered:
        reading.remembered[key] = _edges_ms(window, reading)
    return cast("tuple[int, int]", reading.remembered[key])


def _edges_ms(window: Window, reading: Reading) -> tuple[int, int]:
    if isinstance(window, ClockWindow):
        return window.start_ms, window.end_ms
    end = reading.end_ms
    if window.unit is Unit.TURNS:
        return _turns_ms(window, reading)
    length = window.amount * (1000 if window.unit is Unit.SECONDS else end / 100)
    length = min(round(length), end)
    return (0, length) if window.is_first else (end - length, end)


def doubt_of(window: Window, reading: Reading) -> Doubt | None:
    """Why the window cannot be applied to any hit of this call, if so."""
    if isinstance(window, ClockWindow) or window.unit is not Unit.TURNS:
        return None if reading.has_times else NO_TIMES
    return None if reading.axis.has_turns else NO_TURNS


def is_untranscribed(window: Window, reading: Reading) -> bool:
    begins, ends = reading.transcript.transcribed_ms
    if isinstance(window, ClockWindow) or window.unit is not Unit.TURNS:
        start, end = edges_ms(window, reading)
        return reading.untranscribed(start, min(end, reading.end_ms)) > 0
    return begins > 0 if window.is_first else ends is not None and ends < reading.end_ms


def is_inside(stretch: Stretch, window: Window, reading: Reading) -> bool:
    """Every matched word lies in the window, by its own time."""
    return all(is_token_inside(first, last, window, reading) for first, last in stretch.marks)


def is_token_inside(first: int, last: int, window: Window, reading: Reading) -> bool:
    if not isinstance(window, ClockWindow) and window.unit is Unit.TURNS:
        low, high = _turns(window, reading)
        return low <= reading.axis.turns[first] and reading.axis.turns[last] <= high
    start_ms, end_ms = reading.spoken_ms(first, last)
    low, high = edges_ms(window, reading)
    return low <= start_ms and end_ms <= high


def inside(said: Said, window: Window, reading: Reading) -> Said:
    """What of it lies in the window; all of it where the window cannot be applied."""
    if doubt_of(window, reading) is not None:
        return said
    tokens = said.tokens
    if not isinstance(window, ClockWindow) and window.unit is Unit.TURNS:
        first, stop = _turns_tokens(window, reading)
        return said.only(tokens[bisect_left(tokens, first) : bisect_left(tokens, stop)])
    low, high = edges_ms(window, reading)
    if said.is_in_order:
        return said.only(tokens[bisect_left(said.starts, low) : bisect_right(said.ends, high)])
    timed = zip(tokens, said.starts, said.ends, strict=True)
    return said.only([at for at, start, end in timed if start >= low and end <= high])


def lacks_times(stretch: Stretch, window: Window, reading: Reading) -> bool:
    if not isinstance(window, ClockWindow) and window.unit is Unit.TURNS:
        return False
    return any(reading.spoken_ms(first, last)[0] < 0 for first, last in stretch.marks)


def _turns(window: EdgeWindow, reading: Reading) -> tuple[int, int]:
    """The first and the last turn of a window in turns."""
    if window.is_first:
        return 0, window.amount - 1
    return reading.last_turn - window.amount + 1, reading.last_turn


def _turns_tokens(window: EdgeWindow, reading: Reading) -> tuple[int, int]:
    """The first token of a window in turns, and the first one behind it."""
    turns = reading.axis.turns  # ascending
    low, high = _turns(window, reading)
    return bisect_left(turns, low), bisect_right(turns, high)


def _turns_ms(window: EdgeWindow, reading: Reading) -> tuple[int, int]:
    first, stop = _turns_tokens(window, reading)
    if first >= stop or not reading.has_times:
        return 0, 0
    everything = Said(reading.transcript, reading.axis, range(first, stop))
    return min(everything.starts), max(everything.ends)
