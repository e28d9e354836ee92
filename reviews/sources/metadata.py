"""Facts about a call that travel in the query of its `webhook_url`, which the vendor echoes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from reviews.detection.transcript import CallFacts, CallKind, Direction
from reviews.sources.normal import (
    LONGEST_AGENT,
    LONGEST_NAME,
    LONGEST_PRODUCT,
    LONGEST_QUEUE,
    LONGEST_REGION,
    LONGEST_ZONE,
    CallMetadata,
    is_storable,
)

_MOST_FIELDS = 100
_TRUTH = {"true": True, "false": False}
_DIRECTIONS = {item.value: item for item in Direction}
_KINDS = {item.value: item for item in CallKind}


def parse_metadata(url: object) -> CallMetadata:
    """Read the query of `url`. Bad values are left out and named in `warnings`; never raises."""
    try:
        pairs = parse_qsl(
            urlsplit(url if isinstance(url, str) else "").query, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return CallMetadata(CallFacts(), warnings=("webhook_url",))
    return metadata_of(pairs)


def metadata_of(pairs: Iterable[tuple[str, str]]) -> CallMetadata:
    """Of named texts; a name that is not known is passed over, one that comes twice is left out."""
    fields: dict[str, object] = {}
    warnings: list[str] = []
    for name, text in pairs:
        if name not in _READERS:
            continue
        value = None if name in fields else _READERS[name](text)
        if value is None:
            warnings.append(name)
        else:
            fields[name] = value
    return _metadata(fields, tuple(dict.fromkeys(warnings)))


def _metadata(fields: Mapping[str, object], warnings: tuple[str, ...]) -> CallMetadata:
    facts = {_FACTS[name]: value for name, value in fields.items() if name in _FACTS}
    rest = {name: value for name, value in fields.items() if name not in _FACTS}
    return CallMetadata(
        facts=CallFacts(**facts),  # type: ignore[arg-type] # each reader gives its field's type
        **rest,  # type: ignore[arg-type] # each reader gives its field's type
        warnings=warnings,
    )


def _line(text: str, *, longest: int) -> str | None:
    text = text.strip()
    is_plain = text.isprintable() and "\ufffd" not in text
    return text if text and is_plain and len(text) <= longest else None


def _moment(text: str) -> datetime | None:
    # A plus sign that was not escaped arrives as a blank.
    return aware_moment(text.strip().replace(" ", "+" if "T" in text else " "))


def aware_moment(text: object) -> datetime | None:
    """A time with its zone, of 1900 to 2200; never raises."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and is_storable(at) else None


def _zone(text: str) -> str | None:
    try:
        key = ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        return None
    return key if len(key) <= LONGEST_ZONE else None


def _truth(text: str) -> bool | None:
    return _TRUTH.get(text.strip().lower())


def _direction(text: str) -> Direction | None:
    return _DIRECTIONS.get(text.strip().lower())


def _kind(text: str) -> CallKind | None:
    return _KINDS.get(text.strip().lower())


_FACTS = {
    "call_at": "call_at",
    "zone": "local_zone",
    "direction": "direction",
    "kind": "kind",
    "queue": "queue",
    "product": "product",
    "region": "customer_region",
    "first_contact": "first_contact",
    "notice": "notice_before_start",
}
_READERS: Mapping[str, Callable[[str], object]] = {
    "call_at": _moment,
    "zone": _zone,
    "direction": _direction,
    "kind": _kind,
    "queue": partial(_line, longest=LONGEST_QUEUE),
    "product": partial(_line, longest=LONGEST_PRODUCT),
    "region": partial(_line, longest=LONGEST_REGION),
    "first_contact": _truth,
    "notice": _truth,
    "subject": partial(_line, longest=LONGEST_NAME),
    "account": partial(_line, longest=LONGEST_NAME),
    "agent": partial(_line, longest=LONGEST_AGENT),
    "agent_speaker": partial(_line, longest=LONGEST_NAME),
    "customer_speaker": partial(_line, longest=LONGEST_NAME),
}
