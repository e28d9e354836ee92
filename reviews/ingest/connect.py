"""Connect a source: its key sealed, the act on record."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction

from reviews import audit
from reviews.errors import ErrorCode, Refused
from reviews.ingest import control
from reviews.ingest.pacer import account_of
from reviews.models import Source, SourceKind, SourceState, User, VendorAccount
from reviews.models.secret import seal

DISCONNECTED = "disconnected"
"""The code of a source without a key: nothing can be asked until it is given one."""
_REQUESTS_PER_SECOND = 50.0


class AddressRefused(Refused):
    code = ErrorCode.DESTINATION_REFUSED


class NameTaken(Refused):
    code = ErrorCode.NAME_TAKEN


class AccountTaken(Refused):
    code = ErrorCode.ACCOUNT_TAKEN


def connect(
    *,
    tenant_id: UUID,
    name: str,
    base_url: str,
    key: str,
    requests_per_second: float = _REQUESTS_PER_SECOND,
    is_shared: bool = False,
    by: User | None,
    now: datetime,
) -> Source:
    """A new AssemblyAI source. In the caller's tenant transaction.

    Raises AddressRefused where the address holds more than scheme, host, port and path, NameTaken
    where the tenant has a source of this name, AccountTaken where a source asks this account
    already, in whichever tenant: two would each store all of its calls. `is_shared`: it serves
    several tenants, and is the installation's own.
    """
    parts = urlsplit(base_url)
    if parts.query or parts.fragment or parts.username is not None:
        raise AddressRefused(
            "The address of the source is refused",
            "a query, a fragment or a user name in it",
            "Give scheme, host and port; the key has its own field.",
        )
    account = account_of(base_url=base_url, key=key)
    source = Source(
        tenant_id=tenant_id,
        is_shared=is_shared,
        account=account,
        kind=SourceKind.ASSEMBLYAI,
        name=name,
        base_url=base_url,
        sealed_key=seal(key),
    )
    try:
        with transaction.atomic():
            _claim(account, source, requests_per_second)
            source.save(force_insert=True)
    except IntegrityError:
        raise NameTaken(
            "The name of the source is refused", "another source has it", "Choose another name."
        ) from None
    audit.record(event=audit.Event.SOURCE_CONNECTED, by=by, target=source, at=now)
    return source


def change_key(source: Source, *, key: str, by: User | None, now: datetime) -> None:
    """Another key of the vendor, and on with what the want of one, or its refusal, stopped.

    In the caller's tenant transaction. Raises AccountTaken as `connect` does. A key of another
    account leaves that of the old one free.
    """
    account = account_of(base_url=source.base_url, key=key)
    old = source.account
    if old is None or account.pk != old.pk:
        _claim(account, source, old.requests_per_second if old else _REQUESTS_PER_SECOND)
        _leave(old, source)
    source.account, source.sealed_key = account, seal(key)
    source.save(update_fields=["account", "sealed_key"])
    audit.record(event=audit.Event.SOURCE_KEY_CHANGED, by=by, target=source, at=now)
    if source.paused_code in (ErrorCode.KEY_REFUSED, DISCONNECTED):
        control.resume(source, by=by)


def disconnect(source: Source, *, by: User | None, now: datetime) -> None:
    """Ask it nothing more, forget its key and the secrets of its webhooks, leave its account free.

    Its calls stay. In the caller's tenant transaction.
    """
    _leave(source.account, source)
    forgotten = {
        "account": None,
        "sealed_key": b"",
        "sealed_hook_secret": None,
        "sealed_hook_previous": None,
        "hook_previous_until": None,
        "state": SourceState.PAUSED,
        "paused_code": DISCONNECTED,
    }
    for name, value in forgotten.items():
        setattr(source, name, value)
    source.save(update_fields=list(forgotten))
    audit.record(event=audit.Event.SOURCE_DISCONNECTED, by=by, target=source, at=now)


def _leave(account: VendorAccount | None, source: Source) -> None:
    if account is not None:
        claimed = VendorAccount.objects.filter(pk=account.pk, connected_by=source.pk)
        claimed.update(connected_by=None)


def _claim(account: VendorAccount, source: Source, requests_per_second: float) -> None:
    """The account is this source's from now on. Lock: its row, so of two at once one is refused."""
    free = VendorAccount.objects.filter(pk=account.pk, connected_by=None)
    if not free.update(connected_by=source.pk, requests_per_second=requests_per_second):
        raise AccountTaken(
            "The account is refused",
            "a key that a source is connected with already",
            "Give each source an account of its own. One account that several tenants use is "
            "connected once, by who runs the installation: manage.py account.",
        )
