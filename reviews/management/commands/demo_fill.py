"""`manage.py demo_fill`: tenants, progress, table and comparison; a step of `manage.py demo`.

One process for all of it: each more would cost the demo a second to begin.
"""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.demo import build, report
from reviews.demo.seed import give_to_reviewers, seed, show_to_agents


class Command(BaseCommand):
    help = "Make the demo's tenants, rubrics and sources, begin the backfill, and show its table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="address of the sandbox")
        parser.add_argument("--calls", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--check", action="store_true", help="compare with the truth")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD")
        if not password:
            raise CommandError("DEMO_PASSWORD='' was refused: the people of the demo need one.")
        seed(base_url=options["base_url"], password=password, now=timezone.now())
        rows = report.tenants()
        try:
            report.wait(rows, total=options["calls"], show=self._show)
        except report.Stalled as error:
            raise CommandError(f"\nThe demo was stopped: {error}.") from error
        show_to_agents(rows, now=timezone.now())
        give_to_reviewers(rows, now=timezone.now())
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
