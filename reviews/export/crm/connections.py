"""CRM connections made, changed, checked and taken away, each act audited; in the caller's tenant
transaction.

Locks in one order: the connection's job, the audit trail, the connection, its records.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from reviews import audit
from reviews.audit import Who
from reviews.export import forwards
from reviews.export.crm import asking, connect, hubspot, records, salesforce
from reviews.export.crm.fields import NAME, Problem
from reviews.export.crm.port import CrmRefused, Row
from reviews.models import (
    CrmConnection,
    CrmField,
    CrmRecord,
    CrmRecordState,
    CrmRun,
    CrmSignIn,
    CrmState,
    CrmSystem,
    Forward,
)
from reviews.models.secret import seal
from reviews.queries import crm as queries

AT_MOST = 20
NAME_AT_MOST, ADDRESS_AT_MOST, ID_AT_MOST, SECRET_AT_MOST = 200, 300, 300, 10_000
PREVIEWED = 10
_HOSTS = {CrmSystem.SALESFORCE: salesforce.HOSTS, CrmSystem.HUBSPOT: hubspot.HOSTS}
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`address` may be empty: the usual one. `secret` may, in a change: the one that there is."""

    name: str
    system: CrmSystem
    sign_in: CrmSignIn
    object_name: str
    key_field: str
    mapping: Mapping[CrmField, str]
    address: str = ""
    client_id: str = ""
    username: str = ""
    is_sandbox: bool = False
    only_forwarded: bool = False
    secret: str = field(default="", repr=False)


def create(
    *, tenant_id: UUID, wanted: Wanted, since: datetime, by: Who, now: datetime
) -> CrmConnection:
    """Off, until it is turned on. `since`: what changed earlier is not written. Raises Refused."""
    rows = CrmConnection.objects.filter(tenant_id=tenant_id)
    if rows.count() >= AT_MOST:
        raise _refused(f"{AT_MOST} of them already", "Delete one first.")
    if not wanted.secret:
        raise _refused("no secret", "Enter the one that the CRM gave.")
    _check(wanted)
    _check_name(tenant_id, wanted.name, None)
    row = CrmConnection(
        tenant_id=tenant_id,
        system=wanted.system,
        cursor_at=since,
        cursor_id=FIRST,
        created_by=audit.person(by),
        created_at=now,
    )
    _fill(row, wanted)
    row.save(force_insert=True)
    audit.record(event=audit.Event.CRM_CONNECTED, by=by, target=row, at=now, data=_said(row))
    return row


def change(row: CrmConnection, wanted: Wanted, *, by: Who, now: datetime) -> None:
    """It is checked anew before anything more is written. Raises Refused."""
    _check(wanted)
    _check_name(row.tenant_id, wanted.name, row.pk)
    is_elsewhere = _address(wanted) != row.address or wanted.client_id != row.client_id
    if is_elsewhere and not wanted.secret:
        raise _refused("another address or app with the old secret", "Enter the secret again.")
    _fill(row, wanted)
    row.version += 1
    audit.record(event=audit.Event.CRM_CHANGED, by=by, target=row, at=now, data=_said(row))
    row.save()


def _fill(row: CrmConnection, wanted: Wanted) -> None:
    row.name, row.sign_in, row.is_sandbox = wanted.name.strip(), wanted.sign_in, wanted.is_sandbox
    row.address, row.client_id, row.username = _address(wanted), wanted.client_id, wanted.username
    row.object_name, row.key_field = wanted.object_name, wanted.key_field
    row.mapping = {each.value: to for each, to in wanted.mapping.items()}
    row.only_forwarded = wanted.only_forwarded
    if wanted.secret:
        row.sealed_secret = seal(wanted.secret)
    row.sealed_token, row.checked_at, row.problems = None, None, []


def _said(row: CrmConnection) -> dict[str, str | int]:
    return {
        "system": row.system,
        "fields": len(row.mapping),
        "only_forwarded": int(row.only_forwarded),
    }


def _address(wanted: Wanted) -> str:
    if wanted.address:
        return wanted.address.rstrip("/")
    if wanted.system is CrmSystem.HUBSPOT:
        return hubspot.ADDRESS
    return salesforce.TEST_LOGIN if wanted.is_sandbox else salesforce.LOGIN


def _check(wanted: Wanted) -> None:
    """Raises CrmRefused and DestinationRefused."""
    limits = (
        (wanted.address, ADDRESS_AT_MOST),
        (wanted.client_id, ID_AT_MOST),
        (wanted.username, NAME_AT_MOST),
        (wanted.secret, SECRET_AT_MOST),
    )
    if not 0 < len(wanted.name.strip()) <= NAME_AT_MOST or not wanted.name.isprintable():
        raise _refused("no name, or a long one", f"Give 1 to {NAME_AT_MOST} characters.")
    if any(len(text) > at_most for text, at_most in limits):
        raise _refused("a value that is too long", "See how it is written in the CRM.")
    _check_sign_in(wanted)
    asking.check_address(_address(wanted), _HOSTS[wanted.system])
    _check_mapping(wanted)


