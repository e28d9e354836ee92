"""Sources: connect one, see how it is doing, and the calls behind each number."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.ingest import connect, control, expiry, hooks, watched
from reviews.models import ListedCall, Source, SourceKind
from reviews.policies import Action
from reviews.queries import health, listed, sources
from reviews.queries.queue_query import FilterRefused
from reviews.web import forms
from reviews.web.requests import TenantRequest, needs
from reviews.web.shown_once import mark_of

EXPIRING = "expiring"


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def source_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = sources.source_rows(request.membership, now=timezone.now())
    return render(request, "source/list.html", {"rows": rows})


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def source_detail(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    return shown(request, source_id)


def shown(
    request: TenantRequest,
    source_id: UUID,
    *,
    form: forms.Watching | None = None,
    key_form: forms.NewKey | None = None,
    audio_form: forms.Recordings | None = None,
) -> HttpResponse:
    """The source's page; with a form that was refused, what is wrong with it."""
    now = timezone.now()
    row = sources.source_row(request.membership, source_id, now=now)
    context: dict[str, Any] = {"row": row}
    context["audio_form"] = audio_form or forms.Recordings(
        initial=forms.Recordings.seen(row.source)
    )
    if row.source.kind == SourceKind.ASSEMBLYAI:
        context |= _asked(request, row.source, now)
        context["form"] = form or forms.Watching(initial=forms.Watching.seen(row.source))
        context["key_form"] = key_form or forms.NewKey()
    status = 422 if any((form, key_form, audio_form)) else 200
    return render(request, "source/detail.html", context, status=status)


def _asked(request: TenantRequest, source: Source, now: datetime) -> dict[str, Any]:
    """What there is to see of a source that is asked over a network."""
    return {
        "health": watched.health_of(source, now=now),
        "header": hooks.HEADER,
        "hook_url": hook_url(request, source),
        "previous_until": previous_until(source, now),
        "made": mark_of(source.sealed_hook_secret),
        "compare": forms.Compare(),
        "is_following": "follow" in request.GET,
    }


def hook_url(request: TenantRequest, source: Source) -> str:
    return request.build_absolute_uri(reverse("source-hook", args=[source.tenant_id, source.pk]))


def previous_until(source: Source, now: datetime) -> datetime | None:
    """Until when the secret before the last one is good; None where it is not."""
    until = source.hook_previous_until
    return until if until and until > now else None


@never_cache
@require_safe
@needs(Action.SEE_JOBS)
def source_listed(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    """The calls behind a number: `show` names the number."""
    source = access.get_source_for(request.membership, source_id)
    show = request.GET.get("show", "all")
    page = listed.page(
        request.membership, _listed(source, show, timezone.now()), request.GET.get("after", "")
    )
    next_url = f"?{urlencode({'show': show, 'after': page.next})}" if page.next else ""
    context = {"source": source, "page": page, "show": show, "next_url": next_url}
    return render(request, "source/listed.html", context)


def _listed(source: Source, show: str, now: datetime) -> "QuerySet[ListedCall]":
    """Raises FilterRefused."""
    if show == EXPIRING:
        return expiry.expiring(source, within=health.SOON, now=now)
    kinds = listed.kinds(now)
    if show not in kinds:
        raise FilterRefused(
            "The list is refused", "no such list of calls", "Choose one of those above the list."
        )
    return listed.calls(source).filter(kinds[show])


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
    control.watch(source)
    messages.success(
        request, _("Connected; new calls are looked for. Test the connection, then fetch the past.")
    )
    return redirect("source-detail", slug, source.pk)
