"""A tenant's settings, its logo and its style sheet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reviews.accounts import colours, factors, logos, tenants
from reviews.errors import Refused
from reviews.models import Tenant
from reviews.policies import Action
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import TenantRequest, needs


class TenantForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("As #rrggbb; empty: the usual one. It marks the header."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP of at most 512 KB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    needs_factor = forms.BooleanField(
        label=gettext_lazy("Members need a second factor"),
        required=False,
        help_text=gettext_lazy("Who has none sees nothing here but how to set one up."),
    )
    needs_provider = forms.BooleanField(
        label=gettext_lazy("Members sign in through a provider alone"), required=False
    )
    idle_minutes = forms.IntegerField(
        label=gettext_lazy("Sign out after minutes without a page"),
        required=False,
        min_value=tenants.IDLE_MINUTES[0],
        max_value=tenants.IDLE_MINUTES[1],
        help_text=gettext_lazy("5 to 720; empty: as the installation has it, which is the most."),
    )

    def settings(self) -> tenants.Settings:
        """Of a valid form."""
        seen = dict(self.cleaned_data)
        file, is_gone = seen.pop("logo"), seen.pop("no_logo")
        # One byte more than may be, so that too much is seen as such.
        logo = file.read(logos.BYTES_AT_MOST + 1) if file else (b"" if is_gone else None)
        return tenants.Settings(logo=logo, **seen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_TENANT)
def tenant_settings(request: TenantRequest, slug: str) -> HttpResponse:
    member = request.membership
    if request.method != "POST":
        return _page(request, TenantForm(None, initial=_initial(member.tenant)))
    form = TenantForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    try:
        tenants.change(
            member=member,
            wanted=form.settings(),
            by=request.user,
            is_by_provider=factors.by_provider(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=UNPROCESSABLE)
    messages.success(request, _("Saved."))
    return redirect("tenant-settings", slug)


def _initial(row: Tenant) -> dict[str, Any]:
    names = ("name", "colour", "needs_factor", "needs_provider", "idle_minutes")
    return {name: getattr(row, name) for name in names}


def _page(request: TenantRequest, form: TenantForm, *, status: int = 200) -> HttpResponse:
    return render(request, "tenant/settings.html", {"form": form}, status=status)


@require_safe
def tenant_logo(request: TenantRequest, slug: str) -> HttpResponse:
    """To whoever belongs to the tenant; empty where there is none."""
    data = tenants.logo(request.membership)
    if not data:
        return HttpResponse(status=204, content_type="image/png")
    return _kept(HttpResponse(data, content_type="image/png"))


@require_safe
def tenant_style(request: TenantRequest, slug: str) -> HttpResponse:
    """The colour as a style sheet, for no page has a style of its own; empty where none is."""
    colour = request.membership.tenant.colour
    text = ""
    if colour:
        shades = colours.shades(colour)
        text = f":root {{ --tenant: light-dark({shades.light}, {shades.dark}); }}\n"
    return _kept(HttpResponse(text, content_type="text/css; charset=utf-8"))


def _kept(answer: HttpResponse) -> HttpResponse:
    """The address has a mark of the content, so the browser need not ask again."""
    patch_cache_control(answer, private=True, max_age=86_400, immutable=True)
    return answer
