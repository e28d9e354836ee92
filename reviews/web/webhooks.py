"""Outgoing webhooks: made, watched, tried and taken away by whoever connects other programs."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access, outbox
from reviews.detection.rubric import GRAVEST_FIRST
from reviews.errors import Refused
from reviews.export import hooks
from reviews.models import Hook, HookOrigin
from reviews.policies import Action, NotPossible
from reviews.queries import forwards, webhooks
from reviews.queries.queue_query import FilterRefused
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.forwards import LONGEST_LIST, lines
from reviews.web.requests import TenantRequest, asked_finding, needs
from reviews.web.shown_once import mark_of

EVENTS = [(kind.value, kind.label) for kind in hooks.SUBSCRIBABLE]


class ToldForm(forms.Form):
    """What a webhook is told."""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=EVENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

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
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Sources"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any, *, tenant_id: UUID, hook: Hook | None = None) -> None:
        super().__init__(data, initial=_told(hook) if hook else None)
        sources: Any = self.fields["sources"]
        sources.choices = forwards.sources(tenant_id)

    def filters(self) -> hooks.Filters:
        """Of a valid form."""
        given = self.cleaned_data
        sources = [UUID(each) for each in given["sources"]]
        return hooks.Filters(given["least_severity"], lines(given["rules"]), sources)


def _told(hook: Hook) -> dict[str, Any]:
    return {
        "events": hook.events,
        "least_severity": hook.least_severity,
        "rules": "\n".join(hook.rules),
        "sources": [str(each) for each in hook.sources],
    }


class HookForm(ToldForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=hooks.NAME_AT_MOST)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=hooks.URL_AT_MOST,
        help_text=gettext_lazy(
            "https://… of the receiver. One in your own network is opened by who runs the "
            "installation."
        ),
        widget=forms.URLInput,
    )

    def wanted(self) -> hooks.Wanted:
        """Of a valid form."""
        given = self.cleaned_data
        return hooks.Wanted(given["name"], given["url"], given["events"], self.filters())


@never_cache
@require_safe
@needs(Action.MANAGE_HOOKS)
def webhook_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = list(webhooks.rows(request.membership.tenant_id))
    return render(request, "webhook/list.html", {"rows": rows, "kinds": len(EVENTS)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_HOOKS)
def webhook_new(request: TenantRequest, slug: str) -> HttpResponse:
    """Made, it answers with the secret, once. Loaded again it is refused: the name is taken."""
    data = request.POST if request.method == "POST" else None
    form = HookForm(data, tenant_id=request.membership.tenant_id)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "webhook/new.html", {"form": form}, status=status)
    try:
        made = hooks.create(
            tenant_id=request.membership.tenant_id,
            wanted=form.wanted(),
            origin=HookOrigin.PAGE,
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "webhook/new.html", {"form": form}, status=UNPROCESSABLE)
    return _secret(request, made.row, made.secret)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_HOOKS)
def webhook_edit(request: TenantRequest, slug: str, hook_id: UUID) -> HttpResponse:
    """Its events and filters."""
    hook = access.get_hook_for(request.membership, hook_id)
    data = request.POST if request.method == "POST" else None
    form = ToldForm(data, tenant_id=hook.tenant_id, hook=hook)
    if form.is_valid():
        given = {"events": form.cleaned_data["events"], "filters": form.filters()}
        try:
            hooks.change(hook, **given, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return _back(slug, hook)
    is_narrowed = bool(hook.least_severity or hook.rules or hook.sources)
    context = {"form": form, "hook": hook, "is_narrowed": is_narrowed}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "webhook/edit.html", context, status=status)


def _secret(request: TenantRequest, hook: Hook, secret: str) -> HttpResponse:
    return render(request, "webhook/secret.html", {"hook": hook, "secret": secret})


@never_cache
@require_safe
@needs(Action.MANAGE_HOOKS)
def webhook_detail(request: TenantRequest, slug: str, hook_id: UUID) -> HttpResponse:
    """Its state and its log; `state` is what of it is shown, `after` where a page begins."""
    hook = access.get_hook_for(request.membership, hook_id)
    shown = _shown(request)
    page = webhooks.log(hook, shown=shown, after=asked_finding(request, "after"))
    query = {"state": shown.value, "after": page.next}
    now = timezone.now()
    context = {
        "row": webhooks.rows(hook.tenant_id).get(pk=hook.pk),
        "hook": hook,
        "kinds": webhooks.kinds(hook),
        "sources": webhooks.sources(hook),
        "forwards": forwards.to_hook(hook),
        "page": [(each, outbox.message_id(each.event_id)) for each in page.rows],
        "shown": shown,
        "tabs": webhooks.Shown.choices,
        "next_url": f"?{urlencode(query)}" if page.next else "",
        "is_rotating": bool(hook.previous_until and hook.previous_until > now),
        "made": mark_of(hook.sealed_secret),
    }
    return render(request, "webhook/detail.html", context)


def _shown(request: TenantRequest) -> webhooks.Shown:
    wanted = request.GET.get("state", "")
    if wanted not in webhooks.Shown.values:
        raise FilterRefused(
            "The log is refused", "no such state", "Choose one of those above the log."
        )
    return webhooks.Shown(wanted)


@never_cache
@require_POST
@needs(Action.MANAGE_HOOKS)
def webhook_secret(request: TenantRequest, slug: str, hook_id: UUID) -> HttpResponse:
    """The one answer that holds the new secret. Loaded again it is refused, and makes no other."""
    hook = access.get_hook_for(request.membership, hook_id)
    if request.POST.get("made", "") != mark_of(hook.sealed_secret):
        raise NotPossible(
            "Another secret is refused",
            "it was made anew since the page was loaded, maybe by this very form",
            "Go back to the webhook; there you can see until when the old one signs, too.",
        )
    secret = hooks.rotate(hook, by=request.user, now=timezone.now())
    return _secret(request, hook, secret)


@require_POST
@needs(Action.MANAGE_HOOKS)
def webhook_change(request: TenantRequest, slug: str, hook_id: UUID) -> HttpResponse:
    """One of `pause`, `resume`, `test`, `redeliver` and `delete`."""
    hook = access.get_hook_for(request.membership, hook_id)
    name = request.POST.get("act", "")
    by: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if name == "redeliver":
        count = hooks.redeliver_failed(hook, **by)
        messages.success(request, _sent_again(count))
    elif name in _ACTS:
        act, said = _ACTS[name]
        act(hook, **by)
        messages.success(request, said)
    else:
        raise NotPossible("The act is refused", "none of this page", "Use one of its buttons.")
    return redirect("webhook-list", slug) if name == "delete" else _back(slug, hook)


_ACTS = {
    "pause": (hooks.pause, gettext_lazy("Paused. What happens waits until it is resumed.")),
    "resume": (hooks.resume, gettext_lazy("Resumed. What waits is sent now.")),
    "test": (hooks.ping, gettext_lazy("A test event is on its way; its row is in the log.")),
    "delete": (hooks.delete, gettext_lazy("Deleted, with its log.")),
}


def _sent_again(count: int) -> str:
    said = ngettext("%(n)d delivery is sent again.", "%(n)d deliveries are sent again.", count)
    return said % {"n": count}


@require_POST
@needs(Action.MANAGE_HOOKS)
def webhook_redeliver(request: TenantRequest, slug: str, delivery_id: UUID) -> HttpResponse:
    row = access.get_delivery_for(request.membership, delivery_id)
    hooks.redeliver(row, by=request.user, now=timezone.now())
    messages.success(request, _("It is sent again, under the same id."))
    return _back(slug, row.hook)


def _back(slug: str, hook: Hook) -> HttpResponse:
    return HttpResponseRedirect(reverse("webhook-detail", args=[slug, hook.pk]))
