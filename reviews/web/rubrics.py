"""Rubrics, to be read."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.policies import Action
from reviews.queries import rubrics
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def rubric_list(request: TenantRequest, slug: str) -> HttpResponse:
    return render(request, "rubric/list.html", {"rows": rubrics.rubric_rows(request.membership)})


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def rubric_detail(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    row = rubrics.rubric_row(request.membership, rubric_id)
    return render(request, "rubric/detail.html", {"row": row})
