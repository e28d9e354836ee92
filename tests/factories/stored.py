"""Calls out of a few written lines, stored and scheduled as if they had been fetched."""

import json
from typing import Any

from django.utils import timezone

from reviews.evaluation import run
from reviews.ingest import store
from reviews.models import Source, SourceKind, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive
from reviews.sources.roles import Named

_WORD_MS = 300
_LABELS = {"agent": "A", "customer": "B"}


def keep_said(tenant: Tenant, external_id: str, said: str, **told: Any) -> Transcript:
    """A call of lines `agent: text` and `customer: text`; `told` are further fields of it."""
    received = receive(json.dumps(_payload(external_id, said) | told).encode())
    named = Named("A", "B", "the lines")
    fetched = parse(received.value, call_url=received.call_url, default_named=named)
    with tenant_context(tenant.pk):
        source, _ = Source.objects.get_or_create(
            tenant=tenant, name="lines", defaults={"kind": SourceKind.FILES, "sealed_key": b""}
        )
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        assert row is not None
        run.schedule(row)
    return row


def _payload(external_id: str, said: str) -> dict[str, Any]:
    words: list[dict[str, Any]] = []
    utterances = []
    for line in said.strip().splitlines():
        role, _, text = line.partition(":")
        spoken = [_word(len(words) + at, word, role) for at, word in enumerate(text.split())]
        words += spoken
        utterances.append({"speaker": _LABELS[role.strip()], "text": text.strip(), "words": spoken})
    return {
        "id": external_id,
        "status": "completed",
        "text": " ".join(word["text"] for word in words),
        "speaker_labels": True,
        "words": words,
        "utterances": utterances,
        "audio_duration": len(words) * _WORD_MS // 1000 + 1,
    }


def _word(at: int, text: str, role: str) -> dict[str, Any]:
    return {
        "text": text,
        "start": at * _WORD_MS,
        "end": (at + 1) * _WORD_MS,
        "confidence": 0.99,
        "speaker": _LABELS[role.strip()],
    }
