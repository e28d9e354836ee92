"""The reviews that a reviewer was given, and who skips one or gives it to another."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews import access
from reviews.policies import Action, NotPossible, can
from reviews.queries import calibration, review_tasks
from reviews.reviewing import sampling
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_safe
@needs(Action.REVIEW_CALLS)
def task_list(request: TenantRequest, slug: str) -> HttpResponse:
    """The member's own reviews."""
    own = review_tasks.own(request.membership, timezone.now())
    context = {
        "own": own,
        "reasons": sampling.REASONS,
        "calibration": calibration.own(request.membership),
        "compared": calibration.closed(request.membership),
        "today": timezone.localdate(),
    }
    return render(request, "sampling/own.html", context)


@require_POST
@needs(Action.REVIEW_CALLS)
def task_skip(request: TenantRequest, slug: str, task_id: UUID) -> HttpResponse:
    """One's own, or, by who manages plans, anybody's."""
    task = access.get_review_task_for(request.membership, task_id)
    reason = request.POST.get("reason", "")
    sampling.check_reason(reason)
    is_own = task.reviewer_id == request.user.pk
    if not is_own and not can(request.membership.role, Action.MANAGE_SAMPLING):
        raise Http404
    sampling.skip(task=task, reason=reason, by=request.user, now=timezone.now())
    messages.success(request, _("Skipped. The reason stays on record."))
    if is_own and "from_draw" not in request.POST:
        return redirect("task-list", slug)
    return redirect("draw-detail", slug, task.drawn.draw.plan_id, task.drawn.draw_id)


@require_POST
@needs(Action.MANAGE_SAMPLING)
def task_replace(request: TenantRequest, slug: str, task_id: UUID) -> HttpResponse:
    """Give it to another."""
    task = access.get_review_task_for(request.membership, task_id)
    try:
        reviewer = UUID(request.POST.get("reviewer", ""))
    except ValueError:
        raise NotPossible(
            "Giving it to another is refused", "nobody was chosen", "Choose a reviewer."
        ) from None
    sampling.replace(
        task=task,
        reviewer_id=reviewer,
        reason=request.POST.get("reason", ""),
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("Given to another reviewer."))
    return redirect("draw-detail", slug, task.drawn.draw.plan_id, task.drawn.draw_id)
