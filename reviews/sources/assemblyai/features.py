"""Which features a transcript has: a missing result must never read as a clean one."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from reviews.detection.transcript import ContentSafety, SafetyLabel
from reviews.sources.assemblyai.lenient import label_of, ms_of, number_of, rows_of, share_of


class State(StrEnum):
    ABSENT = "absent"
    """Not asked for."""
    UNAVAILABLE = "unavailable"
    """Asked for, and the vendor gave no result."""
    EMPTY = "empty"
    """It ran and found nothing."""
    PRESENT = "present"


_RESULTS = {
    "auto_chapters": "chapters",
    "auto_highlights": "auto_highlights_result",
    "content_safety": "content_safety_labels",
    "entity_detection": "entities",
    "iab_categories": "iab_categories_result",
    "sentiment_analysis": "sentiment_analysis_results",
    "speaker_labels": "utterances",
    "summarization": "summary",
}
_SWITCHES = (
    "custom_spelling",
    "disfluencies",
    "filter_profanity",
    "format_text",
    "language_detection",
    "multichannel",
    "dual_channel",
    "punctuate",
    "redact_pii",
    "redact_pii_audio",
)


def features_of(payload: Mapping[str, Any]) -> dict[str, str]:
    """Every known feature and its state."""
    states = {
        name: _state(asked=bool(payload.get(name)), result=payload.get(result))
        for name, result in _RESULTS.items()
    }
    states["words"] = _state(asked=True, result=payload.get("words"))
    for name in _SWITCHES:
        states[name] = State.PRESENT if payload.get(name) else State.ABSENT
    return {name: state.value for name, state in sorted(states.items())}


def fingerprint(features: Mapping[str, str]) -> str:
    """Hex SHA-256, equal for equal features."""
    return hashlib.sha256(json.dumps(dict(features), sort_keys=True).encode()).hexdigest()


def _state(*, asked: bool, result: Any) -> State:
    status = result.get("status") if isinstance(result, dict) else None
    rows = result.get("results") if isinstance(result, dict) else result
    if rows:
        return State.PRESENT
    if not asked:
        return State.ABSENT
    # A feature that ran and found nothing answers with an empty list, not with null.
    has_run = rows is not None and status in (None, "success")
    return State.EMPTY if has_run else State.UNAVAILABLE


def safety_of(payload: Mapping[str, Any], state: str) -> ContentSafety | None:
    """The vendor's content safety labels; None where the feature was not asked for."""
    if state == State.ABSENT:
        return None
    if state == State.UNAVAILABLE:
        return ContentSafety(is_available=False)
    result = payload.get("content_safety_labels")
    rows = rows_of(result.get("results")) if isinstance(result, dict) else []
    labels = tuple(label for row in rows for label in _labels(row))
    return ContentSafety(is_available=True, labels=labels)


def _labels(row: dict[str, Any]) -> list[SafetyLabel]:
    when = row.get("timestamp")
    stretch = when if isinstance(when, dict) else {}
    start, end = ms_of(stretch.get("start")), ms_of(stretch.get("end"))
    return [
        SafetyLabel(
            label=name,
            confidence=share_of(label.get("confidence")) or 0.0,
            severity=number_of(label.get("severity")),
            start_ms=start,
            end_ms=max(start, end),
        )
        for label in rows_of(row.get("labels"))
        if (name := label_of(label.get("label")))
    ]
