"""The acceptance runner on dialogues of our own: truth, figures, bars, and what it refuses."""

import gzip
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.acceptance import truth
from bench.acceptance.__main__ import CORPORA, HERE, compiled, faults, main
from bench.acceptance.tally import Judged, judge, left_out, own, tally
from reviews.detection.examples import red_examples
from reviews.detection.rubric import parse_rubric
from reviews.rubrics.document import read_rubric

NAMED = [("B", "Who am I speaking to?"), ("A", "Ann Frost.")]
SHOWN = [("B", "Read me your account number and your PIN."), ("A", "55 and 4471.")]
TOLD = [("B", "Your balance is 4100."), ("A", "Thanks.")]


def call(name: str, turns: list[tuple[str, str]]) -> dict[str, Any]:
    at = 0
    utterances: list[dict[str, Any]] = []
    for speaker, text in turns:
        words: list[dict[str, Any]] = []
        for word in text.split():
            words.append(
                {"text": word, "start": at, "end": at + 250, "confidence": 0.9, "speaker": speaker}
            )
            at += 300
        utterances.append({"speaker": speaker, "text": text, "words": words})
        utterances[-1] |= {"start": words[0]["start"], "end": at, "confidence": 0.9}
    said = [word for turn in utterances for word in turn["words"]]
    text = " ".join(turn["text"] for turn in utterances)
    spoken = {"text": text, "words": said, "utterances": utterances, "audio_duration": at}
    return {"id": name, "status": "completed", "language_code": "en"} | spoken


def write(directory: Path, name: str, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for suffix, which in (("", 0), (".labels", 1)):
        with gzip.open(directory / f"{name}{suffix}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(pair[which]) + "\n" for pair in pairs)


def bank_row(name: str, actions: Mapping[str, list[int]]) -> dict[str, Any]:
    return {
        "id": name,
        "agent_speaker": "B",
        "agent_id": f"agent of {name}",
        "agent_action_utterances": actions,
    }


def bank(directory: Path) -> tuple[truth.Case, ...]:
    asked = {"ask_name": [0], "bank_ask_account_number": [2], "bank_ask_pin": [2]}
    shown = call("shown", [*NAMED, *SHOWN, *TOLD])
    early = call("early", [*TOLD, *NAMED])
    write(
        directory,
        "star_bank",
        [
            (shown, bank_row("shown", asked | {"bank_inform_balance": [4]})),
            (early, bank_row("early", {"ask_name": [2]})),
        ],
    )
    return truth.star(directory)


def transfers(directory: Path) -> tuple[truth.Case, ...]:
    wish = ("A", "Send $40 to Joe.")
    check = ("B", "You want me to send $40 to Joe, correct?")
    gone = ("B", "The money was sent.")
    whole = call("whole", [wish, check, ("A", "Yes."), gone])
    row = {
        "id": "whole",
        "agent_speaker": "B",
        "labels": {"amount_confirmed_before_transfer": True},
    }
    row |= {"agent_action_utterances": {"CONFIRM": [1], "NOTIFY_SUCCESS": [3]}}
    cut = {"id": "cut", "agent_speaker": "B", "original_id": "whole"}
    write(directory, "sgd_finance", [(whole, row)])
    write(directory, "sgd_finance_no_confirm", [(call("cut", [wish, gone]), cut)])
    return truth.sgd(directory)


def judged(agent: str, *, is_true: bool, is_found: bool) -> Judged:
    return Judged(agent, is_free=False, is_true=is_true, is_found=is_found, is_placed=is_found)


def test_every_rule_of_a_shown_caller_is_found_in_its_turn(tmp_path: Path) -> None:
    case = bank(tmp_path)[0]

    found = judge([case], compiled("star_bank"))

    asked = ("asks_name", "asks_account_number", "asks_pin")
    assert all(found[rule][0].is_found and found[rule][0].is_placed for rule in asked)
    assert not found["identity_before_release"][0].is_found


def test_what_is_told_before_anything_is_asked_is_a_violation_there(tmp_path: Path) -> None:
    directory = tmp_path
    told = bank_row("told", {"bank_inform_balance": [2]}) | {"agent_id": ""}
    write(directory, "star_bank", [(call("told", [("A", "Hi."), ("A", "Well?"), *TOLD]), told)])

    found = judge(truth.star(directory), compiled("star_bank"))["identity_before_release"][0]

    assert (found.is_true, found.is_found, found.is_placed) == (True, True, True)


def test_a_turn_that_nobody_labelled_is_free_and_a_hit_there_counts_for_nothing(
    tmp_path: Path,
) -> None:
    early = bank(tmp_path)[1]
    unlabelled = truth.Case(early.transcript, "", {"asks_name": frozenset()}, frozenset((0, 2)))

    counted = tally(judge([unlabelled], compiled("star_bank"))["asks_name"])

    assert early.free == {0}
    assert (counted.wrong, counted.unknown, counted.precision) == (0, 1, 1.0)


def test_money_that_moves_is_a_violation_only_where_the_confirmation_was_cut(
    tmp_path: Path,
) -> None:
    found = judge(transfers(tmp_path), compiled("sgd_finance"))

    assert [each.is_found for each in found["amount_confirmed"]] == [False, True]
    assert [each.is_found for each in found["confirms_amount"]] == [True, False]
    assert tally(found["amount_confirmed"]).place == 1.0


def test_figures_count_right_wrong_and_missed_calls() -> None:
    calls = [
        judged("a", is_true=True, is_found=True),
        judged("a", is_true=False, is_found=True),
        judged("b", is_true=True, is_found=False),
    ]

    counted = tally(calls)

    assert (counted.right, counted.wrong, counted.missed) == (1, 1, 1)
    assert (counted.precision, counted.recall, counted.place) == (0.5, 0.5, 1.0)


def test_the_worst_agent_is_named_on_its_own_calls_and_with_the_others_alone() -> None:
    calls = [
        judged("good", is_true=True, is_found=True),
        judged("bad", is_true=True, is_found=False),
    ]

    assert (own(calls, "recall").agent, own(calls, "recall").figure) == ("bad", 0.0)
    assert (left_out(calls, "recall").agent, left_out(calls, "recall").figure) == ("good", 0.0)


def test_a_bar_that_is_missed_is_told_in_words() -> None:
    calls = [judged("a", is_true=True, is_found=True), judged("b", is_true=True, is_found=False)]

    assert faults({"rule": calls[:1]}, {}) == []
    assert faults({"rule": calls}, {"rule": 0}) == [
        "rule: recall 0.00, at least 0.80 is asked",
        "rule: 1 calls, at most 0 may be",
    ]


@pytest.mark.parametrize("corpus", [corpus.rubric for corpus in CORPORA])
def test_every_example_of_the_rubric_comes_out_as_written(corpus: str) -> None:
    assert red_examples(parse_rubric(read_rubric(HERE / f"{corpus}.yaml"))) == ()


@pytest.mark.parametrize("given", [[], ["--data", "no such directory"]])
def test_without_data_it_says_what_was_refused_what_it_saw_and_what_to_do(
    given: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.acceptance", *given])

    with pytest.raises(SystemExit) as ended:
        main()

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "is refused: no directory" in told
    assert "make acceptance DATA=" in told


def test_the_report_ends_well_where_every_bar_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "calls"
    directory.mkdir()
    bank(directory)
    transfers(directory)
    monkeypatch.setattr(sys, "argv", ["bench.acceptance", "--data", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert "Every bar is reached." in capsys.readouterr().out
