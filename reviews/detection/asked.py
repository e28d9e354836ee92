"""Queries in a rubric's document: read with the names that a rule may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviews.detection.document import RubricError, Section
from reviews.detection.language.errors import QueryError
from reviews.detection.language.parse import parse_query
from reviews.detection.language.types import Condition, Leaf
from reviews.detection.references import Fact


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A query as written, and as parsed."""

    text: str
    condition: Condition = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule may name: lists, sections, and the rules that another may come after."""

    lists: Mapping[str, Leaf]
    sections: frozenset[str]
    rules: frozenset[str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Facts of the rubric's reference documents, by name."""
    codes: frozenset[str] = frozenset()
    """Every rule of the rubric that the engine answers."""

    def query(self, document: Section, key: str) -> QueryRule:
        """The query at that key. Raises RubricError with the place in it."""
        text = document.text(key, most=1_000_000)
        try:
            return QueryRule(text, parse_query(text, lists=self.lists, rules=self.rules))
        except QueryError as error:
            raise RubricError(document.at(key), str(error)) from error
