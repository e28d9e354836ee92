"""What a tenant's hashes of words are keyed with."""

from uuid import UUID

from django.conf import settings


def secret_of(tenant_id: UUID) -> bytes:
    """Another for each tenant, so that the hashes of two never meet."""
    return f"{settings.HASH_KEY}|{tenant_id}|words".encode()
