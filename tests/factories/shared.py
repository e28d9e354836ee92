"""An account that serves several tenants, and calls of it that say whose they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from reviews.ingest import shared
from reviews.models import ListedCall, ListedState, RouteKind, Source, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories.loop import KEY

HOOK = "https://platform.test/hooks?call_at=2026-10-01T10:00:00Z"
AUDIO = "https://audio.test/own"


def added(base_url: str, name: str = "platform", key: str = KEY) -> Source:
    """The account connected; its first backfill is queued."""
    wanted = shared.Wanted(name, base_url, key, 1_000)
    return shared.add(wanted, now=timezone.now())


def routed(source: Source, tenant: Tenant, **given: Sequence[str]) -> int:
    """Routes to `tenant` by kind: `tag`, `external_id`, `audio`."""
    rules = [
        shared.rule_of(RouteKind(kind), each) for kind, texts in given.items() for each in texts
    ]
    return shared.route(source, tenant, rules, now=timezone.now())


def call(number: int, *tags: str, audio: str = AUDIO, said: str = "hello", **more: Any) -> Any:
    """A finished call with these tags, its recording in the folder `audio`."""
    words = [
        {"text": text, "start": at * 300, "end": at * 300 + 250, "confidence": 0.9, "speaker": "A"}
        for at, text in enumerate([*said.split(), f"number{number}"])
    ]
    given = {
        "id": str(UUID(int=number, version=4)),
        "status": "completed",
        "text": f"{said} number{number}",
        "words": words,
        "audio_duration": 3,
        "audio_url": f"{audio}/{number}.wav",
        "webhook_url": HOOK + "".join(f"&tenant={tag}" for tag in tags),
    }
    return given | more


def listed(source: Source) -> dict[str, ListedCall]:
    with tenant_context(source.tenant_id):
        return {row.external_id: row for row in ListedCall.objects.all()}


def quarantined(source: Source) -> dict[str, str]:
    """Id of each call that nobody has → the reason's code."""
    rows = listed(source).items()
    return {key: row.last_error_code for key, row in rows if row.state == ListedState.QUARANTINED}
