"""The tables, printed by one process: ours and the peers that this interpreter has."""

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.language.material import Material
from bench.language.timing import noise, side_by_side, spread
from bench.safety import corpora
from bench.safety.contenders import Contender, Places, ours
from bench.safety.corpora import Comment, Sentence
from bench.safety.misheard import misheard
from reviews.detection.safety.call import find_in_call
from reviews.detection.transcript import Transcript

if all(map(find_spec, ("better_profanity", "profanity_check"))):
    from bench.safety.peers import peers
else:

    def peers() -> list[Contender]:
        return []


CALLS = 12
Calls = dict[str, list[Transcript]]


def main() -> None:
    asked = _arguments()
    entered = [*ours(), *peers()]
    calls = corpora.calls(asked.data)
    _print_functions(entered, corpora.sentences(asked.data))
    _print_comments([entered[0], *entered[2:]], corpora.comments(asked.data)[:: asked.every])
    _print_calls([entered[0], *entered[2:]], calls, asked.every)
    _print_misheard([each for file in calls.values() for each in file])
    _print_times([entered[0], *entered[2:]], asked.data, asked.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.safety", description=__doc__)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, required=True)
    return parser.parse_args()


def _print_functions(entered: Sequence[Contender], sentences: Sequence[Sentence]) -> None:
    by_function: defaultdict[tuple[bool, str], list[Sentence]] = defaultdict(list)
    for each in sentences:
        by_function[not each.is_hateful, each.functionality].append(each)
    print("HateCheck, share right: hateful ones found, others not found")
    print(f"{'':24} {'n':>4}" + "".join(f"{each.name:>21}" for each in entered))
    for (is_harmless, name), group in sorted(by_function.items()):
        _print_row(name, group, entered, is_harmless=is_harmless)
    for is_harmless in (False, True):
        whole = [each for each in sentences if each.is_hateful != is_harmless]
        name = "all others" if is_harmless else "all hateful"
        _print_row(name, whole, entered, is_harmless=is_harmless)


def _print_row(
    name: str, group: Sequence[Sentence], entered: Sequence[Contender], *, is_harmless: bool
) -> None:
    shares = (
        sum(each.is_hate(one.text) != is_harmless for one in group) / len(group) for each in entered
    )
    print(f"{name:24} {len(group):4}" + "".join(f"{share:21.2f}" for share in shares))


def _print_comments(entered: Sequence[Contender], comments: Sequence[Comment]) -> None:
    print("\ncomments with toxic spans; most insult a third person, which is no harassment to us")
    with_spans = [each for each in comments if each.spans]
    without = [each for each in comments if not each.spans]
    for each in entered:
        found = sum(each.is_abuse(one.text) for one in with_spans) / len(with_spans)
        false = sum(each.is_abuse(one.text) for one in without) / len(without)
        print(f"{each.name:21} of those with spans {found:.3f} found, of those without {false:.3f}")
        if each.marks:
            _print_spans(comments, [each.marks(one.text) for one in comments])


def _print_spans(comments: Sequence[Comment], marked: Sequence[Places]) -> None:
    """Spans touched and characters covered, by kind; of the marked characters, those in a span."""
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    marked_chars = right = marks = touching = 0
    for comment, places in zip(comments, marked, strict=True):
        ours = _characters(places)
        truth = _characters((start, end) for start, end, _ in comment.spans)
        marked_chars, right = marked_chars + len(ours), right + len(ours & truth)
        marks += len(places)
        touching += sum(not truth.isdisjoint(range(start, end)) for start, end in places)
        for start, end, kind in comment.spans:
            span = set(range(start, end))
            kinds[kind] += Counter(
                n=1, touched=bool(span & ours), chars=len(span), covered=len(span & ours)
            )
    for kind, counts in sorted(kinds.items()):
        touched, covered = counts["touched"] / counts["n"], counts["covered"] / counts["chars"]
        print(f"    {kind:22} n {counts['n']:5}  spans {touched:.3f}  characters {covered:.3f}")
    print(f"    of the marks, touching a span {touching / max(1, marks):.3f}", end="")
    print(f"; of the marked characters, in one {right / max(1, marked_chars):.3f}")


def _characters(places: Iterable[tuple[int, int]]) -> set[int]:
    return {char for start, end in places for char in range(start, end)}


def _print_calls(entered: Sequence[Contender], calls: Calls, every: int) -> None:
    print(f"\nordinary calls, one of {every}: sure findings, true ones too (peers: utterances)")
    for file, group in calls.items():
        some = group[::every]
        found = ", ".join(f"{each.name} {sum(map(each.on_call, some))}" for each in entered)
        print(f"{file:24} {len(some):4} calls: {found}")
    whole = [each for group in calls.values() for each in group]
    reasons = Counter(
        (span.is_unsure, span.reason) for call in whole for span in find_in_call(call)
    )
    print(f"all {len(whole)} calls, ours")
    for (is_unsure, reason), count in sorted(reasons.items()):
        print(f"    {'unsure' if is_unsure else 'sure':7} {reason:28} {count}")


def _print_misheard(calls: Sequence[Transcript]) -> None:
    """Findings beyond those of the call as it is."""
    tally: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, call, changed, count in misheard(calls):
        new = set(find_in_call(changed)) - set(find_in_call(call))
        sure = sum(not span.is_unsure for span in new)
        tally[word] += Counter(n=count, sure=sure, unsure=len(new) - sure)
    print("\nthe same calls with a word heard wrong: times, found sure, found unsure")
    for word, counts in tally.items():
        print(f"    {word:12} {counts['n']:5} {counts['sure']:5} {counts['unsure']:5}")


def _print_times(entered: Sequence[Contender], data: Path, rounds: int) -> None:
    calls = Material(data / "calls", calls=CALLS).transcripts
    spent = side_by_side({each.name: each.prepare(calls) for each in entered}, rounds=rounds)
    words = sum(len(each.words) for each in calls) / len(calls)
    print(f"\nms a call of {words:.0f} words, {rounds} rounds, median (quartiles)")
    for name, values in spent.items():
        print(f"    {name:21} {spread(values)}")
    print(f"    a fixed loop          {noise(rounds=rounds)}; load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
