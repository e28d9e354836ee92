"""A tenant is deleted: every row of it, its files, and whoever belonged to no other tenant.

A job of the installation, batch after batch, so that a crash repeats one. Nothing but the
installation's own trail keeps that the tenant was there.
"""

import shutil
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from reviews import audit
from reviews.export import targets
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import (
    Job,
    ListedCall,
    ListedState,
    Membership,
    Route,
    Source,
    Tenant,
    Transcript,
    User,
    VendorAccount,
)
from reviews.models.audio import folder_of
from reviews.models.rows import select
from reviews.models.tenancy import tenant_context
from reviews.models.tenant import INSTANCE_ID

BATCH = 5_000
_LAST = "reviews_membership"
"""It says who belonged to the tenant."""
_NO_ROUTE = "no_route"


def run(claim: ledger.Claim) -> None:
    """Batches for a share of the job's time, then the rest is queued."""
    tenant_id, turn = claim.subject_id, Turn(INSTANCE_ID, seconds=settings.JOB_TIMEOUT_S / 4)
    with tenant_context(INSTANCE_ID):
        job = Job.objects.get(pk=claim.job_id)
    with tenant_context(tenant_id):
        _let_go()
        total = job.total_count or _count(tenant_id)
    done = job.done_count
    while True:
        with transaction.atomic():
            with tenant_context(tenant_id):
                gone = _erase(tables(), BATCH)
            done += gone
            with tenant_context(INSTANCE_ID):
                ledger.extend(claim, done=done, total=total)
        if gone < BATCH:
            break
        if turn.is_over():
            with tenant_context(INSTANCE_ID):
                ledger.again(claim, done=done, total=total)
            return
    for folder in (folder_of(tenant_id), targets.folder_of(tenant_id)):
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    _end(claim, Tenant.objects.get(pk=tenant_id))


def _let_go() -> None:
    """What would hold rows back, or an account from being connected anew."""
    Transcript.objects.exclude(duplicate_of=None).update(duplicate_of=None)
    sources = list(Source.objects.values_list("pk", flat=True))
    VendorAccount.objects.filter(connected_by__in=sources).update(connected_by=None)


def _count(tenant_id: UUID) -> int:
    counts = " + ".join(
        f"(SELECT count(*) FROM {table} WHERE tenant_id = %(own)s)"  # noqa: S608 # names of our own tables
        for table in tables()
    )
    return int(select(f"SELECT {counts}", {"own": tenant_id})[0][0])


@cache
def tables() -> list[str]:
    """Every table of tenants but the last one, children first; jobs before all, so that whatever is
    under way finds that it has lost its job, and writes nothing more."""
    found = [each for each in apps.get_app_config("reviews").get_models() if _has_tenant(each)]
    found.sort(key=lambda each: each.__name__ != "Job")
    ordered: list[Any] = []

    def add(model: Any) -> None:
        if model in ordered:
            return
        for each in found:
            if each is not model and _refers(each, model):
                add(each)
        ordered.append(model)

    for model in found:
        add(model)
    return [each._meta.db_table for each in ordered if each._meta.db_table != _LAST]


def _has_tenant(model: Any) -> bool:
    return any(field.name == "tenant" for field in model._meta.local_fields)


def _refers(model: Any, to: Any) -> bool:
    return any(field.related_model is to for field in model._meta.local_fields)


def _erase(names: list[str], most: int) -> int:
    return int(select("SELECT erase_rows(%s, %s)", [names, most])[0][0])


def _end(claim: ledger.Claim, tenant: Tenant) -> None:
    """The tenant's people and its own row. What somebody wrote into it meanwhile makes this fail,
    and the next try erases it.
    """
    with transaction.atomic():
        with tenant_context(tenant.pk):
            people = list(Membership.objects.values_list("user_id", flat=True))
            _erase([_LAST], len(people) + 1)
        forgotten = sum(_forget(tenant.pk, user_id) for user_id in people)
        with tenant_context(INSTANCE_ID):
            _lead_nowhere(tenant)
            audit.record(
                event=audit.Event.TENANT_DELETED,
                by=None,
                target=tenant,
                at=timezone.now(),
                data={"external_id": tenant.external_id or "", "people": forgotten},
            )
            ledger.finish(claim)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM reviews_tenant WHERE id = %s", [tenant.pk])


def _lead_nowhere(tenant: Tenant) -> None:
    """Of a shared account its routes; what was fetched for it is nobody's. In the installation's
    transaction."""
    Route.objects.filter(to=tenant).delete()
    ListedCall.objects.filter(routed_to=tenant).update(
        routed_to=None, state=ListedState.QUARANTINED, last_error_code=_NO_ROUTE
    )


def _forget(tenant_id: UUID, user_id: UUID) -> bool:
    """Delete the account of who belongs to no other tenant; not where another's rows name it."""
    with tenant_context(tenant_id, user_id=user_id):
        user = User.objects.get(pk=user_id)
        if user.is_operator or Membership.objects.filter(user_id=user_id).exists():
            return False
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                user.delete()
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            return False
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return True
