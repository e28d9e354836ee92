"""Import: documents from files into a tenant, one after another, each in its own transaction.

Whatever was taken in before something goes wrong stays; the same import again finds it here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import DataError, transaction

from reviews import audit
from reviews.audit import Who
from reviews.detection.evidence import Reason
from reviews.detection.transcript import Role
from reviews.detection.transcript import Transcript as Columns
from reviews.errors import ErrorCode, Refused
from reviews.ingest import audio_files, fetch, quota, store, teams
from reviews.ingest.connect import NameTaken
from reviews.ingest.then import Then
from reviews.models import Source, SourceKind, Transcript, locks
from reviews.models.rows import as_row, insert
from reviews.models.tenancy import tenant_context
from reviews.sources.files.beside import paired
from reviews.sources.files.documents import Loaded, load_bytes, with_recording
from reviews.sources.files.sheet import Sheet
from reviews.sources.intake import Received
from reviews.sources.normal import SourceTranscript
from reviews.sources.told import Told, with_told

SOURCE = "Files"
"""The name of a tenant's source of files where none is given."""
RUNS = "Runs"
"""That of the calls which programs send to be evaluated at once."""
MOST_BYTES = 32_000_000
"""Of a request; a command takes in more."""
SIZE = "at most 32 MB"
AT_ONCE = 1_000
"""Documents of a request."""


class TooLarge(Refused):
    code = ErrorCode.TOO_LARGE


def check_size(content_length: str | None) -> None:
    """Of a request's body, as its head says. Raises TooLarge."""
    size = int(content_length) if content_length and content_length.isdecimal() else 0
    if size > MOST_BYTES:
        raise TooLarge(
            "The import is refused", f"{size:,} bytes", f"Send {SIZE}, or use import_calls."
        )


Sent = tuple[str, Callable[[], bytes]]
"""A file of a request: its name, and what reads it."""


def unpacked(files: Sequence[Sent]) -> Iterator[Loaded]:
    """The documents of a request's files, each read in its turn with the recording beside it.

    After AT_ONCE the rest is refused.
    """
    loaded = (
        each
        for at, beside in paired([name for name, _ in files])
        for each in _read(files[at], None if beside is None else files[beside])
    )
    for number, each in enumerate(loaded):
        if number == AT_ONCE:
            seen = f"more than {AT_ONCE:,} documents in one request"
            remedy = "Those above are here. Send the rest by itself, or use import_calls."
            yield Loaded(
                each.file, each.line, refused=TooLarge("The rest is refused", seen, remedy)
            )
            return
        yield each


def _read(file: Sent, recording: Sent | None) -> Iterator[Loaded]:
    (name, read), beside = file, recording[1]() if recording else None
    return with_recording(load_bytes(name, read()), beside)


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    HERE = "already_here"
    """Under the same id, with the same content and nothing new told of it."""
    REFUSED = "refused"


class DocumentRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside the documents. The labels go for calls that have them.

    `told` goes for each that has no row in the table, `external_id` for the one that is put.
    """

    sheet: Sheet = field(default_factory=Sheet)
    agent: str | None = None
    customer: str | None = None
    told: Told = field(default_factory=Told)
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one document."""

    file: str
    line: int | None
    outcome: Outcome
    external_id: str = ""
    transcript_id: UUID | None = None
    words: int = 0
    timing: str = ""
    refused: Refused | None = None
    warnings: tuple[str, ...] = ()
    """Names of what was left out or does not fit; never a value."""
    row: int | None = None
    """The line of the metadata that was used."""


@dataclass(frozen=True, slots=True)
class _Call:
    received: Received
    fetched: SourceTranscript
    team: str | None
    row: int | None
    recording: bytes | None


def source_of_files(*, tenant_id: UUID, name: str, by: Who, now: datetime) -> Source:
    """The tenant's source of files with this name, made where there is none yet.

    In the caller's tenant transaction. Raises NameTaken where the name is another kind's.
    """
    made = Source(tenant_id=tenant_id, kind=SourceKind.FILES, name=name, sealed_key=b"")
    made.poll_every_s, made.created_at = None, now
    if insert(Source, [as_row(made)], is_new=False):
        event = audit.Event.SOURCE_CONNECTED
        audit.record(event=event, by=by, target=made, at=now)
        return made
    source = Source.objects.get(tenant_id=tenant_id, name=name)
    if source.kind != SourceKind.FILES:
        raise NameTaken(
            "The name of the source is refused",
            "a source of another kind has it",
            "Choose another name.",
        )
    return source


