"""Drops made, run, turned off and taken away, each act audited; in the caller's transaction.

Locks in one order: the job, the audit trail, the drop, its runs.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404

from reviews import audit
from reviews.audit import Who
from reviews.egress import parse_origin
from reviews.errors import ErrorCode, Refused
from reviews.export import forms
from reviews.export.forms import Form
from reviews.export.tables import TABLES
from reviews.jobs import ledger
from reviews.models import Drop, DropForm, DropRun, DropTarget, JobKind
from reviews.models.secret import seal
from reviews.queries import rubrics

AT_MOST = 20
RUBRICS_AT_MOST = 50
NAME_AT_MOST, ENDPOINT_AT_MOST, SECRET_AT_MOST = 200, 500, 200
HOURS_AT_MOST = 24 * 7
_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX = re.compile(r"(?:[A-Za-z0-9_=-][A-Za-z0-9._=-]*(?:/|\Z))*", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_KEY_ID = re.compile(r"[!-~]{1,128}", re.ASCII)
_PLACE = ("folder", "endpoint", "bucket", "prefix")


class DropRefused(Refused):
    code = ErrorCode.DROP_REFUSED

    def __init__(self, name: str, seen: str, remedy: str) -> None:
        super().__init__(f"The drop's {name} is refused", seen, remedy)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a place: of a folder only `folder` is given, of a bucket all the others."""

    name: str
    tables: Collection[str]
    form: str
    every_hours: int
    target: str
    rubrics: Sequence[UUID] = ()
    """Those whose wide tables are wanted, too."""
    folder: str = ""
    endpoint: str = ""
    bucket: str = ""
    prefix: str = ""
    region: str = ""
    access_key_id: str = ""
    secret: str = field(default="", repr=False)


def create(*, tenant_id: UUID, wanted: Wanted, by: Who, now: datetime) -> Drop:
    """Its first run begins at once, and takes all there is. Raises Refused."""
    _check(wanted)
    _check_rubrics(tenant_id, wanted.rubrics)
    _check_target(wanted)
    place = {name: getattr(wanted, name).rstrip("/") for name in _PLACE}
    rows = Drop.objects.filter(tenant_id=tenant_id)
    if rows.count() >= AT_MOST:
        raise DropRefused("number", f"{AT_MOST} of them already", "Delete one first.")
    if rows.filter(name=wanted.name.strip()).exists():
        raise DropRefused("name", "one that is taken", "Give it another one.")
    if rows.filter(target=wanted.target, **place).exists():
        raise DropRefused("target", "one that another drop has", "Give each drop its own.")
    row = Drop(
        tenant_id=tenant_id,
        name=wanted.name.strip(),
        tables=[name for name in TABLES if name in wanted.tables],
        rubrics=list(dict.fromkeys(wanted.rubrics)),
        form=wanted.form,
        every_hours=wanted.every_hours,
        target=wanted.target,
        **place,
        region=wanted.region,
        access_key_id=wanted.access_key_id,
        sealed_secret=seal(wanted.secret) if wanted.secret else None,
        next_at=now,
        created_by=audit.person(by),
        created_at=now,
    )
    _wake(row, now)
    audit.record(event=audit.Event.DROP_MADE, by=by, target=row, at=now)
    row.save(force_insert=True)
    return row


def run_now(drop: Drop, *, by: Who, now: datetime) -> None:
    """Raises DropRefused where it is off."""
    _wake(drop, now)
    audit.record(event=audit.Event.DROP_RUN, by=by, target=drop, at=now)
    held = _locked(drop)
    if not held.is_on:
        raise DropRefused("run", "it is off", "Turn it on first.")
    held.next_at = min(held.next_at, now)
    held.save(update_fields=["next_at"])


def turn_on(drop: Drop, *, by: Who, now: datetime) -> None:
    """It goes on where it ended: what happened meanwhile comes in one window."""
    _wake(drop, now)
    audit.record(event=audit.Event.DROP_ON, by=by, target=drop, at=now)
    _turn(drop, is_on=True)


def turn_off(drop: Drop, *, by: Who, now: datetime) -> None:
    audit.record(event=audit.Event.DROP_OFF, by=by, target=drop, at=now)
    _turn(drop, is_on=False)


def delete(drop: Drop, *, by: Who, now: datetime) -> None:
    """With its runs and its key; files that were put stay where they are."""
    audit.record(event=audit.Event.DROP_DELETED, by=by, target=drop, at=now)
    _locked(drop)
    DropRun.objects.filter(drop=drop).delete()
    Drop.objects.filter(pk=drop.pk).delete()


