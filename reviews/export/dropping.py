"""A drop's job: what changed since the last run as files, and a manifest after them.

A step puts one file, then notes it in one transaction under the fence; whoever dies in between puts
the same name again. What is not in a manifest was never dropped. Whatever fails, the window stays
until it is done, so none is skipped and no row is.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews.errors import Refused
from reviews.export import forms, reading, targets
from reviews.export.forms import MEDIA_TYPES, Form
from reviews.export.reading import Place, Window
from reviews.export.tables import CHANGES, TABLES, VERSION, Column
from reviews.export.targets import Target, TargetRefused
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Drop, DropRun
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds

BATCHES = 4
"""In one file: so long it is held in memory, and made and sent within a job's time."""
MANIFEST = "manifest.json"
_SHARE = 0.3
_SOON = timedelta(seconds=10)


def run(claim: ledger.Claim) -> None:
    """Files for a share of the job's time."""
    begun = _begin(claim)
    if begun is None:
        return
    drop, window = begun
    try:
        target = targets.target_of(drop)
        try:
            _put(claim, drop, window, target)
        finally:
            target.close()
    except Refused as refusal:
        reason = refusal.reason if isinstance(refusal, TargetRefused) else refusal.code
        with tenant_context(claim.tenant_id):
            DropRun.objects.filter(pk=window.pk, ended_at=None).update(code=reason)
        raise


def _begin(claim: ledger.Claim) -> tuple[Drop, DropRun] | None:
    """The run that is open, or a new one where one is due; else the job rests."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        drop = Drop.objects.filter(pk=claim.subject_id).first()
        if drop is None or not drop.is_on:
            ledger.rest(claim, until=None)
            return None
        open_ = DropRun.objects.filter(drop=drop, ended_at=None).first()
        if open_ is not None:
            return drop, open_
        until = feeds.settled()
        if drop.next_at > now or (drop.since and until <= drop.since):
            ledger.rest(claim, until=max(drop.next_at, now + _SOON))
            return None
        ledger.extend(claim, done=0, total=None)
        made = DropRun.objects.create(
            tenant_id=drop.tenant_id,
            drop=drop,
            since=drop.since,
            until=until,
            schema_version=VERSION,
            began_at=now,
        )
        return drop, made


def _put(claim: ledger.Claim, drop: Drop, run_: DropRun, target: Target) -> None:
    turn = Turn(claim.tenant_id, seconds=settings.JOB_TIMEOUT_S * _SHARE)
    names = [name for name in TABLES if name in drop.tables]
    while (at := _at(run_, names)) is not None:
        _step(claim, drop, run_, target, at)
        if turn.is_over():
            with tenant_context(claim.tenant_id):
                ledger.again(claim, done=len(run_.files), total=None)
            return
    target.put(f"{folder_of(run_)}/{MANIFEST}", manifest(drop, run_), "application/json")
    _end(claim, drop, run_)


Step = tuple[str, Place | None, int]
"""The table, the row that the file begins after, the number it would have."""


def _at(run_: DropRun, names: Sequence[str]) -> Step | None:
    """None where all files are there."""
    if run_.place is None:
        return names[0], None, 1
    table, at, row_id, number = run_.place
    if at is not None:
        return table, (datetime.fromisoformat(at), UUID(row_id)), number
    following = names[names.index(table) + 1 :]
    return (following[0], None, 1) if following else None


def _step(claim: ledger.Claim, drop: Drop, run_: DropRun, target: Target, step: Step) -> None:
    name, place, number = step
    table, form = TABLES[name], Form(drop.form)
    columns = table.shown(is_unmasked=False)
    window = Window(run_.since, run_.until)
    read, after = _read(claim.tenant_id, name, columns, window, place)
    rows = sum(map(len, read))
    files = list(run_.files)
    if rows:
        body = b"".join(forms.written(form, columns, read))
        path = f"{name}-{number:05}.{form}"
        target.put(f"{folder_of(run_)}/{path}", body, MEDIA_TYPES[form])
        sha256 = hashlib.sha256(body).hexdigest()
        files.append(
            {"table": name, "name": path, "rows": rows, "bytes": len(body), "sha256": sha256}
        )
        number += 1
    next_ = [after[0].isoformat(), after[1].hex] if after else [None, None]
    run_.files, run_.place, run_.rows = files, [name, *next_, number], run_.rows + rows
    run_.code = ""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=len(files), total=None)
        run_.save(update_fields=["files", "place", "rows", "code"])


def _read(
    tenant_id: UUID, name: str, columns: Sequence[Column], window: Window, place: Place | None
) -> tuple[list[forms.Rows], Place | None]:
    """The batches of one file, each in a transaction of its own, and where the next begins."""
    read: list[forms.Rows] = []
    after = place or reading.first(window)
    for _ in range(BATCHES):
        with tenant_context(tenant_id):
            found = reading.batch(tenant_id, TABLES[name], columns, window, after)
        read.append(found.rows)
        if found.place is None:
            return read, None
        after = found.place
    return read, after


def _end(claim: ledger.Claim, drop: Drop, run_: DropRun) -> None:
    """The run is done, and the next one begins where it ended."""
    now = timezone.now()
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=len(run_.files), total=len(run_.files))
        held = Drop.objects.select_for_update(no_key=True).filter(pk=drop.pk).first()
        if held is None:
            ledger.rest(claim, until=None)
            return
        held.since = run_.until
        if held.next_at <= now:
            held.next_at = next_after(held.next_at, held.every_hours, now)
        held.save(update_fields=["since", "next_at"])
        run_.ended_at, run_.code = now, ""
        run_.save(update_fields=["ended_at", "code"])
        ledger.rest(claim, until=held.next_at)


def next_after(due_at: datetime, every_hours: int, now: datetime) -> datetime:
    """The first turn after `now` of those that are `every_hours` apart from `due_at` on."""
    every = timedelta(hours=every_hours)
    return due_at + every * ((now - due_at) // every + 1)


def folder_of(run_: DropRun) -> str:
    """The window's: sorted by name they are in the order of time."""
    since = _stamp(run_.since) if run_.since else "begin"
    return f"{_stamp(run_.until)}--since-{since}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def manifest(drop: Drop, run_: DropRun) -> bytes:
    """Its files, and what they are: the same bytes for the same files."""
    return json.dumps(
        {
            "drop": str(drop.pk),
            "tenant_id": str(drop.tenant_id),
            "schema_version": run_.schema_version,
            "schema_change": CHANGES[run_.schema_version],
            "format": drop.form,
            "since": _iso(run_.since),
            "until": _iso(run_.until),
            "primary_key": "id",
            "rows": run_.rows,
            "tables": dict(_counted(drop, run_)),
            "files": run_.files,
        },
        indent=2,
        sort_keys=True,
    ).encode()


def _counted(drop: Drop, run_: DropRun) -> Iterator[tuple[str, Any]]:
    for name in TABLES:
        if name in drop.tables:
            yield name, sum(file["rows"] for file in run_.files if file["table"] == name)


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
