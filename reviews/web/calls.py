"""A call's page, and the look at its personal data."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access, tasks
from reviews.ingest import roles
from reviews.models import SpeakerRole
from reviews.policies import Action, NotPossible
from reviews.queries import (
    calibration,
    call,
    calls,
    captions,
    missed_form,
    recordings,
    review_tasks,
    stops,
    track,
)
from reviews.queries.reasons import reasons
from reviews.reviewing import reveal, suppress
from reviews.web import call_place, forms
from reviews.web.call_filter import CallFilter
from reviews.web.call_place import Asked
from reviews.web.requests import TenantRequest, asked_finding, needs

REVEALED_S = 60


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def call_list(request: TenantRequest, slug: str) -> HttpResponse:
    form = CallFilter(request.GET, agents=calls.agents(request.membership))
    filters = form.filters()
    page = calls.page(request.membership, filters)
    asked = {name: text for name, text in request.GET.dict().items() if text and name != "after"}
    context = {
        "page": page,
        "form": form,
        "filters": filters,
        "is_filtered": bool(asked),
        "first_url": f"?{urlencode(asked)}",
        "next_url": f"?{urlencode(asked | {'after': page.next})}" if page.next else "",
    }
    return render(request, "call/list.html", context)


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def call_detail(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    asked = call_place.asked(request.GET)
    tokens = asked.phrase.tokens if asked.phrase else ()
    page = call.page(request.membership, transcript_id, find=tokens)
    if not page.is_blind:
        return _shown(request, page, asked)
    if task := review_tasks.blind_task(request.membership, transcript_id):
        return _blind(request, task)
    return _calibrating(request, calibration.blind_call(request.membership, transcript_id))


def _blind(request: TenantRequest, task: Any) -> HttpResponse:
    """To the review: what others said of the call is seen when it is finished."""
    messages.info(
        request,
        _("Two review this call. Its page shows what others said, and opens when you are done."),
    )
    slug = request.membership.tenant.slug
    if task.evaluation_id is None:
        return redirect("task-list", slug)
    return redirect("call-review", slug, task.drawn.transcript_id, task.evaluation_id)


def _calibrating(request: TenantRequest, seat: Any) -> HttpResponse:
    """The same of a calibration set, whose calls stay shut until all are reviewed."""
    slug = request.membership.tenant.slug
    messages.info(
        request,
        _("The call is of a calibration set: its page opens when you have reviewed all of them."),
    )
    if seat.is_done:
        return redirect("task-list", slug)
    return redirect("call-review", slug, seat.evaluation.transcript_id, seat.evaluation_id)


@never_cache
@require_POST
@needs(Action.REVEAL)
def call_reveal(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    """The call with its personal data, for a minute; the audit row is committed before."""
    row = access.get_transcript_for(request.membership, transcript_id)
    reason = request.POST.get("reason", "")
    check_not_blind(request, transcript_id, "Revealing is refused")
    reveal.reveal(row=row, reason=reason, by=request.user, now=timezone.now())
    page = call.page(request.membership, transcript_id, is_revealed=True)
    answer = _shown(request, page, call_place.asked(QueryDict()))
    address = reverse("call-detail", args=[slug, transcript_id])
    answer["Refresh"] = f"{REVEALED_S}; url={address}"  # masked again, also without JavaScript
    return answer


def check_not_blind(request: TenantRequest, transcript_id: UUID, what: str) -> None:
    """Raises NotPossible where the member is to review the call without seeing more of it."""
    member = request.membership
    if review_tasks.blind_task(member, transcript_id) or calibration.blind_call(
        member, transcript_id
    ):
        raise NotPossible(
            what,
            "a call that you review without seeing what others said",
            "Finish your review first; its page opens then.",
        )


@never_cache
@require_safe
@needs(Action.SEE_CALLS)
def call_captions(
    request: TenantRequest, slug: str, transcript_id: UUID, form: captions.Form
) -> HttpResponse:
    """A file of captions, personal data masked."""
    row = access.get_transcript_for(request.membership, transcript_id)
    kind = f"{captions.CONTENT_TYPES[form]}; charset=utf-8"
    answer = HttpResponse(captions.write(row, form), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="call.{form}"'
    return answer


@require_POST
@needs(Action.DECIDE)
def call_roles(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    """Who is who, as the reviewer says it; the call is evaluated anew."""
    row = access.get_transcript_for(request.membership, transcript_id)
    form = forms.Roles(request.POST)
    if not form.is_valid():
        raise roles.RolesRefused(
            "The roles are refused", "a form that this page did not make", "Load the page again."
        )
    roles.assign(
        transcript_id=row.pk,
        revision=form.cleaned_data["revision"],
        roles=form.roles(),
        by=request.user,
        now=timezone.now(),
        then=tasks.THEN,
    )
    messages.success(request, _("Kept. The call is evaluated anew with these roles."))
    return redirect("call-detail", slug, transcript_id)


def _shown(request: TenantRequest, page: call.CallPage, asked: Asked) -> HttpResponse:
    here = -1 if asked.at_ms is None else stops.line_at(page.lines, asked.at_ms)
    here = here if asked.line is None else asked.line
    context = {
        "page": page,
        "asked": asked,
        "missed": missed_form.form(page, here, asked.span),
        "findings": stops.findings(page, rule=asked.rule, stop=asked.stop),
        "found": stops.found(page, text=asked.find, hit=asked.hit) if asked.phrase else None,
        "here": here,
        "unclear": sum(len(line.unclear) // 2 for line in page.lines),
        "unclear_below": call.UNCLEAR,
        "track": track.draw(page),
        "audio": recordings.recordings(page),
        "reasons": reasons(request.membership.tenant_id),
        "dismissing": asked_finding(request, "dismiss"),
        "more": asked_finding(request, "more"),
        "days": suppress.DAYS,
        "reveal_reasons": reveal.REASONS,
        "roles": SpeakerRole.choices,
    }
    return render(request, "call/detail.html", context)
