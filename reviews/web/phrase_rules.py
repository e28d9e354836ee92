"""A phrase that was searched becomes a new rule, in the draft of the rubric that is chosen."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews import access
from reviews.detection import phrases
from reviews.policies import Action
from reviews.queries import rubrics
from reviews.queries.queue_query import FilterRefused
from reviews.rubrics import drafts
from reviews.web.call_filter import LONGEST_PHRASE
from reviews.web.requests import TenantRequest, needs

UNPROCESSABLE = 422
_SPEAKERS = ("agent", "customer")


class Chosen(forms.Form):
    rubric = forms.ChoiceField(label=gettext_lazy("Rubric"), widget=forms.RadioSelect)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def phrase_rule(request: TenantRequest, slug: str) -> HttpResponse:
    """The rubrics to choose from; a POST goes to a new rule, not saved yet, in the one's draft."""
    if "phrase" not in request.GET:
        return redirect("call-list", slug)
    query = _query(request)
    named = rubrics.named(request.membership)
    form = Chosen(request.POST if request.method == "POST" else None)
    choice: Any = form.fields["rubric"]
    choice.choices = [(str(pk), name) for pk, name in named]
    choice.initial = str(named[0][0]) if named else None
    if form.is_bound and form.is_valid():
        rubric = access.get_rubric_for(request.membership, form.cleaned_data["rubric"])
        drafts.begin(rubric, by=request.user, now=timezone.now())
        address = reverse("draft-rule", args=[slug, rubric.pk])
        return redirect(f"{address}?{urlencode({'query': query})}")
    context = {"form": form, "query": query, "has_rubrics": bool(named)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "rubric/phrase.html", context, status=status)


def _query(request: TenantRequest) -> str:
    """The phrase of the address in the rule language. Raises FilterRefused."""
    text, by = request.GET.get("phrase", ""), request.GET.get("by", "")
    tokens = phrases.tokens_of(text) if len(text) <= LONGEST_PHRASE else []
    if not tokens:
        raise FilterRefused(
            "A rule of this phrase is refused", "no words, or too many", "Search for it first."
        )
    said = f'"{" ".join(tokens)}"'
    return f"{by}: {said}" if by in _SPEAKERS else said
