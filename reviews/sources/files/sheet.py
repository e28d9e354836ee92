"""A CSV table with what is told of calls: a row for each, found by its file or its id."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from reviews.errors import ErrorCode, Refused
from reviews.sources.files.table import delimiter
from reviews.sources.intake import accept_text
from reviews.sources.metadata import metadata_of
from reviews.sources.normal import LONGEST_EXTERNAL_ID, LONGEST_NAME, CallMetadata, is_storable
from reviews.sources.told import Told

MOST_COLUMNS = 200
MOST_ROWS = 100_000
_MOST_CRM = 10
_LONGEST_SYSTEM = 30
_SHOWN = 40
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
"""An address or a name is none: the ids are shown wherever the call's own id is."""
_CRM = re.compile(r"crm_(\w+?)(?:_id)?")
_SYSTEMS = ("salesforce", "hubspot", "zendesk", "dynamics", "pipedrive", "zoho")
_FIELDS: Mapping[str, str] = {
    name: field_name
    for field_name, names in {
        "file": "file, filename, file_name, path, document",
        "external_id": "external_id, id, call_id, transcript_id, conversation_id",
        "agent": "agent, agent_id, rep, employee_id",
        "team": "team, agent_team, team_name",
        "call_at": "call_at, call_time, started_at, start_time, date_time, datetime",
        "time_zone": "time_zone, timezone, tz",
        "zone": "zone, customer_zone, customer_time_zone, customer_timezone",
        "direction": "direction, call_direction",
        "kind": "kind, call_kind",
        "queue": "queue, line, skill",
        "product": "product",
        "region": "region, customer_region",
        "first_contact": "first_contact",
        "notice": "notice, notice_before_start",
        "subject": "subject, customer, customer_id, person_id, member_id, patient_id",
        "account": "account, account_id, account_number, policy, policy_number",
        "agent_speaker": "agent_speaker, agent_channel, agent_label",
        "customer_speaker": "customer_speaker, customer_channel, customer_label",
        **{f"crm_{system}": f"{system}_id, {system}" for system in _SYSTEMS},
    }.items()
    for name in names.split(", ")
}
"""Column, as it is written here: lower case, underscores → what it tells."""


class SheetRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`line` is where it ends in the table, from 1; `refused` where it cannot be used."""

    line: int
    told: Told = field(default_factory=Told)
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    by_file: Mapping[str, Row] = field(default_factory=dict)
    by_id: Mapping[str, Row] = field(default_factory=dict)
    refused: tuple[Row, ...] = ()
    unknown: tuple[str, ...] = ()
    """Columns that nothing is taken from."""

    def unused(self, used: Iterable[int | None]) -> list[int]:
        """Lines of the rows that could be used and stand for none of the documents."""
        rows = {*self.by_file.values(), *self.by_id.values()}
        return sorted({row.line for row in rows if row.refused is None} - set(used))

    def row_of(self, file: str, external_id: str) -> Row | None:
        """By the document's id, else by its file: as named, within its archive, its name alone."""
        inside = file.partition("/")[2]
        names = (file, inside, PurePosixPath(file).name)
        found = (self.by_file.get(name) for name in names if name)
        return self.by_id.get(external_id) or next((row for row in found if row), None)


def read(data: bytes) -> Sheet:
    """Raises SheetRefused and PayloadRefused where the table as a whole cannot be read."""
    _, text = accept_text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    try:
        header = next(reader, [])
        names = _names(header)
        rows = list(_rows(reader, names))
    except csv.Error:
        seen = f"line {reader.line_num} is no CSV"
        raise _refused(seen, "Save the table again as CSV in UTF-8.") from None
    return _sheet(rows, _unknown(header, names))


