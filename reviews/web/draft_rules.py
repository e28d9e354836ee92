"""One rule of a draft: as a form or as a query, tried as it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews.detection.document import RubricError
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.errors import Refused
from reviews.policies import Action
from reviews.queries import rubrics, trial
from reviews.rubrics import drafts
from reviews.rubrics.drafts import Document
from reviews.web.drafts import UNPROCESSABLE, author
from reviews.web.requests import TenantRequest, needs
from reviews.web.rule_form import RuleForm
from reviews.web.simple_form import SimpleForm

FORM, QUERY = "form", "query"
"""The two views of a rule."""


@sensitive_post_parameters("snippet")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def draft_rule(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """One rule: `code` in the address names it, without one it is new, and may have a `query`.

    A POST tries it (`act=try`), saves it, takes it out (`act=drop`), or shows it in the other view
    (`act=form`, `act=query`) with what was typed.
    """
    draft = rubrics.draft_of(request.membership, rubric_id)
    document, was = drafts.document_of(draft), request.GET.get("code", "")
    rule = next((each for each in document.get("rules", ()) if each.get("code") == was), None)
    context: dict[str, Any] = {"draft": draft, "was": was, "is_new": rule is None}
    if request.method != "POST":
        context |= _reds(document, was) if rule else {}
        begun = {"check": {"query": request.GET.get("query", "")}}
        return _rule_page(request, context, _opened(document, RuleForm.seen(rule or begun)))
    act = request.POST.get("act")
    if act == "drop":
        drafts.save(draft, drafts.without_rule(document, was), author(request))
        messages.success(request, _("The rule is taken out of the draft."))
        return redirect("draft-detail", slug, rubric_id)
    context |= {"tried": None, "snippet": request.POST.get("snippet", "")}
    if act in (FORM, QUERY):
        return _rule_page(request, context, _switched(request.POST, document, act))
    shown = _sent(request.POST, document)
    form = shown.form
    if form.is_valid():
        changed = drafts.with_rule(document, form.rule(), was=was)
        try:
            rubric = parse_rubric(changed)
            if act == "try":
                return _rule_page(request, context | _tried(request, rubric, form), shown)
            drafts.save(draft, changed, author(request))
            messages.success(request, _("Saved in the draft."))
            return redirect(rule_address(slug, rubric_id, form.cleaned_data["code"]))
        except RubricError as error:
            form.refuse(error, changed["rules"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _rule_page(request, context, shown)


def rule_address(slug: str, rubric_id: UUID, code: str) -> str:
    return f"{reverse('draft-rule', args=[slug, rubric_id])}?{urlencode({'code': code})}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A rule as its page shows it; `simple` where it is in the form view."""

    form: RuleForm
    simple: SimpleForm | None
    is_too_much: bool = False
    """The form view was asked for, and cannot hold the query."""


def _opened(document: Document, seen: Mapping[str, Any]) -> _Shown:
    """The form view where it can hold the rule; without errors, however little is typed."""
    query, check = seen.get("query", ""), seen.get("check", "")
    simple = None if check.strip() else SimpleForm.of(query, document)
    return _Shown(RuleForm(document=document, initial=seen), simple, simple is None)


def _switched(sent: QueryDict, document: Document, to: str) -> _Shown:
    """The other view, with what was typed; what is wrong in the form keeps it open."""
    if to == FORM:
        return _opened(document, sent.dict())
    shown = _sent(sent, document)
    simple = shown.simple
    if simple is None or simple.is_valid():
        seen = sent.dict() | ({"query": simple.query()} if simple else {})
        return _Shown(RuleForm(document=document, initial=seen), None)
    if not simple.is_begun():
        return _Shown(RuleForm(document=document, initial=sent.dict()), None)
    return shown


def _sent(sent: QueryDict, document: Document) -> _Shown:
    if sent.get("view") != FORM:
        return _Shown(RuleForm(sent, document=document), None)
    simple = SimpleForm(sent, lists=document.get("lists") or ())
    return _Shown(RuleForm(sent, document=document, simple=simple), simple)


def _reds(document: Document, code: str) -> dict[str, Any]:
    """The rule's examples that do not come out as written, where the draft can be read."""
    try:
        reds = trial.reds(parse_rubric(document), code)
    except RubricError:
        return {}
    return {"reds": reds, "is_tried": bool(reds)}


def _tried(request: TenantRequest, rubric: Rubric, form: RuleForm) -> dict[str, Any]:
    """The rule on what was pasted, or on the call that was named, and its red examples."""
    code = form.cleaned_data["code"]
    shown: dict[str, Any] = {"reds": trial.reds(rubric, code), "is_tried": True}
    call, snippet = request.POST.get("call", "").strip(), request.POST.get("snippet", "")
    try:
        if call:
            shown["tried"] = trial.on_named_call(request.membership, rubric, code, call)
        elif snippet.strip():
            shown["tried"] = trial.on_snippet(rubric, code, snippet)
    except Refused as refusal:
        shown["trial_error"] = str(refusal)
    return shown


def _rule_page(request: TenantRequest, context: dict[str, Any], shown: _Shown) -> HttpResponse:
    context |= {"form": shown.form, "simple": shown.simple, "is_too_much": shown.is_too_much}
    context.setdefault("call", request.POST.get("call", request.GET.get("call", "")))
    context["is_trying"] = request.POST.get("act") == "try"
    # A page that answers while somebody types is swapped in, errors and all.
    is_typed = "HX-Request" in request.headers
    status = UNPROCESSABLE if shown.form.errors and not is_typed else 200
    return render(request, "rubric/rule.html", context, status=status)
