"""The tables, printed by one process: ours and the peers that this interpreter has."""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

from bench.language import scaling
from bench.language.contenders import Contender, checking, evidence, ours, reading
from bench.language.material import Material
from bench.language.timing import Prepare, Spread, noise, ratio, side_by_side, spread
from reviews.detection.engine import compile_rubric
from reviews.detection.rubric import parse_rubric

HAS_PEERS = all(map(find_spec, ("ahocorasick", "re2", "spacy")))
if HAS_PEERS:
    from bench.language.peers import peers

PHRASES, RULES, CALLS = 500, 50, 12
FIND_MS, CHECK_MS = 0.25, 1.0
"""The limits: 500 phrases on a read call, and 50 rules with evidence."""


def main() -> None:
    asked = _arguments()
    material = Material(asked.data, calls=CALLS)
    _print_machine(material, asked.rounds)
    _print_matching(material, asked.rounds)
    _print_checking(material, asked.rounds)
    scaling.show(material, rounds=asked.rounds)
    after = noise(rounds=asked.rounds)
    print(f"\na fixed loop at the end: {after} ms; load {os.getloadavg()[0]:.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.language", description=__doc__)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--data", type=Path)
    return parser.parse_args()


def _print_machine(material: Material, rounds: int) -> None:
    words = sorted(len(each.words) for each in material.transcripts)
    print(
        f"{rounds} rounds, interleaved, x {len(words)} calls of {words[0]} to {words[-1]} words; "
        "ms of process CPU a call, median (quartiles)"
    )
    print(f"a fixed loop before: {noise(rounds=rounds)} ms; load {os.getloadavg()[0]:.2f}")


def _print_matching(material: Material, rounds: int) -> None:
    phrases = material.phrases(PHRASES)
    entered = ours(material.transcripts, phrases)
    if HAS_PEERS:
        entered += peers(material.transcripts, phrases)
    spent = side_by_side({each.name: each.prepare for each in entered}, rounds=rounds)
    reference = entered[0]
    print(
        f"\n{len(phrases)} phrases {'':24} {'ms a call':>24} {'x find':>8} {'hits':>6} "
        f"{'new/lost':>10}  (against ours)"
    )
    for each in entered:
        times = ratio(spent[each.name], spent[reference.name])
        print(
            f"{each.name:36} {spread(spent[each.name])!s:>24} {times:8.1f} "
            f"{_compared(each, reference)}  {each.note}"
        )
    if not HAS_PEERS:
        print("peers are not installed here: bench/requirements-peers.txt, then --peer-python")
    _print_limit("find", spread(spent[reference.name]), FIND_MS)


def _compared(each: Contender, reference: Contender) -> str:
    if each.found is None or reference.found is None:
        return f"{'':6} {'':>10}"
    apart = f"{len(each.found - reference.found)}/{len(reference.found - each.found)}"
    return f"{len(each.found):6} {apart:>10}"


def _print_checking(material: Material, rounds: int) -> None:
    compiled = compile_rubric(parse_rubric(material.rubric(RULES)))
    calls = material.transcripts
    stages: dict[str, Prepare] = {
        "read the axis": reading(calls),
        f"{RULES} rules, whole check": checking(compiled, calls),
    }
    queries = [rule for rule in material.rubric(RULES)["rules"] if "query" in rule["check"]]
    only = parse_rubric(material.rubric(RULES) | {"rules": queries})
    name = f"{len(queries)} of them by query"
    stages[name] = checking(compile_rubric(only), calls)
    spent = side_by_side(stages, rounds=rounds)
    found = evidence(compiled, calls) / len(calls)
    print(f"\n{RULES} rules; {found:.1f} stretches of evidence a call")
    for stage, each in spent.items():
        print(f"{stage:36} {spread(each)!s:>24}")
    _print_limit("whole check", spread(spent[f"{RULES} rules, whole check"]), CHECK_MS)


def _print_limit(name: str, measured: Spread, limit: float) -> None:
    kept = scaling.answer(is_kept=measured.middle <= limit)
    print(f"limit: {name} <= {limit} ms: {measured.middle:.3f} {kept}")


if __name__ == "__main__":
    main()
