"""What is told of a call beside its document, by who imports it; it goes before the call's own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace

from reviews.detection.transcript import CallFacts
from reviews.sources.normal import LONGEST_ROLES_HOW, CallMetadata, SourceTranscript
from reviews.sources.roles import Named, Voices, assign


@dataclass(frozen=True, slots=True)
class Told:
    """`metadata` is personal: never log."""

    external_id: str | None = None
    metadata: CallMetadata = field(default_factory=lambda: CallMetadata(CallFacts()))
    team: str | None = None
    """Of the agent."""
    crm_ids: Mapping[str, str] = field(default_factory=dict)
    """System → the call's id there."""

    @property
    def digest(self) -> str:
        """Hex SHA-256, equal where the same is told; of nothing it is empty."""
        if self == Told():
            return ""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()


def with_told(call: SourceTranscript, told: Told) -> SourceTranscript:
    """The call with what is told of it."""
    metadata = _joined(call.metadata, told.metadata)
    facts = _given_first(told.metadata.facts, call.metadata.facts)
    transcript = replace(call.transcript, facts=facts)
    call = replace(
        call,
        metadata=replace(metadata, facts=facts),
        transcript=transcript,
        crm_ids=told.crm_ids,
        told=told.digest,
    )
    labels = told.metadata.agent_speaker, told.metadata.customer_speaker
    return named_by(call, Named(*labels, "the import")) if any(labels) else call


def named_by(call: SourceTranscript, named: Named) -> SourceTranscript:
    """The call with roles by the labels that somebody named."""
    columns = call.transcript
    voices = Voices(columns.speakers, columns.channels, is_multichannel=any(columns.channels))
    assigned = assign(voices, named=named)
    missing = tuple(f"{role}_speaker" for role in assigned.missing)
    return replace(
        call,
        transcript=replace(columns, roles=assigned.roles),
        roles_how=assigned.how[:LONGEST_ROLES_HOW],
        warnings=(*call.warnings, *missing),
    )


def _joined(own: CallMetadata, told: CallMetadata) -> CallMetadata:
    return replace(
        own,
        subject=told.subject or own.subject,
        account=told.account or own.account,
        agent=told.agent or own.agent,
        agent_speaker=told.agent_speaker or own.agent_speaker,
        customer_speaker=told.customer_speaker or own.customer_speaker,
    )


def _given_first(told: CallFacts, own: CallFacts) -> CallFacts:
    given = {each.name: getattr(told, each.name) for each in fields(CallFacts)}
    return replace(own, **{name: value for name, value in given.items() if value is not None})
