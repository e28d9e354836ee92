"""The queue, and the verdicts that are given on it and on a call's page."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.models import Finding, Verdict
from reviews.policies import Action
from reviews.queries import choices, queue, queue_items
from reviews.queries.queue_query import (
    ME,
    NOBODY,
    FilterRefused,
    Filters,
    Sort,
    Stands,
    parse,
    write,
)
from reviews.reviewing import decide, suppress
from reviews.web import queue_forms as forms
from reviews.web.requests import TenantRequest, asked_finding, needs, next_address

BUILT_IN: tuple[tuple[str | Promise, Filters], ...] = (
    (gettext_lazy("Open"), Filters()),
    (gettext_lazy("Mine"), Filters(stands=Stands.UNDECIDED, assignee=ME)),
    (gettext_lazy("Unassigned"), Filters(stands=Stands.UNDECIDED, assignee=NOBODY)),
    (gettext_lazy("Overdue"), Filters(stands=Stands.UNDECIDED, is_overdue=True, sort=Sort.DUE)),
    (gettext_lazy("Escalated"), Filters(stands=Stands.ESCALATED)),
    (gettext_lazy("Second opinion"), Filters(stands=Stands.SECOND)),
    (gettext_lazy("Decided by me"), Filters(stands=Stands.DECIDED, by=ME, sort=Sort.DECIDED)),
)


EXAMPLE = 'is:open rule:guarantee sev:>=high age:>2d assignee:me "no risk"'


@dataclass(frozen=True, slots=True)
class Tab:
    label: str | Promise
    query: str
    count: int
    is_current: bool
    saved: choices.View | None = None

    @property
    def is_capped(self) -> bool:
        return self.count >= queue_items.COUNT_AT_MOST


@never_cache
@require_safe
@needs(Action.SEE_QUEUE)
def queue_list(request: TenantRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    built_in = [view for _, view in BUILT_IN]
    offered = choices.choices(request.membership, built_in, today=_midnight(now), now=now)
    text, error = request.GET.get("q", ""), None
    try:
        filters = replace(parse(text), after=request.GET.get("after", ""))
    except FilterRefused as refusal:
        filters, error = Filters(), refusal
    if "stands" in request.GET:
        return _from_form(request, filters, offered)
    form = forms.QueueFilter(None, offered, initial=asdict(filters))
    saved = [_read(view.query) for view in offered.views]
    page = (
        queue.QueuePage((), "", queue_items.counts(request.membership, saved, now))
        if error
        else queue.page(request.membership, filters, now, saved)
    )
    tabs = list(_tabs(filters, offered, zip(saved, page.counts, strict=True)))
    context = {
        "page": page,
        "filters": filters,
        "query": text if error else write(filters),
        "error": error,
        "example": EXAMPLE,
        "form": form,
        "offered": offered,
        "tabs": tabs,
        "with_work": next((tab for tab in tabs[1:6] if tab.count), None),
        "reasons": offered.reasons,
        "days": suppress.DAYS,
        "dismissing": asked_finding(request, "dismiss"),
        "more": asked_finding(request, "more"),
        "asked": _asked(request),
        "next_url": _address(request, after=page.next) if page.next else "",
        "queue_count": tabs[0].count,
        "since": offered.newest,
    }
    return render(request, "queue/list.html", context, status=400 if error else 200)


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _from_form(
    request: TenantRequest, shown: Filters, offered: choices.Choices
) -> HttpResponseRedirect:
    """To the address that says in one line what the form said in fields."""
    form = forms.QueueFilter(request.GET, offered, initial=request.GET.dict())
    if not form.is_valid():
        raise FilterRefused(
            "The queue is refused",
            ", ".join(f"no such {name}" for name in form.errors),
            "Choose from the lists above the queue.",
        )
    query = write(form.filters(shown))
    return HttpResponseRedirect(f"?{urlencode({'q': query})}" if query else request.path)


def _tabs(
    filters: Filters, offered: choices.Choices, saved: Iterable[tuple[Filters, int]]
) -> Iterator[Tab]:
    for (label, view), count in zip(BUILT_IN, offered.counts, strict=True):
        yield Tab(label, write(view), count, view == filters)
    for row, (view, count) in zip(offered.views, saved, strict=True):
        yield Tab(row.name, write(view), count, view == filters, row)


def _read(query: str) -> Filters:
    """Of a saved view; a text that is understood no more shows what is open."""
    try:
        return parse(query)
    except FilterRefused:
        return Filters()


def _asked(request: TenantRequest) -> str:
    """The page's query, for a row to add what is opened of it."""
    given = {name: text for name, text in request.GET.items() if name not in _OPENED}
    return f"?{urlencode(given)}&" if given else "?"


