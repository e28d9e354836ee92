"""Import: files that a member sends, and what became of each document in them."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews import tasks
from reviews.errors import Refused
from reviews.ingest import upload
from reviews.ingest.upload import Beside, Outcome, Taken
from reviews.policies import Action
from reviews.sources.files import sheet
from reviews.web import forms
from reviews.web.requests import TenantRequest, needs

PASTED = "pasted text"


@sensitive_post_parameters("text")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MANAGE_SOURCES)
def source_import(request: TenantRequest, slug: str) -> HttpResponse:
    """The answer to a POST shows the outcomes; sent again, all is here already."""
    is_sent = request.method == "POST"
    form = forms.Import(*((request.POST, request.FILES) if is_sent else (None,)))
    shown: dict[str, Any] = {"form": form, "most": upload.AT_ONCE}
    if form.is_valid():
        try:
            shown |= _imported(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "source/import.html", shown, status=status)


def _imported(request: TenantRequest, seen: dict[str, Any]) -> dict[str, Any]:
    """Raises Refused where the table cannot be read, before anything is taken in."""
    told = sheet.read(seen["metadata"].read()) if seen["metadata"] else sheet.Sheet()
    source = upload.source_of_files(
        tenant_id=request.membership.tenant_id,
        name=upload.SOURCE,
        by=request.user,
        now=timezone.now(),
    )
    beside = Beside(told, agent=seen["agent_label"] or None)
    documents = upload.unpacked(list(_files(seen)))
    taken = list(tasks.import_documents(documents, source=source, beside=beside, by=request.user))
    unused = told.unused(each.row for each in taken)
    return {"taken": taken, "sheet": told, "unused": unused, "counts": _counts(taken)}


def _files(seen: dict[str, Any]) -> Iterator[upload.Sent]:
    for file in seen["documents"]:
        yield file.name, file.read
    if seen["text"].strip():
        yield PASTED, seen["text"].encode


def _counts(taken: list[Taken]) -> dict[str, int]:
    return {outcome.value: sum(each.outcome is outcome for each in taken) for outcome in Outcome}
