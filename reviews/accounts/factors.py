"""Second factors and accounts at providers: set up, asked for at sign-in, demanded by a tenant."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows import login as logins
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.adapter import get_adapter as factor_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import flows as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.internal import flows as passkey_flows
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from reviews.accounts import trace
from reviews.audit import Event
from reviews.errors import ErrorCode, Refused
from reviews.models import Tenant, User

FRESH_S = 600
"""So long after somebody proved who they are may the means of sign-in be changed."""
PERIOD_S = 30
"""Of a code of an authenticator app."""
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class UnknownPerson(Refused):
    code = ErrorCode.NOT_FOUND


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, in whatever tenant or none."""

    user: User


class SecondFactorStage(LoginStage):
    """Between the first proof and the session: whoever has a factor shows it."""

    key = "mfa_authenticate"
    urlname = "sign-in-second"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is None or not is_mfa_enabled(self.login.user, list(KINDS)):
            return None, True
        return redirect("sign-in-second"), True


def begin(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    """Go on from a right password: to the second factor where there is one, else to `wanted`."""
    made = Login(user=user, redirect_url=wanted)
    return logins.perform_password_login(request, {}, made)


def waiting(request: HttpRequest) -> LoginStage | None:
    """The sign-in that waits for its second factor."""
    return LoginStageController.enter(request, SecondFactorStage.key)


def asked(request: HttpRequest, user: User) -> tuple[forms.Form, bool]:
    """The form of what was sent, and whether the factor in it is right."""
    data = request.POST if request.method == "POST" else None
    is_passkey = data is not None and "credential" in data
    kind = AuthenticateWebAuthnForm if is_passkey else AuthenticateForm
    form: Any = kind(user=user, data=data)
    if data is None or not form.is_valid():
        return form, False
    factor = form.cleaned_data["credential"] if is_passkey else form.authenticator
    if factor.type == Authenticator.Type.TOTP and not _first_use(factor):
        form.add_error("code", _("This code was used already. Wait for the next one."))
        return form, False
    form.save()
    return form, True


def _first_use(factor: Authenticator) -> bool:
    """Compare and set in the database: each web process has a cache of its own."""
    now = int(time.time())
    begin_at = datetime.fromtimestamp(now - now % PERIOD_S).astimezone()
    unused = Q(last_used_at=None) | Q(last_used_at__lt=begin_at)
    rows = Authenticator.objects.filter(unused, pk=factor.pk)
    return rows.update(last_used_at=datetime.fromtimestamp(now).astimezone()) == 1


def passkey_options(user: User) -> dict[str, Any] | None:
    """What the browser signs at sign-in; None where there is no passkey."""
    if not is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
        return None
    return passkeys.begin_authentication(user)


def is_fresh(request: HttpRequest) -> bool:
    """Whether somebody proved within FRESH_S who they are."""
    records = logins.get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < FRESH_S


def refresh(request: HttpRequest) -> None:
    """After a right password on a page that asked for it again."""
    logins.record_authentication(request, request.user, "password", reauthenticated=True)


@dataclass(frozen=True, slots=True)
class Means:
    """How somebody signs in beside the password."""

    app: Authenticator | None
    passkeys: Sequence[Authenticator]
    codes_left: int
    accounts: Sequence[SocialAccount]

    @property
    def has_factor(self) -> bool:
        return bool(self.app or self.passkeys)


def means(user: User) -> Means:
    """Two SQL queries."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Means(
        app=next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        passkeys=[row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
        accounts=list(SocialAccount.objects.filter(user=user).order_by("pk")),
    )


@dataclass(frozen=True, slots=True)
class App:
    """An authenticator app that is being set up."""

    form: ActivateTOTPForm
    secret: str
    box: str
    """Of the square in which the secret is drawn, as an SVG's view box; `square` is its path."""
    square: str


def app_form(request: HttpRequest, user: User) -> App:
    data = request.POST if request.POST.get("act") == "app" else None
    form = ActivateTOTPForm(user=user, data=data)
    drawn = factor_adapter().build_totp_svg(factor_adapter().build_totp_url(user, form.secret))
    box, square = (_attribute(name, drawn) for name in ("viewBox", "d"))
    return App(form, form.secret, box, square)


def _attribute(name: str, drawn: str) -> str:
    found = re.search(f' {name}="([^"]+)"', drawn)
    return found[1] if found else ""


@transaction.atomic
def add_app(request: PersonRequest, form: ActivateTOTPForm) -> list[str]:
    """Of a valid form; gives the recovery codes where they are new."""
    codes = _codes(totp.activate_totp(request, form)[1])
    trace.leave(request.user, Event.MEMBER_FACTOR_ADDED, kind="totp")
    return codes


def passkey_form(request: HttpRequest, user: User) -> AddWebAuthnForm:
    data = request.POST if request.POST.get("act") == "passkey" else None
    return AddWebAuthnForm(user=user, data=data)


def passkey_creation(user: User) -> dict[str, Any]:
    """What the browser signs for a new passkey; the session holds the answer to it."""
    return passkeys.begin_registration(user, passwordless=False)


@transaction.atomic
def add_passkey(request: PersonRequest, form: AddWebAuthnForm) -> list[str]:
    """Of a valid form; gives the recovery codes where they are new."""
    seen = form.cleaned_data
    name, credential = seen["name"][:100], seen["credential"]
    codes = _codes(passkey_flows.add_authenticator(request, name, credential)[1])
    trace.leave(request.user, Event.MEMBER_FACTOR_ADDED, kind="webauthn")
    return codes


@transaction.atomic
def new_codes(request: PersonRequest) -> list[str]:
    """In the place of the old ones."""
    codes = _codes(recovery.generate_recovery_codes(request))
    trace.leave(request.user, Event.MEMBER_CODES_MADE)
    return codes


def _codes(row: Authenticator | None) -> list[str]:
    codes: list[str] = row.wrap().get_unused_codes() if row else []
    return codes


@transaction.atomic
def remove(request: PersonRequest, factor_id: str) -> bool:
    """One of one's own factors; the last one takes the recovery codes with it."""
    rows = Authenticator.objects.filter(user=request.user, type__in=KINDS)
    row = rows.filter(pk=factor_id).first() if _is_number(factor_id) else None
    if row:
        delete_and_cleanup(request, row)
        trace.leave(request.user, Event.MEMBER_FACTOR_REMOVED, kind=row.type)
    return row is not None


@transaction.atomic
def remove_all(email: str) -> int:
    """All factors and recovery codes of one who lost them, by the host's operator.

    Somebody may belong to several tenants, so none of them may do it. Gives how many factors.
    Raises UnknownPerson.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise UnknownPerson(
            "Removing the factors was refused",
            "an address that nobody signs in with",
            "Write it as `Users` shows it.",
        )
    rows = Authenticator.objects.filter(user=user)
    count = rows.filter(type__in=KINDS).count()
    rows.delete()
    trace.told(user, Event.MEMBER_FACTOR_REMOVED, None, kind="all")
    return count


@transaction.atomic
def unbind(request: PersonRequest, account_id: str) -> bool:
    """One of one's own accounts at providers."""
    rows = SocialAccount.objects.filter(user=request.user)
    row = rows.filter(pk=account_id).first() if _is_number(account_id) else None
    if row:
        row.delete()
        trace.leave(request.user, Event.MEMBER_PROVIDER_UNBOUND, provider=row.provider)
    return row is not None


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """One that was checked; every other session of the account ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    trace.leave(user, Event.MEMBER_PASSWORD_CHANGED)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def providers() -> list[tuple[str, str]]:
    """Id and name of each that is configured."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [(app["provider_id"], app["name"]) for app in apps]


def lacking(request: HttpRequest, tenant: Tenant) -> str:
    """What the tenant demands and the session has not: `factor`, `provider`, or nothing: ""."""
    if tenant.needs_provider and not by_provider(request):
        return "provider"
    if tenant.needs_factor and not is_mfa_enabled(request.user, list(KINDS)):
        return "factor"
    return ""


def by_provider(request: HttpRequest) -> bool:
    """Whether the session began at a provider."""
    records = logins.get_authentication_records(request, request.user)
    return any(each.get("method") == "socialaccount" for each in records)
