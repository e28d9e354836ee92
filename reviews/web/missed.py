"""Words that a reviewer marks as a breach the machine missed, and a mark that is taken back."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reviews import access
from reviews.policies import Action
from reviews.reviewing import missed
from reviews.reviewing.missed import MarkRefused, Span
from reviews.web.calls import check_not_blind
from reviews.web.requests import TenantRequest, needs

_MOST = 2**31 - 1


class MissedForm(forms.Form):
    evaluation = forms.UUIDField()
    rule = forms.CharField(max_length=100)
    utterance = forms.IntegerField(min_value=0, max_value=_MOST)
    first = forms.IntegerField(min_value=0, max_value=_MOST)
    last = forms.IntegerField(min_value=0, max_value=_MOST)
    note = forms.CharField(required=False)

    def __init__(self, post: dict[str, str]) -> None:
        """The rule is chosen together with its evaluation."""
        evaluation, _dot, rule = post.get("rule", "").partition(".")
        super().__init__(post | {"evaluation": evaluation, "rule": rule})


@require_POST
@needs(Action.DECIDE)
def call_missed(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    row = access.get_transcript_for(request.membership, transcript_id)
    check_not_blind(request, row.pk, "The mark is refused")
    form = MissedForm(request.POST.dict())
    if not form.is_valid():
        raise MarkRefused(
            "The mark was not saved", "a form that this page did not make", "Load the page again."
        )
    seen = form.cleaned_data
    evaluation = access.get_evaluation_for(request.membership, seen["evaluation"])
    if evaluation.transcript_id != row.pk:
        raise Http404
    span = Span(seen["rule"], seen["utterance"], seen["first"], seen["last"], seen["note"])
    missed.mark(evaluation=evaluation, span=span, by=request.user, now=timezone.now())
    messages.success(request, _("Marked. The rule fails in the reviewed score."))
    return redirect(f"{reverse('call-detail', args=[slug, row.pk])}#u{span.utterance}")


@require_POST
@needs(Action.DECIDE)
def missed_withdraw(request: TenantRequest, slug: str, manual_id: UUID) -> HttpResponse:
    finding = access.get_manual_finding_for(request.membership, manual_id)
    check_not_blind(request, finding.transcript_id, "The withdrawal is refused")
    missed.withdraw(finding=finding, by=request.user, now=timezone.now())
    messages.success(request, _("Withdrawn. It stays on record."))
    return redirect("call-detail", slug, finding.transcript_id)
