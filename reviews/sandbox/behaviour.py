"""What the vendor documents nowhere: each a switch, so that nothing rests on our guess."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The default of each switch is the likelier one. What `[ENTITY]` looks like among the words
    of a redacted call is no switch: the payload that is given says it.
    """

    list_days: int | None = 90
    """How far back the list shows; None for all."""
    time_suffix: str = ""
    """What `created` and `completed` end in: nothing, `Z` or `+00:00`."""
    day_offset_hours: int = 0
    """Whose midnight `created_on` means: hours ahead of UTC."""
    is_after_id_nearest: bool = False
    """`after_id` gives the rows right above the id; otherwise the newest of all."""
    is_list_per_project: bool = False
    """A key lists what its own project submitted; otherwise the whole account."""
    is_expired_tombstone: bool = False
    """A transcript past its retention answers as a deleted one; otherwise as an unknown one."""
    is_unknown_cursor_refused: bool = False
    """`before_id` or `after_id` of no transcript is 400; otherwise it bounds nothing."""
    is_expired_cursor_unknown: bool = False
    """An id past its retention is no transcript there; otherwise it still bounds the page."""
    is_unfinished_deletable: bool = False
    """DELETE before the end is 200; otherwise 400."""
    are_zero_hits_listed: bool = False
    """Word search lists the words that were not said, with count 0."""
    is_every_index_listed: bool = False
    """Word search gives the index of each word of a phrase; otherwise of its first."""
    is_pending_audio_empty: bool = False
    """The 202 for redacted audio has no body; otherwise JSON with a status."""
    needs_speech_models: bool = False
    """A submission without `speech_models` is 400."""
    has_limit_headers: bool = False
    """Answers tell the rate limit in headers of their own."""


ALL_DAYS = Behaviour(list_days=None)
"""For calls with fixed dates, which the list goes on showing however old they are."""

_OTHERS: dict[str, tuple[Any, ...]] = {
    "time_suffix": ("Z", "+00:00"),
    "day_offset_hours": (-8,),
    **dict.fromkeys(
        (
            "is_after_id_nearest",
            "is_list_per_project",
            "is_expired_tombstone",
            "is_unknown_cursor_refused",
            "is_unfinished_deletable",
            "is_expired_cursor_unknown",
            "are_zero_hits_listed",
            "is_every_index_listed",
            "is_pending_audio_empty",
            "needs_speech_models",
            "has_limit_headers",
        ),
        (True,),
    ),
}


def settings() -> dict[str, Behaviour]:
    """By name: the default, and for each other setting of a switch one that differs in it alone."""
    base = Behaviour()
    others = {
        f"{name}={value}": replace(base, **{name: value})
        for name, values in _OTHERS.items()
        for value in values
    }
    return {"default": base} | others
