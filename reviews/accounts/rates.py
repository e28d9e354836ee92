"""How many requests a key may send in a minute, counted for all web processes together.

Counted in a transaction of its own before the request's: no request waits for another's work, and
one that fails is counted too. A crash of the database may lose the last instant's counts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from reviews.models import ApiKey
from reviews.models.ids import uuid7
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context

WINDOW_S = 60
_COUNT = """
INSERT INTO reviews_keyuse AS was (id, tenant_id, api_key_id, minute_at, requests)
SELECT %(id)s, %(tenant)s, %(key)s, %(minute)s, 1
FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (tenant_id, api_key_id) DO UPDATE SET
    requests = CASE WHEN was.minute_at = excluded.minute_at THEN was.requests + 1 ELSE 1 END,
    minute_at = excluded.minute_at
RETURNING requests
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """`requests` of the key in this minute, this one included; it ends in `reset_s`."""

    limit: int
    requests: int
    reset_s: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.requests)

    @property
    def is_over(self) -> bool:
        return self.requests > self.limit


def count(key: ApiKey, *, now: datetime) -> Rate:
    """One more of this key. One SQL query."""
    given: dict[str, UUID | datetime] = {
        "id": uuid7(),
        "tenant": key.tenant_id,
        "key": key.pk,
        "minute": now.replace(second=0, microsecond=0),
    }
    with tenant_context(key.tenant_id):
        ((requests,),) = select(_COUNT, given)
    return Rate(settings.API_REQUESTS_A_MINUTE, requests, WINDOW_S - now.second)
