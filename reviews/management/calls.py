"""What the commands that answer from files share: options, roles, refusals, exit status."""

import argparse
import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, NoReturn, cast

from django.core.management.base import (
    BaseCommand,
    CommandParser,
    DjangoHelpFormatter,
    OutputWrapper,
)

from reviews.errors import Refused
from reviews.management.progress import Above, Progress
from reviews.sources.files.documents import BareText, Loaded, Readable, load
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

BAD_INPUT = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""As a shell reports a program that its reader no longer listens to."""

Load = Callable[[str], Iterator[Loaded]]


class Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of a help text: exit codes stand one a line."""


class FilesCommand(BaseCommand):
    """Answers as the files are read; needs neither a database nor any setting."""

    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc] # Django: list or tuple
    ranking: ClassVar[tuple[int, ...]]
    """Exit codes; the command ends with the first of these that a call or file came to."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=Formatter, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends by SystemExit with every code but 0."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows no “ or é
        try:
            code = self.run(options)
            self.stdout.flush()
            self.stderr.flush()
        except BrokenPipeError:
            _silence()
            code = PIPE_CLOSED
        except OSError as error:  # files are read in `documents`: this is the output
            self.stderr.write(f"The output is refused: {error.strerror}. Write it elsewhere.")
            _silence()
            code = BAD_INPUT
        except KeyboardInterrupt:
            code = INTERRUPTED
        if code:
            sys.exit(code)

    def run(self, options: dict[str, Any]) -> int:
        """Answer, and return the exit code."""
        raise NotImplementedError

    def documents(self, names: Sequence[str], load: Load) -> Iterator[Loaded]:
        """Every call of the files; a terminal is told how far they are read."""
        progress = Progress(self.stderr, names)
        if progress.is_shown:
            self.stderr = cast("OutputWrapper", Above(self.stderr, progress))
            if self.stdout.isatty():
                self.stdout = cast("OutputWrapper", Above(self.stdout, progress))
        try:
            for name in names:
                for each in _loaded(name, load):
                    yield each
                    progress.call_done()
                progress.file_done()
        finally:
            progress.clear()

    def outcome(self, codes: Collection[int]) -> int:
        return next(code for code in (BAD_INPUT, *self.ranking) if code in codes)

    def refuse(self, text: str) -> NoReturn:
        self.stderr.write(text)
        sys.exit(BAD_INPUT)

    def note(self, text: str) -> None:
        """On stderr, and no error."""
        self.stderr.write(text, str)

    def write_json(self, written: dict[str, Any]) -> None:
        # Escaped, so that any terminal or pipe takes it.
        self.stdout.write(json.dumps(written, separators=(", ", ": ")))


class CallsCommand(FilesCommand):
    """Answers call by call."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="transcripts as JSON of AssemblyAI, Deepgram, Whisper, Amazon Transcribe or vCon, "
            "JSON lines, SRT, WebVTT, text with speakers; also .gz, .zip; - for standard input",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per call")
        for role in ("agent", "customer"):
            parser.add_argument(
                f"--{role}",
                action="append",
                default=[],
                metavar="LABEL",
                help=f"speaker label or channel of the {role}; may be given again",
            )

    def prepare(self, options: dict[str, Any]) -> None:
        """Read the options, once; `refuse` what cannot be used."""

    def load(self, name: str, named: Named) -> Iterator[Loaded]:
        return load(name, stdin=standard_input(name), named=named)

    def answer(self, place: str, call: SourceTranscript) -> int:
        """Write one call's answer and return its exit code."""
        raise NotImplementedError

    def answer_bare(self, place: str, bare: BareText) -> int:
        """The same of a bare text, where `load` sets them apart."""
        raise NotImplementedError

    def conclude(self) -> None:
        """Say on stderr what all came to."""

    def run(self, options: dict[str, Any]) -> int:
        named = self._named(options["agent"], options["customer"])
        self.prepare(options)
        self.roles: Counter[str] = Counter()
        self.lacking: Counter[str] = Counter()
        self.first_lacking: dict[str, str] = {}
        read = partial(self.load, named=named)
        codes = {self._answer(each) for each in self.documents(options["files"], read)}
        self._tell_roles()
        self.conclude()
        return self.outcome(codes)

    def _named(self, agents: Sequence[str], customers: Sequence[str]) -> Named:
        both = sorted(set(agents) & set(customers))
        if both:
            self.refuse(f"--agent and --customer: both name {both[0]!r}. Give a label one role.")
        return Named(tuple(agents), tuple(customers), "the command line")

    def _answer(self, loaded: Loaded) -> int:
        if loaded.transcript is not None:
            self._note_roles(loaded.place, loaded.transcript)
            return self.answer(loaded.place, loaded.transcript)
        if loaded.bare is not None:
            return self.answer_bare(loaded.place, loaded.bare)
        self.stderr.write(f"{loaded.place}: {loaded.refused}")
        return BAD_INPUT

    def _note_roles(self, place: str, call: SourceTranscript) -> None:
        self.roles[call.roles_how] += 1
        for role in ("agent", "customer"):
            if f"{role}_speaker" in call.warnings:
                self.lacking[role] += 1
                self.first_lacking.setdefault(role, place)

    def _tell_roles(self) -> None:
        told = "; ".join(f"{how} ({shown_calls(count)})" for how, count in self.roles.most_common())
        if told:
            self.note(f"Roles: {told}.")
        for role, count in self.lacking.items():
            first = self.first_lacking[role]
            self.note(f"--{role}: a label is not in {shown_calls(count)}, the first {first}.")


def _loaded(name: str, load: Load) -> Iterator[Loaded]:
    try:
        yield from load(name)
    except OSError as error:
        seen = error.strerror or type(error).__name__
        remedy = "Name a file that can be read; of a directory, its files."
        yield Loaded(name, refused=Refused("The file is refused", seen, remedy))


def standard_input(name: str) -> Readable:
    """Standard input where `name` asks for it. Raises OSError where there is none."""
    if name == "-":
        return open(0, "rb", closefd=False)  # sys.stdin cannot be looked into
    return io.BufferedReader(io.BytesIO())


def shown_calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count:,} calls"


def _silence() -> None:
    """Nobody reads any more: what is still buffered goes nowhere instead of into a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())