def _turn(drop: Drop, *, is_on: bool) -> None:
    held = _locked(drop)
    held.is_on = is_on
    held.save(update_fields=["is_on"])


def _locked(drop: Drop) -> Drop:
    return get_object_or_404(Drop.objects.select_for_update(no_key=True), pk=drop.pk)


def _wake(drop: Drop, now: datetime) -> None:
    ledger.wake(tenant_id=drop.tenant_id, kind=JobKind.DROP, source_id=drop.pk, at=now)


def _check(wanted: Wanted) -> None:
    if not 0 < len(wanted.name.strip()) <= NAME_AT_MOST or not wanted.name.isprintable():
        raise DropRefused("name", "none, or no plain line", f"Give 1 to {NAME_AT_MOST} characters.")
    if not (wanted.tables or wanted.rubrics) or not set(wanted.tables) <= set(TABLES):
        raise DropRefused("tables", "none, or one that is not known", _from(TABLES))
    if wanted.form not in DropForm.values:
        raise DropRefused("format", "one that is not known", _from(DropForm.values))
    forms.check(Form(wanted.form))
    if not 1 <= wanted.every_hours <= HOURS_AT_MOST:
        raise DropRefused("hours", f"{wanted.every_hours}", f"Give 1 to {HOURS_AT_MOST}.")
    if wanted.target not in DropTarget.values:
        raise DropRefused("target", "one that is not known", _from(DropTarget.values))


def _check_rubrics(tenant_id: UUID, wanted: Sequence[UUID]) -> None:
    if len(wanted) > RUBRICS_AT_MOST:
        raise DropRefused("rubrics", f"{len(wanted)} of them", f"Give at most {RUBRICS_AT_MOST}.")
    if not set(wanted) <= {rubric_id for rubric_id, _ in rubrics.published(tenant_id)}:
        raise DropRefused(
            "rubrics",
            "one that is not there, or not published yet",
            "Give ids of GET /api/v1/rubrics.",
        )


def _from(known: Collection[Any]) -> str:
    return f"Choose from {', '.join(known)}."


def _check_target(wanted: Wanted) -> None:
    of_bucket = (
        *(wanted.endpoint, wanted.bucket, wanted.prefix, wanted.region),
        *(wanted.access_key_id, wanted.secret),
    )
    if wanted.target == DropTarget.BUCKET:
        _check_bucket(wanted)
    elif any(of_bucket):
        raise DropRefused("target", "a folder with a bucket's details", "Leave them out.")
    elif not settings.EXPORT_DIR:
        raise DropRefused(
            "target",
            "a folder, where this installation has no directory for drops",
            "Use a bucket, or ask who runs it to set EXPORT_DIR.",
        )
    elif not _FOLDER.fullmatch(wanted.folder):
        raise DropRefused("folder", "no plain name", "Use small letters, digits, - and _.")


def _check_bucket(wanted: Wanted) -> None:
    if wanted.folder:
        raise DropRefused("folder", "one beside a bucket", "Leave it out.")
    if len(wanted.endpoint) > ENDPOINT_AT_MOST:
        raise DropRefused("endpoint", "a very long one", "Write https://host of the server.")
    parse_origin(wanted.endpoint, allow_private=settings.EGRESS_ALLOW_PRIVATE)
    parts = urlsplit(wanted.endpoint)
    if parts.path.strip("/") or parts.query:
        raise DropRefused("endpoint", "one with a path", "Write https://host, the bucket apart.")
    if not _BUCKET.fullmatch(wanted.bucket) or ".." in wanted.bucket:
        raise DropRefused("bucket", "no name of a bucket", "Write it as S3 has it.")
    if len(wanted.prefix) > 200 or not _PREFIX.fullmatch(wanted.prefix):
        raise DropRefused("prefix", "other characters", "Use letters, digits, _ = - . and /.")
    if not _REGION.fullmatch(wanted.region):
        raise DropRefused("region", "no name of a region", "Write it as eu-central-1.")
    if not _KEY_ID.fullmatch(wanted.access_key_id):
        raise DropRefused("access_key_id", "none, or other characters", "Paste it again.")
    if not re.fullmatch(rf"[!-~]{{1,{SECRET_AT_MOST}}}", wanted.secret, re.ASCII):
        raise DropRefused("secret", "none, or other characters", "Paste it again.")
