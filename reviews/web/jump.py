"""Jumping to whatever goes by a text: a page of its own, and what the palette loads."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews import policies
from reviews.models import Membership
from reviews.queries import jump as queries
from reviews.web.requests import TenantRequest, without_nul

LONGEST = 200


PAGES: Mapping[str, "str | Promise"] = {
    "queue-list": _("Queue"),
    "suppression-list": _("Not flagged again"),
    "own-list": _("My calls"),
    "notification-list": _("Notifications"),
    "dispute-list": _("Appeals"),
    "terms-change": _("Terms of appeals"),
    "call-list": _("Calls"),
    "task-list": _("Reviews"),
    "sampling-list": _("Sampling plans"),
    "calibration-list": _("Calibration"),
    "coaching-list": _("Coaching"),
    "rubric-list": _("Rubrics"),
    "assignment-detail": _("Which rubric judges which call"),
    "rubric-language": _("How rules are written"),
    "source-list": _("Sources"),
    "source-import": _("Import files"),
    "job-list": _("Jobs"),
    "people-list": _("People"),
    "people-roles": _("What each role may"),
    "audit-list": _("Audit trail"),
    "tenant-settings": _("Settings of the tenant"),
    "key-list": _("API keys"),
    "webhook-list": _("Webhooks"),
    "drop-list": _("Drops for a warehouse"),
    "crm-list": _("CRM"),
    "forward-list": _("Forwarding rules"),
    "work-change": _("How reviewers work"),
    "tenant-list": _("What waits in each tenant"),
    "profile": _("Profile and keys"),
    "security": _("Sign-in and security"),
    "help": _("Help"),
}
"""Name of a page → what it is called, in the order of the bar and its menus."""


@never_cache
@require_safe
def jump(request: TenantRequest, slug: str) -> HttpResponse:
    """Without a text, the pages alone."""
    text = without_nul(request.GET.get("q", "")).strip()[:LONGEST]
    found = queries.find(request.membership, text, _id(text)) if text else queries.Found()
    pages = _pages(request.membership, text.casefold())
    return render(request, "jump/page.html", {"text": text, "found": found, "pages": pages})


def _pages(membership: Membership, text: str) -> Sequence[tuple[str, str]]:
    """Address and name of those that the member may open; of a text, the first that have it."""
    named = ((_address(name, membership), str(label)) for name, label in PAGES.items())
    found = [
        (address, label)
        for address, label in named
        if text in label.casefold() and _is_open(address, membership.role)
    ]
    return found[: queries.AT_MOST] if text else found


def _address(name: str, membership: Membership) -> str:
    try:
        return reverse(name, args=[membership.tenant.slug])
    except NoReverseMatch:  # it is of no tenant
        return reverse(name)


def _is_open(address: str, role: str) -> bool:
    """As its view asks."""
    action = getattr(resolve(address).func, "action", None)
    return action is None or policies.can(role, action)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
