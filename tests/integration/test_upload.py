"""Documents from files into a tenant: accepted, already here, or refused with the reason."""

import json
from typing import Any

import pytest
from django.utils import timezone

from reviews import tasks
from reviews.demo import build
from reviews.ingest import upload
from reviews.ingest.connect import NameTaken
from reviews.ingest.upload import Beside, Outcome, Taken
from reviews.models import (
    Agent,
    AuditEvent,
    Evaluation,
    Participant,
    Source,
    Tenant,
    Timing,
    Transcript,
    TranscriptState,
)
from reviews.models.tenancy import tenant_context
from reviews.queries.transcripts import columns_of
from reviews.rubrics import publish
from reviews.sources.files import sheet
from reviews.sources.files.documents import load_bytes
from tests.factories.loop import connected, drain, only, payloads, transcripts
from tests.factories.races import at_once
from tests.unit.sources.files.written import DEEPGRAM, EVERY, PLAIN, SRT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    made = Tenant.objects.create(slug="a", name="A")
    with tenant_context(made.pk):
        document = build.rubric("meridian-care")
        publish.publish(
            tenant_id=made.pk, code="calls", document=document, by=None, now=timezone.now()
        )
    return made


def files_source(tenant: Tenant, name: str = upload.SOURCE) -> Source:
    with tenant_context(tenant.pk):
        return upload.source_of_files(tenant_id=tenant.pk, name=name, by=None, now=timezone.now())


def take(tenant: Tenant, files: dict[str, Any], **beside: Any) -> list[Taken]:
    """Import the files; what is no text is written as JSON. `sheet` is the table as text."""
    if "sheet" in beside:
        beside["sheet"] = sheet.read(beside["sheet"].encode())
    texts = {n: t if isinstance(t, str) else json.dumps(t) for n, t in files.items()}
    loaded = (each for name, text in texts.items() for each in load_bytes(name, text.encode()))
    source, told = files_source(tenant), Beside(**beside)
    return list(tasks.import_documents(loaded, source=source, beside=told, by=None))


def outcomes(taken: list[Taken]) -> list[Outcome]:
    return [each.outcome for each in taken]


def test_a_document_of_every_format_is_stored_and_evaluated(tenant: Tenant) -> None:
    taken = take(tenant, EVERY)
    assert outcomes(taken) == [Outcome.ACCEPTED] * len(EVERY)
    drain()
    rows = transcripts(tenant)
    assert {row.state for row in rows.values()} == {TranscriptState.READY}
    with tenant_context(tenant.pk):
        assert Evaluation.objects.count() == len(EVERY)


def test_how_the_times_came_about_is_kept(tenant: Tenant) -> None:
    timings = {each.file: each.timing for each in take(tenant, EVERY)}
    assert timings["call.srt"] == Timing.CUE
    assert timings["whisper.json"] == Timing.INTERPOLATED
    assert timings["call.txt"] == Timing.NONE
    assert timings["deepgram.json"] == Timing.MEASURED
    with tenant_context(tenant.pk):
        read = [columns_of(row).timing for row in Transcript.objects.all()]
    assert sorted(read) == sorted(timings.values())


def test_the_same_document_is_here_already(tenant: Tenant) -> None:
    files = {"a.json": DEEPGRAM, "b.txt": PLAIN}
    first, again = take(tenant, files), take(tenant, files)
    assert outcomes(again) == [Outcome.HERE] * 2
    assert [each.transcript_id for each in again] == [each.transcript_id for each in first]
    assert [row.revision for row in transcripts(tenant).values()] == [1, 1]


def test_other_content_under_the_same_id_is_a_new_revision(tenant: Tenant) -> None:
    take(tenant, {"a.json": DEEPGRAM})
    other = json.dumps(DEEPGRAM).replace("Hello.", "Goodbye.")
    assert outcomes(take(tenant, {"a.json": other})) == [Outcome.ACCEPTED]
    assert only(transcripts(tenant)).revision == 2


def test_two_documents_with_one_id_and_other_content_are_told_apart(tenant: Tenant) -> None:
    other = json.dumps(DEEPGRAM).replace("Hello.", "Goodbye.")
    taken = take(tenant, {"a.json": DEEPGRAM, "b.json": other, "c.json": DEEPGRAM})
    assert outcomes(taken) == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.HERE]


def test_a_refused_document_costs_no_other_and_says_where_and_why(tenant: Tenant) -> None:
    lines = f'{json.dumps(DEEPGRAM)}\n{{"id": "x", \n{{"status": "queued", "id": "y"}}'
    first, broken, unfinished = take(tenant, {"calls.jsonl": lines})
    assert (first.outcome, broken.outcome) == (Outcome.ACCEPTED, Outcome.REFUSED)
    assert (broken.file, broken.line) == ("calls.jsonl", 2)
    assert unfinished.refused is not None
    assert unfinished.refused.seen == "a transcript that is not finished"
    assert len(transcripts(tenant)) == 1


@pytest.mark.parametrize(
    ("document", "seen"),
    [
        ({"id": "a", "status": "completed", "words": []}, "a transcript without a word"),
        ({"id": "a", "is_deleted": True, "text": "x"}, "a call that was deleted at its source"),
    ],
)
def test_a_document_with_nothing_to_evaluate_is_refused(
    tenant: Tenant, document: Any, seen: str
) -> None:
    (taken,) = take(tenant, {"a.json": document})
    assert taken.refused is not None
    assert taken.refused.seen == seen


