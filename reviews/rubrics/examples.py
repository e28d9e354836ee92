"""Lines of a call put into a rule of its rubric's draft, as one of the rule's examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reviews.audit import Who
from reviews.detection.document import RubricError
from reviews.detection.rubric import parse_rubric
from reviews.errors import ErrorCode, Refused
from reviews.models import Draft
from reviews.models import Rubric as RubricRow
from reviews.rubrics import drafts
from reviews.rubrics.drafts import Author


class Kind(StrEnum):
    """What the rule should make of an example; the names are those of the rule's document."""

    MUST_MATCH = "must_match"
    MUST_NOT_MATCH = "must_not_match"
    KNOWN_GAP = "known_gap"


class ExampleRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Example:
    """`snippet` has lines of `agent: text` and `customer: text`, personal data left out."""

    rule: str
    kind: Kind
    snippet: str


def add(rubric: RubricRow, example: Example, *, by: Who, now: datetime) -> Draft:
    """The rubric's draft, begun if there is none, with the example in it once.

    Raises ExampleRefused, DraftChanged. In the caller's tenant transaction.
    """
    draft = drafts.begin(rubric, by=by, now=now)
    document = drafts.document_of(draft)
    rule = next((each for each in document["rules"] if each.get("code") == example.rule), None)
    if rule is None:
        raise _refused("a rule that the draft does not have", "Put the rule into the draft first.")
    changed = drafts.with_rule(document, _with_example(rule, example), was=example.rule)
    if changed == document:
        return draft
    try:
        parse_rubric(changed)
    except RubricError as error:
        raise _refused(f"the draft at {error.path}", "Mend the draft there, then add it.") from None
    return drafts.save(draft, changed, Author(draft.revision, by, now))


def _with_example(rule: Mapping[str, Any], example: Example) -> dict[str, Any]:
    """Of one kind alone: what was a known gap may be found by now."""
    before: Mapping[str, list[str]] = rule.get("examples") or {}
    examples = {
        kind.value: [each for each in before.get(kind, ()) if each != example.snippet]
        for kind in Kind
        if kind is not example.kind
    }
    own = list(before.get(example.kind, ()))
    if example.snippet not in own:
        own.append(example.snippet)
    return {**rule, "examples": examples | {example.kind.value: own}}


def _refused(seen: str, remedy: str) -> ExampleRefused:
    return ExampleRefused("The example is not added", seen, remedy)
