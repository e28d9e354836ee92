"""Stored evaluations: every rule's result, packed."""

import json
import zlib

import msgspec

from reviews.detection import engine, wire
from reviews.detection.transcript import Transcript
from reviews.models import Evaluation


def pack(outcome: engine.Evaluation) -> bytes:
    """Deflated JSON of `detection.wire`: spans, codes and numbers; no words, no speaker's label."""
    return zlib.compress(msgspec.json.encode(wire.to_wire(outcome)), 1)


def unpack(row: Evaluation, call: Transcript) -> engine.Evaluation:
    """The results as they were; the speakers' labels come from `call`, the evaluated revision."""
    stored = json.loads(zlib.decompress(bytes(row.results)))
    return wire.from_wire(stored, speakers=call.speakers)
