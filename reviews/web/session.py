"""How long somebody stays signed in: an end of the day, and an end of sitting idle."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_BEGAN = "began_at"
_SEEN = "seen_at"
_SEEN_EVERY_S = 60.0


class SessionMiddleware:
    """Signs out who was idle for SESSION_IDLE_S or signed in SESSION_COOKIE_AGE ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The API knows no sessions: a cookie that comes along is not even read.
        is_page = not request.path_info.startswith(("/api/", "/v1/"))
        if is_page and request.session.session_key and request.user.is_authenticated:
            _tend(request, time.time())
        with timezone.override(_zone(request) if is_page else None):
            return self.get_response(request)


def _zone(request: HttpRequest) -> ZoneInfo | None:
    """The person's own; None: the installation's."""
    name = getattr(request.user, "time_zone", "") if request.session.session_key else ""
    return ZoneInfo(name) if name else None


def _tend(request: HttpRequest, now: float) -> None:
    began = request.session.get(_BEGAN, now)
    seen = request.session.get(_SEEN, now)
    request.idle_s = now - seen  # type: ignore[attr-defined] # a middleware's own attribute
    if now - seen > settings.SESSION_IDLE_S or now - began > settings.SESSION_COOKIE_AGE:
        logout(request)
    elif _BEGAN not in request.session or now - seen > _SEEN_EVERY_S:
        request.session[_BEGAN], request.session[_SEEN] = began, now


def is_too_idle(request: HttpRequest, minutes: int | None) -> bool:
    """Whether a tenant of a shorter patience signs out who asks now."""
    return bool(minutes) and getattr(request, "idle_s", 0) > 60 * (minutes or 0)


def idle_s(minutes: int | None) -> int:
    """How long somebody may sit idle: the shorter of the tenant's time and the installation's."""
    return min(settings.SESSION_IDLE_S, 60 * minutes if minutes else settings.SESSION_IDLE_S)