def test_the_table_tells_agent_team_time_and_ids(tenant: Tenant) -> None:
    table = (
        "file,agent,team,call time,external id,salesforce_id,agent speaker\n"
        "a.srt,ann,North,2026-01-02T03:04:05-05:00,c-1,0061,Agent\n"
    )
    (taken,) = take(tenant, {"a.srt": SRT}, sheet=table)
    assert (taken.outcome, taken.warnings) == (Outcome.ACCEPTED, ())
    row = only(transcripts(tenant))
    assert (row.external_id, row.crm_ids, row.call_zone) == (
        "c-1",
        {"salesforce": "0061"},
        "-05:00",
    )
    with tenant_context(tenant.pk):
        agent = Participant.objects.select_related("agent__team").get(role="agent").agent
        assert agent is not None
        assert agent.team is not None
        assert (agent.external_id, agent.team.name) == ("ann", "North")


def test_what_is_told_anew_of_the_same_document_is_a_new_revision(tenant: Tenant) -> None:
    table = "file,queue\na.srt,cards\n"
    steps = [take(tenant, {"a.srt": SRT}, **more) for more in ({}, {"sheet": table})]
    steps += [take(tenant, {"a.srt": SRT}, **more) for more in ({"sheet": table}, {})]
    assert [outcomes(step) for step in steps] == [
        [Outcome.ACCEPTED], [Outcome.ACCEPTED], [Outcome.HERE], [Outcome.HERE],
    ]  # fmt: skip
    row = only(transcripts(tenant))
    assert (row.revision, row.queue) == (2, "cards")


def test_a_document_whose_row_is_refused_is_refused_with_it(tenant: Tenant) -> None:
    table = "file,call time\na.srt,yesterday\n"
    (taken,) = take(tenant, {"a.srt": SRT}, sheet=table)
    assert taken.refused is not None
    assert taken.refused.seen.startswith("line 2: a value of `call_at`")


def test_an_agent_stays_in_the_team_that_he_has(tenant: Tenant) -> None:
    for name, text, team in (("a", SRT, "North"), ("b", PLAIN, "South")):
        (taken,) = take(tenant, {name: text}, sheet=f"file,agent,team\n{name},ann,{team}\n")
    assert taken.warnings == ("team",)
    with tenant_context(tenant.pk):
        agent = Agent.objects.select_related("team").get()
        assert agent.team is not None
        assert agent.team.name == "North"


def test_an_agent_whose_voice_is_not_known_is_named_in_a_warning(tenant: Tenant) -> None:
    (taken,) = take(tenant, {"a.json": DEEPGRAM}, sheet="file,agent\na.json,ann\n")
    assert taken.warnings == ("agent",)


def test_a_label_that_goes_for_all_calls_leaves_those_without_it_alone(tenant: Tenant) -> None:
    take(tenant, {"a.json": DEEPGRAM, "b.txt": PLAIN}, agent="1")
    how = {row.roles_by for row in transcripts(tenant).values()}
    assert how == {"labels named by the import", "labels that are role words"}


def test_an_import_is_on_record_with_its_figures_alone(tenant: Tenant) -> None:
    take(tenant, {"a.json": DEEPGRAM, "b.txt": "no speaker at all"})
    with tenant_context(tenant.pk):
        event = AuditEvent.objects.get(event="calls.imported")
    assert event.data == {"accepted": 1, "already_here": 0, "refused": 1}


def test_a_source_of_files_is_made_once_and_no_other_kind_is_taken_for_it(tenant: Tenant) -> None:
    assert files_source(tenant).pk == files_source(tenant).pk
    connected(tenant, "http://127.0.0.1:9")
    with pytest.raises(NameTaken):
        files_source(tenant, "sandbox")


def test_an_assemblyai_export_is_stored_as_a_backfill_would(tenant: Tenant) -> None:
    (payload,) = payloads(1)
    (taken,) = take(tenant, {"call.json": payload})
    assert (taken.outcome, taken.external_id) == (Outcome.ACCEPTED, payload["id"])
    with tenant_context(tenant.pk):
        assert Transcript.objects.get().roles_by == "labels named by the call's metadata"


def test_an_import_that_is_cut_off_keeps_what_it_took_and_goes_on_when_repeated(
    tenant: Tenant,
) -> None:
    loaded = [each for name, text in EVERY.items() for each in load_bytes(name, text.encode())]
    source = files_source(tenant)
    begun = tasks.import_documents(loaded, source=source, beside=Beside(), by=None)
    assert outcomes([next(begun), next(begun)]) == [Outcome.ACCEPTED] * 2
    del begun
    assert len(transcripts(tenant)) == 2
    assert files_source(tenant).backfill_done_at is None  # more may still come in
    again = outcomes(take(tenant, EVERY))
    assert files_source(tenant).backfill_done_at is not None
    assert again == [Outcome.HERE] * 2 + [Outcome.ACCEPTED] * (len(EVERY) - 2)


def test_the_same_import_by_several_at_once_takes_each_call_once(tenant: Tenant) -> None:
    files_source(tenant)
    results = at_once(6, lambda: take(tenant, {"a.json": DEEPGRAM}))
    found = [each.outcome for taken in results for each in taken]
    assert sorted(found) == [Outcome.ACCEPTED] + [Outcome.HERE] * 5
    assert only(transcripts(tenant)).revision == 1
