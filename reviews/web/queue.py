"""The queue, and the verdicts that are given on it and on a call's page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.models import Standing, Verdict
from reviews.policies import Action
from reviews.queries import choices, queue
from reviews.reviewing import decide
from reviews.web import forms
from reviews.web.requests import TenantRequest, dismissing, needs, next_address

TABS = (Standing.OPEN, Standing.ESCALATED, Standing.UPHELD, Standing.DISMISSED)


@never_cache
@require_safe
@needs(Action.SEE_QUEUE)
def queue_list(request: TenantRequest, slug: str) -> HttpResponse:
    offered = choices.choices(request.membership)
    form = forms.QueueFilter(request.GET, rules=offered.rules, agents=offered.agents)
    if not form.is_valid():
        raise queue.FilterRefused(
            "The queue is refused",
            ", ".join(f"no such {name}" for name in form.errors),
            "Choose from the lists above the queue.",
        )
    filters = form.filters()
    page = queue.page(request.membership, filters)
    context = {
        "page": page,
        "filters": filters,
        "form": form,
        "tabs": _tabs(offered.counts, request),
        "reasons": decide.REASONS,
        "dismissing": dismissing(request),
        "next_url": _address(request, after=page.next) if page.next else "",
        "queue_count": offered.counts.get(Standing.OPEN, 0),
    }
    return render(request, "queue/list.html", context)


def _tabs(counts: Mapping[str, int], request: TenantRequest) -> tuple[tuple[Any, ...], ...]:
    """Standing, label, count, whether it is capped, address."""
    return tuple(
        (
            standing.value,
            standing.label,
            counts.get(standing, 0),
            counts.get(standing, 0) >= choices.COUNT_AT_MOST,
            _address(request, standing=standing.value, after=""),
        )
        for standing in TABS
    )


def _address(request: TenantRequest, **changed: str) -> str:
    given = request.GET.dict() | changed
    return f"?{urlencode({name: value for name, value in given.items() if value})}"


@require_POST
@needs(Action.DECIDE)
def finding_decide(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    finding = access.get_finding_for(request.membership, finding_id)
    form = forms.Verdicts(request.POST)
    if not form.is_valid():
        raise decide.ReasonRefused(
            "The verdict was not saved",
            ", ".join(f"{name} as sent" for name in form.errors),
            "Send it from the finding's own page.",
        )
    decision = form.decision()
    review = decide.decide(finding=finding, decision=decision, by=request.user, now=timezone.now())
    is_undo = decision.verdict is Verdict.REOPENED
    tags = "" if is_undo else f"undo {finding.pk} {review.sequence}"
    messages.success(request, _SAID[decision.verdict](), extra_tags=tags)
    back = next_address(request, form.cleaned_data["next"])
    return HttpResponseRedirect(back if form.cleaned_data["next"] else _queue(slug))


def _queue(slug: str) -> str:
    return reverse("queue-list", args=[slug])


_SAID = {
    Verdict.UPHELD: lambda: _("Confirmed."),
    Verdict.DISMISSED: lambda: _("Dismissed."),
    Verdict.ESCALATED: lambda: _("Escalated."),
    Verdict.REOPENED: lambda: _("Open again."),
}
