"""Drops: tables put as files for a warehouse, made and watched by who runs the tenant."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.errors import Refused
from reviews.export import drops, targets
from reviews.export.tables import TABLES
from reviews.models import DropForm, DropTarget
from reviews.policies import Action, NotPossible
from reviews.queries import drops as shown
from reviews.queries import rubrics
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, needs


def _line(label: Any, most: int, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=help_text, required=False, **more
    )


class MakeForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=drops.NAME_AT_MOST)
    tables = forms.MultipleChoiceField(
        label=gettext_lazy("Tables"),
        choices=[(name, table.grain) for name, table in TABLES.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    rubrics = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Wide tables of rubrics"),
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    form = forms.ChoiceField(label=gettext_lazy("Format"), choices=DropForm.choices)
    every_hours = forms.IntegerField(
        label=gettext_lazy("Every so many hours"),
        min_value=1,
        max_value=drops.HOURS_AT_MOST,
        initial=24,
    )
    target = forms.ChoiceField(label=gettext_lazy("Where to"), choices=DropTarget.choices)
    folder = _line(
        gettext_lazy("Folder"),
        60,
        gettext_lazy("For a folder: a name in this tenant's own directory, as “nightly”."),
    )
    endpoint = _line(
        gettext_lazy("Endpoint"),
        drops.ENDPOINT_AT_MOST,
        gettext_lazy("For a bucket, as all below: https://… of the server, without the bucket."),
    )
    bucket = _line(gettext_lazy("Bucket"), 63)
    prefix = _line(  # type: ignore[assignment] # a field of that name; its class takes it off
        gettext_lazy("Prefix"), 200, gettext_lazy("As exports/verbatim; or none.")
    )
    region = _line(gettext_lazy("Region"), 40, gettext_lazy("As eu-central-1."))
    access_key_id = _line(gettext_lazy("Access key"), 128)
    secret = _line(
        gettext_lazy("Secret of the access key"),
        drops.SECRET_AT_MOST,
        gettext_lazy("Kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, known: Sequence[tuple[UUID, str]]) -> None:
        super().__init__(data)
        self.fields["rubrics"].choices = known  # type: ignore[attr-defined] # stubs: fields by name

    def places(self) -> Sequence[forms.BoundField]:
        return [self[name] for name in _OF_BUCKET]

    def wanted(self) -> drops.Wanted:
        """Of a valid form."""
        return drops.Wanted(**self.cleaned_data)


_OF_BUCKET = ("endpoint", "bucket", "prefix", "region", "access_key_id", "secret")


@never_cache
@require_safe
@needs(Action.MANAGE_DROPS)
def drop_list(request: TenantRequest, slug: str) -> HttpResponse:
    tenant_id = request.membership.tenant_id
    rows = [(row, next(iter(row.newest), None)) for row in shown.rows(tenant_id)]
    known = dict(rubrics.published(tenant_id))
    listed = [
        (row, [known[each] for each in row.rubrics], run, _failure(run.code) if run else None)
        for row, run in rows
    ]
    return render(request, "drop/list.html", {"rows": listed})


def _failure(code: str) -> tuple[Any, Any, Any] | None:
    """What was refused, what was seen, what to do; None where the last try did not fail."""
    if not code:
        return None
    seen, remedy = targets.REASONS.get(code, (code, gettext_lazy("It is tried again.")))
    return targets.WHAT, seen, remedy


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_DROPS)
def drop_new(request: TenantRequest, slug: str) -> HttpResponse:
    known = rubrics.published(request.membership.tenant_id)
    form = MakeForm(request.POST if request.method == "POST" else None, known)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "drop/new.html", {"form": form}, status=status)
    try:
        drops.create(
            tenant_id=request.membership.tenant_id,
            wanted=form.wanted(),
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "drop/new.html", {"form": form}, status=UNPROCESSABLE)
    messages.success(
        request, gettext_lazy("Made. Its first run has begun, and takes all there is.")
    )
    return redirect("drop-list", slug)


@require_POST
@needs(Action.MANAGE_DROPS)
def drop_change(request: TenantRequest, slug: str, drop_id: UUID) -> HttpResponse:
    """One of `run`, `on`, `off` and `delete`."""
    drop = access.get_drop_for(request.membership, drop_id)
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise NotPossible("The act is refused", "none of this page", "Use one of its buttons.")
    act, said = _ACTS[name]
    act(drop, by=request.user, now=timezone.now())
    messages.success(request, said)
    return redirect("drop-list", slug)


_ACTS: Any = {
    "run": (drops.run_now, gettext_lazy("It runs as soon as a worker is free.")),
    "on": (drops.turn_on, gettext_lazy("Turned on. It goes on where it ended.")),
    "off": (drops.turn_off, gettext_lazy("Turned off. It goes on where it ended once it is on.")),
    "delete": (drops.delete, gettext_lazy("Deleted. The files stay where they are.")),
}
