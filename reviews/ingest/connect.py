"""Connect a source: its key sealed, the act on record."""

from datetime import datetime
from uuid import UUID

from reviews import audit
from reviews.models import Source, SourceKind, User
from reviews.models.secret import seal


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
    """A new AssemblyAI source. In the caller's tenant transaction."""
    source = Source.objects.create(
        tenant_id=tenant_id,
        kind=SourceKind.ASSEMBLYAI,
        name=name,
        base_url=base_url,
        sealed_key=seal(key),
        requests_per_second=requests_per_second,
    )
    audit.record(event=audit.Event.SOURCE_CONNECTED, by=by, target=source, at=now)
    return source
