"""All leaves of all rules in one pass over a call: a trie of tokens, wildcards, gaps and digits."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import compress, count
from typing import cast

from reviews.detection.characters import in_a_row
from reviews.detection.effort import Effort
from reviews.detection.language.types import (
    Characters,
    Digits,
    Gap,
    Leaf,
    Literal,
    Pattern,
    Slot,
    Step,
    Wild,
)
from reviews.detection.languages.english import ENGLISH
from reviews.detection.normalize import Axis, Speaker, fold_text
from reviews.detection.slots import SlotReader

_STEP = 5
"""The effort of a step through a trie, where a pair of times is one."""

Hits = dict[str, list[tuple[int, int]]]
"""Leaf key to its stretches, first and last token on the axis, ascending.

A leaf has none only where numbers are not read: it asks for one, so nothing can be told.
"""


@dataclass(slots=True)
class _Node:
    children: "dict[str, _Node]" = field(default_factory=dict)
    wilds: "dict[str, _Node]" = field(default_factory=dict)
    digits: "dict[str, _Node]" = field(default_factory=dict)
    gaps: "dict[Gap, _Node]" = field(default_factory=dict)
    slots: "dict[Slot, _Node]" = field(default_factory=dict)
    ends: list[tuple[str, int, int]] = field(default_factory=list)
    """(leaf key, free words before, free words after)."""
    is_plain: bool = True

    def child(self, step: Step) -> "_Node":
        if isinstance(step, Literal):
            return self.children.setdefault(step.token, _Node())
        self.is_plain = False
        if isinstance(step, Wild):
            return self.wilds.setdefault(step.text, _Node())
        if isinstance(step, Digits):
            return self.digits.setdefault(step.digits, _Node())
        if isinstance(step, Slot):
            return self.slots.setdefault(step, _Node())
        return self.gaps.setdefault(cast("Gap", step), _Node())  # characters are in no trie


class _Wilds:
    """Wildcards by two known letters, so that a word is tried against few of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_start: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        self._by_end: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        self._others: list[tuple[str, re.Pattern[str]]] = []
        for text in texts:
            self._home(text).append((text, _expression(text)))

    def _home(self, text: str) -> list[tuple[str, re.Pattern[str]]]:
        if text[:2].isalpha():
            return self._by_start[text[:2]]
        return self._by_end[text[-2:]] if text[-2:].isalpha() else self._others

    def among(self, tokens: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The wildcards that each token matches; tokens that match none are left out."""
        starts, ends, others = self._by_start, self._by_end, self._others
        if others:
            likely = set(tokens)
        else:
            likely = {token for token in tokens if token[:2] in starts} if starts else set()
            likely |= {token for token in tokens if token[-2:] in ends} if ends else set()
        return {token: matched for token in likely if (matched := self._of(token))}

    def _of(self, token: str) -> tuple[str, ...]:
        """Only words of letters match any."""
        if not token.isalpha():
            return ()
        tried = (
            *self._by_start.get(token[:2], ()),
            *self._by_end.get(token[-2:], ()),
            *self._others,
        )
        return tuple(text for text, expression in tried if expression.fullmatch(token))


def _expression(text: str) -> re.Pattern[str]:
    letter = r"[^\W\d_]"
    return re.compile(re.escape(text).replace(r"\?", letter).replace(r"\*", letter + "*"))


class Matcher:
    """Built once for a rubric, for each language when the first call in it comes."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self._leaves = tuple({leaf.key: leaf for leaf in leaves}.values())
        self._numbers = [leaf.key for leaf in self._leaves if leaf.has_numbers]
        self._tries = {ENGLISH.code: _Tries(self._leaves, ENGLISH.code)}

    def find(self, axis: Axis, *, spellings: Sequence[tuple[str, str]] = ()) -> Hits:
        """Where each leaf occurs; leaves that do not occur are not in the answer.

        `spellings` are (as said, as the transcript spells it): a leaf equal to the first is
        found by the second, too.
        """
        hits = self._tries_in(axis.language.code).find(axis, spellings)
        if not axis.reads_numbers:
            for key in self._numbers:
                hits.setdefault(key, [])
        return hits

    def _tries_in(self, language: str) -> "_Tries":
        tries = self._tries.get(language)
        return tries or self._tries.setdefault(language, _Tries(self._leaves, language))


class _Tries:
    """The leaves as folded in one language. A call's cost does not grow with what it lacks."""

    def __init__(self, leaves: Iterable[Leaf], language: str) -> None:
        self._placed, self._spoken = _Node(), _Node()
        self._phrases: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._characters: list[tuple[str, str]] = []
        wilds: set[str] = set()
        for leaf in leaves:
            for pattern in leaf.patterns_in(language):
                self._add(leaf.key, pattern)
                wilds.update(step.text for step in pattern.steps if isinstance(step, Wild))
        self._wilds = _Wilds(wilds)
        self._has_spoken = bool(self._spoken.children) or not self._spoken.is_plain

    def find(self, axis: Axis, spellings: Sequence[tuple[str, str]]) -> Hits:
        """As the matcher's."""
        found: dict[str, set[tuple[int, int]]] = defaultdict(set)
        wilds = self._wilds.among(axis.distinct)
        slots = SlotReader(axis)
        scan = _Scan(self._placed, axis.placed, axis.kept, axis, wilds, frozenset(), found, slots)
        scan.run()
        if self._has_spoken:
            everything = range(len(axis.tokens))
            unplaced = frozenset(everything).difference(axis.kept)
            scan = _Scan(
                self._spoken, axis.tokens, everything, axis, wilds, unplaced, found, slots,
                axis.asides,
            )  # fmt: skip
            scan.run()
        for key, text in self._characters:
            found[key].update(in_a_row(text, axis))
        for said, spelled in spellings:
            self._find_spelled(axis, said, spelled, found)
        return {key: sorted(stretches) for key, stretches in found.items() if stretches}

    def _add(self, key: str, pattern: Pattern) -> None:
        if isinstance(pattern.steps[0], Characters):
            self._characters.append((key, pattern.steps[0].text))
            return
        steps, before, after = _core(pattern.steps)
        node = self._spoken if pattern.is_spoken else self._placed
        for step in steps:
            node = node.child(step)
        node.ends.append((key, before, after))
        if all(isinstance(step, Literal) for step in pattern.steps):
            self._phrases[tuple(s.token for s in steps if isinstance(s, Literal))].append(key)

    def _find_spelled(
        self,
        axis: Axis,
        said: str,
        spelled: str,
        found: dict[str, set[tuple[int, int]]],
    ) -> None:
        keys = self._phrases.get(tuple(fold_text(said.split(), axis.language).tokens), ())
        wanted = fold_text(spelled.split(), axis.language).tokens
        if not keys or not wanted:
            return
        placed = axis.placed
        for at in range(len(placed) - len(wanted) + 1):
            first, last = axis.kept[at], axis.kept[at + len(wanted) - 1]
            is_one_turn = axis.turns[first] == axis.turns[last]
            if is_one_turn and placed[at : at + len(wanted)] == wanted:
                for key in keys:
                    found[key].add((first, last))


def _core(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], int, int]:
    """The steps between the free words at both ends, and how many free words those are."""
    anchors = [at for at, step in enumerate(steps) if not isinstance(step, Gap)]
    first, last = anchors[0], anchors[-1]
    before = sum(step.minimum for step in steps[:first] if isinstance(step, Gap))
    after = sum(step.minimum for step in steps[last + 1 :] if isinstance(step, Gap))
    return steps[first : last + 1], before, after


