"""`manage.py rubric`: lint, test and format, how they exit, and what they refuse."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.management.conftest import Run, Write, transcript

GOOD = "name: Test\nrules:\n  - code: a\n    check: {query: 'agent: guarantee'}\n"
EXAMPLES = """    examples:
      must_match: ['agent: we guarantee it', 'customer: I guarantee it']
      must_not_match: ['agent: the guarantee']
"""
UNTIDY = GOOD.replace("agent: g", "agent:  g")


def test_lint_names_place_reason_and_remedy(run: Run, write: Write) -> None:
    file = write("r.yaml", GOOD.replace("guarantee", "(fee OR fee)"))
    ran = run("rubric", "lint", file)
    assert ran.code == 1
    said = "fee stands here twice: leave it out, or write what else you mean  [dead_alternative]"
    assert ran.out == f"{file}:4:36  rules[0].check.query: {said}\n"
    (answer,) = run("rubric", "lint", "--json", file).json
    assert set(answer["notes"][0]) == {"code", "seen", "remedy", "path", "line", "column"}


def test_lint_of_a_good_rubric_says_nothing(run: Run, write: Write) -> None:
    ran = run("rubric", "lint", write("r.yaml", GOOD))
    assert (ran.code, ran.out, ran.err) == (0, "", "0 notes on 1 rubric.\n")


def test_lint_knows_the_words_of_calls(run: Run, write: Write, worked: str) -> None:
    calls = write("c.jsonl", *(transcript(f"c{at}") for at in range(3)))
    file = write("r.yaml", GOOD.replace("guarantee", "guarrantee"))
    ran = run("rubric", "lint", file, "--calls", worked, calls)
    assert 'did you mean "guarantee", which was said 4 times?' in ran.out
    bad = run("rubric", "lint", write("good.yaml", GOOD), "--calls", worked, "absent.json")
    assert (bad.code, "absent.json: The file is refused" in bad.err) == (2, True)


def test_test_says_which_example_is_red_and_why(run: Run, write: Write) -> None:
    file = write("r.yaml", GOOD + EXAMPLES)
    ran = run("rubric", "test", file)
    assert (ran.code, ran.err) == (1, "1 of 3 examples green, 2 red.\n")
    missed, heard = f"{file}:6:46  ", f"{file}:7:24  "
    assert f"{missed}red  rules[0].examples.must_match[1]: a is not found\n" in ran.out
    assert "nearest, said by somebody else: 0:00  customer (customer)  I [guarantee] it" in ran.out
    assert f"{heard}red  rules[0].examples.must_not_match[0]: a is not clear\n" in ran.out
    assert "      0:00  agent (agent)  the [guarantee]\n" in ran.out
    (answer,) = run("rubric", "test", "--json", file).json
    assert [each["outcome"] for each in answer["red"]] == ["clear", "found"]


def test_test_of_green_examples_exits_with_0(run: Run, write: Write) -> None:
    ran = run("rubric", "test", write("r.yaml", GOOD))
    assert (ran.code, ran.out) == (0, "")


def test_format_changes_the_file_once(run: Run, write: Write) -> None:
    file = write("r.yaml", UNTIDY)
    assert run("rubric", "format", file).code == 0
    assert Path(file).read_text() == GOOD
    assert run("rubric", "format", "--check", file).code == 0


@pytest.mark.parametrize(
    ("way", "shown"),
    [("--check", "rules[0].check.query would be formatted"), ("--diff", "+    check: {query: 'ag")],
)
def test_format_shows_what_it_would_change(way: str, shown: str, run: Run, write: Write) -> None:
    file = write("r.yaml", UNTIDY)
    ran = run("rubric", "format", way, file)
    assert (ran.code, shown in ran.out, Path(file).read_text()) == (1, True, UNTIDY)


@pytest.mark.parametrize("action", ["lint", "test", "format"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name: nothing is not a text: write one"),
        ("name: [1", "The rubric is refused: line 1, column 9: "),
        (GOOD.replace("agent:", "agent: (a"), "rules[0].check.query: line 1, column "),
        (None, "The rubric is refused: No such file or directory. Name a YAML file"),
        ("dir", "The rubric is refused: Is a directory. Name a YAML file"),
    ],
)
def test_a_file_that_is_refused_leaves_the_others(
    action: str, text: str | None, message: str, run: Run, write: Write, tmp_path: Path
) -> None:
    file = str(tmp_path / "wrong.yaml")
    if text == "dir":
        Path(file).mkdir()
    elif text is not None:
        write("wrong.yaml", text)
    ran = run("rubric", action, file, write("good.yaml", GOOD), "--json")
    assert (ran.code, len(ran.json)) == (2, 1)
    assert f"{file}: " in ran.err
    assert message in ran.err


def test_rubric_needs_no_environment(run_bare: Run, write: Write) -> None:
    assert run_bare("rubric", "test", write("r.yaml", GOOD)).code == 0
    assert "an example does not" in run_bare("rubric", "test", "-h").out


def test_test_writes_a_junit_file_of_green_red_and_refused(
    run: Run, write: Write, tmp_path: Path
) -> None:
    good, bad = write("r.yaml", GOOD + EXAMPLES), write("bad.yaml", "name: [1")
    ran = run("rubric", "test", good, bad, "--junit", str(tmp_path / "junit.xml"))
    assert ran.code == 2
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 # our own file
    assert root is not None
    assert root.attrib == {"tests": "4", "failures": "2", "errors": "1"}
    failed = [
        case.get("line") for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == ["6", "7"]


def test_a_junit_file_that_cannot_be_written_is_refused(run: Run, write: Write) -> None:
    ran = run("rubric", "test", write("r.yaml", GOOD), "--junit", "absent/junit.xml")
    assert ran.code == 2
    assert "absent/junit.xml: The file is not written: No such file or directory." in ran.err


def test_diff_of_files_says_what_differs_and_marks_it(run: Run, write: Write) -> None:
    one = write("one.yaml", GOOD)
    other = write("other.yaml", GOOD.replace("guarantee", "promise") + "    weight: 3\n")
    ran = run("rubric", "diff", one, other)
    assert (ran.code, ran.err) == (1, "2 differences.\n")
    assert ran.out == (
        "rules.a.check.query: changed\n  - agent: [guarantee]\n  + agent: [promise]\n"
        "rules.a.weight: changed\n  - [1]\n  + [3]\n"
    )
    (query, weight) = run("rubric", "diff", "--json", one, other).json
    assert weight == {"path": "rules.a.weight", "kind": "changed", "before": "1", "after": "3"}
    assert query["after"] == "agent: promise"


def test_diff_names_rules_that_come_and_go(run: Run, write: Write) -> None:
    one, other = write("one.yaml", GOOD), write("other.yaml", GOOD.replace("code: a", "code: b"))
    lines = run("rubric", "diff", one, other).out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "rules.a: removed",
        "rules.b: added",
    ]


def test_diff_says_nothing_where_only_the_writing_differs(run: Run, write: Write) -> None:
    one = write("one.yaml", GOOD)
    other = write("other.yaml", GOOD + "    severity: medium\n# a comment\n")
    ran = run("rubric", "diff", one, other)
    assert (ran.code, ran.out, ran.err) == (0, "", "0 differences.\n")


def test_diff_refuses_a_broken_file_by_name(run: Run, write: Write) -> None:
    ran = run("rubric", "diff", write("one.yaml", GOOD), "absent.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("absent.yaml: The rubric is refused: No such file or directory.")
