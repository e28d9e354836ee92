"""A draft tried on calls that are here: begun, watched, judged hit by hit; versions compared."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.detection.changes import changes
from reviews.detection.document import RubricError
from reviews.detection.rubric import canonical, parse_rubric
from reviews.errors import ErrorCode, Refused
from reviews.evaluation import backtest
from reviews.models import Draft, HitKind
from reviews.policies import Action
from reviews.queries import backtests, rubrics
from reviews.reviewing import judge_hit
from reviews.rubrics import drafts, shadows
from reviews.web.requests import TenantRequest, needs

SHOWN = {
    "different": (backtests.DIFFERENT, gettext_lazy("Different")),
    "new": ((HitKind.NEW,), gettext_lazy("New")),
    "lost": ((HitKind.LOST,), gettext_lazy("Lost")),
    "same": ((HitKind.SAME,), gettext_lazy("Same")),
}
"""What the list shows by its name in the address; it opens on what differs."""


class FormRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED


class Asked(forms.Form):
    """Which calls a draft is tried on."""

    days = forms.IntegerField(
        label=gettext_lazy("Calls of the last … days"),
        min_value=1,
        max_value=backtest.DAYS_AT_MOST,
        initial=30,
    )
    rule = forms.CharField(required=False, max_length=100)
    team = forms.UUIDField(required=False)
    agent = forms.UUIDField(required=False)
    source = forms.UUIDField(required=False)


@require_POST
@needs(Action.WRITE_RUBRICS)
def backtest_begin(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """Try the draft as it is saved."""
    draft = rubrics.draft_of(request.membership, rubric_id)
    seen = _asked(request)
    row = backtest.start(
        rubric=draft.rubric,
        document=_canonical(draft, "The backtest is refused"),
        base=draft.base,
        scope=_scope(request, seen),
        rule=seen["rule"],
        by=request.user,
        now=timezone.now(),
    )
    return redirect("backtest-detail", slug, rubric_id, row.pk)


@require_POST
@needs(Action.WRITE_RUBRICS)
def shadow_begin(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """Run the draft, as it is saved, on new calls."""
    draft = rubrics.draft_of(request.membership, rubric_id)
    row = shadows.start(
        rubric=draft.rubric,
        document=_canonical(draft, "The shadow is refused"),
        by=request.user,
        now=timezone.now(),
    )
    return redirect("backtest-detail", slug, rubric_id, row.pk)


def _canonical(draft: Draft, refused: str) -> str:
    """Raises FormRefused where the draft cannot be read."""
    try:
        return canonical(parse_rubric(drafts.document_of(draft))).decode()
    except RubricError as error:
        remedy = "Mend the draft, then try it."
        raise FormRefused(refused, str(error), remedy) from None


def _asked(request: TenantRequest) -> dict[str, Any]:
    form = Asked(request.POST)
    if not form.is_valid():
        remedy = f"Choose 1 to {backtest.DAYS_AT_MOST} days."
        raise FormRefused("The backtest is refused", "a form that cannot be read", remedy)
    return form.cleaned_data


def _scope(request: TenantRequest, seen: dict[str, Any]) -> backtest.Scope:
    """What names another tenant's row is as absent as what names none: Http404."""
    member = request.membership
    return backtest.Scope(
        days=seen["days"],
        team=seen["team"] and access.get_team_for(member, seen["team"]),
        agent=seen["agent"] and access.get_agent_for(member, seen["agent"]),
        source=seen["source"] and access.get_source_for(member, seen["source"]),
    )


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def backtest_detail(
    request: TenantRequest, slug: str, rubric_id: UUID, backtest_id: UUID
) -> HttpResponse:
    row = rubrics.backtest_of(request.membership, rubric_id, backtest_id)
    name = request.GET.get("show", "different")
    kinds, _title = SHOWN.get(name, SHOWN["different"])
    rule = request.GET.get("rule", "")
    page = backtests.hits(
        request.membership, row, kinds=kinds, rule=rule, after=request.GET.get("after", "")
    )
    report = backtests.report(row, now=timezone.now())
    context = {
        "report": report,
        "row": row,
        "newest": drafts.newest_of(rubric_id) if row.is_shadow else None,
        "show": name if name in SHOWN else "different",
        "tabs": _tabs(report, rule),
        "rule": rule,
        "page": page,
        "next_url": "?" + urlencode({"show": name, "rule": rule, "after": page.next})
        if page.next
        else "",
    }
    return render(request, "rubric/backtest.html", context)


