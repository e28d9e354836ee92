"""AssemblyAI over HTTP: the list from newest to oldest, and one transcript. Bodies stay bytes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from reviews.egress import BadReply, Client, Config, Limits, NotFound, Pacer, Surroundings
from reviews.sources.assemblyai.lenient import is_id, moment_of, rows_of, text_of
from reviews.sources.intake import accept

US = "https://api.assemblyai.com"
EU = "https://api.eu.assemblyai.com"
MAX_LIMIT = 200
_LIST = "/v2/transcript"


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

    def walk(self, *, created_on: date | None = None, limit: int = MAX_LIMIT) -> Iterator[Page]:
        """Every page from the newest on to the oldest, of one day where that is given.

        Refuses circling links.
        """
        page: Page | None = self.list_page(created_on=created_on, limit=limit)
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
            "Check the address of the source: it does not answer as AssemblyAI does.",
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
