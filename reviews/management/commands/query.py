"""`manage.py query`: a grep for calls in the rule language."""

import argparse
from collections import Counter
from typing import Any

from django.core.management.base import CommandParser

from reviews.detection.engine import parse, run_query
from reviews.detection.evidence import Found, NotAssessable, Outcome
from reviews.detection.language.errors import QueryError
from reviews.detection.report import Report, outcome_code
from reviews.management.calls import CallsCommand, shown_calls
from reviews.management.excerpt import absence_text, line, reason_text
from reviews.sources.normal import SourceTranscript

FOUND, NOTHING, NOT_ASSESSABLE = 0, 1, 3


class Command(CallsCommand):
    help = """Find a query of the rule language in calls: file, time, speaker and words of each hit.

exit status:
  0  found in a call
  1  found in none
  2  the query or a file is refused; the other files are still answered
  3  found in none, but a call is not assessable"""
    ranking = (FOUND, NOT_ASSESSABLE, NOTHING)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", metavar="QUERY", help="""such as 'agent: "being recorded"'""")
        super().add_arguments(parser)
        parser.add_argument(
            "--floor",
            type=_share,
            default=0.0,
            metavar="X",
            help="confidence from 0 to 1 under which a word is unsure (default: 0)",
        )

    def prepare(self, options: dict[str, Any]) -> None:
        try:
            self.condition = parse(options["query"])
        except QueryError as error:
            self.refuse(str(error))
        self.floor: float = options["floor"]
        self.is_json: bool = options["json"]
        self.outcomes: Counter[str] = Counter()

    def answer(self, place: str, call: SourceTranscript) -> int:
        report = Report(call.transcript)
        outcome = run_query(self.condition, report.transcript, floor=self.floor)
        self.outcomes[outcome_code(outcome)] += 1
        if self.is_json:
            self.write_json(report.query(outcome))
        else:
            self._write_lines(place, report, outcome)
        if isinstance(outcome, NotAssessable):
            return NOT_ASSESSABLE
        return FOUND if isinstance(outcome, Found) else NOTHING

    def conclude(self) -> None:
        unsure, unknown = (self.outcomes[code] for code in ("found_unsure", "not_assessable"))
        found = self.outcomes["found"] + unsure
        self.note(
            f"Found in {found:,} of {shown_calls(self.outcomes.total())}"
            f"{f', unsure in {unsure:,}' if unsure else ''}"
            f"{f'; {unknown:,} not assessable' if unknown else ''}."
        )

    def _write_lines(self, place: str, report: Report, outcome: Outcome) -> None:
        if isinstance(outcome, NotAssessable):
            self.note(f"{place}: {reason_text(outcome)}")
        elif isinstance(outcome, Found):
            emphasis = self.style.HTTP_INFO
            lines = [line(report, each, emphasis) for each in outcome.evidence]
            if outcome.absence is not None:
                lines.append(absence_text(report, outcome.absence, emphasis))
            for each in lines or ["holds"]:
                self.stdout.write(f"{place}  {each}")


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is refused: write a number from 0 to 1")
    return value
