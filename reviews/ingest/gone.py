"""Calls that were erased here do not come back, by whichever way: their tombstones say so."""

from collections.abc import Sequence

from reviews.errors import ErrorCode, Refused
from reviews.models import Source, Tombstone
from reviews.models.tombstone import hmac_of_call
from reviews.sources.assemblyai.client import Item


class CallErased(Refused):
    code = ErrorCode.CALL_ERASED


def check(source: Source, external_id: str) -> None:
    """After the insert of the call's row, which waits for an erasure under way. One SQL query.

    Raises CallErased.
    """
    own = Tombstone.objects.filter(tenant_id=source.tenant_id)
    if own.filter(call_hmac=hmac_of_call(source.pk, external_id)).exists():
        raise CallErased(
            "The call is refused",
            "it was erased here, for good",
            "Leave it out. If it is another call, give it another id.",
        )


def without(source: Source, items: Sequence[Item]) -> list[Item]:
    """Those of a list that were not erased. One SQL query."""
    by_hmac = {hmac_of_call(source.pk, item.id): item for item in items}
    own = Tombstone.objects.filter(tenant_id=source.tenant_id, call_hmac__in=list(by_hmac))
    gone = {bytes(each) for each in own.values_list("call_hmac", flat=True) if each is not None}
    return [item for key, item in by_hmac.items() if key not in gone]
