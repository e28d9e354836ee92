"""What was erased and may not come back: ids and times alone, for whoever keeps a copy."""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.db import models

from reviews.models.tenancy import TenantModel


class GoneKind(models.TextChoices):
    TRANSCRIPT = "transcript", "Transcript"
    EVALUATION = "evaluation", "Evaluation"
    FINDING = "finding", "Finding"


class Tombstone(TenantModel):
    """Append-only. It stands before the row that it is of goes: `erase_call` asks for it."""

    SAFE = frozenset({"id", "tenant", "kind", "gone_id", "call_hmac", "deleted_at"})

    kind = models.CharField(max_length=10, choices=GoneKind)
    gone_id = models.UUIDField()
    """The id that the row had."""
    call_hmac = models.BinaryField(max_length=32, null=True, blank=True)
    """Of a transcript: its source and its id there, which may name somebody; see `hmac_of_call`."""
    deleted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "gone_id"], name="tombstone_once"),
            models.UniqueConstraint(fields=["tenant", "call_hmac"], name="tombstone_call_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=GoneKind.values), name="tombstone_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=GoneKind.TRANSCRIPT) ^ models.Q(call_hmac=None),
                name="tombstone_of_call_with_hash",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "kind", "deleted_at", "gone_id"], name="tombstone_order"
            ),
            models.Index(fields=["tenant", "deleted_at", "gone_id"], name="tombstone_export"),
        ]

    def __str__(self) -> str:
        return str(self.id)


def hmac_of_call(source_id: UUID, external_id: str) -> bytes:
    """HMAC-SHA256 under HASH_KEY: an id may be a telephone number, which a plain hash gives away.

    docs/adr/0007, 0023.
    """
    message = f"{source_id}|gone|{external_id}".encode(errors="surrogatepass")
    return hmac.digest(settings.HASH_KEY.encode(), message, hashlib.sha256)
