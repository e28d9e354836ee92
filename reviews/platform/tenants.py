"""Tenants by the platform's own name of them: made, configured, suspended, deleted.

Each is one transaction, in which the tenant and the installation follow one another.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from reviews import access, audit
from reviews.accounts import keys, members
from reviews.accounts.keys import Made
from reviews.audit import Event, Who
from reviews.detection.rubric import canonical
from reviews.errors import ErrorCode, Refused
from reviews.ingest import audio, shared, upload
from reviews.jobs import ledger
from reviews.models import (
    AudioMode,
    Job,
    JobKind,
    JobState,
    Membership,
    RouteKind,
    Source,
    Tenant,
    locks,
)
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID, instance
from reviews.platform.templates import DEFAULT, Template, template
from reviews.platform.written import Person, TenantRefused, Wanted
from reviews.policies import NotPossible
from reviews.queries import usage
from reviews.queries.usage import Usage
from reviews.rubrics import packs, publish

EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}")


class NameTaken(Refused):
    code = ErrorCode.NAME_TAKEN


@dataclass(frozen=True, slots=True)
class Invitation:
    """`secret` goes into the link and is kept nowhere."""

    member: Membership
    secret: UUID


@dataclass(frozen=True, slots=True)
class Put:
    """What became of it; keys and invitations are shown this once."""

    tenant: Tenant
    is_new: bool
    keys: Sequence[Made] = ()
    invitations: Sequence[Invitation] = ()


@transaction.atomic
def put(*, external_id: str, wanted: Wanted, by: Who, now: datetime) -> Put:
    """The tenant as it is wanted, made where it is not there; where nothing differs nothing is
    written. Raises Refused. Lock: the name, so that of many at once one makes it.
    """
    if not EXTERNAL_ID.fullmatch(external_id):
        raise TenantRefused(
            "The external id is refused",
            f"{len(external_id)} characters, or one that it may not have",
            "Use 1 to 200 letters, digits and . _ : @ -, with a letter or digit first.",
        )
    locks.hold(f"tenant {external_id}")
    row = Tenant.objects.select_for_update().filter(external_id=external_id).first()
    if row is None:
        return _made(external_id, wanted, by, now)
    if row.erased_at is not None:
        raise NotPossible(
            "Changing the tenant is refused",
            "a tenant that is being deleted",
            "Send it again when the tenant is answered 404: then it is made anew.",
        )
    return _configured(row, wanted, by, now)


def _made(external_id: str, wanted: Wanted, by: Who, now: datetime) -> Put:
    if wanted.slug is None:
        raise TenantRefused(
            "The tenant is refused",
            "no “slug”",
            "Send its short name: it is part of its addresses.",
        )
    of = template(wanted.template or DEFAULT)
    row = Tenant(
        external_id=external_id,
        slug=wanted.slug,
        name=wanted.name or wanted.slug,
        template=of.code,
        suspended_at=now if wanted.is_suspended else None,
        **{**of.settings, **of.quotas, **wanted.settings, **wanted.quotas},
    )
    _save(row, is_new=True)
    instance(now)
    _record(Event.TENANT_MADE, row, by, now, template=of.code, external_id=external_id)
    made = _filled(row, of, wanted.people, by, now)
    if of.routing is not None:
        _route(row, of, by, now)
    return made


def _filled(row: Tenant, of: Template, people: Iterable[Person], by: Who, now: datetime) -> Put:
    """With what its template names that is the tenant's own."""
    with tenant_context(row.pk):
        for code in of.packs:
            document = json.loads(canonical(packs.pack(code).rubric))
            publish.publish(tenant_id=row.pk, code=code, document=document, by=by, now=now)
        if of.keeps_recordings:
            named = upload.SOURCE
            upload.source_of_files(tenant_id=row.pk, name=named, by=by, now=now)
            _keep_recordings(Source.objects.get(name=named), of, by)
        invited = _invited(row, (*of.people, *people), by, now)
        made = [keys.create(tenant_id=row.pk, wanted=each, by=by, now=now) for each in of.keys]
    return Put(row, is_new=True, keys=made, invitations=invited)


def _keep_recordings(source: Source, of: Template, by: Who) -> None:
    kept = audio.Wanted(AudioMode.KEEP, "", of.recordings_days, source.is_redacted_kept)
    audio.set_up(source, kept, by=by)


def _route(row: Tenant, of: Template, by: Who, now: datetime) -> None:
    """Raises Refused where the account is not there, or another has the tag."""
    assert of.routing is not None  # noqa: S101 # looked at by the caller
    tag = getattr(row, of.routing.tag)
    source = shared.find(of.routing.account)
    shared.route(source, row, [shared.rule_of(RouteKind.TAG, tag)], now=now, by=by)
    if of.keeps_recordings:
        with tenant_context(row.pk):
            _keep_recordings(Source.objects.get(routed_from=source.pk), of, by)


def _invited(row: Tenant, people: Iterable[Person], by: Who, now: datetime) -> list[Invitation]:
    """Those who are no members yet. In the tenant's transaction."""
    made = []
    for each in people:
        if access.scoped_to(Membership, row.pk).filter(user__email=each.email).exists():
            continue
        invited = members.invite(
            tenant_id=row.pk,
            email=each.email,
            name=each.name,
            rights=members.Rights(each.role),
            by=by,
            now=now,
        )
        made.append(Invitation(invited.row, invited.secret))
    return made


