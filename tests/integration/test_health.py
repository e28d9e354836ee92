import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from reviews.jobs import ledger
from reviews.models import Job, JobKind, Tenant
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_living_process_answers(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_installation_with_nothing_to_do_is_ready(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "oldest_due_job_s": 0}


def test_jobs_that_nobody_takes_make_it_not_ready(client: Client) -> None:
    tenant = Tenant.objects.create(slug="a", name="A")
    with tenant_context(tenant.pk):
        job = ledger.enqueue(
            tenant_id=tenant.pk,
            kind=JobKind.EVALUATE,
            key="k",
            subject_id=uuid7(),
            now=timezone.now(),
        )
        Job.objects.filter(pk=job.pk).update(due_at="2026-01-01T00:00Z")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "jobs_stalled"


def test_a_database_that_is_away_makes_it_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_app.health._problem", _raise)
    assert client.get("/readyz").status_code == 503


def _raise() -> None:
    raise OperationalError


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
