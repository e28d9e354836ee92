"""What somebody is told: listed, opened, marked as read."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.accounts import notified
from reviews.models import Notice, Notification
from reviews.queries import notifications
from reviews.web.requests import TenantRequest, asked_finding

UNREAD = "?unread=1"
_MINE = {Notice.FINDING_ASSIGNED: "is:open assignee:me", Notice.FINDING_WAITS: "is:escalated"}
"""The line of the queue that shows them where they are many."""


@never_cache
@require_safe
def notification_list(request: TenantRequest, slug: str) -> HttpResponse:
    """All, or with `unread` those alone; `after` is where a page begins."""
    is_unread = request.GET.get("unread") == "1"
    after = asked_finding(request, "after")
    page = notifications.page(request.membership, after=after, is_unread=is_unread)
    context = {"page": page, "is_unread": is_unread, "after": after}
    return render(request, "notification/list.html", context)


@require_POST
def notification_open(request: TenantRequest, slug: str, notification_id: UUID) -> HttpResponse:
    """Read from now on; leads to what it is about."""
    row = access.get_notification_for(request.membership, notification_id)
    notified.read(notification=row, now=timezone.now())
    about = notifications.about(request.membership, row)
    if about is None:
        messages.warning(request, _("It is gone since, or no longer yours to see."))
        return redirect("notification-list", slug)
    return HttpResponseRedirect(_address(slug, row, about))


@require_POST
def notification_read(request: TenantRequest, slug: str) -> HttpResponse:
    notified.read_all(membership=request.membership, now=timezone.now())
    messages.success(request, _("All are marked as read."))
    return redirect("notification-list", slug)


def _address(slug: str, row: Notification, about: Any) -> str:
    kind = Notice(row.kind)
    if row.count > 1 and kind in _MINE:
        return f"{reverse('queue-list', args=[slug])}?{urlencode({'q': _MINE[kind]})}"
    return _ADDRESSES[kind](slug, about)


def _finding(slug: str, finding: Any) -> str:
    return f"{reverse('call-detail', args=[slug, finding.transcript_id])}#f-{finding.pk}"


def _of_row(name: str) -> Callable[[str, Any], str]:
    return lambda slug, about: reverse(name, args=[slug, about.pk])


_ADDRESSES: Mapping[Notice, Callable[[str, Any], str]] = {
    Notice.FINDING_ASSIGNED: _finding,
    Notice.FINDING_TAKEN: _finding,
    Notice.FINDING_WAITS: _finding,
    Notice.CALLS_GIVEN: lambda slug, _draw: reverse("task-list", args=[slug]),
    Notice.CALIBRATION_GIVEN: _of_row("calibration-detail"),
    Notice.APPEAL_MADE: _of_row("dispute-answer"),
    Notice.APPEAL_ANSWERED: lambda slug, row: _finding(slug, row.finding),
    Notice.CALL_RELEASED: _of_row("call-detail"),
    Notice.COACHING_GIVEN: lambda slug, _row: reverse("own-list", args=[slug]),
    Notice.COACHING_READ: _of_row("coaching-detail"),
    Notice.VERSION_WAITS: lambda slug, draft: reverse("draft-detail", args=[slug, draft.rubric_id]),
    Notice.SOURCE_STOPPED: _of_row("source-detail"),
    Notice.KEY_ENDS: _of_row("key-detail"),
    Notice.HOOK_OFF: _of_row("webhook-detail"),
    Notice.CRM_OFF: _of_row("crm-detail"),
    Notice.FORWARD_OFF: _of_row("forward-detail"),
}
