"""Keys of the REST API: listed, made and rotated (shown once), tied to networks, revoked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.accounts import keys, networks
from reviews.accounts.keys import Scope
from reviews.errors import Refused
from reviews.models import ApiKey
from reviews.policies import Action, NotPossible
from reviews.queries import api_keys
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, needs
from reviews.web.shown_once import mark_of

ENDED = "ended"
WORDS: Mapping[Scope, "str | Promise"] = {
    Scope.FINDINGS: gettext_lazy("Read findings"),
    Scope.EVALUATIONS: gettext_lazy("Read evaluations"),
    Scope.TRANSCRIPTS: gettext_lazy("Read transcripts, personal data masked"),
    Scope.UNMASKED: gettext_lazy("Read personal data too, each time with a reason"),
    Scope.WRITE_REVIEWS: gettext_lazy("Bring verdicts that people gave elsewhere"),
    Scope.AGENTS: gettext_lazy("Read agents, with their names"),
    Scope.WRITE_AGENTS: gettext_lazy("Name agents, and put them into teams"),
    Scope.AUDIT: gettext_lazy("Read the audit trail"),
    Scope.SOURCES: gettext_lazy("Read sources and jobs"),
    Scope.RUBRICS: gettext_lazy("Read and check rubrics"),
    Scope.WRITE_RUBRICS: gettext_lazy("Write drafts of rubrics and publish them"),
    Scope.IMPORT: gettext_lazy("Send files with calls"),
    Scope.ERASE: gettext_lazy("Erase calls for good, each time with a reason"),
    Scope.HOOKS: gettext_lazy("See webhooks and how they are doing"),
    Scope.WRITE_HOOKS: gettext_lazy("Subscribe to events, and end that again"),
    Scope.RUNS: gettext_lazy("Send calls to be evaluated at once, and read what came of them"),
    Scope.EXPORTS: gettext_lazy("Read whole tables for a warehouse, personal columns left out"),
    Scope.DROPS: gettext_lazy("See the drops for a warehouse and what became of them"),
    Scope.WRITE_DROPS: gettext_lazy("Make, run and delete drops for a warehouse"),
    Scope.CRM: gettext_lazy("See what was written to a CRM"),
    Scope.EXTERNAL_IDS: gettext_lazy("See what other systems call calls and agents"),
    Scope.WRITE_EXTERNAL_IDS: gettext_lazy("Tell what other systems call calls and agents"),
    Scope.SUBMIT: gettext_lazy("Send recordings, transcribed at the account's price"),
}
_TRIED: Mapping[Scope, tuple[str, str]] = {
    Scope.FINDINGS: ("", "api-finding-list"),
    Scope.EVALUATIONS: ("", "api-evaluation-list"),
    Scope.TRANSCRIPTS: ("", "api-transcript-list"),
    Scope.SOURCES: ("", "api-source-list"),
    Scope.RUBRICS: ("", "api-rubric-list"),
    Scope.SUBMIT: ("", "api-submission-list"),
    Scope.HOOKS: ("", "api-hook-list"),
    Scope.EXPORTS: ("", "api-export-schema"),
    Scope.DROPS: ("", "api-drop-list"),
    Scope.CRM: ("", "api-crm-run-list"),
    Scope.IMPORT: ("-F files=@call.json ", "api-import"),
    Scope.RUNS: ("", "api-run-list"),
}
"""What a key with the scope is tried with: options of curl, and a route."""


class NetworksForm(forms.Form):
    networks = forms.CharField(
        label=gettext_lazy("Networks"),
        required=False,
        max_length=50 * networks.AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, seen_from: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["networks"].help_text = _(
            "Addresses or networks, one a line, as 203.0.113.7 or 2001:db8::/32; "
            "empty: from everywhere. The page that you look at was asked for from %s."
        ) % (seen_from or _("no address"))

    def clean_networks(self) -> list[str]:
        """Raises ValidationError."""
        try:
            return networks.parsed(re.split(r"[\s,]+", self.cleaned_data["networks"]))
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _days() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Good for days"),
        min_value=1,
        max_value=keys.DAYS_AT_MOST,
        initial=keys.DAYS,
        help_text=gettext_lazy("1 to 365. The tenant's admins are told 14 days before the end."),
    )


class KeyForm(NetworksForm):
    field_order = ("name", "scopes", "days", "networks")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=keys.NAME_AT_MOST,
        help_text=gettext_lazy("The program that gets it: one key a program."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=list(WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    days = _days()


class RotateForm(forms.Form):
    days = _days()
    overlap_h = forms.IntegerField(
        label=gettext_lazy("Hours that the secret before stays good"),
        min_value=0,
        max_value=keys.OVERLAP_H_AT_MOST,
        initial=keys.OVERLAP_H,
        help_text=gettext_lazy("0 to 168. Take 0 where somebody else may know it."),
    )


@never_cache
@require_safe
@needs(Action.SEE_KEYS)
def key_list(request: TenantRequest, slug: str) -> HttpResponse:
    """Those in use, or with `show` those that ended."""
    rows = api_keys.key_rows(request.membership.tenant_id, timezone.now())
    is_ended = request.GET.get("show") == ENDED
    context = {
        "rows": [each for each in rows if each.is_ended == is_ended],
        "is_ended": is_ended,
        "ended": sum(each.is_ended for each in rows),
        "in_use": sum(not each.is_ended for each in rows),
        "words": WORDS,
    }
    return render(request, "api_key/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_KEYS)
def key_new(request: TenantRequest, slug: str) -> HttpResponse:
    """A POST makes the key, and its answer alone holds it."""
    newest = api_keys.newest(request.membership.tenant_id)
    form = KeyForm(request.POST if request.method == "POST" else None, seen_from=_from(request))
    if not form.is_valid():
        context = {"form": form, "newest": newest}
        return render(request, "api_key/new.html", context, status=_status(form))
    if request.POST.get("newest", "") != newest:
        raise NotPossible(
            "Another key is refused",
            "one was made since the page was loaded, maybe by this very form",
            "Look at the list: revoke what is too much there, and open the form anew.",
        )
    made = keys.create(
        tenant_id=request.membership.tenant_id,
        wanted=keys.Wanted(**form.cleaned_data),
        by=request.user,
        now=timezone.now(),
    )
    return _once(request, made)


@never_cache
@require_safe
@needs(Action.SEE_KEYS)
def key_detail(request: TenantRequest, slug: str, key_id: UUID) -> HttpResponse:
    return _shown(request, access.get_api_key_for(request.membership, key_id))


@never_cache
@require_POST
@needs(Action.MANAGE_KEYS)
def key_rotate(request: TenantRequest, slug: str, key_id: UUID) -> HttpResponse:
    """The one answer that holds the new secret. Loaded again it is refused, and makes no other."""
    row = access.get_api_key_for(request.membership, key_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, rotate_form=form)
    if request.POST.get("made", "") != mark_of(row.secret_sha256):
        raise NotPossible(
            "Another secret is refused",
            "it was made anew since the page was loaded, maybe by this very form",
            "Go back to the key; there you can see until when the old one is good.",
        )
    return _once(request, keys.rotate(**form.cleaned_data, **_by(request, row)))


@never_cache
@require_POST
@needs(Action.MANAGE_KEYS)
def key_networks(request: TenantRequest, slug: str, key_id: UUID) -> HttpResponse:
    row = access.get_api_key_for(request.membership, key_id)
    form = NetworksForm(request.POST, seen_from=_from(request))
    if not form.is_valid():
        return _shown(request, row, networks_form=form)
    keys.tie(to=form.cleaned_data["networks"], **_by(request, row))
    messages.success(request, _("Saved. It holds from the key's next request on."))
    return redirect("key-detail", slug, row.pk)


@never_cache
@require_POST
@needs(Action.MANAGE_KEYS)
def key_revoke(request: TenantRequest, slug: str, key_id: UUID) -> HttpResponse:
    row = access.get_api_key_for(request.membership, key_id)
    keys.revoke(**_by(request, row))
    messages.success(request, _("Revoked. The key's next request is refused."))
    return redirect("key-list", slug)


def _shown(
    request: TenantRequest,
    row: ApiKey,
    *,
    rotate_form: RotateForm | None = None,
    networks_form: NetworksForm | None = None,
) -> HttpResponse:
    """The key's page; with a form that was refused, what is wrong with it."""
    now, seen = timezone.now(), {"networks": "\n".join(row.networks)}
    context = {
        "key": api_keys.shown(row, now),
        "words": WORDS,
        "previous_until": keys.previous_until(row, now),
        "made": mark_of(row.secret_sha256),
        "rotate_form": rotate_form or RotateForm(),
        "networks_form": networks_form or NetworksForm(seen_from=_from(request), initial=seen),
    }
    status = UNPROCESSABLE if rotate_form or networks_form else 200
    return render(request, "api_key/detail.html", context, status=status)


def _once(request: TenantRequest, made: keys.Made) -> HttpResponse:
    context = {
        "row": made.row,
        "token": made.token,
        "curl": _curl(request, made.row.scopes),
        "previous_until": keys.previous_until(made.row, timezone.now()),
    }
    return render(request, "api_key/once.html", context)


def _curl(request: HttpRequest, scopes: Sequence[str]) -> str:
    """A line to try the key with; "" where no scope of it opens an address alone."""
    for scope, (options, name) in _TRIED.items():
        if scope in scopes:
            address = request.build_absolute_uri(reverse(name))
            return f'curl -sS -H "Authorization: Bearer $KEY" {options}"{address}"'
    return ""


def _by(request: TenantRequest, row: ApiKey) -> dict[str, Any]:
    return {
        "tenant_id": row.tenant_id,
        "prefix": row.prefix,
        "by": request.user,
        "now": timezone.now(),
    }


def _from(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _status(form: forms.Form) -> int:
    return UNPROCESSABLE if form.is_bound else 200
