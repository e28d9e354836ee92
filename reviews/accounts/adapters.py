"""How allauth is used here: no account is made, no mail sent, no page of its own is shown.

An account at a provider is (provider, subject) and never an e-mail address: it is bound to an
account of ours by who is signed in, and lets nobody in before.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.signals import social_account_added
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from reviews.accounts import outgoing, trace
from reviews.audit import Event
from reviews.models.secret import seal, unseal

STAGES = ["reviews.accounts.factors.SecondFactorStage"]


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return STAGES

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return _told(request, _("This account may not sign in. Ask who runs the installation."))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """In the trail of each tenant before the session is anybody's."""
        records = get_authentication_records(request, user)
        trace.leave(user, Event.MEMBER_SIGNED_IN, by=" ".join(each["method"] for each in records))
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail is sent from here."""


class FactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())


class ProviderAdapter(DefaultSocialAccountAdapter):
    def get_requests_session(self) -> Any:
        return outgoing.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Raises ImmediateHttpResponse where the account at the provider is nobody's here."""
        is_binding = sociallogin.state.get("process") == "connect"
        if is_binding or sociallogin.is_existing:
            return
        raise ImmediateHttpResponse(
            _told(
                request,
                _("No account here is bound to that one. Sign in with your password first, then "
                  "bind it under Sign-in and security."),
            )
        )  # fmt: skip

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_kwargs: Any) -> None:
        raise ImmediateHttpResponse(failed(request))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("security")


@receiver(social_account_added)
def _bound(sociallogin: Any, **_kwargs: Any) -> None:
    trace.leave(
        sociallogin.user, Event.MEMBER_PROVIDER_BOUND, provider=sociallogin.account.provider
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Back to the sign-in page, or to where an account is bound."""
    return _told(
        request,
        _("The provider did not confirm who you are. Try again, or sign in another way."),
    )


def _told(request: HttpRequest, text: str) -> HttpResponse:
    messages.error(request, text)
    return redirect("security" if request.user.is_authenticated else "sign-in")
