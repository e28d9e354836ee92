"""The way to a provider of OpenID Connect and back; each a plain link."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.accounts import sso


@never_cache
@require_safe
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    return sso.begin(request, provider_id)


@never_cache
@require_safe
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    return sso.finish(request, provider_id)
