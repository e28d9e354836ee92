"""The kinds of check: how each is written, what it asks, and how it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reviews.detection.asked import Names, QueryRule
from reviews.detection.checks import (
    ask,
    by_language,
    conduct,
    content_safety,
    coverage,
    fact,
    history,
    judge,
    pii,
    quality,
    query,
    redaction,
    sentiment,
)
from reviews.detection.checks.ask import AskRule
from reviews.detection.checks.by_language import ByLanguageRule
from reviews.detection.checks.conduct import ConductRule
from reviews.detection.checks.content_safety import ContentSafetyRule
from reviews.detection.checks.coverage import CoverageRule
from reviews.detection.checks.fact import FactRule
from reviews.detection.checks.history import HistoryRule
from reviews.detection.checks.judge import JudgeRule
from reviews.detection.checks.pii import PiiRule
from reviews.detection.checks.quality import QualityRule
from reviews.detection.checks.redaction import RedactionRule
from reviews.detection.checks.sentiment import SentimentRule
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import Outcome

Check = (
    QueryRule
    | ByLanguageRule
    | PiiRule
    | ContentSafetyRule
    | SentimentRule
    | ConductRule
    | QualityRule
    | RedactionRule
    | CoverageRule
    | FactRule
    | HistoryRule
    | JudgeRule
    | AskRule
)
Queries = Iterator[tuple[str, QueryRule]]
"""Each with its path in the check's document."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`rule` is what `parse` makes of the check's document, and what the others take."""

    rule: type
    parse: Callable[[Section, Names], Any]
    check: Callable[[Any, Hearing], Outcome]
    written: Callable[[Any], object] = asdict
    """The rule as its document has it."""
    queries: Callable[[Any], Queries] = lambda _: iter(())
    has_places: bool = False
    """Its hits stand somewhere in the call, so that other rules may come after them."""
    may_fail_alone: bool = True
    """A rule of this kind may fail the whole call (`auto_fail`)."""
    listens: bool = True
    """The engine answers it; else a person does."""


KINDS: Mapping[str, Kind] = {
    "query": Kind(
        QueryRule, query.parse, query.check, query.written, query.queries, has_places=True
    ),
    "by_language": Kind(
        ByLanguageRule,
        by_language.parse,
        by_language.check,
        by_language.written,
        by_language.queries,
        has_places=True,
    ),
    "pii": Kind(PiiRule, pii.parse, pii.check, has_places=True),
    "content_safety": Kind(ContentSafetyRule, content_safety.parse, content_safety.check),
    "sentiment": Kind(SentimentRule, sentiment.parse, sentiment.check),
    "conduct": Kind(ConductRule, conduct.parse, conduct.check, conduct.written),
    "quality": Kind(QualityRule, quality.parse, quality.check, quality.written),
    "redaction": Kind(RedactionRule, redaction.parse, redaction.check),
    "coverage": Kind(
        CoverageRule,
        coverage.parse,
        coverage.check,
        coverage.written,
        coverage.queries,
        has_places=True,
    ),
    "fact": Kind(FactRule, fact.parse, fact.check, fact.written, fact.queries, has_places=True),
    "history": Kind(HistoryRule, history.parse, history.check, history.written),
    "judge": Kind(JudgeRule, judge.parse, judge.check, judge.written, may_fail_alone=False),
    "ask": Kind(AskRule, ask.parse, ask.check, ask.written, listens=False),
}
_NAMES = {kind.rule: name for name, kind in KINDS.items()}


def name_of(check: Check) -> str:
    return _NAMES[type(check)]


def kind_of(check: Check) -> Kind:
    return KINDS[name_of(check)]


def parse_check(document: Section, names: Names) -> Check:
    """Exactly one kind. Raises RubricError."""
    known = [name for name in document.data if name in KINDS]
    if len(known) != 1 or len(document.data) != 1:
        refuse(document.path, f"a check has exactly one kind: write one of {', '.join(KINDS)}")
    made: Check = KINDS[known[0]].parse(document, names)
    return made


def check_document(check: Check) -> dict[str, object]:
    """What `parse_check` reads."""
    return {name_of(check): kind_of(check).written(check)}


def queries_of(check: Check) -> Queries:
    """Every query of a check with its path."""
    return kind_of(check).queries(check)
