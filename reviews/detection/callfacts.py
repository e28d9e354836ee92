"""Conditions on the call's own facts; a fact that is not known is a doubt, by its name."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reviews.detection.evidence import Reason
from reviews.detection.language.types import FactBetween, FactIs
from reviews.detection.reading import Reading
from reviews.detection.windows import Doubt


def fact_doubt(condition: FactIs | FactBetween, reading: Reading) -> Doubt | None:
    if _value(condition.name, reading) is not None:
        return None
    return Reason.FACT_MISSING, f"call.{condition.name} is not known for this call"


def is_true(condition: FactIs | FactBetween, reading: Reading) -> bool:
    """Only where `fact_doubt` is None."""
    value = _value(condition.name, reading)
    if isinstance(condition, FactBetween):
        return _is_between(condition, value) if isinstance(value, int) else False
    if condition.comparison == "=":
        return value == condition.value
    if condition.comparison == "!=":
        return value != condition.value
    return _is_ordered(condition, value)


def _is_ordered(condition: FactIs, value: str | int | None) -> bool:
    if not isinstance(value, int) or not isinstance(condition.value, int):
        return False
    return {
        ">=": value >= condition.value,
        ">": value > condition.value,
        "<=": value <= condition.value,
        "<": value < condition.value,
    }[condition.comparison]


def _is_between(condition: FactBetween, minute: int) -> bool:
    start, end = condition.start, condition.end
    inside = start <= minute < end if start < end else minute >= start or minute < end
    return inside is condition.is_inside


def _value(name: str, reading: Reading) -> str | int | None:
    """Texts case-folded, durations in ms, local time in minutes of the day, yes or no as bool."""
    facts = reading.transcript.facts
    match name:
        case "duration":
            return reading.end_ms or None
        case "local_time":
            return _local_minute(facts.call_at, facts.local_zone)
        case "first_contact":
            return facts.first_contact
        case "notice":
            return facts.notice_before_start
    texts = {
        "kind": facts.kind,
        "direction": facts.direction,
        "queue": facts.queue,
        "product": facts.product,
        "region": facts.customer_region,
    }
    text = texts[name]
    return None if text is None else str(text).casefold()


def _local_minute(call_at: datetime | None, zone: str | None) -> int | None:
    """Minute of the customer's day; None where the zone is not known to this machine."""
    if call_at is None or call_at.tzinfo is None or zone is None:
        return None
    try:
        local = call_at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return local.hour * 60 + local.minute
