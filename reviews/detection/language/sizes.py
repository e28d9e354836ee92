"""Distances, windows, clock times and durations as they are written, with their ranges."""

import re

from reviews.detection.language.types import ClockWindow, Distance, EdgeWindow, Unit

WORDS_AT_MOST, SECONDS_AT_MOST, TURNS_AT_MOST = 1_000, 3_600, 500
_DISTANCE = re.compile(r"(\d{1,9})([st]?)")
_EDGE = re.compile(r"(\d{1,9})([st%])")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)")
_DAY = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_SECONDS = re.compile(r"(\d{1,9})s")
_UNITS = {"": Unit.WORDS, "s": Unit.SECONDS, "t": Unit.TURNS, "%": Unit.PERCENT}
_LIMITS = {
    Unit.WORDS: WORDS_AT_MOST,
    Unit.SECONDS: SECONDS_AT_MOST,
    Unit.TURNS: TURNS_AT_MOST,
    Unit.PERCENT: 100,
}


class SizeError(ValueError):
    """A size that is refused; the text says what to write."""


def distance(text: str) -> Distance:
    """`5` words, `10s` or `2t`. Raises SizeError."""
    match = _DISTANCE.fullmatch(text)
    if match is None:
        raise SizeError(f'"/{text}" is not a distance: write /5 (words), /10s or /2t')
    unit = _UNITS[match[2]]
    return Distance(_within(int(match[1]), unit, least=0), unit)


def edge_window(text: str, *, is_first: bool) -> EdgeWindow:
    """`30s`, `10%` or `5t` from the start or the end. Raises SizeError."""
    match = _EDGE.fullmatch(text)
    if match is None:
        side = "FIRST" if is_first else "LAST"
        raise SizeError(f'"{text}" is not a length: write IN {side} 30s, 10% or 5t')
    unit = _UNITS[match[2]]
    least = 1 if unit in (Unit.PERCENT, Unit.TURNS) else 0
    return EdgeWindow(is_first, _within(int(match[1]), unit, least=least), unit)


def clock_window(text: str) -> ClockWindow:
    """`0:30..2:00` in m:ss or h:mm:ss. Raises SizeError."""
    start, _, end = text.partition("..")
    first, second = _clock_ms(start), _clock_ms(end)
    if first is None or second is None:
        raise SizeError(f'"{text}" is not a stretch of the call: write IN 0:30..2:00')
    if first >= second:
        raise SizeError(f'"{text}" ends before it starts: write the earlier time first')
    return ClockWindow(first, second)


def duration_ms(text: str) -> int:
    """`20s` or `1:30`. Raises SizeError."""
    match = _SECONDS.fullmatch(text)
    value = int(match[1]) * 1000 if match else _clock_ms(text)
    if value is None:
        raise SizeError(f'"{text}" is not a duration: write 20s or 1:30')
    return value


def day_minutes(text: str) -> tuple[int, int]:
    """`8:00..21:00` as minutes of the day; may run past midnight. Raises SizeError."""
    start, _, end = text.partition("..")
    first, second = _DAY.fullmatch(start), _DAY.fullmatch(end)
    if first is None or second is None:
        raise SizeError(f'"{text}" is not a time of day: write 8:00..21:00')
    minutes = int(first[1]) * 60 + int(first[2]), int(second[1]) * 60 + int(second[2])
    if minutes[0] == minutes[1] or max(minutes) > 24 * 60:
        raise SizeError(f'"{text}" is no stretch of a day: write two times up to 24:00')
    return minutes


def _clock_ms(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    if match is None or (match[1] and int(match[2]) > 59):
        return None
    return (int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])) * 1000


def _within(amount: int, unit: Unit, *, least: int) -> int:
    most = _LIMITS[unit]
    if not least <= amount <= most:
        raise SizeError(f"{amount} is out of range: write {least} to {most}")
    return amount
