"""A call's recording as a player asks for it: by ranges, decrypted as they go out."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews.models import Audio, AudioKind
from reviews.policies import Action
from reviews.queries import recordings
from reviews.reviewing import listen
from reviews.web import ranges
from reviews.web.requests import TenantRequest, needs


@require_safe
@needs(Action.REVEAL)
def call_audio(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponseBase:
    """As it was spoken, so with every personal datum: for who may reveal them."""
    return _played(request, transcript_id, AudioKind.ORIGINAL)


@require_safe
@needs(Action.SEE_CALLS)
def call_redacted_audio(request: TenantRequest, slug: str, transcript_id: UUID) -> HttpResponseBase:
    return _played(request, transcript_id, AudioKind.REDACTED)


def _played(request: TenantRequest, transcript_id: UUID, kind: AudioKind) -> HttpResponseBase:
    row = recordings.held(request.membership, transcript_id, kind)
    try:
        asked = ranges.asked(request.headers.get("Range", ""), row.size or 0)
    except ranges.Unsatisfiable:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{row.size}"
        return refused
    if request.method != "HEAD":
        listen.listen(row=row, session=request.session, by=request.user, now=timezone.now())
    return _answer(request, row, asked)


def _answer(request: TenantRequest, row: Audio, asked: tuple[int, int] | None) -> HttpResponseBase:
    size = row.size or 0
    first, last = asked or (0, size - 1)
    answer: HttpResponseBase = (
        HttpResponse()
        if request.method == "HEAD"
        else StreamingHttpResponse(recordings.played(row, first, last))
    )
    answer.status_code = 206 if asked else 200
    answer["Content-Type"] = row.media_type
    answer["Content-Length"] = str(last - first + 1)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    if asked:
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer
