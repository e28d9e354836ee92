"""`manage.py rubric`: what a rubric file says wrongly, its examples, its queries written well."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import unified_diff
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from reviews.detection.document import RubricError
from reviews.detection.examples import RedExample, red_examples
from reviews.detection.language.lint import Note
from reviews.detection.lint import lint
from reviews.detection.normalize import read_axis
from reviews.detection.report import Report
from reviews.detection.rubric import Rubric, parse_rubric
from reviews.management.calls import BAD_INPUT, FilesCommand, Formatter, standard_input
from reviews.management.excerpt import reasons
from reviews.rubrics.document import RubricFileRefused, parsed, read_text
from reviews.rubrics.source import Place, formatted, places_of
from reviews.sources.files.documents import load

FINE, SAID = 0, 1
_STATUS = """exit status:
  0  {fine}
  1  {said}
  2  a file is refused; the other files are still answered"""
_HELP = {
    "lint": (
        "Show what a rubric says that its author may not mean.",
        "nothing to look at again",
        "something to look at again",
    ),
    "test": (
        "Run the examples of a rubric's rules.",
        "every example comes out as it says",
        "an example does not",
    ),
    "format": (
        "Write a rubric's queries in their canonical form, in the file; all else stays as it is.",
        "the file was written, or nothing is to be changed",
        "--check or --diff found a query that is written otherwise",
    ),
}


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str
    rubric: Rubric


class Command(FilesCommand):
    help = f"""Look at rubrics as YAML files: lint, test or format them.