def hold(source: Source, external_id: str) -> None:
    """Whoever puts the same call waits, whether it is here yet or not, for this transaction."""
    locks.hold(f"call {source.pk} {external_id}")


def take(
    documents: Iterable[Loaded],
    *,
    source: Source,
    beside: Beside,
    by: Who,
    then: Then,
    now: Callable[[], datetime],
) -> Iterator[Taken]:
    """What became of each document, in its order; each that is new is passed on to `then`.

    Each in a transaction of its own; in a request, which is one, behind a savepoint of its own.
    Meanwhile earlier calls may still come in, as with a backfill. At the end they are here, and the
    import is on record, with how many it took.
    """
    with tenant_context(source.tenant_id):
        _set_done(source, None)
        room = quota.room(source.tenant_id, now=now())
    seen: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for loaded in documents:
        taken = _taken(loaded, source, beside, seen, room, then)
        counts[taken.outcome] += 1
        yield taken
    with tenant_context(source.tenant_id):
        _set_done(source, now())
        then.ended(source)
        audit.record(
            event=audit.Event.CALLS_IMPORTED,
            by=by,
            target=source,
            at=now(),
            data={outcome.value: counts[outcome] for outcome in Outcome},
        )


def source_of_runs(*, tenant_id: UUID, by: Who, now: datetime) -> Source:
    """Where the calls are that programs send to be evaluated at once: nothing older is to come.

    In the caller's tenant transaction. Raises NameTaken.
    """
    source = source_of_files(tenant_id=tenant_id, name=RUNS, by=by, now=now)
    if source.backfill_done_at is None:
        _set_done(source, now)
    return source


def take_one(loaded: Loaded, *, source: Source, told: Told, then: Then, now: datetime) -> UUID:
    """One call's transcript, new or here already. In the transaction of the caller, who puts it on
    record. Raises Refused.
    """
    room = quota.room(source.tenant_id, now=now)
    taken = _taken(loaded, source, Beside(told=told), {}, room, then)
    if taken.transcript_id is None:
        raise taken.refused or _nothing(loaded)
    return taken.transcript_id


def heard(loaded: Loaded, told: Told) -> Columns:
    """The call as it would be stored. Raises Refused."""
    if loaded.transcript is None:
        raise _nothing(loaded)
    _check_whole(loaded.transcript)
    return with_told(loaded.transcript, told).transcript


def _nothing(loaded: Loaded) -> Refused:
    return loaded.refused or _refused("nothing in it", "Send a transcript.")


def _set_done(source: Source, at: datetime | None) -> None:
    source.backfill_done_at = at
    Source.objects.filter(pk=source.pk).update(backfill_done_at=at)


def _taken(
    loaded: Loaded,
    source: Source,
    beside: Beside,
    seen: dict[str, str],
    room: quota.Room,
    then: Then,
) -> Taken:
    refused = Taken(loaded.file, loaded.line, Outcome.REFUSED)
    try:
        call = _call(loaded, source, beside)
        refused = replace(refused, external_id=call.fetched.external_id)
        _check(call, seen)
        with tenant_context(source.tenant_id):
            return _kept(refused, call, source, room, then)
    except Refused as refusal:
        return replace(refused, refused=refusal)
    except DataError:
        seen_text = "a value that the database does not take"
        return replace(refused, refused=_refused(seen_text, "Report this format to the operator."))


