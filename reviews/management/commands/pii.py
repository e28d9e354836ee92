"""`manage.py pii`: personal data in calls and in texts, as spans or masked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import CommandParser

from reviews.detection.evidence import NotAssessable, Outcome
from reviews.detection.pii import mask
from reviews.detection.report import Report, evidence_of, personal_data, text_spans
from reviews.management.calls import CallsCommand, standard_input
from reviews.management.excerpt import line, printable, reason_text
from reviews.sources.files.documents import BareText, Loaded, load_unmasked
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named

READ, NOT_ASSESSABLE = 0, 3


class Command(CallsCommand):
    help = """Find personal data in calls, or in JSON lines of texts with "id" and "text".

The output holds what it finds, card security codes too: mind where it goes.

exit status:
  0  everything was read, whether there was personal data or not
  2  a file is refused; the other files are still answered
  3  a call is not assessable: errored, deleted or without words"""
    ranking = (NOT_ASSESSABLE, READ)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--mask", action="store_true", help="print the texts, values masked")

    def prepare(self, options: dict[str, Any]) -> None:
        self.is_json: bool = options["json"]
        self.is_masking: bool = options["mask"]
        self.entities: Counter[str] = Counter()
        self.read = 0

    def load(self, name: str, named: Named) -> Iterator[Loaded]:
        return load_unmasked(name, stdin=standard_input(name), named=named)

    def answer(self, place: str, call: SourceTranscript) -> int:
        report = Report(call.transcript)
        outcome = personal_data(call.transcript)
        if self.is_masking:
            self._write_masked_call(report, outcome)
        elif self.is_json:
            self.write_json(report.spans(outcome))
        else:
            self._write_hits(place, report, outcome)
        if isinstance(outcome, NotAssessable):
            self.note(f"{place}: {reason_text(outcome)}")
            return NOT_ASSESSABLE
        self._count(each.label for each in evidence_of(outcome))
        return READ

    def answer_bare(self, place: str, bare: BareText) -> int:
        spans = text_spans(bare.text)
        if self.is_masking:
            self._write_masked(bare.id, mask(bare.text))
        elif self.is_json:
            self.write_json({"id": bare.id, "spans": spans})
        else:
            self._write_spans(place, spans)
        self._count(span["entity"] for span in spans)
        return READ

    def conclude(self) -> None:
        told = ", ".join(f"{count:,} {entity}" for entity, count in self.entities.most_common())
        # What was not read is not clean.
        self.note(f"Found {told or 'nothing'} in {self.read:,} calls and texts that were read.")

    def _count(self, entities: Iterable[str]) -> None:
        self.read += 1
        self.entities.update(entities)

    def _write_hits(self, place: str, report: Report, outcome: Outcome) -> None:
        for each in evidence_of(outcome):
            where = line(report, each, self.style.HTTP_INFO)
            self.stdout.write(f"{place}  {each.label} {each.score:.2f}  {where}")

    def _write_spans(self, place: str, spans: list[dict[str, Any]]) -> None:
        for span in spans:
            where = f"characters {span['start']}-{span['end']}"
            text = self.style.HTTP_INFO(f"[{printable(span['text'])}]")
            self.stdout.write(f"{place}  {span['entity']} {span['score']:.2f}  {where}  {text}")

    def _write_masked_call(self, report: Report, outcome: Outcome) -> None:
        call = report.transcript
        if isinstance(outcome, NotAssessable):
            if self.is_json:
                self._write_masked(call.id, None)
            return
        texts = report.masked(outcome)
        if not self.is_json:
            voices = (f"{speaker}: " if speaker else "" for speaker in call.speakers)
            texts = [f"{voice}{text}" for voice, text in zip(voices, texts, strict=True)]
        self._write_masked(call.id, "\n".join(texts))

    def _write_masked(self, id_: str | int | None, text: str | None) -> None:
        if self.is_json:
            self.write_json({"id": id_, "text": text})
        else:
            lines = (text or "").split("\n")
            # A file gets the text as it is; a terminal is not to be steered by it.
            self.stdout.write("\n".join(map(printable, lines) if self.stdout.isatty() else lines))
