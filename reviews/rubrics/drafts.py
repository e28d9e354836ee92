"""The draft of a rubric's next version: changed by several, published by one, or by two.

Every change names the revision that its author saw. Of two at once the second is refused, with
what he wrote still before him; nothing is written over unseen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reviews import audit, notify
from reviews.audit import Who, person
from reviews.detection.comparison import differing
from reviews.detection.rubric import Rubric, Severity, parse_rubric
from reviews.errors import ErrorCode, Refused
from reviews.models import Draft, Notice, RubricVersion, Tenant
from reviews.models import Rubric as RubricRow
from reviews.rubrics import shadows
from reviews.rubrics.publish import Terms, publish

NOTE_AT_MOST = 500
GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})
Document = dict[str, Any]


class DraftChanged(Refused):
    """Somebody else was first."""

    code = ErrorCode.DRAFT_CHANGED

    def __init__(self, draft: Draft) -> None:
        who = draft.changed_by
        super().__init__(
            "Your change was not saved",
            f"{(who.name or who.email) if who else 'somebody'} changed the draft meanwhile",
            "What you wrote is still here. Look at the draft as it is now, then save again.",
        )


class PublishRefused(Refused):
    code = ErrorCode.RUBRIC_REFUSED


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a draft, when, and the revision that was seen."""

    seen: int
    by: Who
    now: datetime


def create(
    *,
    tenant_id: UUID,
    code: str,
    name: str,
    document: Mapping[str, Any] | None = None,
    by: Who,
    now: datetime,
) -> Draft:
    """A rubric that has no version yet. Raises PublishRefused where the code is taken."""
    row, is_new = RubricRow.objects.get_or_create(
        tenant_id=tenant_id, code=code, defaults={"name": name}
    )
    if not is_new:
        raise PublishRefused(
            "The rubric is refused", f"the code {code}, which is taken", "Choose another."
        )
    return _begun(row, {"rules": [], **(document or {}), "name": name}, None, by, now)


def begin(rubric: RubricRow, *, by: Who, now: datetime) -> Draft:
    """The rubric's draft; out of its newest version where there is none."""
    draft = Draft.objects.filter(rubric=rubric).select_related("changed_by").first()
    if draft is not None:
        return draft
    base = rubric.versions.order_by("-number").first()
    document = json.loads(base.document) if base else {"name": rubric.name, "rules": []}
    return _begun(rubric, document, base, by, now)


def restore(version: RubricVersion, author: Author) -> Draft:
    """The draft as an earlier version was: forward only, to be published as a new one."""
    draft = begin(version.rubric, by=author.by, now=author.now)
    seen = Author(author.seen or draft.revision, author.by, author.now)
    return save(draft, json.loads(version.document), seen)


def document_of(draft: Draft) -> Document:
    read: Document = json.loads(draft.document)
    return read


def save(draft: Draft, document: Mapping[str, Any], author: Author) -> Draft:
    """The whole document anew. Raises DraftChanged. In the caller's tenant transaction.

    Lock: the draft's row.
    """
    row = _locked(draft, author.seen)
    row.document = json.dumps(document, ensure_ascii=False)
    row.revision += 1
    row.changed_by, row.changed_at = person(author.by), author.now
    row.asked_by, row.asked_note, row.asked_from = None, "", None
    row.save()
    data = {"revision": row.revision}
    audit.record(
        event=audit.Event.DRAFT_CHANGED, by=author.by, target=row, at=author.now, data=data
    )
    return row


def discard(draft: Draft, author: Author) -> None:
    """What runs of it in shadow goes on, but not of a rubric that has no other page."""
    row = _locked(draft, author.seen)
    if row.base_id is None:
        shadows.stop_of(row.rubric_id, by=author.by, now=author.now)
    audit.record(event=audit.Event.DRAFT_DISCARDED, by=author.by, target=row, at=author.now)
    row.delete()


def with_rule(document: Mapping[str, Any], rule: Mapping[str, Any], *, was: str) -> Document:
    """The document with the rule in the place of the one of code `was`, or as its last."""
    rules = list(document.get("rules", ()))
    places = [at for at, each in enumerate(rules) if each.get("code") == was]
    if was and places:
        rules[places[0]] = rule
    else:
        rules.append(rule)
    return {**document, "rules": rules}


def without_rule(document: Mapping[str, Any], code: str) -> Document:
    rules = [each for each in document.get("rules", ()) if each.get("code") != code]
    return {**document, "rules": rules}


def needs_second(draft: Draft) -> bool:
    """Whether its tenant wants two people for what it changes. Raises RubricError."""
    if not Tenant.objects.get(pk=draft.tenant_id).second_person:
        return False
    tried = parse_rubric(document_of(draft))
    base = parse_rubric(json.loads(draft.base.document)) if draft.base else None
    changed = set(differing(tried, base))
    return any(_graves(each) & changed for each in (tried, base) if each)


def _graves(rubric: Rubric) -> set[str]:
    return {rule.code for rule in rubric.rules if rule.severity in GRAVE}


