"""How one signs in: password, authenticator app, passkeys, recovery codes, accounts elsewhere."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews import throttle
from reviews.accounts import factors
from reviews.web.drafts import UNPROCESSABLE
from reviews.web.requests import PersonRequest, next_address, signed_in


class ProofForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    new = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters, and none of the common ones."),
    )

    def clean_new(self) -> str:
        """Raises ValidationError of one that is too short or too common."""
        new: str = self.cleaned_data["new"]
        validate_password(new)
        return new


@sensitive_post_parameters("password", "new", "code", "credential")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def security(request: PersonRequest) -> HttpResponse:
    """Shown and changed only to who proved a short while ago who they are."""
    if not factors.is_fresh(request):
        return _proof(request)
    act = _ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    return act(request) if act else _page(request)


def _proof(request: PersonRequest) -> HttpResponse:
    """Ask for the password again, as slow for who guesses as at sign-in."""
    is_sent = request.method == "POST" and request.POST.get("act") == "prove"
    form = ProofForm(request.POST if is_sent else None)
    status = UNPROCESSABLE if is_sent else 200
    who = {"email": request.user.email, "address": request.META.get("REMOTE_ADDR", "")}
    if is_sent and form.is_valid():
        try:
            throttle.check(**who, now=timezone.now())
        except throttle.TooManyTries as refusal:
            form.add_error("password", f"{refusal.seen.capitalize()}. {refusal.remedy}")
            return render(request, "profile/proof.html", {"form": form}, status=429)
        if request.user.check_password(form.cleaned_data["password"]):
            throttle.succeeded(**who)
            factors.refresh(request)
            return redirect(request.get_full_path())
        throttle.failed(**who, now=timezone.now())
        form.add_error("password", _("The password is not right."))
    return render(request, "profile/proof.html", {"form": form}, status=status)


def _page(
    request: PersonRequest, *, codes: Sequence[str] = (), status: int = 200, **changed: Any
) -> HttpResponse:
    """`codes` are shown this once; `changed` are forms with what was wrong in them."""
    user = request.user
    means = factors.means(user)
    context = {
        "means": means,
        "app": None if means.app else factors.app_form(request, user),
        "passkey_form": factors.passkey_form(request, user),
        "options": factors.passkey_creation(user),
        "password_form": PasswordForm(),
        "providers": factors.providers(),
        "codes": codes,
        "lacking": request.GET.get("lacking", ""),
        "wanted": next_address(request, request.GET.get("next", "")),
    }
    return render(request, "profile/security.html", context | changed, status=status)


def _app(request: PersonRequest) -> HttpResponse:
    if factors.means(request.user).app:
        return _said(request, _("An authenticator app is set up already. Remove it first."))
    app = factors.app_form(request, request.user)
    if not app.form.is_valid():
        return _page(request, app=app, status=UNPROCESSABLE)
    return _set_up(request, factors.add_app(request, app.form))


def _passkey(request: PersonRequest) -> HttpResponse:
    form = factors.passkey_form(request, request.user)
    if not form.is_valid():
        return _page(request, passkey_form=form, status=UNPROCESSABLE)
    return _set_up(request, factors.add_passkey(request, form))


def _set_up(request: PersonRequest, codes: Sequence[str]) -> HttpResponse:
    messages.success(request, _("The second factor is set up. It is asked for from now on."))
    return _page(request, codes=codes) if codes else redirect(request.get_full_path())


def _new_codes(request: PersonRequest) -> HttpResponse:
    if not factors.means(request.user).has_factor:
        return _said(request, _("Set up a second factor first; recovery codes come with it."))
    return _page(request, codes=factors.new_codes(request))


def _remove(request: PersonRequest) -> HttpResponse:
    is_gone = factors.remove(request, request.POST.get("id", ""))
    return _said(request, _("Removed.") if is_gone else _("It was removed before."))


def _unbind(request: PersonRequest) -> HttpResponse:
    is_gone = factors.unbind(request, request.POST.get("id", ""))
    return _said(request, _("Removed.") if is_gone else _("It was removed before."))


def _password(request: PersonRequest) -> HttpResponse:
    """A change ends every other session of the account."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, password_form=form, status=UNPROCESSABLE)
    factors.change_password(request.user, form.cleaned_data["new"])
    update_session_auth_hash(request, request.user)
    return _said(request, _("The password is changed. You are signed out everywhere else."))


def _said(request: PersonRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(request.get_full_path())


_ACTS = {
    "app": _app,
    "passkey": _passkey,
    "codes": _new_codes,
    "remove": _remove,
    "unbind": _unbind,
    "password": _password,
}
