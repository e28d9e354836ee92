"""`manage.py demo_seed`: the demo's tenants; a step of `manage.py demo`."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.demo.seed import seed


class Command(BaseCommand):
    help = "Make the demo's tenants, rubrics and sources, and begin the backfill."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="address of the sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD")
        if not password:
            raise CommandError("DEMO_PASSWORD='' was refused: the people of the demo need one.")
        seed(base_url=options["base_url"], password=password, now=timezone.now())
