"""`manage.py rubric`: what a rubric file says wrongly, its examples, its queries written well."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from reviews.errors import Refused
from reviews.management import junit, past_grades, stored_rubrics
from reviews.management.calls import BAD_INPUT, FilesCommand, Formatter, standard_input
from reviews.management.excerpt import reasons
from reviews.management.junit import Case, Suite
from reviews.management.rubric_changes import as_json, differences, lines_of
from reviews.management.stored_rubrics import FileRefused
from reviews.rubrics import packs, schema
from reviews.rubrics.document import RubricFileRefused, parsed, read_text
from reviews.rubrics.source import Place, formatted, places_of
from reviews.rubrics.written import yaml_of
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
_STORED = {
    "export": "A version of a tenant's rubric as YAML, in reading order; comments are not kept.",
    "import": "A YAML file as the draft of a tenant's rubric, or with --publish as its version.",
    "diff": "What differs between two rubrics: rule by rule, field by field.",
    "pack": "A pack that comes with the product, as a rubric's YAML to begin from.",
    "schema": "The JSON Schema of a rubric's document, for editors and pipelines.",
    "grades": "Past grades of calls from a CSV table, as earlier verdicts of a rubric's rules.",
}
_STORED_STATUS = """exit status:
  0  done; of diff: they say the same
  1  of diff: they differ; of grades: rows are refused, or a mapping is to be filled in
  2  refused, and nothing is changed"""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    text: str
    rubric: Rubric


class Command(FilesCommand):
    help = f"""Rubrics as YAML files: lint, test, format, export, import and compare them.

{_STATUS.format(fine="nothing to say", said="a note, a red example, a query or a difference")}"""
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
        parsers["test"].add_argument("--junit", metavar="JUNIT", help="write a JUnit file, too")
        ways = parsers["format"].add_mutually_exclusive_group()
        ways.add_argument("--check", action="store_true", help="name what would change, no more")
        ways.add_argument("--diff", action="store_true", help="show what would change, no more")
        stored_rubrics.add_export(_stored(actions, "export"))
        stored_rubrics.add_import(_stored(actions, "import"))
        stored_rubrics.add_diff(_stored(actions, "diff"))
        stored_rubrics.add_pack(_stored(actions, "pack"))
        _stored(actions, "schema")
        past_grades.add_grades(_stored(actions, "grades"))

    def run(self, options: dict[str, Any]) -> int:
        self.is_json: bool = options.get("json", False)
        self.codes: set[int] = set()
        self.counts: Counter[str] = Counter()
        self.suites: list[Suite] = []
        actions: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "lint": self._lint,
            "test": self._test,
            "format": self._format,
            "export": self._export,
            "import": self._import,
            "diff": self._diff,
            "grades": self._grades,
            "pack": self._pack,
            "schema": self._schema,
        }
        try:
            actions[options["action"]](options)
        except (Refused, FileRefused) as refusal:
            self.refuse(str(refusal))
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
                self.suites.append(_broken(name, str(refused)))

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
        if options["junit"]:
            stored_rubrics.write(options["junit"], junit.written(self.suites))
        red, total = self.counts["red"], self.counts["examples"]
        self.note(f"{total - red:,} of {_shown(total, 'example')} green, {red:,} red.")

    def _test_one(self, file: _File) -> bool:
        red = red_examples(file.rubric)
        places = places_of(file.text)
        self.suites.append(Suite(file.name, tuple(_cases(file.rubric, red, places))))
        total = len(self.suites[-1].cases)
        self.counts.update(examples=total, red=len(red))
        if self.is_json:
            written = [_red(each) for each in red]
            self.write_json({"file": file.name, "examples": total, "red": written})
            return not red
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
            self.stdout.write(_unified(file, made.text), ending="")
        else:
            verb = "is" if way == "write" else "would be"
            for path in made.changed:
                self.stdout.write(f"{file.name}: {path} {verb} formatted")
        return way == "write" or not made.changed

    def _export(self, options: dict[str, Any]) -> None:
        self._put(stored_rubrics.exported(options), options)

    def _pack(self, options: dict[str, Any]) -> None:
        """As a rubric begun from it: the file can be linted, changed and imported."""
        self._put(yaml_of(packs.pack(options["code"]).rubric), options)

    def _put(self, text: str, options: dict[str, Any]) -> None:
        if options["output"]:
            stored_rubrics.write(options["output"], text.encode())
        else:
            self.stdout.write(text, ending="")
        self.codes.add(FINE)

    def _import(self, options: dict[str, Any]) -> None:
        self.note(stored_rubrics.taken_in(options))
        self.codes.add(FINE)

    def _diff(self, options: dict[str, Any]) -> None:
        found = differences(*stored_rubrics.both(options))
        for each in found:
            if self.is_json:
                self.write_json(as_json(each))
                continue
            for line in lines_of(each, gone=self.style.ERROR, new=self.style.SUCCESS):
                self.stdout.write(line)
        self.note(f"{_shown(len(found), 'difference')}.")
        self.codes.add(SAID if found else FINE)

    def _schema(self, _options: dict[str, Any]) -> None:
        self.stdout.write(schema.text(), ending="")
        self.codes.add(FINE)

    def _grades(self, options: dict[str, Any]) -> None:
        read = past_grades.read_table(options["file"])
        if options["map"] is None:
            self.stdout.write(past_grades.unfilled(options, read), ending="")
            self.note("Fill the mapping in, then give it with --map.")
            self.codes.add(SAID)
            return
        made = past_grades.taken(options, read)
        for line in past_grades.told(made):
            self.stdout.write(line)
        self.codes.add(SAID if made.refused else FINE)


def _stored(actions: Any, name: str) -> CommandParser:
    about = _STORED[name]
    parser: CommandParser = actions.add_parser(
        name,
        help=about.partition(".")[0],
        description=f"{about}\n\n{_STORED_STATUS}",
        formatter_class=Formatter,
    )
    return parser


def _cases(
    rubric: Rubric, red: Sequence[RedExample], places: Mapping[str, Place]
) -> Iterator[Case]:
    failed = {each.path: each.message for each in red}
    for at, rule in enumerate(rubric.rules):
        for kind, snippets in asdict(rule.examples).items():
            for number in range(len(snippets)):
                path = f"rules[{at}].examples.{kind}[{number}]"
                why = failed.get(path, "")
                yield Case(rule.code, path, places[path].line, f"{rule.code} {why}" if why else "")


def _broken(name: str, refused: str) -> Suite:
    return Suite(name, (Case("rubric", "the file", 1, refused, is_error=True),))


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


def _unified(file: _File, made: str) -> str:
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
