"""The `by_language` check: one rule with a query for each language; the call's own is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviews.detection.asked import Names, QueryRule
from reviews.detection.conditions import Hearing
from reviews.detection.document import Section, refuse
from reviews.detection.evidence import NotAssessable, Outcome, Reason
from reviews.detection.languages.known import is_covered
from reviews.detection.querying import outcome_of
from reviews.detection.spans import NO_WORDS

LANGUAGES_AT_MOST = 50
_CODE_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class ByLanguageRule:
    queries: tuple[tuple[str, QueryRule], ...]
    """Each with its language, such as `es` or `es_mx`; in the order of the codes."""

    def of(self, language: str | None) -> QueryRule | None:
        """The query of a call's language: of the very code, else of its first part."""
        asked = [(code, own) for code, own in self.queries if is_covered((code,), language)]
        return max(asked, key=lambda each: len(each[0]))[1] if language and asked else None


def parse(document: Section, names: Names) -> ByLanguageRule:
    own = document.section("by_language")
    if not 1 <= len(own.data) <= LANGUAGES_AT_MOST:
        refuse(own.path, f"write a query for each of 1 to {LANGUAGES_AT_MOST} languages")
    for code in own.data:
        if not code.replace("-", "").replace("_", "").isalnum() or len(code) > _CODE_AT_MOST:
            refuse(own.at(code[:60]), "this is no code of a language: write one such as en or es")
    return ByLanguageRule(tuple((code, names.query(own, code)) for code in sorted(own.data)))


def written(rule: ByLanguageRule) -> Mapping[str, object]:
    return {code: own.text for code, own in rule.queries}


def queries(rule: ByLanguageRule) -> Iterator[tuple[str, QueryRule]]:
    for code, own in rule.queries:
        yield f"by_language.{code}", own


def check(rule: ByLanguageRule, hearing: Hearing) -> Outcome:
    """As `query`; not assessable where the call's language is not known, or has no query here."""
    if not hearing.reading.axis.tokens:
        return NotAssessable(*NO_WORDS)
    language = hearing.reading.transcript.language
    asked = rule.of(language)
    if asked is not None:
        return outcome_of(asked.condition, hearing)
    if language is None:
        return NotAssessable(Reason.LANGUAGE, "nobody said in which language the call is")
    return NotAssessable(Reason.LANGUAGE, "the rule has no query for the call's language")
