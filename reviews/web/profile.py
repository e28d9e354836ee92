"""One's own name, time zone, density of tables, and keys."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.models import Density, User
from reviews.web import keys
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import PersonRequest, signed_in
from reviews.web.widgets import PlainSelect

ZONES = sorted(name for name in available_timezones() if "/" in name)


def check_is_key(text: str) -> None:
    """Raises ValidationError."""
    if not keys.is_key(text):
        raise forms.ValidationError(
            _("“%(seen)s” is no key here. Write one character, or one of: %(named)s.")
            % {"seen": text, "named": ", ".join(keys.NAMED)}
        )


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[("", gettext_lazy("As the installation (UTC)")), *((z, z) for z in ZONES)],
        required=False,
        widget=PlainSelect,
    )
    density = forms.ChoiceField(label=gettext_lazy("Tables"), choices=Density.choices)
    has_keys = forms.BooleanField(
        label=gettext_lazy("Single characters are keys"),
        required=False,
        help_text=gettext_lazy("Off, nothing that you type outside a field does anything."),
    )

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        for action, key in keys.ACTIONS.items():
            self.fields[f"key-{action}"] = forms.CharField(
                label=str(key.label),
                max_length=10,
                required=False,
                validators=[check_is_key],
                widget=forms.TextInput(attrs={"size": 10, "autocomplete": "off", "list": "named"}),
            )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where a key would do two things on one page."""
        seen = super().clean() or {}
        double = keys.clash(self.own(seen))
        if double:
            raise forms.ValidationError(
                _("The key %(key)s would ask for two things on one page. Choose another.")
                % {"key": double}
            )
        return seen

    def own(self, seen: dict[str, Any]) -> dict[str, str]:
        """Action → the key that differs from the usual one."""
        typed = {action: seen.get(f"key-{action}") or "" for action in keys.ACTIONS}
        return {a: key for a, key in typed.items() if key and key != keys.ACTIONS[a].key}

    def named_keys(self) -> tuple[str, ...]:
        return keys.NAMED

    def key_fields(self) -> list[forms.BoundField]:
        return [self[f"key-{action}"] for action in keys.ACTIONS]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "profile/form.html", {"form": _form(request.user)})
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return render(request, "profile/form.html", {"form": form}, status=UNPROCESSABLE)
    seen = form.cleaned_data
    request.user.name = seen["name"].strip()
    request.user.time_zone, request.user.density = seen["time_zone"], seen["density"]
    request.user.keys = {"off": not seen["has_keys"], "own": form.own(seen)}
    request.user.save(update_fields=["name", "time_zone", "density", "keys"])
    messages.success(request, _("Saved."))
    return redirect("profile")


def _form(user: User) -> ProfileForm:
    own = user.keys.get("own", {})
    initial = {
        "name": user.name,
        "time_zone": user.time_zone,
        "density": user.density,
        "has_keys": not user.keys.get("off"),
    }
    initial |= {f"key-{a}": own.get(a, key.key) for a, key in keys.ACTIONS.items()}
    return ProfileForm(None, initial=initial)
