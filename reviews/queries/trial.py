"""A draft's rule tried at once: on a few lines, or on a call that is here."""

from dataclasses import dataclass, replace
from time import perf_counter
from uuid import UUID

from django.db.models import Q

from reviews import access
from reviews.detection import engine, scoring
from reviews.detection.evidence import Clear
from reviews.detection.examples import RedExample, red_examples, snippet_transcript
from reviews.detection.pii import call as pii
from reviews.detection.rubric import Rubric, Rule, ViolationWhen, with_those_before
from reviews.detection.scoring import Result
from reviews.detection.transcript import Transcript as Columns
from reviews.errors import ErrorCode, Refused
from reviews.models import Membership
from reviews.queries import transcripts
from reviews.queries.call import Line, Marker, Row, lines_of, row_of

LINES_AT_MOST = 400
CHARACTERS_AT_MOST = 20_000
_ROLES = ("agent", "customer")


class SnippetRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rule says of the lines, and how long that took."""

    row: Row
    lines: tuple[Line, ...]
    more: int
    """Lines that are not shown."""
    milliseconds: float


def reds(rubric: Rubric, code: str) -> tuple[RedExample, ...]:
    """The rule's examples that do not come out as its author says."""
    return tuple(red for red in red_examples(_alone(rubric, code)) if red.rule == code)


def on_snippet(rubric: Rubric, code: str, snippet: str) -> Trial:
    """Lines of `agent: text` and `customer: text`. Raises SnippetRefused.

    Whether the rule applies, and to which languages, is asked of calls, not of a snippet.
    """
    _check(snippet)
    alone = _alone(rubric, code)
    rules = tuple(replace(rule, applies_when=None, languages=()) for rule in alone.rules)
    return _tried(replace(alone, rules=rules), code, snippet_transcript(snippet))


def on_call(membership: Membership, rubric: Rubric, code: str, transcript_id: UUID) -> Trial:
    """Raises Http404 where `membership` may not see the call."""
    row = access.get_transcript_for(membership, transcript_id)
    columns, masks = transcripts.shown_of(row)
    return _tried(_alone(rubric, code), code, columns, masks)


def on_named_call(membership: Membership, rubric: Rubric, code: str, name: str) -> Trial:
    """The call with this id, ours or the source's. Raises SnippetRefused where there is none."""
    calls = access.visible_transcripts(membership)
    ours = _id(name)
    row = calls.filter(Q(external_id=name) | Q(pk=ours) if ours else Q(external_id=name)).first()
    if row is None:
        remedy = "Copy the id of a call from its page."
        raise SnippetRefused("The call is refused", "an id that no call here has", remedy)
    return on_call(membership, rubric, code, row.pk)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _alone(rubric: Rubric, code: str) -> Rubric:
    return with_those_before(rubric, [code])


def _check(snippet: str) -> None:
    what = "The snippet is refused"
    lines = snippet.strip().splitlines()
    if not lines:
        raise SnippetRefused(what, "no line", "Write at least one: agent: Hello.")
    if len(snippet) > CHARACTERS_AT_MOST:
        seen = f"{len(snippet):,} characters"
        raise SnippetRefused(what, seen, f"Paste at most {CHARACTERS_AT_MOST:,}.")
    for at, line in enumerate(lines, 1):
        speaker, colon, _ = line.partition(":")
        if not colon or speaker.strip() not in _ROLES:
            remedy = "Begin each line with agent: or customer:."
            raise SnippetRefused(what, f"line {at}, which names no speaker", remedy)


def _tried(
    rubric: Rubric, code: str, columns: Columns, masks: list[list[pii.Mask]] | None = None
) -> Trial:
    began = perf_counter()
    rule, result = _result(rubric, code, columns)
    milliseconds = (perf_counter() - began) * 1000
    marker = Marker(columns)
    part = scoring.Part(rule.code, rule.section, result.result, rule.weight, 0.0, 0.0)
    # What came nearest is marked on a failed rule's line alone, and here wherever nothing is found.
    marked = Result.FAILED if isinstance(result.outcome, Clear) else result.result
    row = row_of(rule, replace(result, result=marked), (part, part), marker)
    row = replace(row, result=result.result)
    hidden = pii.masks(columns) if masks is None else masks
    # A snippet's labels say what its roles say.
    labels = columns.speakers if masks is not None else (None,) * len(columns.speakers)
    lines = tuple(lines_of(replace(columns, speakers=labels), hidden, marker))
    return Trial(row, lines[:LINES_AT_MOST], max(0, len(lines) - LINES_AT_MOST), milliseconds)


def _result(rubric: Rubric, code: str, columns: Columns) -> tuple[Rule, engine.RuleResult]:
    """The rule's result; where nothing is found, with what came nearest, as an absence has it."""
    compiled = engine.compile_rubric(rubric)
    pairs = zip(rubric.rules, engine.evaluate(columns, compiled).results, strict=True)
    rule, result = next(pair for pair in pairs if pair[0].code == code)
    if not isinstance(result.outcome, Clear) or rule.violation_when is ViolationWhen.ABSENT:
        return rule, result
    asked = replace(rule, violation_when=ViolationWhen.ABSENT)
    others = tuple(asked if each.code == code else each for each in rubric.rules)
    missed = engine.evaluate(columns, replace(rubric, rules=others)).results
    outcome = next(each.outcome for each in missed if each.rule == code)
    return rule, replace(result, outcome=outcome)
