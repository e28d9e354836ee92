"""The demo's progress, its table, and the comparison with what its calls were written to hold."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviews.demo.build import DemoCall
from reviews.models import Tenant
from reviews.models.tenant import INSTANCE_ID
from reviews.queries import overview

BAR = 30
POLL_S = 0.25
STALL_S = 60.0


class Stalled(RuntimeError):
    """The work did not come to its end."""


def tenants() -> list[Tenant]:
    return list(Tenant.objects.exclude(pk=INSTANCE_ID).order_by("slug"))


def wait(rows: Sequence[Tenant], *, total: int, show: Callable[[str], None]) -> None:
    """Show a bar until every call is evaluated. Raises Stalled where nothing moves any more."""
    last, moved = -1, time.monotonic()
    while True:
        states = [overview.progress(row.pk) for row in rows]
        done = sum(state.evaluations for state in states)
        show(_bar(done, total))
        if all(state.is_done for state in states):
            return
        if done != last:
            last, moved = done, time.monotonic()
        problem = _problem(states, time.monotonic() - moved)
        if problem:
            raise Stalled(problem)
        time.sleep(POLL_S)


def _problem(states: Sequence[overview.Progress], idle_s: float) -> str:
    dead = [text for state in states for text in state.dead_jobs]
    if dead:
        return f"{len(dead)} jobs became dead letters: {', '.join(sorted(set(dead)))}"
    return f"no call was evaluated for {STALL_S:.0f} s" if idle_s > STALL_S else ""


def _bar(done: int, total: int) -> str:
    full = BAR * done // max(total, 1)
    return f"[{'█' * full}{'·' * (BAR - full)}] {done} of {total} calls evaluated"


def table(rows: Sequence[Tenant]) -> Iterator[str]:
    """The lines of the table: one block a tenant."""
    for row in rows:
        seen = overview.overview(row.pk)
        yield f"{row.name} ({row.slug})"
        unheard = seen.transcripts - seen.assessed
        yield f"  transcripts {seen.transcripts}   assessed {seen.assessed}   not {unheard}"
        yield "  findings by rule"
        for rule, count in seen.findings.items():
            yield f"  {count:>5}  {rule}"
        if seen.quote:
            place = f"{seen.quote.role} {seen.quote.speaker}, {_clock(seen.quote.start_ms)}"
            yield f"  {seen.quote.rule} – {place}: “{seen.quote.text}”"
        yield ""


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02d}"


@dataclass(frozen=True, slots=True)
class Mismatch:
    call: str
    rule: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"call {self.call}, rule {self.rule}: written to be {self.wanted}, is {self.got}"


def compare(rows: Sequence[Tenant], calls: Sequence[DemoCall]) -> list[Mismatch]:
    """Every rule of every call against its truth: the result, and the words it must quote."""
    results = {row.slug: overview.results(row.pk) for row in rows}
    return [
        mismatch
        for call in calls
        for mismatch in differences(call, results.get(call.tenant, {}).get(call.payload["id"]))
    ]


def differences(call: DemoCall, got: dict[str, overview.RuleOutcome] | None) -> Iterator[Mismatch]:
    """How the results of one call differ from its truth; `got` None: it was not evaluated."""
    name = str(call.payload["id"])
    if got is None:
        yield Mismatch(name, "every rule", "evaluated", "absent")
        return
    if got.keys() != call.truth.keys():
        yield Mismatch(name, "every rule", f"{len(call.truth)} rules", f"{len(got)} rules")
    for rule, truth in call.truth.items():
        found = got.get(rule)
        if found is None or found.result != truth.result:
            yield Mismatch(name, rule, truth.result, found.result if found else "absent")
        elif truth.quote and not any(_overlap(truth.quote, text) for text in found.quotes):
            yield Mismatch(name, rule, "quoted as written", "quoted otherwise")


def _overlap(written: str, found: str) -> bool:
    """True where one holds the other, word for word: a query may hit a part of a sentence."""
    wanted, heard = _plain(written), _plain(found)
    return bool(heard) and (wanted in heard or heard in wanted)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.casefold()))
