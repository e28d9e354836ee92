"""The pages of CRM connections: what goes where, what would be written, what came of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.export.crm import connect, connections, fields
from reviews.export.crm.port import Value
from reviews.models import CrmConnection, CrmRecordState, CrmState, CrmSystem
from reviews.policies import Action, NotPossible
from reviews.queries import crm
from reviews.queries.queue_query import FilterRefused
from reviews.web.crm_form import CrmForm
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, asked_finding, needs

PROBLEMS: Mapping[str, Promise] = {
    "address_refused": _("The address is not the CRM's."),
    "answer_unusable": _("What answers there is not the CRM."),
    "destination_refused": _("The address is not on the open internet."),
    "field_absent": _("The object has no such field, or its user may not see it."),
    "field_not_writable": _("The user may not write the field."),
    "field_required": _("The object requires the field, and nothing of ours is put there."),
    "field_too_short": _("The field is too short for what we would write."),
    "key_absent": _("The object has no such field for the key, or its user may not see it."),
    "key_not_unique": _("The key's field must be a text, unique, and an external id."),
    "key_refused": _("The token that the CRM gave is no token."),
    "key_unreadable": _("The private key cannot be read: paste it from BEGIN to END."),
    "kind_differs": _("The field is of another kind than what we would write."),
    "not_permitted": _("The CRM does not permit it to this user or app."),
    "object_absent": _("The CRM shows us no such object."),
    "object_not_writable": _("The user may not make and change records of the object."),
    "sign_in_refused": _("The CRM refuses the sign-in: check the app, the secret and the user."),
}
"""Code of a problem → what it means, and what to see to."""
TABS = [("", _("All")), *((each.value, each.label) for each in CrmRecordState)]


@never_cache
@require_safe
@needs(Action.MANAGE_CRM)
def crm_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = list(crm.connections(request.membership.tenant_id))
    return render(request, "crm/list.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_CRM)
def crm_new(request: TenantRequest, slug: str) -> HttpResponse:
    """For HubSpot with `?system=hubspot`."""
    is_hubspot = request.GET.get("system") == CrmSystem.HUBSPOT
    system = CrmSystem.HUBSPOT if is_hubspot else CrmSystem.SALESFORCE
    form = CrmForm(request.POST if request.method == "POST" else None, system=system)
    if form.is_valid():
        try:
            made = connections.create(
                tenant_id=request.membership.tenant_id,
                wanted=form.wanted(),
                since=form.since_at(),
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Check it now, then turn it on."))
            return redirect("crm-detail", slug, made.pk)
    return _form(request, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_CRM)
def crm_edit(request: TenantRequest, slug: str, connection_id: UUID) -> HttpResponse:
    row = access.get_crm_connection_for(request.membership, connection_id)
    data = request.POST if request.method == "POST" else None
    form = CrmForm(data, system=CrmSystem(row.system), row=row)
    if form.is_valid():
        try:
            connections.change(row, form.wanted(), by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. It is checked before anything more is written."))
            return redirect("crm-detail", slug, row.pk)
    return _form(request, form, row)


def _form(request: TenantRequest, form: CrmForm, row: CrmConnection | None = None) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "crm/form.html", {"form": form, "row": row}, status=status)


@never_cache
@require_safe
@needs(Action.MANAGE_CRM)
def crm_detail(request: TenantRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """Its state, runs and records; `state` is which of those, `after` where a page begins."""
    row = access.get_crm_connection_for(request.membership, connection_id)
    shown = request.GET.get("state", "")
    if shown not in dict(TABS):
        raise FilterRefused(
            "The records are refused", "no such state", "Choose one of those above them."
        )
    page = crm.records(row, state=shown, after=asked_finding(request, "after"))
    context = {
        "row": crm.connections(row.tenant_id).get(pk=row.pk),
        "mapping": _mapping(row),
        "problems": _problems(row),
        "off_words": PROBLEMS.get(row.off_code, row.off_code),
        "runs": crm.runs(row),
        "page": page.rows,
        "shown": shown,
        "tabs": TABS,
        "next_url": f"?{urlencode({'state': shown, 'after': page.next})}" if page.next else "",
    }
    return render(request, "crm/detail.html", context)


def _mapping(row: CrmConnection) -> Sequence[tuple[str, str]]:
    return [(str(each.label), to) for each, to in connect.plan_of(row).mapping.items()]


def _problems(row: CrmConnection) -> Sequence[tuple[Any, str]]:
    return [(PROBLEMS.get(code, code), where) for code, where in row.problems]


@never_cache
@require_safe
@needs(Action.MANAGE_CRM)
def crm_preview(request: TenantRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """What the newest evaluations would be written as; the CRM is not asked."""
    row = access.get_crm_connection_for(request.membership, connection_id)
    rows = connections.preview(row)
    names = list(rows[0].values) if rows else []
    shown = [(each.key, [_written(each.values[name]) for name in names]) for each in rows]
    context = {"row": row, "names": names, "rows": shown}
    return render(request, "crm/preview.html", context)


def _written(value: Value) -> str:
    """As it stands in the request; empty where the field is emptied."""
    plain = fields.plain(value)
    return "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain)


@never_cache
@require_safe
@needs(Action.MANAGE_CRM)
def crm_run(request: TenantRequest, slug: str, run_id: UUID) -> HttpResponse:
    """Each record is with the run that tried it last."""
    run = access.get_crm_run_for(request.membership, run_id)
    page = crm.records(run.connection, run=run, after=asked_finding(request, "after"))
    next_url = f"?{urlencode({'after': page.next})}" if page.next else ""
    context = {
        "run": run,
        "page": page.rows,
        "next_url": next_url,
        "words": PROBLEMS.get(run.code, run.code),
    }
    return render(request, "crm/run.html", context)


@require_POST
@needs(Action.MANAGE_CRM)
def crm_change(request: TenantRequest, slug: str, connection_id: UUID) -> HttpResponse:
    """One of `check`, `on`, `off`, `quotes_on`, `quotes_off`, `again`, `all` and `delete`."""
    row = access.get_crm_connection_for(request.membership, connection_id)
    name = request.POST.get("act", "")
    by: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if name == "check":
        _check(request, row, by)
    elif name in ("again", "all"):
        count = connections.again(row, is_all=name == "all", **by)
        messages.success(request, _written_again(count))
    elif name in ("quotes_on", "quotes_off"):
        connections.quote(row, is_on=name == "quotes_on", **by)
        messages.success(request, _("Saved; it is in the audit trail."))
    elif name in _ACTS:
        act, said = _ACTS[name]
        act(row, **by)
        messages.success(request, said)
    else:
        raise NotPossible("The act is refused", "none of this page", "Use one of its buttons.")
    return redirect("crm-list", slug) if name == "delete" else redirect("crm-detail", slug, row.pk)


_ACTS = {
    "on": (connections.turn_on, _("On. What waits is written within minutes.")),
    "off": (connections.turn_off, _("Off. What happens is written once it is on again.")),
    "delete": (connections.delete, _("Deleted, with its log. What was written stays there.")),
}


def _check(request: TenantRequest, row: CrmConnection, by: dict[str, Any]) -> None:
    try:
        found = connections.check(row, **by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    if found:
        messages.warning(request, _("Not everything is as it must be; see below."))
    elif row.state == CrmState.ON:
        messages.success(request, _("All is as it must be."))
    else:
        messages.success(request, _("All is as it must be. It can be turned on."))


def _written_again(count: int) -> str:
    said = ngettext("%(n)d record is written again.", "%(n)d records are written again.", count)
    return said % {"n": count}
