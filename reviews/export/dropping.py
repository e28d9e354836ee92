"""A drop's job: what changed since the last run as files, and a manifest after them.

A step puts one file, then notes it in one transaction under the fence; whoever dies in between puts
the same name again. What is not in a manifest was never dropped. Whatever fails, the window stays
until it is done, so none is skipped and no row is.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews.errors import Refused
from reviews.export import forms, parts, reading, targets
from reviews.export.forms import MEDIA_TYPES, Form
from reviews.export.parts import Part
from reviews.export.reading import Place, Window
from reviews.export.tables import CHANGES, VERSION
from reviews.export.targets import Target, TargetRefused
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import Drop, DropRun
from reviews.models.tenancy import tenant_context
from reviews.queries import feeds

FILE_ROWS, FILE_BYTES = 50_000, 32 * 2**20
"""A file ends with the batch that reaches one of them: it is held in memory to be sent."""
_FILE_SHARE = 0.15
"""Of a job's time; a file that is not full then ends: it must be sent within that time, too."""
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
    with tenant_context(claim.tenant_id):
        known = {part.name: part for part in parts.of(drop, run_)}
    while (at := _at(run_, list(known))) is not None:
        _step(claim, run_, target, _Step(known[at[0]], Form(drop.form), at))
        if turn.is_over():
            with tenant_context(claim.tenant_id):
                ledger.again(claim, done=len(run_.files), total=None)
            return
    with tenant_context(claim.tenant_id):
        schemas = parts.schemas(drop, run_)
    body = manifest(drop, run_, list(known), schemas)
    target.put(f"{folder_of(run_)}/{MANIFEST}", body, "application/json")
    _end(claim, drop, run_)


At = tuple[str, Place | None, int]
"""The part, the row that the file begins after, the number it would have."""


@dataclass(frozen=True, slots=True)
class _Step:
    part: Part
    form: Form
    at: At


def _at(run_: DropRun, names: Sequence[str]) -> At | None:
    """None where all files are there."""
    if run_.place is None:
        return (names[0], None, 1) if names else None
    table, at, row_id, number = run_.place
    if at is not None:
        return table, (datetime.fromisoformat(at), UUID(row_id)), number
    following = names[names.index(table) + 1 :]
    return (following[0], None, 1) if following else None


def _step(claim: ledger.Claim, run_: DropRun, target: Target, step: _Step) -> None:
    name, place, number = step.at
    made = _filled(claim.tenant_id, step, place or reading.first(Window(run_.since, run_.until)))
    files = list(run_.files)
    if made.rows:
        body = b"".join(made.pieces)
        path = f"{name}-{number:05}.{step.form}"
        target.put(f"{folder_of(run_)}/{path}", body, MEDIA_TYPES[step.form])
        sha256 = hashlib.sha256(body).hexdigest()
        files.append(
            {"table": name, "name": path, "rows": made.rows, "bytes": len(body), "sha256": sha256}
        )
        number += 1
    next_ = [made.after[0].isoformat(), made.after[1].hex] if made.after else [None, None]
    run_.files, run_.place, run_.rows = files, [name, *next_, number], run_.rows + made.rows
    run_.code = ""
    with tenant_context(claim.tenant_id):
        ledger.extend(claim, done=len(files), total=None)
        run_.save(update_fields=["files", "place", "rows", "code"])


@dataclass(slots=True)
class _Made:
    after: Place | None
    """Where the next file begins; None where the part has ended."""
    rows: int = 0
    pieces: list[bytes] = field(default_factory=list)


def _filled(tenant_id: UUID, step: _Step, after: Place) -> _Made:
    """One file: of its rows a batch is held at a time, each read in a transaction of its own."""
    made, end = _Made(after), time.monotonic() + settings.JOB_TIMEOUT_S * _FILE_SHARE

    def batches() -> Iterator[forms.Rows]:
        is_full = False
        while made.after is not None and not is_full:
            with tenant_context(tenant_id):
                found = step.part.read(made.after)
            made.after, made.rows = found.place, made.rows + len(found.rows)
            yield found.rows
            size = sum(map(len, made.pieces))
            is_full = made.rows >= FILE_ROWS or size >= FILE_BYTES or time.monotonic() > end

    for piece in forms.written(step.form, step.part.columns, batches()):
        made.pieces.append(piece)
    return made


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


def manifest(drop: Drop, run_: DropRun, names: Sequence[str], schemas: Mapping[str, Any]) -> bytes:
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
            "schemas": schemas,
            "tables": {name: _rows(run_, name) for name in names},
            "files": run_.files,
        },
        indent=2,
        sort_keys=True,
    ).encode()


def _rows(run_: DropRun, name: str) -> int:
    return sum(file["rows"] for file in run_.files if file["table"] == name)


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
