"""The longest common subsequence of a text and what was heard, a bit for each word (Hyyrö 2004)."""

from collections.abc import Callable, Sequence


class Heard:
    """Of a text, what was heard so far in its order. `row` has a 0 for each word that counts."""

    def __init__(self, text: Sequence[str]) -> None:
        self.length = len(text)
        self._every = (1 << len(text)) - 1
        self._bits: dict[str, int] = {}
        for at, token in enumerate(text):
            self._bits[token] = self._bits.get(token, 0) | 1 << at
        self.row = self._every

    def forget(self) -> None:
        """Begin anew with the same text."""
        self.row = self._every

    def hears(self, token: str) -> bool:
        """Hear one word more; True where the subsequence has grown by one."""
        bits = self.row & self._bits.get(token, 0)
        if not bits:
            return False
        before = self.row.bit_count()
        self.row = (self.row + bits | self.row & ~bits) & self._every
        return self.row.bit_count() < before


def aligned(text: Sequence[str], spoken: Sequence[str]) -> list[int]:
    """Places in `spoken` of the longest common subsequence; of several the one said first."""
    common = _common_from(text, spoken)
    places, done = [], 0
    for at, token in enumerate(spoken):
        found = next((i for i in range(done, len(text)) if text[i] == token), None)
        if found is not None and common(found + 1, at + 1) + 1 == common(done, at):
            places.append(at)
            done = found + 1
    return places


def _common_from(text: Sequence[str], spoken: Sequence[str]) -> Callable[[int, int], int]:
    """(i, at) → how long the longest common subsequence of text[i:] and spoken[at:] is."""
    backwards = Heard(text[::-1])
    rows = [backwards.row]
    for token in reversed(spoken):
        backwards.hears(token)
        rows.append(backwards.row)

    def common(i: int, at: int) -> int:
        length = len(text) - i
        return length - (rows[len(spoken) - at] & (1 << length) - 1).bit_count()

    return common
