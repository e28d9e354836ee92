"""Forwarding rules: made, tried on what was found, turned on, watched and taken away."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access, policies
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.errors import Refused
from reviews.export import forwards as keeping
from reviews.models import (
    CrmConnection,
    Forward,
    ForwardWay,
    Hook,
    HookState,
    Membership,
    Trigger,
)
from reviews.policies import Action, NotPossible
from reviews.queries import forwards
from reviews.queries.queue_query import FilterRefused
from reviews.queries.webhooks import Shown
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, asked_finding, needs

LONGEST_LIST = 20_000
HOURS = [("", gettext_lazy("at once")), *((str(hour), f"{hour:02}:00") for hour in range(24))]


class ForwardForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=keeping.NAME_AT_MOST)
    trigger = forms.ChoiceField(label=gettext_lazy("When"), choices=Trigger.choices)
    least_severity = forms.ChoiceField(
        label=gettext_lazy("Severity at least"),
        choices=[("", gettext_lazy("any")), *((each.value, each.value) for each in GRAVEST_FIRST)],
        required=False,
    )
    rules = forms.CharField(
        label=gettext_lazy("Rules"),
        help_text=gettext_lazy("Their codes, one a line. None: any."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_LIST,
        required=False,
    )
    score_below = forms.FloatField(
        label=gettext_lazy("Score of the evaluation below"), min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    agents = forms.CharField(
        label=gettext_lazy("Agents"),
        help_text=gettext_lazy("Their ids in the telephone system or CRM, one a line. None: any."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_LIST,
        required=False,
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Sources"), widget=forms.CheckboxSelectMultiple, required=False
    )
    first_in_days = forms.IntegerField(
        label=gettext_lazy("Only the first in so many days"),
        help_text=gettext_lazy(
            "Of the same rule and agent; where a call has no agent, of the same rule."
        ),
        min_value=1,
        max_value=keeping.DAYS_AT_MOST,
        required=False,
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How"), choices=ForwardWay.choices, widget=forms.RadioSelect
    )
    address = forms.CharField(
        label=gettext_lazy("Address of Slack's incoming webhook"),
        max_length=keeping.ADDRESS_AT_MOST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
    )
    has_quote = forms.BooleanField(
        label=gettext_lazy("Send the words, masked, and the agent's name along"), required=False
    )
    mail_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Everybody in these roles"),
        choices=[(role.value, role.label) for role in keeping.MAILED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    mail_to = forms.CharField(
        label=gettext_lazy("And these members"),
        help_text=gettext_lazy("Their addresses, one a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_LIST,
        required=False,
    )
    mail_hour = forms.TypedChoiceField(
        label=gettext_lazy("Mailed"),
        choices=HOURS,
        coerce=int,
        empty_value=None,
        required=False,
    )
    mail_minutes = forms.IntegerField(
        label=gettext_lazy("At most one mail in so many minutes"),
        min_value=1,
        max_value=keeping.MINUTES_AT_MOST,
        required=False,
    )

    hook = forms.ChoiceField(label=gettext_lazy("Webhook"), required=False)
    crm = forms.ChoiceField(label=gettext_lazy("CRM connection"), required=False)

    def __init__(self, data: Any, *, by: Membership, row: Forward | None) -> None:
        super().__init__(data, initial=_initial(row) if row else {"mail_minutes": 60})
        choices = {
            "sources": forwards.sources(by.tenant_id),
            "hook": _chosen(_hook, forwards.hooks(by.tenant_id)),
            "crm": _chosen(_crm, forwards.connections(by.tenant_id)),
        }
        for name, given in choices.items():
            field: Any = self.fields[name]
            field.choices = given
        self.fields["crm"].disabled = not policies.can(by.role, Action.MANAGE_CRM)
        if not policies.can(by.role, Action.MANAGE_TENANT):
            self.fields["has_quote"].disabled = True
            self.initial["has_quote"] = False

    def wanted(self) -> keeping.Wanted:
        """Of a valid form."""
        given = dict(self.cleaned_data)
        for name in ("rules", "agents", "mail_to"):
            given[name] = lines(given[name])
        given["sources"] = [UUID(each) for each in given["sources"]]
        given["trigger"], given["way"] = Trigger(given["trigger"]), ForwardWay(given["way"])
        given["mail_minutes"] = given["mail_minutes"] or 60
        for name in ("hook", "crm"):
            given[name] = UUID(given[name]) if given[name] else None
        return keeping.Wanted(**given)


def _chosen(name: Callable[[Any], str], rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [("", "–"), *((str(row.pk), name(row)) for row in rows)]


def _hook(row: Hook) -> str:
    is_off = row.state == HookState.OFF
    return _("%(name)s (it is off)") % {"name": row.name} if is_off else row.name


def _crm(row: CrmConnection) -> str:
    if row.only_forwarded:
        return row.name
    return _("%(name)s (writes all anyway)") % {"name": row.name}


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _initial(row: Forward) -> dict[str, Any]:
    names = (
        "name", "trigger", "least_severity", "score_below", "first_in_days", "way", "has_quote",
        "mail_roles", "mail_hour", "mail_minutes",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "rules": "\n".join(row.rules),
        "agents": "\n".join(forwards.agents_of(row)),
        "sources": [str(each) for each in row.sources],
        "mail_to": "\n".join(forwards.people_of(row)),
        "hook": str(row.hook_id or ""),
        "crm": str(row.crm_id or ""),
    }


@never_cache
@require_safe
@needs(Action.MANAGE_HOOKS)
def forward_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = list(forwards.rows(request.membership.tenant_id))
    return render(request, "forward/list.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_HOOKS)
def forward_new(request: TenantRequest, slug: str) -> HttpResponse:
    return _formed(request, slug, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_HOOKS)
def forward_edit(request: TenantRequest, slug: str, forward_id: UUID) -> HttpResponse:
    return _formed(request, slug, access.get_forward_for(request.membership, forward_id))


def _formed(request: TenantRequest, slug: str, row: Forward | None) -> HttpResponse:
    by = request.membership
    form = ForwardForm(request.POST if request.method == "POST" else None, by=by, row=row)
    if form.is_valid():
        try:
            kept = _keep(by, row, form.wanted())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept. See below what it would have sent."))
            return redirect("forward-detail", slug, kept.pk)
    context = {"form": form, "row": row, "has_mail": settings.HAS_MAIL, "zone": settings.TIME_ZONE}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "forward/form.html", context, status=status)


def _keep(by: Membership, row: Forward | None, wanted: keeping.Wanted) -> Forward:
    if row is None:
        return keeping.create(by=by, wanted=wanted, now=timezone.now())
    keeping.change(row, by=by, wanted=wanted, now=timezone.now())
    return row


@never_cache
@require_safe
@needs(Action.MANAGE_HOOKS)
def forward_detail(request: TenantRequest, slug: str, forward_id: UUID) -> HttpResponse:
    """Its conditions, what it would have sent, and its log."""
    row = access.get_forward_for(request.membership, forward_id)
    shown = request.GET.get("state", "")
    if shown not in Shown.values:
        raise FilterRefused(
            "The log is refused", "no such state", "Choose one of those above the log."
        )
    page = forwards.log(row, shown=Shown(shown), after=asked_finding(request, "after"))
    names = dict(forwards.sources(row.tenant_id))
    context = {
        "row": forwards.rows(row.tenant_id).get(pk=row.pk),
        "sources": [names[str(each)] for each in row.sources if str(each) in names],
        "agents": forwards.agents_of(row),
        "people": forwards.people_of(row),
        "roles": [label for role, label in _roles() if role in row.mail_roles],
        "is_aimless": keeping.is_aimless(row),
        "trial": forwards.trial(row),
        "page": page.rows,
        "shown": Shown(shown),
        "tabs": Shown.choices,
        "next_url": f"?{urlencode({'state': shown, 'after': page.next})}" if page.next else "",
        "zone": settings.TIME_ZONE,
    }
    return render(request, "forward/detail.html", context)


def _roles() -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in keeping.MAILED]


@require_POST
@needs(Action.MANAGE_HOOKS)
def forward_change(request: TenantRequest, slug: str, forward_id: UUID) -> HttpResponse:
    """One of `on`, `off`, `test` and `delete`."""
    row = access.get_forward_for(request.membership, forward_id)
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise NotPossible("The act is refused", "none of this page", "Use one of its buttons.")
    act, said = _ACTS[name]
    act(row, by=request.user, now=timezone.now())
    messages.success(request, said)
    return redirect("forward-list", slug) if name == "delete" else _back(slug, row)


_ACTS = {
    "on": (keeping.switch_on, gettext_lazy("On. What is found from now on is sent.")),
    "off": (keeping.switch_off, gettext_lazy("Off. It sends nothing.")),
    "test": (keeping.test, gettext_lazy("A test is on its way; its row is in the log.")),
    "delete": (keeping.delete, gettext_lazy("Deleted, with its log.")),
}


@require_POST
@needs(Action.MANAGE_HOOKS)
def forward_again(request: TenantRequest, slug: str, forwarded_id: UUID) -> HttpResponse:
    sent = access.get_forwarded_for(request.membership, forwarded_id)
    keeping.send_again(sent, by=request.user, now=timezone.now())
    messages.success(request, _("It is sent again."))
    return _back(slug, sent.forward)


def _back(slug: str, row: Forward) -> HttpResponse:
    return HttpResponseRedirect(reverse("forward-detail", args=[slug, row.pk]))
