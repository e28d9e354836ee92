"""What the frame of every page needs: the tenant's colour, the way back from a verdict."""

from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

from django import template

register = template.Library()
HUES = 8


@register.filter
def hue(slug: str) -> int:
    """0 to HUES - 1, the same for a tenant on every page and machine."""
    return crc32(slug.encode()) % HUES


@dataclass(frozen=True, slots=True)
class Undo:
    """The finding a message is about, and the number of the verdict that it tells."""

    finding_id: UUID
    sequence: int


@register.filter
def undo(extra_tags: str | None) -> Undo | None:
    """From a message's tags `undo <finding> <sequence>`; None where it tells no verdict."""
    match (extra_tags or "").split():
        case ["undo", finding_id, sequence]:
            return Undo(UUID(finding_id), int(sequence))
        case _:
            return None
