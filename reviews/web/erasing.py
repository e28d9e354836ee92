"""Erasing a call: what goes is shown first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews import access, tasks
from reviews.policies import Action
from reviews.queries import erasing
from reviews.retention.erase import REASONS
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.ERASE_CALLS)
def call_erase(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    if request.method == "POST":
        row = access.get_transcript_for(request.membership, transcript_id)
        tasks.erase_call(row, reason=request.POST.get("reason", ""), by=request.user)
        messages.success(request, _("The call is erased, and will not be taken in again."))
        return redirect("call-list", slug)
    context = {"going": erasing.going(request.membership, transcript_id), "reasons": REASONS}
    return render(request, "call/erase.html", context)
