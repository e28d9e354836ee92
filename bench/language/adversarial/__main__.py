"""Hostile queries on hostile calls: the slowest, the largest, and how many were refused.

    python -m bench.language.adversarial [--queries N] [--first NUMBER] [--show]

Each is made from its number alone, so that one can be tried again: `--first 17 --queries 1`.
`--show` prints what that one is. Exits 1 where one was over a limit or failed.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from queue import Empty, Queue
from statistics import quantiles
from threading import Thread
from typing import Any

from bench.installation import ROOT
from bench.language.adversarial.queries import hostile

MS_AT_MOST, MB_AT_MOST = 2_000, 200
_WAIT_S = 60
_SHOWN = 10
Try = dict[str, Any]


def main() -> None:
    asked = _arguments()
    if asked.show:
        print(json.dumps(hostile(asked.first).document, indent=1)[:20_000])
    tries = list(tries_of(asked.first, asked.first + asked.queries))
    _print(tries)
    raise SystemExit(any(map(_is_bad, tries)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.language.adversarial", description=__doc__)
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    return parser.parse_args()


def tries_of(first: int, stop: int) -> Iterator[Try]:
    """Every number; where one ends the worker, the next one has a new worker."""
    while first < stop:
        for each in _worked(first, stop):
            yield each
            first = each["number"] + 1


def _worked(first: int, stop: int) -> Iterator[Try]:
    command = [sys.executable, "-m", "bench.language.adversarial.worker", str(first), str(stop)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        number = first
        for line in _lines(worker):
            if line.startswith("{"):
                yield json.loads(line)
                number += 1
        worker.kill()
    if number < stop:
        yield _ended(number)


def _lines(worker: "subprocess.Popen[str]") -> Iterator[str]:
    """Until the worker ends, or is silent for a minute."""
    queue: Queue[str] = Queue()

    def read() -> None:
        for line in worker.stdout or ():
            queue.put(line)
        queue.put("")

    Thread(target=read, daemon=True).start()
    try:
        while line := queue.get(timeout=_WAIT_S):
            yield line
    except Empty:
        return


def _ended(number: int) -> Try:
    made = hostile(number)
    where = f"{made.call} {made.words:,}"
    worst = {"rules": 1, "parse_ms": float("inf"), "check_ms": 0.0, "mb": float("inf")}
    return {"number": number, "kind": made.kind, "call": where, "answer": {"ended": 1}, **worst}


def milliseconds(each: Try) -> float:
    """Of one query: of most rubrics the only one."""
    return float((each["parse_ms"] + each["check_ms"]) / max(1, each["rules"]))


def _mb(each: Try) -> float:
    return float(each["mb"])


def _is_bad(each: Try) -> bool:
    failed = any(name.startswith(("raised", "ended", "engine_error")) for name in each["answer"])
    return failed or milliseconds(each) > MS_AT_MOST or _mb(each) > MB_AT_MOST


def _print(tries: Sequence[Try]) -> None:
    answers = Counter(name for each in tries for name in each["answer"])
    refused = sum(any(name.startswith("refused") for name in each["answer"]) for each in tries)
    print(
        f"{len(tries):,} hostile rubrics, {refused:,} refused; with at least one rule that came to"
    )
    print("  " + ", ".join(f"{name} {count:,}" for name, count in answers.most_common()))
    times = sorted(map(milliseconds, tries))
    cuts = quantiles(times, n=1_000) if len(times) > 1 else times * 999
    print(f"ms of CPU a query: median {cuts[499]:.1f}, p99 {cuts[989]:.0f}, p99.9 {cuts[998]:.0f}")
    _print_rows("slowest", sorted(tries, key=milliseconds, reverse=True)[:_SHOWN])
    _print_rows("largest", sorted(tries, key=_mb, reverse=True)[:_SHOWN])
    bad = [each for each in tries if _is_bad(each)]
    kinds = Counter(each["kind"] for each in bad)
    print(f"\nover {MS_AT_MOST} ms or {MB_AT_MOST} MB, or failed: {len(bad)} {dict(kinds) or ''}")
    worst = {each["kind"]: each for each in sorted(bad, key=milliseconds)}
    if worst:
        _print_rows("the worst of each kind", list(worst.values()))


def _print_rows(title: str, rows: Sequence[Try]) -> None:
    print(f"\n{title:16} {'number':>7} {'parse ms':>9} {'check ms':>9} {'MB':>6}  call, answer")
    for each in rows:
        print(
            f"{each['kind']:16} {each['number']:7} {each['parse_ms']:9.0f} {each['check_ms']:9.0f} "
            f"{each['mb']:6.0f}  {each['call']}, {' '.join(each['answer'])}"
        )


if __name__ == "__main__":
    main()
