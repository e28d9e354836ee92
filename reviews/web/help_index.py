"""All guides for everybody who is signed in, whichever tenant and role."""

import re
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviews.web.help import Guide, rendered
from reviews.web.requests import PersonRequest, signed_in

GROUPS = {
    _("For who reviews"): (
        *("reviewer/day", "reviewer/queue", "reviewer/call", "reviewer/whole-call"),
        *(
            "reviewer/finding-calls",
            "reviewer/appeals",
            "reviewer/notifications",
            "reviewer/profile",
        ),
    ),
    _("For who writes rubrics"): (
        *("author/tutorial", "author/cheat-sheet", "author/rule-language", "author/checks"),
        *("author/facts", "author/packs", "author/assignment", "author/shadow"),
        *("author/outputs", "author/rubric-as-code"),
    ),
    _("For who runs a tenant"): (
        "admin/people",
        "admin/sampling",
        "admin/calibration",
        "admin/api-keys",
        "admin/webhook-page",
        "admin/forwarding",
        "admin/erasing",
    ),
    _("For who connects sources and programs"): (
        *(
            "operator/sources",
            "operator/import",
            "operator/audio",
            "operator/shared-account",
            "operator/platform",
            "operator/mail",
        ),
        *("integrator", "integrator/writing", "integrator/webhooks", "integrator/runs"),
        *("integrator/warehouse", "integrator/crm", "integrator/slack", "integrator/recipes"),
    ),
}
FILES: Mapping[str, str] = {
    path.rsplit("/", 1)[-1]: path for paths in GROUPS.values() for path in paths
}
"""The name in the address → the file under docs, without its ending."""
_FILE = re.compile(r"([^/]+)\.md(#.*)?$")


@never_cache
@require_safe
@signed_in
def help_index(request: PersonRequest) -> HttpResponse:
    groups = [
        (title, [(name, guide(name).title) for name, path in FILES.items() if path in paths])
        for title, paths in GROUPS.items()
    ]
    return render(request, "help/index.html", {"groups": groups})


@never_cache
@require_safe
@signed_in
def help_guide(request: PersonRequest, name: str) -> HttpResponse:
    """Raises Http404 of a name that is no guide's."""
    if name not in FILES:
        raise Http404
    return render(request, "help/guide.html", {"guide": guide(name)})


@cache
def guide(name: str) -> Guide:
    """Read and rendered once in each process."""
    text = (settings.BASE_DIR / "docs" / f"{FILES[name]}.md").read_text("utf-8")
    return rendered(text, _linked)


def _linked(href: str) -> str:
    """A guide's page, where the link is to one; the index for every other file."""
    found = _FILE.search(href)
    if not found or found[1] not in FILES:
        return reverse("help")
    return reverse("help-guide", args=[found[1]]) + (found[2] or "")
