"""Accounts that serve several tenants: connected, routed and looked after by the installation.

An act that touches a tenant and the installation does both in one transaction, one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from reviews import audit
from reviews.audit import Who
from reviews.errors import ErrorCode, Refused
from reviews.ingest import backfill, connect, control, hooks, listing, routing
from reviews.models import (
    ListedCall,
    ListedState,
    Route,
    RouteKind,
    Source,
    SourceKind,
    Tenant,
)
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID, instance
from reviews.sources import routes

LONGEST_NAME = 150
"""Leaves room for what tells a tenant's share from another source of its name."""
_LONGEST = {RouteKind.TAG: 200, RouteKind.EXTERNAL_ID: 200, RouteKind.AUDIO: 500}
_NOT_CHARACTERS = "\ufffd"


class RouteRefused(Refused):
    code = ErrorCode.ROUTE_REFUSED


@dataclass(frozen=True, slots=True)
class Rule:
    """`value` in the form in which it is compared."""

    kind: RouteKind
    value: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account to be connected."""

    name: str
    base_url: str
    key: str
    requests_per_second: float


@dataclass(frozen=True, slots=True)
class Share:
    """What a tenant has of an account: kind of route → how many, and its calls."""

    tenant: Tenant
    routes: dict[str, int]
    calls: int


@dataclass(frozen=True, slots=True)
class Shown:
    source: Source
    states: dict[str, int]
    """What became of its calls → how many."""
    quarantined: dict[str, int]
    """Reason's code → how many."""
    shares: tuple[Share, ...]


def rule_of(kind: RouteKind, text: str) -> Rule:
    """Raises RouteRefused where no call could ever meet it."""
    value = routes.folder(text) if kind is RouteKind.AUDIO else text
    if value is None:
        _refuse(
            "The folder is refused",
            "no address of scheme, host and path alone",
            "Give it as https://host/folder/, as the recordings' addresses begin.",
        )
    is_plain = value.isprintable() and value == value.strip() and _NOT_CHARACTERS not in value
    if not 0 < len(value) <= _LONGEST[kind] or not is_plain:
        _refuse(
            f"The {RouteKind(kind).value} is refused",
            f"{len(value)} characters, or some that cannot be printed",
            f"Give 1 to {_LONGEST[kind]} without blanks around them.",
        )
    return Rule(kind, value)


def add(wanted: Wanted, *, now: datetime) -> Source:
    """Connect the account, fetch all that it has, and watch it. Until it is routed, all of it is
    in quarantine. Raises as connect.connect, and Refused for a name or a pace that cannot be.
    """
    _check(wanted)
    with transaction.atomic():
        own = instance(now)
        with tenant_context(own.pk):
            source = connect.connect(
                tenant_id=own.pk,
                name=wanted.name,
                base_url=wanted.base_url,
                key=wanted.key,
                requests_per_second=wanted.requests_per_second,
                is_shared=True,
                by=None,
                now=now,
            )
            control.watch(source)
            backfill.start(source)
    return source


def _check(wanted: Wanted) -> None:
    if not wanted.name.isprintable() or not 0 < len(wanted.name.strip()) <= LONGEST_NAME:
        raise Refused(
            "The name of the account is refused",
            f"{len(wanted.name)} characters, or some that cannot be printed",
            f"Give 1 to {LONGEST_NAME}.",
        )
    if not wanted.key or not wanted.key.isascii() or not wanted.key.isprintable():
        raise Refused(
            "The key is refused",
            "none, or characters that no key has",
            "Write the account's key to the standard input, on a line of its own.",
        )
    if not 0 < wanted.requests_per_second <= 10_000:
        raise Refused(
            "The pace is refused",
            f"{wanted.requests_per_second:g} requests per second",
            "Give more than 0, and no more than the vendor allows.",
        )


def find(name: str) -> Source:
    """The account of this name. Raises Refused."""
    with tenant_context(INSTANCE_ID):
        source = Source.objects.filter(name=name, is_shared=True).first()
    if source is None:
        raise Refused(
            "The account is refused", repr(name[:LONGEST_NAME]), "`account show` lists them."
        )
    return source


def accounts() -> Sequence[Source]:
    with tenant_context(INSTANCE_ID):
        return list(Source.objects.filter(is_shared=True).order_by("name"))


def route(
    source: Source, tenant: Tenant, rules: Sequence[Rule], *, now: datetime, by: Who = None
) -> int:
    """Lead calls to `tenant`; gives how many quarantined ones are fetched again for it.

    Raises RouteRefused where the tenant is suspended, or where another has one of the rules.
    """
    if tenant.suspended_at is not None:
        _refuse("The route is refused", "a tenant that is suspended", "Name another tenant.")
    with transaction.atomic():
        with tenant_context(INSTANCE_ID):
            routing.lock(source, is_shared=False)
            for rule in [each for each in rules if _is_new(source, tenant, each)]:
                _add(source, tenant, rule, by, now)
            count = _fetch_again(_undecided(source, rules), source, now)
        with tenant_context(tenant.pk):
            _make_home(source, tenant, by, now)
    return count


def _is_new(source: Source, tenant: Tenant, rule: Rule) -> bool:
    rows = Route.objects.filter(source=source, kind=rule.kind, value=rule.value)
    found = rows.select_related("to").first()
    if found is not None and found.to_id != tenant.pk:
        _refuse(
            "The route is refused",
            f"a {rule.kind.value} that leads to {found.to.slug} already",
            "Take it away there first: account unroute. Calls that are stored stay where they are.",
        )
    return found is None


