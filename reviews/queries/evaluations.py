"""Stored evaluations: every rule's result, packed."""

import json
import zlib

import msgspec

from reviews.detection import engine, wire
from reviews.models import Evaluation


def pack(outcome: engine.Evaluation) -> bytes:
    """Deflated JSON of `detection.wire`: spans, codes and numbers, no words."""
    return zlib.compress(msgspec.json.encode(wire.to_wire(outcome)), 1)


def unpack(row: Evaluation) -> engine.Evaluation:
    return wire.from_wire(json.loads(zlib.decompress(bytes(row.results))))
