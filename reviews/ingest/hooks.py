"""A source's webhook: a hint that a call is ready. The call itself is fetched by its id.

The vendor signs nothing and sends no time, so the body is believed in nothing but the id, and the
secret header is all that tells a stranger from the vendor.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from reviews import audit
from reviews.ingest import listing, submitted
from reviews.models import FoundBy, Source
from reviews.models.secret import seal, unseal
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai import webhook
from reviews.sources.assemblyai.client import Item

HEADER = "X-Webhook-Secret"
OVERLAP = timedelta(hours=24)
"""So long the secret before a rotation stays good."""
_SEEN_EVERY = timedelta(seconds=10)
_NOBODYS = secrets.token_urlsafe(32)


def rotate(source: Source, *, by: audit.Who) -> str:
    """A new secret, to be shown once; the one before stays good for a day.

    In the caller's tenant transaction.
    """
    now, secret = timezone.now(), secrets.token_urlsafe(32)
    source.sealed_hook_previous = source.sealed_hook_secret
    source.hook_previous_until = now + OVERLAP if source.sealed_hook_secret else None
    source.sealed_hook_secret = seal(secret)
    source.save(update_fields=["sealed_hook_secret", "sealed_hook_previous", "hook_previous_until"])
    audit.record(event=audit.Event.HOOK_ROTATED, by=by, target=source, at=now)
    return secret


def receive(*, tenant_id: UUID, source_id: UUID, given: str, body: bytes, nonce: str = "") -> bool:
    """Note what the webhook hints at, in one transaction. False where nobody sent it rightly.

    `nonce` tells whose redacted audio is ready, which the body does not. An absent tenant, an
    absent source and a wrong secret are the same. Raises PayloadRefused where
    the right sender sent what is no webhook.
    """
    now = timezone.now()
    with tenant_context(tenant_id):
        source = Source.objects.filter(pk=source_id).first()
        if not _is_right(source, given, now) or source is None:
            return False
        hint = webhook.parse(body)
        if hint.transcript_id:
            item = Item(hint.transcript_id, hint.status, None, None)
            listing.note(source, [item], by=FoundBy.WEBHOOK, is_nudged=False)
        elif hint.is_audio_ready:
            submitted.note_redacted(source, nonce=nonce)
        is_old = Q(hook_seen_at__isnull=True) | Q(hook_seen_at__lt=now - _SEEN_EVERY)
        Source.objects.filter(is_old, pk=source.pk).update(hook_seen_at=now)
    return True


def secret_of(source: Source) -> str:
    """What goes with its webhooks now. Raises ValueError where none was made."""
    if source.sealed_hook_secret is None:
        raise ValueError(f"source {source.pk} was refused: it has no webhook secret. Make one.")
    return unseal(bytes(source.sealed_hook_secret))


def _is_right(source: Source | None, given: str, now: datetime) -> bool:
    """In a time that tells nothing; an absent source is compared with, too."""
    good = [_NOBODYS]
    if source is not None and source.sealed_hook_secret is not None:
        good.append(secret_of(source))
        if source.sealed_hook_previous and source.hook_previous_until:
            previous = unseal(bytes(source.sealed_hook_previous))
            good.append(previous if source.hook_previous_until > now else _NOBODYS)
    sent = given.encode(errors="surrogateescape")
    equal = [hmac.compare_digest(sent, each.encode()) for each in good]
    return any(equal[1:])
