"""One source and its vendor for some hours of a clock that is ours, out of one seed.

Calls arrive, complete out of order, are told of by webhooks that get lost; the vendor fails by its
fault script; the worker is killed in the middle of a statement. Everything is the product's own
code but the clock, the wire and the vendor behind it.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from unittest import mock
from urllib.parse import urlsplit
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone

from reviews import tasks
from reviews.ingest import backfill, connect, control, hooks, vendor
from reviews.jobs import ledger, turn
from reviews.models import Job, JobState, ListedCall, Source, SourceState, Tenant, Transcript
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.sandbox.account import Account
from reviews.sandbox.behaviour import settings as behaviours
from reviews.sandbox.clock import FakeClock
from reviews.sandbox.faults import FaultScript
from reviews.sandbox.server import Sandbox
from reviews.sandbox.webhooks import Webhooks
from reviews.sandbox.wire import Wire
from reviews.sources.assemblyai.client import AssemblyAI, Page
from reviews.sources.intake import PayloadRefused
from tests.simulation.killing import Killed, Killer

LASTS = timedelta(hours=4)
POLLED_EVERY_S = 1_200
CALM_S = 4 * 3_600
"""So often it is polled once the faults are over."""
OVERLAP_H = 1
STEPS_AT_MOST = 2_000
AFTER = timedelta(hours=26)
"""A night and more: the comparison finds what nothing else did."""
PAGE = 3
"""Calls a page: so few that every walk has several."""
_HIDDEN = 0.4
_LOOK_AGAIN = timedelta(hours=1)
_SEEN = 0.3
"""Share of the steps in which somebody looks at the alarms."""
_RATES = (0.0, 0.15, 0.3, 0.5)
_WORDS = ("thank", "you", "for", "calling", "about", "the", "claim", "again", "today")


_list_page, _get = AssemblyAI.list_page, AssemblyAI.get


class NeverEnds(AssertionError):
    """Work was left after more steps than any seed needs."""


@dataclass
class World:
    seed: int
    rate: float | None = None
    """Share of requests that fail; None: as the seed has it."""
    calls: int | None = None
    killer: Killer = field(default_factory=Killer)
    steps: int = 0
    kills: int = 0
    checkpoints: list[datetime] = field(default_factory=list)
    """Each that a poll came to."""
    truth: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """Each call's id, when it was submitted, and what was said."""
    late: set[str] = field(default_factory=set)
    """Those that the list shows later than a poll looks back."""

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)  # to be replayed, not to be secret
        self.clock = FakeClock()
        self.began = self.clock.now()
        behaviour = self.rng.choice(list(behaviours().values()))
        self.account = Account(now=self.clock.now, behaviour=behaviour)
        rate = self.rng.choice(_RATES) if self.rate is None else self.rate
        self.script = FaultScript(self.seed, rate)
        self.key = uuid7().hex  # an account of its own, whose pace nobody else has used
        self.sandbox = Sandbox(
            accounts={self.key: self.account}, now=self.clock.now, script=self.script
        )
        self.webhooks = Webhooks(self.sandbox, deliver=self._deliver)
        self.wire = Wire(self.sandbox, clock=self.clock)

    # --- What happens

    def run(self) -> None:
        """Hours with faults, then nights without: long enough for all that is lost to be found."""
        with self.surrounded():
            self.source = self._connected()
            self._plan()
            while self.clock.now() < self.began + LASTS:
                self.step()
            self.script.rate = self.script.lost_hooks = 0.0
            with tenant_context(self.source.tenant_id):
                Source.objects.update(poll_every_s=CALM_S)
            until = self.began + LASTS + AFTER
            while self.clock.now() < until:
                self.step()

    @contextmanager
    def surrounded(self) -> Iterator[None]:
        around = partial(self.wire.surroundings)
        with (
            mock.patch.object(timezone, "now", self.clock.now),
            mock.patch.object(vendor, "SURROUNDINGS", around),
            # It looks by the real clock, and one look more or less is another run of the seed.
            mock.patch.object(turn, "LOOK_EVERY_S", math.inf),
            mock.patch.object(AssemblyAI, "list_page", self._list_page),
            mock.patch.object(AssemblyAI, "get", self._get),
            self.killer.watching(),
        ):
            yield

    @property
    def _list_page(self) -> Callable[..., Page]:
        def short(client: AssemblyAI, **asked: Any) -> Page:
            return self.killer.ask(lambda: _list_page(client, **asked | {"limit": PAGE}))

        return short

    @property
    def _get(self) -> Callable[..., bytes]:
        return lambda client, external_id: self.killer.ask(lambda: _get(client, external_id))

    def _connected(self) -> Source:
        tenant = Tenant.objects.create(slug=f"sim-{uuid7().hex}", name="Sim")
        with tenant_context(tenant.pk):
            source = connect.connect(
                tenant_id=tenant.pk,
                name="calls",
                base_url=self.sandbox.base_url,
                key=self.key,
                requests_per_second=1000,
                by=None,
                now=timezone.now(),
            )
            self.secret = hooks.rotate(source, by=None)
            source.poll_every_s, source.poll_overlap_h = POLLED_EVERY_S, OVERLAP_H
            source.save(update_fields=["poll_every_s", "poll_overlap_h"])
            control.watch(source)
            backfill.start(source)
        return source

    def _plan(self) -> None:
        """Calls of the days before, and those that will arrive."""
        count = self.calls or self.rng.randint(2, 5)
        for number in range(count):
            self._arrive(number, self.began - timedelta(hours=self.rng.uniform(0, 120)))
        coming = [self.began + LASTS * self.rng.random() for _ in range(count)]
        self.coming = sorted(coming, reverse=True)
        self.count = count

    def _arrive(self, number: int, created: datetime) -> None:
        # A few take longer than a poll looks back, or are shown by the list later than that.
        rng = Random(f"{self.seed}/{number}")  # the same call, whatever came before it
        takes = rng.choice((20, 60, 600, 3 * 3600))
        payload = self._payload(number, rng)
        self.account.add(payload, created=created, completes_at=created + timedelta(seconds=takes))
        self.truth[payload["id"]] = (created, payload["text"])
        if rng.random() < _HIDDEN and "webhook_url" not in payload:
            self.account.hide(payload["id"], created + timedelta(hours=3 * OVERLAP_H))
            self.late.add(payload["id"])

    def _payload(self, number: int, rng: Random) -> dict[str, Any]:
        said = [rng.choice(_WORDS) for _ in range(6)]
        words = [
            {"text": text, "start": at * 300, "end": at * 300 + 250, "confidence": 0.9}
            for at, text in enumerate(said)
        ]
        given: dict[str, Any] = {
            "id": str(UUID(int=rng.getrandbits(128), version=4)),
            "status": "completed",
            "text": " ".join(said),
            "words": words,
            "audio_duration": 2 + number,
        }
        if rng.random() < 0.5:
            address = f"https://hooks.test/hooks/{self.source.tenant_id}/{self.source.pk}"
            given |= {
                "webhook_url": address,
                "webhook_auth_header_name": hooks.HEADER,
                "webhook_auth_header_value": self.secret,
            }
        return given

    def _deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        tenant_id, source_id = map(UUID, urlsplit(url).path.split("/")[-2:])
        given = headers.get(hooks.HEADER, "")
        try:
            is_known = hooks.receive(
                tenant_id=tenant_id, source_id=source_id, given=given, body=body
            )
        except PayloadRefused:
            return 400
        except Killed:
            self.kills += 1
            raise OSError("the receiver died") from None
        return 204 if is_known else 404

    def step(self) -> None:
        """One thing: whatever is due now, else the clock moves to what is due next."""
        self.steps += 1
        if self.steps > STEPS_AT_MOST:
            raise NeverEnds(f"seed {self.seed}: {STEPS_AT_MOST} steps")
        while self.coming and self.coming[-1] <= self.clock.now():
            self.count += 1
            self._arrive(self.count, self.coming.pop())
        self.webhooks.run_due()
        self._do_as_an_admin()
        due = self._jobs().filter(due_at__lte=self.clock.now()).order_by("pk")
        with tenant_context(self.source.tenant_id):
            found = list(due)
        if found:
            self._work(self.rng.choice(found))
        else:
            self._wait()

    def _jobs(self) -> Any:
        return Job.objects.filter(
            tenant_id=self.source.tenant_id, state__in=[JobState.QUEUED, JobState.RUNNING]
        )

    def _work(self, job: Job) -> None:
        try:
            self.killer.is_on = True
            claim = ledger.claim(tenant_id=self.source.tenant_id, job_id=job.pk)
            if claim is not None:
                tasks.work(claim)
        except Killed:
            self.kills += 1
        except OperationalError:  # where the job's own end could not be written: its lease runs out
            pass
        finally:
            self.killer.is_on = False
        if job.kind == "poll":
            with tenant_context(self.source.tenant_id):
                seen = Source.objects.values_list("poll_seen_at", flat=True).get()
                if seen is not None:
                    self.check_checkpoint(seen)

    def check_checkpoint(self, seen: datetime) -> None:
        """The rows of everything before it are there, less the overlap that is looked at again."""
        self.checkpoints.append(seen)
        since = self.began - timedelta(hours=OVERLAP_H)
        until = seen - timedelta(hours=OVERLAP_H)
        listed = set(ListedCall.objects.values_list("external_id", flat=True))
        excused = self.script.gone | self.late
        for external_id, (created, _) in self.truth.items():
            if since < created <= until and external_id not in excused:
                assert external_id in listed, f"seed {self.seed}: the checkpoint passed a call"

    def _do_as_an_admin(self) -> None:
        """Sooner or later somebody sees the alarm: a good key, another backfill."""
        is_calm = self.clock.now() > self.began + LASTS
        if not is_calm and self.rng.random() > _SEEN:
            return
        with tenant_context(self.source.tenant_id):
            source = Source.objects.get()
            if source.state == SourceState.PAUSED:
                control.resume(source, by=None)
            newest = Job.objects.filter(kind="backfill").order_by("-created_at").first()
            if newest is not None and newest.state == JobState.DEAD:
                backfill.start(source)
            for job in Job.objects.filter(state=JobState.DEAD, kind__in=ledger.STANDING):
                ledger.retry(job)

    def _wait(self) -> None:
        with tenant_context(self.source.tenant_id):
            jobs = self._jobs().order_by("due_at").values_list("due_at", flat=True)[:1]
            times = [*jobs, self.began + LASTS + AFTER]
        times += [*self.coming[-1:], self.clock.now() + _LOOK_AGAIN]
        if self.webhooks.next_at is not None:
            times.append(self.webhooks.next_at)
        later = min(times)
        # At least a little: something due in this very moment would else hold the clock.
        self.clock.advance(max((later - self.clock.now()).total_seconds(), 0.05))

    # --- What must hold at the end

    def check(self) -> None:
        """Every call is here once and whole; nothing is wanted any more."""
        name = f"seed {self.seed}"
        with tenant_context(self.source.tenant_id):
            rows = {row.external_id: row for row in Transcript.objects.defer("payload")}
            listed = {row.external_id: row for row in ListedCall.objects.all()}
            texts = self._texts()
        truth = set(self.account.ids())
        ready = {external_id for external_id, row in rows.items() if row.state == "ready"}
        assert truth - self.script.gone <= ready, f"{name}: {len(truth - ready)} calls are lost"
        assert ready <= truth | self.script.gone, f"{name}: a call that never was"
        for external_id in truth & self.truth.keys() - self.script.gone:
            assert texts[external_id] == self.truth[external_id][1], f"{name}: other words"
            assert listed[external_id].state == "held", f"{name}: {listed[external_id].state}"
        assert not {row.state for row in listed.values()} & {"wanted"}, f"{name}: still wanted"
        assert len(self.checkpoints) > 3, f"{name}: it was hardly polled"

    def _texts(self) -> dict[str, str]:
        rows = Transcript.objects.prefetch_related("utterances").defer("payload")
        return {
            row.external_id: " ".join(
                said.text
                for said in sorted(row.utterances.all(), key=lambda each: each.index)
                if said.revision == row.revision
            )
            for row in rows
        }


def state_of(world: World) -> str:
    """What an ingest came to, without ids and times: equal for equal ends."""
    with tenant_context(world.source.tenant_id):
        rows = Transcript.objects.order_by("external_id")
        calls = [(row.external_id, row.state, row.words, row.duration_ms) for row in rows]
        listed = ListedCall.objects.order_by("external_id")
        known = [(row.external_id, row.state) for row in listed]
        source = Source.objects.get()
        ended = (source.backfill_done_at is not None, source.state, source.paused_code)
    return json.dumps([calls, known, ended], default=str)
