"""What people do with a source and a job by a button; each leads back to its page."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from reviews import access, audit
from reviews.ingest import audio, backfill, connect, control, hooks, probe, reconcile, watched
from reviews.jobs import ledger
from reviews.models import Source
from reviews.policies import (
    Action,
    NotPossible,
    check_can_ask,
    check_can_fetch,
    check_can_retry,
    check_has_key,
)
from reviews.queries import health
from reviews.web import forms
from reviews.web.requests import TenantRequest, needs
from reviews.web.shown_once import mark_of
from reviews.web.sources import hook_url, previous_until, shown


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_test(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_has_key(source)
    _say(request, probe.probe(source))
    return redirect("source-detail", slug, source.pk)


def _say(request: HttpRequest, answer: probe.Answer) -> None:
    level = messages.SUCCESS if answer.is_good else messages.ERROR
    messages.add_message(request, level, answer.text)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_backfill(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_ask(source)
    control.begin(source, by=request.user)
    return redirect("source-detail", slug, source.pk)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_pause(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    return _switched(request, source_id, check_can_ask, control.pause)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_resume(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    return _switched(request, source_id, check_has_key, control.resume)


def _switched(
    request: TenantRequest,
    source_id: UUID,
    check: Callable[[Source], None],
    act: Callable[..., None],
) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check(source)
    act(source, by=request.user)
    return redirect("source-detail", request.membership.tenant.slug, source.pk)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_cancel(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    watched.check_can_cancel(source)
    left = backfill.cancel(source, by=request.user)
    messages.success(
        request,
        ngettext(
            "The backfill is cancelled; %(count)d call is left out, until the next one.",
            "The backfill is cancelled; %(count)d calls are left out, until the next one.",
            left,
        )
        % {"count": left},
    )
    return redirect("source-detail", slug, source.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_watch(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_fetch(source)
    form = forms.Watching(request.POST)
    if not form.is_valid():
        return shown(request, source_id, form=form)
    control.set_up(source, by=request.user, **form.settings())
    messages.success(request, _("Saved."))
    return redirect("source-detail", slug, source.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_audio(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    form = forms.Recordings(request.POST)
    if form.is_valid():
        try:
            audio.set_up(source, form.wanted(), by=request.user)
        except audio.LinkRefused as refusal:
            form.add_error("link", str(refusal))
    if not form.is_valid():
        return shown(request, source_id, audio_form=form)
    messages.success(request, _("Saved. It goes for calls that come from now on."))
    return redirect("source-detail", slug, source.pk)


@sensitive_post_parameters("key")
@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_key(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    """Another key, in place of one that is refused or leaves service."""
    source = access.get_source_for(request.membership, source_id)
    check_can_fetch(source)
    form = forms.NewKey(request.POST)
    if not form.is_valid():
        return shown(request, source_id, key_form=form)
    connect.change_key(source, key=form.cleaned_data["key"], by=request.user, now=timezone.now())
    messages.success(request, _("The key is changed. Test the connection."))
    return redirect("source-detail", slug, source.pk)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_disconnect(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_has_key(source)
    connect.disconnect(source, by=request.user, now=timezone.now())
    messages.success(request, _("Disconnected: its key is forgotten, its calls stay."))
    return redirect("source-detail", slug, source.pk)


@require_POST
@needs(Action.MANAGE_SOURCES)
def source_first(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    """What the source deletes soon goes before all else of the past."""
    source = access.get_source_for(request.membership, source_id)
    check_can_ask(source)
    moved = control.fetch_first(source, within=health.SOON, by=request.user)
    messages.success(
        request,
        ngettext(
            "%(count)d call is fetched before the rest of the past.",
            "%(count)d calls are fetched before the rest of the past.",
            moved,
        )
        % {"count": moved},
    )
    return redirect("source-detail", slug, source.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_compare(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    source = access.get_source_for(request.membership, source_id)
    check_can_ask(source)
    form = forms.Compare(request.POST)
    if not form.is_valid():
        raise NotPossible(
            "The comparison is refused", "no number of days that can be compared",
            f"Choose 1 to {reconcile.DAYS_AT_MOST} days.",
        )  # fmt: skip
    control.compare(source, days=form.cleaned_data["days"], by=request.user)
    messages.success(request, _("The comparison has begun."))
    return redirect("source-detail", slug, source.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_SOURCES)
def source_secret(request: TenantRequest, slug: str, source_id: UUID) -> HttpResponse:
    """The one answer that holds the secret. Loaded again it is refused, and makes no other one."""
    source = access.get_source_for(request.membership, source_id)
    check_can_fetch(source)
    if request.POST.get("made", "") != mark_of(source.sealed_hook_secret):
        raise NotPossible(
            "Another secret is refused",
            "it was made anew since the page was loaded, maybe by this very form",
            "Go back to the source; there you can see until when the old one is good.",
        )
    secret = hooks.rotate(source, by=request.user)
    context = {
        "source": source,
        "secret": secret,
        "header": hooks.HEADER,
        "hook_url": hook_url(request, source),
        "previous_until": previous_until(source, timezone.now()),
    }
    return render(request, "source/secret.html", context)


@require_POST
@needs(Action.MANAGE_SOURCES)
def job_retry(request: TenantRequest, slug: str, job_id: UUID) -> HttpResponse:
    job = access.get_job_for(request.membership, job_id)
    check_can_retry(job)
    now = timezone.now()
    ledger.retry(job)
    audit.record(event=audit.Event.JOB_RETRIED, by=request.user, target=job, at=now)
    messages.success(request, _("It is tried again."))
    return redirect("job-list", slug)
