"""What every page knows of who looks at it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reviews import access, policies
from reviews.models import Membership
from reviews.web import keys, session

THEMES = ("system", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Who looks, what may be done, and how the page is to be shown."""
    member: Membership | None = getattr(request, "membership", None)
    theme = request.COOKIES.get("theme", "")
    user = getattr(request, "user", None)
    bound = keys.of(getattr(user, "keys", {}))
    return {
        "member": member,
        "memberships": SimpleLazyObject(lambda: _memberships(request)),
        "can": {str(a): bool(member) and policies.can(member.role, a) for a in policies.Action}
        if member
        else {},
        "theme": theme if theme in THEMES else THEMES[0],
        "keys": bound,
        "shortcut": {key.action: key.key for key in bound},
        "density": getattr(user, "density", ""),
        "idle_s": session.idle_s(member.tenant.idle_minutes if member else None),
        "instance": settings.INSTANCE_NAME,
    }


def _memberships(request: HttpRequest) -> list[Membership]:
    """For the switcher; on a tenant's page its middleware has looked already."""
    known: list[Membership] | None = getattr(request, "memberships", None)
    user = getattr(request, "user", None)
    if known is not None or user is None or not user.is_authenticated:
        return known or []
    return access.memberships_of(user)
