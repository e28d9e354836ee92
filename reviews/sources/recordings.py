"""A recording to be transcribed: where it is, what is told of its call, and how it is known again.

What is told goes out in the query of our webhook address, with a nonce: the vendor repeats that
address wherever it shows the call, so whoever fetches it learns which recording it is of.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from reviews.egress import is_public
from reviews.errors import ErrorCode, Refused
from reviews.sources.metadata import metadata_of
from reviews.sources.told import Told

CALL_ID = "call_id"
"""The call's id in the systems of whoever submits it."""
NAMES = (
    *(CALL_ID, "agent", "call_at", "direction", "kind", "queue", "product", "region", "zone"),
    *("first_contact", "notice", "agent_speaker", "customer_speaker"),
)
"""What may be told: all that an address may say, but whom the call is about."""
NONCE = "nonce"
LONGEST_ADDRESS = 2_000
LONGEST_VALUE = 200
_NONCE = re.compile(r"[A-Za-z0-9_-]{20,50}", re.ASCII)
_CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}", re.ASCII)
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)  # printable, no blank, no backslash
_MOST_FIELDS = 100
_SIGNING = re.compile(
    r"x-(amz|goog|oss|cos)-.*|signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid"
    r"|s[eiprvt]|ss|srt?|spr|sig|sk(oid|tid|t|e|s|v)|token|access_token",
    re.IGNORECASE,
)
"""Names of the parts of an address that open it for a while and say nothing of what it is."""


class RecordingRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


def check_address(url: str) -> str:
    """An address that the vendor may fetch, as it was given. Raises RecordingRefused.

    The value is never shown: it may hold a signature.
    """
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https"):
        _refuse("The recording's address", "no address of http or https", "Give it whole.")
    if "@" in parts.netloc or parts.fragment:
        _refuse("The recording's address", "a user or a fragment in it", "Sign its query instead.")
    if not _may_be_public(parts.hostname or ""):
        _refuse(
            "The recording's address",
            "a host that only this network knows",
            "The vendor fetches it itself: send the file instead.",
        )
    return url


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_whole and len(url) <= LONGEST_ADDRESS and _PLAIN.fullmatch(url) else None


def _may_be_public(host: str) -> bool:
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))


def identity(url: str) -> str:
    """The same for addresses of one recording that were signed at different times."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = sorted(pair for pair in pairs if not _SIGNING.fullmatch(pair[0]))
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}?{urlencode(kept)}"


def check_metadata(given: Mapping[str, object]) -> dict[str, str]:
    """What is told, without what is blank. Raises RecordingRefused, naming the first that is not
    known or cannot be read; never its value.
    """
    told: dict[str, str] = {}
    for name, value in given.items():
        if name not in NAMES:
            _refuse(f"“{name[:40]}”", "an unknown name", f"Known here: {', '.join(NAMES)}.")
        if not isinstance(value, str) or len(value) > LONGEST_VALUE:
            _refuse(f"“{name}”", "no text, or a long one", f"Give {LONGEST_VALUE} characters.")
        if value.strip():
            told[name] = value.strip()
    unread = list(metadata_of(told.items()).warnings)
    if CALL_ID in told and not is_call_id(told[CALL_ID]):
        unread.append(CALL_ID)
    for name in unread:
        _refuse(f"“{name}”", f"{len(told[name])} characters that cannot be read", _HOW[name])
    return told


def is_call_id(text: str) -> bool:
    return _CALL_ID.fullmatch(text) is not None


_LINE = "Give one printable line."
_HOW: Mapping[str, str] = dict.fromkeys(NAMES, _LINE) | {
    CALL_ID: "Give up to 100 of letters, digits and _ . : / -, beginning with one of the first.",
    "call_at": "Give a time with its zone, as 2026-01-31T08:00:00+01:00.",
    "direction": "Give inbound or outbound.",
    "kind": "Give live, voicemail, third_party or no_conversation.",
    "zone": "Give a time zone's name, as Europe/Lisbon.",
    "first_contact": "Give true or false.",
    "notice": "Give true or false.",
}


def told_of(metadata: Mapping[str, str]) -> Told:
    """What `check_metadata` gave, to be laid on the call."""
    crm_ids = {CALL_ID: metadata[CALL_ID]} if CALL_ID in metadata else {}
    return Told(metadata=metadata_of(metadata.items()), crm_ids=crm_ids)


def webhook_url(base: str, *, nonce: str, metadata: Mapping[str, str]) -> str:
    """Our address for this one recording."""
    return f"{base}?{urlencode({NONCE: nonce} | dict(metadata))}"


def nonce_of(url: str | None) -> str:
    """The nonce in an address that came back; "" where there is none of ours. Never raises."""
    try:
        pairs = parse_qsl(urlsplit(url or "").query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ""
    found = [text for name, text in pairs if name == NONCE]
    return found[0] if len(found) == 1 and is_nonce(found[0]) else ""


def is_nonce(text: str) -> bool:
    return _NONCE.fullmatch(text) is not None


def _refuse(what: str, seen: str, remedy: str) -> NoReturn:
    raise RecordingRefused(f"{what} is refused", seen, remedy)
