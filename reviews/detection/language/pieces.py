"""A parsed part of a query with what the reading rules need to know of how it was written."""

from dataclasses import dataclass

from reviews.detection.language.types import Condition


@dataclass(frozen=True, slots=True)
class Piece:
    """start and end are offsets into `text`, the whole query."""

    node: Condition
    start: int
    end: int
    text: str
    is_bare_scope: bool = False
    """A scope stands here without parentheses around it."""
    carries_scope: bool = False
    bare_suffix: str = ""
    """The suffixes that stand here without parentheses around all of it, as written."""
    is_group: bool = False

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]
