"""Publish a rubric: parsed, examples green, canonical, hashed, numbered, never changed again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reviews import audit
from reviews.audit import Who, person
from reviews.detection import rubric as detection
from reviews.detection.examples import red_examples
from reviews.errors import ErrorCode, Refused
from reviews.models import Rubric, RubricVersion, User
from reviews.rubrics import shadows


class RedRubric(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Terms:
    """What goes with a version: what changed, from when it holds, who agreed."""

    note: str = ""
    effective_from: datetime | None = None
    """None: from now on."""
    approved_by: User | None = None


def publish(
    *,
    tenant_id: UUID,
    code: str,
    document: Mapping[str, Any],
    by: Who,
    now: datetime,
    terms: Terms = Terms(),
) -> RubricVersion:
    """The new version; the newest one where the document is the same.

    A shadow of the same document is stopped: from now on it judges. Raises RubricError where the
    document cannot be read, RedRubric where one of its examples fails. In the caller's tenant
    transaction; lock: the rubric's row.
    """
    rubric = detection.parse_rubric(document)
    text = detection.canonical(rubric)
    digest = hashlib.sha256(text).digest()
    Rubric.objects.get_or_create(tenant_id=tenant_id, code=code, defaults={"name": rubric.name})
    row = Rubric.objects.select_for_update().get(tenant_id=tenant_id, code=code)
    newest = row.versions.order_by("-number").first()
    if newest and bytes(newest.sha256) == digest:
        return newest
    _refuse_red(rubric)
    version = RubricVersion.objects.create(
        tenant_id=tenant_id,
        rubric=row,
        number=newest.number + 1 if newest else 1,
        document=text.decode(),
        sha256=digest,
        effective_from=terms.effective_from or now,
        published_by=person(by),
        note=terms.note,
        approved_by=terms.approved_by,
    )
    audit.record(
        event=audit.Event.RUBRIC_PUBLISHED,
        by=by,
        target=version,
        at=now,
        data={"number": version.number, "sha256": digest.hex()},
    )
    shadows.stop_of(row.pk, sha256=digest, by=by, now=now)
    return version


def _refuse_red(rubric: detection.Rubric) -> None:
    red = red_examples(rubric)
    if red:
        raise RedRubric(
            "The rubric is refused",
            f"{red[0].path}, which {red[0].message}",
            "Mend the rule or the example, then publish again.",
        )
