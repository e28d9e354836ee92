"""Tries hostile rubrics one after another and writes lines about each; may be ended at any time.

Arguments: the first number, the number behind the last one. Before a try its number, after it a
JSON object: its rules, ms to parse and make ready, ms on the call, MB at the peak over the process
at its start, and how often each outcome came.
"""

import json
import resource
import signal
import sys
from collections import Counter
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any

from bench.language.adversarial.calls import KINDS, LENGTHS, call
from bench.language.adversarial.queries import Document, hostile
from reviews.detection.engine import RuleResult, compile_rubric, evaluate
from reviews.detection.evidence import NotAssessable
from reviews.detection.language.errors import QueryError
from reviews.detection.rubric import RubricError, parse_rubric
from reviews.detection.transcript import Transcript

GUARD_S, GUARD_MB = 20, 1_000
"""Where a try is given up: far above the limits, so that what is over them is still measured."""
_KB = 1 << 10
_STATUS, _PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Late(BaseException):
    """No Exception: the engine turns those into outcomes."""


def main() -> None:
    for kind in KINDS:
        for words in set(LENGTHS):
            call(kind, words)
    _answer(hostile(2).document, call("spoken", 1_500), [])
    most = (_kb("VmSize") + GUARD_MB * _KB) * _KB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGALRM, _late)
    ready_kb = _kb("VmRSS")
    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        print(number, flush=True)
        print(json.dumps(_tried(number, ready_kb)), flush=True)


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise Late


def _tried(number: int, ready_kb: int) -> dict[str, Any]:
    made = hostile(number)
    spoken = call(made.call, made.words)
    _PEAK.write_text("5")  # what the process took at most is counted anew
    clock = [process_time()]
    signal.alarm(GUARD_S)
    try:
        answer = _answer(made.document, spoken, clock)
    except (Late, Exception) as error:  # noqa: BLE001 # whatever gets out is what is looked for
        answer = {f"raised {type(error).__name__}": 1}
    signal.alarm(0)
    clock.append(process_time())
    return {
        "number": number,
        "kind": made.kind,
        "call": f"{made.call} {made.words:,}",
        "rules": len(made.document["rules"]),
        "parse_ms": 1000 * (clock[1] - clock[0]),
        "check_ms": 1000 * (clock[-1] - clock[1]),
        "mb": (_kb("VmHWM") - ready_kb) / _KB,
        "answer": answer,
    }


def _answer(document: Document, spoken: Transcript, clock: list[float]) -> dict[str, int]:
    """Each outcome and how often it came; the time when the rubric was ready goes on the clock."""
    try:
        compiled = compile_rubric(parse_rubric(document))
    except RubricError as error:
        cause = error.__cause__
        return {f"refused: {cause.code if isinstance(cause, QueryError) else 'document'}": 1}
    clock.append(process_time())
    return dict(Counter(map(_named, evaluate(spoken, compiled).results)))


def _named(result: RuleResult) -> str:
    outcome = result.outcome
    if not isinstance(outcome, NotAssessable):
        return type(outcome).__name__.lower()
    # The engine's own failures are told apart by the class that their text names.
    failed = outcome.text.rpartition(" ")[2] if outcome.reason == "engine_error" else ""
    return f"{outcome.reason} {failed}".strip()


def _kb(name: str) -> int:
    line = next(each for each in _STATUS.read_text().splitlines() if each.startswith(name + ":"))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
