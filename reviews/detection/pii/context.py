"""The words around a place in a text."""

import re
from collections.abc import Set
from dataclasses import dataclass

_WORD = re.compile(r"[a-z']+")
_BEFORE, _AFTER = 90, 40
"""Characters."""


@dataclass(frozen=True, slots=True)
class Context:
    folded: str

    def is_near(self, start: int, end: int, cues: Set[str]) -> bool:
        """One of these words stands shortly before the characters, or behind them."""
        return not cues.isdisjoint(self.before(start)) or not cues.isdisjoint(self.after(end))

    def before(self, start: int, reach: int = _BEFORE) -> list[str]:
        low = max(0, start - reach)
        found = _WORD.findall(self.folded, low, start)
        is_cut = low > 0 and self.folded[low - 1].isalpha()
        return found[1:] if is_cut else found

    def after(self, end: int, reach: int = _AFTER) -> list[str]:
        return _WORD.findall(self.folded, end, end + reach)