{_STATUS.format(fine="nothing to say", said="notes, a red example, or a query to format")}"""
    ranking = (SAID, FINE)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        parsers = {name: self._parser(actions, name) for name in _HELP}
        parsers["lint"].add_argument(
            "--calls",
            nargs="+",
            default=[],
            metavar="CALLS",
            help="files of calls, as `query` takes them: words that none of them holds are noted "
            "where a word like it is said",
        )
        ways = parsers["format"].add_mutually_exclusive_group()
        ways.add_argument("--check", action="store_true", help="name what would change, no more")
        ways.add_argument("--diff", action="store_true", help="show what would change, no more")

    def run(self, options: dict[str, Any]) -> int:
        self.is_json: bool = options["json"]
        self.codes: set[int] = set()
        self.counts: Counter[str] = Counter()
        actions: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "lint": self._lint,
            "test": self._test,
            "format": self._format,
        }
        actions[options["action"]](options)
        return self.outcome(self.codes)

    def _parser(self, actions: Any, name: str) -> CommandParser:
        about, fine, said = _HELP[name]
        parser: CommandParser = actions.add_parser(
            name,
            help=about.partition(".")[0],
            description=f"{about}\n\n{_STATUS.format(fine=fine, said=said)}",
            formatter_class=Formatter,
        )
        parser.add_argument("files", nargs="+", metavar="FILE", help="a rubric as YAML")
        parser.add_argument("--json", action="store_true", help="one JSON object per file")
        return parser

    def _each(self, names: Sequence[str], answer: Callable[[_File], bool]) -> None:
        """`answer` says whether there was nothing to say."""
        for name in names:
            try:
                text = read_text(Path(name))
                is_fine = answer(_File(name, text, parse_rubric(parsed(text))))
                self.codes.add(FINE if is_fine else SAID)
            except (RubricError, RubricFileRefused) as refused:
                self.codes.add(BAD_INPUT)
                self.stderr.write(f"{name}: {refused}")

    def _lint(self, options: dict[str, Any]) -> None:
        vocabulary = self._vocabulary(options["calls"]) if options["calls"] else None
        self._each(options["files"], partial(self._lint_one, vocabulary=vocabulary))
        notes, files = self.counts["notes"], self.counts["files"]
        self.note(f"{_shown(notes, 'note')} on {_shown(files, 'rubric')}.")

    def _lint_one(self, file: _File, *, vocabulary: Mapping[str, int] | None) -> bool:
        places = places_of(file.text)
        notes = [_written(each, places) for each in lint(file.rubric, vocabulary=vocabulary)]
        self.counts.update(files=1, notes=len(notes))
        if self.is_json:
            self.write_json({"file": file.name, "notes": notes})
            return not notes
        for note in notes:
            where = f"{file.name}:{note['line']}:{note['column']}"
            said = f"{note['path']}: {note['seen']}: {note['remedy']}"
            self.stdout.write(f"{where}  {said}  [{note['code']}]")
        return not notes

    def _vocabulary(self, names: Sequence[str]) -> Counter[str]:
        """How often each folded word is said; a call that is not assessable has none."""
        said: Counter[str] = Counter()
        for each in self.documents(names, lambda name: load(name, stdin=standard_input(name))):
            if each.transcript is not None:
                said.update(read_axis(each.transcript.transcript).placed)
            else:
                self.codes.add(BAD_INPUT)
                self.stderr.write(f"{each.place}: {each.refused}")
        return said

    def _test(self, options: dict[str, Any]) -> None:
        self._each(options["files"], self._test_one)
        red, total = self.counts["red"], self.counts["examples"]
        self.note(f"{total - red:,} of {_shown(total, 'example')} green, {red:,} red.")

    def _test_one(self, file: _File) -> bool:
        red = red_examples(file.rubric)
        total = sum(
            len(each) for rule in file.rubric.rules for each in asdict(rule.examples).values()
        )
        self.counts.update(examples=total, red=len(red))
        if self.is_json:
            written = [_red(each) for each in red]
            self.write_json({"file": file.name, "examples": total, "red": written})
            return not red
        places = places_of(file.text)
        for each in red:
            where = f"{file.name}:{places[each.path].line}:{places[each.path].column}"
            self.stdout.write(f"{where}  {self.style.ERROR('red')}  {each}")
            for text in reasons(Report(each.transcript), each.outcome, self.style.HTTP_INFO):
                self.stdout.write(f"      {text}")
        return not red

    def _format(self, options: dict[str, Any]) -> None:
        way = "check" if options["check"] else "diff" if options["diff"] else "write"
        self._each(options["files"], partial(self._format_one, way=way))

    def _format_one(self, file: _File, *, way: str) -> bool:
        made = formatted(file.text, file.rubric)
        if way == "write" and made.changed:
            _write(file.name, made.text)
        if self.is_json:
            self.write_json({"file": file.name, "changed": list(made.changed)})
        elif way == "diff":
            self.stdout.write(_diff(file, made.text), ending="")
        else:
            verb = "is" if way == "write" else "would be"
            for path in made.changed:
                self.stdout.write(f"{file.name}: {path} {verb} formatted")
        return way == "write" or not made.changed


def _written(note: Note, places: Mapping[str, Place]) -> dict[str, Any]:
    """`line` and `column` are the file's, 1-based."""
    place = places[note.path]
    at = (place.line, place.column)
    if note.line is not None and note.column is not None:
        at = place.of(note.line, note.column)
    return {**asdict(note), "line": at[0], "column": at[1]}


def _red(example: RedExample) -> dict[str, Any]:
    finding = Report(example.transcript).finding(example.rule, example.outcome, violation=None)
    return {"path": example.path, "message": example.message, **finding}


def _diff(file: _File, made: str) -> str:
    before, after = (text.split("\n") for text in (file.text, made))
    names = file.name, f"{file.name} (formatted)"
    return "".join(f"{line}\n" for line in unified_diff(before, after, *names, lineterm=""))


def _write(name: str, text: str) -> None:
    """Raises RubricFileRefused where the file cannot be written."""
    try:
        Path(name).write_bytes(text.encode())
    except OSError as error:
        raise RubricFileRefused(
            "The rubric is not written", error.strerror or "no file", "Name one that can be."
        ) from None


def _shown(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