def _unknown(header: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    found = zip(header, names, strict=True)
    return tuple(_shown(each) for each, name in found if not name and each.strip())


def _names(header: Sequence[str]) -> list[str]:
    """The field of each column, "" where it is not known."""
    if len(header) > MOST_COLUMNS:
        raise _refused(f"more than {MOST_COLUMNS} columns", "Keep those that tell of calls.")
    names = [_name(each) for each in header]
    known = [name for name in names if name]
    double = next((name for name in known if known.count(name) > 1), None)
    if double:
        raise _refused(f"two columns for `{double}`", "Keep one of them.")
    if not {"file", "external_id"} & set(known):
        raise _refused("no column `file` and none `external_id`", "Name the call in each row.")
    return names


def _name(header: str) -> str:
    plain = re.sub(r"\W+", "_", header.strip().lower()).strip("_")
    crm = _CRM.fullmatch(plain)
    if crm and len(crm[1]) <= _LONGEST_SYSTEM:
        return plain if plain == f"crm_{crm[1]}" else f"crm_{crm[1]}"
    return _FIELDS.get(plain, "")


def _rows(reader: Iterable[list[str]], names: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """(file, row); blank lines are passed over."""
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined] # a csv.reader's own
        if line > MOST_ROWS:
            raise _refused(f"more than {MOST_ROWS:,} lines", "Split the table.")
        if any(cell.strip() for cell in cells):
            yield _row(cells, names, line)


def _row(cells: Sequence[str], names: Sequence[str], line: int) -> tuple[str, Row]:
    given = {
        name: cell.strip()
        for name, cell in zip(names, cells, strict=False)
        if name and cell.strip()
    }
    file = given.pop("file", "")
    external_id = given.pop("external_id", None)
    told = Told(external_id=external_id)
    try:
        if len(cells) != len(names):
            seen = f"line {line}: {len(cells)} cells under {len(names)} columns"
            raise _refused(seen, "Write a cell for each column.")
        if not file and not external_id:
            raise _refused(f"line {line}: neither file nor id", "Name the call.")
        return file, Row(line, _told(given, external_id, line))
    except SheetRefused as refusal:
        return file, Row(line, told, refusal)


def _told(given: dict[str, str], external_id: str | None, line: int) -> Told:
    if external_id and len(external_id) > LONGEST_EXTERNAL_ID:
        raise _unreadable("external_id", line, f"Write at most {LONGEST_EXTERNAL_ID} characters.")
    crm_ids = {name[4:]: given.pop(name) for name in list(given) if name.startswith("crm_")}
    if len(crm_ids) > _MOST_CRM or not all(map(_ID.fullmatch, crm_ids.values())):
        remedy = f"Write at most {_MOST_CRM} ids of letters, digits and - _ . : / each."
        raise _unreadable("crm", line, remedy)
    team, at = given.pop("team", None), given.pop("call_at", None)
    if team and (len(team) > LONGEST_NAME or not team.isprintable()):
        raise _unreadable("team", line, f"Write one line of at most {LONGEST_NAME} characters.")
    zone = given.pop("time_zone", None)
    metadata = metadata_of(given.items())
    if metadata.warnings:
        raise _unreadable(metadata.warnings[0], line, "See docs/operator/import.md for its values.")
    return Told(external_id, _timed(metadata, at, zone, line), team, crm_ids)


def _timed(metadata: CallMetadata, at: str | None, zone: str | None, line: int) -> CallMetadata:
    if at is None:
        return metadata
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None and zone:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OSError, LookupError):
        moment = None
    if moment is None or ":" not in at or not is_storable(moment):
        remedy = "Write 2026-01-31T08:00:00-05:00, or the time and its zone in `time_zone`."
        raise _unreadable("call_at", line, remedy)
    return replace(metadata, facts=replace(metadata.facts, call_at=moment))


def _sheet(rows: Iterable[tuple[str, Row]], unknown: tuple[str, ...]) -> Sheet:
    """Of two rows for one call the second is refused."""
    by_file: dict[str, Row] = {}
    by_id: dict[str, Row] = {}
    refused = []
    for file, row in rows:
        external_id = row.told.external_id
        if file in by_file or external_id in by_id:
            seen = f"line {row.line}: a second row for one call"
            row = Row(row.line, row.told, _refused(seen, "Keep one of them."))
        else:
            by_file |= {file: row} if file else {}
            by_id |= {external_id: row} if external_id else {}
        if row.refused:
            refused.append(row)
    return Sheet(by_file, by_id, tuple(refused), unknown)


def _unreadable(name: str, line: int, remedy: str) -> SheetRefused:
    return _refused(f"line {line}: a value of `{name}` that cannot be read", remedy)


def _refused(seen: str, remedy: str) -> SheetRefused:
    return SheetRefused("The metadata is refused", seen, remedy)


def _shown(header: str) -> str:
    plain = "".join(mark if mark.isprintable() else "\ufffd" for mark in header.strip())
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"