def _call(loaded: Loaded, source: Source, beside: Beside) -> _Call:
    """The call with all that is told of it and an id. Raises Refused."""
    if loaded.transcript is None or loaded.received is None:
        raise _nothing(loaded)
    row = beside.sheet.row_of(loaded.file, loaded.transcript.external_id)
    if row is not None and row.refused is not None:
        raise row.refused
    told = _labelled(row.told if row else beside.told, loaded.transcript, beside)
    fetched = with_told(loaded.transcript, told)
    external_id = _id(fetched.external_id or told.external_id or "", beside)
    external_id = external_id or store.content_id(source.tenant_id, loaded.received.sha256)
    transcript = replace(fetched.transcript, id=external_id)
    fetched = replace(fetched, external_id=external_id, transcript=transcript)
    line = row.line if row else None
    return _Call(loaded.received, fetched, told.team, line, loaded.recording)


def _id(own: str, beside: Beside) -> str:
    """Raises DocumentRefused where it is put under another than its own."""
    if own and beside.external_id not in ("", own):
        raise _refused("another id in it than in its address", "Put it under its own.")
    return beside.external_id or own


def _labelled(told: Told, call: SourceTranscript, beside: Beside) -> Told:
    """With the labels that go for all calls, where this one has them and names none itself."""
    labels = {*call.transcript.speakers, *call.transcript.channels}
    own = told.metadata
    if own.agent_speaker or own.customer_speaker:
        return told
    agent = beside.agent if beside.agent in labels else None
    customer = beside.customer if beside.customer in labels else None
    return replace(told, metadata=replace(own, agent_speaker=agent, customer_speaker=customer))


def _check(call: _Call, seen: dict[str, str]) -> None:
    """Raises DocumentRefused where there is nothing to evaluate, or its id is another's."""
    fetched, sha256 = call.fetched, call.received.sha256
    if seen.setdefault(fetched.external_id, sha256) != sha256:
        raise _refused(
            "the id of another document of this import, with other content",
            "Import one of them, or give each its own id.",
        )
    _check_whole(fetched)


def _check_whole(fetched: SourceTranscript) -> None:
    """Raises DocumentRefused."""
    if fetched.is_tombstone:
        raise _refused("a call that was deleted at its source", "Leave it out.")
    reason = fetched.transcript.refused
    if reason is not None and reason.reason is Reason.TRANSCRIPT_PENDING:
        raise _refused("a transcript that is not finished", "Export it again once it is.")
    if reason is None and not fetched.transcript.words:
        raise _refused("a transcript without a word", "Export it again with its words.")


def _kept(blank: Taken, call: _Call, source: Source, room: quota.Room, then: Then) -> Taken:
    """Stored. In the caller's tenant transaction. Raises QuotaReached of a call that is new."""
    fetched = call.fetched
    if room.is_over and not store.is_held(source=source, external_id=fetched.external_id):
        room.check()
    row = fetch.keep(
        source=source,
        external_id=fetched.external_id,
        answer=(call.received, fetched),
        then=then,
    )
    held = row or store.held(source=source, external_id=fetched.external_id)
    warnings = fetched.warnings
    if row is not None:
        room.take(row)
        warnings = (*warnings, *_unlinked(fetched), *teams.join(row, fetched, call.team))
    if call.recording is not None:
        warnings = (*warnings, *_unkept(source, held, call.recording))
    return replace(
        blank,
        outcome=Outcome.HERE if row is None else Outcome.ACCEPTED,
        transcript_id=held.pk,
        words=held.words,
        timing=held.timing,
        warnings=tuple(dict.fromkeys(warnings)),
        row=call.row,
    )


def _unkept(source: Source, row: Transcript, recording: bytes) -> tuple[str, ...]:
    """Keep what lay beside it; `recording`, and the code of why, where that is not done."""
    try:
        with transaction.atomic():
            is_kept = audio_files.take_beside(source, row, recording)
    except (audio_files.NotAudio, audio_files.TooLarge) as refusal:
        return (f"recording ({refusal.code})",)
    return () if is_kept else ("recording",)


def _unlinked(fetched: SourceTranscript) -> tuple[str, ...]:
    """`agent` where one is named and no voice of the call is known to be his."""
    has_agent = Role.AGENT in fetched.transcript.roles
    return ("agent",) if fetched.metadata.agent and not has_agent else ()


def _refused(seen: str, remedy: str) -> DocumentRefused:
    return DocumentRefused("The document is refused", seen, remedy)
