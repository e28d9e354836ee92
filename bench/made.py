"""A tenant and calls that the product itself stored and judged: what the big tenant is made of."""

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from bench.calls import bodies
from bench.people import PASSWORD, REVIEWERS, SLUG, email_of
from bench.rubric import document
from reviews.evaluation import run
from reviews.ingest import connect, store
from reviews.jobs import ledger
from reviews.models import MemberRole, Membership, Source, Tenant, User
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive

HOUR, HOUR_MS = "an-hour", 3_600_000
"""The id of a long call, and its length."""


def tenant() -> tuple[Tenant, Source]:
    """With REVIEWERS who decide, the first of them a lead, and a rubric of fifty rules."""
    now = timezone.now()
    made = Tenant.objects.create(slug=SLUG, name="Bench")
    password = make_password(PASSWORD)
    users = [
        User.objects.create(email=email_of(at), name=f"Reviewer {at}", password=password)
        for at in range(REVIEWERS)
    ]
    with tenant_context(made.pk):
        for at, user in enumerate(users):
            role = MemberRole.REVIEWER if at else MemberRole.LEAD
            Membership.objects.create(tenant=made, user=user, role=role)
        publish.publish(tenant_id=made.pk, code="bench", document=document(), by=None, now=now)
        source = connect.connect(
            tenant_id=made.pk, name="bench", base_url="http://127.0.0.1:9", key="bench", by=None,
            now=now,
        )  # fmt: skip
    return made, source


def keep(source: Source, body: bytes) -> UUID:
    """Store and evaluate a call."""
    received = receive(body)
    fetched = parse(received.value, call_url=received.call_url)
    with tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        if row is None:
            raise RuntimeError("a payload was refused: it is stored already. Give each its own id.")
        run.schedule(row)
    for due in ledger.due_jobs(limit=10):
        claim = ledger.claim(tenant_id=due.tenant_id, job_id=due.job_id)
        if claim is not None:
            run.run(claim)
    return row.pk


def hour() -> bytes:
    """Several calls as one, of an hour."""
    parts = [json.loads(body) for body in bodies(HOUR_MS // 600_000, None)]
    joined, shift = parts[0] | {"id": HOUR, "utterances": [], "words": []}, 0
    for part in parts:
        joined["utterances"] += [_shifted(each, shift) for each in part["utterances"]]
        shift = joined["utterances"][-1]["end"] + 2_000
    joined["utterances"] = [each for each in joined["utterances"] if each["end"] < HOUR_MS]
    return json.dumps(joined | {"audio_duration": HOUR_MS // 1000}).encode()


def _shifted(row: dict[str, Any], ms: int) -> dict[str, Any]:
    words = [word | {"start": word["start"] + ms, "end": word["end"] + ms} for word in row["words"]]
    return row | {"start": row["start"] + ms, "end": row["end"] + ms, "words": words}
