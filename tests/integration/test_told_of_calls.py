"""What a source says of a call is shown: masked, with its moment, or as missing."""

from typing import Any

import pytest
from django.urls import reverse

from reviews.demo import build
from reviews.models import MemberRole, Tenant, Transcript
from reviews.models.tenancy import tenant_context
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)


def shown(**told: Any) -> str:
    """The page of a call of which the source told this, as one line."""
    care: Tenant = next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")
    spoken = next(each for each in build.calls(12, seed=1) if each.script == "mc_billing_card")
    demo.keep_payload(care, dict(spoken.payload) | told)
    with tenant_context(care.pk):
        call = Transcript.objects.get()
    client = demo.signed_in(MemberRole.REVIEWER)
    page = client.get(reverse("call-detail", args=[care.slug, call.pk])).content.decode()
    return " ".join(page.split())


def test_a_summary_is_shown_without_its_personal_data() -> None:
    page = shown(
        summarization=True,
        summary="A bill was paid. Her card is 4111 1111 1111 1111, she said.",
        auto_chapters=True,
        chapters=[{"headline": "The bill <b>", "gist": "bill", "start": 4000, "end": 9000}],
    )
    assert 'Her card is <span class="masked">[credit card number]</span> , she said.' in page
    assert "4111" not in page
    assert "The bill &lt;b&gt;" in page
    assert '<a href="#u0">' in page


def test_topics_are_shown_by_their_relevance() -> None:
    summary = {"Finance>Banking": 0.2, "Health>Insurance": 0.9, "Bad": "x"}
    result = {"status": "success", "results": [], "summary": summary}
    page = shown(iab_categories=True, iab_categories_result=result)
    assert page.index("Health › Insurance") < page.index("Finance › Banking")
    assert "Bad" not in page


def test_what_was_asked_for_and_did_not_come_is_said() -> None:
    page = shown(
        summarization=True,
        summary=None,
        auto_highlights=True,
        auto_highlights_result={"status": "success", "results": []},
    )
    assert "It was asked for, and the source gave no result." in page
    assert "The source found none." in page
    assert "<h3>Chapters</h3>" not in page


def test_of_a_call_without_these_nothing_is_said() -> None:
    assert "What the source says of it" not in shown()
