"""Fills an empty database with the big tenant; bench/data.py starts it."""

import random
import sys
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench import copying, found, made, spoken
from bench.calls import bodies
from reviews.models import (
    Agent,
    CallWords,
    Evaluation,
    Finding,
    Membership,
    Participant,
    QueueItem,
    Rubric,
    Source,
    Tenant,
    Transcript,
    Utterance,
)
from reviews.models.tenancy import tenant_context

SEED = 7
AGENTS = 200
PATTERNS = 30
AT_ONCE = 500
_TABLES = (Transcript, Utterance, Participant, CallWords, Evaluation, Finding, QueueItem)


def main() -> None:
    """Arguments: how many utterances, how many findings."""
    count, wanted = int(sys.argv[1]) // spoken.PER_CALL, int(sys.argv[2])
    tenant, source = made.tenant()
    for body in bodies(PATTERNS, None):
        made.keep(source, body)
    with tenant_context(tenant.pk):
        known = found.patterns()
        agents = _agents(tenant)
        ground = _ground(tenant)
    made.keep(source, made.hour())
    _fill(source, agents, ground, known, count, wanted)


def _agents(tenant: Tenant) -> list[UUID]:
    rows = [
        Agent(tenant=tenant, external_id=f"a-{at}", name=f"Agent {at:03}") for at in range(AGENTS)
    ]
    return [row.pk for row in Agent.objects.bulk_create(rows)]


def _ground(tenant: Tenant) -> found.Ground:
    people = Membership.objects.filter(tenant=tenant).order_by("pk")
    rubric = Rubric.objects.filter(tenant=tenant).get()
    return found.Ground(
        tenant.pk, rubric.pk, list(people.values_list("user_id", flat=True)),
        timezone.now() - timedelta(hours=1),
    )  # fmt: skip


def _fill(
    source: Source,
    agents: list[UUID],
    ground: found.Ground,
    known: list[found.Pattern],
    count: int,
    wanted: int,
) -> None:
    dice = random.Random(SEED)  # noqa: S311 # the same tenant each time
    with copying.unforced(*_TABLES) as cursor:
        for start in range(0, count, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count))
            calls, rows = spoken.calls(dice, ground.tenant, source.pk, agents, numbers)
            each = -(-wanted // (count - start)) if count > start else 0
            some, judged = found.of(dice, ground, calls, known, each)
            wanted -= some
            for table in (*rows, *judged):
                copying.write(cursor, table)


if __name__ == "__main__":
    main()
