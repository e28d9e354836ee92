"""`manage.py import_calls`: transcripts from files into a tenant, a line for each document."""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews import tasks
from reviews.accounts import keys
from reviews.errors import Refused
from reviews.ingest import upload
from reviews.ingest.upload import Beside, Outcome, Taken
from reviews.management.calls import Formatter, shown_calls, standard_input
from reviews.management.excerpt import printable
from reviews.models import Source
from reviews.models.tenancy import tenant_context
from reviews.sources.files import sheet
from reviews.sources.files.beside import paired
from reviews.sources.files.documents import Loaded, load, with_recording

BAD_INPUT = 2
_LINES_SHOWN = 20
_WORDS: dict[str, str] = {
    Outcome.ACCEPTED: "accepted",
    Outcome.HERE: "already here",
    Outcome.REFUSED: "refused",
}
_TIMES = {
    "measured": "",
    "interpolated": ", times partly estimated",
    "cue": ", times estimated",
    "synthetic": ", times made up",
    "none": ", no times",
}


class Command(BaseCommand):
    help = (
        "Transcripts from files into a tenant: AssemblyAI, Deepgram, Whisper, Amazon Transcribe "
        "or vCon as JSON, lines of them, SRT, WebVTT, text with a speaker before each turn; also "
        "packed as .gz or .zip. Example:\n"
        "  manage.py import_calls calls.zip --tenant north-wind --metadata calls.csv\n\n"
        "Ends with 0 where nothing was refused, 1 where a document or a row of the table was,\n"
        "2 where nothing could be begun."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=Formatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="PATH", help="- for standard input")
        parser.add_argument("--tenant", required=True, help="the tenant's short name")
        parser.add_argument("--metadata", metavar="CSV", help="a row for each call")
        for role in ("agent", "customer"):
            parser.add_argument(
                f"--{role}",
                metavar="LABEL",
                help=f"speaker label or channel of the {role}, in the calls that have it",
            )
        parser.add_argument("--source", default=upload.SOURCE, help="under which source; Files")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _check(options["files"])
            beside = Beside(_sheet(options["metadata"]), options["agent"], options["customer"])
            source = _source(options["tenant"], options["source"])
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        except OSError as error:
            raise CommandError(_unreadable(error), returncode=BAD_INPUT) from error
        refused = self._tell_sheet(beside)
        counts = self._take(options["files"], source, beside)
        told = ", ".join(f"{counts[each]:,} {word}" for each, word in _WORDS.items())
        self.stdout.write(f"{shown_calls(counts.total())}: {told}.")
        if refused or counts[Outcome.REFUSED]:
            sys.exit(1)

    def _tell_sheet(self, beside: Beside) -> int:
        """Say which columns and rows of the table are not used; how many rows."""
        if beside.sheet.unknown:
            names = ", ".join(map(printable, beside.sheet.unknown))
            self.stderr.write(f"Metadata: nothing is taken from these columns: {names}.")
        for row in beside.sheet.refused:
            self.stderr.write(str(row.refused))
        return len(beside.sheet.refused)

    def _take(self, names: Sequence[str], source: Source, beside: Beside) -> Counter[str]:
        counts: Counter[str] = Counter()
        used = set()
        taken = tasks.import_documents(_documents(names), source=source, beside=beside, by=None)
        for each in taken:
            counts[each.outcome] += 1
            used.add(each.row)
            self.stdout.write(_line(each))
            self.stdout.flush()
        unused = beside.sheet.unused(used)
        if unused:
            lines = ", ".join(map(str, unused[:_LINES_SHOWN]))
            more = " …" if len(unused) > _LINES_SHOWN else ""
            self.stderr.write(f"Metadata: no document for {len(unused):,} rows: {lines}{more}.")
        return counts


def _check(names: Sequence[str]) -> None:
    """Every file can be read, before the first is. Raises Refused and OSError."""
    for name in names:
        if name == "-":
            continue
        if Path(name).is_dir():
            raise Refused("The path is refused", f"{name} is a directory", "Name its files.")
        with Path(name).open("rb"):
            pass


def _sheet(name: str | None) -> sheet.Sheet:
    return sheet.read(Path(name).read_bytes()) if name else sheet.Sheet()


def _source(slug: str, name: str) -> Source:
    tenant = keys.tenant_of(slug)
    with tenant_context(tenant.pk):
        return upload.source_of_files(tenant_id=tenant.pk, name=name, by=None, now=timezone.now())


def _unreadable(error: OSError) -> str:
    seen = f"{error.filename}: {os.strerror(error.errno)}" if error.errno else "no file"
    return f"The path is refused: {seen}. Name a file that can be read."


def _documents(names: Sequence[str]) -> Iterator[Loaded]:
    for at, beside in paired(names):
        recording = None if beside is None else Path(names[beside]).read_bytes()
        loaded = load(names[at], stdin=standard_input(names[at]))
        yield from with_recording(loaded, recording)


def _line(taken: Taken) -> str:
    place = taken.file if taken.line is None else f"{taken.file}:{taken.line}"
    line = f"{_WORDS[taken.outcome]:<12}  {printable(place)}"
    if taken.refused is not None:
        return f"{line}  {taken.refused}"
    line += f"  {printable(taken.external_id)}, {taken.words:,} words{_TIMES[taken.timing]}"
    return f"{line}; left out: {', '.join(taken.warnings)}" if taken.warnings else line
