"""The page of one finding's evidence, made to be printed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.policies import Action
from reviews.queries import finding_evidence as evidence
from reviews.queries.reasons import reasons
from reviews.web.calls import check_not_blind
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def finding_evidence(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    shown = evidence.of_finding(request.membership, finding_id)
    check_not_blind(request, shown.call.pk, "The evidence of a finding is refused")
    item = shown.result.item
    context = {
        "shown": shown,
        "verdicts": tuple(reversed(item.history)) if item else (),
        "reasons": reasons(request.membership.tenant_id),
        "command": f"manage.py reexecute {finding_id} --tenant {slug}",
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "finding/evidence.html", context)
