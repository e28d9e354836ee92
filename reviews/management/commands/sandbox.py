"""`manage.py sandbox`: the AssemblyAI-compatible server with the demo calls."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reviews.demo.build import accounts
from reviews.sandbox.server import Sandbox


class Command(BaseCommand):
    help = "Serve demo calls as AssemblyAI does, on the loopback, until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8123)
        parser.add_argument("--calls", type=int, default=60, help="calls over all accounts")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        payloads = accounts(options["calls"], options["seed"])
        with Sandbox(accounts=payloads, port=options["port"]) as sandbox:
            self.stdout.write(f"Serving on {sandbox.base_url}; stop with Ctrl+C.")
            for key, rows in payloads.items():
                self.stdout.write(f"  key {key}: {len(rows)} calls")
            try:
                sandbox.wait()
            except KeyboardInterrupt:
                self.stdout.write("Stopped.")
