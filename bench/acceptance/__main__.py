"""Our rubrics beside the truth of real dialogues, rule by rule.

    python -m bench.acceptance --data DIR

Exit 1 where a bar is missed, 2 where there is no data. The bars hold for the calls whose every
agent turn has a known truth, with one agent's calls left out at a time. Freely worded calls are
counted beside them.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.acceptance import truth
from bench.acceptance.tally import Judged, Worst, judge, left_out, own, tally
from reviews.detection.engine import Compiled, compile_rubric
from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import read_rubric

HERE = Path(__file__).parent
RECALL, PRECISION = 0.80, 0.90
_HEADS = ("rule", "right", "wrong", "missed", "prec", "recall", "place", "lowest precision, recall")


@dataclass(frozen=True, slots=True)
class Corpus:
    rubric: str
    read: Callable[[Path], Sequence[truth.Case]]
    missed_at_most: Mapping[str, int]
    """Rule -> calls that may be missed; recall alone counts for the others."""


CORPORA = (
    Corpus("star_bank", truth.star, {}),
    Corpus("sgd_finance", truth.sgd, {"amount_confirmed": 0}),
)


def main() -> None:
    directory = _directory()
    fallen = [fault for corpus in CORPORA for fault in _report(corpus, directory)]
    print("\n" + ("\n".join(f"missed: {fault}" for fault in fallen) or "Every bar is reached."))
    sys.exit(1 if fallen else 0)


def _directory() -> Path:
    parser = argparse.ArgumentParser(prog="bench.acceptance", description=__doc__)
    parser.add_argument("--data", default="", help="directory that has calls/star_bank.jsonl.gz")
    named = parser.parse_args().data
    directory = Path(named) / "calls"
    if not named or not directory.is_dir():
        seen = f"no directory calls in {named!r}" if named else "no directory was named"
        print(
            f"The acceptance is refused: {seen}. Write make acceptance DATA=/path/to/data.",
            file=sys.stderr,
        )
        sys.exit(2)
    return directory


def compiled(name: str) -> Compiled:
    return compile_rubric(parse_rubric(read_rubric(HERE / f"{name}.yaml")))


def _report(corpus: Corpus, directory: Path) -> list[str]:
    judged = judge(corpus.read(directory), compiled(corpus.rubric))
    known = {rule: [each for each in calls if not each.is_free] for rule, calls in judged.items()}
    free = {rule: [each for each in calls if each.is_free] for rule, calls in judged.items()}
    print(f"\n{corpus.rubric}, every agent turn known")
    _print(known)
    if any(free.values()):
        print(f"{corpus.rubric}, some turns worded freely (found there alone: not counted)")
        _print(free)
    return faults(known, corpus.missed_at_most)


def faults(judged: Mapping[str, Sequence[Judged]], missed_at_most: Mapping[str, int]) -> list[str]:
    """Every bar that is not reached, in words."""
    found = []
    for rule, calls in judged.items():
        for figure, bar in (("precision", PRECISION), ("recall", RECALL)):
            worst = left_out(calls, figure)
            if worst.figure < bar:
                found.append(f"{rule}: {figure} {worst.figure:.2f}, at least {bar:.2f} is asked")
        missed = tally(calls).missed
        if missed > missed_at_most.get(rule, missed):
            found.append(f"{rule}: {missed} calls, at most {missed_at_most[rule]} may be")
    return found


def _print(judged: Mapping[str, Sequence[Judged]]) -> None:
    calls = max(map(len, judged.values()))
    rule, *heads, last = _HEADS
    print(f"  {f'{rule}, of {calls} calls':36}" + "".join(f"{h:>8}" for h in heads) + f"   {last}")
    for name, each in judged.items():
        counted = tally(each)
        numbers = (counted.right, counted.wrong, counted.missed)
        shares = (counted.precision, counted.recall, counted.place)
        print(
            f"  {name:36}"
            + "".join(f"{number:8}" for number in numbers)
            + "".join(f"{share:8.2f}" for share in shares)
            + f"   {_worst(each)}"
            + (f"; {counted.unknown} not counted" if counted.unknown else "")
        )


def _worst(judged: Sequence[Judged]) -> str:
    """Without an agent's calls, and on an agent's own; `-` where the corpus names no agent."""
    if not judged[0].agent:
        return "-"
    return ", ".join(
        f"{_named(left_out(judged, figure))} own {_named(own(judged, figure))}"
        for figure in ("precision", "recall")
    )


def _named(worst: Worst) -> str:
    return f"{worst.figure:.2f} ({worst.agent[:8]})"


if __name__ == "__main__":
    main()
