"""Sets of calls that several review apart: made, followed, closed, and what came of them."""

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
from reviews.models import Evaluation
from reviews.policies import Action
from reviews.queries import calibration, calibration_results, rubrics, sampling
from reviews.reviewing import calibrate
from reviews.web.requests import TenantRequest, needs

UNPROCESSABLE = 422
_CHECKS = forms.CheckboxSelectMultiple


class SetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    due = forms.DateField(label=gettext_lazy("Due"), widget=forms.DateInput(attrs={"type": "date"}))
    alpha_at_least = forms.FloatField(
        label=gettext_lazy("A rule is ambiguous under an alpha of"),
        min_value=0,
        max_value=1,
        help_text=gettext_lazy("1 is perfect agreement, 0 is what chance alone would give."),
    )
    seats = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Reviewers"), coerce=UUID, widget=_CHECKS
    )
    calls = forms.TypedMultipleChoiceField(label=gettext_lazy("Calls"), coerce=UUID, widget=_CHECKS)

    def __init__(self, *given: Any, request: TenantRequest, rubric_id: UUID, **named: Any) -> None:
        super().__init__(*given, **named)
        fields: dict[str, Any] = self.fields
        people = sampling.members_who_review(request.membership.tenant_id)
        fields["seats"].choices = [
            (str(each.pk), each.user.name or each.user.email) for each in people
        ]
        found = calibration.candidates(request.membership, rubric_id)
        fields["calls"].choices = [(str(each.pk), _call_name(each)) for each in found]

    def wanted(self) -> calibrate.Wanted:
        """Of a valid form."""
        return calibrate.Wanted(**self.cleaned_data)


def _call_name(row: Evaluation) -> str:
    at = timezone.localtime(row.transcript.call_at or row.transcript.received_at)
    return f"{dated(at, 'j M Y H:i')} · {row.transcript.external_id}"


@never_cache
@require_safe
@needs(Action.MANAGE_CALIBRATION)
def calibration_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = calibration.listed(request.membership, timezone.localdate())
    context = {"rows": rows, "rubrics": rubrics.named(request.membership)}
    return render(request, "calibration/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_CALIBRATION)
def calibration_new(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    rubric = access.get_rubric_for(request.membership, rubric_id)
    sent = request.POST if request.method == "POST" else None
    form = SetForm(sent, request=request, rubric_id=rubric_id, initial={"alpha_at_least": 0.6})
    if form.is_bound and form.is_valid():
        try:
            row = calibrate.make(
                membership=request.membership, wanted=form.wanted(), now=timezone.now()
            )
            messages.success(request, _("The set is made. Its reviewers find it under Reviews."))
            return redirect("calibration-detail", slug, row.pk)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "rubric": rubric}
    return render(request, "calibration/new.html", context, status=status)


@never_cache
@require_safe
@needs(Action.REVIEW_CALLS)
def calibration_detail(request: TenantRequest, slug: str, set_id: UUID) -> HttpResponse:
    """How far it is; of a closed one the results, with `rule` answer by answer."""
    row = access.get_calibration_set_for(request.membership, set_id)
    context = {
        "progress": calibration.progress(row, timezone.localdate()),
        "row": row,
        "results": calibration_results.of(row, request.GET.get("rule", ""))
        if row.closed_at
        else None,
    }
    return render(request, "calibration/detail.html", context)


@require_POST
@needs(Action.MANAGE_CALIBRATION)
def calibration_close(request: TenantRequest, slug: str, set_id: UUID) -> HttpResponse:
    row = access.get_calibration_set_for(request.membership, set_id)
    calibrate.close(calibration=row, by=request.membership, now=timezone.now())
    messages.success(request, _("Closed. Its reviewers see the results, too."))
    return redirect("calibration-detail", slug, set_id)