def _check_sign_in(wanted: Wanted) -> None:
    is_token = wanted.sign_in is CrmSignIn.TOKEN
    if is_token != (wanted.system is CrmSystem.HUBSPOT):
        raise _refused(f"a sign-in by {wanted.sign_in.value}", "Choose another kind of sign-in.")
    if is_token:
        return
    if not wanted.client_id.isprintable() or not wanted.client_id:
        raise _refused("no consumer key", "Enter the one of the connected app.")
    if (wanted.sign_in is CrmSignIn.JWT) != bool(wanted.username):
        raise _refused(
            "a user name without JWT, or JWT without one",
            "Name the user for JWT; leave it empty for client credentials.",
        )
    is_usual = _address(wanted) in (salesforce.LOGIN, salesforce.TEST_LOGIN)
    if wanted.sign_in is CrmSignIn.CLIENT and is_usual:
        raise _refused(
            "client credentials at the common login",
            "Give your own domain, as https://example.my.salesforce.com.",
        )


def _check_mapping(wanted: Wanted) -> None:
    names = [wanted.object_name, wanted.key_field, *wanted.mapping.values()]
    wrong = next((each for each in names if not NAME.fullmatch(each)), None)
    if wrong is not None:
        raise _refused(
            f"the name {wrong[:40]!a}", "Write an API name: letters, digits and underscores."
        )
    targets = [wanted.key_field, *wanted.mapping.values()]
    twice = next((each for each in targets if targets.count(each) > 1), None)
    if twice is not None:
        raise _refused(f"{twice} twice", "Give each field of the CRM one of ours.")
    if not wanted.mapping:
        raise _refused("no field", "Name the CRM's field for at least one of ours.")


def _check_name(tenant_id: UUID, name: str, own: UUID | None) -> None:
    taken = CrmConnection.objects.filter(tenant_id=tenant_id, name=name.strip())
    if (taken.exclude(pk=own) if own else taken).exists():
        raise _refused("a name that is taken", "Give it another one.")


def check(row: CrmConnection, *, by: Who, now: datetime) -> list[Problem]:
    """Ask the CRM whether all is there. Raises RateLimited, VendorDown, DestinationRefused."""
    with connect.opened(row) as crm:
        found = connect.look(row, crm)
    data = {"problems": len(found)}
    audit.record(event=audit.Event.CRM_CHECKED, by=by, target=row, at=now, data=data)
    row.save(update_fields=connect.LOOKED)
    return found


def turn_on(row: CrmConnection, *, by: Who, now: datetime) -> None:
    """Raises CrmRefused where its last check found something wrong, or there was none."""
    if row.checked_at is None:
        raise _refused("it is not checked, or not as it must be", "Check it first.")
    records.wake(row, now)
    audit.record(event=audit.Event.CRM_ON, by=by, target=row, at=now)
    row.state, row.off_code = CrmState.ON, ""
    row.save(update_fields=["state", "off_code"])


def turn_off(row: CrmConnection, *, by: Who, now: datetime) -> None:
    """What changes while it is off is written once it is on again."""
    audit.record(event=audit.Event.CRM_OFF, by=by, target=row, at=now)
    row.state, row.off_code = CrmState.OFF, ""
    row.save(update_fields=["state", "off_code"])


def quote(row: CrmConnection, *, is_on: bool, by: Who, now: datetime) -> None:
    """Whether words of calls go to the CRM, in the field that is named for them."""
    if is_on and CrmField.QUOTE.value not in row.mapping:
        raise _refused("no field for the words", "Name one in the mapping first.")
    event = audit.Event.CRM_QUOTES_ON if is_on else audit.Event.CRM_QUOTES_OFF
    data = {"field": row.mapping.get(CrmField.QUOTE.value, "")}
    audit.record(event=event, by=by, target=row, at=now, data=data)
    row.with_quote, row.version = is_on, row.version + 1
    row.save(update_fields=["with_quote", "version"])


def again(row: CrmConnection, *, is_all: bool, by: Who, now: datetime) -> int:
    """Write once more what failed for good, or all that ever was; gives how many."""
    records.wake(row, now)
    states = set(CrmRecordState) if is_all else {CrmRecordState.FAILED}
    found = CrmRecord.objects.filter(connection=row, state__in=states)
    ids = list(found.values_list("evaluation", flat=True))
    data = {"count": len(ids)}
    audit.record(event=audit.Event.CRM_WRITTEN_AGAIN, by=by, target=row, at=now, data=data)
    records.enqueue(row, ids, now=now)
    return len(ids)


def delete(row: CrmConnection, *, by: Who, now: datetime) -> None:
    """With its log; what was written stays in the CRM. Forwarding rules that send to it go off."""
    audit.record(event=audit.Event.CRM_DELETED, by=by, target=row, at=now)
    forwards.lose_target(Forward.objects.filter(crm=row), by=by, now=now)
    CrmRecord.objects.filter(connection=row).delete()
    CrmRun.objects.filter(connection=row).delete()
    row.delete()


def preview(row: CrmConnection) -> list[Row]:
    """What the newest evaluations would be written as. Nothing is sent."""
    ids = queries.newest(row.tenant_id, limit=PREVIEWED)
    made = connect.rows(row, ids)
    return [made[each] for each in ids]


def _refused(seen: str, remedy: str) -> CrmRefused:
    return CrmRefused("The CRM connection is refused", seen, remedy, reason="refused")
