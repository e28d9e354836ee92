"""Somebody hears a call's recording: who, when and which is written before a byte is sent."""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from reviews import audit
from reviews.models import Audio, User

LISTENING_S = 3600
"""So long the requests of one session for one recording are one listening."""
_HEARD = "heard"


def listen(*, row: Audio, session: MutableMapping[str, Any], by: User, now: datetime) -> None:
    """Write the audit row of a listening that begins; in the caller's tenant transaction.

    A player asks for many ranges, in any order, so what counts is not the first byte but the first
    request: the session remembers it. It is saved after the transaction, so at worst there are two
    rows of one listening, and never none.
    """
    at = int(now.timestamp())
    heard: dict[str, int] = session.get(_HEARD, {})
    if at - heard.get(str(row.pk), 0) < LISTENING_S:
        return
    audit.record(
        event=audit.Event.RECORDING_HEARD, by=by, target=row, at=now, data={"kind": row.kind}
    )
    fresh = {key: since for key, since in heard.items() if at - since < LISTENING_S}
    session[_HEARD] = fresh | {str(row.pk): at}
