"""Submit a recording to a source, see what became of it, and set the features it is asked for."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access
from reviews.errors import Refused
from reviews.ingest import submit
from reviews.ingest.submit import Recording, Wanted
from reviews.models import Source
from reviews.policies import Action, check_can_submit
from reviews.queries import places, submissions
from reviews.sources.assemblyai import request as vendor_request
from reviews.sources.recordings import NAMES
from reviews.web import forms
from reviews.web.requests import TenantRequest, needs


@sensitive_post_parameters("audio_url")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_SOURCES)
def source_submit(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_submit(source)
    is_sent = request.method == "POST"
    form = forms.Submit(*((request.POST, request.FILES) if is_sent else (None,)))
    if not form.is_valid():
        return _shown(request, source, form=form)
    try:
        submit.submit(
            source=source,
            wanted=_wanted(form.cleaned_data),
            origin=request.build_absolute_uri("/"),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, source, form=form)
    messages.success(request, _("Submitted. Its call comes in by itself once it is transcribed."))
    return redirect("source-submit", slug, source.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_profile(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_submit(source)
    form = forms.Features(request.POST)
    if not form.is_valid():
        return _shown(request, source, features=form)
    try:
        profile = submit.parse_profile(form.cleaned_data["profile"])
    except Refused as refusal:
        form.add_error("profile", str(refusal))
        return _shown(request, source, features=form)
    submit.set_profile(source, profile, by=request.user)
    messages.success(request, _("Saved. What is submitted from now on is asked for so."))
    return redirect("source-submit", slug, source.pk)


def _wanted(seen: dict[str, Any]) -> Wanted:
    metadata = {name: seen[name] for name in NAMES if seen.get(name)}
    recording = Recording(seen["audio_url"], seen["file"])
    return Wanted(recording, metadata, is_again=seen["again"])


def _shown(
    request: TenantRequest,
    source: Source,
    *,
    form: forms.Submit | None = None,
    features: forms.Features | None = None,
) -> HttpResponse:
    """The page; with a form that was refused, what is wrong with it."""
    after = places.parsed(request.GET.get("after", ""))
    page = submissions.page(request.membership.tenant_id, source=source, after=after)
    context = {
        "source": source,
        "form": form or forms.Submit(),
        "features": features or forms.Features(initial={"profile": _written(source)}),
        "page": page,
        "next": places.cursor(page.next),
    }
    is_refused = features is not None or (form is not None and form.is_bound)
    return render(request, "source/submit.html", context, status=422 if is_refused else 200)


def _written(source: Source) -> str:
    profile = source.profile or vendor_request.body(vendor_request.DEFAULT)
    return json.dumps(profile, indent=2, ensure_ascii=False)
