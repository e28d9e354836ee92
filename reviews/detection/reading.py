"""A call read once for all rules: its axis, where every leaf occurs, who spoke, when."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby, pairwise, repeat
from typing import TypeVar, cast

from reviews.detection.effort import Effort
from reviews.detection.evidence import Evidence, Mark, Reason
from reviews.detection.folding import MASK
from reviews.detection.intervals import Stretch
from reviews.detection.matcher import Hits
from reviews.detection.normalize import Axis
from reviews.detection.transcript import Role, Transcript

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class First:
    """Where a rule's first hit ends, None without one; `doubt` where that cannot be told."""

    end: int | None = None
    doubt: tuple[Reason, str] | None = None


@dataclass(frozen=True)
class Said:
    """Some of the tokens that have a position, ascending, with the words and times of each."""

    transcript: Transcript
    axis: Axis
    tokens: Sequence[int]

    @cached_property
    def words(self) -> list[int]:
        """The first word of each."""
        return list(map(self.axis.first.__getitem__, self.tokens))

    @cached_property
    def starts(self) -> list[int]:
        return list(map(self.transcript.start_ms.__getitem__, self.words))

    @cached_property
    def ends(self) -> list[int]:
        last = map(self.axis.last.__getitem__, self.tokens)
        return list(map(self.transcript.end_ms.__getitem__, last))

    @cached_property
    def is_in_order(self) -> bool:
        """Neither starts nor ends ever fall: nobody spoke while another did."""
        return self.starts == sorted(self.starts) and self.ends == sorted(self.ends)

    def only(self, tokens: Sequence[int]) -> "Said":
        return Said(self.transcript, self.axis, tokens)


