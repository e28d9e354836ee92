"""The `judge` check: a question to a language model, answered by type and by words of the call.

The core asks nobody. It says which questions a call raises, and verifies the answers: an answer
counts only where the words that it rests on were said.
"""

import json
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviews.detection.asked import Names
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import Clear, Found, NotAssessable, Outcome, Reason
from reviews.detection.folding import MASK
from reviews.detection.intervals import Stretch
from reviews.detection.normalize import fold_text
from reviews.detection.personal import values_of
from reviews.detection.pii.call import words_of
from reviews.detection.pii.span import is_hidden
from reviews.detection.reading import Reading
from reviews.detection.spans import NO_WORDS, ROLES_UNKNOWN
from reviews.detection.transcript import Answer, Role

QUOTED_AT_LEAST, QUOTED_AT_MOST = 3, 100
"""Words of a quote: fewer are said on every call."""
CHOICES_AT_MOST = 20
_ANSWERS = ("yes_no", "number", "choice")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
_LARGEST = 1e15
_CHARACTERS_AT_MOST = 5_000
_Shown = tuple[str, int, int]
"""A token, and the first and last of the axis that it stands for."""


@dataclass(frozen=True, slots=True)
class JudgeRule:
    """`found_when`: the choices, `yes` or `no`, or for a number one comparison such as `>= 4`."""

    question: str
    answer: str
    """`yes_no`, `number` or `choice`."""
    choices: tuple[str, ...]
    found_when: tuple[str, ...]
    role: str = "any"
    """Whose words the answer has to rest on: `any`, `agent` or `customer`."""

    @property
    def key(self) -> str:
        """Names what is asked: rules that ask the same share one answer."""
        return json.dumps([self.question, self.answer, self.choices, self.role])


def parse(document: Section, _names: Names) -> JudgeRule:
    own = document.section("judge")
    answer, choices = _answer(own)
    made = JudgeRule(
        question=own.text("question", most=1_000),
        answer=answer,
        choices=choices,
        found_when=_found_when(own, answer, choices),
        role=own.choice("role", ["any", "agent", "customer"], default="any"),
    )
    own.close()
    return made


def written(rule: JudgeRule) -> Mapping[str, object]:
    is_choice = rule.answer == "choice"
    return {
        "question": rule.question,
        "answer": list(rule.choices) if is_choice else rule.answer,
        "found_when": list(rule.found_when) if is_choice else rule.found_when[0],
        "role": rule.role,
    }


def check(rule: JudgeRule, hearing: Hearing) -> Outcome:
    """What the answer comes to, or why it does not count. Its words are the evidence."""
    reading = hearing.reading
    if not reading.axis.tokens:
        return NotAssessable(*NO_WORDS)
    answer = reading.transcript.answers.get(rule.key)
    if answer is None:
        return NotAssessable(Reason.JUDGE_OFF, "the question was put to no language model")
    return answer if isinstance(answer, NotAssessable) else _judged(rule, answer, hearing)


def _judged(rule: JudgeRule, answer: Answer, hearing: Hearing) -> Outcome:
    reading = hearing.reading
    value, place = _typed(rule, answer.value), _place(rule, answer.quote, reading)
    if value is None:
        return _refused("the answer is none of those that the rule allows")
    if isinstance(place, NotAssessable):
        return place
    if not _is_found(rule, value):
        return Clear()
    tokens = range(place.start, place.end + 1)
    is_unsure = not reading.unsure_tokens(hearing.floor).isdisjoint(tokens)
    return Found((reading.evidence(place._replace(is_unsure=is_unsure)),), is_unsure=is_unsure)


def _answer(own: Section) -> tuple[str, tuple[str, ...]]:
    """The type of the answer, and of a choice what there is to choose from."""
    value = own.data.get("answer")
    if not isinstance(value, list | tuple):
        return own.choice("answer", _ANSWERS[:2], default="yes_no"), ()
    choices = own.texts("answer", most=CHOICES_AT_MOST, length=100)
    if len(set(choices)) < max(len(choices), 2):
        refuse(own.at("answer"), "the choices are less than two, or the same: write others")
    return _ANSWERS[2], choices


