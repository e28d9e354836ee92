"""The vendor's paths, for one key and one request."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from reviews.sandbox.account import Access, Account, Redacted, UnknownCursor
from reviews.sandbox.answers import TEXTS, UNKNOWN_ID, Answer, error, in_json
from reviews.sandbox.behaviour import Behaviour
from reviews.sandbox.rows import Payload
from reviews.sandbox.texts import paragraphs, search, sentences, srt, vtt

LIST = "/v2/transcript"
UPLOAD = "/v2/upload"
LEMUR = "/lemur/v3/"
AUDIO = "/audio/"
RECORDING = "/recordings/"
_ONE = re.compile(r"/v2/transcript/([^/]+)(?:/([a-z-]+))?")
_MAX_LIMIT = 200
_DEFAULT_LIMIT = 10
_SUBSTITUTIONS = ("entity_name", "hash")
_PENDING = {"status": "processing"}
_SIGNATURE = "sandbox-signature"
_LIMIT_HEADERS = (("X-RateLimit-Limit", "20000"), ("X-RateLimit-Remaining", "19999"))


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    key: str
    body: bytes

    @property
    def target(self) -> str:
        """What is asked for, the method before it."""
        return f"{self.method} {self.path}?{urlencode(sorted(self.query.items()))}"

    @property
    def transcript_id(self) -> str | None:
        """Of a request for one transcript itself."""
        found = _ONE.fullmatch(self.path)
        return found.group(1) if found and found.group(2) is None else None

    @property
    def part(self) -> tuple[str, str] | None:
        """(id, name) of a request for something derived from a transcript."""
        found = _ONE.fullmatch(self.path)
        return (found.group(1), found.group(2)) if found and found.group(2) else None


@dataclass(frozen=True, slots=True)
class Route:
    access: Access
    base_url: str
    request: Request

    @property
    def account(self) -> Account:
        return self.access.account

    @property
    def behaviour(self) -> Behaviour:
        return self.account.behaviour

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    def answer(self) -> Answer:
        answer = self._answer()
        if not self.behaviour.has_limit_headers:
            return answer
        headers = (*answer.headers, *_LIMIT_HEADERS)
        return Answer(answer.status, answer.body, answer.kind, headers=headers)

    def _answer(self) -> Answer:
        asked = self.request.method, self.request.path
        if asked == ("GET", LIST):
            return self._list()
        if asked == ("POST", LIST):
            return self._submit()
        if asked == ("POST", UPLOAD):
            name = self.account.keep(self.request.body, self.access.project)
            return in_json({"upload_url": f"{self.base_url}/upload/{name}"})
        if self.request.path.startswith(LEMUR) and self.request.method == "GET":
            return self._lemur(self.request.path.removeprefix(LEMUR))
        found = _ONE.fullmatch(self.request.path)
        if found is None or self.request.method not in ("GET", "DELETE"):
            return error(404, TEXTS[404])
        return self._one(found.group(1), found.group(2))

    def _lemur(self, request_id: str) -> Answer:
        """An old answer is still there; asking anew is not."""
        given = self.account.lemur.get(request_id)
        if given is None:
            return error(400, "LeMUR request not found")
        return in_json({"request_id": request_id, "response": given})

    def _list(self) -> Answer:
        asked = self.query.get("limit", str(_DEFAULT_LIMIT))
        if not asked.isdecimal() or not 1 <= int(asked[:4]) <= _MAX_LIMIT:
            return error(400, f"limit must be between 1 and {_MAX_LIMIT}")
        try:
            rows, has_older = self.account.page(self.query, int(asked), self.access.project)
        except UnknownCursor:
            return error(400, UNKNOWN_ID)
        details = {
            "limit": int(asked),
            "result_count": len(rows),
            "current_url": f"{self.base_url}{LIST}?{urlencode(self.query)}",
            "prev_url": self._link("before_id", rows[-1]["id"]) if rows and has_older else None,
            "next_url": self._link("after_id", rows[0]["id"]) if rows else None,
        }
        return in_json({"page_details": details, "transcripts": [self._item(row) for row in rows]})

    def _link(self, cursor: str, transcript_id: str) -> str:
        kept = ("limit", "status", "created_on", "throttled_only")
        query = {name: self.query[name] for name in kept if name in self.query}
        return f"{self.base_url}{LIST}?{urlencode(query | {cursor: transcript_id})}"

    def _item(self, row: Payload) -> Payload:
        return row | {"resource_url": f"{self.base_url}{LIST}/{row['id']}"}

    def _submit(self) -> Answer:
        try:
            wanted = json.loads(self.request.body)
        except ValueError:
            wanted = None
        if not isinstance(wanted, dict) or not isinstance(wanted.get("audio_url"), str):
            return error(400, "audio_url is required")
        seen = _unfit(wanted, self.behaviour)
        if seen:
            return error(400, seen)
        return self._recorded(wanted)

    def _recorded(self, wanted: Payload) -> Answer:
        """Submit it; what was uploaded here must be of the key's own project."""
        before, _, name = wanted["audio_url"].partition("/upload/")
        held = self.account.upload(name) if before == self.base_url else None
        if before == self.base_url and (held is None or held[0] != self.access.project):
            return error(403, "Cannot access uploaded file")
        audio = held[1] if held else b""
        return in_json(self.account.submit(wanted, project=self.access.project, audio=audio))

    def _one(self, transcript_id: str, part: str | None) -> Answer:
        if self.request.method == "DELETE":
            return self._delete(transcript_id) if part is None else error(400, UNKNOWN_ID)
        if part is None:
            body = self.account.body(transcript_id)
            if body is not None:
                return Answer(200, body)
        row = self.account.get(transcript_id)
        if row is None:
            return error(400, UNKNOWN_ID)
        if part is None:
            return in_json(row)
        if part == "redacted-audio":
            return self._redacted(transcript_id)
        derive = _PARTS.get(part)
        return error(404, TEXTS[404]) if derive is None else derive(row, self)

    def _delete(self, transcript_id: str) -> Answer:
        is_ended = self.account.is_ended(transcript_id)
        if is_ended is False and not self.behaviour.is_unfinished_deletable:
            return error(400, "A transcript that has not ended cannot be deleted")
        gone = self.account.delete(transcript_id)
        return error(400, UNKNOWN_ID) if gone is None else in_json(gone)

    def _redacted(self, transcript_id: str) -> Answer:
        stands = self.account.redacted(transcript_id)
        if stands is Redacted.READY:
            url = audio_url(self.base_url, transcript_id)
            return in_json({"status": "redacted_audio_ready", "redacted_audio_url": url})
        if stands is Redacted.PENDING:
            is_empty = self.behaviour.is_pending_audio_empty
            return Answer(202, b"") if is_empty else in_json(_PENDING, 202)
        return error(400, f"Redacted audio: {stands.value}")


