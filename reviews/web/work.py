"""How the tenant's reviewers work: hours, terms by severity, reasons for dismissals."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.detection.rubric import GRAVEST_FIRST
from reviews.policies import Action
from reviews.queries import due
from reviews.queries.reasons import AT_MOST, reasons
from reviews.reviewing import working
from reviews.web.requests import TenantRequest, needs, without_nul

DAYS = (
    (1, gettext_lazy("Monday")), (2, gettext_lazy("Tuesday")), (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")), (5, gettext_lazy("Friday")), (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
)  # fmt: skip


class HoursForm(forms.Form):
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of work"), choices=DAYS, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    opens = forms.TimeField(label=gettext_lazy("Work begins"))
    closes = forms.TimeField(label=gettext_lazy("Work ends"))
    days_off = forms.CharField(
        label=gettext_lazy("Days off"), required=False, max_length=4000, widget=forms.Textarea,
        help_text=gettext_lazy("One date a line, such as 2026-12-25."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        for severity in GRAVEST_FIRST:
            fields[f"due_{severity}"] = forms.IntegerField(
                label=_("%(severity)s: due in working hours") % {"severity": severity.title()},
                min_value=1, max_value=1000, required=False,
            )  # fmt: skip

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("No such zone. Write one such as America/Chicago."))
        return zone

    def clean_days_off(self) -> frozenset[date]:
        lines = self.cleaned_data["days_off"].split()
        try:
            return frozenset(date.fromisoformat(line) for line in lines[:400])
        except ValueError:
            raise forms.ValidationError(_("A line is no date. Write it as 2026-12-25.")) from None

    def hours(self) -> due.Hours:
        """Of a valid form."""
        seen = self.cleaned_data
        terms = {each: seen[f"due_{each}"] for each in GRAVEST_FIRST}
        return due.Hours(
            zone=seen["zone"],
            weekdays=frozenset(seen["weekdays"]),
            opens_min=seen["opens"].hour * 60 + seen["opens"].minute,
            closes_min=seen["closes"].hour * 60 + seen["closes"].minute or 24 * 60,
            days_off=seen["days_off"],
            due={str(severity): hours for severity, hours in terms.items() if hours},
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_WORK)
def work_change(request: TenantRequest, slug: str) -> HttpResponse:
    is_hours = request.method == "POST" and "zone" in request.POST
    own = request.membership.tenant_id
    form = HoursForm(request.POST) if is_hours else HoursForm(initial=_initial(due.hours(own)))
    if is_hours and form.is_valid():
        working.keep_hours(
            tenant=request.membership.tenant, hours=form.hours(), by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Saved. It holds for what is found from now on."))
        return redirect("work-change", slug)
    if request.method == "POST" and not is_hours:
        return _keep_reasons(request, slug)
    rows = [*reasons(own).items()]
    context = {
        "form": form,
        "rows": rows + [("", "")] * (AT_MOST - len(rows)),
    }
    return render(request, "work/change.html", context, status=422 if is_hours else 200)


def _keep_reasons(request: TenantRequest, slug: str) -> HttpResponse:
    codes, labels = request.POST.getlist("code"), request.POST.getlist("label")
    pairs = [
        (code[:50], without_nul(label).strip()[:100])
        for code, label in zip(codes, labels, strict=False)
        if without_nul(label).strip()
    ]
    working.keep_reasons(
        tenant=request.membership.tenant, labels=pairs, by=request.user, now=timezone.now()
    )
    messages.success(request, _("Saved. Old verdicts keep the reasons they have."))
    return redirect("work-change", slug)


def _initial(shown: due.Hours) -> dict[str, Any]:
    return {
        "zone": shown.zone,
        "weekdays": sorted(shown.weekdays),
        "opens": _clock(shown.opens_min),
        "closes": _clock(shown.closes_min),
        "days_off": "\n".join(day.isoformat() for day in sorted(shown.days_off)),
        **{f"due_{severity}": hours for severity, hours in shown.due.items()},
    }


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
