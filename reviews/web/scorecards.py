"""A scorecard from a table, in two steps: a file, then what its columns and answers mean."""

import zlib
from dataclasses import fields
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.detection.checks.ask import POINTS_AT_MOST
from reviews.detection.document import RubricError
from reviews.detection.rubric import parse_rubric
from reviews.errors import Refused
from reviews.policies import Action
from reviews.queries import rubrics
from reviews.rubrics import drafts, scorecard
from reviews.rubrics.scorecard import Columns, Question, ScorecardRefused
from reviews.sources.files.table import Table
from reviews.web import tables
from reviews.web.packs import NewRubric
from reviews.web.requests import TenantRequest, needs

Earned = dict[tuple[str, ...], dict[str, str]]
"""As it stands in the page's fields."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def rubric_scorecard(request: TenantRequest, slug: str) -> HttpResponse:
    shown: dict[str, Any] = {}
    if request.method != "POST":
        return render(request, "rubric/scorecard.html", shown)
    try:
        read, shown["packed"] = tables.sent(request)
        columns = _columns(request, read)
        shown |= {"header": dict.fromkeys(filter(None, read.header)), "columns": _named(columns)}
        questions, shown["shown"] = _questions(read, columns), _signature(columns)
        is_filled = request.POST.get("shown") == shown["shown"]
        earned = _earned(request if is_filled else None, questions)
        form = NewRubric(request.POST if is_filled and "make" in request.POST else None)
        shown |= {"questions": questions, "scales": _scales(questions, earned), "form": form}
        if form.is_valid():
            return redirect("draft-detail", slug, _made(request, form, questions, earned))
    except (Refused, RubricError) as refusal:
        shown["refused"] = refusal
    status = 422 if shown.get("refused") or ("form" in shown and shown["form"].errors) else 200
    return render(request, "rubric/scorecard.html", shown, status=status)


def _columns(request: TenantRequest, read: Table) -> Columns:
    """As chosen; those with a usual name where nothing was chosen yet."""
    if "column-question" not in request.POST:
        return scorecard.columns_of(read)
    return Columns(
        **{each.name: request.POST.get(f"column-{each.name}", "") for each in fields(Columns)}
    )


def _named(columns: Columns) -> list[tuple[str, str, bool]]:
    names = (each.name for each in fields(Columns))
    return [(name, getattr(columns, name), name in scorecard.NEEDED) for name in names]


def _questions(read: Table, columns: Columns) -> tuple[Question, ...]:
    """Nothing while a column that is needed is not named. Raises ScorecardRefused."""
    if not all(getattr(columns, name) for name in scorecard.NEEDED):
        return ()
    return scorecard.questions_of(read, columns)


def _signature(columns: Columns) -> str:
    """By which the page knows its own answers again: of other columns, points mean nothing."""
    named = "\n".join((columns.question, columns.answers))
    return f"{zlib.crc32(named.encode()):08x}"


def _earned(request: TenantRequest | None, questions: tuple[Question, ...]) -> Earned:
    """What is written beside each answer, or proposed."""
    given = request.POST if request else {}
    return {
        answers: {
            answer: given.get(f"points-{at}-{number}", _text(points))
            for number, (answer, points) in enumerate(scorecard.proposed(answers).items())
        }
        for at, answers in enumerate(scorecard.scales_of(questions))
    }


def _text(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def _scales(questions: tuple[Question, ...], earned: Earned) -> list[dict[str, Any]]:
    return [
        {
            "at": at,
            "answers": [(number, *each) for number, each in enumerate(earned[answers].items())],
            "asked": [each.text for each in questions if each.answers == answers],
        }
        for at, answers in enumerate(scorecard.scales_of(questions))
    ]


def _made(
    request: TenantRequest, form: NewRubric, questions: tuple[Question, ...], earned: Earned
) -> Any:
    """The id of the rubric whose draft it is. Raises Refused and RubricError."""
    if not questions:
        raise ScorecardRefused(
            "The scorecard is refused", "no columns", "Choose those of questions and answers."
        )
    points = {
        answers: {answer: _points(answer, text) for answer, text in own.items()}
        for answers, own in earned.items()
    }
    document = scorecard.document(form.cleaned_data["name"], questions, points)
    draft = drafts.create(
        tenant_id=request.membership.tenant_id,
        document=rubrics.plain(parse_rubric(document)),
        by=request.user,
        now=timezone.now(),
        **form.cleaned_data,
    )
    return draft.rubric_id


def _points(answer: str, text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= POINTS_AT_MOST:
        raise ScorecardRefused(
            "The scorecard is refused",
            f"{text[:20]!r} as what “{answer[:60]}” earns",
            f"Write a number from 0 to {POINTS_AT_MOST:,}.",
        )
    return points
