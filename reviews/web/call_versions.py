"""A call's page of judgements: all there were, which version held, and what another would say."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews import access
from reviews.policies import Action
from reviews.queries import judgements_of_call
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def call_judgements(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    """`?version=` names one to judge the call by; nothing of that is stored."""
    shown = judgements_of_call.judgements(request.membership, transcript_id)
    as_if = None
    if wanted := request.GET.get("version", ""):
        version = access.get_rubric_version_for(request.membership, _id(wanted))
        as_if = judgements_of_call.as_if(shown, version, now=timezone.now())
    return render(request, "call/judgements.html", {"shown": shown, "as_if": as_if})


def _id(text: str) -> UUID:
    """Raises Http404."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
