"""One's own name, time zone, density of tables, keys, and what one is told."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews import access, notify
from reviews.accounts import notified
from reviews.models import Density, Notice, User
from reviews.web import keys
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import PersonRequest, signed_in
from reviews.web.widgets import PlainSelect

_DIGEST = gettext_lazy(
    "In your time zone, on days with news. It holds numbers and links, nothing of a call."
)
_NO_MAIL = gettext_lazy("Mail is not set up on this host: whoever runs it can set MAIL_HOST.")
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

    notices = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    digest = forms.TypedChoiceField(
        label=gettext_lazy("Mail with what is unread"),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, data: Any, *, offered: list[Notice], **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        fields["notices"].choices = [(each.value, each.label) for each in offered]
        daily = ((at, _("Daily at %(hour)02d:00") % {"hour": at}) for at in range(24))
        fields["digest"].choices = [("", _("No mail")), *daily]
        fields["digest"].disabled = not settings.HAS_MAIL
        fields["digest"].help_text = _DIGEST if settings.HAS_MAIL else _NO_MAIL
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
    user, offered = request.user, _offered(request.user)
    if request.method != "POST":
        return render(request, "profile/form.html", {"form": _form(user, offered)})
    form = ProfileForm(request.POST, offered=offered, initial={"digest": user.digest_hour})
    if not form.is_valid():
        return render(request, "profile/form.html", {"form": form}, status=UNPROCESSABLE)
    seen = form.cleaned_data
    user.name = seen["name"].strip()
    user.time_zone, user.density = seen["time_zone"], seen["density"]
    user.keys = {"off": not seen["has_keys"], "own": form.own(seen)}
    user.save(update_fields=["name", "time_zone", "density", "keys"])
    hour, now = seen["digest"], timezone.now()
    notified.choose(user=user, offered=offered, wanted=seen["notices"], hour=hour, now=now)
    messages.success(request, _("Saved."))
    return redirect("profile")


def _offered(user: User) -> list[Notice]:
    """What the person may be told in one of their tenants."""
    roles = {each.role for each in access.memberships_of(user)}
    told = {kind for role in roles for kind in notify.kinds_of(role)}
    return [kind for kind in Notice if kind in told]


def _form(user: User, offered: list[Notice]) -> ProfileForm:
    own = user.keys.get("own", {})
    initial = {
        "name": user.name,
        "time_zone": user.time_zone,
        "density": user.density,
        "has_keys": not user.keys.get("off"),
        "notices": [each for each in offered if each not in user.notices_off],
        "digest": user.digest_hour,
    }
    initial |= {f"key-{a}": own.get(a, key.key) for a, key in keys.ACTIONS.items()}
    return ProfileForm(None, offered=offered, initial=initial)
