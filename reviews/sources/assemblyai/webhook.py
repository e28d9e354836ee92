"""What AssemblyAI posts to a webhook: an id and a status, or that redacted audio is ready."""

from dataclasses import dataclass

from reviews.sources.assemblyai.lenient import is_id, text_of
from reviews.sources.intake import PayloadRefused, Unfit, accept

LONGEST_BODY = 65_536
AUDIO_READY = "redacted_audio_ready"


@dataclass(frozen=True, slots=True)
class Hint:
    """`transcript_id` is "" for redacted audio, which does not name its call."""

    transcript_id: str
    status: str
    is_audio_ready: bool = False


def parse(body: bytes) -> Hint:
    """Raises PayloadRefused where it is neither."""
    value = accept(body).value
    status = text_of(value.get("status")) or ""
    named = value.get("transcript_id")
    if isinstance(named, str) and is_id(named):
        return Hint(named, status)
    if status == AUDIO_READY and text_of(value.get("redacted_audio_url")):
        return Hint("", status, is_audio_ready=True)
    raise PayloadRefused(
        Unfit.NOT_A_WEBHOOK,
        "a webhook without a transcript_id",
        "Nothing was noted; polling and the nightly comparison find the call.",
    )
