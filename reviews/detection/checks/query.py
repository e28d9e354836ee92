"""The `query` check: a condition of the rule language on a call that has been read."""

from collections.abc import Iterator

from reviews.detection.asked import Names, QueryRule
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section
from reviews.detection.evidence import Outcome
from reviews.detection.querying import outcome_of


def parse(document: Section, names: Names) -> QueryRule:
    return names.query(document, "query")


def written(rule: QueryRule) -> str:
    return rule.text


def queries(rule: QueryRule) -> Iterator[tuple[str, QueryRule]]:
    yield "query", rule


def check(rule: QueryRule, hearing: Hearing) -> Outcome:
    return outcome_of(rule.condition, hearing)
