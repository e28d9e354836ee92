"""A call's captions on its page and by the API: masked, whole, and read again by our own reader."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.demo import build
from reviews.models import MemberRole, Tenant, Transcript, Utterance
from reviews.models.tenancy import tenant_context
from reviews.sources.files.documents import load
from tests.factories import demo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def care() -> Tenant:
    return next(tenant for tenant in demo.tenants() if tenant.slug == "meridian-care")


@pytest.fixture
def call(care: Tenant) -> Transcript:
    spoken = next(each for each in build.calls(12, seed=1) if each.script == "mc_billing_card")
    demo.keep_payload(care, spoken.payload)
    with tenant_context(care.pk):
        return Transcript.objects.get()


def by_api(care: Tenant, call: Transcript, **asked: Any) -> Any:
    wanted = keys.Wanted("captions", [str(keys.Scope.TRANSCRIPTS)], days=1)
    token = keys.create(tenant_id=care.pk, wanted=wanted, by=None, now=timezone.now()).token
    address = reverse("api-transcript-captions", args=[call.pk])
    return Client().get(address, asked, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_captions_are_masked_and_can_be_read_again(
    form: str, care: Tenant, call: Transcript, tmp_path: Any
) -> None:
    client = demo.signed_in(MemberRole.REVIEWER)
    page = client.get(reverse(f"call-{form}", args=[care.slug, call.pk]))
    answer = by_api(care, call, form=form)
    assert (page.status_code, answer.status_code) == (200, 200)
    assert page.content == answer.content
    assert page["Content-Disposition"] == f'attachment; filename="call.{form}"'
    assert "[CREDIT_CARD_NUMBER]" in page.content.decode()
    file = tmp_path / f"call.{form}"
    file.write_bytes(page.content)
    (loaded,) = load(str(file), stdin=BytesIO())  # type: ignore[arg-type] # not read from
    assert loaded.transcript is not None
    with tenant_context(care.pk):
        told = " ".join(Utterance.objects.order_by("index").values_list("text", flat=True))
    read = loaded.transcript.transcript
    assert 0.9 < len(read.words) / len(told.split()) <= 1
    assert read.end_ms[-1] <= (call.duration_ms or 0) + timedelta(seconds=2) / timedelta(
        milliseconds=1
    )


def test_cues_are_as_long_as_asked_for(care: Tenant, call: Transcript) -> None:
    lines = by_api(care, call, form="srt", characters=30).content.decode().split("\n")
    cues = [line for line in lines if line and not line.isdecimal() and "-->" not in line]
    assert max(map(len, (cue for cue in cues if " " in cue))) <= 30


@pytest.mark.parametrize(
    "asked", [{"form": "ass"}, {"characters": "9"}, {"characters": "x"}, {"page": "1"}]
)
def test_what_is_not_known_is_refused(
    care: Tenant, call: Transcript, asked: dict[str, str]
) -> None:
    assert by_api(care, call, **asked).status_code == 400


def test_a_call_without_times_has_no_captions(care: Tenant, call: Transcript) -> None:
    with tenant_context(care.pk):
        payload = build.calls(12, seed=1)[0].payload
        untimed = {
            "id": "00000000-0000-4000-8000-000000000009",
            "status": "completed",
            "text": "Hello there. How are you?",
            "audio_duration": 9,
            "webhook_url": payload["webhook_url"],
        }
    demo.keep_payload(care, untimed)
    with tenant_context(care.pk):
        row = Transcript.objects.get(external_id=untimed["id"])
    answer = by_api(care, row)
    assert answer.status_code == 409
    assert "have no times" in answer.content.decode()


def passages_by_api(care: Tenant, call: Transcript, **asked: Any) -> Any:
    wanted = keys.Wanted("passages", [str(keys.Scope.TRANSCRIPTS)], days=1)
    token = keys.create(tenant_id=care.pk, wanted=wanted, by=None, now=timezone.now()).token
    address = reverse("api-transcript-passages", args=[call.pk])
    return Client().get(address, asked, headers={"Authorization": f"Bearer {token}"})


def test_passages_are_masked_and_whole(care: Tenant, call: Transcript) -> None:
    sentences = passages_by_api(care, call).json()["results"]
    paragraphs = passages_by_api(care, call, by="paragraph").json()["results"]
    assert len(sentences) > len(paragraphs) > 3
    texts = [" ".join(each["text"] for each in found) for found in (sentences, paragraphs)]
    assert texts[0] == texts[1]
    assert "[CREDIT_CARD_NUMBER]" in texts[0]
    assert "4111" not in texts[0]
    assert {each["voice"] for each in sentences} == {"Agent", "Customer"}


@pytest.mark.parametrize("asked", [{"by": "word"}, {"by": ""}, {"of": "sentence"}])
def test_passages_of_another_kind_are_refused(
    asked: dict[str, str], care: Tenant, call: Transcript
) -> None:
    answer = passages_by_api(care, call, **asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_refused")
