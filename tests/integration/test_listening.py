"""Who hears what of a call, by which range, and what is written of it; what the pages say."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from reviews.ingest.audio import Wanted
from reviews.models import (
    Audio,
    AudioKind,
    AudioMode,
    AudioState,
    AuditEvent,
    MemberRole,
    Source,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.reviewing import dispute
from reviews.reviewing.listen import LISTENING_S
from reviews.sandbox.tone import wav
from tests.factories import demo
from tests.factories.recordings import held, keeping

pytestmark = pytest.mark.django_db(transaction=True)
SOUND = wav(20.0)
CARE = "meridian-care"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.AUDIO_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def tenants() -> dict[str, Tenant]:
    return demo.evaluated(6)


@pytest.fixture
def call(tenants: dict[str, Tenant]) -> Transcript:
    with tenant_context(tenants[CARE].pk):
        return Transcript.objects.filter(state="ready").order_by("pk")[0]


def address(call: Transcript, kind: str = "call-audio", slug: str = CARE) -> str:
    return reverse(kind, args=[slug, call.pk])


def get(client: Client, where: str, wanted: str = "") -> Any:
    return client.get(where, headers={"Range": wanted} if wanted else {})


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def page(client: Client, call: Transcript) -> str:
    text = client.get(reverse("call-detail", args=[CARE, call.pk])).content.decode()
    return " ".join(text.split())


def listenings(tenant: Tenant) -> list[AuditEvent]:
    with tenant_context(tenant.pk):
        return list(AuditEvent.objects.filter(event="recording.heard"))


def test_the_whole_and_every_range_of_it(call: Transcript) -> None:
    held(call, data=SOUND)
    client = demo.signed_in(MemberRole.REVIEWER)
    whole = get(client, address(call))
    assert (whole.status_code, content(whole)) == (200, SOUND)
    assert whole["Content-Length"] == str(len(SOUND))
    assert whole["Content-Type"] == "audio/wav"
    assert whole["Accept-Ranges"] == "bytes"
    assert whole["Cache-Control"] == "private, no-store"
    assert whole["X-Content-Type-Options"] == "nosniff"
    for asked, first, last in (
        ("bytes=0-99", 0, 99),
        ("bytes=65530-65600", 65_530, 65_600),
        ("bytes=140000-", 140_000, len(SOUND) - 1),
        ("bytes=-44", len(SOUND) - 44, len(SOUND) - 1),
    ):
        part = get(client, address(call), asked)
        assert (part.status_code, content(part)) == (206, SOUND[first : last + 1])
        assert part["Content-Range"] == f"bytes {first}-{last}/{len(SOUND)}"
        assert part["Content-Length"] == str(last - first + 1)


def test_a_range_behind_the_end_is_refused(call: Transcript, tenants: dict[str, Tenant]) -> None:
    held(call, data=SOUND)
    answer = get(demo.signed_in(MemberRole.REVIEWER), address(call), "bytes=99999999-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(SOUND)}")
    assert answer.content == b""
    assert listenings(tenants[CARE]) == [], "no byte was sent"


def test_a_head_tells_the_length_and_is_no_listening(
    call: Transcript, tenants: dict[str, Tenant]
) -> None:
    held(call, data=SOUND)
    answer = demo.signed_in(MemberRole.REVIEWER).head(address(call))
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(SOUND)))
    assert answer.content == b""
    assert listenings(tenants[CARE]) == []


def test_a_listening_is_one_row_however_many_ranges_it_takes(
    call: Transcript, tenants: dict[str, Tenant]
) -> None:
    row = held(call, data=SOUND)
    client = demo.signed_in(MemberRole.REVIEWER)
    for asked in ("bytes=500-600", "bytes=0-", "", "bytes=-10"):
        content(get(client, address(call), asked))
    [event] = listenings(tenants[CARE])
    assert (event.target_kind, event.target_id) == ("audio", row.pk)
    assert event.data == {"kind": "original"}
    content(get(demo.signed_in(MemberRole.LEAD), address(call)))
    assert len(listenings(tenants[CARE])) == 2, "another person's is another one"
    session = client.session
    session["heard"] = {str(row.pk): int(timezone.now().timestamp()) - LISTENING_S - 1}
    session.save()
    content(get(client, address(call), "bytes=500-600"))
    assert len(listenings(tenants[CARE])) == 3, "an hour later it is a new one"


def test_no_audit_row_no_sound(call: Transcript, monkeypatch: pytest.MonkeyPatch) -> None:
    held(call)
    client = demo.signed_in(MemberRole.REVIEWER)
    client.raise_request_exception = False

    def broken(**_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("reviews.audit.record", broken)
    for _ in range(2):
        assert get(client, address(call)).status_code == 500


@pytest.mark.parametrize(
    ("role", "original", "redacted"),
    [
        (MemberRole.REVIEWER, 200, 200),
        (MemberRole.TENANT_ADMIN, 200, 200),
        (MemberRole.AUDITOR, 403, 200),
        (MemberRole.RUBRIC_AUTHOR, 403, 200),
        (MemberRole.CLIENT_VIEWER, 403, 200),
        (MemberRole.INTEGRATOR, 403, 403),
    ],
)
def test_the_original_is_for_who_may_reveal_personal_data(
    call: Transcript, role: MemberRole, original: int, redacted: int
) -> None:
    held(call)
    held(call, AudioKind.REDACTED)
    with tenant_context(call.tenant_id):
        dispute.release(transcript=call, by=User.objects.all()[0], now=timezone.now())
    client = demo.signed_in(role)
    assert get(client, address(call)).status_code == original
    assert get(client, address(call, "call-redacted-audio")).status_code == redacted


def test_another_tenants_recording_is_not_there(
    call: Transcript, tenants: dict[str, Tenant]
) -> None:
    held(call)
    client = demo.signed_in(MemberRole.TENANT_ADMIN)  # of all three
    assert get(client, address(call, slug="harbor-wealth")).status_code == 404


@pytest.mark.parametrize("state", ["wanted", "gone", "refused", "expired", "erased"])
def test_what_is_not_held_is_not_there(call: Transcript, state: str) -> None:
    row = held(call)
    with tenant_context(call.tenant_id):
        Audio.objects.filter(pk=row.pk).update(state=state, sealed_key=None)
    assert get(demo.signed_in(MemberRole.REVIEWER), address(call)).status_code == 404


def test_a_file_that_is_cut_or_missing_is_said_so_and_not_played(
    call: Transcript, tenants: dict[str, Tenant]
) -> None:
    row = held(call)
    client = demo.signed_in(MemberRole.REVIEWER)
    row.path.write_bytes(row.path.read_bytes()[:-1])
    answer = get(client, address(call))
    assert answer.status_code == 409
    assert "AUDIO_DIR" in answer.content.decode()
    row.path.unlink()
    assert get(client, address(call)).status_code == 409
    assert listenings(tenants[CARE]) == []


def test_the_page_plays_what_is_held_and_says_until_when(call: Transcript) -> None:
    held(call)
    held(call, AudioKind.REDACTED)
    text = page(demo.signed_in(MemberRole.REVIEWER), call)
    assert f'src="{address(call)}"' in text
    assert f'src="{address(call, "call-redacted-audio")}"' in text
    assert text.count('preload="none"') == 2
    assert text.count("Held until") == 2
    answer = demo.signed_in(MemberRole.REVIEWER).get(reverse("call-detail", args=[CARE, call.pk]))
    assert "media-src 'self'" in answer["Content-Security-Policy"]


def test_who_may_not_hear_the_original_is_told_who_may(call: Transcript) -> None:
    held(call)
    text = page(demo.signed_in(MemberRole.AUDITOR), call)
    assert address(call) not in text
    assert "hearing it needs the role" in text


@pytest.mark.parametrize(
    ("kind", "state", "code", "told"),
    [
        ("original", "wanted", "", "It is being fetched."),
        ("original", "wanted", "vendor_down", "Not yet: its server does not answer."),
        ("original", "refused", "key_refused", "Not kept: its address is private, or what signed"),
        ("original", "refused", "destination_refused", "not on the open internet"),
        ("original", "expired", "name_unknown", "the name of its server is not known"),
        ("original", "erased", "", "Deleted here: the time that recordings are kept for was over."),
        ("redacted", "gone", "not_found", "keeps it for 24 hours, and it was not fetched within"),
        ("redacted", "expired", "not_ready", "Not fetched within the 24 hours"),
    ],
)
def test_the_page_says_what_became_of_a_recording(
    call: Transcript, kind: str, state: str, code: str, told: str
) -> None:
    with tenant_context(call.tenant_id):
        Audio.objects.create(
            tenant_id=call.tenant_id, transcript=call, kind=kind, state=state, code=code,
            look_at=timezone.now(),
        )  # fmt: skip
    text = page(demo.signed_in(MemberRole.REVIEWER), call)
    assert told in text
    assert "<audio" not in text


def test_a_call_without_a_recording_says_why(call: Transcript) -> None:
    client = demo.signed_in(MemberRole.REVIEWER)
    assert "its source keeps no recordings here" in page(client, call)
    with tenant_context(call.tenant_id):
        source = Source.objects.get()
    keeping(source)
    assert "the call came without one" in page(client, call)


def test_a_linked_recording_opens_at_each_place_of_evidence(call: Transcript) -> None:
    link = "https://recorder.test/calls/{external_id}?t={seconds}"
    with tenant_context(call.tenant_id):
        Transcript.objects.filter(pk=call.pk).update(external_id="a/b?{seconds}&ö")
        source = Source.objects.get()
    keeping(source, Wanted(AudioMode.LINK, link, days=None, is_redacted_kept=False))
    text = page(demo.signed_in(MemberRole.REVIEWER), call)
    own = "https://recorder.test/calls/a%2Fb%3F%7Bseconds%7D%26%C3%B6?t="
    assert f'href="{own}0"' in text
    assert "Open it in your recorder" in text
    assert text.count(f'href="{own}') > 1
    assert "in your recorder" in text.split("At the evidence:")[1]
    assert "<audio" not in text


def saved(role: MemberRole, tenant: Tenant, **given: str) -> tuple[Any, Source]:
    with tenant_context(tenant.pk):
        source = Source.objects.get()
    client = demo.signed_in(role)
    answer = client.post(reverse("source-audio", args=[tenant.slug, source.pk]), given)
    with tenant_context(tenant.pk):
        return answer, Source.objects.get()


def test_the_settings_are_kept_and_on_record(tenants: dict[str, Tenant]) -> None:
    tenant = tenants[CARE]
    given = {"mode": "keep", "days": "", "is_redacted_kept": "on", "link": "left over"}
    answer, source = saved(MemberRole.TENANT_ADMIN, tenant, **given)
    assert answer.status_code == 302
    assert (source.audio_mode, source.audio_days, source.audio_link) == ("keep", None, "")
    assert source.is_redacted_kept
    with tenant_context(tenant.pk):
        event = AuditEvent.objects.filter(event="source.changed").latest("sequence")
    assert event.data == {"audio_mode": "keep", "audio_days": -1, "is_redacted_kept": 1}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"mode": "link", "link": "http://recorder.test/{external_id}"}, "begins with https://"),
        ({"mode": "link", "link": ""}, "The link is refused"),
        ({"mode": "everything"}, "Select a valid choice"),
        ({"mode": "keep", "days": "0"}, "greater than or equal to 1"),
    ],
)
def test_settings_that_cannot_be_are_shown_with_what_is_wrong(
    tenants: dict[str, Tenant], given: dict[str, str], told: str
) -> None:
    answer, source = saved(MemberRole.TENANT_ADMIN, tenants[CARE], **given)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert source.audio_mode == AudioMode.NONE


def test_only_who_manages_sources_sets_them(tenants: dict[str, Tenant]) -> None:
    answer, source = saved(MemberRole.REVIEWER, tenants[CARE], mode="keep")
    assert (answer.status_code, source.audio_mode) == (403, AudioMode.NONE)


def test_a_recording_may_be_kept_for_as_long_as_its_call(call: Transcript) -> None:
    row = held(call)
    with tenant_context(call.tenant_id):
        Audio.objects.filter(pk=row.pk).update(purge_at=None)
    assert "Held for as long as the call." in page(demo.signed_in(MemberRole.REVIEWER), call)
    assert row.state == AudioState.HELD
    assert row.held_at
    assert timezone.now() - row.held_at < timedelta(minutes=1)
