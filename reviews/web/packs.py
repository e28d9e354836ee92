"""New rubrics, empty or begun from a pack; and what a pack's newer release would change in one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews import access
from reviews.detection.document import RubricError
from reviews.detection.rubric import parse_rubric
from reviews.errors import Refused
from reviews.policies import Action
from reviews.queries import rubrics
from reviews.rubrics import drafts, packs, releases
from reviews.rubrics.drafts import Author
from reviews.rubrics.packs import Pack
from reviews.web.drafts import UNPROCESSABLE, author
from reviews.web.requests import TenantRequest, needs


class NewRubric(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=100,
        help_text=gettext_lazy("Letters, digits and hyphens; it stays when the name changes."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def rubric_new(request: TenantRequest, slug: str) -> HttpResponse:
    """The packs to begin from; `?pack=` shows one. A POST begins a draft, of it where one is."""
    code = request.GET.get("pack", "")
    if not code:
        return _new(request, "rubric/new.html", {}, {"packs": packs.all_packs()})
    if code not in packs.pack_codes():
        raise Http404
    pack = packs.pack(code)
    given = {"name": pack.title, "code": code.replace("_", "-")}
    context = {"pack": pack, "rules": _rules(pack)}
    return _new(request, "rubric/pack.html", given, context, pack)


def _rules(pack: Pack) -> list[tuple[Any, str, bool]]:
    """Each with what it rests on, and whether that was read."""
    return [
        (rule, pack.cites.get(rule.code, ""), rule.code not in pack.unread)
        for rule in pack.rubric.rules
    ]


def _new(
    request: TenantRequest,
    template: str,
    given: dict[str, str],
    context: Mapping[str, Any],
    pack: Pack | None = None,
) -> HttpResponse:
    """The form of a new rubric under what the page shows; a POST begins its draft."""
    form = NewRubric(request.POST if request.method == "POST" else None, initial=given)
    if form.is_valid():
        try:
            draft = drafts.create(
                tenant_id=request.membership.tenant_id,
                document=rubrics.plain(pack.rubric) if pack else None,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
            return redirect("draft-detail", request.membership.tenant.slug, draft.rubric_id)
        except Refused as refusal:
            form.add_error("code", f"{refusal.seen}. {refusal.remedy}")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.WRITE_RUBRICS)
def rubric_release(request: TenantRequest, slug: str, rubric_id: UUID) -> HttpResponse:
    """What the newest release of its pack would change; a POST takes what is chosen."""
    rubric = access.get_rubric_for(request.membership, rubric_id)
    seen = rubrics.current_of(request.membership, rubric_id)
    if not (known := _releases(seen.document)):
        return redirect("draft-detail" if seen.revision else "rubric-detail", slug, rubric_id)
    begun, newest = known
    found = releases.parts(rubrics.plain(begun.rubric), seen.document, rubrics.plain(newest.rubric))
    error = ""
    if request.method == "POST":
        taken = [each.path for each in found if each.key in request.POST.getlist("take")]
        made = releases.merged(seen.document, rubrics.plain(newest.rubric), taken)
        try:
            parse_rubric(made)
            by = author(request)
            draft = drafts.begin(rubric, by=by.by, now=by.now)
            drafts.save(draft, made, Author(by.seen or draft.revision, by.by, by.now))
            messages.success(request, _("Taken into the draft. Try it on calls, then publish it."))
            return redirect("draft-detail", slug, rubric_id)
        except RubricError as refusal:
            error = str(refusal)
    context = {
        "rubric": rubric,
        "seen": seen,
        "begun": begun,
        "newest": newest,
        "parts": [(each, rubrics.grouped(each.changes)) for each in found],
        "error": error,
    }
    return render(request, "rubric/release.html", context, status=UNPROCESSABLE if error else 200)


def _releases(document: Mapping[str, Any]) -> tuple[Pack, Pack] | None:
    """The release that a rubric was begun from, and the newest; None where it is of no pack."""
    begun = document.get("pack", {})
    if begun.get("code") not in packs.pack_codes():
        return None
    return packs.release(begun["code"], begun["version"]), packs.pack(begun["code"])
