"""`Idempotency-Key`: the same POST sent again gets the same answer, and is done once."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.accounts import answers
from reviews.accounts.answers import Answer, Said
from reviews.api.auth import key_of
from reviews.api.parameters import ParameterRefused
from reviews.errors import Refused
from reviews.ingest import upload

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_NAME = re.compile(r"[!-~]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Retry-After")
_UNDONE = frozenset({401, 403, 404, 405, 429})
"""Answers of requests that did not come to be looked at: the next try may."""
_IN_MEMORY, _PIECE = 5_000_000, 65_536
_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")


class Replayed(Exception):
    """Ends a request that was answered before."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that named itself and is done for the first time."""

    said: Said
    body: BinaryIO


def begin(request: Request) -> Begun | None:
    """None where it does not name itself. Raises Replayed, Refused."""
    name = request.headers.get(HEADER)
    if name is None or request.method != "POST":
        return None
    if not _NAME.fullmatch(name):
        raise ParameterRefused(
            f"The header {HEADER} is refused",
            f"{len(name)} characters",
            "Give 1 to 255 printable ones of ASCII without a blank, such as a UUID.",
        )
    digest, body = _laid_aside(request._request)
    said = answers.said(key_of(request), name, digest)
    try:
        answer = answers.find(said, now=timezone.now())
    except Refused:
        body.close()
        raise
    if answer is not None:
        body.close()
        raise Replayed(answer)
    return Begun(said, body)


def end(begun: Begun, response: Response) -> None:
    """Keep the answer, unless the request came to nothing that another try would not."""
    begun.body.close()
    if response.status_code >= 500 or response.status_code in _UNDONE:
        return
    response.render()
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    answer = Answer(response.status_code, headers, bytes(response.content))
    answers.keep(begun.said, answer, now=timezone.now())


def again(answer: Answer) -> HttpResponse:
    headers = {**answer.headers, REPLAYED: "true"}
    return HttpResponse(answer.body, status=answer.status, headers=headers)


def _laid_aside(request: HttpRequest) -> tuple[bytes, BinaryIO]:
    """SHA-256 of what is asked, and its body, which the view reads again.

    A form's boundary plays no part. Raises Refused.
    """
    upload.check_size(request.META.get("CONTENT_LENGTH"))
    digest = hashlib.sha256(f"{request.get_full_path()} {request.content_type} ".encode())
    boundary = _BOUNDARY.search(request.headers.get("Content-Type", ""))
    mark = b"--" + boundary[1].encode() if boundary else None
    aside = cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 # see `end`
    try:
        for piece in _pieces(request):
            aside.write(piece)
            if mark is None or not piece.startswith(mark):
                digest.update(piece)
    except UnreadablePostError:
        aside.close()
        raise ParameterRefused(
            "The request is refused", "a body that ended early", "Send it again."
        ) from None
    aside.seek(0)
    # Django's own way to give a request its body, which has no public name.
    request._stream = aside
    request._read_started = False  # type: ignore[attr-defined] # a name of Django's own
    return digest.digest(), aside


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """Lines, so that a form's boundary begins one."""
    return iter(partial(request.readline, _PIECE), b"")
