"""`manage.py query`: what it prints, in which form, and how it exits."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.management.conftest import ROOT, Run, Write, transcript

ROLES = ("--agent", "A", "--customer", "B")


def test_query_prints_file_time_speaker_and_the_marked_words(run: Run, worked: str) -> None:
    ran = run("query", 'agent: "this call is being recorded"', worked, *ROLES)
    words = "Thanks for calling, [this call is being recorded.]"
    assert (ran.code, ran.out) == (0, f"{worked}  0:01  A (agent)  {words}\n")
    assert ran.err == "Roles: labels named by the command line (1 call).\nFound in 1 of 1 call.\n"


def test_query_says_who_spoke_over_two_utterances(run: Run, worked: str) -> None:
    ran = run("query", "refund BEFORE/2 sure", worked)
    assert "B (unknown)  Hi, I uh I want a [refund.] / [Sure.] We can't" in ran.out


def test_query_answers_in_json(run: Run, worked: str) -> None:
    ran = run("query", "refund BEFORE/0 sure", worked, "--json", "--customer", "B")
    (finding,) = ran.json[0]["findings"]
    assert {**ran.json[0], "findings": []} == {"id": "c1", "outcome": "found", "findings": []}
    evidence = finding.pop("evidence")
    assert finding == {"rule": None, "outcome": "found", "violation": None}
    assert evidence == [
        {
            "utterance": 1,
            "last_utterance": 2,
            "speaker": "B",
            "role": "customer",
            "start_ms": 7000,
            "end_ms": 7900,
            "words": [6, 0],
            "text": "refund. Sure.",
            "marks": [{"utterance": 1, "words": [6, 6]}, {"utterance": 2, "words": [0, 0]}],
        }
    ]


@pytest.mark.parametrize(
    ("query", "code", "outcome"),
    [
        ("refund", 0, "found"),
        ("price", 1, "clear"),
        ("agent: refund", 3, "not_assessable"),
        ("NOT price", 0, "found"),
    ],
)
def test_query_exits_by_its_outcome(
    query: str, code: int, outcome: str, run: Run, worked: str
) -> None:
    ran = run("query", query, worked, "--json")
    assert (ran.code, ran.json[0]["outcome"]) == (code, outcome)
    assert run("query", query, worked).code == code


def test_query_gives_reason_and_absence_in_json(run: Run, worked: str) -> None:
    (unknown,) = run("query", "agent: refund", worked, "--json").json[0]["findings"]
    assert unknown["reason"] == "roles_unknown"
    (absent,) = run("query", "NOT price", worked, "--json").json[0]["findings"]
    assert absent["absence"]["words"] == 22


def test_query_prints_the_proof_where_absence_is_found(run: Run, worked: str) -> None:
    ran = run("query", 'NOT agent: "verify your identity"', worked, *ROLES)
    assert ran.out == f"{worked}  not heard from 0:00 to 0:11 in 17 words of agent\n"


def test_query_prints_facts_that_hold(run: Run, worked: str) -> None:
    assert run("query", "call.duration >= 2s", worked).out == f"{worked}  holds\n"


def test_query_is_unsure_below_the_floor(run: Run, worked: str) -> None:
    ran = run("query", "refund", worked, "--floor", "0.95", "--json")
    assert ran.json[0]["outcome"] == "found_unsure"
    assert "(unsure)" in run("query", "refund", worked, "--floor", "0.95").out


def test_query_found_in_one_file_goes_before_the_rest(run: Run, write: Write, worked: str) -> None:
    errored = write("errored.json", {"id": "e", "status": "error", "error": "no speech"})
    assert run("query", "refund", errored, worked).code == 0
    assert run("query", "price", worked, errored).code == 3


def test_query_answers_the_other_files_after_a_bad_one(run: Run, write: Write, worked: str) -> None:
    lines = write("calls.jsonl", transcript("a"), "{bad", transcript("b"))
    ran = run("query", "refund", "absent.json", lines, worked, "--json")
    assert (ran.code, [each["id"] for each in ran.json]) == (2, ["a", "b", "c1"])
    assert "absent.json: The file is refused: No such file or directory." in ran.err
    assert f"{lines}:2: The document is refused: no JSON" in ran.err


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("refund NEAR/5 NOT fee", "line 1, column 15: NEAR needs two span expressions"),
        ("refund\nAND (", "line 2, column 6: "),
        ("", "line 1, column 1: "),
    ],
)
def test_query_says_where_a_query_is_wrong(query: str, message: str, run: Run, worked: str) -> None:
    ran = run("query", query, worked)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)


@pytest.mark.parametrize(
    "arguments",
    [("--agent", "A", "--customer", "A"), ("--florr", "1"), ("--floor", "2"), ("--floor", "x")],
)
def test_query_refuses_options(arguments: tuple[str, ...], run_bare: Run, worked: str) -> None:
    ran = run_bare("query", "refund", worked, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert arguments[0] in ran.err
    assert "Traceback" not in ran.err


def test_query_takes_several_labels_and_says_which_calls_lack_one(run: Run, write: Write) -> None:
    other = transcript("c2", (("1", "We guarantee it."), ("2", "Fine.")))
    file = write("calls.jsonl", transcript("c1"), other)
    ran = run("query", "agent: guarantee", file, "--agent", "A", "--agent", "1", "--json")
    assert [each["outcome"] for each in ran.json] == ["found", "found"]
    assert f"--agent: a label is not in 2 calls, the first {file}:1." in ran.err


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x80", b'{"id": "a"', b"[1, 2]", b'{"x": 1}'])
def test_query_refuses_what_is_no_transcript(content: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(content)
    ran = run("query", "refund", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "The document is refused: " in ran.err


def test_query_refuses_a_directory(run: Run, tmp_path: Path) -> None:
    ran = run("query", "refund", str(tmp_path))
    assert ran.code == 2
    assert "Is a directory" in ran.err


def test_query_does_not_take_an_unfinished_call_for_a_silent_one(run: Run, write: Write) -> None:
    file = write("call.json", {"id": "q", "status": "processing", "text": None})
    ran = run("query", "refund", file)
    assert ran.code == 3
    assert "transcript_pending" in ran.err


def test_query_lets_no_transcript_steer_a_terminal(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=(("A\x1b[1m", "my refund \x1b[2Jnow"),)))
    ran = run("query", "refund", file)
    assert "\x1b" not in ran.out
    assert "[refund] \ufffd[2Jnow" in ran.out


def test_query_quotes_a_long_stretch_by_its_marks(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=(("A", f"refund {'word ' * 70}today please"),)))
    query = "refund BEFORE today"
    (finding,) = run("query", query, file, "--json").json[0]["findings"]
    assert finding["evidence"][0]["quote"] == "refund … today"
    assert len(finding["evidence"][0]["text"].split()) == 72
    shown = "[refund] word word word … word word word [today] please"
    assert shown in run("query", query, file).out


def test_query_needs_no_environment(run_bare: Run, worked: str) -> None:
    ran = run_bare("query", "customer: refund", worked, "--customer", "B", "--json")
    assert (ran.code, ran.json[0]["outcome"]) == (0, "found")


def test_query_reads_standard_input(run_bare: Run) -> None:
    lines = json.dumps(transcript("a")) + "\n" + json.dumps(transcript("b"))
    ran = run_bare("query", "refund", "-", stdin=lines)
    assert [line.split()[0] for line in ran.out.splitlines()] == ["-:1", "-:1", "-:2", "-:2"]


def test_query_ends_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(transcript()) + "\n").encode() * 400))
    command = [sys.executable, "manage.py", "query", "refund", str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, env={}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
