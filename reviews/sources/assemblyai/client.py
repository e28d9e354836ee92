"""AssemblyAI over HTTP: the list from newest to oldest, and one transcript. Bodies stay bytes."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from reviews.egress import (
    BadReply,
    Client,
    Config,
    Limits,
    NotFound,
    Pacer,
    Stream,
    Surroundings,
)
from reviews.errors import ErrorCode, Refused
from reviews.sources.assemblyai.lenient import is_id, moment_of, ms_of, rows_of, text_of, whole_of
from reviews.sources.intake import accept
from reviews.sources.rows import list_of

US = "https://api.assemblyai.com"
EU = "https://api.eu.assemblyai.com"
MAX_LIMIT = 200
DERIVED = ("sentences", "paragraphs", "srt", "vtt")
WORDS_AT_MOST = 5
"""Of a phrase that the vendor searches."""
_LIST, _UPLOAD, _LEMUR = "/v2/transcript", "/v2/upload", "/lemur/v3"
_STRANGE = "Check the address of the source: it does not answer as AssemblyAI does."
_ACCEPTED, _BAD_REQUEST = 202, 400


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list: the only place where the vendor gives times."""

    id: str
    status: str
    created_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Items newest first. `before_id` is the cursor to the older page, None on the oldest."""

    items: tuple[Item, ...]
    before_id: str | None
    prev_url: str | None
    unreadable: int = 0
    """Rows without a usable id; they cannot be fetched and must be shown, not forgotten."""


class SearchRefused(Refused):
    code = ErrorCode.PARAMETER_REFUSED


@dataclass(frozen=True, slots=True)
class Matches:
    """`count` as the vendor says it; `starts` in ms, where it gives them."""

    count: int
    starts: tuple[int, ...]


class AssemblyAI:
    """One account. Raises the refusals of reviews.egress and PayloadRefused of intake."""

    def __init__(
        self,
        *,
        key: str,
        base_url: str = US,
        allow_private: Collection[str] = frozenset(),
        limits: Limits | None = None,
        pacer: Pacer | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        config = Config(
            base_url=base_url,
            headers={"Authorization": key},
            allow_private=allow_private,
            limits=limits or Limits(),
            is_absent=_is_absent,
        )
        self._egress = Client(config, pacer=pacer, surroundings=surroundings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._egress.close()

    def list_page(
        self,
        *,
        before_id: str | None = None,
        created_on: date | None = None,
        limit: int = MAX_LIMIT,
    ) -> Page:
        """The page older than `before_id`, or the newest one; of one day where that is given."""
        params = {"limit": str(limit)}
        if created_on is not None:
            params["created_on"] = created_on.isoformat()
        if before_id is not None:
            params["before_id"] = _plain_id(before_id)
        return _page(self._egress.get(_LIST, params=params).body)

    def follow(self, page: Page) -> Page | None:
        """The page older than `page`, by the vendor's own link; None on the oldest.

        A link to another origin is refused: the key would go there with it.
        """
        return None if page.prev_url is None else _page(self._egress.get(page.prev_url).body)

    def walk(
        self,
        *,
        before_id: str | None = None,
        created_on: date | None = None,
        limit: int = MAX_LIMIT,
    ) -> Iterator[Page]:
        """Every page from the newest, or from what is older than `before_id`, on to the oldest; of
        one day where that is given. Refuses circling links.
        """
        page: Page | None = self.list_page(before_id=before_id, created_on=created_on, limit=limit)
        seen: set[str | None] = {None}
        while page is not None:
            yield page
            if page.prev_url is not None and page.before_id in seen:
                raise BadReply(
                    "The list is refused", "a link back to an earlier page", "Ask the vendor."
                )
            seen.add(page.before_id)
            page = self.follow(page)

    def get(self, external_id: str) -> bytes:
        """The transcript object as received; hand it to `intake.receive`. Raises NotFound."""
        return self._egress.get(f"{_LIST}/{_plain_id(external_id)}").body

    def delete(self, external_id: str) -> None:
        """Have a transcript deleted, its audio with it. Raises NotFound where there is none."""
        self._egress.delete(f"{_LIST}/{_plain_id(external_id)}")

    def upload(self, recording: Stream) -> str:
        """Send a recording's bytes; the address to submit it by. Sent once."""
        url = text_of(
            accept(self._egress.post_once(_UPLOAD, recording).body).value.get("upload_url")
        )
        if url is None:
            raise BadReply("The upload is refused", "a reply without `upload_url`", _STRANGE)
        return url

    def submit(self, wanted: Mapping[str, Any]) -> Item:
        """Ask for a transcript, as `request.request` writes it: what the vendor has of it now.

        Sent once. Rejected, NotFound, KeyRefused and RateLimited mean that none was made; whatever
        else is raised leaves that open.
        """
        reply = accept(self._egress.post_once(_LIST, json.dumps(wanted).encode()).body)
        item = _item(reply.value)
        if item is None:
            raise BadReply("The submission's reply is refused", "no id of a transcript", _STRANGE)
        return item

    def word_search(self, external_id: str, phrases: Sequence[str]) -> dict[str, Matches]:
        """By phrase, where the vendor finds it; a phrase of which it says nothing was not found.

        Raises SearchRefused for what its search cannot be asked.
        """
        for phrase in phrases:
            check_phrase(phrase)
        asked = {"words": ",".join(phrases)}
        reply = self._egress.get(f"{_LIST}/{_plain_id(external_id)}/word-search", params=asked)
        rows = rows_of(accept(reply.body).value.get("matches"))
        found = {text_of(row.get("text")): row for row in rows}
        return {phrase: _matches(found.get(phrase, {})) for phrase in phrases}

    def derived(self, external_id: str, part: str, *, characters: int | None = None) -> bytes:
        """What the vendor makes of a transcript: one of DERIVED, as received."""
        asked = {"chars_per_caption": str(characters)} if characters else None
        return self._egress.get(f"{_LIST}/{_plain_id(external_id)}/{part}", params=asked).body

    def lemur(self, request_id: str) -> bytes:
        """An answer that was asked of LeMUR while there was one, as received. Raises NotFound."""
        return self._egress.get(f"{_LEMUR}/{_plain_id(request_id)}").body

    def redacted_audio(self, external_id: str) -> str | None:
        """Where the redacted recording is, to be fetched without the key; None: not ready yet.

        Raises NotFound where there is none, or its 24 hours are over.
        """
        try:
            reply = self._egress.get(f"{_LIST}/{_plain_id(external_id)}/redacted-audio")
        except BadReply as refusal:
            if refusal.status != _BAD_REQUEST:
                raise
            seen = f"status {refusal.status}"
            remedy = "Redacted recordings are there for 24 hours; the original may be kept longer."
            raise NotFound("The redacted recording is not there", seen, remedy) from None
        if reply.status == _ACCEPTED:
            return None
        url = text_of(accept(reply.body).value.get("redacted_audio_url"))
        if not url:
            seen = "a reply without `redacted_audio_url`"
            raise BadReply("The reply is refused", seen, "Ask the vendor.")
        return url


