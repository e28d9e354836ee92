"""Lines of a call, taken from a finding or from a backtest's hit, as an example of its rule."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reviews import access
from reviews.models import Rubric
from reviews.policies import Action
from reviews.queries import examples as lines
from reviews.queries import rubrics
from reviews.rubrics import examples
from reviews.rubrics.examples import Example, ExampleRefused, Kind
from reviews.web.draft_rules import rule_address
from reviews.web.requests import TenantRequest, needs


@require_POST
@needs(Action.WRITE_RUBRICS)
def finding_example(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    finding = access.get_finding_for(request.membership, finding_id)
    example = Example(finding.rule_code, _kind(request), lines.of_finding(finding))
    return _added(request, finding.evaluation.rubric_version.rubric, example)


@require_POST
@needs(Action.WRITE_RUBRICS)
def hit_example(
    request: TenantRequest, slug: str, rubric_id: UUID, backtest_id: UUID, hit_id: UUID
) -> HttpResponse:
    row = rubrics.backtest_of(request.membership, rubric_id, backtest_id)
    hit = access.get_backtest_hit_for(request.membership, hit_id)
    if hit.backtest_id != backtest_id:
        raise Http404
    return _added(request, row.rubric, Example(hit.rule_code, _kind(request), lines.of_hit(hit)))


def _kind(request: TenantRequest) -> Kind:
    try:
        return Kind(request.POST.get("kind", ""))
    except ValueError:
        known = ", ".join(Kind)
        raise ExampleRefused(
            "The example is not added", "a kind that there is not", f"Choose one of {known}."
        ) from None


def _added(request: TenantRequest, rubric: Rubric, example: Example) -> HttpResponse:
    """To the rule's page, with the example in it."""
    examples.add(rubric, example, by=request.user, now=timezone.now())
    messages.success(request, _("Added to the rule in the draft. Personal data is left out."))
    slug = request.membership.tenant.slug
    return redirect(rule_address(slug, rubric.pk, example.rule))
