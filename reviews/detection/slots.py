"""Typed slots: where a number, an amount, a share, a time span or a mask stands on the axis."""

from bisect import bisect_right
from collections.abc import Callable, Mapping

from reviews.detection.folding import MASK, PROFANITY, is_number
from reviews.detection.language.types import Slot, SlotKind
from reviews.detection.normalize import Axis

_CURRENCIES = frozenset({"dollars", "pounds", "euros"})
_PERCENT = frozenset({"percent"})
_DURATIONS = frozenset(
    unit + ending
    for unit in ("second", "minute", "hour", "day", "week", "month", "year")
    for ending in ("", "s")
)
_UNITS: Mapping[SlotKind, frozenset[str]] = {
    SlotKind.MONEY: _CURRENCIES,
    SlotKind.PERCENT: _PERCENT,
    SlotKind.DURATION: _DURATIONS,
}
_LONE = "1"
"""Alone it may be the word `one`, which is no value; a unit makes it one."""


class SlotReader:
    """Values among the placed tokens of a call; none runs over a turn or the end of a sentence."""

    def __init__(self, axis: Axis) -> None:
        self._axis = axis
        self._tokens = axis.placed
        self._starts: dict[Slot, list[int]] = {}

    def starts(self, slot: Slot) -> list[int]:
        """Indexes into `placed` at which a value begins, ascending."""
        if slot not in self._starts:
            places = range(len(self._tokens))
            self._starts[slot] = [at for at in places if self.end(slot, at)]
        return self._starts[slot]

    def end(self, slot: Slot, at: int) -> int:
        """The index behind the longest value that begins at `at`, 0 where none does."""
        return _READERS[slot.kind](self, slot, at)

    def number(self, _slot: Slot, at: int) -> int:
        return at + 1 if is_number(self._tokens[at]) and self._tokens[at] != _LONE else 0

    def with_unit(self, slot: Slot, at: int) -> int:
        tokens, units = self._tokens, _UNITS[slot.kind]
        is_one = tokens[at] == "a" and slot.kind is SlotKind.DURATION
        if not (is_number(tokens[at]) or is_one) or at + 1 >= len(tokens):
            return 0
        return at + 2 if tokens[at + 1] in units and self._is_together(at, at + 1) else 0

    def digits(self, slot: Slot, at: int) -> int:
        """Never part of a longer run of digits."""
        if not self._tokens[at].isdigit() or (at and self._goes_on(at - 1)):
            return 0
        end = at + 1
        while self._goes_on(end - 1):
            end += 1
        return end if len("".join(self._tokens[at:end])) == slot.digits else 0

    def masked(self, slot: Slot, at: int) -> int:
        token = self._tokens[at]
        is_wanted = token == MASK + slot.label if slot.label else token[0] == MASK
        return at + 1 if is_wanted and token != PROFANITY else 0

    def profanity(self, _slot: Slot, at: int) -> int:
        return at + 1 if self._tokens[at] == PROFANITY else 0

    def _goes_on(self, at: int) -> bool:
        """Digits stand at `at` and right after it."""
        tokens = self._tokens
        is_pair = at + 1 < len(tokens) and tokens[at].isdigit() and tokens[at + 1].isdigit()
        return is_pair and self._is_together(at, at + 1)

    def _is_together(self, first: int, last: int) -> bool:
        kept, breaks = self._axis.kept, self._axis.breaks
        return bisect_right(breaks, kept[first]) == bisect_right(breaks, kept[last])


_READERS: Mapping[SlotKind, Callable[[SlotReader, Slot, int], int]] = {
    SlotKind.NUMBER: SlotReader.number,
    SlotKind.MONEY: SlotReader.with_unit,
    SlotKind.PERCENT: SlotReader.with_unit,
    SlotKind.DURATION: SlotReader.with_unit,
    SlotKind.DIGITS: SlotReader.digits,
    SlotKind.MASKED: SlotReader.masked,
    SlotKind.PROFANITY: SlotReader.profanity,
}
