"""`manage.py demo_seed`: the demo's tenants; a step of `manage.py demo`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews.demo.seed import seed


class Command(BaseCommand):
    help = "Make the demo's tenants, rubrics and sources, and begin the backfill."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="address of the sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        seed(base_url=options["base_url"], now=timezone.now())
