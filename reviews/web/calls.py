"""A call's page, and the look at its personal data."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.policies import Action
from reviews.queries import call, calls, track
from reviews.reviewing import decide, reveal
from reviews.web.requests import TenantRequest, dismissing, needs

REVEALED_S = 60


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def call_list(request: TenantRequest, slug: str) -> HttpResponse:
    page = calls.page(request.membership, request.GET.get("after", ""))
    next_url = f"?{urlencode({'after': page.next})}" if page.next else ""
    return render(request, "call/list.html", {"page": page, "next_url": next_url})


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def call_detail(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    return _shown(request, call.page(request.membership, transcript_id))


@never_cache
@require_POST
@needs(Action.REVEAL)
def call_reveal(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    """The call with its personal data, for a minute; the audit row is committed before."""
    row = access.get_transcript_for(request.membership, transcript_id)
    reason = request.POST.get("reason", "")
    reveal.reveal(row=row, reason=reason, by=request.user, now=timezone.now())
    answer = _shown(request, call.page(request.membership, transcript_id, is_revealed=True))
    address = reverse("call-detail", args=[slug, transcript_id])
    answer["Refresh"] = f"{REVEALED_S}; url={address}"  # masked again, also without JavaScript
    return answer


def _shown(request: TenantRequest, page: call.CallPage) -> HttpResponse:
    context = {
        "page": page,
        "track": track.draw(page),
        "reasons": decide.REASONS,
        "dismissing": dismissing(request),
        "reveal_reasons": reveal.REASONS,
    }
    return render(request, "call/detail.html", context)
