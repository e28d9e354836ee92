"""Conditions on the call's own facts: `call.kind = live`, `call.local_time NOT IN 8:00..21:00`."""

from collections.abc import Sequence

from reviews.detection.language import sizes
from reviews.detection.language.types import FactBetween, FactIs
from reviews.detection.transcript import CallKind, Direction

_CHOICES = {
    "kind": tuple(kind.value for kind in CallKind),
    "direction": tuple(direction.value for direction in Direction),
}
_TEXTS = ("queue", "product", "region")
_YES_NO = ("first_contact", "notice")
_NAMES = (*_CHOICES, *_TEXTS, *_YES_NO, "duration", "local_time")


class FactError(ValueError):
    """A condition that is refused. `part` 0 is the name, 1 the comparison, 2 the value."""

    def __init__(self, message: str, part: int) -> None:
        super().__init__(message)
        self.part = part


def condition(parts: Sequence[str]) -> FactIs | FactBetween:
    """The condition of [`call.name`] or [`call.name`, comparison, value]. Raises FactError."""
    name = parts[0].removeprefix("call.")
    if name not in _NAMES:
        known = ", ".join(f"call.{each}" for each in _NAMES)
        raise FactError(f'there is no "{parts[0]}": write one of {known}', 0)
    if name in _YES_NO:
        return _yes_no(name, parts)
    if len(parts) < 3:
        raise FactError(f"call.{name} needs a comparison: write {_example(name)}", 0)
    comparison, value = " ".join(parts[1].split()), parts[2]
    if name == "local_time":
        return _local_time(comparison, value)
    if comparison.startswith(("IN", "NOT")):
        raise FactError(f"{comparison} does not go with call.{name}: write {_example(name)}", 1)
    if name == "duration":
        return _duration(comparison, value)
    return _text(name, comparison, value)


def _yes_no(name: str, parts: Sequence[str]) -> FactIs:
    if len(parts) > 1:
        raise FactError(f"call.{name} is yes or no: write call.{name} or NOT call.{name}", 1)
    return FactIs(name, "=", value=True)


def _local_time(comparison: str, value: str) -> FactBetween:
    if comparison not in ("IN", "NOT IN"):
        raise FactError(f"{comparison} does not go with call.local_time: write IN or NOT IN", 1)
    try:
        start, end = sizes.day_minutes(value)
    except sizes.SizeError as error:
        raise FactError(str(error), 2) from None
    return FactBetween("local_time", start, end, is_inside=comparison == "IN")


def _duration(comparison: str, value: str) -> FactIs:
    try:
        return FactIs("duration", comparison, sizes.duration_ms(value))
    except sizes.SizeError as error:
        raise FactError(str(error), 2) from None


def _text(name: str, comparison: str, value: str) -> FactIs:
    if comparison not in ("=", "!="):
        raise FactError(f"{comparison} does not go with call.{name}: write = or !=", 1)
    bare = value.strip('"“”').strip()
    choices = _CHOICES.get(name)
    if choices and bare not in choices:
        raise FactError(f'"{bare}" is no call.{name}: write one of {", ".join(choices)}', 2)
    return FactIs(name, comparison, bare.casefold())


def _example(name: str) -> str:
    examples = {
        "duration": "call.duration >= 20s",
        "local_time": "call.local_time IN 8:00..21:00",
        "kind": "call.kind = live",
        "direction": "call.direction = inbound",
    }
    return examples.get(name, f'call.{name} = "name"')
