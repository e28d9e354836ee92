"""What a rubric says that its author may not mean: its queries, its lists, its rules."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviews.detection.asked import QueryRule
from reviews.detection.language.cover import Readings, covered
from reviews.detection.language.lint import (
    Linted,
    Note,
    NoteCode,
    auxiliary,
    cut,
    ends_in_question_mark,
    never_said,
    open_auxiliary,
    question_mark,
    read,
)
from reviews.detection.language.never import is_never
from reviews.detection.language.phrase import leaf, patterns_of
from reviews.detection.language.spots import Sense
from reviews.detection.language.suggest import Vocabulary
from reviews.detection.language.types import And, Condition, Leaf, Not
from reviews.detection.rubric import Rubric, Rule, ViolationWhen, queries_in


def lint(rubric: Rubric, *, vocabulary: Mapping[str, int] | None = None) -> tuple[Note, ...]:
    """What to look at again, rule by rule and then list by list.

    `vocabulary` is how often each folded word was said in the tenant's calls.
    """
    said = None if vocabulary is None else Vocabulary(vocabulary)
    lists, codes = lists_of(rubric), codes_of(rubric)
    queries = [
        read(query.text, lists=lists, rules=codes, vocabulary=said, path=path)
        for path, query in queries_of(rubric)
    ]
    notes = [note for each in queries for note in each.notes]
    for at, rule in enumerate(rubric.rules):
        notes += _of_rule(rule, f"rules[{at}]")
    senses = _senses(queries)
    for name, phrases in rubric.lists:
        notes += _List(name, phrases, senses.get(name, ())).notes(said)
    return tuple(notes)


def queries_of(rubric: Rubric) -> Iterator[tuple[str, QueryRule]]:
    """Every query of a rubric with its path in the document."""
    for at, rule in enumerate(rubric.rules):
        for path, query in queries_in(rule):
            yield f"rules[{at}].{path}", query


def lists_of(rubric: Rubric) -> dict[str, Leaf]:
    """The lists as queries name them."""
    return {name: leaf(phrases, shown=f"{{{name}}}") for name, phrases in rubric.lists}


def codes_of(rubric: Rubric) -> frozenset[str]:
    return frozenset(rule.code for rule in rubric.rules)


def _senses(queries: Sequence[Linted]) -> dict[str, list[Sense]]:
    senses: defaultdict[str, list[Sense]] = defaultdict(list)
    for query in queries:
        for name, sense in query.uses:
            senses[name].append(sense)
    return senses


def _of_rule(rule: Rule, path: str) -> Iterator[Note]:
    """Parts that contradict each other only together; each alone is a note of its query."""
    when = rule.applies_when.condition if rule.applies_when else None
    if when is not None and is_never(when):
        seen, remedy = f"{rule.code} applies to no call", "mend the condition, or leave it out"
        yield Note(NoteCode.NEVER_APPLIES, seen, remedy, f"{path}.applies_when")
        return
    if not isinstance(rule.check, QueryRule):
        return
    check = rule.check.condition
    is_found = rule.violation_when is ViolationWhen.FOUND
    wrong: Condition = check if is_found else Not(check)
    if is_never(And((when, wrong)) if when is not None else wrong):
        seen = f"{rule.code} can be violated by no call"
        remedy = "mend the query, applies_when or violation_when"
        yield Note(NoteCode.NEVER_VIOLATED, seen, remedy, path)


@dataclass(frozen=True, slots=True)
class _List:
    name: str
    phrases: Sequence[str]
    uses: Sequence[Sense]

    def notes(self, vocabulary: Vocabulary | None) -> Iterator[Note]:
        if not self.uses:
            seen, remedy = f"{{{self.name}}} is used by no rule", "use it, or remove it"
            yield Note(NoteCode.UNUSED_LIST, seen, remedy, f"lists.{self.name}")
        readings = [patterns_of(phrase) for phrase in self.phrases]
        yield from self._covered(readings)
        for at, phrase in enumerate(self.phrases):
            yield from self._phrase(at, phrase, readings[at], vocabulary)

    def _covered(self, readings: Sequence[Readings]) -> Iterator[Note]:
        """A phrase that holds another is idle only if no rule asks for the whole of it."""
        is_shortest = bool(self.uses) and all(sense.is_shortest for sense in self.uses)
        for dead, other in covered(readings, is_shortest=is_shortest).items():
            is_same = set(readings[dead]) == set(readings[other])
            code = NoteCode.DOUBLED_PHRASE if is_same else NoteCode.SUBSUMED_PHRASE
            why = "is the same as" if is_same else "is found only where this is:"
            seen = f"{self._shown(dead)} {why} {self._shown(other)}"
            yield self._note(dead, code, (seen, "remove it, or write what else you mean"))

    def _phrase(
        self, at: int, phrase: str, readings: Readings, vocabulary: Vocabulary | None
    ) -> Iterator[Note]:
        if ends_in_question_mark(phrase):
            yield self._note(at, NoteCode.FINAL_QUESTION_MARK, question_mark(self._shown(at)))
        word = open_auxiliary(readings)
        if word and not all(sense.is_guarded for sense in self.uses):
            yield self._note(at, NoteCode.AUXILIARY, auxiliary(self._shown(at), word))
        if vocabulary:
            for found in vocabulary.meant(readings):
                yield self._note(at, NoteCode.NEVER_SAID, never_said(*found))

    def _shown(self, at: int) -> str:
        return f'"{cut(self.phrases[at])}"'

    def _note(self, at: int, code: NoteCode, said: tuple[str, str]) -> Note:
        return Note(code, *said, f"lists.{self.name}[{at}]")
