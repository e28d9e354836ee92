"""Coaching: what an agent could learn, bundled by a lead, read by the agent."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateformat import format as dated
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.models import QueueItem
from reviews.policies import Action
from reviews.queries import coaching
from reviews.reviewing import coach
from reviews.reviewing.decide import NOTE_AT_MOST
from reviews.templatetags.evidence import offset
from reviews.web.requests import TenantRequest, needs

UNPROCESSABLE = 422


class CoachingForm(forms.Form):
    moments = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Moments"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the agent"),
        max_length=NOTE_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    due = forms.DateField(
        label=gettext_lazy("To be read until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *given: Any, items: list[QueueItem], **named: Any) -> None:
        super().__init__(*given, **named)
        fields: dict[str, Any] = self.fields
        fields["moments"].choices = [(str(each.finding_id), _moment(each)) for each in items]


def _moment(item: QueueItem) -> str:
    at = timezone.localtime(item.transcript.call_at or item.transcript.received_at)
    name = f"{dated(at, 'j M Y H:i')} · {item.transcript.external_id}"
    start = item.finding.start_ms
    return name if start is None else f"{name} · {offset(start)}"


@never_cache
@require_safe
@needs(Action.COACH)
def coaching_list(request: TenantRequest, slug: str) -> HttpResponse:
    context = {
        "rows": coaching.listed(request.membership, timezone.localdate()),
        "topics": coaching.topics(request.membership),
    }
    return render(request, "coaching/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.COACH)
def coaching_new(
    request: TenantRequest, slug: str, agent_id: UUID, rubric_id: UUID
) -> HttpResponse:
    """Of the rule `rule`."""
    member = request.membership
    agent = access.get_agent_for(member, agent_id)
    rubric = access.get_rubric_for(member, rubric_id)
    rule = request.GET.get("rule", "")
    items = list(coaching.coachable(member, agent, rubric, rule)[: coaching.AT_MOST])
    form = CoachingForm(request.POST if request.method == "POST" else None, items=items)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data
        wanted = coach.Wanted(agent, rubric, rule, seen["moments"], seen["note"], seen["due"])
        try:
            row = coach.give(wanted=wanted, by=member, now=timezone.now())
            messages.success(request, _("Given. The agent sees it when its calls are released."))
            return redirect("coaching-detail", slug, row.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "moments": list(zip(form["moments"], items, strict=True)),
        "agent": coaching.agent_name(agent),
        "title": coaching.title_of(rubric.pk, rule),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "coaching/new.html", context, status=status)


@never_cache
@require_safe
@needs(Action.COACH)
def coaching_detail(request: TenantRequest, slug: str, coaching_id: UUID) -> HttpResponse:
    row = access.get_coaching_for(request.membership, coaching_id)
    context = {
        "each": coaching.one(row, timezone.localdate()),
        "change": coaching.change(row, timezone.now()),
        "days": coaching.SIDE.days,
    }
    return render(request, "coaching/detail.html", context)


@require_POST
@needs(Action.SEE_OWN)
def coaching_acknowledge(request: TenantRequest, slug: str, coaching_id: UUID) -> HttpResponse:
    row = access.get_coaching_for(request.membership, coaching_id)
    coach.acknowledge(coaching=row, by=request.user, now=timezone.now())
    messages.success(request, _("Thank you. Your lead sees that you have read it."))
    return redirect("own-list", slug)
