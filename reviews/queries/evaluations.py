"""Stored evaluations: every rule's result, packed."""

import json

import msgspec
import zstandard

from reviews.detection import engine, wire
from reviews.detection.transcript import Transcript
from reviews.models import Evaluation


def pack(outcome: engine.Evaluation) -> bytes:
    """JSON of `detection.wire`, compressed: spans, codes, numbers; no words, no speaker's label."""
    return zstandard.compress(msgspec.json.encode(wire.to_wire(outcome)))


def unpack(row: Evaluation, call: Transcript) -> engine.Evaluation:
    """The results as they were; the speakers' labels come from `call`, the evaluated revision."""
    stored = json.loads(zstandard.decompress(bytes(row.results)))
    return wire.from_wire(stored, speakers=call.speakers)
