"""What came of a closed set: where its reviewers agree, rule by rule, and where they do not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from reviews.detection.checks.ask import AskRule
from reviews.detection.rubric import Rule
from reviews.models import CalibrationSet, CallReviewAnswer, CallReviewRule, Transcript
from reviews.queries import agreement, calibration
from reviews.queries.agreement import Agreement, Figure, Table
from reviews.queries.rubrics import rubric_of

BROKEN, KEPT = "broken", "kept"
_WORDS: Mapping[str, object] = {BROKEN: _("broken"), KEPT: _("kept")}
_Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    figures: Agreement
    is_ambiguous: bool
    """Alpha is measured, and under the set's threshold."""


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    name: str
    reviewed: int
    shared: Figure


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is None where the reviewer gave no answer."""

    text: object
    differs: bool
    """From what most of the others say; where no answer has most, each differs."""


@dataclass(frozen=True, slots=True)
class CallRow:
    call: Transcript
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    one: str
    other: str
    per_cent: Figure
    kappa: Figure


@dataclass(frozen=True, slots=True)
class Chosen:
    """One rule, answer by answer."""

    rule: Rule
    calls: tuple[CallRow, ...]
    pairs: tuple[PairRow, ...]


@dataclass(frozen=True, slots=True)
class Results:
    rules: tuple[RuleRow, ...]
    reviewers: tuple[ReviewerRow, ...]
    chosen: Chosen | None

    @property
    def ambiguous(self) -> list[RuleRow]:
        return [each for each in self.rules if each.is_ambiguous]


def of(row: CalibrationSet, code: str) -> Results:
    """With the rule `code` answer by answer, if the rubric has it. Six SQL queries."""
    rubric = rubric_of(row.tenant_id, row.rubric_version_id)
    calls = _calls(row)
    tables, reviewed = _tables(row, rubric.rules, [pk for pk, _call in calls])
    seats = calibration.seats_of(row)
    names = [calibration.name_of(seat) for seat in seats]
    samples = agreement.draws(len(calls))
    rules = tuple(_rule(rule, tables[rule.code], samples, row) for rule in rubric.rules)
    reviewers = tuple(
        ReviewerRow(
            name,
            reviewed[seat.membership.user_id],
            agreement.shared(tables.values(), at, samples),
        )
        for at, (name, seat) in enumerate(zip(names, seats, strict=True))
    )
    rule = next((each for each in rubric.rules if each.code == code), None)
    own = [call for _pk, call in calls]
    chosen = _chosen(rule, tables[rule.code], own, names, samples) if rule else None
    return Results(rules, reviewers, chosen)


def _calls(row: CalibrationSet) -> list[tuple[UUID, Transcript]]:
    """Evaluation and call."""
    rows = row.calls.select_related("evaluation__transcript").order_by("pk")
    rows = rows.defer("evaluation__results", "evaluation__transcript__payload")
    return [(each.evaluation_id, each.evaluation.transcript) for each in rows]


def _tables(
    row: CalibrationSet, rules: Sequence[Rule], calls: Sequence[UUID]
) -> tuple[dict[str, Table], Counter[UUID]]:
    """Rule → what each seat says of each call; and how many calls each user reviewed."""
    made = {(each.evaluation_id, each.by_id): each.pk for each in calibration.reviews(row)}
    ids = list(made.values())
    broken = set(
        CallReviewRule.objects.filter(call_review__in=ids, is_violation=True).values_list(
            "call_review_id", "rule_code"
        )
    )
    answers = {
        (review, code): level
        for review, code, level in CallReviewAnswer.objects.filter(call_review__in=ids).values_list(
            "call_review_id", "rule_code", "level"
        )
    }
    users = [seat.membership.user_id for seat in calibration.seats_of(row)]
    grid = [[made.get((call, user)) for user in users] for call in calls]
    tables: dict[str, Table] = {
        rule.code: [[_judged(rule, each, broken, answers) for each in line] for line in grid]
        for rule in rules
    }
    return tables, Counter(user for _call, user in made)


def _judged(
    rule: Rule,
    review: UUID | None,
    broken: set[tuple[UUID, str]],
    answers: Mapping[tuple[UUID, str], str],
) -> str | None:
    if review is None:
        return None
    if isinstance(rule.check, AskRule):
        return answers.get((review, rule.code))
    return BROKEN if (review, rule.code) in broken else KEPT


def _rule(
    rule: Rule, table: Table, samples: Sequence[Sequence[int]], row: CalibrationSet
) -> RuleRow:
    figures = agreement.agreement(table, samples)
    alpha = figures.alpha.value
    return RuleRow(rule, figures, alpha is not None and alpha < row.alpha_at_least)


def _chosen(
    rule: Rule,
    table: Table,
    calls: Sequence[Transcript],
    names: Sequence[str],
    samples: Sequence[Sequence[int]],
) -> Chosen:
    pairs = (
        PairRow(
            names[one],
            names[other],
            *agreement.of_two(two, samples),
        )
        for one, other, two in agreement.pairs(table)
    )
    rows = (CallRow(call, _cells(rule, row)) for call, row in zip(calls, table, strict=True))
    return Chosen(rule, tuple(rows), tuple(pairs))


def _cells(rule: Rule, row: agreement.Row) -> tuple[Cell, ...]:
    said = Counter(each for each in row if each is not None).most_common(2)
    is_tied = len(said) > 1 and said[0][1] == said[1][1]
    return tuple(
        Cell(_word(rule, each), each is not None and (is_tied or each != said[0][0]))
        for each in row
    )


def _word(rule: Rule, answer: str | None) -> object:
    if answer is None:
        return None
    if isinstance(rule.check, AskRule):
        titles = {level.code: level.title or level.code for level in rule.check.levels}
        return titles.get(answer, answer) or _("does not apply")
    return _WORDS[answer]
