"""Try a source's key: one short request, and an answer that says what to do."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from reviews.egress import KeyRefused, Limits
from reviews.errors import Refused
from reviews.models import Source
from reviews.models.secret import unseal
from reviews.sources.assemblyai.client import AssemblyAI

PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    is_good: bool
    text: str


def probe(source: Source) -> Answer:
    """Ask for the newest transcript. Nothing is stored; the key is in no answer."""
    began = time.monotonic()
    try:
        with AssemblyAI(
            key=unseal(bytes(source.sealed_key)),
            base_url=source.base_url,
            allow_private=settings.EGRESS_ALLOW_PRIVATE,
            limits=Limits(read_seconds=PATIENCE_S, total_seconds=PATIENCE_S),
        ) as client:
            page = client.list_page(limit=1)
    except KeyRefused:
        return Answer(
            is_good=False,
            text=_("The key was refused (401). Paste a key from the account's API-keys page."),
        )
    except Refused as refusal:
        return Answer(is_good=False, text=str(refusal))
    spent_ms = round((time.monotonic() - began) * 1000)
    if not page.items:
        return Answer(is_good=True, text=_("It answers in %d ms and has no calls yet.") % spent_ms)
    newest = page.items[0].created_at
    return Answer(
        is_good=True,
        text=_("It answers in %(ms)d ms. Its newest call is of %(newest)s.")
        % {"ms": spent_ms, "newest": f"{newest:%Y-%m-%d %H:%M} UTC" if newest else "?"},
    )
