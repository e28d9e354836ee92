"""Where sources post: one note and an answer; nothing is fetched before it.

The sender takes any 4xx for final, so our own trouble is always a 503.
"""

from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from reviews.ingest import hooks
from reviews.sources import recordings
from reviews.sources.assemblyai.webhook import LONGEST_BODY
from reviews.sources.intake import PayloadRefused

RETRY_AFTER_S = "30"


@csrf_exempt
@require_POST
def source_hook(request: HttpRequest, tenant_id: UUID, source_id: UUID) -> HttpResponse:
    """204, or 404 for whoever does not have the secret, or 400, 413 for what is no webhook."""
    try:
        body = request.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            return HttpResponse(status=413)
        is_known = hooks.receive(
            tenant_id=tenant_id,
            source_id=source_id,
            given=request.headers.get(hooks.HEADER, ""),
            body=body,
            nonce=request.GET.get(recordings.NONCE, ""),
        )
    except PayloadRefused:
        return HttpResponse(status=400)
    except (DatabaseError, UnreadablePostError):
        return HttpResponse(status=503, headers={"Retry-After": RETRY_AFTER_S})
    return HttpResponse(status=204 if is_known else 404)
