"""Past grades from a table, in two steps: a file, then what its questions and answers mean.

Between the two steps the table is in the page itself, packed: nothing is stored before it is used.
"""

import zlib
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews import access
from reviews.errors import Refused
from reviews.policies import Action
from reviews.queries import rubrics
from reviews.queries.rubrics import RubricRow
from reviews.rubrics import grades, grading
from reviews.rubrics.grading import Asked, Columns, Dates, Grading, Mapped, Meaning
from reviews.sources.files import table
from reviews.web import tables
from reviews.web.requests import TenantRequest, needs

_FIELDS_AT_MOST = 900
"""Of one form, the limit of Django being 1,000."""
_SHOWN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the page holds from its first step on."""

    packed: str
    table: table.Table
    columns: Columns
    asked: tuple[Asked, ...]
    """Empty while a column that is needed is not named."""
    grading: Grading
    is_filled: bool
    """The questions are answered for these very columns."""


@sensitive_post_parameters("table")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def rubric_grades(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """The answer to the last step shows the outcomes; sent again, all is here already."""
    row = rubrics.rubric_row(request.membership, rubric_id)
    shown: dict[str, Any] = {"row": row}
    if request.method != "POST":
        return render(request, "rubric/grades.html", shown)
    try:
        sent = _sent(request, row)
        shown |= _mapping(sent, row)
        if "import" in request.POST and sent.is_filled:
            shown |= _imported(request, sent, row)
    except Refused as refusal:
        return render(request, "rubric/grades.html", shown | {"refused": refusal}, status=422)
    return render(request, "rubric/grades.html", shown)


def _sent(request: TenantRequest, row: RubricRow) -> _Sent:
    """Raises Refused."""
    read, packed = tables.sent(request)
    columns = _columns(request, read)
    has_needed = all(getattr(columns, name) for name in grading.NEEDED)
    asked = grading.asked_of(read, columns) if has_needed else ()
    if sum(1 + len(each.answers) for each in asked) > _FIELDS_AT_MOST:
        raise tables.refused("too many questions and answers for a page")
    is_filled = bool(asked) and request.POST.get("shown") == _signature(columns)
    questions = _filled(request, asked) if is_filled else grading.suggested(asked, row.rubric)
    dates = request.POST.get("dates")
    order = Dates(dates) if dates in list(Dates) else Dates.YEAR_FIRST
    return _Sent(packed, read, columns, asked, Grading(columns, order, questions), is_filled)


def _columns(request: TenantRequest, read: table.Table) -> Columns:
    """As chosen; those with a usual name where nothing was chosen yet."""
    if "column-call" not in request.POST:
        return grading.columns_of(read)
    return Columns(
        **{each.name: request.POST.get(f"column-{each.name}", "") for each in fields(Columns)}
    )


def _signature(columns: Columns) -> str:
    """By which the page knows its own questions again."""
    named = "\n".join((columns.question, columns.answer))
    return f"{zlib.crc32(named.encode()):08x}"


def _filled(request: TenantRequest, asked: tuple[Asked, ...]) -> dict[str, Mapped]:
    return {
        grading.key(each.text): Mapped(
            request.POST.get(f"rule-{at}", "").strip(), _answered(request, at, each)
        )
        for at, each in enumerate(asked)
    }


def _answered(request: TenantRequest, at: int, asked: Asked) -> dict[str, Meaning]:
    said = {
        grading.key(text): request.POST.get(f"answer-{at}-{number}", "")
        for number, text in enumerate(asked.answers)
    }
    return {text: Meaning(each) for text, each in said.items() if each in list(Meaning)}


def _mapping(sent: _Sent, row: RubricRow) -> dict[str, Any]:
    questions = [_question(sent.grading, at, each) for at, each in enumerate(sent.asked)]
    return {
        "packed": sent.packed,
        "rows": len(sent.table.rows),
        "header": dict.fromkeys(filter(None, sent.table.header)),
        "columns": [
            (each.name, getattr(sent.columns, each.name), each.name in grading.NEEDED)
            for each in fields(Columns)
        ],
        "dates": sent.grading.dates,
        "shown": _signature(sent.columns),
        "questions": questions,
        "rules": row.rubric.rules,
    }


def _question(mapping: Grading, at: int, asked: Asked) -> dict[str, Any]:
    mapped = mapping.questions[grading.key(asked.text)]
    answers = [
        (number, text, mapped.answers.get(grading.key(text), ""))
        for number, text in enumerate(asked.answers)
    ]
    return {"at": at, "asked": asked, "rule": mapped.rule, "answers": answers}


def _imported(request: TenantRequest, sent: _Sent, row: RubricRow) -> dict[str, Any]:
    """Raises GradesRefused, and nothing is kept."""
    grading.check(sent.grading, row.rubric)
    taken = grades.take(
        rubric=row.version.rubric,
        table=sent.table,
        grading=sent.grading,
        calls=access.visible_transcripts(request.membership),
        by=request.user,
        now=timezone.now(),
    )
    unmapped = [
        each.text for each in sent.asked if not sent.grading.questions[grading.key(each.text)].rule
    ]
    return {
        "taken": taken,
        "counts": {str(outcome): count for outcome, count in taken.counts.items()},
        "refused_rows": taken.refused[:_SHOWN_AT_MOST],
        "refused_more": max(0, len(taken.refused) - _SHOWN_AT_MOST),
        "unmapped": unmapped,
    }
