"""Who is who on a call, as a person says it: the same words in a new revision, evaluated anew.

Speakers that were told apart by their voices have no role of their own, and nothing guesses one
(docs/adr/0006); so somebody who hears or reads the call may say it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
import zstandard

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.ingest import duplicates, search_words, store
from reviews.ingest.then import Then
from reviews.models import Participant, SpeakerRole, Transcript, TranscriptState, User
from reviews.models.ids import uuid7
from reviews.models.rows import insert, select
from reviews.queries import transcripts
from reviews.sources.metadata import parse_metadata

BY_A_REVIEWER = "a reviewer"
_COPY = """
INSERT INTO reviews_utterance (id, tenant_id, transcript_id, revision, index, speaker, role,
    channel, start_ms, end_ms, text, confidence, masks, packed)
SELECT made.id, said.tenant_id, said.transcript_id, %(revision)s, said.index, said.speaker,
    coalesce(voice.role, said.role), said.channel, said.start_ms, said.end_ms, said.text,
    said.confidence, said.masks, said.packed
FROM reviews_utterance said
    JOIN unnest(%(indexes)s::int[], %(ids)s::uuid[]) AS made (index, id) ON made.index = said.index
    LEFT JOIN reviews_participant voice ON voice.transcript_id = said.transcript_id
        AND voice.revision = %(revision)s AND voice.speaker = said.speaker
        AND voice.channel = said.channel
WHERE said.transcript_id = %(transcript)s AND said.revision = %(before)s
RETURNING index
"""
_INDEXES = """
SELECT index FROM reviews_utterance
WHERE transcript_id = %(transcript)s AND revision = %(before)s
"""


class RolesRefused(Refused):
    code = ErrorCode.NOT_POSSIBLE


def assign(
    *,
    transcript_id: UUID,
    revision: int,
    roles: Mapping[UUID, SpeakerRole],
    by: User,
    now: datetime,
    then: Then,
) -> Transcript:
    """Give the voices of a call (participants by id) their roles, in the caller's transaction.

    The call that was taken for the same as another is one of its own from then on. Lock: the
    transcript's row. Raises RolesRefused where `revision` is not the newest, or the call has no
    words, or one of the voices is not its own.
    """
    row = Transcript.objects.select_for_update().defer("payload").get(pk=transcript_id)
    voices = list(Participant.objects.filter(transcript=row, revision=revision).order_by("pk"))
    _check(row, revision, roles, voices)
    if all(roles.get(each.pk, each.role) == each.role for each in voices):
        return row
    _write(row, voices, roles, now)
    data = {"revision": row.revision, "voices": len(roles)}
    audit.record(event=audit.Event.ROLES_ASSIGNED, by=by, target=row, at=now, data=data)
    store.tell(row, now=now)
    then.stored(row)
    for each in duplicates.look_again(row):
        then.stored(each)
    return row


def _check(
    row: Transcript, revision: int, roles: Mapping[UUID, SpeakerRole], voices: list[Participant]
) -> None:
    what = "The roles are refused"
    if row.state != TranscriptState.READY:
        raise RolesRefused(what, "a call without words", "Wait until it is transcribed.")
    if row.revision != revision:
        raise RolesRefused(
            what, "the call has changed since the page was opened", "Load the page again."
        )
    if not roles.keys() <= {each.pk for each in voices}:
        raise RolesRefused(what, "a voice that is not of this call", "Load the page again.")


def _write(
    row: Transcript,
    voices: list[Participant],
    roles: Mapping[UUID, SpeakerRole],
    now: datetime,
) -> None:
    """The new revision: its voices, then its utterances by them, then the row that names it."""
    before, row.revision = row.revision, row.revision + 1
    given = {each.pk: roles.get(each.pk, SpeakerRole(each.role)) for each in voices}
    agent_id = _agent_of(row, voices, given)
    insert(
        Participant,
        [
            {
                "id": uuid7(),
                "tenant_id": row.tenant_id,
                "transcript_id": row.pk,
                "revision": row.revision,
                "speaker": each.speaker,
                "channel": each.channel,
                "role": given[each.pk],
                "from_ms": each.from_ms,
                "agent_id": agent_id if given[each.pk] == SpeakerRole.AGENT else None,
            }
            for each in voices
        ],
    )
    own = {"transcript": row.pk, "before": before, "revision": row.revision}
    indexes = [index for (index,) in select(_INDEXES, own)]
    select(_COPY, own | {"indexes": indexes, "ids": [uuid7() for _ in indexes]})
    row.roles_by, row.duplicate_of_id = BY_A_REVIEWER, None
    row.received_at = now  # feeds go by it
    row.save(update_fields=["revision", "roles_by", "duplicate_of", "received_at"])
    search_words.write(row, *transcripts.shown_of(row))


def _agent_of(
    row: Transcript, voices: list[Participant], roles: Mapping[UUID, SpeakerRole]
) -> UUID | None:
    """The call's agent, where it is told of one and one voice alone is an agent's."""
    if [*roles.values()].count(SpeakerRole.AGENT) != 1:
        return None
    known = {each.agent_id for each in voices} - {None}
    if known:
        return known.pop() if len(known) == 1 else None
    payload = msgspec.json.decode(zstandard.decompress(bytes(row.payload)))
    told = parse_metadata(payload.get("webhook_url")).agent
    return store.agent_of(row.tenant_id, told)