def _configured(row: Tenant, wanted: Wanted, by: Who, now: datetime) -> Put:
    if wanted.template not in (None, row.template):
        raise NotPossible(
            "Another template is refused",
            f"a tenant that was made from {row.template!r}",
            "Leave it out: a template is only applied when its tenant is made.",
        )
    named = {"slug": wanted.slug, "name": wanted.name}
    said = {key: value for key, value in named.items() if value is not None}
    asked: dict[str, Any] = {**said, **wanted.settings, **wanted.quotas}
    changed = {key: value for key, value in asked.items() if value != getattr(row, key)}
    if changed:
        for key, value in changed.items():
            setattr(row, key, value)
        _save(row, is_new=False)
        told: dict[str, Any] = {key: _told(key, value) for key, value in changed.items()}
        _record(Event.TENANT_CHANGED, row, by, now, **told)
    _suspend(row, wanted.is_suspended, by, now)
    with tenant_context(row.pk):
        return Put(row, is_new=False, invitations=_invited(row, wanted.people, by, now))


def _told(key: str, value: Any) -> str | int:
    """Of the trail: without the name, which may be a person's; -1: no bound."""
    if key == "name":
        return "changed"
    return -1 if value is None else value if isinstance(value, str) else int(value)


def _suspend(row: Tenant, wanted: bool | None, by: Who, now: datetime) -> None:  # noqa: FBT001 # None: not said
    if wanted is None or wanted == (row.suspended_at is not None):
        return
    row.suspended_at = now if wanted else None
    row.save(update_fields=["suspended_at"])
    _record(Event.TENANT_SUSPENDED if wanted else Event.TENANT_RESUMED, row, by, now)


def _save(row: Tenant, *, is_new: bool) -> None:
    """Raises NameTaken, also where one's short name would be the other's external id: a header
    that names a tenant names one.
    """
    names = [row.slug, row.external_id]
    others = Tenant.objects.filter(Q(slug__in=names) | Q(external_id__in=names)).exclude(pk=row.pk)
    try:
        with transaction.atomic():
            is_taken = others.exists()
            if not is_taken:
                row.save(force_insert=is_new)
    except IntegrityError:
        is_taken = True
    if is_taken:
        raise NameTaken(
            "The tenant is refused", "a name that another tenant has", "Choose another slug."
        )


def erase(*, external_id: str, by: Who, now: datetime) -> Tenant | None:
    """Suspend the tenant and have all of it deleted by a job; None where there is none.

    Asked for again, the job is what it was; a dead one is tried once more. Lock: the tenant.
    """
    with transaction.atomic():
        row = _rows(external_id).select_for_update().first()
        if row is None:
            return None
        if row.erased_at is None:
            row.erased_at, row.suspended_at = now, row.suspended_at or now
            row.save(update_fields=["erased_at", "suspended_at"])
            instance(now)
            _record(Event.TENANT_DELETION_ASKED, row, by, now, external_id=external_id)
        with tenant_context(INSTANCE_ID):
            job = ledger.enqueue(
                tenant_id=INSTANCE_ID,
                kind=JobKind.ERASE_TENANT,
                key=str(row.pk),
                subject_id=row.pk,
                now=now,
            )
            if job.state == JobState.DEAD:
                ledger.retry(job)
    return row


def find(external_id: str) -> Tenant | None:
    return _rows(external_id).first()


def _rows(external_id: str) -> "QuerySet[Tenant]":
    """None for what could be nobody's, which the database may not even be asked for."""
    rows = Tenant.objects.filter(external_id=external_id)
    return rows if EXTERNAL_ID.fullmatch(external_id) else Tenant.objects.none()


def progress(rows: Iterable[Tenant]) -> dict[UUID, Job]:
    """Of those that are being deleted: tenant → the job that does it."""
    gone = [row.pk for row in rows if row.erased_at is not None]
    if not gone:
        return {}
    with tenant_context(INSTANCE_ID):
        jobs = Job.objects.filter(kind=JobKind.ERASE_TENANT, subject_id__in=gone)
        return {job.subject_id: job for job in jobs}


def page(*, after: tuple[datetime, UUID] | None, limit: int) -> list[Tenant]:
    """The oldest first; one more than `limit` where there are more."""
    rows = Tenant.objects.exclude(pk=INSTANCE_ID).order_by("created_at", "pk")
    if after is not None:
        at, row_id = after
        rows = rows.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=row_id))
    return list(rows[: limit + 1])


def used(rows: Iterable[Tenant], days: Sequence[date]) -> Iterator[tuple[Tenant, date, Usage]]:
    """Of each its days with a call. One SQL query a tenant."""
    for row in rows:
        with tenant_context(row.pk):
            counted = usage.by_day(row.pk, days)
        yield from ((row, day, counted[day]) for day in counted)


def _record(event: Event, row: Tenant, by: Who, now: datetime, **data: str | int) -> None:
    """On the tenant's trail and on the installation's."""
    for tenant_id in (row.pk, INSTANCE_ID):
        with tenant_context(tenant_id):
            audit.record(event=event, by=by, target=row, at=now, data=data)