def _tabs(report: backtests.Report, rule: str) -> list[tuple[str, Any, int, str]]:
    """Name, title, how many there are, and the address's query."""
    own = [each for each in report.rules if rule in ("", each.code)]
    counts = {kind: sum(getattr(each, kind) for each in own) for kind in HitKind.values}
    return [
        (name, title, sum(counts[kind] for kind in kinds), urlencode({"show": name, "rule": rule}))
        for name, (kinds, title) in SHOWN.items()
    ]


@require_POST
@needs(Action.WRITE_RUBRICS)
def backtest_cancel(
    request: TenantRequest, slug: str, rubric_id: UUID, backtest_id: UUID
) -> HttpResponse:
    row = rubrics.backtest_of(request.membership, rubric_id, backtest_id)
    if row.is_shadow:
        shadows.stop(row, by=request.user, now=timezone.now())
        messages.success(request, _("Stopped. Its report stays."))
    else:
        backtest.cancel(row, now=timezone.now())
        messages.success(request, _("Cancelled. What was tried stays."))
    return redirect("backtest-detail", slug, rubric_id, backtest_id)


@require_POST
@needs(Action.DECIDE)
def hit_judge(
    request: TenantRequest, slug: str, rubric_id: UUID, backtest_id: UUID, hit_id: UUID
) -> HttpResponse:
    """Whether a hit is right; back to the list that it stood in."""
    rubrics.backtest_of(request.membership, rubric_id, backtest_id)
    hit = access.get_backtest_hit_for(request.membership, hit_id)
    if hit.backtest_id != backtest_id:
        raise Http404
    verdict = request.POST.get("verdict", "")
    if verdict not in ("right", "wrong"):
        raise FormRefused("The verdict was not saved", "no verdict", "Choose right or wrong.")
    judge_hit.judge_hit(
        hit=hit, is_violation=verdict == "right", by=request.user, now=timezone.now()
    )
    query = {name: request.POST[name] for name in ("show", "rule", "after") if name in request.POST}
    address = reverse("backtest-detail", args=[slug, rubric_id, backtest_id])
    return redirect(f"{address}?{urlencode(query)}#h-{hit.pk}")


@never_cache
@require_safe
@needs(Action.SEE_RUBRICS)
def version_compare(
    request: TenantRequest, slug: str, rubric_id: UUID, version_id: UUID, other_id: UUID
) -> HttpResponse:
    """What differs between two versions, field by field and word by word."""
    before = rubrics.version_of(request.membership, rubric_id, version_id)
    after = rubrics.version_of(request.membership, rubric_id, other_id)
    found = changes(rubrics.document_of(before), rubrics.document_of(after))
    context = {
        "before": before,
        "after": after,
        "changes": rubrics.grouped(found),
        "effect": rubrics.effect_of(request.membership, before, after),
    }
    return render(request, "rubric/compare.html", context)


@require_POST
@needs(Action.WRITE_RUBRICS)
def version_try(
    request: TenantRequest, slug: str, rubric_id: UUID, version_id: UUID, other_id: UUID
) -> HttpResponse:
    """The effect of the difference: both versions on the same calls."""
    before = rubrics.version_of(request.membership, rubric_id, version_id)
    after = rubrics.version_of(request.membership, rubric_id, other_id)
    row = backtest.start(
        rubric=after.rubric,
        document=after.document,
        base=before,
        scope=backtest.Scope(days=_asked(request)["days"]),
        by=request.user,
        now=timezone.now(),
    )
    return redirect("backtest-detail", slug, rubric_id, row.pk)
