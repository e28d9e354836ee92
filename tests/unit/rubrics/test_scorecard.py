"""A scorecard's table as a rubric of asked questions: nothing of an answer is guessed."""

import pytest

from reviews.detection.checks.ask import AskRule
from reviews.detection.rubric import parse_rubric
from reviews.rubrics import scorecard
from reviews.rubrics.scorecard import Columns, ScorecardRefused
from reviews.sources.files import table

HEADER = "Section,Question,Weight,Answers\n"


def questions(rows: str, header: str = HEADER) -> tuple[scorecard.Question, ...]:
    read = table.read((header + rows).encode())
    return scorecard.questions_of(read, scorecard.columns_of(read))


def scales(asked: tuple[scorecard.Question, ...]) -> scorecard.Scale:
    return {
        each: {answer: points or 0.0 for answer, points in scorecard.proposed(each).items()}
        for each in scorecard.scales_of(asked)
    }


def test_every_row_is_a_question_with_its_section_weight_and_levels() -> None:
    asked = questions(
        "Opening,Was the greeting warm?,5,Good = 3; Fair = 1; Poor = 0; N/A\n"
        "Closing,Was the next step named?,10,Yes/No\n"
        "Opening,Was the greeting warm?,1,Yes/No/N/A\n"
    )
    rubric = parse_rubric(scorecard.document("Ours", asked, scales(asked)))
    assert [(each.code, each.title) for each in rubric.sections] == [
        ("opening", "Opening"),
        ("closing", "Closing"),
    ]
    codes = ["was_the_greeting_warm", "was_the_next_step_named", "was_the_greeting_warm_2"]
    assert [rule.code for rule in rubric.rules] == codes
    first = rubric.rules[0]
    assert (first.section, first.weight) == ("opening", 5)
    assert isinstance(first.check, AskRule)
    assert first.check.na
    levels = [(each.code, each.title, each.points) for each in first.check.levels]
    assert levels == [("good", "Good", 3), ("fair", "Fair", 1), ("poor", "Poor", 0)]
    assert [rule.check.na for rule in rubric.rules[1:] if isinstance(rule.check, AskRule)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        ("5", 5.0),
        ("2,5", 2.5),
        ("Good = 3", 3.0),
        ("Good: 3 points", 3.0),
        ("Good (3)", 3.0),
        ("Yes", 1.0),
        ("NOT MET", 0.0),
        ("Good", None),
        ("Mostly", None),
        ("", None),
        ("=5", None),
        ("five", None),
        ("99999", None),
    ],
)
def test_an_answer_earns_what_it_says_itself_and_nothing_else(
    answer: str, points: float | None
) -> None:
    assert scorecard.proposed([answer]) == {answer: points}


@pytest.mark.parametrize("cell", ["A;B", "A|B", "A/B", '"A,B"', '"A\nB"', "A; B;", "A;B;A"])
def test_answers_stand_with_any_usual_mark_between(cell: str) -> None:
    assert questions(f"S,Q,1,{cell}\n")[0].answers == ("A", "B")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("S,,1,Yes/No\n", "line 2: a question of 0 characters"),
        (f"S,{'x' * 501},1,Yes/No\n", "line 2: a question of 501 characters"),
        ("S,Q,1,Yes\n", "line 2: 1 answers"),
        ("S,Q,1,\n", "line 2: 0 answers"),
        ("S,Q,1,Yes;n/a\n", "line 2: 1 answers"),
        ("S,Q,1," + ";".join(map(str, range(21))) + "\n", "line 2: 21 answers"),
        ("S,Q,heavy,Yes/No\n", "line 2: a weight that is no number"),
        ("S,Q,=1+1,Yes/No\n", "line 2: a weight that is no number"),
        ("S,Q,1,Yes/No\n" * 301, "more than 300 questions"),
    ],
)
def test_a_row_that_is_no_question_is_refused_with_its_line(rows: str, said: str) -> None:
    with pytest.raises(ScorecardRefused, match=said):
        questions(rows)


def test_a_column_that_is_not_there_is_refused() -> None:
    read = table.read(b"a,b\n1,2\n")
    assert scorecard.columns_of(read) == Columns()
    with pytest.raises(ScorecardRefused, match="no column for answers"):
        scorecard.questions_of(read, Columns(question="a", answers="c"))


def test_questions_without_a_section_stand_under_other_and_texts_without_letters_are_numbered() -> (
    None
):
    asked = questions("Other,???,1,Yes/No\n,!!!,,Yes/No\n")
    made = scorecard.document("Ours", asked, scales(asked))
    assert [each["code"] for each in made["sections"]] == ["other", "other_2"]
    assert [(rule["code"], rule["section"]) for rule in made["rules"]] == [
        ("q1", "other"),
        ("q2", "other_2"),
    ]
    parse_rubric(made)
