"""`manage.py source`: a tenant's sources, how they are doing, and what their pages can do."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews import access
from reviews.accounts import keys
from reviews.errors import ErrorCode, Refused
from reviews.ingest import backfill, connect, control, reconcile, watched
from reviews.management.excerpt import printable
from reviews.models import Source, SourceKind, Tenant
from reviews.models.tenancy import tenant_context
from reviews.policies import check_can_ask, check_has_key
from reviews.queries import health
from reviews.templatetags.progress import rate, span

_TIME = "%Y-%m-%d %H:%M %Z"
_MOST_NAMES = 20


class SourceRefused(Refused):
    code = ErrorCode.NOT_FOUND


class Command(BaseCommand):
    help = (
        "A tenant's sources. Examples: manage.py source list --tenant north-wind; "
        'manage.py source backfill --tenant north-wind --source "Phones"'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for name, told in _ACTS.items():
            act = acts.add_parser(name, help=told)
            act.add_argument("--tenant", required=True, help="the tenant's short name")
            if name != "list":
                act.add_argument(
                    "--source", default="", help="its name; not needed where the tenant has one"
                )
            if name == "compare":
                act.add_argument(
                    "--days",
                    type=_days,
                    default=reconcile.DAYS,
                    help=f"how far back, 1 to {reconcile.DAYS_AT_MOST}; {reconcile.DAYS}",
                )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = keys.tenant_of(options["tenant"])
            with tenant_context(tenant.pk):
                self._act(tenant, options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _act(self, tenant: Tenant, options: dict[str, Any]) -> None:
        now = timezone.now()
        if options["act"] == "list":
            for source in access.scoped_to(Source, tenant.pk).order_by("name"):
                self.stdout.write(_line(source, now))
            return
        source = named(tenant, options["source"])
        if options["act"] == "compare":
            check_can_ask(source)
            control.compare(source, days=options["days"], by=None)
        elif options["act"] != "show":
            check, act = _DOES[options["act"]]
            check(source)
            act(source)
        source.refresh_from_db()
        self.stdout.write(_line(source, now))
        for line in _lines(source, now):
            self.stdout.write(f"  {line}")


_ACTS = {
    "list": "every source of the tenant",
    "show": "how one is doing, as its page shows it",
    "backfill": "fetch all that it still keeps",
    "pause": "ask it nothing more",
    "resume": "go on with everything that a pause or a refused key stopped",
    "disconnect": "ask it nothing more and forget its key; its calls stay",
    "cancel": "end the backfill, leaving out what is not fetched",
    "compare": "hold its list against what came, now",
}
_DOES: dict[str, tuple[Callable[[Source], None], Callable[[Source], Any]]] = {
    "backfill": (check_can_ask, lambda source: control.begin(source, by=None)),
    "pause": (check_can_ask, lambda source: control.pause(source, by=None)),
    "resume": (check_has_key, lambda source: control.resume(source, by=None)),
    "disconnect": (
        check_has_key,
        lambda source: connect.disconnect(source, by=None, now=timezone.now()),
    ),
    "cancel": (watched.check_can_cancel, lambda source: backfill.cancel(source, by=None)),
}
"""Act → what it needs, and what it does. What is done here is the system's on the audit trail."""


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= reconcile.DAYS_AT_MOST:
        raise ArgumentTypeError(
            f"{text!r} was refused: write 1 to {reconcile.DAYS_AT_MOST}, in whole days"
        )
    return int(text)


def named(tenant: Tenant, name: str) -> Source:
    """Raises SourceRefused where the tenant has none of that name, or several and none is named."""
    sources = list(access.scoped_to(Source, tenant.pk).order_by("name"))
    found = [each for each in sources if each.name == name or not name]
    if len(found) == 1:
        return found[0]
    known = ", ".join(printable(each.name) for each in sources[:_MOST_NAMES]) or "none"
    several = f"--source does not say which of {len(sources)}" if sources else "there is none"
    seen = f"no source is named “{printable(name)}”" if name else several
    raise SourceRefused("The source is refused", seen, f"Sources of the tenant: {known}.")


def _line(source: Source, now: datetime) -> str:
    state = source.state if not source.paused_code else f"paused ({source.paused_code})"
    if health.is_late(source, now):
        state += ", polls are late"
    phase = health.phase(source, health.newest_backfill(source))
    told = "" if source.kind != SourceKind.ASSEMBLYAI else f"  backfill: {phase.label.lower()}"
    return f"{printable(source.name)}  {source.get_kind_display()}  {state}{told}"


def _lines(source: Source, now: datetime) -> Iterator[str]:
    """Nothing of a source of files, which is not asked."""
    if source.kind != SourceKind.ASSEMBLYAI:
        return
    seen = watched.health_of(source, now=now)
    yield f"last poll {_at(source.polled_at)}, last webhook {_at(source.hook_seen_at)}"
    yield f"last comparison {_at(source.reconciled_at)}; found by comparisons {seen.compared:,}"
    yield "  ".join(f"{state} {count:,}" for state, count in seen.states.items())
    yield f"today {seen.today:,}  webhooks not answered {seen.unanswered:,}"
    for code, count in seen.refused_by:
        yield f"refused for {printable(code)}: {count:,}"
    if seen.expiring:
        yield f"{seen.expiring:,} will be deleted upstream within 2 days and are not here yet"
    if seen.closed_until:
        yield f"not asked until {_at(seen.closed_until)}: it was away three times in a row"
    if seen.limited_at:
        yield f"last asked for fewer requests (429) {_at(seen.limited_at)}"
    yield _progress(seen.backfill)


def _progress(run: health.Backfill) -> str:
    if run.total is None:
        counted = f"{run.found:,} listed so far, {run.done:,} fetched"
    else:
        counted = f"{run.done:,} of {run.total:,}"
    parts = [f"backfill: {run.phase.label.lower()}, {counted}, {run.refused:,} refused"]
    if run.is_live:
        parts.append(rate(run.rate))
    if run.eta_s is not None:
        parts.append(f"about {span(run.eta_s)} to go")
    if run.oldest_at:
        parts.append(f"oldest {_at(run.oldest_at)}")
    if run.error:
        parts.append(f"last error {run.error}")
    return ", ".join(parts)


def _at(at: datetime | None) -> str:
    return f"{at:{_TIME}}" if at else "never"
