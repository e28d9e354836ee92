import sys

import pytest

from reviews.detection.safety.call import RULES
from reviews.detection.safety.idioms import IDIOMS
from reviews.detection.safety.letters import BREAK, NUMBER, letter
from reviews.detection.safety.pattern import Index, inflected, searches

NAMES = {"kill": inflected("kill:v"), "them": inflected("him her them")}


def written(text: str) -> str:
    """Words as letters; `.` ends a sentence, `#` is a number."""
    marks = {".": BREAK, "#": NUMBER}
    return "".join(marks.get(word) or letter(word) for word in text.split())


@pytest.mark.parametrize(
    ("line", "text", "is_found"),
    [
        ("i will <kill> you", "now i will kill you", True),
        ("i will <kill> you", "i will . kill you", False),
        ("i will ~2 <kill> you", "i will surely soon kill you", True),
        ("i will ~2 <kill> you", "i will never kill you", False),
        ("i will ~2 <kill> you", "i will surely soon not kill you", False),
        ("shoot you !an/a", "shoot you an mail", False),
        ("shoot you !an/a", "shoot you", True),
        ("-to leave off", "to leave off", False),
        ("-to leave off", "leave off", True),
        ("the dog =is", "the dog barks", False),
        ("the dog =is", "the dog . barks", True),
        ("the dog =is", "the dog is", True),
        ("a big? dog", "a dog", True),
        ("^ dog", "the . dog", True),
        ("^ dog", "the dog", False),
        ("dog .", "dog barks", False),
        ("#/<them> dog", "# dog", True),
        ("#/<them> dog", "her dog", True),
        ("#/<them> dog", "the dog", False),
    ],
)
def test_a_line_finds_the_words_it_names(line: str, text: str, *, is_found: bool) -> None:
    (search,) = searches(line, NAMES)
    assert bool(search.pattern.search(written(text))) is is_found


def test_a_search_is_asked_for_only_where_its_rarest_words_stand() -> None:
    index = Index((None, search) for search in searches("i will <kill> you", NAMES))
    assert list(index.asked(written("i will see you"))) == []
    assert len(list(index.asked(written("i will kill you")))) == 1


def test_every_rule_and_idiom_compiles() -> None:
    searches = [each for rule in RULES for each in rule.searches]
    searches += [each for _, each in IDIOMS.asked("".join(map(chr, range(sys.maxunicode))))]
    assert len(searches) > 500
    assert all(each.pattern.pattern == each.source for each in searches)
