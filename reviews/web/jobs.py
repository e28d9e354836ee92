"""The jobs that do the work."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.policies import Action
from reviews.queries import jobs, places
from reviews.queries.jobs import Shown
from reviews.queries.queue_query import FilterRefused
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def job_list(request: TenantRequest, slug: str) -> HttpResponse:
    wanted = request.GET.get("state", "")
    if wanted and wanted not in Shown.values:
        raise FilterRefused(
            "The list is refused", "no such state of a job", "Choose one of those above the list."
        )
    state = Shown(wanted) if wanted else None
    page = jobs.page(
        request.membership.tenant_id,
        state=state,
        after=places.parsed(request.GET.get("after", "")),
        now=timezone.now(),
        is_dead_first=True,
    )
    query = {"state": wanted, "after": places.cursor(page.next)}
    context = {
        "page": page,
        "state": state,
        "tabs": [(each.value, each.label, page.counts.get(each, 0)) for each in Shown],
        "next_url": f"?{urlencode(query)}" if page.next else "",
    }
    return render(request, "job/list.html", context)
