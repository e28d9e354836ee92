"""Writing a rubric: its draft, what it says of all rules, published with a line."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access
from reviews.detection.changes import changes
from reviews.detection.document import RubricError
from reviews.detection.rubric import Rubric, canonical, parse_rubric
from reviews.errors import Refused
from reviews.evaluation import anew
from reviews.models import Draft, RubricVersion
from reviews.policies import Action
from reviews.queries import backtests, rubrics, trial, tried_calls
from reviews.rubrics import drafts, reference_documents, releases
from reviews.rubrics.drafts import Author, Document
from reviews.rubrics.publish import Terms
from reviews.web.requests import TenantRequest, needs
from reviews.web.rule_form import HeadForm

UNPROCESSABLE = 422


class Publishing(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What changed, in a line"), max_length=drafts.NOTE_AT_MOST
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it may ask for more than is decided a day"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Needed where its backtest says that it does."),
    )
    effective_from = forms.DateTimeField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Empty: from now on. UTC."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Evaluate the calls of the last … days anew"),
        required=False,
        min_value=1,
        max_value=anew.DAYS_AT_MOST,
        help_text=gettext_lazy("Empty: new calls alone. What judged a call before stays."),
    )


def author(request: TenantRequest) -> Author:
    """Raises Refused where the form does not say which revision was seen."""
    seen = request.POST.get("seen", "")
    if not (seen.isascii() and seen.isdigit()):
        raise drafts.PublishRefused(
            "The change is refused", "a form that this page did not make", "Load the page again."
        )
    return Author(int(seen[:9]), request.user, timezone.now())


@require_POST
@needs(Action.WRITE_RUBRICS)
def draft_begin(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    rubric = access.get_rubric_for(request.membership, rubric_id)
    drafts.begin(rubric, by=request.user, now=timezone.now())
    return redirect("draft-detail", slug, rubric_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def draft_detail(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """The draft with all its rules; a POST changes what it says of all of them."""
    draft = rubrics.draft_of(request.membership, rubric_id)
    document = drafts.document_of(draft)
    form = HeadForm(
        request.POST if request.method == "POST" else None, initial=HeadForm.of(document)
    )
    if form.is_valid():
        try:
            _saved(draft, {**document, **form.head()}, author(request))
            messages.success(request, _("Saved."))
            return redirect("draft-detail", slug, rubric_id)
        except RubricError as error:
            form.add_error(None, str(error))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _shown(request, draft, head=form)


def _saved(draft: Draft, document: Document, by: Author) -> Draft:
    """Raises RubricError where a document with rules cannot be read."""
    if document.get("rules"):
        parse_rubric(document)
    return drafts.save(draft, document, by)


def _shown(
    request: TenantRequest,
    draft: Draft,
    *,
    head: HeadForm | None = None,
    publishing: Publishing | None = None,
) -> HttpResponse:
    draft.refresh_from_db()
    document = drafts.document_of(draft)
    head = head or HeadForm(initial=HeadForm.of(document))
    rubric, error = _read(document)
    made_up = reference_documents.made_up(document)
    context = {
        "draft": draft,
        "document": document,
        "rules": document.get("rules", ()),
        "documents": [
            (each, made_up.get(str(each.get("code")))) for each in document.get("documents", ())
        ],
        "rubric": rubric,
        "error": error,
        "reds": [red for rule in rubric.rules for red in trial.reds(rubric, rule.code)]
        if rubric
        else [],
        "changes": rubrics.grouped(changes(_base(draft), _plain(document, rubric))),
        "newest": drafts.newest_of(draft.rubric_id),
        "newer": releases.newer(document),
        "choices": tried_calls.choices(request.membership),
        "second": rubric is not None and drafts.needs_second(draft),
        "head": head,
        "publishing": publishing or Publishing(),
        "backtests": rubrics.backtests_of(request.membership, draft.rubric_id),
        "shadow": rubrics.shadow_of(request.membership, draft.rubric_id),
    }
    is_bad = head.errors or (publishing is not None and publishing.errors)
    return render(request, "rubric/draft.html", context, status=UNPROCESSABLE if is_bad else 200)


def _read(document: Document) -> tuple[Rubric | None, str]:
    try:
        return parse_rubric(document), ""
    except RubricError as error:
        return None, str(error)


def _base(draft: Draft) -> Mapping[str, Any]:
    return rubrics.document_of(draft.base) if draft.base else {}


def _plain(document: Document, rubric: Rubric | None) -> Mapping[str, Any]:
    """As a version would have it, where it can be read."""
    return rubrics.plain(rubric) if rubric else document


@require_POST
@needs(Action.WRITE_RUBRICS)
def draft_discard(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    draft = rubrics.draft_of(request.membership, rubric_id)
    drafts.discard(draft, author(request))
    messages.success(request, _("The draft is gone; the published version holds."))
    return redirect("rubric-list", slug)


@require_POST
@needs(Action.WRITE_RUBRICS)
def draft_rebase(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    draft = rubrics.draft_of(request.membership, rubric_id)
    drafts.rebase(draft, author(request))
    return redirect("draft-detail", slug, rubric_id)


@require_POST
@needs(Action.WRITE_RUBRICS)
def draft_publish(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    draft = rubrics.draft_of(request.membership, rubric_id)
    form = Publishing(request.POST)
    if form.is_valid():
        seen = form.cleaned_data
        try:
            terms = Terms(_note(draft, seen), seen["effective_from"])
            version = drafts.ask(draft, terms, author(request))
            return _published(request, rubric_id, version, seen["days"])
        except (Refused, RubricError) as refusal:
            form.add_error(None, str(refusal))
    return _shown(request, draft, publishing=form)


def _note(draft: Draft, seen: dict[str, Any]) -> str:
    """The line, with the reason where one is needed. Raises PublishRefused where it lacks."""
    document = canonical(parse_rubric(drafts.document_of(draft))).decode()
    over = backtests.over_budget(draft.rubric_id, document, now=timezone.now())
    note: str = seen["note"]
    if over is None:
        return note
    if not seen["reason"].strip():
        raise drafts.PublishRefused(
            "Publishing is refused",
            f"{over.verdicts_a_day:.1f} verdicts a day by its backtest, where "
            f"{over.decided_a_day:.1f} are decided",
            "Say why it may ask for more, or narrow it.",
        )
    return f"{note} (more than is decided a day: {seen['reason'].strip()})"


@require_POST
@needs(Action.WRITE_RUBRICS)
def draft_agree(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """The second person publishes what the first asked for."""
    draft = rubrics.draft_of(request.membership, rubric_id)
    version = drafts.agree(draft, author(request))
    return _published(request, rubric_id, version, None)


def _published(
    request: TenantRequest, rubric_id: UUID, version: RubricVersion | None, days: int | None
) -> HttpResponse:
    slug = request.membership.tenant.slug
    if version is None:
        messages.success(request, _("Asked for. A second author publishes it."))
        return redirect("draft-detail", slug, rubric_id)
    if days:
        anew.start(version, days=days, by=request.user, now=timezone.now())
    text = _("Version %(number)d is published.") % {"number": version.number}
    messages.success(request, text)
    return redirect("rubric-detail", slug, rubric_id)


@require_POST
@needs(Action.WRITE_RUBRICS)
def version_restore(
    request: TenantRequest, slug: str, rubric_id: UUID, version_id: UUID
) -> HttpResponse:
    version = rubrics.version_of(request.membership, rubric_id, version_id)
    drafts.restore(version, Author(0, request.user, timezone.now()))
    messages.success(request, _("The draft is as that version was. Publish it to have it hold."))
    return redirect("draft-detail", slug, rubric_id)


@require_POST
@needs(Action.WRITE_RUBRICS)
def rubric_retire(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """Retires what holds, and revives what is retired."""
    rubric = access.get_rubric_for(request.membership, rubric_id)
    act = drafts.revive if rubric.retired_at else drafts.retire
    act(rubric, by=request.user, now=timezone.now())
    return redirect("rubric-detail", slug, rubric_id)
