"""Demo calls to any number: the written ones, then seeded variations of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from reviews.demo.payload import completed, failed, features, spoken
from reviews.demo.script import TENANTS, Line, Script, Truth, rubric, scripts
from reviews.demo.slots import AGENTS, values
from reviews.demo.variation import varied

__all__ = ["TENANTS", "DemoCall", "Truth", "accounts", "calls", "rubric"]

_FIRST_CALL = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_CALLS_A_DAY = 20
_BETWEEN_CALLS = timedelta(minutes=21)
_REGIONS = (
    ("NY", "America/New_York"),
    ("IL", "America/Chicago"),
    ("CO", "America/Denver"),
    ("CA", "America/Los_Angeles"),
)
_OFF = dict.fromkeys(
    (
        *("punctuate", "format_text", "multichannel", "filter_profanity", "redact_pii"),
        *("auto_chapters", "summarization", "entity_detection", "sentiment_analysis"),
        *("iab_categories", "auto_highlights", "language_detection", "custom_topics"),
    ),
    False,
)
_ABSENT = dict.fromkeys(
    (
        *("error", "chapters", "summary", "entities", "sentiment_analysis_results"),
        *("auto_highlights_result", "iab_categories_result", "custom_spelling"),
        *("audio_start_from", "audio_end_at", "speakers_expected", "redact_pii_policies"),
    )
)


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A call as the vendor would give it, and what the tenant's rules should come to."""

    script: str
    """Id of the written call it comes from."""
    tenant: str
    language: str
    payload: dict[str, Any]
    truth: Mapping[str, Truth]
    """Rule code -> result, for every rule of the tenant's rubric."""

    @property
    def id(self) -> str:
        return str(self.payload["id"])


def calls(count: int, seed: int) -> tuple[DemoCall, ...]:
    """`count` calls, tenants in turn, the same for the same count and seed."""
    written = scripts()
    return tuple(
        _call(written[at % len(written)], at, Random(f"{seed}/{at}"), is_varied=at >= len(written))  # noqa: S311 # variation, not secrecy
        for at in range(count)
    )


def accounts(count: int, seed: int) -> dict[str, list[dict[str, Any]]]:
    """Payloads by the sandbox key of their tenant, `sandbox-<tenant>`, newest last."""
    made = calls(count, seed)
    return {
        f"sandbox-{tenant}": [call.payload for call in made if call.tenant == tenant]
        for tenant in TENANTS
    }


def _call(script: Script, at: int, rng: Random, *, is_varied: bool) -> DemoCall:
    agent = rng.randrange(AGENTS)
    slots = values(rng, agent=agent)
    lines = varied(script, rng) if is_varied else script.lines
    filled = [_filled(line, slots) for line in lines]
    content = _content(script, filled, rng)
    return DemoCall(
        script=script.id,
        tenant=script.tenant,
        language=script.language,
        payload=_identity(rng, script)
        | features(script)
        | content
        | _circumstances(script, at, rng, content, agent),
        truth={
            code: Truth((is_varied and truth.again) or truth.result, truth.quote.format(**slots))
            for code, truth in script.truth.items()
        },
    )


def _filled(line: Line, slots: Mapping[str, str]) -> Line:
    return replace(line, text=line.text.format(**slots))


def _content(script: Script, lines: list[Line], rng: Random) -> dict[str, Any]:
    if script.error:
        return failed(script)
    has_speakers = "no_speakers" not in script.flags
    return completed(script, spoken(lines, rng, has_speakers=has_speakers))


def _identity(rng: Random, script: Script) -> dict[str, Any]:
    id_ = str(UUID(int=rng.getrandbits(128), version=4))
    return {
        "id": id_,
        "language_model": "assemblyai_default",
        "acoustic_model": "assemblyai_default",
        "speech_model": "universal",
        "language_code": script.language,
        "audio_url": f"https://recordings.example/{script.tenant}/{id_}.wav",
        **_OFF,
        **_ABSENT,
        "punctuate": True,
        "format_text": True,
    }


def _circumstances(
    script: Script, at: int, rng: Random, content: Mapping[str, Any], agent: int
) -> dict[str, Any]:
    """When the call was, and the query of the webhook URL that carries the call's own facts."""
    day, slot = divmod(at, _CALLS_A_DAY)
    began = _FIRST_CALL + timedelta(days=day) + slot * _BETWEEN_CALLS
    seconds = int(content["audio_duration"] or 0)
    created = began + timedelta(seconds=seconds + 45)
    query = _query(script, rng, began, agent)
    return {
        "created": _stamp(created),
        "completed": _stamp(created + timedelta(seconds=8 + seconds // 4)),
        "webhook_url": f"https://hooks.{script.tenant}.example/calls?{urlencode(query)}",
        "webhook_status_code": 200,
        "webhook_auth": False,
    }


def _query(script: Script, rng: Random, began: datetime, agent: int) -> dict[str, str]:
    region, zone = rng.choice(_REGIONS)
    account = script.account or rng.randrange(1000, 10_000)
    query = {
        "call_at": began.astimezone(ZoneInfo(zone)).isoformat(),
        "direction": script.direction,
        "kind": script.kind,
        "queue": script.queue,
        "product": script.product,
        "region": region,
        "zone": zone,
        "subject": f"subject-{account}",
        "account": f"account-{account}",
        "first_contact": str(rng.random() < 0.2).lower(),
        "notice": str(script.notice).lower(),
        "agent": f"agent-{agent:02}",
    }
    # With two agents the vendor's speaker identification names them both.
    is_named = not script.second_agent and "no_speakers" not in script.flags
    return query | ({"agent_speaker": script.agent_speaker} if is_named else {})


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds")
