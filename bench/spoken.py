"""Calls of a big tenant as rows for COPY: who spoke, what, and what the search looks up."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.copying import Row, Rows
from reviews.detection import packing, phrases
from reviews.detection.pii import call as pii
from reviews.ingest import search_words
from reviews.models import CallWords, Participant, Transcript, Utterance
from reviews.models.ids import uuid7

PER_CALL, WORDS = 70, (4, 22)
VOCABULARY = 20_000
BEGAN, BETWEEN = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=30)
_TRANSCRIPTS = (
    "id, tenant_id, source_id, external_id, revision, state, state_code, source_error, "
    "payload_hmac, payload, removed, features, feature_fingerprint, language, timing, words, "
    "duration_ms, transcribed_from_ms, is_punctuated, custom_spelling, roles_by, received_at, "
    "call_at, call_zone, direction, kind, queue, product, customer_region, customer_zone, crm_ids, "
    "told_hmac, masked_by, paused_ms"
)
_UTTERANCES = (
    "id, tenant_id, transcript_id, revision, index, speaker, role, channel, start_ms, end_ms, "
    "text, masks, packed"
)
_PEOPLE = "id, tenant_id, transcript_id, revision, speaker, channel, role, agent_id, from_ms"
_WORDS = "id, tenant_id, transcript_id, revision, at, words"


@dataclass(frozen=True, slots=True)
class Call:
    id: UUID
    at: datetime
    agent: UUID


def calls(
    dice: random.Random, tenant: UUID, source: UUID, agents: Sequence[UUID], numbers: range
) -> tuple[list[Call], list[Rows]]:
    """The n-th agent speaks 1/n as often as the first."""
    shares = [1 / at for at in range(1, len(agents) + 1)]
    taken = dice.choices(agents, shares, k=len(numbers))
    made = [
        Call(uuid7(), BEGAN + BETWEEN * at, agent) for at, agent in zip(numbers, taken, strict=True)
    ]
    said = [_said(dice) for _ in made]
    known = list(zip(made, said, strict=True))
    return made, [
        Rows(Transcript, _TRANSCRIPTS, [
            _transcript(tenant, source, at, *each) for at, each in zip(numbers, known, strict=True)
        ]),
        Rows(Utterance, _UTTERANCES, [row for each in known for row in _lines(tenant, *each)]),
        Rows(Participant, _PEOPLE, [row for call in made for row in _people(tenant, call)]),
        Rows(CallWords, _WORDS, [row for each in known for row in _words(tenant, *each)]),
    ]  # fmt: skip


_VOCABULARY = [f"w{at}" for at in range(1, VOCABULARY + 1)]
_SHARES = [1 / at for at in range(1, VOCABULARY + 1)]


def _said(dice: random.Random) -> list[list[str]]:
    """A call's lines, words as often as in speech: the n-th is said 1/n as often as the first."""
    lengths = [dice.randint(*WORDS) for _ in range(PER_CALL)]
    pool = iter(dice.choices(_VOCABULARY, _SHARES, k=sum(lengths)))
    return [[next(pool) for _ in range(length)] for length in lengths]


def _role(line: int) -> str:
    return "agent" if line % 2 else "customer"


def _transcript(tenant: UUID, source: UUID, at: int, call: Call, said: list[list[str]]) -> Row:
    return (
        call.id, tenant, source, f"call-{at}", 1, "ready", "", "", b"", b"", "[]", "{}", "", "en",
        "measured", sum(map(len, said)), 300_000, 0, True, "[]", "", call.at, call.at, "", "",
        "live", "", "", "", "", "{}", b"", pii.VERSION, "{}",
    )  # fmt: skip


def _lines(tenant: UUID, call: Call, said: list[list[str]]) -> Iterator[Row]:
    for line, words in enumerate(said):
        yield (
            uuid7(), tenant, call.id, 1, line, "BA"[line % 2], _role(line), "", line * 1000,
            line * 1000 + 900, " ".join(words), "[]", _packed(words),
        )  # fmt: skip


def _people(tenant: UUID, call: Call) -> Iterator[Row]:
    yield uuid7(), tenant, call.id, 1, "A", "", "agent", call.agent, 0
    yield uuid7(), tenant, call.id, 1, "B", "", "customer", None, 0


def _words(tenant: UUID, call: Call, said: list[list[str]]) -> Iterator[Row]:
    spoken = [(_role(line), words, ()) for line, words in enumerate(said)]
    for each in phrases.parts(spoken):
        yield uuid7(), tenant, call.id, 1, call.at, search_words.vector(str(tenant)[-8:], each)


def _packed(words: list[str]) -> bytes:
    times = list(range(len(words)))
    every = packing.Words(words, times, times, [0.9] * len(words))
    return packing.pack(every, [0, len(words)])[0]
