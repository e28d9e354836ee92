"""What a recording is submitted with: a source's profile of features, and the request's body.

Left out on purpose: what belongs to one call alone (audio_start_from, audio_end_at), what is ours
(webhook_*), what gives back what was to be removed (redact_pii_return_unredacted), and names that
have given way to others (dual_channel, speech_model, word_boost).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from reviews.sources.assemblyai.parameters import (
    LONGEST_WORDING,
    MOST_POLICIES,
    MOST_SPELLINGS,
    Reader,
    Spelling,
    code,
    flag,
    language,
    one_of,
    refuse,
    several,
    share,
    spelling,
    term,
    text,
    whole,
)
from reviews.sources.assemblyai.parameters import fields as object_of

Pairs = tuple[tuple[str, Any], ...]
"""An object of the request: name and value, in the vendor's words."""

MOST_TERMS = 1_000
MOST_TERMS_OF: Mapping[str, int] = {"universal-2": 200}
"""Model → how many key terms it takes; of every other MOST_TERMS."""
MOST_MODELS = 5
MOST_SPEAKERS = 50
INSTEAD: Mapping[str, str] = {
    "dual_channel": "Use multichannel.",
    "speech_model": "Use speech_models, a list.",
    "word_boost": "Use keyterms_prompt.",
    "boost_param": "Use keyterms_prompt.",
    "redact_pii_return_unredacted": "What is redacted is not taken back; leave it out.",
    "audio_start_from": "It belongs to one recording; leave it out.",
    "audio_end_at": "It belongs to one recording; leave it out.",
    "audio_url": "It belongs to one recording; leave it out.",
    "webhook_url": "It is made for each recording; leave it out.",
    "webhook_auth_header_name": "The source's own secret is sent; leave it out.",
    "webhook_auth_header_value": "The source's own secret is sent; leave it out.",
}
"""Parameters of the vendor's that a profile does not have → what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Names and values as the vendor has them; None: not sent, so the vendor's default holds."""

    speech_models: tuple[str, ...]
    """In the order in which they are tried."""
    language_code: str | None = None
    language_codes: tuple[str, ...] | None = None
    language_detection: bool | None = None
    language_confidence_threshold: float | None = None
    language_detection_options: Pairs | None = None
    punctuate: bool | None = None
    format_text: bool | None = None
    disfluencies: bool | None = None
    filter_profanity: bool | None = None
    multichannel: bool | None = None
    speaker_labels: bool | None = None
    speakers_expected: int | None = None
    speaker_options: Pairs | None = None
    keyterms_prompt: tuple[str, ...] | None = None
    prompt: str | None = None
    temperature: float | None = None
    custom_spelling: tuple[Spelling, ...] | None = None
    speech_threshold: float | None = None
    redact_pii: bool | None = None
    redact_pii_policies: tuple[str, ...] | None = None
    redact_pii_sub: str | None = None
    redact_pii_audio: bool | None = None
    redact_pii_audio_quality: str | None = None
    redact_pii_audio_options: Pairs | None = None
    content_safety: bool | None = None
    content_safety_confidence: int | None = None
    entity_detection: bool | None = None
    sentiment_analysis: bool | None = None
    iab_categories: bool | None = None
    auto_highlights: bool | None = None
    auto_chapters: bool | None = None
    summarization: bool | None = None
    summary_model: str | None = None
    summary_type: str | None = None


DEFAULT = Profile(
    speech_models=("universal-3-pro", "universal-2"), language_detection=True, speaker_labels=True
)
_SPEAKERS = whole(1, MOST_SPEAKERS)
_READERS: Mapping[str, Reader] = {
    "speech_models": several(code, MOST_MODELS),
    "language_code": language,
    "language_codes": several(language, 10),
    "language_detection": flag,
    "language_confidence_threshold": share,
    "language_detection_options": object_of(
        {
            "expected_languages": several(language, 102),
            "fallback_language": language,
            "code_switching": flag,
            "code_switching_confidence_threshold": share,
        }
    ),
    "punctuate": flag,
    "format_text": flag,
    "disfluencies": flag,
    "filter_profanity": flag,
    "multichannel": flag,
    "speaker_labels": flag,
    "speakers_expected": _SPEAKERS,
    "speaker_options": object_of(
        {"min_speakers_expected": _SPEAKERS, "max_speakers_expected": _SPEAKERS}
    ),
    "keyterms_prompt": several(term, MOST_TERMS),
    "prompt": text,
    "temperature": share,
    "custom_spelling": several(spelling, MOST_SPELLINGS),
    "speech_threshold": share,
    "redact_pii": flag,
    "redact_pii_policies": several(code, MOST_POLICIES),
    "redact_pii_sub": one_of("hash", "entity_name"),
    "redact_pii_audio": flag,
    "redact_pii_audio_quality": one_of("mp3", "wav"),
    "redact_pii_audio_options": object_of(
        {
            "override_audio_redaction_method": one_of("silence"),
            "return_redacted_no_speech_audio": flag,
        }
    ),
    "content_safety": flag,
    "content_safety_confidence": whole(25, 100),
    "entity_detection": flag,
    "sentiment_analysis": flag,
    "iab_categories": flag,
    "auto_highlights": flag,
    "auto_chapters": flag,
    "summarization": flag,
    "summary_model": one_of("informative", "conversational", "catchy"),
    "summary_type": one_of("bullets", "bullets_verbose", "gist", "headline", "paragraph"),
}
_NEEDS: Mapping[str, str] = {
    "language_confidence_threshold": "language_detection",
    "language_detection_options": "language_detection",
    "speakers_expected": "speaker_labels",
    "speaker_options": "speaker_labels",
    "redact_pii_policies": "redact_pii",
    "redact_pii_sub": "redact_pii",
    "redact_pii_audio": "redact_pii",
    "redact_pii_audio_quality": "redact_pii_audio",
    "redact_pii_audio_options": "redact_pii_audio",
    "content_safety_confidence": "content_safety",
    "summary_model": "summarization",
    "summary_type": "summarization",
}
"""Parameter → the switch without which it says nothing."""
_EITHER: Sequence[tuple[str, str]] = (
    ("language_code", "language_detection"),
    ("language_codes", "language_detection"),
    ("language_code", "language_codes"),
    ("speakers_expected", "speaker_options"),
    ("keyterms_prompt", "prompt"),
    ("summarization", "auto_chapters"),
)
"""Pairs of which the vendor takes one."""


