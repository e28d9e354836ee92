"""`manage.py check_call`: a rubric on calls from files, every rule with its evidence."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from reviews.detection.document import RubricError
from reviews.detection.engine import Evaluation, RuleResult, compile_rubric, evaluate
from reviews.detection.report import Report, percent
from reviews.detection.rubric import Rule, parse_rubric
from reviews.detection.scoring import Part, Result, Score
from reviews.management.calls import CallsCommand, shown_calls
from reviews.management.excerpt import printable, reason_text, reasons
from reviews.rubrics.document import RubricFileRefused, read_rubric
from reviews.sources.normal import SourceTranscript

PASSED, FAILED, NOT_ASSESSABLE = 0, 1, 3


class Command(CallsCommand):
    help = """Check calls against a rubric: every rule's result, its evidence and the score.

exit status:
  0  every rule was assessed or did not apply, and none failed
  1  a rule failed on a call
  2  the rubric or a file is refused; the other files are still answered
  3  no rule failed, but one is not assessable"""
    ranking = (FAILED, NOT_ASSESSABLE, PASSED)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--rubric", required=True, metavar="RUBRIC", help="a YAML file")

    def prepare(self, options: dict[str, Any]) -> None:
        path = options["rubric"]
        try:
            self.compiled = compile_rubric(parse_rubric(read_rubric(Path(path))))
        except (RubricError, RubricFileRefused) as refused:
            self.refuse(f"{path}: {refused}")
        self.is_json: bool = options["json"]
        self.verdicts: Counter[str] = Counter()
        self.unassessed = 0

    def answer(self, place: str, call: SourceTranscript) -> int:
        report = Report(call.transcript)
        evaluation = evaluate(report.transcript, self.compiled)
        self.verdicts[evaluation.score.verdict.value] += 1
        if self.is_json:
            self.write_json(report.evaluation(evaluation))
        else:
            self.stdout.write(f"{place}  {_headline(call.external_id, evaluation.score)}")
            self._write_rules(report, evaluation)
        results = {each.result for each in evaluation.results}
        self.unassessed += Result.NOT_ASSESSABLE in results
        if Result.FAILED in results:
            return FAILED
        return NOT_ASSESSABLE if Result.NOT_ASSESSABLE in results else PASSED

    def conclude(self) -> None:
        verdicts = self.verdicts.most_common()
        told = ", ".join(f"{count:,} {verdict.replace('_', ' ')}" for verdict, count in verdicts)
        calls = shown_calls(self.verdicts.total())
        self.note(
            f"Checked {calls}{f': {told}' if told else ''}; "
            f"a rule was not assessable in {self.unassessed:,}."
        )

    def _write_rules(self, report: Report, evaluation: Evaluation) -> None:
        if report.transcript.refused is not None:
            self.stdout.write(f"  {reason_text(report.transcript.refused)}")
            return
        rules, parts = self.compiled.rubric.rules, evaluation.score.parts
        for rule, result, part in zip(rules, evaluation.results, parts, strict=True):
            self._write_rule(report, rule, result, part)

    def _write_rule(self, report: Report, rule: Rule, result: RuleResult, part: Part) -> None:
        name = result.result.value.replace("_", " ")
        unsure = ", unsure" if result.is_unsure else ""
        self.stdout.write(
            f"  {name:<14}  {_points(part):>16}  {rule.code} ({rule.severity}{unsure}): "
            f"{printable(rule.title)}"
        )
        for text in reasons(report, result.outcome, self.style.HTTP_INFO):
            self.stdout.write(f"      {text}")


def _headline(external_id: str, score: Score) -> str:
    verdict = score.verdict.value.replace("_", " ")
    points = percent(score)
    counted = "no rule counted" if points is None else f"{points:.1f} of 100"
    by = ", ".join(score.auto_failed_by)
    at_once = f"; failed at once by {by}" if by else ""
    identity = f"{printable(external_id)}  " if external_id else ""
    return f"{identity}{verdict}: {counted}, pass mark {score.pass_mark:g}{at_once}"


def _points(part: Part) -> str:
    if part.left_out:
        return "not counted"
    return f"{part.earned:.1f} of {part.possible:.1f}"
