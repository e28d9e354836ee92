"""Signing in at a provider of OpenID Connect, and binding an account there to one's own."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

from reviews.accounts import adapters, factors
from reviews.accounts.outgoing import Unreachable

_FAULTS = (Unreachable, OAuth2Error, KeyError, TypeError, ValueError)
"""What a provider that does not answer, or answers with something else, comes out as."""


class Adapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> Any:
        """What the issuer says of itself. Raises OAuth2Error where it says that it is another."""
        found = super().openid_config
        if found["issuer"].rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("another issuer")
        return found


def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider; to bind an account takes a fresh proof of who asks. Raises Http404."""
    if request.GET.get("process") == "connect" and not factors.is_fresh(request):
        return adapters.failed(request)
    return _run(OAuth2LoginView, request, provider_id)


def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from it. Raises Http404."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except ImmediateHttpResponse as told:
        return told.response
    except _FAULTS:
        return adapters.failed(request)
    return answer