def parse(value: object) -> Profile:
    """Raises ProfileRefused: names the parameter that is unknown, unfit, or against another."""
    if not isinstance(value, dict):
        refuse("profile", type(value).__name__, "Write an object of parameters.")
    for name in value:
        if name not in _READERS:
            instead = "See docs/operator/sources.md for those that there are."
            refuse(str(name)[:40], "an unknown parameter", INSTEAD.get(name, instead))
    if "speech_models" not in value:
        refuse("speech_models", "nothing", "Name at least one: the vendor refuses to choose.")
    profile = Profile(**{name: _READERS[name](name, item) for name, item in value.items()})
    for check in _CHECKS:
        check(profile)
    return profile


def body(profile: Profile) -> dict[str, Any]:
    """The parameters that are set, as the vendor takes them; `parse` reads them back."""
    return {name: _plain(item) for name, item in _set(profile)}


def request(
    profile: Profile, *, audio_url: str, webhook_url: str, header: tuple[str, str]
) -> dict[str, Any]:
    """The whole body. `header` is name and value of what comes with the webhooks."""
    name, secret = header
    return body(profile) | {
        "audio_url": audio_url,
        "webhook_url": webhook_url,
        "webhook_auth_header_name": name,
        "webhook_auth_header_value": secret,
    }


def _set(profile: Profile) -> Iterator[tuple[str, Any]]:
    for each in fields(profile):
        item = getattr(profile, each.name)
        if item is not None:
            yield each.name, item


def _plain(item: Any) -> Any:
    if isinstance(item, Spelling):
        return {"from": list(item.said), "to": item.spelt}
    if isinstance(item, tuple) and item and isinstance(item[0], tuple):
        return {name: _plain(inner) for name, inner in item}
    return [_plain(each) for each in item] if isinstance(item, tuple) else item


def _check_switches(profile: Profile) -> None:
    for name, switch in _NEEDS.items():
        is_on = bool(getattr(profile, switch))
        if getattr(profile, name) not in (None, False) and not is_on:
            refuse(name, f"no {switch} beside it", f"Set {switch}, or leave {name} out.")


def _check_pairs(profile: Profile) -> None:
    for one, other in _EITHER:
        if getattr(profile, one) and getattr(profile, other):
            refuse(one, f"{other} beside it", "Keep one of them: the vendor takes no two.")


def _check_redaction(profile: Profile) -> None:
    if profile.redact_pii and not profile.redact_pii_policies:
        remedy = "Name what is to be redacted, such as credit_card_number."
        refuse("redact_pii_policies", "none beside redact_pii", remedy)


def _check_speakers(profile: Profile) -> None:
    asked = dict(profile.speaker_options or ())
    low, high = asked.get("min_speakers_expected"), asked.get("max_speakers_expected")
    if low is not None and high is not None and low > high:
        refuse("speaker_options", f"at least {low} and at most {high}", "Write the smaller first.")


def _check_terms(profile: Profile) -> None:
    terms = len(profile.keyterms_prompt or ())
    most = min(MOST_TERMS_OF.get(model, MOST_TERMS) for model in profile.speech_models)
    if terms > most:
        remedy = f"Keep {most} of at most {LONGEST_WORDING} words, as every named model takes them."
        refuse("keyterms_prompt", f"{terms:,} terms", remedy)


def _check_summary(profile: Profile) -> None:
    for name in ("punctuate", "format_text"):
        if profile.summarization and getattr(profile, name) is False:
            refuse("summarization", f"{name} is off beside it", f"Leave {name} out.")


_CHECKS: Sequence[Callable[[Profile], None]] = (
    _check_switches,
    _check_pairs,
    _check_redaction,
    _check_speakers,
    _check_terms,
    _check_summary,
)
