"""What the holder of a key sends: `vb_live_<tenant>_<id>_<secret>` and a checksum.

The last eight digits are a checksum over all before them, so a mistyped key costs no query.
"""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field
from uuid import UUID

_SHAPE = re.compile(r"(vb_live_([0-9a-f]{32})_([0-9a-f]{12})_([0-9a-f]{64}))([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Said:
    tenant_id: UUID
    prefix: str
    secret_sha256: bytes = field(repr=False)


def new_prefix() -> str:
    return secrets.token_hex(6)


def new_secret() -> str:
    return secrets.token_hex(32)


def written(tenant_id: UUID, prefix: str, secret: str) -> str:
    body = f"vb_live_{tenant_id.hex}_{prefix}_{secret}"
    return body + _checksum(body)


def read(authorization: str) -> Said | None:
    """None where the header does not hold a key whose checksum is right."""
    scheme, _, token = authorization.partition(" ")
    shape = _SHAPE.fullmatch(token)
    if scheme.lower() != "bearer" or shape is None:
        return None
    body, tenant, prefix, secret, checksum = shape.groups()
    if checksum != _checksum(body):
        return None
    return Said(UUID(tenant), prefix, sha256(secret))


def sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