def _found_when(own: Section, answer: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    path, value = own.at("found_when"), own.data.get("found_when")
    if answer == "yes_no":
        own.take("found_when")
        return (_yes_or_no(value, path),)
    if answer == "number":
        text = own.text("found_when", most=50)
        if _comparison(text) is None:
            refuse(path, f"{text!r} is no comparison: write one such as >= 4")
        return (text,)
    found = own.texts("found_when", most=CHOICES_AT_MOST, length=100)
    if not found or not set(found) < set(choices):
        refuse(path, "write some of the choices, not all")
    return found


def _yes_or_no(value: object, path: str) -> str:
    """YAML reads a bare yes as true."""
    if value is not True and value is not False and value not in ("yes", "no"):
        refuse(path, "it is not said which answer counts as found: write yes or no")
    return "yes" if value in (True, "yes") else "no"


def _comparison(text: str) -> tuple[Callable[[float, float], bool], float] | None:
    sign = next((each for each in _SIGNS if text.strip().startswith(each)), None)
    if sign is None:
        return None
    try:
        number = float(text.strip().removeprefix(sign))
    except ValueError:
        return None
    return (_SIGNS[sign], number) if math.isfinite(number) else None


def _typed(rule: JudgeRule, value: object) -> str | float | None:
    """The answer where it is of the rule's type; yes and no as such."""
    if rule.answer == "yes_no":
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else None
    if rule.answer == "choice":
        return value if isinstance(value, str) and value in rule.choices else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST < value < _LARGEST else None


def _is_found(rule: JudgeRule, value: str | float) -> bool:
    if isinstance(value, str):
        return value in rule.found_when
    compared = _comparison(rule.found_when[0])
    return compared is not None and compared[0](value, compared[1])


def _place(rule: JudgeRule, quote: str, reading: Reading) -> Stretch | NotAssessable:
    """The first place where the quote was said by the rule's role, or why it does not count."""
    places = _places(quote, reading)
    if not places:
        return _refused("the words that the answer rests on were not said")
    said = [each for each in places if rule.role in ("any", reading.role_of(each.start))]
    if said:
        return said[0]
    if any(reading.role_of(each.start) is Role.UNKNOWN for each in places):
        return NotAssessable(*ROLES_UNKNOWN)
    return _refused(f"the words that the answer rests on are not the {rule.role}'s")


def _places(quote: str, reading: Reading) -> list[Stretch]:
    """Where one speaker said these words in succession, folded as the call is.

    The model was shown a label for each value of personal data, so a quote may hold one.
    """
    wanted = _collapsed(
        (token, at, at)
        for at, token in enumerate(
            fold_text(quote[:_CHARACTERS_AT_MOST].split(), reading.axis.language).placed
        )
    )
    tokens = [token for token, _, _ in wanted]
    told = [token for token in tokens if token[0] != MASK]
    if not QUOTED_AT_LEAST <= len(told) <= len(tokens) <= QUOTED_AT_MOST:
        return []
    shown = reading.once("shown", lambda: _shown(reading))
    spoken = [token for token, _, _ in shown]
    found = []
    for at in [at for at, token in enumerate(spoken) if token == tokens[0]]:
        if spoken[at : at + len(tokens)] == tokens:
            first, last = shown[at][1], shown[at + len(tokens) - 1][2]
            if _is_one_turn((first, last), reading):
                found.append(Stretch(first, last, ((first, last),)))
    return found


def _shown(reading: Reading) -> list[_Shown]:
    """The call's words as the model read them: a value that is not to be shown is its kind."""
    axis, transcript = reading.axis, reading.transcript
    hidden = [each for each in values_of(reading) if is_hidden(each.entity, each.score)]
    labels = words_of(transcript, hidden)
    return _collapsed(
        (MASK + labels[axis.first[at]] if axis.first[at] in labels else token, at, at)
        for at, token in zip(axis.kept, axis.placed, strict=True)
    )


def _collapsed(tokens: Iterable[_Shown]) -> list[_Shown]:
    """Labels of one kind in a row as one."""
    made: list[_Shown] = []
    for token, first, last in tokens:
        if made and token[0] == MASK and made[-1][0] == token:
            made[-1] = token, made[-1][1], last
        else:
            made.append((token, first, last))
    return made


def _is_one_turn(tokens: Sequence[int], reading: Reading) -> bool:
    turns = reading.axis.turns
    return turns[tokens[0]] == turns[tokens[-1]]


def _refused(why: str) -> NotAssessable:
    return NotAssessable(Reason.JUDGE_REFUSED, f"the language model's answer was refused: {why}")
