"""A rubric's file becomes its draft, or its next version. What is refused changes nothing."""

import json
from datetime import datetime
from uuid import UUID

from reviews.audit import Who
from reviews.detection.rubric import Rubric as Parsed
from reviews.detection.rubric import canonical
from reviews.errors import ErrorCode, Refused
from reviews.models import Draft, Rubric, RubricVersion
from reviews.queries.rubric_versions import check_code
from reviews.rubrics import drafts
from reviews.rubrics.drafts import Author, PublishRefused
from reviews.rubrics.publish import Terms


class DraftThere(Refused):
    code = ErrorCode.DRAFT_CHANGED


def put_draft(
    *,
    tenant_id: UUID,
    code: str,
    rubric: Parsed,
    seen: int = 0,
    by: Who,
    now: datetime,
) -> Draft:
    """The rubric's draft from now on; where it says the same already it stays as it is.

    `seen` is the revision of the draft that it takes the place of, 0 for none. Raises CodeRefused,
    DraftThere and DraftChanged. In the caller's tenant transaction; lock: the draft's row.
    """
    check_code(code)
    document = json.loads(canonical(rubric))
    row = Rubric.objects.filter(tenant_id=tenant_id, code=code).first()
    there = Draft.objects.filter(rubric=row).first() if row else None
    if there and drafts.document_of(there) == document:
        return there
    if (there.revision if there else 0) != seen:
        raise _refused(there)
    if row is None:
        draft = drafts.create(tenant_id=tenant_id, code=code, name=rubric.name, by=by, now=now)
    else:
        draft = there or drafts.begin(row, by=by, now=now)
    return drafts.save(draft, document, Author(draft.revision, by, now))


def put_version(draft: Draft, *, note: str, seen: int, by: Who, now: datetime) -> RubricVersion:
    """The draft's version, in force from now on; `seen` is the revision that its publisher saw.

    Raises DraftChanged, PublishRefused, RedRubric and RubricError; and where two people have to
    publish it, for that is done on its page. In the caller's tenant transaction.
    """
    if drafts.needs_second(draft):
        raise PublishRefused(
            "Publishing is refused",
            "a change of a rule of high or critical severity, which two people publish here",
            "Leave it as the draft; one asks on its page, and another agrees.",
        )
    version = drafts.ask(draft, Terms(note.strip()), Author(seen, by, now))
    if version is None:
        raise RuntimeError("publishing came to nothing: it was asked for alone, look at `ask`")
    return version


def _refused(there: Draft | None) -> DraftThere:
    if there is None:
        remedy = "Name no revision: then the draft is made."
        return DraftThere("The draft is refused", "a rubric that has no draft now", remedy)
    return DraftThere(
        "The draft is refused",
        f"one is there already, revision {there.revision}",
        f"Look at it; to put this in its place name its revision, {there.revision}.",
    )
