"""Sources: connect one, try its key, fetch what it has. And the jobs that do the work."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.ingest import backfill, connect, probe
from reviews.models import JobState
from reviews.policies import Action, check_can_fetch
from reviews.queries import sources
from reviews.queries.queue import FilterRefused
from reviews.web import forms
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def source_list(request: TenantRequest, slug: str) -> HttpResponse:
    return render(request, "source/list.html", {"rows": sources.source_rows(request.membership)})


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def source_detail(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    """Loads itself again while a backfill is under way, also without JavaScript."""
    row = sources.source_row(request.membership, source_id)
    is_moving = row.backfill is not None and row.backfill.is_live
    return render(request, "source/detail.html", {"row": row, "is_moving": is_moving})


@sensitive_post_parameters("key")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_SOURCES)
def source_connect(request: TenantRequest, slug: str) -> HttpResponse:
    form = forms.Connect(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "source/form.html", {"form": form}, status=status)
    seen = form.cleaned_data
    try:
        source = connect.connect(
            tenant_id=request.membership.tenant_id,
            name=seen["name"],
            base_url=seen["base_url"],
            key=seen["key"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "source/form.html", {"form": form}, status=422)
    messages.success(request, _("Connected. Test the connection, then fetch the calls."))
    return redirect("source-detail", slug, source.pk)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_test(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_fetch(source)
    _say(request, probe.probe(source))
    return redirect("source-detail", slug, source.pk)


def _say(request: HttpRequest, answer: probe.Answer) -> None:
    level = messages.SUCCESS if answer.is_good else messages.ERROR
    messages.add_message(request, level, answer.text)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_backfill(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_fetch(source)
    backfill.start(source)
    return redirect("source-detail", slug, source.pk)


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def job_list(request: TenantRequest, slug: str) -> HttpResponse:
    wanted = request.GET.get("state", "")
    if wanted and wanted not in JobState.values:
        raise FilterRefused(
            "The list is refused", "no such state of a job", "Choose one of those above the list."
        )
    state = JobState(wanted) if wanted else None
    context = {"page": sources.job_page(request.membership, state), "state": state}
    return render(request, "job/list.html", context)