def ask(draft: Draft, terms: Terms, author: Author) -> RubricVersion | None:
    """Publish it, or, where a second person has to agree, ask for that and give None.

    Raises DraftChanged, PublishRefused, RubricError, RedRubric. In the caller's tenant transaction.
    """
    _check(terms, author.now)
    row = _locked(draft, author.seen)
    if not needs_second(row):
        return _published(row, terms, author)
    row.asked_by, row.asked_note, row.asked_from = (
        person(author.by),
        terms.note,
        terms.effective_from,
    )
    row.save(update_fields=["asked_by", "asked_note", "asked_from"])
    audit.record(event=audit.Event.PUBLISHING_ASKED, by=author.by, target=row, at=author.now)
    notify.tell(kind=Notice.VERSION_WAITS, about=row, by=author.by, at=author.now)
    return None


def agree(draft: Draft, author: Author) -> RubricVersion:
    """Publish what another asked for. Raises as `ask` does."""
    row = _locked(draft, author.seen)
    if row.asked_by is None:
        raise PublishRefused(
            "Publishing is refused",
            "nobody asked for it",
            "Ask for it with a line on what changed.",
        )
    agrees = person(author.by)
    if agrees is None or row.asked_by == agrees:
        raise PublishRefused(
            "Publishing is refused",
            "the one who asked agrees",
            "A second person has to: ask another author.",
        )
    asked = Author(author.seen, row.asked_by, author.now)
    terms = Terms(row.asked_note, row.asked_from, approved_by=agrees)
    return _published(row, terms, asked)


def rebase(draft: Draft, author: Author) -> Draft:
    """Take the newest version as what the draft changes: its author has seen what that brings."""
    row = _locked(draft, author.seen)
    row.base = newest_of(row.rubric_id)
    row.save(update_fields=["base"])
    return row


def newest_of(rubric_id: UUID) -> RubricVersion | None:
    return RubricVersion.objects.filter(rubric_id=rubric_id).order_by("-number").first()


def _check_base(row: Draft) -> None:
    newest = newest_of(row.rubric_id)
    if newest and newest.pk != row.base_id:
        raise PublishRefused(
            "Publishing is refused",
            f"version {newest.number}, which was published since the draft began",
            "Compare the draft with it, then take that version as its base.",
        )


def _published(row: Draft, terms: Terms, author: Author) -> RubricVersion:
    _check_base(row)
    version = publish(
        tenant_id=row.tenant_id,
        code=row.rubric.code,
        document=document_of(row),
        by=author.by,
        now=author.now,
        terms=terms,
    )
    RubricRow.objects.filter(pk=row.rubric_id).update(name=parse_rubric(document_of(row)).name)
    row.delete()
    return version


def _check(terms: Terms, now: datetime) -> None:
    what = "Publishing is refused"
    if not terms.note.strip():
        raise PublishRefused(
            what, "no line on what changed", "Write one for those who answer for it."
        )
    if len(terms.note) > NOTE_AT_MOST:
        seen = f"a line of {len(terms.note):,} characters"
        raise PublishRefused(what, seen, f"Write at most {NOTE_AT_MOST}.")
    if terms.effective_from and terms.effective_from < now:
        raise PublishRefused(
            what,
            "a time in the past",
            "A version holds from now on, or from a later time: what judged a call stays so.",
        )


def retire(rubric: RubricRow, *, by: Who, now: datetime) -> None:
    """From now on it judges no call; what it judged stays."""
    _set_retired(rubric, now, audit.Event.RUBRIC_RETIRED, by, now)


def revive(rubric: RubricRow, *, by: Who, now: datetime) -> None:
    _set_retired(rubric, None, audit.Event.RUBRIC_REVIVED, by, now)


def _set_retired(
    rubric: RubricRow, at: datetime | None, event: audit.Event, by: Who, now: datetime
) -> None:
    RubricRow.objects.filter(pk=rubric.pk).update(retired_at=at)
    audit.record(event=event, by=by, target=rubric, at=now)


def _begun(
    rubric: RubricRow,
    document: Document,
    base: RubricVersion | None,
    by: Who,
    now: datetime,
) -> Draft:
    """Two beginners at once get the same one."""
    draft, is_new = Draft.objects.get_or_create(
        tenant_id=rubric.tenant_id,
        rubric=rubric,
        defaults={
            "document": json.dumps(document, ensure_ascii=False),
            "base": base,
            "changed_by": person(by),
            "changed_at": now,
        },
    )
    if is_new:
        audit.record(event=audit.Event.DRAFT_BEGUN, by=by, target=draft, at=now)
    return draft


def _locked(draft: Draft, seen: int) -> Draft:
    row = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .filter(pk=draft.pk)
        .first()
    )
    if row is None:
        raise PublishRefused(
            "The change is refused", "the draft was published or discarded", "Begin a new draft."
        )
    if row.revision != seen:
        raise DraftChanged(row)
    return row
