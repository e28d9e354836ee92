"""Who is the agent: named, or said by the vendor, or unknown. Nothing is guessed from the talk."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviews.detection.transcript import Role
from reviews.sources.normal import LONGEST_SPEAKER, fitted

_CHANNEL_LABEL = re.compile(r"(\d{1,3})[A-Z]{1,2}", re.ASCII)
_ROLE_WORDS: Mapping[str, Role] = {
    word: role
    for role, words in {
        Role.AGENT: (
            "agent, rep, representative, csr, advisor, adviser, associate, support agent, "
            "call center agent, service agent, sales agent, sales representative, "
            "customer service representative"
        ),
        Role.CUSTOMER: (
            "customer, caller, client, consumer, member, patient, policyholder, claimant, "
            "account holder, cardholder"
        ),
        Role.OTHER: "ivr, system, interpreter, voice assistant, virtual assistant, recording",
    }.items()
    for word in words.split(", ")
}
_OPPOSITE = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}


@dataclass(frozen=True, slots=True)
class Named:
    """Labels (speaker or channel) somebody named, and who: `the call's metadata`, `the source` …

    Several labels for one role are a tuple.
    """

    agent: str | tuple[str, ...] | None = None
    customer: str | tuple[str, ...] | None = None
    by: str = ""

    def __bool__(self) -> bool:
        return bool(self.agent or self.customer)


@dataclass(frozen=True, slots=True)
class Voices:
    """Who spoke, one entry per utterance, and what the vendor says of the labels."""

    speakers: Sequence[str | None]
    channels: Sequence[str | None]
    is_multichannel: bool = False
    identified: Mapping[str, str] = field(default_factory=dict)
    """The vendor's speaker identification: label → what it calls that speaker."""


@dataclass(frozen=True, slots=True)
class Assigned:
    roles: tuple[Role, ...]
    how: str
    """One line for people: where the roles come from."""
    missing: tuple[str, ...] = ()
    """`agent` or `customer` where a label was named for it that the call has nowhere."""


def assign(voices: Voices, *, named: Named) -> Assigned:
    """A role per utterance: by the named labels, else the vendor's mapping, else role words."""
    parties = [
        _labels(voices, speaker, channel)
        for speaker, channel in zip(voices.speakers, voices.channels, strict=True)
    ]
    if not any(parties):
        return Assigned((Role.UNKNOWN,) * len(parties), "unknown: the call has no labels")
    if named:
        return _by_name(parties, named)
    return _by_words(parties, voices.identified)


def role_word(text: str) -> Role:
    """The role a label itself says (`Agent`, `caller`), else unknown."""
    return _ROLE_WORDS.get(" ".join(re.split(r"[\s_-]+", text.strip().lower())), Role.UNKNOWN)


def _labels(voices: Voices, speaker: str | None, channel: str | None) -> tuple[str, ...]:
    """The labels of one utterance, the deciding one first."""
    if channel is None and voices.is_multichannel and speaker:
        matched = _CHANNEL_LABEL.fullmatch(speaker)
        channel = matched.group(1) if matched else None
    order = (channel, speaker) if voices.is_multichannel else (speaker, channel)
    return tuple(label for label in order if label)


def _by_name(parties: Sequence[tuple[str, ...]], named: Named) -> Assigned:
    labels = dict.fromkeys(_several(named.agent), Role.AGENT)
    labels |= dict.fromkeys(_several(named.customer), Role.CUSTOMER)
    present = {label for party in parties for label in party}
    lacking = (role.value for label, role in labels.items() if label not in present)
    missing = tuple(dict.fromkeys(lacking))
    how = f"labels named by {named.by}"
    if not present & labels.keys():
        return Assigned(
            (Role.UNKNOWN,) * len(parties), f"{how}, none of them in this call", missing
        )
    rest = _rest_role(parties, labels)
    roles = tuple(_named_role(party, labels, rest) for party in parties)
    return Assigned(roles, how, missing)


def _several(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The labels as the call has them: a long one is cut there."""
    labels = (given,) if isinstance(given, str) else given or ()
    return tuple(fitted(label, LONGEST_SPEAKER) for label in labels)


def _named_role(party: tuple[str, ...], labels: Mapping[str, Role], rest: Role) -> Role:
    if not party:
        return Role.UNKNOWN
    return next((labels[label] for label in party if label in labels), rest)


def _rest_role(parties: Sequence[tuple[str, ...]], labels: Mapping[str, Role]) -> Role:
    left = {party[0] for party in parties if party and not labels.keys() & set(party)}
    roles = set(labels.values())
    if len(roles) == 1 and len(left) == 1:
        return _OPPOSITE[roles.pop()]
    return Role.OTHER


def _by_words(parties: Sequence[tuple[str, ...]], identified: Mapping[str, str]) -> Assigned:
    mapped = {label: role_word(text) for label, text in identified.items()}
    roles = tuple(_first_known(party, mapped) for party in parties)
    if any(role is not Role.UNKNOWN for role in roles):
        return Assigned(roles, "the vendor's speaker identification")
    roles = tuple(
        _first_known(party, {label: role_word(label) for label in party}) for party in parties
    )
    if any(role is not Role.UNKNOWN for role in roles):
        return Assigned(roles, "labels that are role words")
    return Assigned(roles, "unknown: no label is named")


def _first_known(party: tuple[str, ...], known: Mapping[str, Role]) -> Role:
    found = (known.get(label, Role.UNKNOWN) for label in party)
    return next((role for role in found if role is not Role.UNKNOWN), Role.UNKNOWN)
