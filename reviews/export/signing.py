"""Signatures of outgoing webhooks, by the Standard Webhooks specification."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,…` over id, time and the very bytes that are sent."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(
    secrets: Sequence[str], message_id: str, body: bytes, *, now: datetime
) -> dict[str, str]:
    """Those of one try; after a rotation each of the secrets signs."""
    timestamp = int(now.timestamp())
    signatures = (sign(each, message_id, timestamp, body) for each in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
