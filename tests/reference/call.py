"""A call as the reference sees it: what each token is, and where a leaf stands, place by place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from operator import itemgetter

from reviews.detection.folding import MASK, PROFANITY, is_number
from reviews.detection.language.types import (
    Digits,
    Gap,
    Leaf,
    Literal,
    Pattern,
    Similar,
    Slot,
    SlotKind,
    Step,
    Wild,
)
from reviews.detection.normalize import Axis
from reviews.detection.reading import First
from reviews.detection.transcript import Role, Transcript

_UNITS = {
    SlotKind.MONEY: {"dollars", "pounds", "euros"},
    SlotKind.PERCENT: {"percent"},
    SlotKind.DURATION: {"day", "days", "month", "months"},
    SlotKind.DATE: set[str](),  # the words of the cases make none
}
PAUSE_MS = 2_000


@dataclass(frozen=True)
class Hit:
    """Tokens start..end (inclusive); `tokens` are those that a leaf matched."""

    start: int
    end: int
    tokens: frozenset[int]

    def __len__(self) -> int:
        return self.end - self.start + 1

    def shares(self, other: "Hit") -> bool:
        return self.start <= other.end and other.start <= self.end

    def holds(self, other: "Hit") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Call:
    """`firsts` are the first hits of the other rules; role and label: whose words count."""

    transcript: Transcript
    axis: Axis
    firsts: Mapping[str, First] = field(default_factory=dict)
    role: Role | None = None
    label: str | None = None
    is_wide: bool = False
    """Words of an unknown role count as that role's."""

    @property
    def has_times(self) -> bool:
        return max(self.transcript.start_ms, default=-1) >= 0

    @property
    def end_ms(self) -> int:
        return max(0, self.transcript.duration_ms or 0, *self.transcript.end_ms)

    def utterance(self, token: int) -> int:
        bounds, word = self.transcript.bounds, self.axis.first[token]
        return next(at for at in range(len(bounds) - 1) if bounds[at] <= word < bounds[at + 1])

    def voice(self, token: int) -> tuple[str | None, str | None]:
        at = self.utterance(token)
        return self.transcript.speakers[at], self.transcript.channels[at]

    def role_of(self, token: int) -> Role:
        return self.transcript.roles[self.utterance(token)]

    def label_of(self, token: int) -> str | None:
        return self.transcript.speakers[self.utterance(token)]

    def words(self, tokens: Iterable[int]) -> set[int]:
        """The words that tokens are made of: a number may have several, `can't` is two tokens."""
        axis = self.axis
        return {word for at in tokens for word in range(axis.first[at], axis.last[at] + 1)}

    def is_aside(self, token: int) -> bool:
        """It is of an utterance without a position, of somebody else than whose turn it is in."""
        others = [at for at in self.axis.kept if self.axis.turns[at] == self.axis.turns[token]]
        return not others or self.voice(others[0]) != self.voice(token)

    def clock(self, tokens: Iterable[int]) -> tuple[int, int]:
        """When the first word of them begins and the last one ends."""
        words = self.words(tokens)
        starts = (self.transcript.start_ms[word] for word in words)
        return min(starts), max(self.transcript.end_ms[word] for word in words)

    def mark(self, token: int) -> str:
        """The full stop, question or exclamation mark behind the last token of a word."""
        word = max(self.words([token]))
        if word in self.words(range(token + 1, len(self.axis.tokens))):
            return ""
        last = self.transcript.words[word][-1]
        return last if last in ".?!" else ""


def hits_of(leaf: Leaf | Similar, call: Call) -> list[Hit]:
    """Wherever one speaker said it, whoever that is."""
    if isinstance(leaf, Similar):
        return _similar(leaf, call)
    turns = call.axis.turns
    found = {place for pattern in leaf.patterns for place in _places(pattern, call)}
    return [
        Hit(first, last, frozenset(_own(first, last, call)))
        for first, last in found
        if turns[first] == turns[last]
    ]


def _places(pattern: Pattern, call: Call) -> Iterator[tuple[int, int]]:
    """Among the tokens that have a position; fillers too, where the pattern names one."""
    everything = range(len(call.axis.tokens)) if pattern.is_spoken else call.axis.kept
    steps = _at_least(pattern.steps)
    for token in everything:
        line = [each for each in everything if not _is_aside(each, token, call)]
        for stop in _stops(steps, line.index(token), line, call):
            if call.voice(line[stop - 1]) == call.voice(token):
                yield token, line[stop - 1]


def _own(first: int, last: int, call: Call) -> list[int]:
    return [at for at in range(first, last + 1) if not _is_aside(at, first, call)]


def _is_aside(token: int, other: int, call: Call) -> bool:
    """A filler of somebody else than who said the other."""
    return token not in call.axis.kept and call.voice(token) != call.voice(other)


def _at_least(steps: Sequence[Step]) -> list[Step]:
    """A free word at an end counts only if it must."""
    words = [at for at, step in enumerate(steps) if not isinstance(step, Gap)]
    least = [
        Gap(step.minimum, step.minimum)
        if isinstance(step, Gap) and not words[0] < at < words[-1]
        else step
        for at, step in enumerate(steps)
    ]
    return [step for step in least if step != Gap(0, 0)]


def _stops(steps: Sequence[Step], at: int, line: Sequence[int], call: Call) -> Iterator[int]:
    """Places just behind each way the steps may stand, the first of them at `at`."""
    if not steps:
        yield at
        return
    for stop in _step(steps[0], at, line, call):
        yield from _stops(steps[1:], stop, line, call)
        while steps[1:] and stop < len(line) and line[stop] not in call.axis.kept:
            stop += 1
            yield from _stops(steps[1:], stop, line, call)


