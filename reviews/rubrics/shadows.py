"""A draft in shadow: a copy of it that is tried on every new call until somebody stops it.

What it finds is kept as a backtest's hits are. No reviewer sees it as a finding, and no score
counts it.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from reviews import audit
from reviews.audit import Who, person
from reviews.detection.comparison import differing
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.errors import ErrorCode, Refused
from reviews.models import Backtest, RubricVersion
from reviews.models import Rubric as RubricRow
from reviews.models.rows import as_row, insert
from reviews.queries import rubric_versions

REFUSED = "The shadow is refused"


class ShadowRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


def start(*, rubric: RubricRow, document: str, by: Who, now: datetime) -> Backtest:
    """Try a canonical document on new calls, beside the version that is in force now.

    Raises RubricError where it cannot be read; ShadowRefused where the rubric is retired or has a
    shadow, or nothing differs. In the caller's tenant transaction.
    """
    if rubric.retired_at and rubric.retired_at <= now:
        raise ShadowRefused(REFUSED, "a retired rubric", "Let it hold again first.")
    version_id = rubric_versions.in_force(rubric.tenant_id, now=now).get(rubric.pk)
    base = RubricVersion.objects.get(pk=version_id) if version_id else None
    row = Backtest(
        tenant_id=rubric.tenant_id,
        rubric=rubric,
        document=document,
        sha256=hashlib.sha256(document.encode()).digest(),
        base=base,
        rules=_rules(parse_rubric(json.loads(document)), base),
        since=now,
        began_at=now,
        is_shadow=True,
        by=person(by),
    )
    # Of two at once the second waits here for the first.
    if not insert(Backtest, [as_row(row)], is_new=False):
        raise ShadowRefused(
            REFUSED, "a draft of this rubric that is in shadow already", "Stop that one first."
        )
    data = {"rules": len(row.rules)}
    audit.record(event=audit.Event.SHADOW_STARTED, by=by, target=row, at=now, data=data)
    return row


def _rules(tried: Rubric, base: RubricVersion | None) -> list[str]:
    """All that the document has, and those of the version that it lacks. Raises ShadowRefused."""
    differ = differing(tried, parse_rubric(json.loads(base.document)) if base else None)
    if not differ:
        raise ShadowRefused(
            REFUSED, "no rule differs from the version in force", "Change a rule first."
        )
    return list(dict.fromkeys([*(rule.code for rule in tried.rules), *differ]))


def stop(row: Backtest, *, by: Who, now: datetime) -> None:
    """Its report stays. One that is stopped stays as it is. In the caller's tenant transaction.

    Lock: its row, so that no call is counted afterwards.
    """
    live = Backtest.objects.select_for_update().filter(pk=row.pk, is_shadow=True, ended_at=None)
    found = live.first()
    if found is None:
        return
    found.until = found.ended_at = now
    found.save(update_fields=["until", "ended_at"])
    data = {"calls": found.done}
    audit.record(event=audit.Event.SHADOW_STOPPED, by=by, target=row, at=now, data=data)


def stop_of(rubric_id: UUID, *, sha256: bytes | None = None, by: Who, now: datetime) -> None:
    """The rubric's shadow; with `sha256` only one of that document."""
    live = Backtest.objects.filter(rubric_id=rubric_id, is_shadow=True, ended_at=None)
    for row in live.filter(sha256=sha256) if sha256 else live:
        stop(row, by=by, now=now)
