"""Released calls, what their agents say to them, and the answers."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import access
from reviews.models import DisputeState
from reviews.policies import Action
from reviews.queries import coaching, disputes
from reviews.queries.reasons import reasons
from reviews.reviewing import dispute
from reviews.reviewing.decide import NOTE_AT_MOST
from reviews.web.requests import TenantRequest, needs, next_address, without_nul


class Answer(forms.Form):
    state = forms.ChoiceField(choices=DisputeState.choices)
    note = forms.CharField(max_length=NOTE_AT_MOST)
    reason = forms.CharField(max_length=50, required=False)
    severity = forms.CharField(max_length=10, required=False)

    def answer(self) -> dispute.Answer:
        """Of a valid form."""
        seen = self.cleaned_data
        return dispute.Answer(
            DisputeState(seen["state"]), seen["note"], seen["reason"], seen["severity"]
        )


class TermsForm(forms.Form):
    window_days = forms.IntegerField(
        label=gettext_lazy("Days to appeal, from the release"), min_value=1, max_value=365
    )
    answer_hours = forms.IntegerField(
        label=gettext_lazy("Working hours to the answer"), min_value=1, max_value=1000
    )
    open_at_most = forms.IntegerField(
        label=gettext_lazy("Open appeals of one person"), min_value=1, max_value=100
    )

    def terms(self) -> disputes.Terms:
        """Of a valid form."""
        return disputes.Terms(**self.cleaned_data)


@never_cache
@require_safe
@needs(Action.SEE_OWN)
def own_list(request: TenantRequest, slug: str) -> HttpResponse:
    rows = disputes.mine(request.membership)
    coachings = coaching.mine(request.membership, timezone.localdate())
    terms = disputes.terms(request.membership.tenant_id)
    context = {"rows": rows, "terms": terms, "coachings": coachings}
    return render(request, "dispute/own.html", context)


@require_POST
@needs(Action.RELEASE)
def call_release(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    row = access.get_transcript_for(request.membership, transcript_id)
    dispute.release(transcript=row, by=request.user, now=timezone.now())
    messages.success(request, _("Released: its agents see the results from now on."))
    return redirect("call-detail", slug, transcript_id)


@require_POST
@needs(Action.SEE_OWN)
def call_acknowledge(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponse:
    row = access.get_transcript_for(request.membership, transcript_id)
    dispute.acknowledge(transcript=row, by=request.user, now=timezone.now())
    messages.success(request, _("Thank you. Your lead sees that you have read it."))
    return HttpResponseRedirect(next_address(request, request.POST.get("next", "")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SEE_CALLS)
def finding_dispute(request: TenantRequest, slug: str, finding_id: UUID) -> HttpResponse:
    """The appeal's form, with until when it is possible, or why it is not."""
    finding = access.get_finding_for(request.membership, finding_id)
    now = timezone.now()
    if request.method == "POST":
        why = without_nul(request.POST.get("why", ""))[: NOTE_AT_MOST + 1]
        dispute.raise_dispute(finding=finding, why=why, by=request.membership, now=now)
        messages.success(request, _("The appeal is made. Another reviewer answers it."))
        return redirect("call-detail", slug, finding.transcript_id)
    context = {
        "finding": finding,
        "refused": dispute.why_not(finding=finding, by=request.membership, now=now),
        "terms": disputes.terms(request.membership.tenant_id),
        "most": NOTE_AT_MOST,
    }
    return render(request, "dispute/raise.html", context)


@never_cache
@require_safe
@needs(Action.ANSWER_DISPUTES)
def dispute_list(request: TenantRequest, slug: str) -> HttpResponse:
    wanted = request.GET.get("state", "")
    state = DisputeState(wanted) if wanted in DisputeState.values else DisputeState.OPEN
    context = {
        "rows": disputes.listed(request.membership, state, timezone.now()),
        "state": state,
        "states": DisputeState.choices,
    }
    return render(request, "dispute/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.ANSWER_DISPUTES)
def dispute_answer(request: TenantRequest, slug: str, dispute_id: UUID) -> HttpResponse:
    row = access.get_dispute_for(request.membership, dispute_id)
    form = Answer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        dispute.answer(dispute=row, given=form.answer(), by=request.user, now=timezone.now())
        messages.success(request, _("Answered. The final score stands beside the others."))
        return redirect("dispute-list", slug)
    context = {
        "each": disputes.one(request.membership, row, timezone.now()),
        "form": form,
        "reasons": reasons(row.tenant_id),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "dispute/answer.html", context, status=status)


@require_POST
@needs(Action.SEE_CALLS)
def dispute_withdraw(request: TenantRequest, slug: str, dispute_id: UUID) -> HttpResponse:
    row = access.get_dispute_for(request.membership, dispute_id)
    dispute.withdraw(dispute=row, by=request.user, now=timezone.now())
    messages.success(request, _("The appeal is withdrawn."))
    return redirect("call-detail", slug, row.finding.transcript_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_WORK)
def terms_change(request: TenantRequest, slug: str) -> HttpResponse:
    held = disputes.terms(request.membership.tenant_id)
    initial = {
        "window_days": held.window_days,
        "answer_hours": held.answer_hours,
        "open_at_most": held.open_at_most,
    }
    form = TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        dispute.keep_terms(
            tenant=request.membership.tenant, wanted=form.terms(), by=request.user,
            now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Saved. It holds for appeals from now on."))
        return redirect("terms-change", slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "dispute/terms.html", {"form": form}, status=status)