def _step(step: Step, at: int, line: Sequence[int], call: Call) -> Iterator[int]:
    """Places just behind each way one step may stand at `at`."""
    if isinstance(step, Gap):
        yield from _free(step, at, line, call)
        return
    tokens = [call.axis.tokens[token] for token in line[at:]]
    stops = [at + n for n in range(1, len(tokens) + 1) if _is_a(step, tokens[:n])]
    if isinstance(step, Digits | Slot):
        stops = [stop for stop in stops if _is_one_value(line[at:stop], call)]
    if isinstance(step, Slot):
        stops = stops[-1:]
    if isinstance(step, Slot) and step.kind is SlotKind.DIGITS:
        stops = [stop for stop in stops if _is_whole(line, at, stop, call)]
    yield from stops


def _is_one_value(tokens: Sequence[int], call: Call) -> bool:
    """No value runs over the end of a sentence or a turn, or over a pause between two figures."""
    turns = {call.axis.turns[token] for token in tokens}
    is_one = len(turns) == 1 and not any(map(call.mark, range(tokens[0], tokens[-1])))
    return is_one and not any(_is_paused(a, b, call) for a, b in pairwise(tokens))


def _is_paused(before: int, after: int, call: Call) -> bool:
    is_between_figures = all(call.axis.tokens[each].isdigit() for each in (before, after))
    ends, begins = call.clock([before])[1], call.clock([after])[0]
    return is_between_figures and 0 <= ends <= begins - PAUSE_MS


def _is_whole(line: Sequence[int], at: int, stop: int, call: Call) -> bool:
    """Neither the token before nor the one behind is a number of the same value."""
    pairs = [line[at - 1 : at + 1] if at else [], line[stop - 1 : stop + 1]]
    return not any(
        len(pair) == 2
        and all(call.axis.tokens[each].isdigit() for each in pair)
        and _is_one_value(pair, call)
        for pair in pairs
    )


def _free(gap: Gap, at: int, line: Sequence[int], call: Call) -> Iterator[int]:
    """Free words are words with a position, whatever stands between them."""
    for stop in range(at, len(line) + 1):
        are_words = [token in call.axis.kept for token in line[at:stop]]
        if gap.minimum <= sum(are_words) <= gap.maximum and all((*are_words[:1], *are_words[-1:])):
            yield stop


def _is_a(step: Step, tokens: Sequence[str]) -> bool:
    """Whether exactly these tokens are what the step names."""
    if isinstance(step, Literal):
        return list(tokens) == [step.token]
    if isinstance(step, Digits):
        return all(map(str.isdigit, tokens)) and "".join(tokens) == step.digits
    if isinstance(step, Wild):
        letters = step.text.replace("*", ".*").replace("?", ".")
        return len(tokens) == 1 and tokens[0].isalpha() and bool(re.fullmatch(letters, tokens[0]))
    return isinstance(step, Slot) and _is_value(step, tokens)


def _is_value(slot: Slot, tokens: Sequence[str]) -> bool:
    if slot.kind is SlotKind.NUMBER:
        return len(tokens) == 1 and is_number(tokens[0])
    if slot.kind is SlotKind.DIGITS:
        return all(map(str.isdigit, tokens)) and len("".join(tokens)) == slot.digits
    if slot.kind is SlotKind.PROFANITY:
        return list(tokens) == [PROFANITY]
    if slot.kind is SlotKind.MASKED:
        is_masked = tokens[0][0] == MASK and tokens[0] != PROFANITY
        return len(tokens) == 1 and is_masked and slot.label in ("", tokens[0][1:])
    return len(tokens) == 2 and is_number(tokens[0]) and tokens[1] in _UNITS[slot.kind]


def _similar(text: Similar, call: Call) -> list[Hit]:
    """The best stretches of one speaker, then the shortest, then the first; no word in two."""
    kept, turns = call.axis.kept, call.axis.turns
    tried = [
        (-size, high - low, low, Hit(kept[low], kept[high - 1], tokens))
        for low, high in combinations(range(len(kept) + 1), 2)
        if high - low <= 2 * len(text.tokens) and turns[kept[low]] == turns[kept[high - 1]]
        if (aligned := _alignment(text.tokens, kept[low:high], call))
        for size, tokens in [aligned]
        if size * 100 >= text.percent * len(text.tokens)
    ]
    chosen: list[Hit] = []
    for *_, hit in sorted(tried, key=itemgetter(0, 1, 2)):
        if not any(each.shares(hit) for each in chosen):
            chosen.append(hit)
    return chosen


def _alignment(
    text: Sequence[str], kept: Sequence[int], call: Call
) -> tuple[int, frozenset[int]] | None:
    """The size of the longest common subsequence, and of the ways to match it the first said."""
    for size in range(min(len(text), len(kept)), 0, -1):
        for places in combinations(range(len(kept)), size):
            spoken = [call.axis.tokens[kept[at]] for at in places]
            if any(spoken == list(some) for some in combinations(text, size)):
                return size, _run_together(places, kept)
    return None


def _run_together(places: Sequence[int], kept: Sequence[int]) -> frozenset[int]:
    """The tokens matched, and those without a position between neighbours, as in a leaf."""
    tokens = {kept[at] for at in places}
    for at, following in pairwise(places):
        if following == at + 1:
            tokens.update(range(kept[at], kept[following]))
    return frozenset(tokens)