@dataclass(frozen=True)
class Reading:
    transcript: Transcript
    axis: Axis
    hits: Hits
    remembered: dict[object, object] = field(default_factory=dict)
    """What one rule worked out and another may need again; lives as long as the call is read."""
    effort: Effort = field(default_factory=Effort)
    """Of the rule that is judged now."""
    firsts: dict[str, First] = field(default_factory=dict)
    """Rule → its first hit, of the rules that others come after."""

    def once(self, key: object, work: Callable[[], Made]) -> Made:
        """Worked out for the first rule that asks, and paid for by each: no rule's limit depends
        on what stands before it. Raises TooMuchEffort."""
        if key not in self.remembered:
            before = self.effort.spent
            self.remembered[key] = work(), self.effort.spent - before
            return cast("tuple[Made, int]", self.remembered[key])[0]
        made, steps = cast("tuple[Made, int]", self.remembered[key])
        self.effort.spend(steps)
        return made

    @cached_property
    def has_times(self) -> bool:
        return any(start >= 0 for start in self.transcript.start_ms)

    @cached_property
    def is_in_order(self) -> bool:
        """All words have times, and along the axis neither starts nor ends ever fall."""
        everything = Said(self.transcript, self.axis, range(len(self.axis.tokens)))
        return everything.is_in_order and min(everything.starts, default=0) >= 0

    @cached_property
    def has_labels(self) -> bool:
        return any(label is not None for label in self.transcript.speakers)

    @cached_property
    def end_ms(self) -> int:
        """The file's length: as given where not before the last word's end, else that end."""
        last = max(self.transcript.end_ms, default=0)
        return max(last, self.transcript.duration_ms or 0, 0)

    @cached_property
    def has_masks(self) -> bool:
        return MASK in "".join(self.axis.distinct)

    @cached_property
    def last_turn(self) -> int:
        return self.axis.turns[-1] if self.axis.turns else 0

    @cached_property
    def turn_edges(self) -> Mapping[int, tuple[int, int]]:
        """Turn → its first and its last token that have a position."""
        edges: dict[int, tuple[int, int]] = {}
        for token in self.axis.kept:
            turn = self.axis.turns[token]
            edges[turn] = edges.get(turn, (token, token))[0], token
        return edges

    def token_of(self, word: int) -> int:
        """The last token that a word has a part in."""
        if "tokens" not in self.remembered:
            last = [0] * len(self.transcript.words)
            for token, (low, high) in enumerate(zip(self.axis.first, self.axis.last, strict=True)):
                last[low : high + 1] = [token] * (high + 1 - low)
            self.remembered["tokens"] = last
        return cast("list[int]", self.remembered["tokens"])[word]

    @cached_property
    def said(self) -> Said:
        """Everything said by anyone."""
        return Said(self.transcript, self.axis, self.axis.kept)

    @cached_property
    def utterances(self) -> list[int]:
        """The utterance of each word."""
        lengths = (high - low for low, high in pairwise(self.transcript.bounds))
        return list(chain.from_iterable(map(repeat, range(self.transcript.utterances), lengths)))

    def utterance_of(self, word: int) -> int:
        return self.utterances[word]

    def role_of(self, token: int) -> Role:
        return self.transcript.roles[self.utterance_of(self.axis.first[token])]

    def speaker_of(self, token: int) -> str | None:
        return self.transcript.speakers[self.utterance_of(self.axis.first[token])]

    def words_of(self, first: int, last: int) -> range:
        """Word indexes that the tokens first..last cover."""
        axis = self.axis
        if first == last:
            return range(axis.first[first], axis.last[first] + 1)
        low = min(axis.first[first : last + 1])
        return range(low, max(axis.last[first : last + 1]) + 1)

    def own(self, first: int, last: int) -> Sequence[int]:
        """The tokens of a leaf, without what others mutter meanwhile."""
        tokens, asides = range(first, last + 1), self.axis.asides
        if first == last or not asides:
            return tokens
        return [at for at in tokens if asides.get(at) == asides.get(first)]

    def matched(self, first: int, last: int) -> set[int]:
        """The words that a leaf's tokens cover: none that stands elsewhere on the axis."""
        axis, tokens = self.axis, self.own(first, last)
        return {word for at in tokens for word in range(axis.first[at], axis.last[at] + 1)}

    def spoken_ms(self, first: int, last: int) -> tuple[int, int]:
        """Earliest start and latest end of a leaf's words in ms; -1 where one has no time."""
        if first == last or self.is_in_order:
            return self.times_of(first, last)
        words = self.matched(first, last)
        starts = [self.transcript.start_ms[word] for word in words]
        ends = [self.transcript.end_ms[word] for word in words]
        return (-1, -1) if min(*starts, *ends) < 0 else (min(starts), max(ends))

    def times_of(self, first: int, last: int) -> tuple[int, int]:
        """Earliest start and latest end of the tokens' words in ms; -1 where one has no time.

        Of the utterances at both ends: what was said meanwhile does not count.
        """
        transcript, axis = self.transcript, self.axis
        low, high = axis.first[first], axis.last[last]
        if self.utterances[low] == self.utterances[high] or self.is_in_order:
            start_ms, end_ms = transcript.start_ms[low], transcript.end_ms[high]
            return (-1, -1) if min(start_ms, end_ms) < 0 else (start_ms, end_ms)
        ends = (self.utterances[low], self.utterances[high])
        words = map(axis.first.__getitem__, range(first, last + 1))
        tokens = [at for at, word in enumerate(words, first) if self.utterances[word] in ends]
        starts = [transcript.start_ms[axis.first[at]] for at in tokens]
        stops = [transcript.end_ms[axis.last[at]] for at in tokens]
        return (-1, -1) if min(*starts, *stops) < 0 else (min(starts), max(stops))

    def unsure_tokens(self, floor: float) -> Set[int]:
        """Those with a word that is known to be less confident than `floor`."""
        if floor <= 0:
            return frozenset()
        key = ("unsure", floor)
        if key not in self.remembered:
            confidence, axis = self.transcript.confidence, self.axis
            below = {at for at, each in enumerate(confidence) if each is not None and each < floor}
            words = zip(axis.first, axis.last, strict=True)
            self.remembered[key] = below and {
                token
                for token, (low, high) in enumerate(words)
                if not below.isdisjoint(range(low, high + 1))
            }
        return cast("Set[int]", self.remembered[key])

    def untranscribed(self, start_ms: int, end_ms: int) -> int:
        """How many ms of a stretch of the file were not transcribed."""
        begins, ends = self.transcript.transcribed_ms
        before = max(0, min(begins, end_ms) - start_ms)
        after = max(0, end_ms - max(ends, start_ms)) if ends is not None else 0
        return before + after

    def evidence(self, stretch: Stretch) -> Evidence:
        first, last = self.axis.first[stretch.start], self.axis.last[stretch.end]
        utterance, last_utterance = self.utterance_of(first), self.utterance_of(last)
        start_ms, end_ms = self.times_of(stretch.start, stretch.end)
        return Evidence(
            utterance=utterance,
            last_utterance=last_utterance,
            first_word=first - self.transcript.bounds[utterance],
            last_word=last - self.transcript.bounds[last_utterance],
            speaker=self.transcript.speakers[utterance],
            role=self.transcript.roles[utterance].value,
            start_ms=start_ms,
            end_ms=end_ms,
            is_unsure=stretch.is_unsure,
            score=stretch.score,
            marks=tuple(mark for leaf in stretch.marks for mark in self._marks(*leaf)),
        )

    def _marks(self, first: int, last: int) -> Iterator[Mark]:
        """The words of a leaf's tokens, utterance by utterance; nothing that others said."""
        for utterance, words in groupby(sorted(self.matched(first, last)), self.utterance_of):
            low, each = self.transcript.bounds[utterance], list(words)
            yield Mark(utterance, each[0] - low, each[-1] - low)
