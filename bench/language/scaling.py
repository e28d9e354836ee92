"""How the cost grows: with phrases, with words, with rules on a call of hours."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from bench.language.contenders import checking, evidence, finding, reading
from bench.language.material import Material
from bench.language.timing import Prepare, ratio, side_by_side
from reviews.detection.engine import Compiled, compile_rubric
from reviews.detection.normalize import read_axis
from reviews.detection.rubric import parse_rubric
from reviews.detection.transcript import Transcript

PHRASES = (10, 100, 1_000, 10_000)
WORDS = (500, 1_500, 5_000, 15_000, 40_000)
LISTS = 10
GROWTH, LONGEST_MS = 1.5, 1_000.0
"""The limits: 10,000 phrases against 10, and 500 rules on the longest call."""


def show(material: Material, *, rounds: int) -> None:
    few = max(3, rounds // 2)
    _by_phrases(
        "phrases that the calls lack, beside 10 that they hold", material, few, is_said=False
    )
    _by_phrases("runs of words of other calls: the hits grow, too", material, few, is_said=True)
    _by_words(material, few)
    _of_hours(material, few)


def _by_phrases(title: str, material: Material, rounds: int, *, is_said: bool) -> None:
    calls = material.transcripts
    compiled = {
        count: compile_rubric(parse_rubric(_listed(_phrases(material, count, is_said=is_said))))
        for count in PHRASES
    }
    finds = {f"find {count}": _finding(each, calls) for count, each in compiled.items()}
    checks = {f"check {count}": checking(each, calls) for count, each in compiled.items()}
    spent = side_by_side({**finds, **checks}, rounds=rounds)
    print(f"\n{title}; {LISTS} rules, half of them for what is absent")
    print(
        f"{'phrases':>10} {'find ms':>10} {'x':>6} {'whole check ms':>16} {'x':>6} {'evidence':>10}"
    )
    for count, each in compiled.items():
        found, checked = spent[f"find {count}"], spent[f"check {count}"]
        print(
            f"{count:10,} {median(found):10.3f} {ratio(found, spent['find 10']):6.2f} "
            f"{median(checked):16.3f} {ratio(checked, spent['check 10']):6.2f} "
            f"{evidence(each, calls) / len(calls):10.1f}"
        )
    grown = ratio(spent[f"check {PHRASES[-1]}"], spent["check 10"])
    if not is_said:
        print(f"limit: whole check x{GROWTH}: x{grown:.2f} {answer(is_kept=grown <= GROWTH)}")


def _phrases(material: Material, count: int, *, is_said: bool) -> list[str]:
    return (
        material.phrases(count)
        if is_said
        else material.phrases(LISTS) + material.unsaid(count - LISTS)
    )


def _listed(phrases: Sequence[str]) -> dict[str, Any]:
    """Ten rules, each with its share of the phrases in a list; every other for what is absent."""
    lists = {f"list {at}": list(phrases[at::LISTS]) for at in range(LISTS)}
    rules = [
        {
            "code": f"rule_{at}",
            "violation_when": "absent" if at % 2 else "found",
            "check": {"query": f"agent: {{{name}}}"},
        }
        for at, name in enumerate(lists)
    ]
    return {"name": "Grown", "lists": lists, "rules": rules}


def _finding(compiled: Compiled, calls: Sequence[Transcript]) -> Prepare:
    return finding(compiled.matcher, [read_axis(each) for each in calls])


def _by_words(material: Material, rounds: int) -> None:
    compiled = compile_rubric(parse_rubric(material.rubric(50)))
    calls = {count: material.long(count) for count in WORDS}
    stages: dict[str, Prepare] = {}
    for count, call in calls.items():
        stages[f"read {count}"] = reading([call])
        stages[f"find {count}"] = _finding(compiled, [call])
        stages[f"check {count}"] = checking(compiled, [call])
    spent = side_by_side(stages, rounds=rounds)
    print("\n50 rules of some 500 phrases, by the length of the call: ms (us a word)")
    print(f"{'words':>10} {'read':>16} {'find':>16} {'whole check':>18} {'evidence':>10}")
    for count, call in calls.items():
        shown = [
            _a_word(median(spent[f"{name} {count}"]), count) for name in ("read", "find", "check")
        ]
        print(
            f"{count:10,} {shown[0]:>16} {shown[1]:>16} {shown[2]:>18} "
            f"{evidence(compiled, [call]):10}"
        )


def _a_word(ms: float, words: int) -> str:
    return f"{ms:.3f} ({ms / words * 1000:.3f})"


def _of_hours(material: Material, rounds: int) -> None:
    call = material.long(WORDS[-1])
    rubric = parse_rubric(material.rubric(500))
    compiled = compile_rubric(rubric)
    spent = median(side_by_side({"check": checking(compiled, [call])}, rounds=rounds)["check"])
    print(
        f"\n{len(rubric.rules)} rules, {sum(len(row) for _, row in rubric.lists):,} phrases, "
        f"{len(call.words):,} words: {spent:.0f} ms, {evidence(compiled, [call]):,} stretches of "
        f"evidence; limit {LONGEST_MS:.0f} ms: {answer(is_kept=spent <= LONGEST_MS)}"
    )


def answer(*, is_kept: bool) -> str:
    return "kept" if is_kept else "MISSED"
