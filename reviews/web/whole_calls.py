"""The review of a whole call: its form, saved as it is filled in."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.detection.scoring import Result
from reviews.errors import Refused
from reviews.models import CallReviewDraft, Evaluation
from reviews.policies import Action
from reviews.queries import evaluations, review_form, transcripts
from reviews.queries.reasons import reasons
from reviews.queries.rubrics import rubric_of
from reviews.reviewing import whole_call
from reviews.reviewing.whole_call import AnswerRefused, Said
from reviews.web.requests import TenantRequest, needs

UNPROCESSABLE = 422
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.REVIEW_CALLS)
def call_review(
    request: TenantRequest, slug: str, transcript_id: UUID, evaluation_id: UUID
) -> HttpResponse:
    """A POST begins it (`act=begin`), saves all of the form, finishes it, or discards it."""
    if request.method != "POST":
        return _page(request, transcript_id, evaluation_id)
    evaluation = review_form.evaluation_of(request.membership, transcript_id, evaluation_id)
    act, now = request.POST.get("act", "save"), timezone.now()
    if act == "begin":
        whole_call.begin(evaluation=evaluation, by=request.user, now=now)
        return redirect("call-review", slug, transcript_id, evaluation_id)
    draft = review_form.draft_of(request.membership, evaluation)
    if draft is None:
        raise Http404
    if act == "discard":
        whole_call.discard(draft=draft, by=request.user, now=now)
        messages.success(request, _("The review is discarded."))
        return redirect("call-detail", slug, transcript_id)
    draft = whole_call.save(draft=draft, said=said(request.POST, evaluation), now=now)
    if act == "finish":
        return _finished(request, draft)
    if "HX-Request" in request.headers:
        return render(request, "call/_saved.html", {"saved_at": now})
    messages.success(request, _("Saved. Nobody else sees it until it is finished."))
    return redirect("call-review", slug, transcript_id, evaluation_id)


def _finished(request: TenantRequest, draft: CallReviewDraft) -> HttpResponse:
    """What was typed stays in the draft where finishing is refused."""
    try:
        whole_call.finish(draft=draft, by=request.user, now=timezone.now())
    except Refused as refusal:
        return _page(request, draft.transcript_id, draft.evaluation_id, refusal)
    messages.success(request, _("The review of the whole call is finished."))
    return redirect("call-detail", request.membership.tenant.slug, draft.transcript_id)


def _page(
    request: TenantRequest, transcript_id: UUID, evaluation_id: UUID, refusal: Refused | None = None
) -> HttpResponse:
    form = review_form.form(request.membership, transcript_id, evaluation_id)
    offered = reasons(request.membership.tenant_id)
    context = {"form": form, "page": form.page, "reasons": offered, "refusal": refusal}
    status = UNPROCESSABLE if refusal else 200
    return render(request, "call/review.html", context, status=status)


def said(post: QueryDict, evaluation: Evaluation) -> Said:
    """What the form says of every rule; what is empty is taken back. Raises AnswerRefused."""
    results = evaluations.results_of(evaluation.results)
    rubric = rubric_of(evaluation.tenant_id, evaluation.rubric_version_id)
    others = [code for code, each in results.items() if each not in (Result.FAILED, Result.ASKED)]
    failed = [code for code, each in results.items() if each is Result.FAILED]
    return Said(
        answers={code: _answer(post, code) for code in whole_call.asked_of(rubric, results)},
        wrong={code: post.get(f"wrong-{code}") or None for code in failed},
        missed=_missed(post, others, evaluation),
    )


def _answer(post: QueryDict, code: str) -> dict[str, str | None] | None:
    level, comment = post.get(f"answer-{code}"), post.get(f"comment-{code}", "")
    return None if level is None and not comment else {"level": level, "comment": comment}


def _missed(
    post: QueryDict, codes: Iterable[str], evaluation: Evaluation
) -> Mapping[str, Mapping[str, int | None] | None]:
    missed = {code: f"missed-{code}" in post for code in codes}
    times = {code: post.get(f"at-{code}", "").strip() for code in codes if missed[code]}
    starts = _starts(evaluation) if any(times.values()) else []
    return {
        code: {"utterance": _utterance(times[code], starts)} if is_missed else None
        for code, is_missed in missed.items()
    }


def _starts(evaluation: Evaluation) -> list[int]:
    """When each utterance begins, in ms; -1 where that is not known."""
    columns = transcripts.columns_of(evaluation.transcript)
    bounds = pairwise(columns.bounds)
    return [columns.start_ms[low] if low < high else -1 for low, high in bounds]


def _utterance(time: str, starts: list[int]) -> int | None:
    """The last one that begins at that time, `1:05` or `1:02:05`, or before it."""
    if not time:
        return None
    read = _TIME.fullmatch(time)
    if read is None:
        raise AnswerRefused(
            "What was said of the call was not saved",
            "a place that is no time of the call",
            "Write it as it stands before the lines, such as 1:05.",
        )
    hours, minutes, seconds = (int(part or 0) for part in read.groups())
    wanted = ((hours * 60 + minutes) * 60 + seconds + 1) * 1000 - 1
    return max((at for at, start in enumerate(starts) if 0 <= start <= wanted), default=None)
