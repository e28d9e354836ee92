"""Which phrases can be heard only where another one is heard, too."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reviews.detection.language.types import Gap, Literal, Pattern, Step, Wild

Readings = tuple[Pattern, ...]


def covered(phrases: Sequence[Readings], *, is_shortest: bool) -> dict[int, int]:
    """Index of each phrase that changes nothing, with that of one that is heard wherever it is.

    Of equal phrases the first stays. `is_shortest`: a phrase that holds a shorter one changes
    nothing either. The custom spellings of a call are left aside.
    """
    index = _Index()
    for owner, readings in enumerate(phrases):
        for pattern in readings:
            index.add(owner, pattern)
    found = {}
    for owner, readings in enumerate(phrases):
        others = [
            next(index.others(owner, each, is_shortest=is_shortest), None) for each in readings
        ]
        if others and others[0] is not None and None not in others:
            found[owner] = others[0]
    return found


def covers(wide: Readings, narrow: Readings, *, is_shortest: bool) -> bool:
    """Wherever `narrow` is heard, so is `wide`: in the same words, or in some of them."""
    return 1 in covered((wide, narrow), is_shortest=is_shortest)


@dataclass(slots=True)
class _Node:
    following: "dict[Step, _Node]" = field(default_factory=dict)
    ends: list[tuple[int, Pattern]] = field(default_factory=list)
    """Whose reading ends here."""


@dataclass(slots=True)
class _Index:
    """Readings by their steps. What is spoken with fillers is compared as a whole."""

    root: _Node = field(default_factory=_Node)
    spoken: dict[Pattern, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, owner: int, pattern: Pattern) -> None:
        if pattern.is_spoken:
            self.spoken[pattern].append(owner)
            return
        node = self.root
        for step in pattern.steps:
            node = node.following.setdefault(step, _Node())
        node.ends.append((owner, pattern))

    def others(self, owner: int, pattern: Pattern, *, is_shortest: bool) -> Iterator[int]:
        """Owners of readings that are found wherever `pattern` is."""
        if pattern.is_spoken:
            yield from (other for other in self.spoken[pattern] if other < owner)
            return
        length = len(pattern.steps)
        for start in range(length if is_shortest else 1):
            for end, other, reading in self._from(pattern.steps, start):
                is_whole = end == length or is_shortest
                if is_whole and other != owner and (other < owner or reading != pattern):
                    yield other

    def _from(self, steps: Sequence[Step], start: int) -> Iterator[tuple[int, int, Pattern]]:
        """Readings that begin at `start`, with the step that they end before."""
        nodes = [self.root]
        for at in range(start, len(steps)):
            wider = dict.fromkeys(_wider(steps[at]))
            nodes = [n.following[step] for n in nodes for step in wider if step in n.following]
            for node in nodes:
                for owner, reading in node.ends:
                    yield at + 1, owner, reading


def _wider(step: Step) -> Iterator[Step]:
    """The steps that match whatever this one does, itself first."""
    yield step
    if not isinstance(step, Literal | Wild):
        return
    yield Gap(1, 1)
    text = step.token if isinstance(step, Literal) else step.text
    if not text.replace("*", "").replace("?", "").isalpha():
        return
    if not text.startswith("*"):
        yield from (Wild(f"{text[:end]}*") for end in range(2, len(text.rstrip("*")) + 1))
    if not text.endswith("*"):
        yield from (Wild(f"*{text[start:]}") for start in range(text.startswith("*"), len(text)))
