"""`manage.py submit`: a recording to be transcribed, and the features a source asks for."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.ingest import submit
from reviews.ingest.submit import Recording, Wanted
from reviews.management.commands.source import named
from reviews.models import Source, Submission
from reviews.models.tenancy import tenant_context
from reviews.policies import check_can_submit
from reviews.sources.assemblyai import request
from reviews.sources.recordings import NAMES


class Command(BaseCommand):
    help = (
        "A recording to be transcribed. Examples: "
        "manage.py submit https://recorder.example/17.wav --tenant north-wind "
        "--at https://verbatim.example --tell agent=A-17 call_id=17; "
        "manage.py submit --features features.json --tenant north-wind; "
        "manage.py submit --show-features --tenant north-wind"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("recording", nargs="?", metavar="URL-OR-PATH", help="what to transcribe")
        what.add_argument("--features", metavar="PATH", help="what to ask for from now on, as JSON")
        what.add_argument("--show-features", action="store_true", help="print what is asked for")
        parser.add_argument("--tenant", required=True, help="the tenant's short name")
        parser.add_argument("--source", default="", help="its name, where the tenant has several")
        parser.add_argument("--at", default="", help="our address as the source reaches it")
        parser.add_argument("--again", action="store_true", help="also if it was submitted before")
        parser.add_argument(
            "--tell", nargs="*", default=[], metavar="NAME=TEXT", help=f"of: {', '.join(NAMES)}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = keys.tenant_of(options["tenant"])
            with tenant_context(tenant.pk):
                source = named(tenant, options["source"])
                check_can_submit(source)
                self.stdout.write(_done(source, options))
        except (Refused, OSError) as refusal:
            seen = str(refusal) if isinstance(refusal, Refused) else _unreadable(refusal)
            raise CommandError(seen) from refusal


def _done(source: Source, options: dict[str, Any]) -> str:
    if options["features"]:
        profile = submit.parse_profile(Path(options["features"]).read_text(errors="replace"))
        submit.set_profile(source, profile, by=None)
    if options["features"] or options["show_features"]:
        return json.dumps(request.body(submit.profile_of(source)), indent=2, ensure_ascii=False)
    if not options["at"].startswith(("https://", "http://")):
        raise CommandError(
            "The submission is refused: no --at. Name the address under which the source reaches "
            "us, as https://verbatim.example: its webhooks go there."
        )
    return f"{_submitted(source, options).pk}"


def _submitted(source: Source, options: dict[str, Any]) -> Submission:
    with _opened(options["recording"]) as recording:
        wanted = Wanted(recording, _told(options["tell"]), is_again=options["again"])
        return submit.submit(
            source=source,
            wanted=wanted,
            origin=options["at"],
            by=None,
            now=timezone.now(),
        )


@contextmanager
def _opened(named: str) -> Iterator[Recording]:
    """An address as it is; whatever else is a path, of a file that can be read twice."""
    if "://" in named:
        yield Recording(url=named)
        return
    with Path(named).open("rb") as file:
        yield Recording(file=file)


def _told(pairs: Sequence[str]) -> dict[str, object]:
    return {name: text for name, _, text in (pair.partition("=") for pair in pairs)}


def _unreadable(error: OSError) -> str:
    return f"The file is refused: {error.strerror or 'it cannot be read'}. Name one that is there."
