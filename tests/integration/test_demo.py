"""`manage.py demo` as a newcomer sees it: the table, the second start, the end."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from compliance_app.run.processes import die_with_parent
from reviews.demo import build, report
from reviews.queries.overview import RuleOutcome
from tests.integration.killing import alive, until
from tests.integration.test_owner import ROOT, environment, family, open_directory

SECOND_START_S = 10.0


@pytest.fixture
def base() -> Iterator[Path]:
    with open_directory() as made:
        yield made


@pytest.fixture
def start(base: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Starts a demo; one that is still there when the test ends is killed with all it started."""
    with ExitStack() as started:

        def one() -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT, env=environment(base), text=True, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield one


def read_to(process: "subprocess.Popen[str]", last: str) -> list[str]:
    """The lines up to one that begins with `last`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        print(line.rstrip())  # shown where the test fails
        lines.append(line.rstrip())
        if line.startswith(last):
            return lines
    pytest.fail("\n".join(lines))


def end(process: "subprocess.Popen[str]", number: signal.Signals) -> list[int]:
    everyone = family(process.pid)
    process.send_signal(number)
    process.wait(30)
    return everyone


def test_the_demo_shows_its_table_starts_again_faster_and_leaves_nothing(
    start: Callable[[], "subprocess.Popen[str]"],
) -> None:
    began = time.monotonic()
    first = start()
    lines = read_to(first, "Web, worker and sandbox go on")
    first_s = time.monotonic() - began
    assert sum(line.startswith("  transcripts 20   assessed") for line in lines) == 3
    assert sum("“" in line and "[" in line for line in lines) == 3, "a quote for each tenant"
    gone = end(first, signal.SIGINT)
    assert first.returncode == 0
    took = []
    for number in (signal.SIGINT, signal.SIGKILL):  # the better of two: other work may slow one
        began = time.monotonic()
        again = start()
        assert read_to(again, "Web, worker and sandbox go on") != []
        took.append(time.monotonic() - began)
        gone += end(again, number)
    # A slow machine is held to its own first start.
    assert min(took) < max(SECOND_START_S, 0.65 * first_s)
    until(lambda: not any(alive(pid) for pid in gone))


def test_a_check_that_is_stopped_has_failed(base: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--check"],
        cwd=ROOT, env=environment(base, TMPDIR=str(base)), text=True, start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    until(lambda: list(base.glob("vb-demo-*/pgdata")))
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "nothing is proven" in errors
    assert list(base.glob("vb-demo-*")) == []


CALL = build.calls(1, seed=1)[0]
RULE = next(rule for rule, truth in CALL.truth.items() if truth.quote)


def as_written() -> dict[str, RuleOutcome]:
    return {
        rule: RuleOutcome(truth.result, (truth.quote,) if truth.quote else ())
        for rule, truth in CALL.truth.items()
    }


def differing(change: Callable[[dict[str, RuleOutcome]], object]) -> list[str]:
    got = as_written()
    change(got)
    return [mismatch.rule for mismatch in report.differences(CALL, got)]


def test_results_as_written_agree() -> None:
    assert differing(lambda got: None) == []


def test_every_way_to_differ_from_the_truth_is_seen() -> None:
    other = RuleOutcome("passed", ())
    assert differing(lambda got: got.update({RULE: other})) == [RULE]
    failed = as_written()[RULE]
    elsewhere = RuleOutcome(failed.result, ("quite other words",))
    assert differing(lambda got: got.update({RULE: elsewhere})) == [RULE]
    assert RULE in differing(lambda got: got.pop(RULE))
    assert [one.rule for one in report.differences(CALL, None)] == ["every rule"]
