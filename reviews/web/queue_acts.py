"""What is done with findings that is no verdict: in hand, assigned, put off; and saved views."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from reviews import access
from reviews.models import Membership
from reviews.policies import Action
from reviews.queries import queue_items
from reviews.queries.queue_query import parse
from reviews.reviewing import bulk, hand, views
from reviews.web import queue_forms as forms
from reviews.web.requests import TenantRequest, needs, next_address


@require_POST
@needs(Action.DECIDE)
def finding_hand(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    finding = access.get_finding_for(request.membership, finding_id)
    form, now, by = forms.Hand(request.POST), timezone.now(), request.user
    if not form.is_valid():
        raise _unread(form)
    seen = form.cleaned_data
    match seen["act"]:
        case "claim" | "take":
            is_taken_over = seen["act"] == "take"
            if hand.claim(finding=finding, by=by, now=now, is_taken_over=is_taken_over):
                messages.success(request, _("You have it in hand for ten minutes."))
            else:
                messages.error(request, _("Somebody else has it in hand, or it is decided."))
        case "release":
            hand.release(finding=finding, by=by)
        case "hold":
            until = now + timedelta(hours=seen["hours"]) if seen["hours"] else None
            hand.hold(finding=finding, until=until, by=by, now=now)
            messages.success(request, _("Put off.") if until else _("Back in the queue."))
        case act:
            to = request.membership if act == "mine" else _member(request, seen["to"])
            hand.assign(finding=finding, to=to, by=by, now=now)
            messages.success(request, _("Assigned.") if to else _("Assigned to nobody."))
    return HttpResponseRedirect(next_address(request, seen["next"]))


@require_POST
@needs(Action.DECIDE)
def queue_bulk(request: TenantRequest, slug: str) -> HttpResponse:
    form = forms.Bulk(request.POST)
    if not form.is_valid():
        raise _unread(form)
    asked = form.cleaned_data
    seen = _all(request, asked["q"], asked["count"]) if asked["is_all"] else _picked(request)
    found = access.visible_findings(request.membership).filter(pk__in=seen)
    act = bulk.Act(
        asked["act"], asked["reason"], _member(request, asked["to"]), asked["hours"] or 0
    )
    done = bulk.do(findings=list(found), seen=seen, act=act, by=request.user, now=timezone.now())
    changed = ngettext("%(n)s finding changed.", "%(n)s findings changed.", done.changed)
    messages.success(request, changed % {"n": done.changed})
    if done.left:
        left = ngettext(
            "%(n)s was left: decided meanwhile, or not yours to decide.",
            "%(n)s were left: decided meanwhile, or not yours to decide.",
            done.left,
        )
        messages.warning(request, left % {"n": done.left})
    query = f"?{urlencode({'q': asked['q']})}" if asked["q"] else ""
    return HttpResponseRedirect(reverse("queue-list", args=[slug]) + query)


def _picked(request: TenantRequest) -> Mapping[UUID, int]:
    """Finding → the sequence that was seen. Raises BulkRefused."""
    try:
        pairs = [text.split(":") for text in request.POST.getlist("pick")]
        return {UUID(finding): int(sequence) for finding, sequence in pairs}
    except ValueError:
        raise bulk.BulkRefused(
            "Nothing was changed", "a choice that this page did not make", "Load the page again."
        ) from None


def _all(request: TenantRequest, query: str, count: int | None) -> Mapping[UUID, int]:
    """All that match now. Raises BulkRefused where they are not as many as were seen."""
    rows = queue_items.matching(request.membership, parse(query), timezone.now())
    found = dict(rows.values_list("finding_id", "sequence")[: bulk.BULK_AT_MOST + 1])
    if len(found) != count:
        raise bulk.BulkRefused(
            "Nothing was changed",
            f"{len(found):,} findings where the page showed {count or 0:,}",
            "Load the page again and look at them.",
        )
    return found


def _member(request: TenantRequest, member_id: UUID | None) -> Membership | None:
    return access.get_membership_for(request.membership, member_id) if member_id else None


def _unread(form: "forms.Hand | forms.Bulk | forms.View") -> bulk.BulkRefused:
    return bulk.BulkRefused(
        "Nothing was changed",
        ", ".join(f"{name} as sent" for name in form.errors),
        "Load the page again and choose there.",
    )


@require_POST
@needs(Action.SEE_QUEUE)
def view_save(request: TenantRequest, slug: str) -> HttpResponse:
    """Keep a view under its name, or delete the one of that name."""
    form = forms.View(request.POST)
    if not form.is_valid():
        raise views.ViewRefused(
            "The view was not saved", "no name, or one too long", "Write a name of 1 to 60 letters."
        )
    seen, now = form.cleaned_data, timezone.now()
    name, is_shared = seen["name"], seen["is_shared"]
    if seen["is_gone"]:
        views.delete(membership=request.membership, name=name, is_shared=is_shared, now=now)
        messages.success(request, _("The view is deleted."))
        return redirect("queue-list", slug)
    row = views.save(
        membership=request.membership, name=name, query=seen["query"], is_shared=is_shared, now=now
    )
    messages.success(request, _("The view is saved."))
    return HttpResponseRedirect(
        f"{reverse('queue-list', args=[slug])}?{urlencode({'q': row.query})}"
    )