@dataclass(slots=True)
class _Scan:
    """One pass of one trie over `tokens`; places[i] is where tokens[i] stands on the axis."""

    root: _Node
    tokens: Sequence[str]
    places: Sequence[int]
    axis: Axis
    wilds: dict[str, tuple[str, ...]]
    unplaced: frozenset[int]
    """Tokens that may be skipped: fillers and repetitions that the phrase does not name."""
    found: dict[str, set[tuple[int, int]]]
    slots: SlotReader
    asides: Mapping[int, Speaker] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)

    def run(self) -> None:
        """From every place where a leaf may begin."""
        for slot in self.root.slots:
            for at in map(self._index, self.slots.starts(slot)):
                self._walk(self.root, at, at)
        walked = self._walked()
        if walked:
            for at, token in enumerate(self.tokens):
                if token in walked:
                    self._walk(self.root, at, at)
        self._run_along_words(walked)

    def _run_along_words(self, walked: Set[str]) -> None:
        """From literal words; most starts end at once: seen here, that costs no call."""
        children, padded, unplaced = self.root.children, [*self.tokens, ""], self.unplaced
        begun = {token: children[token] for token in children.keys() & self.axis.distinct - walked}
        ends = {token for token, node in begun.items() if node.ends or not node.is_plain}
        following = {token: node.children for token, node in begun.items()}
        likely = [
            at
            for at in compress(count(), map(begun.__contains__, self.tokens))
            if padded[at + 1] in following[padded[at]]
            or padded[at] in ends
            or (unplaced and at + 1 in unplaced)
        ]
        for at in likely:
            self._follow(begun[padded[at]], at, padded)

    def _walked(self) -> set[str]:
        """Tokens that may begin more than a run of adjacent literal words."""
        root = self.root
        walked: set[str] = set()
        if root.wilds:
            said = self.wilds.items()
            walked.update(t for t, matched in said if not root.wilds.keys().isdisjoint(matched))
        if root.digits:
            walked.update(filter(str.isdigit, self.axis.distinct))
        return walked

    def _follow(self, node: _Node, start: int, padded: Sequence[str]) -> None:
        """Down the literal edges; the first node with other edges hands over to the walk."""
        at = start + 1
        while node.is_plain and not self.unplaced:
            if node.ends:
                self._record(node, start, at)
            following = node.children.get(padded[at])
            if following is None:
                return
            node, at = following, at + 1
        self._walk(node, start, at)

    def _walk(self, node: _Node, start: int, at: int) -> None:
        waiting = [(node, at, False)]
        # Free words reach the same place on many ways; each is gone on from once.
        seen: set[tuple[int, int, bool]] = set()
        while waiting:
            node, at, is_skipped = waiting.pop()
            self.effort.spend(_STEP)
            if (id(node), at, is_skipped) in seen:
                continue
            seen.add((id(node), at, is_skipped))
            if node.ends and not is_skipped:  # what is only skipped is no part of the phrase
                self._record(node, start, at)
            if at >= len(self.tokens):
                continue
            if at > start and at in self.unplaced:
                waiting.append((node, at + 1, True))
            if self.asides and self.asides.get(at) != self.asides.get(start):
                continue  # somebody else's
            token = self.tokens[at]
            if (following := node.children.get(token)) is not None:
                waiting.append((following, at + 1, False))
            if not node.is_plain:
                reached = self._special(node, token, at)
                waiting.extend((following, next_at, False) for following, next_at in reached)

    def _special(self, node: _Node, token: str, at: int) -> list[tuple[_Node, int]]:
        reached = [
            (node.wilds[wild], at + 1) for wild in self.wilds.get(token, ()) if wild in node.wilds
        ]
        for gap, following in node.gaps.items():
            reached.extend((following, next_at) for next_at in self._free(gap, at))
        for slot, following in node.slots.items():
            end = self._slot_end(slot, at)
            if end:
                reached.append((following, end))
        for digits, following in node.digits.items():
            end = self._digits_end(digits, at)
            if end:
                reached.append((following, end))
        return reached

    def _free(self, gap: Gap, at: int) -> Iterator[int]:
        """Places behind as many free words as the gap allows; fillers are none."""
        words = 0
        for place in range(at, len(self.tokens) + 1):
            if words >= gap.minimum:
                yield place
            words += place not in self.unplaced
            if words > gap.maximum:
                return

    def _slot_end(self, slot: Slot, at: int) -> int:
        """Behind the longest value that begins at `at`, else 0; values are read without fillers."""
        if self.tokens is self.axis.placed:
            return self.slots.end(slot, at)
        if at in self.unplaced:
            return 0
        end = self.slots.end(slot, self.axis.positions[at])
        return self.axis.kept[end - 1] + 1 if end else 0

    def _index(self, place: int) -> int:
        """The index in `tokens` of a placed token."""
        return place if self.tokens is self.axis.placed else self.axis.kept[place]

    def _reach(self, at: int) -> tuple[int, int]:
        """The same for tokens that no end of a sentence and no long pause parts."""
        place = self.places[at]
        return bisect_right(self.axis.breaks, place), bisect_right(self.axis.pauses, place)

    def _digits_end(self, digits: str, at: int) -> int:
        """Where adjacent number tokens have spelled `digits` exactly in one go, else 0."""
        joined, reach = "", self._reach(at)
        while at < len(self.tokens) and self.tokens[at].isdigit() and len(joined) < len(digits):
            if self._reach(at) != reach:
                return 0
            joined += self.tokens[at]
            at += 1
        return at if joined == digits else 0

    def _beyond(self, at: int, words: int, step: int) -> int:
        """The place so many free words further; outside the tokens where there are too few."""
        while words and 0 <= at < len(self.tokens):
            at += step
            words -= at not in self.unplaced
        return at

    def _record(self, node: _Node, start: int, end: int) -> None:
        for key, before, after in node.ends:
            low = self._beyond(start, before, -1) if before else start
            high = self._beyond(end - 1, after, 1) if after else end - 1
            if low < 0 or high >= len(self.tokens):
                continue
            first, last = self.places[low], self.places[high]
            if self.axis.turns[first] == self.axis.turns[last]:
                self.found[key].add((first, last))
