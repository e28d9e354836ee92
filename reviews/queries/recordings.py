"""A call's recordings as its page shows them, and the one that is played."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from reviews import access
from reviews.errors import ErrorCode, Refused
from reviews.models import Audio, AudioKind, AudioMode, AudioState, Membership, Transcript
from reviews.models.sealed_file import FileBroken, check, read
from reviews.models.secret import unseal
from reviews.queries.call import CallPage

_REDACTING = "redact_pii_audio"
_OF_SOURCE = ("source__audio_mode", "source__audio_link")
_OF_AUDIO = ("audio__kind", "audio__state", "audio__code", "audio__purge_at")
WHY: Mapping[str, object] = {
    "destination_refused": _("its address is not on the open internet, or not https"),
    "key_refused": _("its address is private, or what signed it has run out"),
    "not_found": _("it is not there any more"),
    "too_large": _("it is larger than this installation takes"),
    "not_audio": _("what is there is no recording that we know"),
    "bad_reply": _("its server does not hand it out"),
    "vendor_down": _("its server does not answer"),
    "name_unknown": _("the name of its server is not known"),
    "rate_limited": _("the source asks for fewer requests"),
    "not_ready": _("the source has not made it yet"),
}
"""Code → in words, behind a colon."""


class AudioUnreadable(Refused):
    code = ErrorCode.AUDIO_UNREADABLE


@dataclass(frozen=True, slots=True)
class Moment:
    """A place of evidence, in the recorder of the tenant's own."""

    ms: int
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to say of one recording; `why` is empty where the state says it all."""

    kind: str
    state: str
    label: str
    why: object
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Link:
    template: str
    external_id: str

    def at(self, seconds: int) -> str:
        """Nothing that an id says can leave its place in the address."""
        # The seconds first: an id may look like their name.
        link = self.template.replace("{seconds}", str(seconds))
        return link.replace("{external_id}", quote(self.external_id, safe=""))


@dataclass(frozen=True, slots=True)
class Recordings:
    mode: str
    rows: tuple[Shown, ...]
    url: str
    """Its beginning in the recorder; empty where none is linked."""
    moments: tuple[Moment, ...]
    has_redacted: bool
    """Whether the source made a redacted one."""

    @property
    def original(self) -> Shown | None:
        return next((row for row in self.rows if row.kind == AudioKind.ORIGINAL), None)

    @property
    def redacted(self) -> Shown | None:
        return next((row for row in self.rows if row.kind == AudioKind.REDACTED), None)


def recordings(page: CallPage) -> Recordings:
    """Of a call that may be seen. One SQL query."""
    call = Transcript.objects.filter(pk=page.row.pk).order_by("audio__kind")
    rows = list(call.values_list(*_OF_SOURCE, *_OF_AUDIO))
    mode, link = rows[0][:2]
    linked = _Link(link if mode == AudioMode.LINK else "", page.row.external_id)
    return Recordings(
        mode=mode,
        rows=tuple(_shown(*row[2:]) for row in rows if row[2]),
        url=linked.at(0),
        moments=tuple(_moments(page, linked)) if linked.template else (),
        has_redacted=page.row.features.get(_REDACTING) == "present",
    )


def _shown(kind: str, state: str, code: str, until: datetime | None) -> Shown:
    return Shown(kind, state, str(AudioKind(kind).label), WHY.get(code, ""), until)


def _moments(page: CallPage, link: _Link) -> Iterator[Moment]:
    """Each place of evidence once, in the order of the call."""
    places = [place for card in page.scorecards for row in card.rows for place in row.places]
    starts = {place.start_ms // 1000 for place in places if not place.field and place.start_ms >= 0}
    for seconds in sorted(starts):
        yield Moment(seconds * 1000, link.at(seconds))


def held(membership: Membership, transcript_id: UUID, kind: AudioKind) -> Audio:
    """The recording, its file whole. Raises Http404 and AudioUnreadable."""
    found = access.visible_audios(membership).filter(transcript_id=transcript_id, kind=kind)
    row = found.filter(state=AudioState.HELD).first()
    if row is None:
        raise Http404
    try:
        check(row.path, size=row.size or 0)
    except FileBroken:
        raise AudioUnreadable(
            "The recording is refused", "its file is not there as it was written",
            "Tell the operator: AUDIO_DIR may not be mounted, or is to be restored.",
        ) from None  # fmt: skip
    return row


def played(row: Audio, first: int, last: int) -> Iterator[bytes]:
    """Its bytes; needs no transaction while it goes on. Raises FileBroken."""
    key = bytes.fromhex(unseal(bytes(row.sealed_key or b"")))
    return read(row.path, key=key, about=row.about, size=row.size or 0, first=first, last=last)