def _make_home(source: Source, tenant: Tenant, by: Who, now: datetime) -> None:
    """The source under which the tenant sees its calls; what is still to come is open again."""
    home = Source.objects.filter(routed_from=source.pk).first()
    if home is not None:
        home.backfill_done_at = None
        home.save(update_fields=["backfill_done_at"])
        return
    home = Source(
        id=uuid7(),
        tenant=tenant,
        kind=SourceKind.ROUTED,
        name=source.name,
        sealed_key=b"",
        routed_from=source.pk,
        poll_every_s=None,
    )
    try:
        with transaction.atomic():
            home.save(force_insert=True)
    except IntegrityError:  # the tenant's own source has the name
        home.name = f"{source.name} ({home.pk.hex[-12:]})"
        home.save(force_insert=True)
    audit.record(event=audit.Event.SOURCE_CONNECTED, by=by, target=home, at=now)


def _add(source: Source, tenant: Tenant, rule: Rule, by: Who, now: datetime) -> None:
    row = Route.objects.create(
        tenant_id=INSTANCE_ID,
        source=source,
        kind=rule.kind,
        value=rule.value,
        to=tenant,
        created_at=now,
    )
    data: dict[str, str | int] = {"kind": rule.kind.value, "to": str(tenant.pk)}
    audit.record(event=audit.Event.ROUTE_ADDED, by=by, target=row, at=now, data=data)


def unroute(source: Source, rules: Sequence[Rule], *, now: datetime) -> None:
    """Lead calls nowhere; those that are stored stay. Raises RouteRefused where there is no such
    route, and then none is taken away."""
    with tenant_context(INSTANCE_ID):
        routing.lock(source, is_shared=False)
        for rule in rules:
            row = Route.objects.filter(source=source, kind=rule.kind, value=rule.value).first()
            if row is None:
                _refuse(
                    "Taking the route away is refused",
                    f"a {rule.kind.value} that leads nowhere",
                    "`account show --routes` lists what does.",
                )
            data: dict[str, str | int] = {"kind": rule.kind.value, "to": str(row.to_id)}
            audit.record(event=audit.Event.ROUTE_REMOVED, by=None, target=row, at=now, data=data)
            row.delete()


def fetch_again(source: Source, *, now: datetime) -> int:
    """Ask for everything in quarantine once more; gives how many calls that are."""
    with tenant_context(INSTANCE_ID):
        return _fetch_again(_quarantined(source), source, now)


def _undecided(source: Source, rules: Sequence[Rule]) -> "QuerySet[ListedCall]":
    """Those that the rules could decide; of tags and recordings nothing was kept, so all."""
    rows = _quarantined(source)
    if all(rule.kind is RouteKind.EXTERNAL_ID for rule in rules):
        return rows.filter(external_id__in=[rule.value for rule in rules])
    return rows


def _quarantined(source: Source) -> "QuerySet[ListedCall]":
    return ListedCall.objects.filter(source=source, state=ListedState.QUARANTINED)


def _fetch_again(rows: "QuerySet[ListedCall]", source: Source, now: datetime) -> int:
    """A backfill that had ended ends once more when they are here: their tenants may have asked
    about earlier calls."""
    count = rows.update(
        state=ListedState.WANTED,
        ended_at=None,
        look_at=now,
        tries=0,
        last_error_code="",
        rank=listing.ASKED_FOR,
    )
    listing.wake_fetch(source, at=now)
    Source.objects.filter(pk=source.pk).update(backfill_done_at=None)
    return count


def quarantine(source: Source, *, most: int) -> Sequence[ListedCall]:
    """The newest first."""
    with tenant_context(INSTANCE_ID):
        return list(_quarantined(source).order_by("-ended_at", "-pk")[:most])


def routes_of(source: Source) -> Sequence[Route]:
    with tenant_context(INSTANCE_ID):
        rows = Route.objects.filter(source=source).select_related("to")
        return list(rows.order_by("to__slug", "kind", "value"))


def shown(source: Source) -> Shown:
    """Where the account stands, without anything of a call."""
    with tenant_context(INSTANCE_ID):
        listed = ListedCall.objects.filter(source=source)
        states = listed.values_list("state").annotate(count=Count("pk")).order_by("state")
        tenants = Tenant.objects.filter(pk__in=routing.tenants_of(source)).order_by("slug")
        shares = tuple(_share(source, tenant) for tenant in tenants)
        return Shown(source, dict(states), routing.quarantined(source), shares)


def _share(source: Source, tenant: Tenant) -> Share:
    led = Route.objects.filter(source=source, to=tenant).values_list("kind")
    counts = dict(led.annotate(count=Count("pk")).order_by("kind"))
    calls = ListedCall.objects.filter(source=source, routed_to=tenant).count()
    return Share(tenant, counts, calls)


def rotate_hook(source: Source) -> str:
    """A new secret for the account's webhooks, to be shown once."""
    with tenant_context(INSTANCE_ID):
        return hooks.rotate(source, by=None)


def pause(source: Source) -> None:
    with tenant_context(INSTANCE_ID):
        control.pause(source, by=None)


def resume(source: Source) -> None:
    """Go on with what a pause or a refused key stopped."""
    with tenant_context(INSTANCE_ID):
        control.resume(source, by=None)


def _refuse(what: str, seen: str, remedy: str) -> NoReturn:
    raise RouteRefused(what, seen, remedy)
