"""One reference document of a draft: its clauses and its facts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.detection.document import RubricError
from reviews.errors import Refused
from reviews.models import Draft
from reviews.policies import Action
from reviews.queries import rubrics
from reviews.rubrics import drafts, reference_documents
from reviews.web.document_form import Forms
from reviews.web.drafts import UNPROCESSABLE, author
from reviews.web.requests import TenantRequest, needs


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def draft_document(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """`code` in the address names it, without one it is new.

    A POST saves it, takes it out (`act=drop`), or shows more rows (`act=rows`).
    """
    draft = rubrics.draft_of(request.membership, rubric_id)
    was = request.GET.get("code", "")
    own = reference_documents.find(drafts.document_of(draft), was)
    if request.method != "POST":
        return _page(request, draft, Forms(document=own or {}))
    act = request.POST.get("act")
    if act == "rows":
        return _page(request, draft, Forms.typed(request.POST))
    shown = Forms(document=own or {}) if act == "drop" else Forms(request.POST)
    is_done = _dropped(request, draft, shown) if act == "drop" else _saved(request, draft, shown)
    if is_done:
        return redirect("draft-detail", slug, rubric_id)
    return _page(request, draft, shown, is_refused=True)


def _saved(request: TenantRequest, draft: Draft, shown: Forms) -> bool:
    """False where it is refused, which the forms then say."""
    if not shown.is_valid():
        return False
    own, was = shown.document(), request.GET.get("code", "")
    changed = reference_documents.with_document(drafts.document_of(draft), own, was=was)
    try:
        reference_documents.check(changed)
        drafts.save(draft, changed, author(request))
    except RubricError as error:
        shown.refuse(error, reference_documents.place_of(changed, own))
        return False
    except Refused as refusal:
        shown.head.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved in the draft."))
    return True


def _dropped(request: TenantRequest, draft: Draft, shown: Forms) -> bool:
    """False where a rule needs it."""
    code = request.GET.get("code", "")
    changed = reference_documents.without_document(drafts.document_of(draft), code)
    try:
        reference_documents.check(changed)
    except RubricError as error:
        shown.told = str(error)
        return False
    drafts.save(draft, changed, author(request))
    messages.success(request, _("The document is taken out of the draft."))
    return True


def _page(
    request: TenantRequest, draft: Draft, shown: Forms, *, is_refused: bool = False
) -> HttpResponse:
    was = request.GET.get("code", "")
    document = drafts.document_of(draft)
    context: dict[str, Any] = {
        "draft": draft,
        "was": was,
        "is_new": reference_documents.find(document, was) is None,
        "made_up": reference_documents.made_up(document).get(was, ()),
        "shown": shown,
    }
    status = UNPROCESSABLE if is_refused else 200
    return render(request, "rubric/document.html", context, status=status)
