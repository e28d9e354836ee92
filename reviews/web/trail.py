"""The audit trail: read by person, kind of act and date, as a page and as a table."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.models import AuditEvent
from reviews.policies import Action
from reviews.queries import trail
from reviews.queries.queue_query import FilterRefused
from reviews.web import csv_table
from reviews.web.requests import TenantRequest, needs

LINKS = {"source": "source-detail", "rubric": "rubric-detail", "transcript": "call-detail"}
"""Kind of target → its page, where it has one of its own."""
_DAY = forms.DateInput(attrs={"type": "date"})


class TrailFilter(forms.Form):
    by = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=_DAY)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=_DAY)
    after = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, people: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, use_required_attribute=False)
        fields: dict[str, Any] = self.fields
        fields["by"].choices = [("", _("Anybody")), *people]
        fields["group"].choices = [("", _("Anything")), *trail.Group.choices]

    def filters(self) -> trail.Filters:
        """Of a valid form."""
        seen = self.cleaned_data
        return trail.Filters(
            by=UUID(seen["by"]) if seen["by"] else None,
            group=seen["group"],
            since=seen["since"],
            until=seen["until"],
            after=seen["after"] or 0,
        )


@never_cache
@require_safe
@needs(Action.SEE_AUDIT)
def audit_list(request: TenantRequest, slug: str) -> HttpResponse:
    """With `chain`, every row's hash is checked, else those of the newest."""
    form, filters = _asked(request)
    tenant_id = request.membership.tenant_id
    newest = None if "chain" in request.GET else trail.CHECKED
    page = trail.page(tenant_id, filters)
    context = {
        "form": form,
        "is_filtered": bool(form.changed_data),
        "rows": [(row, trail.who(row), trail.detail(row)) for row in page.rows],
        "next": page.next,
        "chain": trail.chain(tenant_id, newest=newest),
        "links": LINKS,
        "most": trail.TABLE_AT_MOST,
    }
    return render(request, "audit/list.html", context)


@never_cache
@require_safe
@needs(Action.SEE_AUDIT)
def audit_table(request: TenantRequest, slug: str) -> HttpResponse:
    """The rows that the filters leave, the newest first, as CSV."""
    _form, filters = _asked(request)
    rows = trail.filtered(request.membership.tenant_id, filters)[: trail.TABLE_AT_MOST]
    return csv_table.answer(f"audit-{slug}.csv", _table(rows))


def _table(rows: Sequence[AuditEvent] | Any) -> Iterator[Sequence[object]]:
    yield ("number", "time", "who", "did", "to", "id", "detail", "sha256")
    for row in rows:
        yield (
            *(row.sequence, row.at.isoformat(), trail.who(row), row.event),
            *(row.target_kind, row.target_id, trail.detail(row), bytes(row.sha256).hex()),
        )


def _asked(request: TenantRequest) -> tuple[TrailFilter, trail.Filters]:
    """Raises FilterRefused where a filter is none that the page offers."""
    form = TrailFilter(request.GET, people=trail.people(request.membership))
    if not form.is_valid():
        raise FilterRefused(
            "The audit trail is refused",
            ", ".join(f"{name} as sent" for name in form.errors),
            "Choose from the lists above it, and dates as year-month-day.",
        )
    return form, form.filters()