def check_phrase(phrase: str) -> None:
    """The vendor takes up to five words, and a comma ends a phrase. Raises SearchRefused."""
    words = phrase.split()
    if "," in phrase or not 1 <= len(words) <= WORDS_AT_MOST:
        raise SearchRefused(
            "The phrase is refused",
            f"{len(words)} words" + (", a comma among them" if "," in phrase else ""),
            f"Its search takes 1 to {WORDS_AT_MOST} words without a comma; ours takes any.",
        )


def _matches(row: Mapping[str, Any]) -> Matches:
    pairs = (list_of(pair) for pair in list_of(row.get("timestamps")))
    starts = tuple(start for pair in pairs if pair and (start := ms_of(pair[0])) >= 0)
    count = whole_of(row.get("count"))
    return Matches(len(starts) if count is None else count, starts)


def _plain_id(external_id: str) -> str:
    """Refuse what would change the path that is asked for."""
    if not is_id(external_id):
        raise NotFound(
            "The transcript id is refused",
            f"{len(external_id)} characters, some not of an id",
            "Use the id as the list gives it: letters, digits, - and _.",
        )
    return external_id


def _is_absent(status: int, body: bytes) -> bool:
    """This vendor says 400, not 404, for an id it does not know; 400 means other things, too."""
    return status == 404 or (status == 400 and b"not found" in body.lower())


def _page(body: bytes) -> Page:
    value = accept(body).value
    rows = value.get("transcripts")
    if not isinstance(rows, list):
        raise BadReply(
            "The list is refused",
            "a reply without `transcripts`",
            _STRANGE,
        )
    items = tuple(item for row in rows_of(rows) if (item := _item(row)))
    details = value.get("page_details")
    prev_url = text_of(details.get("prev_url")) if isinstance(details, dict) else None
    return Page(items, _cursor(prev_url, items), prev_url, len(rows) - len(items))


def _item(row: dict[str, Any]) -> Item | None:
    external_id = row.get("id")
    if not isinstance(external_id, str) or not is_id(external_id):
        return None
    return Item(
        id=external_id,
        status=text_of(row.get("status")) or "unknown",
        created_at=moment_of(row.get("created")),
        completed_at=moment_of(row.get("completed")),
    )


def _cursor(prev_url: str | None, items: tuple[Item, ...]) -> str | None:
    """`before_id` of the link, or the oldest item where the link hides it."""
    if prev_url is None:
        return None
    try:
        found = parse_qs(urlsplit(prev_url).query).get("before_id", [])
    except ValueError:
        found = []
    if found and is_id(found[0]):
        return found[0]
    return items[-1].id if items else None