def audio_url(base_url: str, transcript_id: str) -> str:
    """Where the bytes of the redacted audio are, for whoever has the URL."""
    return f"{base_url}{AUDIO}{transcript_id}.wav"


def recording(account: Account, path: str) -> Answer | None:
    """The bytes under such a URL, no key asked for; None where the account has no such audio."""
    transcript_id = path.removeprefix(AUDIO).removesuffix(".wav")
    stands = account.redacted(transcript_id)
    if stands is Redacted.READY:
        return Answer(200, account.audio(transcript_id), "audio/wav")
    return None if stands is Redacted.ABSENT else Answer(403, b"<Error/>", "application/xml")


def original_url(base_url: str, transcript_id: str) -> str:
    """Where the recording itself is, as an owner of recordings would sign it."""
    return f"{base_url}{RECORDING}{transcript_id}.wav?signature={_SIGNATURE}"


def original(account: Account, path: str, query: Mapping[str, str]) -> Answer | None:
    """The recording under such a URL; None where the account has no such call."""
    data = account.recording(path.removeprefix(RECORDING).removesuffix(".wav"))
    if data is not None and query.get("signature") != _SIGNATURE:
        return Answer(403, b"<Error/>", "application/xml")
    return None if data is None else Answer(200, data, "audio/wav")


def _unfit(wanted: Payload, behaviour: Behaviour) -> str | None:
    """Why the vendor would refuse a submission."""
    threshold = wanted.get("content_safety_confidence", 50)
    if not isinstance(threshold, int) or not 25 <= threshold <= 100:
        return "content_safety_confidence must be between 25 and 100"
    if wanted.get("redact_pii") and not wanted.get("redact_pii_policies"):
        return "redact_pii_policies is required"
    if wanted.get("redact_pii_sub") not in (None, *_SUBSTITUTIONS):
        return "redact_pii_sub must be entity_name or hash"
    if behaviour.needs_speech_models and not wanted.get("speech_models"):
        return "speech_models is required"
    return None


def _sentences(row: Payload, route: Route) -> Answer:
    del route
    return in_json({"sentences": sentences(row.get("words") or [])} | _summary(row))


def _paragraphs(row: Payload, route: Route) -> Answer:
    del route
    return in_json({"paragraphs": paragraphs(row.get("words") or [])} | _summary(row))


def _summary(row: Payload) -> dict[str, Any]:
    return {
        "id": row["id"],
        "confidence": row.get("confidence") or 0.0,
        "audio_duration": row.get("audio_duration") or 0,
    }


def _word_search(row: Payload, route: Route) -> Answer:
    wanted = [text for text in route.query.get("words", "").split(",") if text.strip()]
    if not wanted:
        return error(400, "words is required")
    found = search(
        row.get("words") or [],
        wanted,
        has_zero=route.behaviour.are_zero_hits_listed,
        has_every=route.behaviour.is_every_index_listed,
    )
    return in_json({"id": row["id"]} | found)


def _captions(
    write: Callable[[Sequence[Payload], int | None], str],
) -> Callable[[Payload, Route], Answer]:
    def answer(row: Payload, route: Route) -> Answer:
        asked = route.query.get("chars_per_caption")
        if asked is not None and not (asked.isdecimal() and int(asked[:9])):
            return error(400, "chars_per_caption must be a whole number above 0")
        text = write(row.get("words") or [], int(asked) if asked else None)
        return Answer(200, text.encode(), "text/plain; charset=utf-8")

    return answer


_PARTS: dict[str, Callable[[Payload, Route], Answer]] = {
    "sentences": _sentences,
    "paragraphs": _paragraphs,
    "word-search": _word_search,
    "srt": _captions(srt),
    "vtt": _captions(vtt),
}
