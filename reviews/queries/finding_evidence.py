"""One finding whole, as it is printed: what was asked, what was said around it, what came of it.

Five SQL queries, nine where it was decided and appealed. Personal data is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from reviews import access
from reviews.detection.evidence import Evidence
from reviews.detection.kinds import check_document
from reviews.detection.report import evidence_of
from reviews.detection.rubric import Rubric, Rule
from reviews.models import Evaluation, Finding, Membership, Transcript
from reviews.queries import evaluations, transcripts
from reviews.queries.call import Line, Marker, Row, agents_of, lines_of, row_of, voices_of
from reviews.queries.items_of_call import of_evaluations
from reviews.queries.rubrics import rubric_of
from reviews.queries.shown import around, first_words

AROUND = 2
"""Lines on either side of the evidence."""
QUOTED = 5
"""Places that are quoted, so that a finding of very many fits on three sheets."""
LISTED = 20
"""Places that are told by their offsets."""
WORDS = 40
"""Of a line, that has no evidence in it."""


@dataclass(frozen=True, slots=True)
class FindingEvidence:
    finding: Finding
    evaluation: Evaluation
    """With its rubric's version, and the call as `transcript`."""
    call: Transcript
    agents: tuple[str, ...]
    rule: Rule
    lists: tuple[tuple[str, Sequence[str]], ...]
    """The rubric's lists that its check names."""
    result: Row
    """By the machine; `item` has what people decided, the newest first."""
    offsets: tuple[Evidence, ...]
    places: int
    """How many there are: LISTED have their offsets, QUOTED their words."""
    stretches: tuple[tuple[Line, ...], ...]
    """The lines of the evidence, or of what came near, with those around them."""


def of_finding(membership: Membership, finding_id: UUID) -> FindingEvidence:
    """Raises Http404 where `membership` may not see the call."""
    finding = access.get_finding_for(membership, finding_id)
    rows = access.visible_evaluations(membership).select_related(
        "rubric_version__rubric", "rubric_version__published_by", "transcript__source"
    )
    evaluation = rows.defer("transcript__payload").get(pk=finding.evaluation_id)
    call = evaluation.transcript
    columns, masks = transcripts.shown_of(call, revision=evaluation.transcript_revision)
    outcome = evaluations.unpack(evaluation, columns)
    rubric = rubric_of(evaluation.tenant_id, evaluation.rubric_version_id)
    rule, result, part = next(
        each
        for each in zip(rubric.rules, outcome.results, outcome.score.parts, strict=True)
        if each[0].code == finding.rule_code
    )
    item = of_evaluations([evaluation]).get((evaluation.pk, rule.code))
    marker = Marker(columns)
    shown = row_of(rule, result, (part, part), marker, item)
    evidence = evidence_of(result.outcome)
    return FindingEvidence(
        finding=finding,
        evaluation=evaluation,
        call=call,
        agents=agents_of(voices_of(call)),
        rule=rule,
        lists=tuple(_lists(rubric, rule)),
        result=shown,
        offsets=evidence[:LISTED],
        places=len(evidence),
        stretches=tuple(_stretches(tuple(lines_of(columns, masks, marker)), shown, evidence)),
    )


def _lists(rubric: Rubric, rule: Rule) -> Iterator[tuple[str, Sequence[str]]]:
    """Those of its name in braces, and those that they name themselves."""
    named = dict(rubric.lists)
    said = [str(check_document(rule.check))]
    while said:
        text = said.pop()
        for name in [name for name in named if f"{{{name}}}" in text]:
            phrases = named.pop(name)
            said += phrases
            yield name, phrases


def _stretches(
    lines: Sequence[Line], shown: Row, evidence: Sequence[Evidence]
) -> Iterator[tuple[Line, ...]]:
    """Lines that follow each other; where two places are near, those between them once."""
    wanted: set[int] = set()
    for each in evidence[:QUOTED]:
        wanted |= set() if each.field else _near(each.utterance, each.last_utterance, len(lines))
    missed = (*([shown.nearest] if shown.nearest else ()), *shown.unclear[:QUOTED])
    for place in missed:
        wanted |= set() if place.field else _near(place.utterance, place.utterance, len(lines))
    run: list[Line] = []
    for at in sorted(wanted):
        if run and at > run[-1].index + 1:
            yield tuple(run)
            run = []
        run.append(_short(lines[at]))
    if run:
        yield tuple(run)


def _near(first: int, last: int, count: int) -> set[int]:
    return set(range(max(first - AROUND, 0), min(last + AROUND + 1, count)))


def _short(line: Line) -> Line:
    """Cut far from what is marked; where nothing is, after some words."""
    is_marked = any(piece.mark for piece in line.pieces)
    pieces = around(line.pieces) if is_marked else tuple(first_words(line.pieces, WORDS))
    return replace(line, pieces=pieces)
