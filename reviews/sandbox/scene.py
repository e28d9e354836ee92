"""A request and its true answer, as a fault finds them: what the vendor may make of them instead.

Each effect gives the answer that comes instead of the true one, or None where it cannot happen to
this request. An effect that takes something away for good says so in `Scene.lasting`.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from urllib.parse import urlencode

from reviews.sandbox.account import Account, Redacted
from reviews.sandbox.answers import AUTHENTICATION, UNKNOWN_ID, Answer, Trouble, error, plain_error
from reviews.sandbox.routes import LIST, Request
from reviews.sandbox.rows import ENDED, Payload, unfinished

_HTML = b"<!DOCTYPE html><html><title>Bad gateway</title><body>Try again later.</body></html>"
_FOREIGN = "https://collector.example"
_SKEW = timedelta(hours=1)


@dataclass(slots=True)
class Scene:
    request: Request
    account: Account | None
    """None where the key opens none."""
    serve: Callable[[], Answer]
    """The true answer. A request that changes something does so when it is called."""
    base_url: str
    now: datetime
    rng: Random = field(default_factory=Random)
    """The script's own once it meets the scene."""
    lasting: list[str] = field(default_factory=list)
    """Ids that are not to be had from now on."""
    added: list[str] = field(default_factory=list)
    """Ids that are there from now on."""

    @property
    def is_list(self) -> bool:
        return (self.request.method, self.request.path) == ("GET", LIST)

    @property
    def is_one(self) -> bool:
        return self.request.method == "GET" and self.request.transcript_id is not None

    @property
    def is_audio(self) -> bool:
        part = self.request.part
        return self.request.method == "GET" and part is not None and part[1] == "redacted-audio"


Effect = Callable[[Scene], Answer | None]


def refused(status: int, retry_after: str | None = None) -> Effect:
    return lambda scene: plain_error(status, retry_after)


def late_date(scene: Scene) -> Answer:
    return plain_error(429, format_datetime(scene.now + timedelta(seconds=2), usegmt=True))


def skewed_date(scene: Scene) -> Answer:
    """Two seconds by a clock that is an hour off, either way."""
    there = scene.now + scene.rng.choice((_SKEW, -_SKEW))
    answer = plain_error(429, format_datetime(there + timedelta(seconds=2), usegmt=True))
    return replace(answer, headers=(("Date", format_datetime(there, usegmt=True)),))


def html_gateway(scene: Scene) -> Answer:
    del scene
    return Answer(502, _HTML, "text/html")


def key_refused(scene: Scene) -> Answer:
    del scene
    return error(401, AUTHENTICATION)


def trouble(kind: Trouble) -> Effect:
    """It befalls the true answer: what the request changes is changed."""

    def effect(scene: Scene) -> Answer:
        answer = scene.serve()
        return replace(answer, trouble=kind, at=scene.rng.randrange(len(answer.body) or 1))

    return effect


def html_page(scene: Scene) -> Answer:
    return replace(scene.serve(), status=200, body=_HTML, kind="text/html")


def half_json(scene: Scene) -> Answer:
    answer = scene.serve()
    return replace(answer, body=answer.body[: scene.rng.randrange(len(answer.body) or 1)])


def no_body(scene: Scene) -> Answer:
    return replace(scene.serve(), body=b"")


def wrong_kind(scene: Scene) -> Answer:
    return replace(scene.serve(), kind="text/html; charset=utf-8")


def bad_gzip(scene: Scene) -> Answer:
    answer = scene.serve()
    encoded = (("Content-Encoding", "gzip"),)
    return replace(answer, body=b"\x1f\x8b" + answer.body[:9], headers=encoded)


def _page(change: Callable[[Scene, Payload, list[Payload]], Payload | None]) -> Effect:
    """`change(scene, page, rows)` may change the page it is given, and gives what comes instead."""

    def effect(scene: Scene) -> Answer | None:
        answer = scene.serve() if scene.is_list else None
        if answer is None or answer.status != 200:
            return None
        page = json.loads(answer.body)
        changed = change(scene, page, page["transcripts"])
        return None if changed is None else replace(answer, body=json.dumps(changed).encode())

    return effect


def _object(change: Callable[[Scene, Payload], Payload | None]) -> Effect:
    """As `_page`, for the object of one transcript that has ended."""

    def effect(scene: Scene) -> Answer | None:
        answer = scene.serve() if scene.is_one else None
        if answer is None or answer.status != 200:
            return None
        payload = json.loads(answer.body)
        changed = change(scene, payload) if payload["status"] in ENDED else None
        return None if changed is None else replace(answer, body=json.dumps(changed).encode())

    return effect


