"""Connect a source: its key sealed, the act on record."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.ingest.pacer import account_of
from reviews.models import Source, SourceKind, User, VendorAccount
from reviews.models.secret import seal


class AddressRefused(Refused):
    code = ErrorCode.DESTINATION_REFUSED


class NameTaken(Refused):
    code = ErrorCode.NAME_TAKEN


def connect(
    *,
    tenant_id: UUID,
    name: str,
    base_url: str,
    key: str,
    requests_per_second: float = 50,
    by: User | None,
    now: datetime,
) -> Source:
    """A new AssemblyAI source. In the caller's tenant transaction.

    Raises AddressRefused where the address holds more than scheme, host, port and path, NameTaken
    where the tenant has a source of this name.
    """
    parts = urlsplit(base_url)
    if parts.query or parts.fragment or parts.username is not None:
        raise AddressRefused(
            "The address of the source is refused",
            "a query, a fragment or a user name in it",
            "Give scheme, host and port; the key has its own field.",
        )
    account = account_of(base_url=base_url, key=key)
    VendorAccount.objects.filter(pk=account.pk).update(requests_per_second=requests_per_second)
    source = Source(
        tenant_id=tenant_id,
        account=account,
        kind=SourceKind.ASSEMBLYAI,
        name=name,
        base_url=base_url,
        sealed_key=seal(key),
    )
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError:
        raise NameTaken(
            "The name of the source is refused", "another source has it", "Choose another name."
        ) from None
    audit.record(event=audit.Event.SOURCE_CONNECTED, by=by, target=source, at=now)
    return source
