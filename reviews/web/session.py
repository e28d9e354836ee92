"""How long somebody stays signed in: an end of the day, and an end of sitting idle."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

_BEGAN = "began_at"
_SEEN = "seen_at"
_SEEN_EVERY_S = 60.0


class SessionMiddleware:
    """Signs out who was idle for SESSION_IDLE_S or signed in SESSION_COOKIE_AGE ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The API knows no sessions: a cookie that comes along is not even read.
        is_page = not request.path_info.startswith("/api/")
        if is_page and request.session.session_key and request.user.is_authenticated:
            _tend(request, time.time())
        return self.get_response(request)


def _tend(request: HttpRequest, now: float) -> None:
    began = request.session.get(_BEGAN, now)
    seen = request.session.get(_SEEN, now)
    if now - seen > settings.SESSION_IDLE_S or now - began > settings.SESSION_COOKIE_AGE:
        logout(request)
    elif _BEGAN not in request.session or now - seen > _SEEN_EVERY_S:
        request.session[_BEGAN], request.session[_SEEN] = began, now