def _self_link(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    if page["page_details"]["prev_url"] is None:
        return None
    page["page_details"]["prev_url"] = page["page_details"]["current_url"]
    return page


def _foreign_link(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    link = page["page_details"]["prev_url"]
    if link is None:
        return None
    page["page_details"]["prev_url"] = link.replace(scene.base_url, _FOREIGN)
    return page


def _shorter(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    if len(rows) < 2:
        return None
    kept = rows[: scene.rng.randrange(1, len(rows))]
    query = dict(scene.request.query) | {"before_id": kept[-1]["id"]}
    query.pop("after_id", None)
    link = f"{scene.base_url}{LIST}?{urlencode(query)}"
    details = page["page_details"] | {"result_count": len(kept), "prev_url": link}
    return {"page_details": details, "transcripts": kept}


def _longer(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    """The page is as it was; while it is read a call arrives, like one that was there."""
    ended = [row["id"] for row in rows if row["status"] in ENDED]
    like = scene.account.get(scene.rng.choice(ended)) if scene.account and ended else None
    if scene.account is None or like is None:
        return None
    fresh = str(uuid.UUID(int=scene.rng.getrandbits(128), version=4))
    plain = {key: item for key, item in like.items() if not key.startswith("webhook")}
    scene.added.append(scene.account.add(plain | {"id": fresh}, created=scene.now))
    return page


def _twice(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    if not rows:
        return None
    rows.insert(scene.rng.randrange(len(rows)), scene.rng.choice(rows))
    return page


def _shuffled(scene: Scene, page: Payload, rows: list[Payload]) -> Payload | None:
    if len(rows) < 2:
        return None
    scene.rng.shuffle(rows)
    return page


def _gone(status: int) -> Effect:
    """The transcript is away for good, between the list and now."""

    def effect(scene: Scene) -> Answer | None:
        if not _take_away(scene, Account.vanish):
            return None
        return error(status, UNKNOWN_ID)

    return effect


def _buried(scene: Scene) -> Answer | None:
    return scene.serve() if _take_away(scene, Account.delete) else None


def _take_away(scene: Scene, how: Callable[[Account, str], object]) -> bool:
    transcript_id = scene.request.transcript_id
    is_there = scene.account is not None and transcript_id in scene.account.ids()
    if not (scene.is_one and is_there and scene.account and transcript_id):
        return False
    how(scene.account, transcript_id)
    scene.lasting.append(transcript_id)
    return True


def _before_its_end(status: str) -> Effect:
    return _object(lambda scene, payload: unfinished(payload, status))


def _without(scene: Scene, payload: Payload) -> Payload | None:
    """A field that said nothing is left out: absent and null mean the same."""
    empty = sorted(key for key, value in payload.items() if value is None)
    if not empty:
        return None
    del payload[scene.rng.choice(empty)]
    return payload


def _with_more(scene: Scene, payload: Payload) -> Payload:
    del scene
    return payload | {"vendor_note": {"kind": [1, None]}}


def _retyped(scene: Scene, payload: Payload) -> Payload | None:
    """Numbers as text and whole ones as fractions; what they say stays."""
    del scene
    said = [*(payload.get("words") or ()), *(payload.get("utterances") or ())]
    for part in said:
        part["start"], part["confidence"] = float(part["start"]), str(part["confidence"])
    if payload.get("audio_duration") is not None:
        payload["audio_duration"] = str(payload["audio_duration"])
    return payload if said else None


def _rows_without(scene: Scene, page: Payload, rows: list[Payload]) -> Payload:
    for row in rows:
        del row["resource_url"]
    return page


def _rows_with_more(scene: Scene, page: Payload, rows: list[Payload]) -> Payload:
    for row in rows:
        row["vendor_note"] = {"kind": [1, None]}
    return page | {"vendor_note": 1}


def _rows_retyped(scene: Scene, page: Payload, rows: list[Payload]) -> Payload:
    """`completed` in words was seen in the vendor's own example."""
    for row in rows:
        row["completed"] = "foo"
    page["page_details"]["limit"] = str(page["page_details"]["limit"])
    return page


def _either(*effects: Effect) -> Effect:
    def effect(scene: Scene) -> Answer | None:
        answers = (each(scene) for each in effects)
        return next((answer for answer in answers if answer is not None), None)

    return effect


def audio_late(scene: Scene) -> Answer | None:
    if not scene.is_audio or scene.serve().status != 200:
        return None
    return Answer(202, json.dumps({"status": "processing"}).encode())


def audio_expired(scene: Scene) -> Answer | None:
    """For good: the 24 hours are over."""
    part = scene.request.part
    if not scene.is_audio or part is None or scene.account is None:
        return None
    if scene.account.redacted(part[0]) is not Redacted.READY:
        return None
    scene.account.expire_audio(part[0])
    return scene.serve()


page_loop = _page(_self_link)
foreign_link = _page(_foreign_link)
page_shrinks = _page(_shorter)
page_grows = _page(_longer)
twice = _page(_twice)
shuffled = _page(_shuffled)
gone_400, gone_404 = _gone(400), _gone(404)
buried: Effect = _buried
status_back = _before_its_end("processing")
status_unknown = _before_its_end("moderating")
missing = _either(_object(_without), _page(_rows_without))
extra = _either(_object(_with_more), _page(_rows_with_more))
retyped = _either(_object(_retyped), _page(_rows_retyped))
