"""`manage.py pii`: spans and masks, of calls and of texts."""

import json

from tests.unit.management.conftest import Run, Write, transcript

CARD = "4242 4242 4242 4242"
SPOKEN = (
    ("A", "The card number, please?"),
    ("B", "It is four two four two four two four two"),
    ("A", "Okay."),
    ("B", "four two four two four two four two."),
)


def test_pii_gives_characters_of_a_bare_text(run: Run, write: Write) -> None:
    text = f"My card — it's {CARD}, and “jo@example.com”."
    file = write("texts.jsonl", {"id": 7, "text": text}, {"id": "b", "text": "Nothing."})
    first, second = run("pii", file, "--json").json
    assert second == {"id": "b", "spans": []}
    assert first["id"] == 7
    card, mail = first["spans"]
    assert set(card) == {"entity", "score", "utterance", "start", "end", "text", "speaker"}
    assert (card["entity"], card["text"], card["utterance"]) == ("credit_card_number", CARD, None)
    assert [text[span["start"] : span["end"]] for span in (card, mail)] == [CARD, "jo@example.com"]


def test_pii_gives_a_span_for_each_utterance_of_a_value(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=SPOKEN))
    (answer,) = run("pii", file, "--json").json
    spans = [(span["utterance"], span["speaker"], span["text"]) for span in answer["spans"]]
    half = "four two four two four two four two"
    assert spans == [(1, "B", half), (3, "B", half)]
    for span in answer["spans"]:
        assert SPOKEN[span["utterance"]][1][span["start"] : span["end"]] == span["text"]


def test_pii_marks_the_value_for_people(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=(("B", f"It is {CARD}, thanks."),)))
    ran = run("pii", file)
    assert ran.code == 0
    assert f"0:01  B (unknown)  It is [{CARD},] thanks." in ran.out
    assert "Found 1 credit_card_number in 1 calls and texts that were read." in ran.err


def test_pii_marks_the_value_of_a_text_for_people(run: Run, write: Write) -> None:
    file = write("texts.jsonl", {"id": "a", "text": f"It is {CARD}, thanks."})
    assert f"characters 6-25  [{CARD}]" in run("pii", file).out


def test_pii_finds_security_codes_that_intake_would_take_away(run: Run, write: Write) -> None:
    text = "The security code on the back is 123."
    file = write("calls.jsonl", {"id": "a", "text": text}, transcript("b", (("B", text),)))
    found = [span["entity"] for each in run("pii", file, "--json").json for span in each["spans"]]
    assert found == ["credit_card_cvv", "credit_card_cvv"]


def test_pii_masks_a_text_and_nothing_else(run: Run, write: Write) -> None:
    file = write("texts.jsonl", {"id": "a", "text": f"One\n  two {CARD}."})
    assert run("pii", file, "--mask").out == "One\n  two [CREDIT_CARD_NUMBER].\n"


def test_pii_masks_a_number_over_several_turns(run: Run, write: Write) -> None:
    file = write("call.json", transcript(turns=SPOKEN))
    masked = run("pii", file, "--mask").out.splitlines()
    assert masked[1:] == ["B: It is [CREDIT_CARD_NUMBER]", "A: Okay.", "B: [CREDIT_CARD_NUMBER]."]


def test_pii_masks_into_lines_that_it_reads_itself(run: Run, write: Write) -> None:
    file = write("texts.jsonl", {"id": "a", "text": f"It is {CARD}."}, transcript("b", SPOKEN))
    ran = run("pii", file, "--mask", "--json")
    assert [each["id"] for each in ran.json] == ["a", "b"]
    again = run("pii", write("masked.jsonl", *ran.json), "--json").json
    assert [each["spans"] for each in again] == [[], []]


def test_pii_does_not_take_a_call_without_words_for_a_clean_one(run: Run, write: Write) -> None:
    errored = {"id": "e", "status": "error", "error": "no speech"}
    file = write("calls.jsonl", errored, {"id": "s", "status": "completed", "words": []})
    ran = run("pii", file, "--json")
    assert (ran.code, ran.json) == (3, [{"id": "e", "spans": None}, {"id": "s", "spans": None}])
    assert f"{file}:1: not assessable, transcript_errored" in ran.err
    assert f"{file}:2: not assessable, no_words" in ran.err


def test_pii_answers_the_other_lines_after_a_bad_one(run: Run, write: Write) -> None:
    file = write("texts.jsonl", "{bad", {"id": "a", "text": "Nothing."})
    ran = run("pii", file, "absent.jsonl", "--json")
    assert (ran.code, ran.json) == (2, [{"id": "a", "spans": []}])
    assert "absent.jsonl: The file is refused" in ran.err


def test_pii_puts_no_text_into_errors(run: Run, write: Write) -> None:
    ran = run("pii", write("texts.jsonl", f'{{"id": "a", "text": "{CARD}", bad', ""))
    assert (ran.code, "4242" in ran.err) == (2, False)


def test_pii_needs_no_environment(run_bare: Run) -> None:
    line = json.dumps({"id": "ü", "text": f"It’s {CARD}."}, ensure_ascii=False)
    ran = run_bare("pii", "-", "--json", stdin=line)
    assert (ran.code, ran.json[0]["id"], ran.json[0]["spans"][0]["text"]) == (0, "ü", CARD)
