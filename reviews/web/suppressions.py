"""What is not flagged again, and how that is ended."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.policies import Action
from reviews.queries import suppressions
from reviews.reviewing import suppress
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_QUEUE)
def suppression_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = suppressions.rows(request.membership, timezone.now())
    return render(request, "suppression/list.html", {"rows": rows})


@require_POST
@needs(Action.DECIDE)
def suppression_withdraw(request: TenantRequest, slug: str, suppression_id: UUID) -> HttpResponse:
    row = access.get_suppression_for(request.membership, suppression_id)
    back = suppress.withdraw(suppression=row, by=request.user, now=timezone.now())
    said = ngettext(
        "Withdrawn. %(n)s finding is open again.",
        "Withdrawn. %(n)s findings are open again.",
        back,
    )
    messages.success(request, said % {"n": back})
    return redirect("suppression-list", slug)
