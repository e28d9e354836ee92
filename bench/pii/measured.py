"""The tables of bench.pii, made in the interpreter that has the peers."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from bench.language.material import Material
from bench.pii import data, finders, samples
from bench.pii.data import Text
from bench.pii.finders import Finder
from bench.pii.kinds import KINDS
from bench.pii.tally import Tally, is_kept, tally
from reviews.detection.pii import find
from reviews.detection.pii.call import find_in_call
from reviews.detection.pii.span import LIKELY

_FEW = 30
_SEED, _EACH = 2026, 100
_ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.pii")
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    others = [finders.plain(), *finders.peers()]
    every = [finders.ours(), *others]
    for spoken in (False, True):
        made = samples.texts(samples.KINDS, each=_EACH, seed=_SEED, is_spoken=spoken)
        _table(
            f"our own sentences, {'spoken' if spoken else 'written'} (seed {_SEED})", made, every
        )
    if asked.data:
        folder = asked.data / "pii"
        _table("written sentences", data.texts(folder / "written.jsonl.gz"), every)
        _table("spoken sample", data.texts(folder / "spoken_sample.jsonl.gz"), every)
        _table(
            "customer turns", data.texts(folder / "multidogo_customer_turns.jsonl.gz"), every[:2]
        )
        _cases(data.cases(folder / "presidio_recognizer_cases.jsonl"), every)
        _ordinary(asked.data / "calls")
    _speed(every)


def _table(title: str, texts: Sequence[Text], every: Sequence[Finder]) -> None:
    said = Counter(value.kind for text in texts for value in text.values)
    kinds = [kind for kind in KINDS if said[kind]]
    print(f"\n{title}: recall / precision / F2 of each kind")
    print(f"{'':24}{'n':>6}" + "".join(f"{each.name[:18]:>22}" for each in every))
    tallies = [tally(texts, each, kinds) for each in every]
    for kind in kinds:
        rows = "".join(
            f"{_shown(own[kind]) if kind in each.names else '-':>22}"
            for each, own in zip(every, tallies, strict=True)
        )
        few = _between(tallies[0][kind]) if said[kind] < _FEW else ""
        print(f"{kind:24}{said[kind]:6}{rows}{few}")


def _shown(counted: Tally) -> str:
    return f"{counted.recall:.3f} {counted.precision:.3f} {counted.f2:.3f}"


def _between(counted: Tally) -> str:
    low, high = counted.interval
    return f"  recall {low:.2f}-{high:.2f}"


def _cases(cases: Sequence[data.RecogniserCase], every: Sequence[Finder]) -> None:
    print("\nrecogniser cases kept; in brackets those that must stay empty and do not")
    known = [case for case in cases if case.entity in KINDS]
    for kind in dict.fromkeys(case.entity for case in known):
        own = [case for case in known if case.entity == kind]
        told = [_kept(own, each) for each in every if kind in each.names]
        print(f"{kind:24}{len(own):6}  " + "   ".join(told))


def _kept(cases: Sequence[data.RecogniserCase], finder: Finder) -> str:
    kept = [is_kept(case, finder) for case in cases]
    wrong = sum(not each and case.count == 0 for case, each in zip(cases, kept, strict=True))
    return f"{finder.name}: {sum(kept)}" + (f" ({wrong})" if wrong else "")


def _ordinary(folder: Path) -> None:
    """What is found in whole dialogues, of all kinds: most of it is there to be found."""
    counts: Counter[str] = Counter()
    calls = utterances = 0
    for call in data.calls(folder):
        calls, utterances = calls + 1, utterances + len(call["utterances"])
        text = "\n".join(each["text"] for each in call["utterances"])
        counts.update(span.entity for span in find(text) if span.score >= LIKELY)
    print(f"\nfound in {calls:,} dialogues of {utterances:,} utterances, for 1,000 utterances")
    for kind, count in counts.most_common():
        print(f"{kind:36}{count:6}{1000 * count / utterances:9.2f}")


def _speed(every: Sequence[Finder]) -> None:
    transcripts = Material(None, calls=12).transcripts
    texts = [" ".join(each.words) for each in transcripts]
    words = sum(len(each.words) for each in transcripts) / len(transcripts)
    print(f"\nms of CPU for a call of {words:,.0f} words")
    whole = _median_ms(lambda: [find_in_call(each) for each in transcripts], len(texts))
    print(f"{'verbatim, a call with its turns':36}{whole:9.2f}")
    for finder in every:
        spent = _median_ms(partial(_read, finder, texts), len(texts))
        print(f"{finder.name:36}{spent:9.2f}")


def _read(finder: Finder, texts: Sequence[str]) -> None:
    for text in texts:
        finder.find(text)


def _median_ms(work: Callable[[], object], calls: int) -> float:
    work()
    spent = []
    for _ in range(_ROUNDS):
        began = process_time()
        work()
        spent.append((process_time() - began) * 1000 / calls)
    return median(spent)


if __name__ == "__main__":
    main()