_OPENED = ("dismiss", "more")


def _address(request: TenantRequest, **changed: str) -> str:
    given = request.GET.dict() | changed
    return f"?{urlencode({name: value for name, value in given.items() if value})}"


@never_cache
@require_safe
@needs(Action.SEE_QUEUE)
def queue_new(request: TenantRequest, slug: str) -> HttpResponse:
    """How many came since the page was made, which is left as it is. A part of the queue's page."""
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(_queue(slug))
    try:
        since = datetime.fromisoformat(request.GET.get("since", ""))
        filters = parse(request.GET.get("q", ""))
    except ValueError:
        since, filters = timezone.now(), Filters()
    now = timezone.now()
    found = queue_items.found_since(request.membership, filters, since, now)
    context = {"found": found, "query": write(filters), "since": request.GET.get("since", "")}
    return render(request, "queue/_new.html", context)


@require_POST
@needs(Action.DECIDE)
def finding_decide(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    finding = access.get_finding_for(request.membership, finding_id)
    form = forms.Verdicts(request.POST)
    if not form.is_valid():
        raise decide.ReasonRefused(
            "The verdict was not saved",
            ", ".join(f"{name} as sent" for name in form.errors),
            "Send it from the finding's own page.",
        )
    decision, now = form.decision(), timezone.now()
    try:
        review = decide.decide(finding=finding, decision=decision, by=request.user, now=now)
    except decide.AlreadyDecided as refusal:
        return _conflict(request, finding, decision, refusal)
    wanted = form.suppression()
    if wanted and decision.verdict is Verdict.DISMISSED:
        suppress.suppress(
            finding=finding, wanted=wanted, reason=decision.reason, by=request.user, now=now
        )
    is_undo = decision.verdict is Verdict.REOPENED
    tags = "" if is_undo else f"undo {finding.pk} {review.sequence}"
    messages.success(request, _said(request, finding, decision), extra_tags=tags)
    back = next_address(request, form.cleaned_data["next"])
    return HttpResponseRedirect(back if form.cleaned_data["next"] else _queue(slug))


def _conflict(
    request: TenantRequest,
    finding: Finding,
    decision: decide.Decision,
    refusal: decide.AlreadyDecided,
) -> HttpResponse:
    """The other's verdict, and what one has written oneself, kept for another try."""
    given = request.POST.get("next", "")
    context = {
        "refused": refusal,
        "status": 409,
        "item": queue.standing_of(finding),
        "finding": finding,
        "decision": decision,
        "next": next_address(request, given) if given else _queue(request.membership.tenant.slug),
    }
    return render(request, "queue/conflict.html", context, status=409)


def _said(request: TenantRequest, finding: Finding, decision: decide.Decision) -> str:
    """What was done; after a dismissal also how many open ones hold the same words."""
    done = _("Confirmed in part.") if decision.severity else _SAID[decision.verdict]()
    if decision.verdict is not Verdict.DISMISSED:
        return done
    alike = Filters(alike=str(finding.pk))
    count = queue_items.counts(request.membership, [alike], timezone.now())[0]
    if not count:
        return done
    like = ngettext("%(n)s open finding is like it", "%(n)s open findings are like it", count)
    address = f"{_queue(request.membership.tenant.slug)}?{urlencode({'q': write(alike)})}"
    return format_html('{} <a href="{}">{}</a>', done, address, like % {"n": count})


def _queue(slug: str) -> str:
    return reverse("queue-list", args=[slug])


_SAID = {
    Verdict.UPHELD: lambda: _("Confirmed."),
    Verdict.DISMISSED: lambda: _("Dismissed."),
    Verdict.ESCALATED: lambda: _("Escalated."),
    Verdict.SECOND: lambda: _("A second opinion is asked for."),
    Verdict.REOPENED: lambda: _("Open again."),
}
