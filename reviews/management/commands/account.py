"""`manage.py account`: one account at the vendor that serves several tenants, and its routes."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.ingest import shared
from reviews.management.excerpt import printable
from reviews.models import RouteKind, Source
from reviews.sources.assemblyai.client import US

_TIME = "%Y-%m-%d %H:%M"
_SHOWN = 50


class Command(BaseCommand):
    help = (
        "An account at the vendor that serves several tenants. The key is read from standard "
        "input. Example: manage.py account add platform < key, then "
        "manage.py account route platform --tenant north-wind"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        named = {name: acts.add_parser(name, help=text) for name, text in _ACTS.items()}
        for name, each in named.items():
            nargs = "?" if name == "show" else None
            each.add_argument("name", nargs=nargs, help="the account's name")
        named["add"].add_argument("--url", default=US, help=f"where it is asked; {US}")
        named["add"].add_argument("--pace", type=float, default=50, help="requests a second; 50")
        named["show"].add_argument("--routes", action="store_true", help="each of them, too")
        named["route"].add_argument("--tenant", required=True, help="the tenant's short name")
        named["quarantine"].add_argument("--again", action="store_true", help="fetch all again")
        for name in ("route", "unroute"):
            for option, kind in _KINDS.items():
                named[name].add_argument(
                    f"--{option}", nargs="+", default=[], help=kind.label.lower()
                )

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "add": self._add,
            "show": self._show,
            "route": self._route,
            "unroute": self._unroute,
            "quarantine": self._quarantine,
            "hook": self._hook,
            "pause": self._pause,
            "resume": self._resume,
        }
        try:
            acts[options["act"]](**options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _add(self, *, name: str, url: str, pace: float, **_: Any) -> None:
        wanted = shared.Wanted(name, url, sys.stdin.readline().strip(), pace)
        source = shared.add(wanted, now=timezone.now())
        self.stdout.write(f"{printable(source.name)} is connected; all it has is being listed.")

    def _show(self, *, name: str | None, routes: bool, **_: Any) -> None:
        for source in [shared.find(name)] if name else shared.accounts():
            self.stdout.write("\n".join(_lines(shared.shown(source))))
            for rule in shared.routes_of(source) if routes else ():
                line = f"  {rule.to.slug}  {rule.kind}  {printable(rule.value)}"
                self.stdout.write(line)

    def _route(self, *, name: str, tenant: str, **options: Any) -> None:
        source, to = shared.find(name), keys.tenant_of(tenant)
        rules = _rules(options) or [shared.rule_of(RouteKind.TAG, to.slug)]
        count = shared.route(source, to, rules, now=timezone.now())
        self.stdout.write(f"{len(rules)} routes to {to.slug}; {count:,} calls are fetched again.")

    def _unroute(self, *, name: str, **options: Any) -> None:
        rules = _rules(options)
        if not rules:
            raise Refused(
                "Taking a route away is refused", "no route", "Give --tag, --id or --folder."
            )
        shared.unroute(shared.find(name), rules, now=timezone.now())
        self.stdout.write(f"{len(rules)} routes are taken away; what is stored stays.")

    def _quarantine(self, *, name: str, again: bool, **_: Any) -> None:
        source = shared.find(name)
        if again:
            count = shared.fetch_again(source, now=timezone.now())
            self.stdout.write(f"{count:,} calls are fetched again.")
            return
        for code, count in shared.shown(source).quarantined.items():
            self.stdout.write(f"{count:>9,}  {code}")
        for row in shared.quarantine(source, most=_SHOWN):
            since = f"{row.ended_at:{_TIME}}" if row.ended_at else ""
            self.stdout.write(f"{since}  {row.last_error_code}  {printable(row.external_id)}")

    def _hook(self, *, name: str, **_: Any) -> None:
        source = shared.find(name)
        secret = shared.rotate_hook(source)
        path = reverse("source-hook", args=[source.tenant_id, source.pk])
        self.stderr.write(f"Address: {path}?tenant=TAG\nThe secret is shown this once:")
        self.stdout.write(secret)

    def _pause(self, *, name: str, **_: Any) -> None:
        shared.pause(shared.find(name))
        self.stdout.write("It is asked nothing more until it is resumed.")

    def _resume(self, *, name: str, **_: Any) -> None:
        shared.resume(shared.find(name))
        self.stdout.write("It is asked again.")


_ACTS = {
    "add": "connect one, list all that it has and watch it; the key comes by standard input",
    "show": "what became of its calls, and who has how many; of all accounts without a name",
    "route": "lead calls to a tenant: by the tag of its short name where nothing else is given",
    "unroute": "lead them there no longer; what is stored stays",
    "quarantine": "the calls that nobody gets, the newest first, and why",
    "hook": "a new secret for its webhooks, shown once; the one before stays good for a day",
    "pause": "ask it nothing more",
    "resume": "go on after a pause or a refused key",
}
_KINDS = {"tag": RouteKind.TAG, "id": RouteKind.EXTERNAL_ID, "folder": RouteKind.AUDIO}


def _rules(options: dict[str, Any]) -> list[shared.Rule]:
    """Each once, as it is compared."""
    given = [(kind, text) for option, kind in _KINDS.items() for text in options[option]]
    return list(dict.fromkeys(shared.rule_of(kind, text) for kind, text in given))


def _lines(shown: shared.Shown) -> Sequence[str]:
    source: Source = shown.source
    paused = f" ({source.paused_code})" if source.paused_code else ""
    states = ", ".join(f"{count:,} {state}" for state, count in shown.states.items())
    lines = [f"{printable(source.name)}  {source.base_url}  {source.state}{paused}"]
    lines.append(f"  calls: {states or 'none yet'}")
    for share in shown.shares:
        routes = ", ".join(f"{count:,} by {kind}" for kind, count in share.routes.items())
        suspended = " (suspended)" if share.tenant.suspended_at else ""
        lines.append(
            f"  {share.tenant.slug}{suspended}: {share.calls:,} calls; {routes or 'no route'}"
        )
    lines += [f"  quarantine: {count:,} {code}" for code, count in shown.quarantined.items()]
    return lines
