"""Our own way from a payload's bytes to committed findings, stage by stage; a JSON line out."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch
from uuid import UUID

from django.utils import timezone

import bench.ready  # noqa: F401 # models can be imported only after it
from bench.processes import cpu_s
from bench.rubric import document
from reviews.detection import engine
from reviews.evaluation import run
from reviews.ingest import connect, store
from reviews.jobs import ledger
from reviews.jobs.nudge import nudge
from reviews.models import Finding, Source, Tenant
from reviews.models.tenancy import tenant_context
from reviews.queries import transcripts
from reviews.rubrics import publish
from reviews.sources.assemblyai.wire import parse
from reviews.sources.intake import receive

STAGES = ("intake", "parse", "store", "claim", "load", "evaluate", "write")


class Clock:
    """Seconds by stage, of one call."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.spent[name] += perf_counter() - began

    def inside(self, name: str, outer: str, do: Callable[..., Any]) -> Callable[..., Any]:
        """`do`, its time counted for `name` and not for the stage it is part of."""

        def timed(*given: Any) -> Any:
            before = self.spent[name]
            with self.stage(name):
                answer = do(*given)
            self.spent[outer] -= self.spent[name] - before
            return answer

        return timed


def main() -> None:
    """Arguments: the file of payloads, the database server's process id, the rounds."""
    bodies = Path(sys.argv[1]).read_bytes().splitlines()
    server, rounds = int(sys.argv[2]), int(sys.argv[3])
    tenant = _tenant()
    _round(bodies[:10], server, _source(tenant, "warm-up"))
    done = [_round(bodies, server, _source(tenant, f"round-{at}")) for at in range(rounds)]
    sys.stdout.write(json.dumps(done))


def _round(bodies: list[bytes], server: int, source: Source) -> dict[str, Any]:
    """Every payload once, as calls of a new source."""
    cpu, backends, began = process_time(), cpu_s(server), perf_counter()
    spent = [_one(source, body) for body in bodies]
    wall_s, client_s = perf_counter() - began, process_time() - cpu
    with tenant_context(source.tenant_id):
        findings = Finding.objects.filter(transcript__source=source).count()
    return {
        "calls": len(bodies),
        "findings": findings,
        "wall_s": wall_s,
        "cpu_s": client_s + cpu_s(server) - backends,
        "client_s": client_s,
        "stages": {name: [each[name] * 1000 for each in spent] for name in STAGES},
    }


def _tenant() -> Tenant:
    now = timezone.now()
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    with tenant_context(tenant.pk):
        publish.publish(tenant_id=tenant.pk, code="bench", document=document(), by=None, now=now)
    return tenant


def _source(tenant: Tenant, name: str) -> Source:
    with tenant_context(tenant.pk):
        return connect.connect(
            tenant_id=tenant.pk,
            name=name,
            base_url="http://127.0.0.1:9",
            key=f"bench-{name}",
            requests_per_second=1000,
            by=None,
            now=timezone.now(),
        )


def _one(source: Source, body: bytes) -> dict[str, float]:
    """One call, each step as the worker does it, in the worker's own transactions."""
    clock = Clock()
    with clock.stage("intake"):
        received = receive(body)
    with clock.stage("parse"):
        fetched = parse(received.value, call_url=received.call_url)
    with clock.stage("store"), tenant_context(source.tenant_id):
        row = store.store(source=source, received=received, fetched=fetched, now=timezone.now())
        if row is None:
            raise RuntimeError("a payload was refused: it is stored already. Give each its own id.")
        with _noted() as jobs:
            run.schedule(row)
    with clock.stage("claim"):
        claim = ledger.claim(tenant_id=source.tenant_id, job_id=jobs[0])
    if claim is None:
        raise RuntimeError("a job was refused: it is not due. Run the measurement alone.")
    with ExitStack() as patches, clock.stage("write"):
        for module, name, stage in (
            (transcripts, "columns_of", "load"),
            (engine, "evaluate", "evaluate"),
        ):
            timed = clock.inside(stage, "write", getattr(module, name))
            patches.enter_context(patch.object(module, name, timed))
        run.run(claim)
    return clock.spent


@contextmanager
def _noted() -> Iterator[list[UUID]]:
    """The ids of the jobs that are put on the queue, as the queue would bring them."""
    jobs: list[UUID] = []

    def noting(*, tenant_id: UUID, job_id: UUID) -> None:
        jobs.append(job_id)
        nudge(tenant_id=tenant_id, job_id=job_id)

    with patch("reviews.jobs.ledger.nudge", noting):
        yield jobs


if __name__ == "__main__":
    main()
