"""Plans of which calls are reviewed whole: made, drawn, given out."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.models import Draw, SamplingPlan, Stratum, Way
from reviews.policies import Action, NotPossible
from reviews.queries import review_tasks, rubrics
from reviews.queries import sampling as read
from reviews.reviewing import sampling
from reviews.web.requests import TenantRequest, needs

UNPROCESSABLE = 422
_MOST = 10_000
_CHECKS = forms.CheckboxSelectMultiple


class PlanForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    rubric = forms.ChoiceField(label=gettext_lazy("Rubric that the calls are reviewed by"))
    share = forms.FloatField(
        label=gettext_lazy("Share of a week's calls, %"),
        min_value=0.01,
        max_value=100,
        required=False,
        help_text=gettext_lazy("This, or so many of each agent."),
    )
    per_agent = forms.IntegerField(
        label=gettext_lazy("Calls of each agent a week"),
        min_value=1,
        max_value=_MOST,
        required=False,
        help_text=gettext_lazy("Calls whose agent is not known are left out."),
    )
    stratum = forms.ChoiceField(
        label=gettext_lazy("Told apart by"),
        choices=Stratum.choices,
        help_text=gettext_lazy(
            "Kinds of calls take turns, so that the rare ones are seen, too. Only a share of the "
            "calls without this says how much of all is found."
        ),
    )
    way = forms.ChoiceField(label=gettext_lazy("Given out"), choices=Way.choices)
    reviewers = forms.MultipleChoiceField(
        label=gettext_lazy("Reviewers"),
        required=False,
        widget=_CHECKS,
        help_text=gettext_lazy("None chosen: every reviewer and lead."),
    )
    quota = forms.IntegerField(
        label=gettext_lazy("Reviews of one reviewer a week, at most"),
        min_value=1,
        max_value=_MOST,
        required=False,
    )
    double_share = forms.FloatField(
        label=gettext_lazy("Share that two review, neither seeing the other's answers, %"),
        min_value=0,
        max_value=100,
        required=False,
    )
    due_days = forms.IntegerField(
        label=gettext_lazy("Days until a review is due"), min_value=1, max_value=365
    )
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        max_length=40,
        help_text=gettext_lazy("The same seed and calls give the same draw."),
    )
    is_weekly = forms.BooleanField(
        label=gettext_lazy("Drawn each Monday of the week before"), required=False
    )

    def __init__(self, *given: Any, request: TenantRequest, **named: Any) -> None:
        super().__init__(*given, **named)
        fields: dict[str, Any] = self.fields
        fields["rubric"].choices = [
            (str(pk), name) for pk, name in rubrics.named(request.membership)
        ]
        people = read.members_who_review(request.membership.tenant_id)
        fields["reviewers"].choices = [
            (str(each.user_id), each.user.name or each.user.email) for each in people
        ]

    def clean(self) -> dict[str, Any]:
        seen = super().clean() or {}
        if bool(seen.get("share")) is bool(seen.get("per_agent")) and not self.errors:
            self.add_error("share", _("Write a share, or calls of each agent; one of the two."))
        return seen

    def wanted(self, request: TenantRequest) -> sampling.Wanted:
        """Of a valid form."""
        seen = self.cleaned_data
        own = {
            "rubric": access.get_rubric_for(request.membership, UUID(seen["rubric"])),
            "reviewers": [UUID(each) for each in seen["reviewers"]],
            "double_share": seen["double_share"] or 0,
            "stratum": Stratum(seen["stratum"]),
            "way": Way(seen["way"]),
        }
        return sampling.Wanted(**{**seen, **own})


@never_cache
@require_safe
@needs(Action.MANAGE_SAMPLING)
def sampling_list(request: TenantRequest, slug: str) -> HttpResponse:
    plans = review_tasks.plans(request.membership, timezone.now())
    return render(request, "sampling/list.html", {"plans": plans})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_SAMPLING)
def plan_new(request: TenantRequest, slug: str) -> HttpResponse:
    first = {
        "share": 2, "due_days": 7, "double_share": 0, "is_weekly": True,
        "seed": f"{timezone.now():%G-W%V}",
    }  # fmt: skip
    return _changed(request, None, first)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_SAMPLING)
def plan_change(request: TenantRequest, slug: str, plan_id: UUID) -> HttpResponse:
    plan = access.get_sampling_plan_for(request.membership, plan_id)
    now = {name: getattr(plan, name) for name in PlanForm.base_fields}
    own = {"rubric": str(plan.rubric_id), "reviewers": [str(each) for each in plan.reviewers]}
    return _changed(request, plan, now | own)


def _changed(
    request: TenantRequest, plan: SamplingPlan | None, initial: dict[str, Any]
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = PlanForm(sent, request=request, initial=initial)
    member = request.membership
    if form.is_bound and form.is_valid():
        try:
            row = sampling.save_plan(
                plan=plan,
                tenant_id=member.tenant_id,
                wanted=form.wanted(request),
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The plan is saved. What it drew before stays."))
            return redirect("plan-detail", member.tenant.slug, row.pk)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    has_rubrics = bool(rubrics.named(member))
    context = {"form": form, "plan": plan, "has_rubrics": has_rubrics}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "sampling/change.html", context, status=status)


@never_cache
@require_safe
@needs(Action.MANAGE_SAMPLING)
def plan_detail(request: TenantRequest, slug: str, plan_id: UUID) -> HttpResponse:
    plan = access.get_sampling_plan_for(request.membership, plan_id)
    now = timezone.now()
    draws = review_tasks.draws_of(request.membership, plan, now)
    drawn = {each.row.week for each in draws}
    context = {
        "plan": plan,
        "draws": draws,
        "weeks": [week for week in read.ended_weeks(now) if week not in drawn],
        "people": read.reviewers_of(plan),
        "next_at": sampling.next_monday(now) if plan.is_weekly else None,
    }
    return render(request, "sampling/detail.html", context)


@require_POST
@needs(Action.MANAGE_SAMPLING)
def plan_draw(request: TenantRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """Draw the week that the form names by its Monday."""
    plan = access.get_sampling_plan_for(request.membership, plan_id)
    try:
        week = date.fromisoformat(request.POST.get("week", ""))
    except ValueError:
        raise NotPossible(
            "The draw is refused", "no week that the page offers", "Load the page again."
        ) from None
    draw = sampling.draw(plan=plan, week=week, by=request.user, now=timezone.now())
    return redirect("draw-detail", slug, plan_id, draw.pk)


@never_cache
@require_safe
@needs(Action.MANAGE_SAMPLING)
def draw_detail(request: TenantRequest, slug: str, plan_id: UUID, draw_id: UUID) -> HttpResponse:
    draw = _draw(request, plan_id, draw_id)
    people = read.members_who_review(draw.tenant_id)
    context = {
        "draw": review_tasks.draw_row(draw, timezone.now()),
        "plan": draw.plan,
        "stratum": Stratum(draw.terms["stratum"]).label,
        "calls": review_tasks.drawn_calls(request.membership, draw),
        "people": [(each.user_id, each.user.name or each.user.email) for each in people],
        "reasons": sampling.REASONS,
        "now": timezone.now(),
    }
    return render(request, "sampling/draw.html", context)


@require_POST
@needs(Action.MANAGE_SAMPLING)
def draw_assign(request: TenantRequest, slug: str, plan_id: UUID, draw_id: UUID) -> HttpResponse:
    draw = _draw(request, plan_id, draw_id)
    given = sampling.assign(draw=draw, by=request.user, now=timezone.now())
    text = ngettext("%(n)d review was given out.", "%(n)d reviews were given out.", given)
    messages.success(request, text % {"n": given})
    return redirect("draw-detail", slug, plan_id, draw_id)


def _draw(request: TenantRequest, plan_id: UUID, draw_id: UUID) -> Draw:
    """Raises Http404 where it is none of the plan's."""
    draw = access.get_draw_for(request.membership, draw_id)
    if draw.plan_id != plan_id:
        raise Http404
    return draw
