"""Rubrics, to be read."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.policies import Action
from reviews.queries import quality, rubrics
from reviews.rubrics import releases
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def rubric_list(request: TenantRequest, slug: str) -> HttpResponse:
    member = request.membership
    context = {"rows": rubrics.rubric_rows(member), "drafts": rubrics.drafts_of(member)}
    return render(request, "rubric/list.html", context)


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def rubric_detail(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    member = request.membership
    row = rubrics.rubric_row(member, rubric_id)
    context = {
        "row": row,
        "newer": releases.newer(rubrics.document_of(row.version)),
        "versions": rubrics.versions_of(member, rubric_id),
        "draft": rubrics.drafts_of(member).get(rubric_id),
        "backtests": rubrics.backtests_of(member, rubric_id),
    }
    return render(request, "rubric/detail.html", context)


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def rubric_quality(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """How each rule does by what people decided."""
    row = rubrics.rubric_row(request.membership, rubric_id)
    context = {
        "row": row,
        "rules": quality.of(row, now=timezone.now()),
        "days": quality.DAYS,
        "looked_at": quality.LOOKED_AT,
    }
    return render(request, "rubric/quality.html", context)
