"""`manage.py demo_report`: progress, table and comparison; a step of `manage.py demo`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.demo import build, report


class Command(BaseCommand):
    help = "Show the demo's progress bar and then its table; with --check compare with the truth."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--calls", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = report.tenants()
        try:
            report.wait(rows, total=options["calls"], show=self._show)
        except report.Stalled as error:
            raise CommandError(f"\nThe demo was stopped: {error}.") from error
        self.stdout.write("\n")
        for line in report.table(rows):
            self.stdout.write(line)
        if options["check"]:
            self._check(rows, options["calls"], options["seed"])

    def _show(self, line: str) -> None:
        """On a terminal the bar is drawn over itself; elsewhere one line at the end is enough."""
        if sys.stdout.isatty():
            self.stdout.write(f"\r{line}", ending="")
            self.stdout.flush()

    def _check(self, rows: list[Any], count: int, seed: int) -> None:
        calls = build.calls(count, seed)
        mismatches = report.compare(rows, calls)
        for mismatch in mismatches:
            self.stderr.write(str(mismatch))
        compared = sum(len(call.truth) for call in calls)
        if mismatches:
            raise CommandError(f"{len(mismatches)} of {compared} results differ from the truth.")
        self.stdout.write(f"{compared} results of {len(calls)} calls agree with the truth.")
